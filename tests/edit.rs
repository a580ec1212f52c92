//! Edits of configurations in every style change the intended part and nothing else, according to
//! parsers in another language.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use oidc_secret::Error;
use oidc_secret::authelia::edit::Editor;
use oidc_secret::authelia::{NewEntry, Schema, Value};
use serde_json::json;

const DIGEST: &str = "$pbkdf2-sha512$310000$c8p78n7pUMln0jzvd4aK4Q$JNRBzwAo0ek5qKn50cFzzvE9RXV88h1wJn5KGiHrD0YKtZaR/nCb2CJPOsKaPK0hjf.9yHxzQGZziziccp6Yng";

/// A file of a folder, with the facts in its manifest.
struct Case {
    name: String,
    path: String,
    text: String,
    rotate: String,
    write: String,
    is_yaml: bool,
}

fn cases(folder: &str) -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let manifest = std::fs::read_to_string(folder.join("manifest.json")).unwrap();
    let manifest: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&manifest).unwrap();
    let case = |(name, facts): (String, serde_json::Value)| {
        let path = folder.join(&name);
        let text = |key: &str| facts[key].as_str().unwrap().to_owned();
        Case {
            text: std::fs::read_to_string(&path).unwrap(),
            path: path.to_str().unwrap().to_owned(),
            rotate: text("rotate"),
            write: text("write"),
            is_yaml: facts["yaml"].as_bool().unwrap(),
            name,
        }
    };
    manifest.into_iter().map(case).collect()
}

/// The complaints of `PyYAML` and `ruamel.yaml` about the edits; `None` if they are not installed.
fn inexact(jobs: &[serde_json::Value]) -> Option<String> {
    let python = std::env::var("PEERS_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has = Command::new(&python)
        .args(["-c", "import yaml, ruamel.yaml"])
        .stderr(Stdio::null())
        .status();
    if !has.is_ok_and(|status| status.success()) {
        assert!(std::env::var_os("CI").is_none(), "PyYAML and ruamel.yaml are not installed");
        eprintln!("SKIPPED: PyYAML and ruamel.yaml are not installed");
        return None;
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/configurations.py");
    let mut child = Command::new(&python)
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    for job in jobs {
        writeln!(stdin, "{job}").unwrap();
    }
    drop(stdin);
    let output = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    let found = output.strip_suffix(&format!("{}\n", jobs.len()));
    Some(found.unwrap_or_else(|| panic!("{output}")).to_owned())
}

/// The number of lines that an edit replaces, from the first line that differs to the last one.
fn changed_lines(before: &str, after: &str) -> usize {
    let (before, after): (Vec<_>, Vec<_>) =
        (before.split('\n').collect(), after.split('\n').collect());
    let same = before.iter().zip(&after).take_while(|(a, b)| a == b).count();
    let end = before.iter().rev().zip(after.iter().rev()).take_while(|(a, b)| a == b).count();
    after.len() - same - end.min(after.len() - same)
}

/// The text with another secret for a client, checked.
fn replaced(text: &str, client: &str, value: &str) -> Result<String, Error> {
    let editor = Editor::parse(text)?;
    let edited = editor.replace(&[(client, value)])?;
    edited.check(edited.text())?;
    Ok(edited.text().to_owned())
}

/// The text with one more client, checked.
fn added(text: &str, entry: &NewEntry) -> Result<String, Error> {
    let editor = Editor::parse(text)?;
    let edited = editor.add(std::slice::from_ref(entry), Schema::Current)?;
    edited.check(edited.text())?;
    Ok(edited.text().to_owned())
}

#[test]
fn a_secret_is_replaced_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let (mut jobs, mut count) = (Vec::new(), [0; 3]);
    for case in cases("configurations") {
        let edited = replaced(&case.text, "kasm", DIGEST);
        if case.rotate == "refused" {
            assert!(edited.is_err(), "{}", case.name);
            count[0] += 1;
            continue;
        }
        let edited = edited.unwrap_or_else(|error| panic!("{}: {error}", case.name));
        assert!(edited.contains(DIGEST), "{}", case.name);
        let place = Editor::parse(&case.text).unwrap().secret("kasm").unwrap();
        assert_eq!(place.is_template(), case.rotate == "reference", "{}", case.name);
        if case.rotate == "reference" {
            count[1] += 1;
            continue;
        }
        assert_eq!(changed_lines(&case.text, &edited), 1, "{}", case.name);
        count[2] += 1;
        let after = folder.path().join(&case.name);
        std::fs::write(&after, &edited).unwrap();
        // A block keeps its line ends.
        let ends = Editor::parse(&edited).unwrap().secret("kasm").unwrap().value.to_string();
        assert_eq!(ends.trim_end(), DIGEST, "{}", case.name);
        if case.is_yaml || case.text.contains("{{") {
            jobs.push(
                json!({"before": case.path, "after": after, "client": "kasm", "secret": ends,
                             "templates": !case.is_yaml}),
            );
        }
    }
    assert_eq!(count, [6, 6, 126]);
    assert_eq!(inexact(&jobs).unwrap_or_default(), "");
}

#[test]
fn a_client_is_added_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let mut entry = NewEntry::default();
    entry.set("client_id", Value::Text("new-client".to_owned()));
    entry.set("client_name", Value::Text("It's new: #1".to_owned()));
    entry.set("public", Value::Flag(false));
    entry.set("redirect_uris", Value::List(vec!["https://new.example.com/cb".to_owned()]));
    entry.set("scopes", Value::List(Vec::new()));
    entry.set_secret(DIGEST, Some("a comment".to_owned()));
    let (mut jobs, mut count) = (Vec::new(), [0; 2]);
    for (number, case) in cases("configurations").into_iter().chain(cases("lists")).enumerate() {
        let edited = added(&case.text, &entry);
        if case.write == "refused" {
            assert!(edited.is_err(), "{}", case.name);
            count[0] += 1;
            continue;
        }
        let edited = edited.unwrap_or_else(|error| panic!("{}: {error}", case.name));
        count[1] += 1;
        assert!(
            Editor::parse(&edited).unwrap().ids().unwrap().contains(&"new-client".to_owned()),
            "{}",
            case.name
        );
        assert!(added(&edited, &entry).is_err());
        let after = folder.path().join(format!("{number}-{}", case.name));
        std::fs::write(&after, &edited).unwrap();
        if case.is_yaml || case.text.contains("{{") {
            let added = serde_json::to_value(&entry).unwrap();
            jobs.push(json!({"before": case.path, "after": after, "client": "new-client",
                             "added": added, "templates": !case.is_yaml}));
        }
    }
    assert_eq!(count, [8, 173]);
    assert_eq!(inexact(&jobs).unwrap_or_default(), "");
}
