//! The lists in the README, the documentation and the tests have the same entries as the tables of the
//! library.

use std::collections::BTreeSet;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use oidc_secret::{Code, Limits};

use super::{QUICK, SEED, choices, finish, folder, run};

const README: &str = include_str!("../../README.md");

/// The tests that produce findings.
const TESTS_OF_FINDINGS: [&str; 9] = [
    include_str!("audit.rs"),
    include_str!("diagnose.rs"),
    include_str!("diagnose_client.rs"),
    include_str!("harmless.rs"),
    include_str!("inspect.rs"),
    include_str!("live.rs"),
    include_str!("rotate.rs"),
    include_str!("verify.rs"),
    include_str!("../../src/log.rs"),
];

/// Returns the cells of a Markdown table whose header starts like this, without the header.
fn table<'a>(text: &'a str, header: &str) -> Vec<Vec<&'a str>> {
    let lines = text.lines().skip_while(|line| !line.starts_with(header)).skip(2);
    let rows = lines.take_while(|line| line.starts_with('|'));
    let rows: Vec<_> = rows
        .map(|row| row.trim_matches(['|', ' ']).split(" | ").map(str::trim).collect())
        .collect();
    assert!(!rows.is_empty(), "no table has the header {header}");
    rows
}

/// Returns the words between backticks.
fn code(text: &str) -> BTreeSet<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// Returns each system of the README, with the start of its default digest.
pub(super) fn systems_of_the_readme() -> Vec<(&'static str, &'static str)> {
    let rows = table(README, "| name | system |").into_iter();
    rows.map(|row| {
        let digest = row[2].trim_matches('`').trim_start_matches("USER:");
        let start = digest.split("SALT").next().unwrap().split('…').next().unwrap();
        (row[0].trim_matches('`'), start)
    })
    .collect()
}

#[test]
fn the_equivalents_of_authelia_crypto_in_the_readme_work() {
    let folder = folder();
    let secret = folder.path().join("secret");
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    for row in table(README, "| `authelia crypto") {
        let command = row[1].split('`').nth(1).unwrap();
        std::fs::write(&secret, "insecure_secret").unwrap();
        let args: Vec<String> = command
            .split(' ')
            .map(|arg| match arg {
                "PATH" => path("secret"),
                "DIGEST" => QUICK.to_owned(),
                "a" | "b" => path(arg),
                arg => arg.to_owned(),
            })
            .collect();
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        run(&args, "insecure_secret").result_and_messages();
    }
}

#[test]
fn the_readme_has_the_versions_limits_and_shells_of_the_program() {
    let readme = README.split_whitespace().collect::<Vec<_>>().join(" ");
    let limits = Limits::default();
    let (memory, time) = (limits.memory >> 30, limits.time.as_secs());
    let version = env!("CARGO_PKG_RUST_VERSION");
    for sentence in [
        format!("Rust {version} or later"),
        format!("more than {memory} GiB of memory or {time} seconds"),
    ] {
        assert!(readme.contains(&sentence), "README.md should have: {sentence}");
    }
    let shells = readme.split_once("prints completions for ").unwrap().1.split_once('.').unwrap().0;
    let shells = shells.to_lowercase().replace(" and ", ", ");
    let shells: BTreeSet<String> = shells.split(", ").map(ToOwned::to_owned).collect();
    assert_eq!(shells, choices(&["completions", "none"]).into_iter().collect());
}

/// Returns the lines of an example, without the random salt and key of the digest for Vaultwarden.
fn lines(text: &str) -> Vec<&str> {
    let is_random = |line: &str| line.starts_with("$argon2id$v=19$m=65540");
    text.lines().map(|line| if is_random(line) { &line[..30] } else { line }).collect()
}

/// Whether the lines are the expected ones, where `…` is any number of lines.
fn is_equal(expected: &[&str], actual: &[&str]) -> bool {
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

/// The Helm values in the README's example.
const VALUES: &str = "\
configMap:
  identity_providers:
    oidc:
      clients:
        - client_id: grafana
          client_name: Grafana
          client_secret:
            value: '$pbkdf2-sha512$310000$c8p78n7pUMln0jzvd4aK4Q$JNRBzwAo0ek5qKn50cFzzvE9RXV88h1wJn5KGiHrD0YKtZaR/nCb2CJPOsKaPK0hjf.9yHxzQGZziziccp6Yng'
        - client_id: kasm
          client_name: Kasm Workspaces
          client_secret: {path: /secrets/kasm/digest}
";

/// The log of the README's example, and its configuration.
const LOG: &str = include_str!("../cases/log-lines/authelia.log");
const CONFIGURATION: &str = include_str!("../cases/log-lines/configuration.yml");

/// The examples with a configuration are left out: each needs another one.
#[test]
fn the_examples_in_the_readme_have_the_output_of_the_program() {
    let folder = folder();
    for file in ["admin.secret", "secrets.txt"] {
        let path = folder.path().join(file);
        std::fs::write(&path, "insecure_secret\n").unwrap();
        std::fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    }
    std::fs::write(folder.path().join("values.yaml"), VALUES).unwrap();
    std::fs::write(folder.path().join("authelia.log"), LOG).unwrap();
    std::fs::write(folder.path().join("authelia.yml"), CONFIGURATION).unwrap();
    let binary = std::path::Path::new(env!("CARGO_BIN_EXE_oidc-secret"));
    let path = format!("{}:{}", binary.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let blocks = README.split("```console\n").skip(1).map(|text| text.split("```").next().unwrap());
    let needs_more = |block: &&str| {
        ["configuration.yml", "mine.secret", "tune"].iter().any(|w| block.contains(w))
    };
    for block in blocks.filter(|block| !needs_more(block)) {
        // The script prints each command before its output, as the example shows it.
        let commands = block.lines().filter_map(|line| line.strip_prefix("$ "));
        let script: String =
            commands.map(|line| format!("cat <<'END'\n$ {line}\nEND\n{line}\n")).collect();
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("exec 2>&1\n{script}\ntrue")]).current_dir(folder.path());
        shell.env("PATH", &path).env("DIGEST", SEED);
        let output = finish(shell, "").result();
        assert!(is_equal(&lines(block), &lines(&output)), "{block}\nis now:\n{output}");
    }
}

/// Returns the names of dependencies in a table of Cargo.toml.
fn dependencies(table: &toml::Value, is_wanted: impl Fn(&toml::Value) -> bool) -> BTreeSet<&str> {
    let entries = table.as_table().unwrap().iter();
    entries.filter(|(_, value)| is_wanted(value)).map(|(name, _)| name.as_str()).collect()
}

#[test]
fn every_dependency_has_its_reason() {
    let manifest: toml::Value = toml::from_str(include_str!("../../Cargo.toml")).unwrap();
    let page = include_str!("../../docs/dependencies.md");
    let section = |title: &str| page.split_once(title).unwrap().1.split("\n## ").next().unwrap();
    let described = |title: &str| -> BTreeSet<&str> {
        let rows = table(section(title), "| crate").into_iter();
        rows.flat_map(|row| code(row[0])).collect()
    };
    let is_optional = |value: &toml::Value| value.get("optional").is_some();
    let all = &manifest["dependencies"];
    let mut library = dependencies(all, |value| !is_optional(value));
    for (_, target) in manifest["target"].as_table().unwrap() {
        library.extend(dependencies(&target["dependencies"], |_| true));
    }
    assert_eq!(described("## Library"), library);
    assert_eq!(described("## Program"), dependencies(all, is_optional));
    let tests = dependencies(&manifest["dev-dependencies"], |_| true);
    assert_eq!(code(section("## Tests")), tests);
}

#[test]
fn every_finding_has_a_test() {
    for code in Code::ALL {
        let name = code.name();
        let is_tested = TESTS_OF_FINDINGS.iter().any(|text| text.contains(name));
        assert!(is_tested, "no test produces the finding {name}");
    }
}
