//! Many models in one program of an emulated machine: the generated structs in the program `networks`.

use bitneural_core::Compiled;
use bitneural_core::emit::program;
use bitneural_core::emit::rust::print;
use bitneural_targets::Machine;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::emulated::{Error, OptLevel, Program, Transcript, build};
use super::model::write;
use super::network::{self, Outcome};
use super::prefix::{elements, prefixes};
use crate::custom::style;

/// The program `networks` with certain models in it.
#[derive(Debug, Clone)]
pub struct Networks {
    program: Program,
    shapes: Vec<Shape>,
}

#[derive(Debug, Clone, Copy)]
struct Shape {
    inputs: usize,
    outputs: usize,
}

/// A network with its inputs in codes.
pub type Job = (Compiled, Vec<Vec<u16>>);

/// What builds a program of many models: [`emulate`], or that of headers.
pub type Build<'a> = &'a dyn Fn(&[&program::Program]) -> Result<Networks, Error>;

/// Builds the program with the networks of some jobs.
///
/// # Errors
/// As [`emulate`].
pub fn of_jobs(build: Build<'_>, jobs: &[Job]) -> Result<Networks, Error> {
    let programs: Vec<_> = jobs.iter().map(|(compiled, _)| &compiled.program).collect();
    build(&programs)
}

/// The networks that differ from the reference, by their index, and for the first `explained` of them the op that
/// differs: these run again, step by step.
///
/// # Errors
/// As [`steps`].
pub fn differences(
    networks: &Networks,
    jobs: &[Job],
    explained: usize,
    build: Build<'_>,
) -> Result<Vec<(usize, Option<String>)>, Error> {
    let inputs: Vec<Vec<Vec<u16>>> = jobs.iter().map(|(_, inputs)| inputs.clone()).collect();
    let found = networks.run(&inputs)?;
    let wrong: Vec<(usize, &Compiled, &[u16])> = jobs
        .iter()
        .zip(&found)
        .enumerate()
        .filter_map(|(index, ((compiled, inputs), found))| {
            let mut outcomes = inputs.iter().zip(found);
            let (input, _) =
                outcomes.find(|(input, found)| network::outcome(compiled, input) != **found)?;
            Some((index, compiled, input.as_slice()))
        })
        .collect();
    let explained = &wrong[..wrong.len().min(explained)];
    let again: Vec<_> = explained
        .iter()
        .map(|&(_, compiled, input)| (&compiled.program, input))
        .collect();
    let steps = if again.is_empty() {
        Vec::new()
    } else {
        steps(&again, build)?
    };
    let mut reasons = explained
        .iter()
        .zip(&steps)
        .map(|((_, compiled, input), steps)| network::explain(compiled, input, steps));
    let named = wrong.iter().map(|&(index, _, _)| (index, reasons.next()));
    Ok(named.collect())
}

/// Builds the program with the code that the Rust printer makes of the models.
///
/// # Errors
/// As [`build`].
pub fn emulate(
    machine: Machine,
    programs: &[&program::Program],
    level: OptLevel,
) -> Result<Networks, Error> {
    let names: Vec<Ident> = (0..programs.len())
        .map(|index| Ident::new(&format!("network_{index}"), Span::call_site()))
        .collect();
    let modules: TokenStream = names
        .iter()
        .zip(programs)
        .map(|(name, program)| {
            let code = print(program, &style());
            let run = run(program);
            quote! {
                mod #name { #code }
                impl model::Network for #name::Net { #run }
            }
        })
        .collect();
    let code = quote! {
        #modules
        model::networks!(#(#names::Net),*);
    };
    let path = write(&code.to_string())?.display().to_string();
    let settings = [("BITNEURAL_NETWORKS", path.as_str())];
    let program = build(machine, "model", "networks", level, &settings)?;
    Ok(Networks::new(program, programs))
}

/// How the program runs a model on one input: what it reads of the words, and what it prints.
fn run(program: &program::Program) -> TokenStream {
    let name = |port: &program::Port| Ident::new(&port.name, Span::call_site());
    let inputs: Vec<Ident> = program.inputs.iter().map(name).collect();
    let outputs: Vec<TokenStream> = match program.outputs.as_slice() {
        [_] => vec![quote!(outputs)],
        several => several
            .iter()
            .map(|port| {
                let name = name(port);
                quote!(outputs.#name)
            })
            .collect(),
    };
    let class = match program.scores {
        Some(_) => quote!(self.classify_quantized(#(&#inputs),*) as i32),
        None => quote!(-1),
    };
    quote! {
        fn run(&mut self, network: u32, words: &mut model::Words) {
            #(let #inputs = model::Array::read(words);)*
            let outputs = self.predict_quantized(#(&#inputs),*);
            let line = board::line("input").number(network).signed(#class);
            #(let line = model::Array::print(&#outputs, line);)*
            drop(line);
        }
    }
}

/// What each call of some programs writes for an input, in order.
///
/// # Errors
/// As [`emulate`] and [`Networks::run`].
pub fn steps(
    jobs: &[(&program::Program, &[u16])],
    build: Build<'_>,
) -> Result<Vec<Vec<Vec<i32>>>, Error> {
    let cut: Vec<Vec<program::Program>> =
        jobs.iter().map(|(program, _)| prefixes(program)).collect();
    let programs: Vec<&program::Program> = cut.iter().flatten().collect();
    let inputs: Vec<Vec<Vec<u16>>> = cut
        .iter()
        .zip(jobs)
        .flat_map(|(cut, (_, input))| cut.iter().map(|_| vec![input.to_vec()]))
        .collect();
    let mut outcomes = build(&programs)?.run(&inputs)?.into_iter().flatten();
    let steps = cut.iter().map(|cut| {
        let outputs = outcomes.by_ref().take(cut.len());
        outputs.map(|outcome| outcome.output).collect()
    });
    Ok(steps.collect())
}

impl Networks {
    /// A program that has these models in it, each with the number of its place.
    pub(super) fn new(program: Program, models: &[&program::Program]) -> Networks {
        let shapes = models.iter().map(|model| Shape {
            inputs: elements(&model.inputs),
            outputs: elements(&model.outputs),
        });
        Networks {
            program,
            shapes: shapes.collect(),
        }
    }

    /// The linked file.
    #[must_use]
    pub fn elf(&self) -> &std::path::Path {
        self.program.elf()
    }

    /// What each model makes of its inputs in codes.
    ///
    /// # Errors
    /// When the program does not end well, or does not give each model's outcomes in order.
    ///
    /// # Panics
    /// When there are not inputs for each model, or an input has another number of elements than its model's.
    pub fn run(&self, inputs: &[Vec<Vec<u16>>]) -> Result<Vec<Vec<Outcome>>, Error> {
        assert_eq!(inputs.len(), self.shapes.len(), "inputs for each model");
        let mut words = Vec::new();
        for (index, (inputs, shape)) in inputs.iter().zip(&self.shapes).enumerate() {
            words.push(word(index));
            words.push(word(inputs.len()));
            for input in inputs {
                assert_eq!(input.len(), shape.inputs, "elements of an input");
                words.extend(input.iter().map(|&code| u32::from(code)));
            }
        }
        let transcript = self.program.run(&words)?;
        let wrong = || protocol(&transcript);
        let mut lines = transcript.all_numbers("input")?.into_iter();
        let mut found = Vec::new();
        for (index, (inputs, shape)) in inputs.iter().zip(&self.shapes).enumerate() {
            let outcomes = inputs.iter().map(|_| {
                let line = lines.next()?;
                let [network, class, output @ ..] = &line[..] else {
                    return None;
                };
                let is_next =
                    usize::try_from(*network) == Ok(index) && output.len() == shape.outputs;
                is_next.then_some(())?;
                let output = output.iter().map(|&value| i32::try_from(value).ok());
                Some(Outcome {
                    class: usize::try_from(*class).ok(),
                    output: output.collect::<Option<_>>()?,
                })
            });
            found.push(outcomes.collect::<Option<_>>().ok_or_else(wrong)?);
        }
        match lines.next() {
            None => Ok(found),
            Some(_) => Err(wrong()),
        }
    }
}

fn word(count: usize) -> u32 {
    u32::try_from(count).expect("few models and inputs")
}

fn protocol(transcript: &Transcript) -> Error {
    let expected = "a line `input NETWORK CLASS value…` for each input of each model, in order";
    Error::Protocol(expected.to_owned(), transcript.clone())
}
