//! Questions to a linked program: can it panic, does it use software floats, what lies where?
//!
//! Each question is answered from symbols and sections; `tests/tests/panic_free.rs` shows that programs
//! with the fault are found.

use std::fs;
use std::path::{Path, PathBuf};

use object::{Object, ObjectSection, ObjectSymbol, SectionFlags, SymbolKind, elf};

/// A file that cannot be read as ELF.
#[derive(Debug, thiserror::Error)]
#[error("{}: {reason}", path.display())]
pub struct Error {
    path: PathBuf,
    reason: String,
}

/// The symbols and sections of a linked program.
#[derive(Debug, Clone)]
pub struct Elf {
    symbols: Vec<Symbol>,
    sections: Vec<Section>,
}

/// A named piece of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symbol {
    /// As the linker knows it.
    pub linker_name: String,
    /// As a path of Rust, without the hash; the linker's name if it is none.
    pub name: String,
    /// Size in bytes.
    pub bytes: u64,
    /// What the section is for in which it lies.
    pub place: Place,
}

/// What a section is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Instructions: flash.
    Code,
    /// Constants: flash.
    ReadOnly,
    /// State with a first value: flash and RAM.
    Data,
    /// State that is zero at first: RAM.
    Zeroed,
    /// Nothing that is on the chip.
    Elsewhere,
}

#[derive(Debug, Clone)]
struct Section {
    name: String,
    bytes: u64,
    place: Place,
}

impl Elf {
    /// Reads a file.
    ///
    /// # Errors
    /// When it cannot be read, or is no ELF file.
    pub fn open(path: &Path) -> Result<Elf, Error> {
        let wrong = |reason: String| Error {
            path: path.to_owned(),
            reason,
        };
        let content = fs::read(path).map_err(|error| wrong(error.to_string()))?;
        Elf::parse(&content).map_err(|error| wrong(error.to_string()))
    }

    fn parse(content: &[u8]) -> object::Result<Elf> {
        let file = object::File::parse(content)?;
        let mut sections = Vec::new();
        for section in file.sections() {
            sections.push(Section {
                name: section.name()?.to_owned(),
                bytes: section.size(),
                place: place(&section),
            });
        }
        let mut symbols = Vec::new();
        for symbol in file.symbols() {
            let is_piece = matches!(symbol.kind(), SymbolKind::Text | SymbolKind::Data);
            let Some(index) = symbol.section_index().filter(|_| is_piece) else {
                continue;
            };
            let linker_name = symbol.name()?.to_owned();
            symbols.push(Symbol {
                name: format!("{:#}", rustc_demangle::demangle(&linker_name)),
                linker_name,
                bytes: symbol.size(),
                place: place(&file.section_by_index(index)?),
            });
        }
        Ok(Elf { symbols, sections })
    }

    /// The symbols that a program has only if it can panic.
    ///
    /// The board's panic handler calls `board_panicked`, which is never inlined, so that no panic is
    /// missed; the others tell which it was.
    #[must_use]
    pub fn panics(&self) -> Vec<&str> {
        self.names(|symbol| {
            let name = symbol.name.as_str();
            symbol.linker_name == "board_panicked"
                || name.starts_with("core::panicking::")
                || name.ends_with("::rust_begin_unwind")
                || (name.starts_with("core::") && name.ends_with("_fail"))
                || (name.starts_with("core::") && name.ends_with("_failed"))
        })
    }

    /// The routines that stand for instructions on floats which the processor lacks.
    #[must_use]
    pub fn soft_floats(&self) -> Vec<&str> {
        self.names(|symbol| {
            is_soft_float(&symbol.linker_name)
                || symbol.name.starts_with("compiler_builtins::float::")
                || symbol.name.starts_with("compiler_builtins::math::")
        })
    }

    /// The bytes of state that has a first value: they take flash, and time at start-up.
    #[must_use]
    pub fn data_bytes(&self) -> u64 {
        self.sections
            .iter()
            .filter(|section| section.place == Place::Data)
            .map(|section| section.bytes)
            .sum()
    }

    /// The bytes of the named section; 0 if there is none.
    #[must_use]
    pub fn section_bytes(&self, name: &str) -> u64 {
        self.sections
            .iter()
            .filter(|section| section.name == name)
            .map(|section| section.bytes)
            .sum()
    }

    /// The symbols whose path begins with `prefix`, such as `model::net::`.
    pub fn symbols<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a Symbol> {
        self.symbols
            .iter()
            .filter(move |symbol| symbol.name.starts_with(prefix))
    }

    /// The bytes that those symbols take at `place`.
    #[must_use]
    pub fn bytes(&self, prefix: &str, place: Place) -> u64 {
        self.symbols(prefix)
            .filter(|symbol| symbol.place == place)
            .map(|symbol| symbol.bytes)
            .sum()
    }

    fn names(&self, is_wanted: impl Fn(&Symbol) -> bool) -> Vec<&str> {
        self.symbols
            .iter()
            .filter(|symbol| is_wanted(symbol))
            .map(|symbol| symbol.name.as_str())
            .collect()
    }
}

fn place<'a>(section: &impl ObjectSection<'a>) -> Place {
    let SectionFlags::Elf { sh_type, sh_flags } = section.flags() else {
        return Place::Elsewhere;
    };
    if !sh_flags.contains(elf::SHF_ALLOC) {
        Place::Elsewhere
    } else if sh_flags.contains(elf::SHF_EXECINSTR) {
        Place::Code
    } else if !sh_flags.contains(elf::SHF_WRITE) {
        Place::ReadOnly
    } else if sh_type == elf::SHT_NOBITS {
        Place::Zeroed
    } else {
        Place::Data
    }
}

/// The names that GCC gave these routines, and LLVM took over: `__addsf3`, `__fixunsdfsi`, `__ltsf2` …
fn is_soft_float(name: &str) -> bool {
    const FLOATS: [&str; 4] = ["hf", "sf", "df", "tf"];
    const INTEGERS: [&str; 3] = ["si", "di", "ti"];
    const OPERATIONS: [&str; 13] = [
        "add", "sub", "mul", "div", "neg", "powi", "eq", "ne", "lt", "le", "gt", "ge", "unord",
    ];
    let Some(name) = name.strip_prefix("__") else {
        return false;
    };
    // Arm has names of its own.
    if let Some(name) = name.strip_prefix("aeabi_") {
        return ["f", "d", "cf", "cd"]
            .iter()
            .any(|start| name.starts_with(start))
            || ["2f", "2d"].iter().any(|end| name.ends_with(end));
    }
    let is_float = |part: &str| FLOATS.contains(&part);
    let is_integer = |part: &str| INTEGERS.contains(&part);
    // A pair such as "sfsi" after a word.
    let converts = |word: &str, from: &dyn Fn(&str) -> bool, to: &dyn Fn(&str) -> bool| {
        let types = name
            .strip_prefix(word)
            .map(|types| types.trim_end_matches('2'));
        types
            .and_then(|types| types.split_at_checked(2))
            .is_some_and(|(a, b)| from(a) && to(b))
    };
    let operates = OPERATIONS.iter().any(|operation| {
        name.strip_prefix(operation)
            .and_then(|types| types.strip_suffix(['2', '3']))
            .is_some_and(is_float)
    });
    operates
        || ["fix", "fixuns"]
            .iter()
            .any(|word| converts(word, &is_float, &is_integer))
        || ["float", "floatun"]
            .iter()
            .any(|word| converts(word, &is_integer, &is_float))
        || ["extend", "trunc"]
            .iter()
            .any(|word| converts(word, &is_float, &is_float))
}

#[cfg(test)]
mod tests {
    use super::is_soft_float;

    #[test]
    fn soft_float_routines_are_told_from_others() {
        for name in [
            "__addsf3",
            "__subdf3",
            "__mulsf3",
            "__divdf3",
            "__negsf2",
            "__ltsf2",
            "__unorddf2",
            "__powisf2",
            "__fixsfsi",
            "__fixunsdfdi",
            "__floatsisf",
            "__floatunsisf",
            "__floatundidf",
            "__extendsfdf2",
            "__truncdfsf2",
            "__aeabi_fmul",
            "__aeabi_dcmplt",
            "__aeabi_cfcmple",
            "__aeabi_f2iz",
            "__aeabi_ul2d",
        ] {
            assert!(is_soft_float(name), "{name}");
        }
        for name in [
            "__udivdi3",
            "__muldi3",
            "__ashldi3",
            "memcpy",
            "__lshrti3",
            "addsf3",
            "__aeabi_uidiv",
            "__aeabi_uldivmod",
            "__aeabi_lmul",
            "__aeabi_llsl",
            "__aeabi_memcpy4",
        ] {
            assert!(!is_soft_float(name), "{name}");
        }
    }
}
