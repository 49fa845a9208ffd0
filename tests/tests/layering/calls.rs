//! Where a stage calls another.

/// The functions of another module that are called, and why.
pub(super) const CALLS: &[(&str, &str, &str)] = &[
    ("source", "error::near", "names that a user may have meant"),
    ("graph", "error::near", "names that a user may have meant"),
    (
        "graph",
        "ternarize::outputs_first",
        "the order of weights is the file's",
    ),
    (
        "reference::float",
        "function::nearest_index",
        "both floats round to the same row",
    ),
    (
        "reference::single",
        "function::nearest_index",
        "both floats round to the same row",
    ),
    ("passes", "graph::verify::verify", "each pass is verified"),
    (
        "passes",
        "graph::reorder_taps",
        "the order of taps is the file's",
    ),
    (
        "passes",
        "graph::reorder_rows",
        "the order of outputs is the file's",
    ),
    (
        "passes",
        "ternarize::ternarize",
        "a quantizer exists once: the trainer has it too",
    ),
    (
        "passes",
        "ternarize::int8",
        "a quantizer exists once: the trainer has it too",
    ),
    (
        "calibrate",
        "reference::float::run",
        "ranges are what the float network does",
    ),
    (
        "measure",
        "reference::float::run",
        "both networks are run by their references",
    ),
    (
        "measure",
        "reference::integer::run",
        "both networks are run by their references",
    ),
    (
        "measure",
        "reference::single::run",
        "both networks are run by their references",
    ),
    (
        "measure",
        "reference::single::classify",
        "a class is what R21 says",
    ),
    (
        "measure",
        "reference::integer::quantize_input",
        "the integer network gets what a user's floats become",
    ),
    (
        "measure",
        "reference::integer::dequantize",
        "scores are compared as the user sees them",
    ),
    (
        "measure",
        "reference::integer::classify",
        "a class is what R21 says",
    ),
    (
        "writer",
        "source::read",
        "a record is about a file that is read",
    ),
    (
        "writer",
        "source::fidelity::write",
        "a record has one author and one reader",
    ),
];
