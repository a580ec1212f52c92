//! The commands in the README and the pages of `docs`, each page in a fresh folder with the files of
//! `tests/documents/PAGE`, have the output that the page shows.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{finish, folder};

/// Blocks that are not run here: `at_scale.rs` runs those with GNU parallel, `.ci/run` those with Cargo.
const OTHERS: [&str; 3] = ["parallel ", "spark", "cargo "];

/// A fenced block of a page.
struct Block<'p> {
    language: &'p str,
    text: &'p str,
    /// The block that follows without a word between them, as the output of a script.
    result: Option<&'p str>,
}

/// Returns the blocks of a page.
fn blocks(page: &str) -> Vec<Block<'_>> {
    // Prose and blocks by turns.
    let parts: Vec<_> = page.split("\n```").collect();
    let block = |index: usize| parts[index].split_once('\n').unwrap_or((parts[index], ""));
    let blocks = (1..parts.len()).step_by(2).map(|index| {
        let (language, text) = block(index);
        let is_followed = index + 2 < parts.len() && parts[index + 1].trim().is_empty();
        Block { language, text, result: is_followed.then(|| block(index + 2).1) }
    });
    blocks.collect()
}

/// Returns each page with its text.
fn pages() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = root.join("docs").read_dir().unwrap().map(|entry| entry.unwrap().path());
    let docs = docs.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    let pages = docs.chain([root.join("README.md")]);
    pages.map(|path| (path.clone(), std::fs::read_to_string(path).unwrap())).collect()
}

/// Replaces what is random: ids and secrets of 72 characters, salts and keys of digests.
fn masked(line: &str) -> String {
    let is_value = |c: char| c.is_ascii_alphanumeric() || "./_~+-".contains(c);
    let mut masked = String::new();
    for part in line.split_inclusive(|c| !is_value(c)) {
        let value = part.trim_end_matches(|c| !is_value(c));
        let is_of_digest = masked.ends_with('$') && [22, 43].contains(&value.len());
        let shown =
            if is_of_digest || [72, 86].contains(&value.len()) { "(random)" } else { value };
        masked += shown;
        masked += &part[value.len()..];
    }
    masked
}

/// Whether the lines are the expected ones, where `…` is any number of lines.
fn is_equal(expected: &[String], actual: &[String]) -> bool {
    match expected.split_first() {
        None => actual.is_empty(),
        Some((line, rest)) if line.trim() == "…" => {
            (0..=actual.len()).any(|count| is_equal(rest, &actual[count..]))
        }
        Some((line, rest)) => actual
            .split_first()
            .is_some_and(|(first, others)| first == line && is_equal(rest, others)),
    }
}

/// Copies the files that a page's commands need.
fn prepare(page: &Path, folder: &Path) {
    let files = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/documents")
        .join(page.file_stem().unwrap());
    let Ok(entries) = files.read_dir() else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        let copy = folder.join(path.file_name().unwrap());
        std::fs::copy(&path, &copy).unwrap();
        std::fs::set_permissions(&copy, Permissions::from_mode(0o600)).unwrap();
    }
}

/// Runs a script in a folder; returns all that it prints.
fn output(script: &str, folder: &Path) -> String {
    let binary = Path::new(env!("CARGO_BIN_EXE_oidc-secret")).parent().unwrap();
    let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap());
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("exec 2>&1\n{script}")]).current_dir(folder).env("PATH", path);
    finish(shell, "").stdout
}

fn assert_same(page: &Path, expected: &str, actual: &str) {
    let lines = |text: &str| text.trim_end().lines().map(masked).collect::<Vec<_>>();
    let is_same = is_equal(&lines(expected), &lines(actual));
    assert!(is_same, "{}:\n{expected}\nis now:\n{actual}", page.display());
}

/// Checks commands that are shown with a prompt, each before its output.
fn check_console(page: &Path, block: &str, folder: &Path) {
    let commands = block.lines().filter_map(|line| line.strip_prefix("$ "));
    let script: String =
        commands.map(|line| format!("cat <<'END'\n$ {line}\nEND\n{line}\n")).collect();
    let output = output(&script, folder);
    // The times of `tune` are those of the machine.
    if block.contains("oidc-secret tune") {
        assert!(output.contains("<- chosen"), "{output}");
    } else {
        assert_same(page, block, &output);
    }
}

#[test]
fn the_commands_in_the_documents_have_the_output_that_is_shown() {
    let mut count = 0;
    for (page, text) in pages() {
        let folder = folder();
        prepare(&page, folder.path());
        for block in blocks(&text) {
            if OTHERS.iter().any(|other| block.text.contains(other)) {
                continue;
            }
            match (block.language, block.result) {
                ("console", _) => check_console(&page, block.text, folder.path()),
                ("sh", Some(result)) => {
                    assert_same(&page, result, &output(block.text, folder.path()));
                }
                ("sh", None) => assert_eq!(output(block.text, folder.path()), ""),
                _ => continue,
            }
            count += 1;
        }
    }
    assert!(count > 20, "only {count} blocks were run");
}

#[test]
fn the_readme_is_short_and_every_page_is_in_the_book() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = include_str!("../../README.md");
    assert!(readme.lines().count() <= 200, "the README has more than 200 lines");
    let summary = include_str!("../../docs/SUMMARY.md");
    for (page, text) in pages() {
        let name = page.file_name().unwrap().to_str().unwrap();
        let is_in_the_book = ["README.md", "SUMMARY.md"].contains(&name) || summary.contains(name);
        assert!(is_in_the_book, "docs/SUMMARY.md should have {name}");
        let targets = text.split("](").skip(1).map(|rest| rest.split([')', '#']).next().unwrap());
        for target in targets.filter(|target| !target.is_empty() && !target.contains(':')) {
            let path = page.parent().unwrap_or(root).join(target);
            assert!(path.exists(), "{name} refers to {target}, which does not exist");
        }
    }
}

#[test]
fn the_tests_that_hold_the_claims_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let words = include_str!("../../docs/claims.md").split('`').skip(1).step_by(2);
    let tests: Vec<_> = words.filter_map(|word| word.split_once("::")).collect();
    assert!(tests.len() > 50, "only {} tests are named", tests.len());
    for (file, name) in tests {
        let text = std::fs::read_to_string(root.join(file)).unwrap_or_default();
        // Other attributes may be between this one and the function.
        let mut functions = text
            .split("#[test]\n")
            .skip(1)
            .filter_map(|rest| rest.lines().find(|line| line.starts_with("fn ")));
        let start = format!("fn {name}()");
        assert!(
            functions.any(|function| function.starts_with(&start)),
            "docs/claims.md names {file}::{name}, which is not a test"
        );
    }
}
