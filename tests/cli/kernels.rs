//! Every kernel that the CPU has, in batches of every format, against hashlib, argon2-cffi and libxcrypt.

use std::process::Command;

use oidc_secret::Kernel;
use serde_json::{Value, json};

use super::{finish, peers, run};

/// Digests of one format in a batch: around the numbers of lanes and of instances side by side.
const COUNTS: [usize; 14] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 15, 16, 17, 33];

/// Returns the digests that `kernels.py` makes, grouped by format.
fn theirs() -> Option<Vec<Vec<Value>>> {
    let imports = "import argon2, ctypes, ctypes.util; \
        ctypes.CDLL(ctypes.util.find_library('crypt')).crypt_gensalt";
    let python = peers::python_with(imports, "argon2-cffi and libxcrypt")?;
    let mut command = Command::new(python);
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli/kernels.py"));
    let output = finish(command, "").result();
    let records: Vec<Value> =
        output.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of_one_format = records.chunk_by(|a, b| a["format"] == b["format"]);
    Some(of_one_format.map(<[Value]>::to_vec).collect())
}

/// Asserts that a kernel gives each record of a batch this verdict.
#[track_caller]
fn check(kernel: Kernel, batch: &[Value], verdict: &str) {
    let input: String = batch.iter().map(|record| format!("{record}\n")).collect();
    let run = run(&["verify", "--batch", "--kernel", kernel.name()], &input);
    assert_eq!(run.stdout.lines().count(), batch.len(), "{}", run.stderr);
    for (record, line) in batch.iter().zip(run.stdout.lines()) {
        let answer: Value = serde_json::from_str(line).unwrap();
        assert_eq!(answer["verdict"], verdict, "{} {record} {answer}", kernel.name());
    }
}

#[test]
fn secrets_of_every_length_match_the_digests_of_peers() {
    let Some(formats) = theirs() else { return };
    assert_eq!(formats.len(), 13);
    for kernel in Kernel::available() {
        for records in &formats {
            assert_eq!(records.len(), 301);
            check(kernel, records, "match");
        }
        check(kernel, &formats.concat(), "match");
    }
}

#[test]
fn batches_of_every_size_match_the_digests_of_peers() {
    let Some(formats) = theirs() else { return };
    for kernel in Kernel::available() {
        for (at, count) in COUNTS.into_iter().enumerate() {
            // The program groups digests by format. The lengths of the secrets differ by one.
            let batch = formats.iter().flat_map(|records| &records[17 * at..][..count]);
            check(kernel, &batch.cloned().collect::<Vec<_>>(), "match");
        }
    }
}

#[test]
fn other_secrets_match_no_digest_of_peers() {
    let Some(formats) = theirs() else { return };
    let mut records = formats.concat();
    for record in &mut records {
        // bcrypt reads 72 bytes of a secret: so the first one changes.
        let secret = record["secret_b64"].as_str().unwrap();
        let other =
            if secret.is_empty() { "eA==".to_owned() } else { format!("A{}", &secret[1..]) };
        record["secret_b64"] = json!(other);
    }
    for kernel in Kernel::available() {
        check(kernel, &records, "mismatch");
    }
}

/// Eighteen secrets for each algorithm, with the smallest costs that `hash` accepts.
#[test]
fn peers_verify_batches_of_every_kernel() {
    let Some(python) = peers::python() else { return };
    // bcrypt reads at most 72 bytes.
    let secrets: Vec<String> = (1..=18).map(|length| "s".repeat(length * 3)).collect();
    let mut made = Vec::new();
    for kernel in Kernel::available() {
        for arguments in [
            "pbkdf2-sha512 -i 100000",
            "pbkdf2-sha256 -i 100000",
            "argon2id --memory 64 --parallelism 2 -i 1",
            "sha512crypt --rounds 1000",
            "sha256crypt --rounds 1000",
            "scrypt -i 2",
            "bcrypt -i 10",
            "yescrypt -i 2",
        ] {
            let options = ["hash", "--batch", "-q", "--kernel", kernel.name(), "-a"];
            let args: Vec<&str> = options.into_iter().chain(arguments.split(' ')).collect();
            let digests = run(&args, secrets.join("\n") + "\n").result();
            let digests = digests.lines().map(str::to_owned);
            made.extend(digests.zip(secrets.iter().cloned()));
        }
    }
    assert_eq!(made.len(), Kernel::available().len() * 8 * secrets.len());
    peers::verified(&python, &made);
}
