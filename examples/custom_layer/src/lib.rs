//! A layer of one's own in front of a trained network: see README.md.

pub mod center;
pub mod images;
pub mod make;
