//! Lower layers import no higher ones, and no two files of `src` import each other, not even through
//! others: any file can be read after those that it imports.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Each layer, and the layers that it may import. Unit tests may import any.
const LAYERS: [(&str, &[&str]); 9] = [
    ("kernel", &["kernel"]),
    ("digest", &["digest", "kernel", "name", "secret"]),
    ("provider", &["digest", "name", "provider"]),
    (
        "cli/args",
        &[
            "cli/args",
            "cli/configuration",
            "cli/failure",
            "cli/file_kind",
            "cli/input",
            "cli/platform",
            "cli/terminal",
        ],
    ),
    ("cli/files", &["cli/files", "cli/failure", "cli/input", "cli/platform", "cli/terminal"]),
    ("cli/terminal", &["cli/terminal", "cli/failure", "cli/platform"]),
    ("cli/platform", &["cli/platform", "cli/failure"]),
    ("cli/failure", &["cli/failure"]),
    ("cli/usage", &["cli/usage", "cli/failure"]),
];

/// A module's path from the root of its crate, such as `cli/args/values`; the root itself is empty.
type Module = String;

/// The modules of `src`, with their source outside of tests and comments. `lib.rs` is left out: it
/// exports what the others declare, and no other file imports it.
fn modules() -> BTreeMap<Module, String> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let name = |path: &Path| {
        let path = path.strip_prefix(&src).unwrap().with_extension("");
        path.to_str().unwrap().trim_end_matches("/mod").to_owned()
    };
    let read = |path: PathBuf| (name(&path), code(&fs::read_to_string(&path).unwrap()));
    let mut modules: BTreeMap<_, _> = sources(&src).into_iter().map(read).collect();
    assert!(modules.remove("lib").is_some() && modules.remove("main").is_some());
    modules
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect()
}

/// A source without its comments, unit tests and visibilities, none of which are imports.
fn code(source: &str) -> String {
    let source = source.split("#[cfg(test)]\nmod tests").next().unwrap();
    let lines = source.lines().map(|line| line.split("//").next().unwrap());
    lines.collect::<Vec<_>>().join("\n").replace("pub(in crate", "pub(in ")
}

/// The modules of `all` that a module imports, by `use` or by a path in its code.
fn imports(module: &str, code: &str, all: &BTreeSet<&str>) -> BTreeSet<Module> {
    let flat = code.split(';').map(flattened).collect::<Vec<_>>().join(" ");
    let is_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    flat.split(|c: char| !is_path(c))
        .filter_map(|path| resolved(module, path, all))
        .filter(|import| import != module)
        .collect()
}

/// A `use` of several items as one path for each.
fn flattened(statement: &str) -> String {
    let Some((_, tree)) = statement.split_once("use ").filter(|_| statement.contains("::{")) else {
        return statement.to_owned();
    };
    let (mut prefixes, mut path, mut paths) = (vec![String::new()], String::new(), String::new());
    for c in tree.chars().filter(|c| !c.is_whitespace()) {
        match c {
            '{' => {
                prefixes.push(prefixes.last().unwrap().clone() + &path);
                path.clear();
            }
            ',' | '}' => {
                paths = paths + prefixes.last().unwrap() + &path + " ";
                path.clear();
                if c == '}' {
                    prefixes.pop();
                }
            }
            c => path.push(c),
        }
    }
    paths
}

/// The module that declares what a path of `module` names: the longest beginning that is a module.
fn resolved(module: &str, path: &str, all: &BTreeSet<&str>) -> Option<Module> {
    let mut names: Vec<&str> = path.split("::").collect();
    let mut found: Vec<&str> = match names[0] {
        // `pub(crate)` and `pub(super)` are no paths.
        _ if names.len() == 1 => return None,
        "crate" => Vec::new(),
        "self" | "super" => module.split('/').collect(),
        child if all.contains(&*format!("{module}/{child}")) => {
            names.insert(0, "self");
            module.split('/').collect()
        }
        _ => return None,
    };
    while names.first().is_some_and(|name| ["crate", "self", "super"].contains(name)) {
        if names.remove(0) == "super" {
            found.pop();
        }
    }
    found.extend(names);
    let lengths = (1..=found.len()).rev();
    lengths.map(|length| found[..length].join("/")).find(|path| all.contains(&**path))
}

fn graph() -> BTreeMap<Module, BTreeSet<Module>> {
    let modules = modules();
    let all: BTreeSet<&str> = modules.keys().map(String::as_str).collect();
    modules.iter().map(|(name, code)| (name.clone(), imports(name, code, &all))).collect()
}

/// The circles among the modules and what is between two circles: all others import nothing that is
/// left, or are imported by nothing that is left.
fn circles(mut graph: BTreeMap<Module, BTreeSet<Module>>) -> BTreeMap<Module, BTreeSet<Module>> {
    loop {
        let before = graph.len();
        let left: BTreeSet<Module> = graph.keys().cloned().collect();
        for imports in graph.values_mut() {
            imports.retain(|import| left.contains(import));
        }
        let imported: BTreeSet<Module> = graph.values().flatten().cloned().collect();
        graph.retain(|module, imports| !imports.is_empty() && imported.contains(module));
        if graph.len() == before {
            return graph;
        }
    }
}

fn is_in(module: &str, layer: &str) -> bool {
    module.strip_prefix(layer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[test]
fn lower_layers_import_no_higher_ones() {
    let graph = graph();
    for (layer, allowed) in LAYERS {
        assert!(graph.keys().any(|module| is_in(module, layer)), "{layer} has moved");
        for (module, imports) in graph.iter().filter(|(module, _)| is_in(module, layer)) {
            for import in imports {
                let is_allowed = allowed.iter().any(|lower| is_in(import, lower));
                assert!(is_allowed, "{module} imports {import}");
            }
        }
    }
}

#[test]
fn no_files_import_each_other() {
    let circles = circles(graph());
    assert!(circles.is_empty(), "these files import each other: {circles:#?}");
}

#[test]
fn imports_are_found_in_every_form() {
    let all = BTreeSet::from(["a", "b", "b/c", "b/d", "e", "f"]);
    let source = "use crate::a::X;\n// crate::e\nuse super::{d::{Y, Z}, b::W};\nmod x;\n\
                  fn f() { crate::f::g() }\npub(in crate::e) fn g() {}\n\
                  #[cfg(test)]\nmod tests { use crate::e; }";
    let found = imports("b/c", &code(source), &all);
    assert_eq!(found, ["a", "b", "b/d", "f"].map(String::from).into());
    let child = imports("b", &code("mod c;\npub use c::X;\nfn f() { d::g() }"), &all);
    assert_eq!(child, ["b/c", "b/d"].map(String::from).into());
}

#[test]
fn a_circle_is_found() {
    let arrow =
        |from: &str, to: &[&str]| (from.to_owned(), to.iter().map(|to| (*to).to_owned()).collect());
    let line = [arrow("a", &["b"]), arrow("b", &["c"]), arrow("c", &[])];
    assert!(circles(line.into()).is_empty());
    let round = [arrow("a", &["b"]), arrow("b", &["c"]), arrow("c", &["b"])];
    assert_eq!(circles(round.into()).into_keys().collect::<Vec<_>>(), ["b", "c"]);
}
