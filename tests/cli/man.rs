//! Man pages, completions, help.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use super::{folder, mode, names, run, shell};

/// The pages in a folder, with their paths in it.
fn pages(folder: &Path) -> BTreeMap<String, String> {
    let mut pages = BTreeMap::new();
    for section in names(folder) {
        for name in names(&folder.join(&section)) {
            let path = format!("{section}/{name}");
            let text = std::fs::read_to_string(folder.join(&path)).unwrap();
            pages.insert(path, text);
        }
    }
    pages
}

#[test]
fn the_committed_pages_are_the_generated_ones() {
    let folder = folder();
    run(&["man", "--out", folder.path().to_str().unwrap()], "").result();
    let committed = pages(&Path::new(env!("CARGO_MANIFEST_DIR")).join("man"));
    let generated = pages(folder.path());
    assert!(committed.keys().eq(generated.keys()), "run: oidc-secret man --out man");
    for (path, page) in generated {
        assert!(committed[&path] == page, "man/{path} is stale; run: oidc-secret man --out man");
    }
}

#[test]
fn a_page_is_replaced_as_a_whole() {
    let folder = folder();
    let page = folder.path().join("man1/oidc-secret-new.1");
    let out = || run(&["man", "--out", folder.path().to_str().unwrap()], "");
    std::fs::create_dir(folder.path().join("man1")).unwrap();
    std::fs::write(&page, "old").unwrap();
    out().result();
    assert_eq!(std::fs::read_to_string(&page).unwrap(), run(&["man", "new"], "").result());
    assert_eq!(mode(&page), 0o644);
    let pages = names(&folder.path().join("man1"));
    // What cannot be replaced is named, and leaves no temporary file.
    std::fs::remove_file(&page).unwrap();
    std::fs::create_dir(&page).unwrap();
    out().fails_with(&["cannot write", page.to_str().unwrap()]);
    assert_eq!(names(&folder.path().join("man1")), pages);
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let nested = file.join("man1");
    run(&["man", "--out", file.to_str().unwrap()], "").fails_with(&[nested.to_str().unwrap()]);
}

#[test]
fn every_command_has_a_page() {
    for command in [
        "new",
        "rand",
        "hash",
        "verify",
        "inspect",
        "audit",
        "convert",
        "tune",
        "apps",
        "completions",
        "man",
    ] {
        let page = run(&["man", command], "").result();
        assert!(page.contains(&format!("oidc\\-secret\\-{command}")), "{page}");
    }
    assert!(run(&["man"], "").result().contains("oidc\\-secret\\-verify\\fR(1)"));
    run(&["man", "nonsense"], "").fails_with(&["unknown man page", "verify"]);
}

#[test]
fn every_finding_is_in_the_manual_and_in_the_documentation() {
    let mut documentation = "# Findings\n\nWhat `verify --diagnose`, `inspect` and `audit` find, by code, the likeliest reason and the worst first.\nAn error does not work or protects nothing, a warning should be changed, a note is good to know.\n".to_owned();
    let mut page = run(&["man", "findings"], "").result();
    for (escape, text) in [
        ("\\-", "-"),
        ("\\(aq", "'"),
        ("\\(ti", "~"),
        ("\\:", ""),
        ("\\&", ""),
        ("\\fB", ""),
        ("\\fR", ""),
    ] {
        page = page.replace(escape, text);
    }
    for code in oidc_secret::Code::ALL {
        let (name, severity) = (code.name(), code.severity().name());
        let (meaning, cause, fix) = (code.meaning(), code.cause(), code.fix());
        let entry =
            format!("\n## {name}\n\n*{severity}*: {meaning}.\n\n- Cause: {cause}\n- Fix: {fix}\n");
        documentation.push_str(&entry);
        for text in [name, severity, meaning, cause, fix] {
            // What is between backticks is bold.
            let text = text.replace('`', "");
            assert!(page.contains(&text), "{name}: {text:?} is not in {page}");
        }
    }
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/findings.md");
    let committed = std::fs::read_to_string(committed).unwrap_or_default();
    assert!(committed == documentation, "docs/findings.md should be:\n{documentation}");
}

#[test]
fn completions_are_accepted_by_their_shell() {
    for (shell_name, check) in [("bash", "bash -n"), ("zsh", "zsh -n"), ("fish", "fish -n")] {
        let folder = folder();
        let script = folder.path().join("script");
        let completions = run(&["completions", shell_name], "").result();
        assert!(completions.contains("secret-file"), "{shell_name}");
        std::fs::write(&script, completions).unwrap();
        if Command::new(shell_name).arg("--version").output().is_ok() {
            shell(&format!("{check} {}", script.display()), "").result();
        } else {
            super::peers::skipped(&format!("completions for {shell_name}: it is not installed"));
        }
    }
    for shell_name in ["powershell", "elvish"] {
        assert!(run(&["completions", shell_name], "").result().contains("secret-file"));
    }
    run(&["completions", "tcsh"], "").fails_with(&["bash", "elvish", "fish", "powershell", "zsh"]);
}

#[test]
fn help_is_short_or_long_and_has_examples() {
    for command in ["new", "rand", "hash", "verify", "inspect", "audit", "convert", "tune", "apps"]
    {
        let (short, long) =
            (run(&[command, "-h"], "").result(), run(&[command, "--help"], "").result());
        assert!(short.lines().count() < long.lines().count(), "{command}");
        assert!(long.contains("Examples:"), "{command}");
    }
    assert!(run(&["--help"], "").result().contains("Exit codes:"));
}

#[test]
fn the_version_names_the_kernel_if_asked() {
    let version = format!("oidc-secret {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(run(&["-V"], "").result(), version);
    let verbose = run(&["--version", "--verbose"], "").result();
    assert!(verbose.starts_with(&version) && verbose.contains("available: portable"), "{verbose}");
    let forced = run(&["--version", "--verbose", "--kernel", "portable"], "").result();
    assert!(forced.contains("kernel: portable") && forced.contains("lanes: 1"), "{forced}");
}
