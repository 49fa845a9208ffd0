//! The kernel calls, one a line.

use super::{Style, comment};
use crate::emit::program::{Call, Places, Program};
use crate::ids::SlotId;
use crate::network::Element;
use crate::plan::memory::Content;

/// The type of what a slot holds, as the kernels see it.
fn element(content: Content) -> &'static str {
    match content {
        Content::Tensor(Element::U8) => "uint8_t",
        Content::Tensor(Element::U16) => "bn_u16",
        Content::Tensor(Element::I16) => "bn_i16",
        Content::Tensor(Element::F32) => "bn_f32",
        Content::Scratch => "bn_u32",
    }
}

/// The ending of a kernel's name for what a slot holds.
pub(super) fn suffix(content: Content) -> &'static str {
    match content {
        Content::Tensor(Element::U8) => "u8",
        Content::Tensor(Element::U16) => "u16",
        Content::Tensor(Element::I16) => "i16",
        Content::Tensor(Element::F32) => "f32",
        Content::Scratch => "u32",
    }
}

/// A pointer to a slot of `model`.
pub(super) fn place(program: &Program, id: SlotId, read: bool) -> String {
    let slot = program.slot(id);
    let constness = if read { "const " } else { "" };
    format!(
        "({constness}{} *)(model->arena + {})",
        element(slot.content),
        slot.word
    )
}

/// The calls `from..to`, an indented line each.
pub(super) fn calls(program: &Program, style: &Style, from: usize, to: usize) -> String {
    program.calls[from..to]
        .iter()
        .map(|call| one(program, style, call))
        .collect()
}

fn one(program: &Program, style: &Style, call: &Call) -> String {
    let (input, more) = match &call.places {
        Places::Several(inputs, output) => return several(program, style, call, inputs, *output),
        Places::Custom {
            name,
            inputs,
            output,
        } => return custom(program, style, call, (name, inputs, *output)),
        &Places::InPlace(_) => (None, Vec::new()),
        &Places::Two(input, _) => (Some(input), Vec::new()),
        &Places::Three(input, _, scratch) => {
            let scratch = scratch.map_or_else(|| "0".to_owned(), |id| place(program, id, false));
            (Some(input), vec![scratch])
        }
        &Places::Four(input, _, scratch, state) => {
            let both = [scratch, state].map(|id| place(program, id, false));
            (Some(input), both.to_vec())
        }
    };
    let output = call.places.written();
    let mut name = format!("bn_{}_{}", call.family, call.kernel);
    if let (Some(input), true) = (input, call.typed_input) {
        name = format!("{name}_{}", suffix(program.slot(input).content));
    }
    name = format!("{name}_{}", suffix(program.slot(output).content));
    let record = call.record.map(|id| &program.constant(id).name);
    let mut arguments: Vec<String> = record
        .iter()
        .map(|name| format!("&{}", style.name(name)))
        .collect();
    arguments.extend(input.map(|id| place(program, id, true)));
    arguments.push(place(program, output, false));
    arguments.extend(more);
    if call.counted {
        arguments.push(format!("{}u", program.slot(output).elements));
    }
    format!(
        "    {name}({}); /* {} */\n",
        arguments.join(", "),
        comment(&call.doc)
    )
}

/// A call that is given an array of pointers.
fn several(
    program: &Program,
    style: &Style,
    call: &Call,
    inputs: &[SlotId],
    output: SlotId,
) -> String {
    let kind = element(program.slot(output).content);
    let pointers = inputs.iter().map(|&input| place(program, input, true));
    let pointers = pointers.collect::<Vec<_>>().join(", ");
    let record = call
        .record
        .map(|id| format!("&{}, ", style.name(&program.constant(id).name)));
    format!(
        "    {{\n        const {kind} *const inputs[] = {{{pointers}}};\n        \
         bn_{}_{}_{}({}inputs, {}, {}u); /* {} */\n    }}\n",
        call.family,
        call.kernel,
        suffix(program.slot(output).content),
        record.unwrap_or_default(),
        place(program, output, false),
        program.slot(output).elements,
        comment(&call.doc)
    )
}

/// The call of a function of the user's.
fn custom(
    program: &Program,
    style: &Style,
    call: &Call,
    (name, inputs, output): (&str, &[SlotId], SlotId),
) -> String {
    let record = call.record.map(|id| style.name(&program.constant(id).name));
    let mut arguments: Vec<String> = record.map(|name| format!("&{name}")).into_iter().collect();
    arguments.extend(inputs.iter().map(|&id| place(program, id, true)));
    arguments.push(place(program, output, false));
    format!(
        "    {}({}); /* {} */\n",
        style.name(name),
        arguments.join(", "),
        comment(&call.doc)
    )
}

/// The declarations of the functions that the user defines, each once.
pub(super) fn declarations(program: &Program, style: &Style) -> String {
    let mut declared: Vec<String> = Vec::new();
    for call in &program.calls {
        let Places::Custom {
            name,
            inputs,
            output,
        } = &call.places
        else {
            continue;
        };
        let kind = element(program.slot(*output).content);
        let one = match inputs.as_slice() {
            [_] => format!("const {kind} *input"),
            several => (1..=several.len())
                .map(|number| format!("const {kind} *input_{number}"))
                .collect::<Vec<_>>()
                .join(", "),
        };
        let line = format!(
            "extern void {}(const bn_{} *layer, {one}, {kind} *output);\n",
            style.name(name),
            call.family
        );
        if !declared.contains(&line) {
            declared.push(line);
        }
    }
    if declared.is_empty() {
        return String::new();
    }
    format!(
        "/* The custom layers: define these. Values lie channels last; `layer` says what they are. */\n\
         #ifdef __cplusplus\nextern \"C\" {{\n#endif\n{}#ifdef __cplusplus\n}}\n#endif\n\n",
        declared.concat()
    )
}
