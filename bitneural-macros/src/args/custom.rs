//! `custom(my_gate = crate::MyGate)`.

use proc_macro2::TokenTree;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Ident, Path, Token, parenthesized};

use super::{Args, Custom, drain, malformed, repeated, split};
use crate::diagnose::{combined, problem};

pub(super) const FORM: &str = "`custom(my_gate = crate::MyGate)`";

/// The entries that can be read, and what is wrong with the others.
pub(super) fn read(args: &mut Args, name: &Ident, input: ParseStream<'_>) -> syn::Result<()> {
    let span = name.span();
    args.custom = Some(Custom {
        span,
        is_whole: false,
        entries: Vec::new(),
    });
    if !input.peek(syn::token::Paren) {
        drain(input);
        return Err(malformed(name));
    }
    let content;
    parenthesized!(content in input);
    let pieces = split(content.parse()?, ',').into_iter();
    let mut entries: Vec<(Ident, Path)> = Vec::new();
    let mut problems = None;
    let mut any = false;
    for piece in pieces.filter(|piece| !piece.is_empty()) {
        any = true;
        let read = |input: ParseStream<'_>| entry(&mut entries, input);
        if let Err(error) = read.parse2(piece) {
            problems = Some(combined(problems, error));
        }
    }
    if !any {
        problems = Some(malformed(name));
    }
    args.custom = Some(Custom {
        span,
        is_whole: problems.is_none(),
        entries,
    });
    problems.map_or(Ok(()), Err)
}

/// `my_gate = crate::MyGate`.
fn entry(entries: &mut Vec<(Ident, Path)>, input: ParseStream<'_>) -> syn::Result<()> {
    let name = match input.call(Ident::parse_any) {
        Ok(name) => name,
        Err(error) => {
            let what = "this is no name of a custom layer";
            let wrong = problem(error.span(), what, Some(FORM), None);
            drain(input);
            return Err(wrong);
        }
    };
    if entries.iter().any(|(earlier, _)| *earlier == name) {
        drain(input);
        return Err(repeated(&name));
    }
    // Whatever stands behind it, a second entry of the name is one too many.
    entries.push((name.clone(), Path::from(name.clone())));
    let text = name.to_string();
    if input.parse::<Option<Token![=]>>()?.is_none() || input.is_empty() {
        drain(input);
        let what = format!("`{text}` has no type that can be read");
        return Err(problem(name.span(), &what, Some(FORM), None));
    }
    let first = input.fork().parse::<TokenTree>()?;
    let path = input.parse::<Path>();
    if !input.is_empty() || path.is_err() {
        drain(input);
        let what = format!("the value of `{text}` is no path of a type");
        let help = "name a type of your crate that implements `bitneural_rt::CustomLayer`";
        return Err(problem(first.span(), &what, Some(FORM), Some(help)));
    }
    if let (Some((_, to)), Ok(path)) = (entries.last_mut(), path) {
        *to = path;
    }
    Ok(())
}
