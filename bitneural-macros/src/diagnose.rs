//! Problems → errors at the argument to blame, plus a skeleton of the struct.

use std::path::Path;

use bitneural_core::emit::names::{self, Class};
use bitneural_core::emit::rust::{self, Style};
use bitneural_core::error::Argument;
use bitneural_core::source::{Outline, outline};
use bitneural_core::{Error, ErrorKind, Errors};
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::LitStr;

use crate::args::Args;
use crate::expand::{style, unnamed};

/// What the macro yields when something is wrong.
pub(crate) struct Failure {
    /// All problems.
    error: syn::Error,
    /// The struct that the user's other code names.
    wanted: Option<Wanted>,
}

/// The types of a model that did not compile.
struct Wanted {
    style: Style,
    /// The classes as far as the file tells; `None` if it does not.
    classes: Option<Vec<Class>>,
}

impl Failure {
    /// The arguments name no struct that could be stood in for.
    pub(crate) fn without_struct(error: syn::Error) -> Box<Self> {
        Box::new(Self {
            error,
            wanted: None,
        })
    }

    /// The types of the model are stood in for, as far as `bytes` (those of the model file, perhaps
    /// none) tell of them.
    pub(crate) fn with_skeleton(error: syn::Error, args: &Args, bytes: &[u8]) -> Box<Self> {
        let Outline { name, labels } = outline(bytes);
        let model = name.unwrap_or_else(|| {
            let path = args.path.value();
            let stem = Path::new(&path).file_stem().unwrap_or_default();
            stem.to_string_lossy().into_owned()
        });
        let name = match &args.name {
            Some(name) => Some(name.clone()),
            None => unnamed(names::struct_name(&model), args).ok(),
        };
        let wanted = name.map(|name| Wanted {
            style: style(name, args),
            classes: labels.and_then(|labels| names::classes(&labels).ok()),
        });
        Box::new(Self { error, wanted })
    }

    /// The errors, and types that stand in for the model's.
    pub(crate) fn into_tokens(self) -> TokenStream {
        let Some(wanted) = self.wanted else {
            return self.error.into_compile_error();
        };
        let mut errors = self.error.into_iter().map(syn::Error::into_compile_error);
        let first = errors.next();
        let skeleton = skeleton(&wanted, &first.unwrap_or_default());
        quote!(#skeleton #(#errors)*)
    }
}

/// Types whose every use is silent.
///
/// `error` (a `compile_error!`) is the length of an array: a type with an error in it, about whose methods,
/// traits and constants rustc says nothing further. A struct with made-up methods would call for more
/// errors where the user's code relies on shapes and classes that nobody knows.
fn skeleton(wanted: &Wanted, error: &TokenStream) -> TokenStream {
    let Style {
        name, visibility, ..
    } = &wanted.style;
    let class = wanted.style.class();
    let classes = match &wanted.classes {
        Some(classes) => rust::print_classes(classes, &wanted.style),
        None => quote! {
            #[doc = "The classes of a model that did not compile."]
            #[allow(dead_code)]
            #visibility type #class = #name;
        },
    };
    quote! {
        #[doc = "The model did not compile: see the error."]
        #[allow(dead_code)]
        #visibility type #name = [(); #error];
        #classes
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
    let text = |error: &Error| {
        if let (ErrorKind::FileNotFound { .. }, Some(path)) = (&error.kind, beside) {
            format!("{error}\n   = note: found beside the source file: write `{path}`")
        } else {
            error.to_string()
        }
    };
    let mut all = None;
    for error in errors.iter() {
        let span = match error.kind.argument() {
            Argument::Path => args.path.span(),
            Argument::Budget => args.budget.unwrap_or_else(|| args.path.span()),
            Argument::Streaming => args.streaming.unwrap_or_else(|| args.path.span()),
            Argument::Name => args
                .name
                .as_ref()
                .map_or_else(|| args.path.span(), |name| name.span()),
            Argument::Custom => custom_span(&error.kind, args),
        };
        all = Some(combined(all, syn::Error::new(span, text(error))));
    }
    // A stage fails with at least one problem.
    all.unwrap_or_else(|| syn::Error::new(args.path.span(), "the model does not compile"))
}

/// The name in `custom(…)` that a problem is about, else the argument, else the path of the file.
fn custom_span(kind: &ErrorKind, args: &Args) -> Span {
    let Some(custom) = &args.custom else {
        return args.path.span();
    };
    let entry = if let ErrorKind::UnknownCustom { name, .. } = kind {
        custom.entries.iter().find(|(entry, _)| entry == name)
    } else {
        None
    };
    entry.map_or(custom.span, |(name, _)| name.span())
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

#[cfg(test)]
mod tests;
