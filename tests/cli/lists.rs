//! The lists in the documentation and the tests have the same entries as the tables of the
//! library.

use std::collections::BTreeSet;

use oidc_secret::{Code, Limits};

use super::{QUICK, choices, folder, run};

const README: &str = include_str!("../../README.md");
const SYSTEMS: &str = include_str!("../../docs/systems.md");
const AUTHELIA_CRYPTO: &str = include_str!("../../docs/authelia-crypto.md");
const TROUBLESHOOTING: &str = include_str!("../../docs/troubleshooting.md");

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

/// Returns each system of the documentation, with the start of its default digest.
pub(super) fn documented_systems() -> Vec<(&'static str, &'static str)> {
    let rows = table(SYSTEMS, "| name | system |").into_iter();
    rows.map(|row| {
        let digest = row[2].trim_matches('`').trim_start_matches("USER:");
        let start = digest.split("SALT").next().unwrap().split('…').next().unwrap();
        (row[0].trim_matches('`'), start)
    })
    .collect()
}

#[test]
fn the_documented_equivalents_of_authelia_crypto_work() {
    let folder = folder();
    let secret = folder.path().join("secret");
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    for row in table(AUTHELIA_CRYPTO, "| `authelia crypto") {
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
fn the_documents_have_the_versions_limits_and_numbers_of_the_program() {
    let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (readme, troubleshooting) = (one_line(README), one_line(TROUBLESHOOTING));
    let limits = Limits::default();
    let (memory, time) = (limits.memory >> 30, limits.time.as_secs());
    let version = env!("CARGO_PKG_RUST_VERSION");
    let applications = run(&["apps"], "").result().lines().count();
    let refusal = run(&["hash", "--password", "x"], "").stderr;
    let refusal =
        refusal.split(" and kept").next().unwrap().trim_start_matches("oidc-secret: error: ");
    for (text, sentence) in [
        (&readme, format!("Rust {version} or later")),
        (&readme, format!("settings for {applications} applications")),
        (&readme, format!("`{refusal}`")),
        (&troubleshooting, format!("more than {memory} GiB of memory or {time} seconds")),
    ] {
        assert!(text.contains(&sentence), "the documents should have: {sentence}");
    }
    let shells = readme.split_once("prints completions for ").unwrap().1.split_once('.').unwrap().0;
    let shells = shells.to_lowercase().replace(" and ", ", ");
    let shells: BTreeSet<String> = shells.split(", ").map(ToOwned::to_owned).collect();
    assert_eq!(shells, choices(&["completions", "none"]).into_iter().collect());
}

#[test]
fn the_factors_in_the_readme_are_those_of_the_records() {
    let amd = include_str!("../../benches/record/2026-11-28-formats-amd-epyc-zen4.md");
    let intel = include_str!("../../benches/record/2026-11-28-formats-intel-xeon.md");
    let speed = |record, name: &str| -> f64 {
        let rows = table(record, "| PBKDF2-HMAC-SHA-512");
        let row = rows.into_iter().find(|row| row[0] == name).unwrap();
        row.last().unwrap().parse().unwrap()
    };
    let sentence = format!(
        "for one PBKDF2 digest {:.1} times as fast as the fastest common library on an AMD EPYC, {:.1} times on an \
         Intel Xeon; for many on one core {:.0} times on both.",
        speed(amd, "avx512, one"),
        speed(intel, "avx512, one"),
        speed(amd, "avx512, 16 on 1 core(s)"),
    );
    assert!(
        (speed(intel, "avx512, 16 on 1 core(s)") - speed(amd, "avx512, 16 on 1 core(s)")).abs()
            < 0.5
    );
    let readme = README.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(readme.contains(&sentence), "the README should have: {sentence}");
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
    let targets = manifest["target"].as_table().unwrap().values();
    let tables: Vec<_> = targets.chain([&manifest]).map(|table| &table["dependencies"]).collect();
    let all = |is_wanted: fn(&toml::Value) -> bool| -> BTreeSet<&str> {
        tables.iter().flat_map(|table| dependencies(table, is_wanted)).collect()
    };
    assert_eq!(described("## Library"), all(|value| value.get("optional").is_none()));
    let program = &described("## Program") | &described("## Program on Windows only");
    assert_eq!(program, all(|value| value.get("optional").is_some()));
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
