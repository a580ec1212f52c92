//! Man pages, help.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use super::{finish, folder, mode, names, run};

/// The commands that the program's help lists. Every other list of commands follows from it.
fn commands() -> Vec<String> {
    let help = run(&["--help"], "").result();
    let (_, list) = help.split_once("Commands:\n").unwrap();
    let lines = list.lines().take_while(|line| !line.is_empty());
    let names = lines.filter_map(|line| line.split_whitespace().next());
    let commands: Vec<_> = names.filter(|name| *name != "help").map(ToOwned::to_owned).collect();
    assert!(commands.contains(&"rotate".to_owned()), "{help}");
    commands
}

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

/// Runs a program on a page, if it is installed: its output and its messages.
fn piped(program: &[&str], page: &str) -> Option<(String, String)> {
    let is_installed = Command::new("sh").args(["-c", "command -v \"$0\"", program[0]]).output();
    if !is_installed.unwrap().status.success() {
        super::peers::skipped(&format!("man pages with {}: it is not installed", program[0]));
        return None;
    }
    let mut command = Command::new(program[0]);
    command.args(&program[1..]);
    let output = finish(command, page);
    Some((output.stdout, output.stderr))
}

/// A page as a terminal shows it, without bold and italics. In UTF-8, a hyphen or a quote that is not
/// escaped becomes a character that no keyboard has.
fn rendered(page: &str) -> Option<String> {
    let groff = ["groff", "-man", "-ww", "-Tutf8", "-P-cbou", "-rLL=78n"];
    let (text, warnings) = piped(&groff, page)?;
    assert_eq!(warnings, "");
    Some(text)
}

/// The lines of a section, without the indentation.
fn section<'p>(page: &'p str, heading: &str) -> Vec<&'p str> {
    let lines = page.lines().skip_while(|line| *line != heading).skip(1);
    let lines = lines.take_while(|line| line.is_empty() || line.starts_with(' '));
    let lines: Vec<_> = lines.map(|line| line.strip_prefix("       ").unwrap_or(line)).collect();
    assert!(!lines.is_empty(), "no {heading} in: {page}");
    lines
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
fn every_command_has_a_page_and_the_pages_name_each_other() {
    let folder = folder();
    run(&["man", "--out", folder.path().to_str().unwrap()], "").result();
    let commands = commands();
    let mut expected: Vec<_> =
        commands.iter().map(|command| format!("man1/oidc-secret-{command}.1")).collect();
    expected.extend(["man1/oidc-secret.1", "man7/oidc-secret-findings.7"].map(ToOwned::to_owned));
    expected.sort();
    let pages = pages(folder.path());
    assert!(expected.iter().eq(pages.keys()), "{:?}", pages.keys());
    for command in &commands {
        let page = run(&["man", command], "").result();
        assert!(page == pages[&format!("man1/oidc-secret-{command}.1")], "{command}");
    }
    for (path, page) in &pages {
        let (_, others) = page.split_once(".SH SEE ALSO\n").unwrap();
        let own = path.split(['/', '.']).nth(1).unwrap();
        for other in &expected {
            let other = other.split(['/', '.']).nth(1).unwrap();
            let link = format!("\\fB{}\\fR(", other.replace('-', "\\-"));
            assert_eq!(others.contains(&link), other != own, "{other} in {path}: {others}");
        }
    }
}

#[test]
fn an_unknown_page_is_named_with_those_that_exist() {
    run(&["man", "verfy"], "").fails_with(&["verfy", "did you mean verify?", "rotate", "findings"]);
    run(&["man", "finding"], "").fails_with(&["did you mean findings?"]);
    run(&["man", "nonsense"], "").fails_with(&["unknown man page nonsense", "verify"]);
    let secret = run(&["man", "Hunter2hunter2"], "");
    assert!(!secret.stderr.contains("unter"), "{}", secret.stderr);
    secret.fails_with(&["unknown man page", "verify"]);
}

/// The linters of the two programs that show man pages.
#[test]
fn the_pages_have_no_warnings() {
    let folder = folder();
    run(&["man", "--out", folder.path().to_str().unwrap()], "").result();
    for (path, page) in pages(folder.path()) {
        if rendered(&page).is_none() {
            break;
        }
        let Some((warnings, messages)) = piped(&["mandoc", "-Tlint", "-Wwarning"], &page) else {
            break;
        };
        assert_eq!(messages, "");
        // A date would change the pages without a change of the program.
        let warnings: Vec<_> =
            warnings.lines().filter(|line| !line.contains("missing date")).collect();
        assert_eq!(warnings, [""; 0], "{path}");
    }
}

/// In the order of the help and under its headings.
#[test]
fn a_page_has_every_option_of_the_help() {
    for command in commands() {
        let help = run(&[&command, "--help"], "").result();
        let Some(page) = rendered(&run(&["man", &command], "").result()) else { return };
        let in_page = section(&page, "OPTIONS").into_iter().filter_map(|line| {
            let heading = line.strip_prefix("   ").filter(|rest| !rest.starts_with(' '));
            let option = Some(line).filter(|line| line.starts_with('-'));
            // A short option has its description on the same line.
            heading.or_else(|| option?.split("  ").next())
        });
        let (in_page, in_help) = (in_page.collect::<Vec<_>>(), options(&help));
        assert_eq!(in_page.len(), in_help.len(), "{command}");
        for (page, help) in in_page.iter().zip(in_help) {
            // After an option of six characters there is only one blank.
            assert!(*page == help || page.starts_with(&format!("{help} ")), "{page} {help}");
        }
    }
}

/// The options of a help text after their headings; those of `Options:` have none.
fn options(help: &str) -> Vec<String> {
    let (_, text) = help.split_once("\nOptions:\n").unwrap();
    let lines: Vec<_> = text.lines().collect();
    let is_option = |line: &str| line.starts_with("  -") || line.starts_with("      --");
    let mut options = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        if is_option(line) {
            options.push(line.trim().replace(['<', '>'], ""));
        } else if lines.get(index + 1).is_some_and(|next| is_option(next)) && !line.is_empty() {
            options.push(line.trim_end_matches(':').to_owned());
        }
    }
    options
}

#[test]
fn the_examples_are_those_of_the_help() {
    for command in commands().iter().map(|command| &**command).chain([""]) {
        let words = command.split_whitespace();
        let help = run(&words.clone().chain(["--help"]).collect::<Vec<_>>(), "").result();
        let (_, examples) = help.split_once("Examples:\n").unwrap();
        let examples = examples.lines().map_while(|line| line.strip_prefix("  "));
        // The help is wrapped at a space.
        let examples = examples.collect::<Vec<_>>().join(" ");
        let page = run(&["man"].into_iter().chain(words).collect::<Vec<_>>(), "").result();
        let Some(page) = rendered(&page) else { return };
        let lines = section(&page, "EXAMPLES");
        let lines: Vec<_> = lines.into_iter().filter(|line| !line.is_empty()).collect();
        assert_eq!(lines.join(" "), examples, "{command}");
        for line in lines {
            assert!(line.contains("oidc-secret"), "wrapped on the page of {command}: {line}");
        }
    }
}

#[test]
fn a_page_has_the_parts_that_concern_its_command() {
    let page = |command: &str| rendered(&run(&["man", command], "").result());
    for command in commands() {
        let Some(page) = page(&command) else { return };
        let codes: Vec<_> = section(&page, "EXIT STATUS")
            .into_iter()
            .filter_map(|line| line.split_whitespace().next().filter(|_| !line.starts_with(' ')))
            .collect();
        let expected: &[_] = match &*command {
            "verify" | "diagnose" => &["0", "1", "2", "130"],
            "audit" | "apps" => &["0", "1", "2"],
            "hash" => &["0", "2", "130"],
            _ => &["0", "2"],
        };
        assert_eq!(codes, expected, "{command}");
        let environment = section(&page, "ENVIRONMENT").join("\n");
        for name in ["OIDC_SECRET_KERNEL", "NO_COLOR", "CLICOLOR_FORCE", "TERM"] {
            assert!(environment.contains(name), "{command}: {name}");
        }
        let has_own_applications = ["new", "diagnose", "apps"].contains(&&*command);
        assert_eq!(environment.contains("XDG_CONFIG_HOME"), has_own_applications, "{command}");
        let has_backup = ["new", "rotate"].contains(&&*command);
        assert_eq!(page.contains("\n       FILE.bak\n"), has_backup, "{command}");
    }
}

#[test]
fn the_synopsis_has_values_and_alternatives() {
    for (command, parts) in [
        (
            "verify",
            [
                "[--secret-file PATH | --secret-env NAME | --secret-cmd COMMAND]",
                "[DIGEST |",
                "[--max-time TIME]",
            ],
        ),
        ("rotate", ["FILE [CLIENT | --all | --older-format]", "[--secret-out FILE]", "[--backup]"]),
        ("convert", ["] --for SYSTEM [", "[DIGEST |", "[--username NAME]"]),
        ("audit", ["[--ignore CODE]...", "[--fail-on SEVERITY]", " FILE..."]),
    ] {
        let Some(page) = rendered(&run(&["man", command], "").result()) else { return };
        let synopsis = section(&page, "SYNOPSIS").join(" ");
        let synopsis = synopsis.split_whitespace().collect::<Vec<_>>().join(" ");
        for part in parts {
            assert!(synopsis.contains(part), "{part} is not in {synopsis}");
        }
    }
}

#[test]
fn man_shows_a_page() {
    let page = run(&["man", "verify"], "").result();
    if let Some((text, messages)) = piped(&["man", "-l", "-"], &page) {
        assert_eq!(messages, "");
        assert!(text.contains("oidc-secret-verify") && text.contains("--digest-file"), "{text}");
    }
}

#[test]
fn man_finds_the_pages_in_the_folder() {
    let folder = folder();
    let root = folder.path().join("new/man");
    run(&["man", "--out", root.to_str().unwrap()], "").result();
    let finds = ["man", "-M", root.to_str().unwrap(), "-w", "oidc-secret-findings"];
    if let Some((path, messages)) = piped(&finds, "") {
        assert_eq!(
            (path.trim_end().ends_with("man7/oidc-secret-findings.7"), &*messages),
            (true, "")
        );
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
fn every_finding_is_in_the_manual_and_in_the_documentation() {
    let mut documentation = "# Findings\n\nThe findings of `diagnose`, `inspect` and `audit`, by code: the likeliest causes first.\nError: it does not work or gives no protection. Warning: it should be fixed. Note: for information.\n".to_owned();
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
fn help_is_short_or_long_and_has_examples() {
    for command in &commands() {
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
