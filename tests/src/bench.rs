//! The figures of `bench/results`: what models cost on an emulated chip.
//!
//! All of them are counts, the same on every run with one version of the compiler, so they are
//! compared exactly.

use std::fmt::Write;

use bitneural_core::{Compiled, Options, compile};
use bitneural_targets::Machine;
use serde::{Deserialize, Serialize};

use crate::runners::emulated::{Error, OptLevel};
use crate::runners::model::{emulate, steps};

pub mod compilation;
pub mod models;

/// A file of results, its heading apart.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Results {
    /// What `rustc --version` said.
    pub rustc: String,
    /// A row for each model and level.
    pub model: Vec<ModelRow>,
    /// A row for each kernel call of each model, at opt-level 3.
    pub layer: Vec<LayerRow>,
}

/// What one inference of a model costs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelRow {
    /// Name of the model.
    pub name: String,
    /// The optimization level, `3`, `s` or `z`.
    pub opt_level: String,
    /// Multiply-accumulates, zero weights included.
    pub macs: u64,
    /// Instructions of `predict_quantized`.
    pub instructions: u64,
    /// The same for each multiply-accumulate.
    pub instructions_per_mac: f64,
    /// `FLASH_BYTES`: read-only statics.
    pub flash_bytes: u64,
    /// `RAM_BYTES`: the struct.
    pub ram_bytes: u64,
    /// Stack below the caller of `predict_quantized`, painted.
    pub stack_bytes: u64,
    /// `STACK_BYTES`: a bound for all levels.
    pub stack_bound_bytes: u64,
}

/// What a kernel call costs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayerRow {
    /// Name of the model.
    pub model: String,
    /// Name of the layer in the model file.
    pub layer: String,
    /// `family::kernel`
    pub kernel: String,
    /// Multiply-accumulates, zero weights included.
    pub macs: u64,
    /// Instructions of the call.
    pub instructions: u64,
    /// The same for each multiply-accumulate; none where there is none.
    pub instructions_per_mac: Option<f64>,
}

/// Measures all models.
///
/// # Errors
/// When a program does not build or run.
///
/// # Panics
/// When a model does not compile.
pub fn measure(machine: Machine, rustc: String) -> Result<Results, Error> {
    let mut results = Results {
        rustc,
        ..Results::default()
    };
    for (name, file) in models::all() {
        let compiled =
            compile(&file, &Options::default()).unwrap_or_else(|errors| panic!("{name}: {errors}"));
        let input = models::input(1, compiled.program.inputs[0].shape.iter().product());
        for level in OptLevel::ALL {
            results
                .model
                .push(model_row(machine, &name, &compiled, level, &input)?);
        }
        results
            .layer
            .extend(layer_rows(machine, &name, &compiled, &input)?);
    }
    Ok(results)
}

fn model_row(
    machine: Machine,
    name: &str,
    compiled: &Compiled,
    level: OptLevel,
    input: &[i32],
) -> Result<ModelRow, Error> {
    let found = emulate(machine, compiled, level)?.run(&[input.to_vec()])?;
    let answer = &found.answers[0];
    let (macs, instructions) = (
        found.macs.unsigned_abs(),
        answer.instructions.unsigned_abs(),
    );
    Ok(ModelRow {
        name: name.to_owned(),
        opt_level: level.name().to_owned(),
        macs,
        instructions,
        instructions_per_mac: per_mac(instructions, macs).unwrap_or_default(),
        flash_bytes: found.flash_bytes.unsigned_abs(),
        ram_bytes: found.ram_bytes.unsigned_abs(),
        stack_bytes: answer.stack_bytes.unsigned_abs(),
        stack_bound_bytes: found.stack_bound_bytes.unsigned_abs(),
    })
}

/// What each kernel call of a model costs on one input, at opt-level 3.
///
/// # Errors
/// When the program does not build or run.
pub fn layer_rows(
    machine: Machine,
    name: &str,
    compiled: &Compiled,
    input: &[i32],
) -> Result<Vec<LayerRow>, Error> {
    let steps = steps(machine, compiled, OptLevel::Three, input)?;
    let rows = compiled.report.rows.iter().zip(&steps).map(|(row, step)| {
        let instructions = step.instructions.unsigned_abs();
        LayerRow {
            model: name.to_owned(),
            layer: row.layer.clone(),
            kernel: step.kernel.clone(),
            macs: row.macs,
            instructions,
            instructions_per_mac: per_mac(instructions, row.macs),
        }
    });
    Ok(rows.collect())
}

/// To three decimals, as it is written.
fn per_mac(instructions: u64, macs: u64) -> Option<f64> {
    (macs > 0).then(|| (instructions as f64 / macs as f64 * 1000.0).round() / 1000.0)
}

impl Results {
    /// The file, with a heading that says which command wrote it.
    ///
    /// # Panics
    /// Never: these types can be written as TOML.
    #[must_use]
    pub fn to_file(&self, command: &str, machine: Machine) -> String {
        let mut file = String::new();
        let body = toml::to_string(self).expect("these types can be written as TOML");
        // Writing to a string does not fail.
        let _ = writeln!(
            file,
            "# Written by `{command}`. Instructions are counted on {} as QEMU emulates it, for one input each;\n\
             # sizes are bytes. The same figures come out on every run with this compiler.",
            machine.name
        );
        file + &body
    }

    /// Reads a file.
    ///
    /// # Errors
    /// When it has other tables or fields.
    pub fn from_file(text: &str) -> Result<Results, String> {
        toml::from_str(text).map_err(|error| error.to_string())
    }

    /// What is different in `found`, a sentence for each row.
    #[must_use]
    pub fn differences(&self, found: &Results) -> Vec<String> {
        let mut all = Vec::new();
        if self.rustc != found.rustc {
            all.push(format!(
                "committed figures are of {}, these of {}",
                self.rustc, found.rustc
            ));
        }
        compare(
            &self.model,
            &found.model,
            |row| format!("model {} at opt-level {}", row.name, row.opt_level),
            &mut all,
        );
        compare(
            &self.layer,
            &found.layer,
            |row| format!("layer {} of {}", row.layer, row.model),
            &mut all,
        );
        all
    }
}

/// Rows are the same if their names are; adds a sentence for each that is changed, missing or new.
fn compare<T>(
    committed: &[T],
    found: &[T],
    name: impl Fn(&T) -> String,
    differences: &mut Vec<String>,
) where
    T: PartialEq + Serialize,
{
    for row in committed {
        match found.iter().find(|other| name(other) == name(row)) {
            None => differences.push(format!("{}: committed, but no longer measured", name(row))),
            Some(other) if other != row => differences.push(changes(&name(row), row, other)),
            Some(_) => {}
        }
    }
    for row in found
        .iter()
        .filter(|row| !committed.iter().any(|other| name(other) == name(row)))
    {
        differences.push(format!("{}: measured, but not committed", name(row)));
    }
}

/// The fields that differ.
fn changes<T: Serialize>(name: &str, committed: &T, found: &T) -> String {
    let lines = |row: &T| toml::to_string(row).unwrap_or_default();
    let (committed, found) = (lines(committed), lines(found));
    let pairs = committed.lines().zip(found.lines()).filter(|(a, b)| a != b);
    let pairs: Vec<String> = pairs.map(|(a, b)| format!("{a}, now {b}")).collect();
    format!("{name}: {}", pairs.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn results() -> Results {
        Results {
            rustc: "rustc 1.96.0".to_owned(),
            model: vec![ModelRow {
                name: "m".to_owned(),
                opt_level: "3".to_owned(),
                macs: 3,
                instructions: 10,
                instructions_per_mac: per_mac(10, 3).unwrap(),
                flash_bytes: 5,
                ram_bytes: 6,
                stack_bytes: 7,
                stack_bound_bytes: 8,
            }],
            layer: vec![LayerRow {
                model: "m".to_owned(),
                layer: "fc".to_owned(),
                kernel: "dense::digits".to_owned(),
                macs: 0,
                instructions: 9,
                instructions_per_mac: per_mac(9, 0),
            }],
        }
    }

    #[test]
    fn files_are_read_as_they_were_written() {
        let file = results().to_file("cargo xtask bench", bitneural_targets::RV32IMC);
        assert!(
            file.starts_with("# Written by `cargo xtask bench`."),
            "{file}"
        );
        assert!(file.contains("instructions_per_mac = 3.333"), "{file}");
        assert_eq!(Results::from_file(&file), Ok(results()));
        assert_eq!(results().differences(&results()), [""; 0]);
    }

    #[test]
    fn differences_name_the_row_and_the_field() {
        let mut found = results();
        found.model[0].instructions = 11;
        found.layer[0].layer = "fc2".to_owned();
        let expected = [
            "model m at opt-level 3: instructions = 10, now instructions = 11",
            "layer fc of m: committed, but no longer measured",
            "layer fc2 of m: measured, but not committed",
        ];
        assert_eq!(results().differences(&found), expected);
        found = Results {
            rustc: "rustc 1.97.0".to_owned(),
            ..results()
        };
        assert_eq!(
            results().differences(&found),
            ["committed figures are of rustc 1.96.0, these of rustc 1.97.0"]
        );
    }
}
