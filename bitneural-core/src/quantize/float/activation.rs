//! Functions of single elements, each an op: a chain of them, which integers make one table of, is several here.

use super::{bound, narrow};
use crate::error::ErrorKind;
use crate::function::{Function, Relu as RealRelu, SELU};
use crate::network::float::{Activation, Curve, Elu, Line, Relu};

pub(super) fn activation(function: Function) -> Result<Activation, ErrorKind> {
    let curve = |curve: Curve| Ok(Activation::Curve(curve));
    match function {
        Function::Relu(function) => relu(function).map(Activation::Relu),
        Function::Elu(alpha) => elu(1.0, alpha),
        Function::Selu => elu(SELU.0, SELU.0 * SELU.1),
        Function::HardSigmoid(slope) => line(slope, 0.5, [0.0, 1.0]),
        Function::HardTanh => line(1.0, 0.0, [-1.0, 1.0]),
        Function::Sigmoid => curve(Curve::Sigmoid),
        Function::Tanh => curve(Curve::Tanh),
        Function::HardSwish => curve(Curve::HardSwish),
        Function::Swish => curve(Curve::Swish),
        Function::Gelu => curve(Curve::Gelu),
        Function::GeluTanh => curve(Curve::GeluTanh),
        Function::Softplus => curve(Curve::Softplus),
        Function::Softsign => curve(Curve::Softsign),
        Function::Exponential => curve(Curve::Exponential),
    }
}

fn relu(function: RealRelu) -> Result<Relu, ErrorKind> {
    Ok(Relu {
        max: bound(function.max),
        slope: narrow(function.slope)?,
        threshold: narrow(function.threshold)?,
    })
}

fn elu(factor: f64, alpha: f64) -> Result<Activation, ErrorKind> {
    let (factor, alpha) = (narrow(factor)?, narrow(alpha)?);
    Ok(Activation::Elu(Elu { factor, alpha }))
}

fn line(slope: f64, offset: f64, [low, high]: [f32; 2]) -> Result<Activation, ErrorKind> {
    let (slope, offset) = (narrow(slope)?, narrow(offset)?);
    Ok(Activation::Line(Line {
        slope,
        offset,
        low,
        high,
    }))
}
