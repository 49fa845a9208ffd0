//! The functions of a model in f32 mode: the user's floats are those of the network.

use super::Style;
use super::api::{convert, labels, length, lines, names, parameters};
use super::calls::{place, suffix};
use crate::emit::program::Program;

/// `predict`, and `classify` if there are scores.
pub(super) fn functions(program: &Program, style: &Style) -> String {
    let model = &style.prefix;
    let inputs = parameters(&program.inputs, &|_| "const float *".to_owned());
    let outputs = parameters(&program.outputs, &|_| "float *".to_owned());
    let load = lines(&program.inputs, |port| {
        let to = place(program, port.slot, false);
        convert(style, program, port, &port.name, &to, &length(style, port))
    });
    let store = lines(&program.outputs, |port| {
        let from = place(program, port.slot, true);
        convert(
            style,
            program,
            port,
            &from,
            &port.name,
            &length(style, port),
        )
    });
    let classify = match program.scores {
        Some(scores) => {
            let slot = program.slot(scores);
            let (kind, place) = (suffix(slot.content), place(program, scores, true));
            let arguments = names(&program.inputs);
            let class = match program.threshold {
                None => format!("argmax_{kind}({place}, {}u)", slot.elements),
                Some(_) => format!("positive_{kind}({place})"),
            };
            format!(
                "/* The most likely class, the first one on ties. */\n\
                 static inline uint32_t {model}_classify({model} *model{inputs})\n{{\n\
                 \x20   {model}_load_inputs(model{arguments});\n\
                 \x20   {model}_run_to_scores(model);\n\
                 \x20   return bn_interface_{class};\n}}\n\n"
            )
        }
        None => String::new(),
    };
    let arguments = names(&program.inputs);
    let (labels, order) = (labels(program, style), program.order());
    format!(
        "static inline void {model}_load_inputs({model} *model{inputs})\n{{\n{load}}}\n\n\
         /* The outputs for inputs.{order} */\n\
         static inline void {model}_predict({model} *model{inputs}{outputs})\n{{\n\
         \x20   {model}_load_inputs(model{arguments});\n\
         \x20   {model}_run_to_scores(model);\n\
         \x20   {model}_run_behind_scores(model);\n\
         {store}}}\n\n\
         {classify}\
         {labels}"
    )
}
