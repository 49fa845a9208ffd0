//! Steps of custom layers → constants and a call of the user's function.

use super::{Builder, Call, Field, Places, RESERVED, Record, Value};
use crate::custom::Format;
use crate::emit::names::Unique;
use crate::error::{ErrorKind, Errors, Location};
use crate::network::Custom;
use crate::plan::{Kernel, Plan, Step};

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
        let Kernel::Custom(Custom { name, .. }) = &step.kernel else {
            continue;
        };
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
fn record(format: &Format) -> Record {
    let mut axes = format.shape.0.iter().rev().map(|&axis| axis as i64);
    let mut axis = || Field::Integer(axes.next().unwrap_or(1));
    let (channels, width, height) = (axis(), axis(), axis());
    Record {
        name: "CustomFormat",
        fields: vec![
            ("height", height),
            ("width", width),
            ("channels", channels),
            ("scale", Field::Float(format.scale)),
            ("zero_point", Field::Integer(i64::from(format.zero_point))),
        ],
    }
}

pub(super) fn call(builder: &mut Builder<'_>, step: &Step, custom: &Custom) -> Call {
    let layer = builder.layer(step);
    let id = &builder.plan.layer(step.layer).id;
    let doc = format!("`{id}`: the custom layer `{}`.", custom.name);
    let inputs_doc = format!("What `{id}` reads.");
    let parameters_doc = format!("The parameters of `{id}`.");
    let inputs = custom.inputs.iter().map(record).collect();
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
        ("output", Field::Record(record(&custom.output))),
        (
            "parameters",
            parameters.map_or(Field::EmptyList, Field::CountedList),
        ),
    ];
    let record = Record {
        name: "Custom",
        fields,
    };
    let record = builder.constant(layer, doc.clone(), Value::Record(record));
    Call {
        doc,
        family: "custom",
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
