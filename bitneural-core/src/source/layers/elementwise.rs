//! Layers that read several values, element by element: `add` and its kin, and `concat`.

use super::linear::FusedActivation;
use super::{LayerKind, LayerType};
use crate::function::{Function as Applied, Relu};
use crate::source::{Object, limits};

/// A layer of several inputs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Elementwise {
    /// What is made of the inputs.
    pub function: Function,
    /// What is applied to the output; nothing but `Linear` where the function takes none.
    pub activation: FusedActivation,
}

/// What is made of the inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// Their sum.
    Add,
    /// The first less the second.
    Subtract,
    /// Their mean.
    Average,
    /// The product of the two.
    Multiply,
    /// The largest.
    Maximum,
    /// The smallest.
    Minimum,
    /// All of them, one after the other along an axis of the file's shape: the channels if none is named.
    Concat(Option<i64>),
}

impl Elementwise {
    /// The word for it in the file.
    pub fn name(self) -> &'static str {
        match self.function {
            Function::Add => "add",
            Function::Subtract => "subtract",
            Function::Average => "average",
            Function::Multiply => "multiply",
            Function::Maximum => "maximum",
            Function::Minimum => "minimum",
            Function::Concat(_) => "concat",
        }
    }

    /// Whether it reads two values and no more.
    pub(super) fn is_of_two(self) -> bool {
        match self.function {
            Function::Subtract | Function::Multiply => true,
            Function::Add
            | Function::Average
            | Function::Maximum
            | Function::Minimum
            | Function::Concat(_) => false,
        }
    }
}

pub(super) const TYPES: &[LayerType] = &[
    LayerType {
        name: "add",
        parse: |object| computed(object, Function::Add),
    },
    LayerType {
        name: "subtract",
        parse: |object| computed(object, Function::Subtract),
    },
    LayerType {
        name: "average",
        parse: |object| computed(object, Function::Average),
    },
    LayerType {
        name: "multiply",
        parse: |object| computed(object, Function::Multiply),
    },
    LayerType {
        name: "maximum",
        parse: |_| kind(Function::Maximum, FusedActivation::Linear),
    },
    LayerType {
        name: "minimum",
        parse: |_| kind(Function::Minimum, FusedActivation::Linear),
    },
    LayerType {
        name: "concat",
        parse: concat,
    },
];

fn kind(function: Function, activation: FusedActivation) -> Option<LayerKind> {
    Some(LayerKind::Elementwise(Elementwise {
        function,
        activation,
    }))
}

fn computed(object: &mut Object<'_>, function: Function) -> Option<LayerKind> {
    // What a clamp can do: anything else is a layer of its own.
    let words = [
        ("linear", FusedActivation::Linear),
        (
            "relu",
            FusedActivation::Function(Applied::Relu(Relu::PLAIN)),
        ),
        ("relu6", FusedActivation::Function(Applied::Relu(Relu::SIX))),
    ];
    let activation = object.choice("activation", &words);
    kind(function, activation.unwrap_or(FusedActivation::Linear))
}

fn concat(object: &mut Object<'_>) -> Option<LayerKind> {
    let axis = object.integer("axis");
    let rank = limits::RANK as i64;
    if axis.is_some_and(|axis| !(-rank..rank).contains(&axis)) {
        object.invalid(
            "axis",
            format!("a whole number from -{rank} to {}", rank - 1),
        );
    }
    kind(Function::Concat(axis), FusedActivation::Linear)
}
