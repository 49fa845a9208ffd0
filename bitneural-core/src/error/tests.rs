use super::*;

#[test]
fn an_error_says_what_where_expected_found_and_help() {
    let mut errors = Errors::new();
    errors.push(
        ErrorKind::NotATrit { index: 3, value: 7 },
        Location::layer("fc1").tensor("fc1/kernel"),
    );
    assert_text(
        &errors.in_file("models/kws.safetensors").to_string(),
        "error: the tensor holds 7 at index 3, which is no trit\n  \
           --> models/kws.safetensors, layer `fc1`, tensor `fc1/kernel`\n   \
            = expected: -1, 0 or 1\n   \
            = found: 7\n   \
            = help: an I8 kernel holds trits, or codes if the layer says `weights`: `int8`; write other weights as F32",
    );
}

#[test]
fn a_broken_invariant_is_called_our_bug() {
    let kind = ErrorKind::Internal {
        stage: "plan",
        what: "Plan",
        reason: "slots overlap".to_owned(),
    };
    let text = Error {
        kind,
        location: Location::default(),
    }
    .to_string();
    assert_text(
        &text,
        "this is a bug of the compiler: plan left an invalid Plan: slots overlap\n   \
            = help: please report it, with the file if you can",
    );
}

#[test]
fn near_names_are_those_a_typo_away() {
    assert_eq!(near("flaten", ["flatten", "dense", "relu"]), ["flatten"]);
    assert_eq!(
        near("fc1/kernal", ["fc1/kernel", "fc2/kernel", "x"]),
        ["fc1/kernel", "fc2/kernel"]
    );
    assert_eq!(near("vaild", ["valid", "dense"]), ["valid"]);
    assert!(near("conv2d", ["softmax"]).is_empty());
}

fn assert_text(found: &str, expected: &str) {
    assert_eq!(found, expected);
}
