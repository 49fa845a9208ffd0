use super::*;
use crate::kernels::plain;
use proptest::prelude::*;
use std::vec;
use std::vec::Vec;

fn image<'a>(window: &'a Window, codes: &'a [u8], channels: usize) -> Image<'a> {
    Image {
        window,
        codes,
        channels,
        padding: 99,
    }
}

/// Codes that tell where they are from; none is the padding's.
fn codes(window: &Window, channels: usize) -> Vec<u8> {
    (0..plain::pixels(window) * channels)
        .map(|index| (index % 251) as u8)
        .map(|code| if code == 99 { 255 } else { code })
        .collect()
}

/// "same" of R6's kind for five columns and a stride of two: one column of padding on either side.
#[test]
fn rows_at_the_edges() {
    let window = plain::window([1, 1, 1, 1, 0, 1], [5, 3, 2, 1, 1, 3]);
    let image = image(&window, &[1, 2, 3, 4, 5], 1);
    let patches: Vec<Vec<u8>> = pixels(&window, 1, &mut [0; 3])
        .map(|(origin, _)| image.patch(origin, 0, 1, &mut [7; 3]).unwrap().to_vec())
        .collect();
    assert_eq!(patches, [[99, 1, 2], [2, 3, 4], [4, 5, 99]]);
}

#[test]
fn what_lies_together_is_not_copied() {
    // A kernel of one row needs a copy at the edges only.
    let window = plain::window([2, 1, 1, 1, 0, 2], [3, 2, 1, 1, 0, 2]);
    let image = image(&window, &[1, 2, 3, 4, 5, 6], 1);
    let patches: Vec<Vec<u8>> = pixels(&window, 1, &mut [0; 4])
        .map(|(origin, _)| image.patch(origin, 0, 1, &mut []).unwrap().to_vec())
        .collect();
    assert_eq!(patches, [[1, 2], [2, 3], [4, 5], [5, 6]]);
}

#[test]
fn too_short_slices() {
    let window = plain::window([3, 3, 1, 1, 1, 3], [3, 3, 1, 1, 1, 3]);
    let short = image(&window, &[1, 2, 3, 4], 1);
    let origin = first(&window);
    assert!(short.patch(origin, 0, 1, &mut [0; 8]).is_none());
    assert!(short.patch(origin, 0, 1, &mut [0; 9]).is_some());
    assert_eq!(short.taps(origin).count(), 3);
    assert_eq!(pixels(&window, 2, &mut [0; 7]).count(), 3);
    let empty = Window {
        output_width: 0,
        ..window
    };
    assert_eq!(pixels(&empty, 1, &mut [0; 7]).count(), 0);
    let empty = Window {
        output_height: 0,
        ..window
    };
    assert_eq!(pixels(&empty, 1, &mut [0; 7]).count(), 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 4 } else { 300 }))]

    /// Every tap of every window, some channels of the image.
    #[test]
    fn patches_and_taps(window in plain::windows(), channels in 1_usize..=6, part in 0_usize..6, half: bool) {
        let codes = codes(&window, channels);
        let image = image(&window, &codes, channels);
        let (from, count) = if half { (part % channels, 1) } else { (0, channels) };
        let mut output = vec![0_u8; plain::positions(&window).len()];
        let count_of_windows = output.len();
        let mut seen = 0;
        for ((origin, pixel), taps) in pixels(&window, 1, &mut output).zip(plain::positions(&window)) {
            prop_assert_eq!(pixel.len(), 1);
            let expected: Vec<u8> = taps.iter().flat_map(|tap| {
                let codes = &codes;
                (from..from + count).map(move |c| tap.map_or(99, |tap| codes[tap * channels + c]))
            }).collect();
            let mut scratch = vec![1; expected.len()];
            prop_assert_eq!(image.patch(origin, from, count, &mut scratch), Some(&expected[..]));
            let expected: Vec<&[u8]> = taps.iter().flatten().map(|tap| &codes[tap * channels..][..channels]).collect();
            prop_assert_eq!(image.taps(origin).collect::<Vec<_>>(), expected);
            seen += 1;
        }
        prop_assert_eq!(seen, count_of_windows);
    }
}
