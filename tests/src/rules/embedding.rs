//! R33: codes of a table's entries.

use bitneural_core::network;
use bitneural_core::quantize::{Format, embedding};
use serde::Deserialize;

use super::Session;
use crate::spec::raw::Raw;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entries {
    scale: f64,
    zero_point: i32,
    entries: Vec<f64>,
    codes: Vec<u8>,
}

impl Session {
    pub(super) fn entries(&mut self, case: &Raw) {
        let given: Entries = case.read();
        let format = Format {
            element: network::Element::U8,
            scale: given.scale,
            zero_point: given.zero_point,
        };
        let found = embedding::codes(&given.entries, format);
        self.compiler(case, "codes", &given.codes, &found);
    }
}
