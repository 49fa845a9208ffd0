//! The model that takes a frame at a time.

use super::Style;
use super::api::{convert, interface_type, length, lines, macros_of, names, parameters};
use super::calls::{calls, place};
use crate::emit::program::{Port, Stream};

/// The struct, its macros and its functions.
pub(super) fn print(stream: &Stream, style: &Style) -> String {
    let whole = &style.prefix;
    // The constants are those of the whole model, under its names; the rest has names of its own.
    let own = Style {
        prefix: format!("{whole}_stream"),
    };
    let (program, model) = (&stream.program, &own.prefix);
    let words = program.arena_words.max(1);
    let run = run(stream, style, &own);
    let counters = place(program, stream.counters, false);
    let mut text = macros_of(program, &own);
    text.push_str(&format!(
        "/* {whole}, a frame at a time: what it yields for a sequence, to the bit. All zero at first. */\n\
         typedef struct {{\n    uint32_t arena[{words}];\n}} {model};\n\n\
         {run}\
         /* Forgets all frames: the next one is the first. */\n\
         static inline void {model}_reset({model} *model)\n{{\n    *{counters} = 0;\n}}\n\n"
    ));
    if !program.is_float() {
        text.push_str(&functions(stream, style, &own, true));
    }
    text.push_str(&functions(stream, style, &own, false));
    text
}

/// What runs for a frame, whose input lies in the arena.
fn run(stream: &Stream, style: &Style, own: &Style) -> String {
    let (program, model) = (&stream.program, &own.prefix);
    let counters = place(program, stream.counters, false);
    let beginnings = stream.beginnings.iter().map(|beginning| {
        let (from, to) = (beginning.word, beginning.word + beginning.words);
        let value = beginning.value;
        format!("        for (i = {from}; i < {to}u; i++) model->arena[i] = 0x{value:08x}u;\n")
    });
    let beginnings: String = beginnings.collect();
    let clocks = stream.clocks.iter().enumerate().skip(1);
    let clocks = clocks.map(|(index, clock)| {
        let (first, period) = (clock.first, clock.period);
        format!(
            "    const uint32_t clock_{index} = bn_stream_tick({counters}, {index}u, {first}u, {period}u);\n"
        )
    });
    let clocks: String = clocks.collect();
    let now = |clock: usize| match clock {
        0 => "1".to_owned(),
        _ => format!("clock_{clock}"),
    };
    let groups = stream.groups().into_iter().map(|(clock, range)| {
        let calls = calls(program, style, range.start, range.end);
        match clock {
            0 => calls,
            clock => format!("    if ({}) {{\n{calls}    }}\n", now(clock)),
        }
    });
    let groups: String = groups.collect();
    let given = now(stream.of_outputs);
    format!(
        "static inline void {model}_begin({model} *model)\n{{\n\
         \x20   if (!*{counters}) {{\n        uint32_t i;\n{beginnings}        *{counters} = 1;\n    }}\n}}\n\n\
         static inline void {model}_run({model} *model)\n{{\n{clocks}{groups}\
         \x20   bn_stream_give({counters}, {given});\n}}\n\n"
    )
}

/// `output` and `step`, of codes or of floats.
fn functions(stream: &Stream, style: &Style, own: &Style, quantized: bool) -> String {
    let (program, model) = (&stream.program, &own.prefix);
    let suffix = if quantized { "_quantized" } else { "" };
    let kind = |port: &Port| match quantized {
        true => interface_type(port),
        false => "float",
    };
    let inputs = parameters(&program.inputs, &|port| format!("const {} *", kind(port)));
    let outputs = parameters(&program.outputs, &|port| format!("{} *", kind(port)));
    let load = lines(&program.inputs, |port| {
        let to = place(program, port.slot, false);
        match quantized {
            true => copy(own, port, &port.name, &to),
            false => convert(style, program, port, &port.name, &to, &length(own, port)),
        }
    });
    let store = lines(&program.outputs, |port| {
        let from = place(program, port.slot, true);
        match quantized {
            true => copy(own, port, &from, &port.name),
            false => convert(style, program, port, &from, &port.name, &length(own, port)),
        }
    });
    let index = if quantized { "    uint32_t i;\n" } else { "" };
    let (what, arguments) = (
        if quantized { "quantized" } else { "real" },
        names(&program.outputs),
    );
    let counters = place(program, stream.counters, true);
    format!(
        "/* The latest {what} outputs: whether there are any. */\n\
         static inline int {model}_output{suffix}(const {model} *model{outputs})\n{{\n\
         {index}    if (!({counters})[1]) {{\n        return 0;\n    }}\n{store}    return 1;\n}}\n\n\
         /* One more {what} frame: whether it gives outputs. */\n\
         static inline int {model}_step{suffix}({model} *model{inputs}{outputs})\n{{\n\
         {index}    {model}_begin(model);\n{load}    {model}_run(model);\n\
         \x20   return ({counters})[1] == 2u && {model}_output{suffix}(model{arguments});\n}}\n\n"
    )
}

fn copy(own: &Style, port: &Port, from: &str, to: &str) -> String {
    let length = length(own, port);
    format!("for (i = 0; i < {length}; i++) ({to})[i] = ({from})[i];")
}
