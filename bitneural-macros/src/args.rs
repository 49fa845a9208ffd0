//! The syntax of the macro: tokens → [`Args`], each argument with its place.

use bitneural_core::error::near;
use bitneural_core::options::{Activations, Budget, Options};
use bitneural_core::plan::Optimize;
use bitneural_core::ternarize::Quantizer;
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, Ident, LitInt, LitStr, Path, Token, Visibility, parenthesized, parse_quote};

use crate::diagnose::{combined, problem};

mod custom;

/// The arguments of the macro.
pub(crate) struct Args {
    /// Attributes and documentation of the struct.
    pub(crate) attributes: Vec<Attribute>,
    /// Its visibility; public if the user names no struct.
    pub(crate) visibility: Visibility,
    /// Its name; `None` if the model's name is to be taken.
    pub(crate) name: Option<Ident>,
    /// The model file, relative to the folder of Cargo.toml.
    pub(crate) path: LitStr,
    /// What the compiler is asked for.
    pub(crate) options: Options,
    /// The types of custom layers.
    pub(crate) custom: Option<Custom>,
    /// The place of `budget`.
    pub(crate) budget: Option<Span>,
    /// Where `streaming` stands, if it does.
    pub(crate) streaming: Option<Span>,
    /// The section of the blobs.
    pub(crate) weights_section: Option<LitStr>,
    /// The path of bitneural-rt.
    pub(crate) runtime: Option<Path>,
}

/// The argument `custom`.
pub(crate) struct Custom {
    /// Its place.
    pub(crate) span: Span,
    /// Whether all of it could be read.
    pub(crate) is_whole: bool,
    /// The names of layers and the types that implement them.
    pub(crate) entries: Vec<(Ident, Path)>,
}

/// Arguments, as far as they could be read, with what is wrong about the others.
pub(crate) struct Parsed {
    pub(crate) args: Args,
    pub(crate) problem: Option<syn::Error>,
}

/// An argument: its name and the reader of what follows.
struct Argument {
    name: &'static str,
    /// How it is written, for messages.
    form: &'static str,
    read: fn(&mut Args, &Ident, ParseStream<'_>) -> syn::Result<()>,
}

/// Every argument that the macro takes.
const ARGUMENTS: &[Argument] = &[
    Argument {
        name: "activations",
        form: "`activations = f32`",
        read: |args, name, input| {
            args.options.activations = word(name, input, &Activations::WORDS)?;
            Ok(())
        },
    },
    Argument {
        name: "ternarize",
        form: "`ternarize = optimal`",
        read: |args, name, input| {
            args.options.quantizer = Some(word(name, input, &Quantizer::WORDS)?);
            Ok(())
        },
    },
    Argument {
        name: "optimize",
        form: "`optimize = balanced`",
        read: |args, name, input| {
            args.options.optimize = word(name, input, &Optimize::WORDS)?;
            Ok(())
        },
    },
    Argument {
        name: "budget",
        form: "`budget(flash = 24_576, ram = 8_192)`",
        read: budget,
    },
    Argument {
        name: "streaming",
        form: "`streaming = true`",
        read: |args, name, input| {
            args.streaming = Some(name.span());
            args.options.streaming = word(name, input, &[("true", true), ("false", false)])?;
            Ok(())
        },
    },
    Argument {
        name: "custom",
        form: custom::FORM,
        read: custom::read,
    },
    Argument {
        name: "weights_section",
        form: "`weights_section = \".rodata.fast\"`",
        read: weights_section,
    },
    Argument {
        name: "crate",
        form: "`crate = my_reexport::bitneural_rt`",
        read: |args, name, input| {
            let value = after_equals(name, input)?;
            args.runtime = Some(value.call(Path::parse_mod_style)?);
            Ok(())
        },
    },
];

/// Arguments that will exist, and what to do until they do.
const PLANNED: &[(&str, &str)] = &[
    ("target", "leave it out: it never changes a result"),
    (
        "input",
        "describe the network in the file's metadata (docs/format.md)",
    ),
    (
        "layers",
        "describe the network in the file's metadata (docs/format.md)",
    ),
];

/// Reads the arguments. A problem of one argument does not hide those of the others.
///
/// # Errors
/// The struct and the path cannot be read.
pub(crate) fn parse(tokens: TokenStream) -> syn::Result<Parsed> {
    let mut pieces = split(tokens, ';').into_iter();
    let mut args = syn::parse2::<Args>(pieces.next().unwrap_or_default())?;
    let mut problem = None;
    let mut seen: Vec<String> = Vec::new();
    for piece in pieces.filter(|piece| !piece.is_empty()) {
        let read = |input: ParseStream<'_>| argument(&mut args, &mut seen, input);
        if let Err(error) = read.parse2(piece) {
            problem = Some(combined(problem, error));
        }
    }
    Ok(Parsed { args, problem })
}

/// The tokens between separators.
fn split(tokens: TokenStream, separator: char) -> Vec<TokenStream> {
    let mut pieces = vec![TokenStream::new()];
    for token in tokens {
        match &token {
            TokenTree::Punct(punct) if punct.as_char() == separator => {
                pieces.push(TokenStream::new())
            }
            _ => {
                if let Some(piece) = pieces.last_mut() {
                    piece.extend([token]);
                }
            }
        }
    }
    pieces
}

/// The struct and the path, or the path alone.
impl Parse for Args {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.is_empty() {
            return Err(problem(
                Span::call_site(),
                "the path of the model file is missing",
                Some("`include_ternary_model!(pub struct Name = \"models/name.safetensors\")`"),
                None,
            ));
        }
        let attributes = input.call(Attribute::parse_outer)?;
        for attribute in &attributes {
            let path = attribute.path();
            if path.is_ident("cfg") || path.is_ident("cfg_attr") {
                return Err(problem(
                    path.get_ident().map_or_else(Span::call_site, Ident::span),
                    "a condition cannot stand at the struct: it would not hold for its methods",
                    None,
                    Some("put it in front of `include_ternary_model!`"),
                ));
            }
        }
        let (visibility, name) = if input.peek(LitStr) {
            (parse_quote!(pub), None)
        } else {
            let visibility = input.parse()?;
            input.parse::<Token![struct]>()?;
            let name = input.parse()?;
            input.parse::<Token![=]>()?;
            (visibility, Some(name))
        };
        if !input.peek(LitStr) {
            let form = "a string literal, relative to the folder of the crate's Cargo.toml";
            let what = "the path of the model file cannot be read";
            return Err(problem(input.span(), what, Some(form), None));
        }
        let path = input.parse()?;
        if !input.is_empty() {
            return Err(input.error("expected `;` and an argument, or the end"));
        }
        Ok(Self {
            attributes,
            visibility,
            name,
            path,
            options: Options::default(),
            custom: None,
            budget: None,
            streaming: None,
            weights_section: None,
            runtime: None,
        })
    }
}

/// One argument, up to its semicolon.
fn argument(args: &mut Args, seen: &mut Vec<String>, input: ParseStream<'_>) -> syn::Result<()> {
    let name = input.call(Ident::parse_any)?;
    let text = name.to_string();
    let Some(argument) = ARGUMENTS.iter().find(|argument| text == argument.name) else {
        drain(input);
        return Err(no_such_argument(&name));
    };
    if seen.contains(&text) {
        drain(input);
        return Err(repeated(&name));
    }
    seen.push(text);
    (argument.read)(args, &name, input)?;
    if input.is_empty() {
        Ok(())
    } else {
        let after = input.error(format!("expected `;` after {}", argument.form));
        drain(input);
        Err(after)
    }
}

fn repeated(name: &Ident) -> syn::Error {
    let what = format!("`{name}` is given twice");
    problem(name.span(), &what, None, Some("leave one of them out"))
}

/// Takes the rest of an argument that is reported already.
fn drain(input: ParseStream<'_>) {
    while input.parse::<TokenTree>().is_ok() {}
}

fn no_such_argument(name: &Ident) -> syn::Error {
    let text = name.to_string();
    if let Some((_, instead)) = PLANNED.iter().find(|(planned, _)| *planned == text) {
        let what = format!("the argument `{text}` is not supported yet");
        return problem(name.span(), &what, None, Some(instead));
    }
    let names: Vec<&str> = ARGUMENTS.iter().map(|argument| argument.name).collect();
    let what = format!("unknown argument `{text}`");
    let close = did_you_mean(&text, &names);
    problem(name.span(), &what, Some(&one_of(&names)), close.as_deref())
}

fn one_of(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.as_slice() {
        [only] => only.clone(),
        several => format!("one of {}", several.join(", ")),
    }
}

fn did_you_mean(found: &str, words: &[&str]) -> Option<String> {
    let close = near(found, words.iter().copied());
    Some(format!("did you mean `{}`?", close.first()?))
}

/// The input behind `=`, which must not be empty.
fn after_equals<'a>(name: &Ident, input: ParseStream<'a>) -> syn::Result<ParseStream<'a>> {
    if !input.peek(Token![=]) {
        drain(input);
        return Err(malformed(name));
    }
    input.parse::<Token![=]>()?;
    if input.is_empty() {
        return Err(malformed(name));
    }
    Ok(input)
}

/// An argument of the wrong form, at its name: what follows may be nothing at all.
fn malformed(name: &Ident) -> syn::Error {
    let form = ARGUMENTS.iter().find(|argument| name == argument.name);
    problem(
        name.span(),
        &format!("the argument `{name}` has no value that can be read"),
        form.map(|argument| argument.form),
        None,
    )
}

/// The first token behind `=`.
fn value(name: &Ident, input: ParseStream<'_>) -> syn::Result<TokenTree> {
    after_equals(name, input)?.parse()
}

/// One of a few words.
fn word<T: Copy>(name: &Ident, input: ParseStream<'_>, words: &[(&str, T)]) -> syn::Result<T> {
    let found = value(name, input)?;
    choice(name, &found, words).inspect_err(|_| drain(input))
}

fn choice<T: Copy>(name: &Ident, found: &TokenTree, words: &[(&str, T)]) -> syn::Result<T> {
    let text = found.to_string();
    if let Some((_, meaning)) = words.iter().find(|(word, _)| *word == text) {
        return Ok(*meaning);
    }
    let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
    let what = format!("`{text}` is no value of `{name}`");
    let close = did_you_mean(&text, &names);
    Err(problem(
        found.span(),
        &what,
        Some(&one_of(&names)),
        close.as_deref(),
    ))
}

fn budget(args: &mut Args, name: &Ident, input: ParseStream<'_>) -> syn::Result<()> {
    if !input.peek(syn::token::Paren) {
        drain(input);
        return Err(malformed(name));
    }
    args.budget = Some(name.span());
    let content;
    parenthesized!(content in input);
    let entries = split(content.parse()?, ',');
    let entries = entries.into_iter().filter(|entry| !entry.is_empty());
    let mut problems = None;
    let mut any = false;
    for entry in entries {
        any = true;
        let read = |input: ParseStream<'_>| limit(&mut args.options.budget, input);
        if let Err(error) = read.parse2(entry) {
            problems = Some(combined(problems, error));
        }
    }
    if !any {
        problems = Some(malformed(name));
    }
    problems.map_or(Ok(()), Err)
}

/// `flash = 24_576`.
fn limit(budget: &mut Budget, input: ParseStream<'_>) -> syn::Result<()> {
    let key = input.call(Ident::parse_any)?;
    let form = "`flash = 24_576` or `ram = 8_192`, in bytes";
    let wrong = |span, what: &str| problem(span, what, Some(form), None);
    let limit = match key.to_string().as_str() {
        "flash" => &mut budget.flash_bytes,
        "ram" => &mut budget.ram_bytes,
        other => {
            drain(input);
            return Err(wrong(key.span(), &format!("a budget has no `{other}`")));
        }
    };
    let value = input.parse::<Option<Token![=]>>()?;
    let found: Option<TokenTree> = input.parse().ok();
    let (Some(_), Some(found)) = (value, found) else {
        drain(input);
        return Err(wrong(
            key.span(),
            &format!("`{key}` has no value that can be read"),
        ));
    };
    if !input.is_empty() {
        let error = wrong(input.span(), "this does not belong to the number of bytes");
        drain(input);
        return Err(error);
    }
    let number = syn::parse2::<LitInt>(found.to_token_stream());
    let bytes = number
        .ok()
        .filter(|number| number.suffix().is_empty())
        .and_then(|number| number.base10_parse::<usize>().ok());
    match bytes {
        None => Err(wrong(
            found.span(),
            &format!("`{found}` is no number of bytes"),
        )),
        Some(_) if limit.is_some() => Err(repeated(&key)),
        Some(bytes) => {
            *limit = Some(bytes);
            Ok(())
        }
    }
}

fn weights_section(args: &mut Args, name: &Ident, input: ParseStream<'_>) -> syn::Result<()> {
    let section: LitStr = after_equals(name, input)?.parse()?;
    let text = section.value();
    if text.is_empty() || text.contains('\0') {
        return Err(problem(
            section.span(),
            "this is no name of a section",
            Some("a name that the linker script knows, such as `.rodata.fast`"),
            None,
        ));
    }
    args.weights_section = Some(section);
    Ok(())
}

#[cfg(test)]
mod tests;
