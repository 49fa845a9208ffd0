//! Arguments → the compiler's options → tokens.

use std::path::{Path, PathBuf};

use bitneural_core::emit::names;
use bitneural_core::emit::rust::{self, Style};
use bitneural_core::{Compiled, Errors, compile, load};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{LitStr, Path as RustPath};

use crate::args::{self, Args};
use crate::diagnose::{self, Failure};

/// What the macro knows of the place it is called from.
pub(crate) struct Caller {
    /// The folder of the crate's Cargo.toml.
    pub(crate) manifest: Option<PathBuf>,
    /// The source file that a token comes from.
    pub(crate) source_file: fn(Span) -> Option<PathBuf>,
}

impl Caller {
    /// The caller of the macro that the compiler is expanding.
    pub(crate) fn of_this_macro() -> Self {
        Self {
            manifest: std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from),
            source_file: |span| span.unwrap().local_file(),
        }
    }
}

/// The macro: tokens in; tokens, or errors and a skeleton of the struct, out.
pub(crate) fn expand(input: TokenStream, caller: &Caller) -> TokenStream {
    match expand_checked(input, caller) {
        Ok(tokens) => tokens,
        Err(failure) => failure.into_tokens(),
    }
}

/// The expansion, or everything that is wrong with the arguments and with the model.
fn expand_checked(input: TokenStream, caller: &Caller) -> Result<TokenStream, Box<Failure>> {
    let parsed = args::parse(input).map_err(Failure::without_struct)?;
    let (mut args, mut problem) = (parsed.args, parsed.problem);
    // Names that could not be read are not missing.
    if args.custom.as_ref().is_none_or(|custom| custom.is_whole) {
        let told = args.custom.iter().flat_map(|custom| &custom.entries);
        let told = told.map(|(name, _)| name.to_string());
        args.options.custom_types = Some(told.collect());
    }
    let bytes = read(&args, caller);
    let compiled = match &bytes {
        Ok(bytes) => compile(bytes, &args.options)
            .map_err(|errors| diagnose::compiler(errors.in_file(&args.path.value()), &args)),
        Err(error) => Err(error.clone()),
    };
    let bytes = bytes.as_deref().unwrap_or_default();
    let printed = compiled.and_then(|compiled| print(&compiled, &args));
    match (printed, problem.take()) {
        (Ok(tokens), None) => Ok(tokens),
        (Ok(_), Some(error)) => Err(Failure::with_skeleton(error, &args, bytes)),
        (Err(error), problem) => {
            let all = diagnose::combined(problem, error);
            Err(Failure::with_skeleton(all, &args, bytes))
        }
    }
}

/// The bytes of the model file.
fn read(args: &Args, caller: &Caller) -> syn::Result<Vec<u8>> {
    let shown = args.path.value();
    let manifest = caller
        .manifest
        .as_ref()
        .ok_or_else(|| diagnose::no_manifest(&args.path))?;
    if Path::new(&shown).has_root() {
        return Err(diagnose::absolute(&args.path, manifest));
    }
    load(&manifest.join(&shown), &shown).map_err(|errors| {
        let beside = beside_the_source(&args.path, manifest, caller);
        diagnose::file(errors, args, beside.as_deref())
    })
}

/// The path that would work if the user meant one relative to the source file, as `include_bytes!`
/// takes it.
fn beside_the_source(path: &LitStr, manifest: &Path, caller: &Caller) -> Option<String> {
    let source = std::env::current_dir()
        .ok()?
        .join((caller.source_file)(path.span())?);
    let file = source.parent()?.join(path.value());
    let relative = file.strip_prefix(manifest).ok()?;
    file.is_file()
        .then(|| relative.to_string_lossy().into_owned())
}

fn print(compiled: &Compiled, args: &Args) -> syn::Result<TokenStream> {
    let name = match &args.name {
        Some(name) => name.clone(),
        None => unnamed(names::struct_name(&compiled.program.model), args)
            .map_err(|errors| diagnose::compiler(errors.in_file(&args.path.value()), args))?,
    };
    let mut style = style(name, args);
    style.tracked_file = Some(args.path.value());
    Ok(rust::print(&compiled.program, &style))
}

/// The name of a struct that the user did not name, at the place of the path.
pub(crate) fn unnamed(name: Result<String, Errors>, args: &Args) -> Result<Ident, Errors> {
    Ok(Ident::new(
        &name?,
        args.path.span().resolved_at(Span::call_site()),
    ))
}

/// How the user wants the struct to look.
pub(crate) fn style(name: Ident, args: &Args) -> Style {
    let attributes = &args.attributes;
    let custom = args.custom.iter().flat_map(|custom| &custom.entries);
    let custom = custom.map(|(name, path)| (name.to_string(), path.to_token_stream()));
    Style {
        name,
        visibility: args.visibility.to_token_stream(),
        attributes: quote!(#(#attributes)*),
        runtime: args
            .runtime
            .as_ref()
            .map_or_else(|| quote!(::bitneural_rt), RustPath::to_token_stream),
        tracked_file: None,
        weights_section: args.weights_section.as_ref().map(LitStr::value),
        custom: custom.collect(),
    }
}

#[cfg(test)]
mod tests;
