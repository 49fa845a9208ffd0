//! Nodes of several values.

use super::ends;
use crate::graph::{Elementwise, Function};
use crate::network::float::{Join, JoinFunction};

pub(super) fn join(elementwise: &Elementwise) -> Join {
    let (low, high) = ends(&elementwise.clamp);
    let function = match elementwise.function {
        Function::Add => JoinFunction::Add,
        Function::Subtract => JoinFunction::Subtract,
        Function::Average => JoinFunction::Average,
        Function::Multiply => JoinFunction::Multiply,
        Function::Maximum => JoinFunction::Maximum,
        Function::Minimum => JoinFunction::Minimum,
    };
    Join {
        function,
        low,
        high,
    }
}
