//! Problems → errors at the argument to blame, plus a skeleton of the struct.

use std::path::Path;

use bitneural_core::emit::names;
use bitneural_core::emit::rust;
use bitneural_core::error::Argument;
use bitneural_core::{Error, ErrorKind, Errors};
use proc_macro2::{Span, TokenStream};
use syn::LitStr;

use crate::args::Args;
use crate::expand::{style, unnamed};

/// What the macro yields when something is wrong.
pub(crate) struct Failure {
    /// All problems.
    error: syn::Error,
    /// Stands in for the struct, so that the user's other code raises no error of its own.
    skeleton: TokenStream,
}

impl Failure {
    /// The arguments name no struct that could be stood in for.
    pub(crate) fn without_struct(error: syn::Error) -> Box<Self> {
        Box::new(Self {
            error,
            skeleton: TokenStream::new(),
        })
    }

    /// A struct of the wanted name, with as much of its interface as `bytes` (those of the model file,
    /// perhaps none) tell.
    pub(crate) fn with_skeleton(error: syn::Error, args: &Args, bytes: &[u8]) -> Box<Self> {
        let stem = || {
            let path = args.path.value();
            let stem = Path::new(&path).file_stem().unwrap_or_default();
            names::struct_name(&stem.to_string_lossy())
        };
        let _ = bytes;
        let name = match &args.name {
            Some(name) => Ok(name.clone()),
            None => unnamed(stem(), args),
        };
        let skeleton = name.map_or_else(
            |_| TokenStream::new(),
            |name| rust::skeleton(&style(name, args)),
        );
        Box::new(Self { error, skeleton })
    }

    /// The errors and the skeleton.
    pub(crate) fn into_tokens(self) -> TokenStream {
        let mut tokens = self.error.into_compile_error();
        tokens.extend(self.skeleton);
        tokens
    }
}

/// A problem of the arguments, in the form of the compiler's.
pub(crate) fn problem(
    span: Span,
    what: &str,
    expected: Option<&str>,
    help: Option<&str>,
) -> syn::Error {
    let mut text = what.to_owned();
    for (word, line) in [("expected", expected), ("help", help)] {
        if let Some(line) = line {
            text.push_str(&format!("\n   = {word}: {line}"));
        }
    }
    syn::Error::new(span, text)
}

/// Both.
pub(crate) fn combined(first: Option<syn::Error>, second: syn::Error) -> syn::Error {
    match first {
        Some(mut first) => {
            first.combine(second);
            first
        }
        None => second,
    }
}

/// The compiler's problems, each at the argument that it is about.
pub(crate) fn compiler(errors: Errors, args: &Args) -> syn::Error {
    located(errors, args, None)
}

/// Problems of reading the file; `beside` is a path that would find it.
pub(crate) fn file(errors: Errors, args: &Args, beside: Option<&str>) -> syn::Error {
    located(errors, args, beside)
}

fn located(errors: Errors, args: &Args, beside: Option<&str>) -> syn::Error {
    let text = |error: &Error| match (&error.kind, beside) {
        (ErrorKind::FileNotFound { .. }, Some(path)) => {
            format!("{error}\n   = note: found beside the source file: write `{path}`")
        }
        _ => error.to_string(),
    };
    let mut all = None;
    for error in errors.iter() {
        let span = match error.kind.argument() {
            Argument::Path => args.path.span(),
            Argument::Budget => args.budget.unwrap_or_else(|| args.path.span()),
            Argument::Name => args
                .name
                .as_ref()
                .map_or_else(|| args.path.span(), |name| name.span()),
        };
        all = Some(combined(all, syn::Error::new(span, text(error))));
    }
    // A stage fails with at least one problem.
    all.unwrap_or_else(|| syn::Error::new(args.path.span(), "the model does not compile"))
}

/// A path that other machines do not have.
pub(crate) fn absolute(path: &LitStr, manifest: &Path) -> syn::Error {
    let value = path.value();
    let help = match Path::new(&value).strip_prefix(manifest) {
        Ok(relative) => format!("write `{}`", relative.display()),
        Err(_) => "copy the file into the crate: every machine must find it".to_owned(),
    };
    problem(
        path.span(),
        "the path of the model file is absolute",
        Some("a path relative to the folder of the crate's Cargo.toml"),
        Some(&help),
    )
}

/// Not called by cargo.
pub(crate) fn no_manifest(path: &LitStr) -> syn::Error {
    problem(
        path.span(),
        "CARGO_MANIFEST_DIR is not set, so the path cannot be resolved",
        None,
        Some("build with cargo, or set it to the folder that the path is relative to"),
    )
}
