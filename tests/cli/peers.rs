//! What the binary prints, verified by implementations that are not ours: Python's hashlib,
//! libpass, argon2-cffi, and OpenSSL. (libxcrypt reads neither PBKDF2 nor Argon2.)

use std::io::Write;
use std::process::Command;

use serde_json::{Value, json};

use super::{finish, run};

/// Says that a check did not run, past the test runner's capture; under CI that is a failure.
pub(crate) fn skipped(what: &str) {
    assert!(std::env::var_os("CI").is_none(), "under CI every peer must be there: {what}");
    say_skipped(what);
}

/// Says that a check did not run, past the test runner's capture.
pub(crate) fn say_skipped(what: &str) {
    let _ = writeln!(std::io::stderr(), "SKIPPED {what}");
}

/// A Python with libpass and argon2-cffi, if there is one.
fn python() -> Option<String> {
    let python = std::env::var("PEERS_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let probe = Command::new(&python).args(["-c", "import argon2, passlib.hash"]).output();
    probe.is_ok_and(|output| output.status.success()).then_some(python)
}

/// Digests of every algorithm and encoding that `hash` makes, and one from `new`.
fn made_by_us() -> Vec<(String, String)> {
    let arguments = [
        "-a pbkdf2-sha512",
        "-a pbkdf2-sha384",
        "-a pbkdf2-sha256 -i 100000",
        "-a pbkdf2-sha224 -i 100000 --salt-length 33",
        "-a pbkdf2-sha1 -i 100000 --key-length 50",
        "-a pbkdf2-sha512 -i 100000 --key-length 200 --salt-length 100",
        "-a pbkdf2-sha512 -i 100000 --encoding phc",
        "-a pbkdf2-sha384 -i 100000 --encoding phc",
        "-a pbkdf2-sha1 -i 100000 --encoding phc",
        "-a argon2id",
        "-a argon2i --memory 1MiB --iterations 4 --parallelism 3",
        "-a argon2d --memory 100 --parallelism 1 --salt-length 8 --key-length 64",
    ];
    let secret = "pässwörd-~._ 1";
    let mut made: Vec<_> = arguments
        .iter()
        .map(|arguments| {
            let args: Vec<&str> = ["hash"].into_iter().chain(arguments.split(' ')).collect();
            let (digest, _) = run(&args, secret).result_and_messages();
            (digest.trim().to_owned(), secret.to_owned())
        })
        .collect();
    let client = run(&["new", "kasm", "--format", "json"], "").result();
    let client: Value = serde_json::from_str(&client).unwrap();
    let text = |key: &str| client[key].as_str().unwrap().to_owned();
    made.push((text("client_secret_digest"), text("client_secret")));
    made
}

#[test]
fn python_verifies_what_hash_and_new_print() {
    let Some(python) = python() else {
        return skipped("peers: no python3 with libpass and argon2-cffi (set PEERS_PYTHON)");
    };
    let made = made_by_us();
    let input: String = made
        .iter()
        .map(|(digest, secret)| format!("{}\n", json!({"digest": digest, "secret": secret})))
        .collect();
    let mut command = Command::new(python);
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli/peers.py"));
    let output = finish(command, input);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let mut verdicts = 0;
    for ((digest, _), line) in made.iter().zip(output.stdout.lines()) {
        for verdict in serde_json::from_str::<Vec<Value>>(line).unwrap() {
            assert_eq!(
                (&verdict[1], &verdict[2]),
                (&true.into(), &false.into()),
                "{digest} {verdict}"
            );
            verdicts += 1;
        }
    }
    // Ten by hashlib, three of which libpass reads too, and three by argon2-cffi.
    assert_eq!((made.len(), verdicts), (13, 16));
}

#[test]
fn openssl_derives_the_same_key() {
    let probe = Command::new("openssl").args(["kdf", "-help"]).output();
    if !probe.is_ok_and(|output| output.status.success()) {
        return skipped("peers: no openssl with the kdf command (3.0 or later)");
    }
    let digest = run(&["hash", "-i", "100000", "--encoding", "phc"], "insecure_secret").stdout;
    let fields: Vec<&str> = digest.trim().split('$').collect();
    let hex = |text: &str| {
        use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
        let bytes = STANDARD_NO_PAD.decode(text).unwrap();
        bytes.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>()
    };
    let salt = format!("hexsalt:{}", hex(fields[3]).concat());
    let mut command = Command::new("openssl");
    command.args(["kdf", "-keylen", "64", "-kdfopt", "digest:SHA512", "-kdfopt"]);
    command.args(["pass:insecure_secret", "-kdfopt", &salt, "-kdfopt", "iter:100000", "PBKDF2"]);
    assert_eq!(finish(command, "").result().trim(), hex(fields[4]).join(":"));
}
