//! Element-wise nodes → tables (R13).

use super::{Format, tables};
use crate::graph::Activation;
use crate::network::Table;

pub(super) fn quantize(function: Activation, from: Format, to: Format) -> Table {
    Table {
        entries: tables::table(|x| function.apply(x), from, to),
    }
}
