//! Lower layers import no higher ones: `use` lines are held to the layers below a module.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::fs;
use std::path::{Path, PathBuf};

/// Each layer, and the modules of the crate that it may import. Unit tests may import any.
const LAYERS: [(&str, &[&str]); 3] = [
    ("kernel", &["kernel"]),
    ("digest", &["digest", "kernel", "name", "secret"]),
    ("provider", &["digest", "name", "provider"]),
];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect()
}

/// The modules of the crate that a source names outside its tests and comments.
fn imports(source: &str) -> Vec<&str> {
    let code = source.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines
        .flat_map(|line| line.split("crate::").skip(1))
        .map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or(rest))
        .collect()
}

#[test]
fn lower_layers_import_no_higher_ones() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for (layer, allowed) in LAYERS {
        let mut files = sources(&src.join(layer));
        assert!(!files.is_empty(), "{layer} has moved");
        files.push(src.join(layer).with_extension("rs"));
        for file in files {
            let source = fs::read_to_string(&file).unwrap();
            for import in imports(&source) {
                assert!(allowed.contains(&import), "{} imports {import}", file.display());
            }
        }
    }
}

#[test]
fn imports_are_found_outside_comments_and_tests() {
    let source = "use crate::a::B;\n// crate::c\nfn f() { crate::d::g() }\n\
                  #[cfg(test)]\nmod tests { use crate::e; }";
    assert_eq!(imports(source), ["a", "d"]);
}
