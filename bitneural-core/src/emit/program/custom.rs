//! Steps of custom layers → constants and a call of the user's function.

use super::{Builder, Call, Field, Places, RESERVED, Record, Value};
use crate::custom::Format;
use crate::emit::names::Unique;
use crate::error::{ErrorKind, Errors, Location};
use crate::network::Custom;
use crate::plan::{FloatKernel, Kernel, Plan, Step};
use crate::shape::Shape;

/// What functions for an input begin with.
const QUANTIZE: &str = "quantize_";

/// Keeps the names of the user's functions from our constants: in C they would clash.
///
/// # Errors
/// A name that a function of ours has.
pub(super) fn reserve(plan: &Plan, names: &mut Unique) -> Result<(), Errors> {
    let mut problems = Errors::new();
    let mut reserved: Vec<&str> = Vec::new();
    for step in &plan.steps {
        let (Kernel::Custom(custom) | Kernel::Float(FloatKernel::Custom(custom))) = &step.kernel
        else {
            continue;
        };
        let name = &custom.name;
        if RESERVED.contains(&name.as_str()) || name.starts_with(QUANTIZE) {
            let kind = ErrorKind::InvalidField {
                field: "name".to_owned(),
                expected: "a name that no function of the generated code has".to_owned(),
                found: format!("`{name}`"),
            };
            let field = format!("layers[{}].name", step.layer.index());
            let location = Location::layer(&plan.layer(step.layer).id).field(&field);
            problems.push(kind, location);
        } else if !reserved.contains(&name.as_str()) {
            reserved.push(name);
            names.take(name.clone());
        }
    }
    problems.into_result(())
}

/// Height, width and channels: of a vector the channels alone, of two axes width and channels.
fn axes(shape: &Shape) -> Vec<(&'static str, Field)> {
    let mut axes = shape.0.iter().rev().map(|&axis| axis as i64);
    let mut axis = || Field::Integer(axes.next().unwrap_or(1));
    let (channels, width, height) = (axis(), axis(), axis());
    vec![("height", height), ("width", width), ("channels", channels)]
}

fn format(format: &Format) -> Record {
    let mut fields = axes(&format.shape);
    fields.push(("scale", Field::Float(format.scale)));
    fields.push(("zero_point", Field::Integer(i64::from(format.zero_point))));
    let name = "CustomFormat";
    Record { name, fields }
}

fn shape(format: &Format) -> Record {
    let name = "CustomShape";
    let fields = axes(&format.shape);
    Record { name, fields }
}

/// A layer that computes with codes.
pub(super) fn call(builder: &mut Builder<'_>, step: &Step, custom: &Custom) -> Call {
    let inputs = custom.inputs.iter().map(format).collect();
    let names = ("custom", "Custom");
    call_of(
        builder,
        step,
        custom,
        names,
        (inputs, format(&custom.output)),
    )
}

/// A layer that computes with floats.
pub(super) fn float_call(builder: &mut Builder<'_>, step: &Step, custom: &Custom) -> Call {
    let inputs = custom.inputs.iter().map(shape).collect();
    let names = ("float_custom", "FloatCustom");
    call_of(
        builder,
        step,
        custom,
        names,
        (inputs, shape(&custom.output)),
    )
}

fn call_of(
    builder: &mut Builder<'_>,
    step: &Step,
    custom: &Custom,
    (family, name): (&'static str, &'static str),
    (inputs, output): (Vec<Record>, Record),
) -> Call {
    let layer = builder.layer(step);
    let id = &builder.plan.layer(step.layer).id;
    let doc = format!("`{id}`: the custom layer `{}`.", custom.name);
    let inputs_doc = format!("What `{id}` reads.");
    let parameters_doc = format!("The parameters of `{id}`.");
    let inputs = builder.constant(
        format!("{layer}_inputs"),
        inputs_doc,
        Value::Records(inputs),
    );
    // C has no array of no elements.
    let parameters = (!custom.parameters.is_empty()).then(|| {
        let values = Value::Floats(custom.parameters.clone());
        builder.constant(format!("{layer}_parameters"), parameters_doc, values)
    });
    let fields = vec![
        ("inputs", Field::CountedList(inputs)),
        ("output", Field::Record(output)),
        (
            "parameters",
            parameters.map_or(Field::EmptyList, Field::CountedList),
        ),
    ];
    let record = Record { name, fields };
    let record = builder.constant(layer, doc.clone(), Value::Record(record));
    Call {
        doc,
        family,
        kernel: "run",
        record: Some(record),
        places: Places::Custom {
            name: custom.name.clone(),
            inputs: step.inputs.clone(),
            output: step.output,
        },
        counted: false,
        typed_input: false,
    }
}
