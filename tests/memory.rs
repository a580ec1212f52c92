//! The library alone leaves nothing of a secret in memory: here no allocator wipes freed blocks, as that of the
//! command line does.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

use std::io::Write;
use std::process::{Command, Stdio};

use oidc_secret::digest::ParameterName;
use oidc_secret::zeroize::Zeroizing;
use oidc_secret::{
    Algorithm, Digest, Limits, Parameters, Secret, hash, hash_many, urlencoding, verify,
    verify_many,
};
use serde_json::{Value, json};

/// Longer than a block of SHA-256, so that HMAC hashes it first, and not too long for bcrypt.
const SECRET: &str = "Zk3vN8qT-w.1xYc~R5mH_b7Jf2LsQ9dPgA4eU6iVoXtC0yKnWzEhMrB8aGjDp5lFuS7q2OvB";

/// [`SECRET`] in base64 as `$base64$` has it.
const BASE64: &str = "Wmszdk44cVQtdy4xeFljflI1bUhfYjdKZjJMc1E5ZFBnQTRlVTZpVm9YdEMweUtuV3pFaE1yQjhhR2pEcDVsRnVTN3EyT3ZC";

/// The variable that names the work of [`work`].
const WORK: &str = "OIDC_SECRET_WORK";

/// Returns the answers of the search of this program, after each work; `None` if processes may not be searched.
fn search(works: &[String]) -> Option<Vec<Value>> {
    let script = "import os, sys; sys.exit(os.geteuid() != 0 or not os.path.isdir('/proc/self'))";
    let allowed = Command::new("python3").args(["-c", script]).status();
    if !allowed.is_ok_and(|status| status.success()) {
        assert!(std::env::var_os("CI").is_none(), "the search needs Python and root");
        eprintln!("SKIPPED: the search of memory needs Python and root");
        return None;
    }
    let argv = [std::env::current_exe().unwrap().to_str().unwrap(), "--ignored", "--exact", "work"]
        .map(str::to_owned);
    let commands =
        works.iter().map(|work| json!({ "argv": argv, "env": { WORK: work }, "secret": SECRET }));
    let mut child = Command::new("python3")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli/memory.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let commands: Vec<_> = commands.collect();
    child.stdin.take().unwrap().write_all(json!(commands).to_string().as_bytes()).unwrap();
    let output = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    Some(output.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

#[track_caller]
fn finds_nothing(works: &[String]) {
    let Some(answers) = search(works) else { return };
    assert_eq!(answers.len(), works.len());
    let found: Vec<_> = works
        .iter()
        .zip(&answers)
        .filter(|(_, answer)| answer["found"] != json!({}) || answer["exit"] != 0)
        .collect();
    assert!(found.is_empty(), "{found:#?}");
}

/// Returns a work with every algorithm for new digests.
fn with_algorithms(kind: &str) -> Vec<String> {
    Algorithm::recommended().map(|algorithm| format!("{kind} {}", algorithm.name())).collect()
}

/// Returns a work with every format, by its first algorithm.
fn with_formats(kind: &str) -> Vec<String> {
    let first = |algorithm: &Algorithm| algorithm.format().algorithms[0] == *algorithm;
    Algorithm::all().filter(first).map(|algorithm| format!("{kind} {}", algorithm.name())).collect()
}

#[test]
fn hashing_leaves_nothing_of_a_secret() {
    finds_nothing(&with_algorithms("hash"));
}

#[test]
fn hashing_many_leaves_nothing_of_the_secrets() {
    finds_nothing(&with_algorithms("hash-many"));
}

#[test]
fn verifying_leaves_nothing_of_a_secret() {
    finds_nothing(&with_formats("verify"));
}

#[test]
fn verifying_many_leaves_nothing_of_the_secrets() {
    finds_nothing(&with_formats("verify-many"));
}

#[test]
fn plaintext_digests_leave_nothing_of_their_secret() {
    finds_nothing(&["plaintext".to_owned(), "base64".to_owned()]);
}

#[test]
fn encoding_for_a_form_leaves_nothing_of_a_secret() {
    finds_nothing(&["encode".to_owned(), "decode".to_owned()]);
}

/// A search that finds nothing must be able to find something.
#[test]
fn the_search_finds_a_secret_that_is_not_wiped() {
    let Some(answers) = search(&["leak".to_owned()]) else { return };
    let found = answers[0]["found"].as_object().unwrap();
    assert!(found.keys().any(|place| place.ends_with(": secret")), "{found:?}");
}

/// The work in the process that is searched. It ends like any other test, and `main` returns.
#[test]
#[ignore = "the other tests run it and search its memory"]
fn work() {
    let work = std::env::var(WORK).unwrap_or_default();
    let words: Vec<_> = work.split(' ').collect();
    let limits = Limits::default();
    match words[..] {
        ["hash", algorithm] => {
            hash(&secret(), &parameters(algorithm)).unwrap();
        }
        ["hash-many", algorithm] => {
            hash_many(&secrets(), &parameters(algorithm)).unwrap();
        }
        ["verify", algorithm] => {
            verify(&secret(), &example(algorithm).parse().unwrap(), &limits).unwrap();
        }
        ["verify-many", algorithm] => {
            let (secrets, digest) = (secrets(), example(algorithm).parse().unwrap());
            let pairs: Vec<_> = secrets.iter().map(|secret| (secret, &digest)).collect();
            assert!(verify_many(&pairs, &limits).iter().all(Result::is_ok));
        }
        ["plaintext"] => read_and_write(&["$plaintext$", SECRET]),
        ["base64"] => read_and_write(&["$base64$", BASE64]),
        ["encode"] => drop(urlencoding::encode(SECRET)),
        ["decode"] => drop(urlencoding::decode(SECRET).unwrap()),
        ["leak"] => drop(std::hint::black_box(SECRET.to_owned())),
        _ => panic!("{work:?}"),
    }
}

fn secret() -> Secret {
    SECRET.to_owned().into()
}

/// Returns enough to fill the lanes of two cores.
fn secrets() -> Vec<Secret> {
    (0..40).map(|_| secret()).collect()
}

fn read_and_write(parts: &[&str]) {
    let text = Zeroizing::new(parts.concat());
    let digest: Digest = text.parse().unwrap();
    assert_eq!(Zeroizing::new(digest.to_string()), text);
}

fn example(algorithm: &str) -> &'static str {
    algorithm.parse::<Algorithm>().unwrap().format().example
}

/// Returns low work factors.
fn parameters(algorithm: &str) -> Parameters {
    let mut parameters = Parameters::try_from(algorithm.parse::<Algorithm>().unwrap()).unwrap();
    let (name, value) = match algorithm {
        _ if algorithm.starts_with("pbkdf2") => (ParameterName::Iterations, 100_000),
        _ if algorithm.starts_with("argon2") => (ParameterName::Memory, 1024),
        _ if algorithm.ends_with("crypt") && algorithm.starts_with("sha") => {
            (ParameterName::Iterations, 1000)
        }
        _ => (ParameterName::Iterations, 10),
    };
    parameters.set(name, value).unwrap();
    parameters
}
