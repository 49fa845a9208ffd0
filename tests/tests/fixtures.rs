//! The model files that are made by code are the ones that the code makes.

use std::fs;

use bitneural_tests::fixtures;

#[test]
fn fixtures_are_current() {
    let bless = std::env::var_os("BITNEURAL_BLESS").is_some();
    let mut stale = Vec::new();
    for fixture in fixtures::all() {
        if fixture.is_current() {
            continue;
        }
        if bless {
            let place = fixture.place();
            fs::create_dir_all(place.parent().expect("a file lies in a folder")).unwrap();
            fs::write(place, &fixture.bytes).unwrap();
        } else {
            stale.push(fixture.path);
        }
    }
    assert!(
        stale.is_empty(),
        "`cargo xtask bless` writes anew: {stale:?}"
    );
}
