//! The paths that a file of Rust names.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use syn::visit::{self, Visit};
use syn::{Attribute, Item, UseTree};

/// What one file names, as paths from the root of the crate.
struct Names<'a> {
    module: Vec<&'a str>,
    /// The names that `use` brings in, with their paths.
    imported: BTreeMap<String, Vec<String>>,
    /// Each path, and whether it only stands in a `use`: there, it may be that of a module.
    found: BTreeSet<(Vec<String>, bool)>,
}

impl Names<'_> {
    /// A path from the root, if it is one of this crate.
    fn absolute(&self, path: &[String]) -> Option<Vec<String>> {
        let mut here: Vec<String> = self.module.iter().map(|&part| part.to_owned()).collect();
        let (first, mut rest) = path.split_first()?;
        match first.as_str() {
            "crate" => here.clear(),
            "self" => {}
            "super" => {
                here.pop();
                while let Some(("super", more)) = rest.split_first().map(|(a, b)| (a.as_str(), b)) {
                    here.pop();
                    rest = more;
                }
            }
            name => here = self.imported.get(name)?.clone(),
        }
        here.extend(rest.iter().cloned());
        Some(here)
    }

    fn import(&mut self, tree: &UseTree, mut path: Vec<String>) {
        let (name, alias) = match tree {
            UseTree::Path(tree) => {
                path.push(tree.ident.to_string());
                return self.import(&tree.tree, path);
            }
            UseTree::Group(group) => {
                return group
                    .items
                    .iter()
                    .for_each(|tree| self.import(tree, path.clone()));
            }
            // Within a stage only; its own names are of no interest.
            UseTree::Glob(_) => return assert_eq!(path, ["super"], "a glob hides what is used"),
            UseTree::Name(tree) => (tree.ident.to_string(), None),
            UseTree::Rename(tree) => (tree.ident.to_string(), Some(tree.rename.to_string())),
        };
        if name != "self" {
            path.push(name);
        }
        let Some(absolute) = self.absolute(&path) else {
            return;
        };
        let Some(last) = absolute.last() else { return };
        self.imported
            .insert(alias.unwrap_or_else(|| last.clone()), absolute.clone());
        self.found.insert((absolute, true));
    }
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute
                .parse_args::<syn::Path>()
                .is_ok_and(|path| path.is_ident("test"))
    })
}

impl<'ast> Visit<'ast> for Names<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        match item {
            Item::Mod(module) if is_test(&module.attrs) => {}
            // Taken first, by `names`.
            Item::Use(_) => {}
            _ => visit::visit_item(self, item),
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let parts: Vec<String> = path
            .segments
            .iter()
            .map(|part| part.ident.to_string())
            .collect();
        // `pub(crate)` names nothing.
        if let Some(absolute) = self.absolute(&parts).filter(|path| !path.is_empty()) {
            self.found.insert((absolute, false));
        }
        visit::visit_path(self, path);
    }
}

/// The paths that a module names; in text.
pub(crate) fn names(module: &str, file: &Path) -> BTreeSet<(Vec<String>, bool)> {
    let text = fs::read_to_string(file).unwrap();
    let parsed = syn::parse_file(&text).unwrap_or_else(|error| panic!("{module}: {error}"));
    let mut names = Names {
        module: module.split("::").collect(),
        imported: BTreeMap::new(),
        found: BTreeSet::new(),
    };
    for item in &parsed.items {
        if let Item::Use(item) = item {
            names.import(&item.tree, Vec::new());
        }
    }
    names.visit_file(&parsed);
    names.found
}
