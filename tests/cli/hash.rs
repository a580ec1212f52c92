//! `hash`: parameters, encodings, batches.

use oidc_secret::{Algorithm, Kernel};
use serde_json::Value;

use super::{run, shell};

/// Returns the fields of a digest, without the empty one before the first `$`.
fn fields(args: &[&str]) -> Vec<String> {
    let args: Vec<&str> = ["hash"].iter().chain(args).copied().collect();
    let digest = run(&args, "insecure_secret").result();
    let digest = digest.strip_suffix('\n').unwrap();
    assert!(!digest.contains('\n'));
    assert_eq!(run(&["verify", digest], "insecure_secret").result(), "match\n");
    digest.split('$').skip(1).map(ToOwned::to_owned).collect()
}

#[test]
fn the_defaults_are_those_of_authelia() {
    let digest = fields(&[]);
    assert_eq!((&*digest[0], &*digest[1]), ("pbkdf2-sha512", "310000"));
    // 16 and 64 bytes in base64 without padding.
    assert_eq!((digest[2].len(), digest[3].len()), (22, 86));
    for (algorithm, identifier, iterations, key) in [
        ("pbkdf2-sha384", "pbkdf2-sha384", "280000", 64),
        ("pbkdf2-sha256", "pbkdf2-sha256", "700000", 43),
        ("pbkdf2-sha224", "pbkdf2-sha224", "900000", 38),
        ("pbkdf2-sha1", "pbkdf2", "1600000", 27),
    ] {
        let digest = fields(&["--algorithm", algorithm]);
        assert_eq!((&*digest[0], &*digest[1]), (identifier, iterations));
        assert_eq!((digest[2].len(), digest[3].len()), (22, key));
    }
    for variant in ["argon2id", "argon2i", "argon2d"] {
        let digest = fields(&["--algorithm", variant]);
        assert_eq!(digest[..3], [variant, "v=19", "m=65536,t=3,p=4"]);
        assert_eq!((digest[3].len(), digest[4].len()), (22, 43));
    }
}

#[test]
fn every_parameter_can_be_set() {
    let digest = fields(&["--iterations", "100000", "--salt-length", "8", "--key-length", "65"]);
    assert_eq!((&*digest[1], digest[2].len(), digest[3].len()), ("100000", 11, 87));
    let argon2 = ["-a", "argon2id", "--memory", "1MiB", "--iterations", "1", "--parallelism", "2"];
    let digest = fields(&[&argon2[..], &["--salt-length", "1", "--key-length", "4"]].concat());
    assert_eq!((&*digest[2], digest[3].len(), digest[4].len()), ("m=1024,t=1,p=2", 2, 6));
    assert_eq!(fields(&["-a", "argon2i", "--memory", "65536"])[2], "m=65536,t=3,p=4");
}

#[test]
fn a_parameter_out_of_bounds_is_named_with_its_bounds() {
    let cases: [(&[&str], &[&str]); 19] = [
        (&["--iterations", "99999"], &["--iterations", "99999", "between 100000 and 2147483647"]),
        (&["--iterations", "5000000000"], &["--iterations", "too large"]),
        (&["--salt-length", "7"], &["--salt-length", "between 8 and"]),
        (&["--key-length", "63"], &["--key-length", "between 64 and"]),
        (&["-a", "argon2id", "--memory", "31"], &["--memory", "31 KiB", "between 32 and"]),
        (&["-a", "argon2id", "--parallelism", "0"], &["--parallelism", "between 1 and 16777215"]),
        (&["-a", "argon2id", "--memory", "64MB"], &["--memory", "64MiB"]),
        (&["--memory", "64MiB"], &["pbkdf2-sha512 has no --memory", "-a"]),
        (&["-a", "bcrypt", "--cost", "9"], &["--iterations", "between 10 and 31"]),
        (&["-a", "bcrypt", "--cost", "32"], &["--iterations", "between 10 and 31"]),
        (&["-a", "bcrypt-sha256", "--salt-length", "16"], &["bcrypt-sha256 has no --salt-length"]),
        (&["-a", "scrypt", "-i", "59"], &["--iterations", "between 1 and 58"]),
        (&["-a", "scrypt", "--block-size", "0"], &["--block-size", "between 1 and"]),
        (&["-a", "scrypt", "--salt-length", "7"], &["--salt-length", "between 8 and 1024"]),
        (&["-a", "yescrypt", "--key-length", "32"], &["yescrypt has no --key-length"]),
        (&["-a", "bcrypt", "--encoding", "phc"], &["bcrypt has no --encoding"]),
        (
            &["-a", "sha512crypt", "--rounds", "999"],
            &["--iterations", "between 1000 and 999999999"],
        ),
        (&["-a", "sha256crypt", "--salt-length", "17"], &["--salt-length", "between 1 and 16"]),
        (&["--iterations", "many"], &["--iterations", "whole number"]),
    ];
    for (args, words) in cases {
        let args: Vec<&str> = ["hash"].iter().chain(args).copied().collect();
        run(&args, "x").fails_with(words);
    }
    let recommended: Vec<_> = Algorithm::recommended().map(Algorithm::name).collect();
    let verify_only = Algorithm::all().map(Algorithm::name).filter(|a| !recommended.contains(a));
    for name in verify_only.chain(["md5"]) {
        run(&["hash", "-a", name], "x").fails_with(&[&["--algorithm"], &*recommended].concat());
    }
}

#[test]
fn the_phc_form_is_written_with_a_hint() {
    let args = ["hash", "--iterations", "100000", "--encoding", "phc"];
    let (stdout, stderr) = run(&args, "insecure_secret").result_and_messages();
    assert!(stdout.starts_with("$pbkdf2-sha512$i=100000,l=64$"), "{stdout}");
    assert!(stderr.starts_with("oidc-secret: hint: Authelia does not read"), "{stderr}");
    // Argon2 digests are always PHC strings, which Authelia reads.
    let args = ["hash", "-a", "argon2id", "--memory", "8MiB", "--encoding", "phc"];
    assert!(run(&args, "insecure_secret").result().starts_with("$argon2id$v=19$m=8192,t=3,p=4$"));
}

#[test]
fn unavailable_memory_is_an_error() {
    let script = r#"ulimit -v 1000000; exec "$0" hash -a argon2id --memory 2GiB"#;
    let run = shell(script, "x");
    assert_eq!((run.code, &*run.stdout), (Some(2), ""));
    // On a slow machine a warning about the time comes first.
    assert!(run.stderr.contains("error: cannot allocate 2048 MiB of memory"), "{}", run.stderr);
}

const CHEAP: [&str; 7] = ["hash", "--batch", "-a", "argon2id", "--memory", "32", "--iterations=1"];

#[test]
fn a_batch_hashes_each_line() {
    let output = run(&CHEAP, "one\r\ntwo\n three").result();
    let digests: Vec<&str> = output.lines().collect();
    assert_eq!(digests.len(), 3);
    for (digest, secret) in digests.iter().zip(["one", "two", " three"]) {
        assert_eq!(run(&["verify", "--raw", digest], secret).result(), "match\n");
    }
}

#[test]
fn a_bad_line_ends_a_batch_of_lines() {
    let run = run(&CHEAP, "one\n\nthree\n");
    assert_eq!((run.code, run.stdout.lines().count()), (Some(2), 1));
    assert_eq!(run.stderr, "oidc-secret: error: line 2: the secret is empty\n");
}

#[test]
fn a_batch_of_objects_reports_bad_lines_and_goes_on() {
    let args = [&CHEAP[..], &["--input-format", "jsonl", "--format", "jsonl"]].concat();
    let input = "{\"secret\": \"one\", \"id\": \"a\"}\nhunter2\n{\"secret_b64\": \"AAH/\"}\n";
    let run = run(&args, input);
    assert_eq!((run.code, &*run.stderr), (Some(2), ""));
    let output: Vec<Value> =
        run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((output.len(), &output[0]["id"]), (3, &"a".into()));
    assert_eq!(output[1]["error"], "line 2: column 1: not valid JSON");
    assert!(output[1].get("digest").is_none() && output[0].get("error").is_none());
    let digest = output[2]["digest"].as_str().unwrap();
    let verdict = super::run(&["verify", "--raw", digest], [0, 1, 255]).result();
    assert_eq!(verdict, "match\n");
}

#[test]
fn a_long_batch_keeps_the_order_and_every_kernel_agrees() {
    // More lines than are hashed at once, and PBKDF2, which is computed in vector lanes.
    let secrets: String = (0..600).map(|i| format!("secret-{i}\n")).collect();
    let args = ["hash", "--batch", "-i", "100000", "-a", "pbkdf2-sha256"];
    let digests = run(&args, secrets.lines().take(30).collect::<Vec<_>>().join("\n")).result();
    let pairs: String = (0..)
        .zip(digests.lines())
        .map(|(i, digest)| format!("{{\"secret\":\"secret-{i}\",\"digest\":\"{digest}\"}}\n"))
        .collect();
    assert_eq!(digests.lines().count(), 30);
    for kernel in Kernel::available() {
        let verified = run(&["verify", "--batch", "--kernel", kernel.name()], &pairs);
        assert_eq!(verified.code, Some(0), "{}", verified.stderr);
        assert_eq!(verified.stdout.matches("\"match\"").count(), 30);
    }
    let output = run(&CHEAP, &secrets).result();
    assert_eq!(output.lines().count(), 600);
    for index in [0, 255, 256, 511, 512, 599] {
        let digest = output.lines().nth(index).unwrap();
        assert_eq!(run(&["verify", digest], format!("secret-{index}")).result(), "match\n");
    }
}

#[test]
fn a_batch_answers_before_its_input_ends() {
    use std::io::{BufRead, BufReader, Write};
    use std::process::{Command, Stdio};
    let mut child = Command::new(env!("CARGO_BIN_EXE_oidc-secret"))
        .args(CHEAP)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
    for secret in ["one", "two"] {
        writeln!(input, "{secret}").unwrap();
        assert!(output.next().unwrap().unwrap().starts_with("$argon2id$"));
    }
    drop(input);
    assert!(output.next().is_none() && child.wait().unwrap().success());
}

#[test]
fn an_unknown_kernel_is_an_error() {
    run(&["hash", "--kernel", "abacus"], "x").fails_with(&["no such kernel", "portable"]);
    let script = r#"OIDC_SECRET_KERNEL=abacus "$0" hash"#;
    shell(script, "x").fails_with(&["no such kernel"]);
    shell(r#"OIDC_SECRET_KERNEL= "$0" hash -q -i 100000"#, "x").result();
}

#[test]
fn a_batch_refuses_unsendable_characters() {
    for line in ["a\0b", "\x1b[31m", "\u{feff}secret", "{\"secret\": \"a\\u0000b\"}"] {
        let mut args = CHEAP.to_vec();
        if line.starts_with('{') {
            args.extend(["--input-format", "jsonl"]);
        }
        let run = run(&args, line);
        assert_eq!((run.code, &*run.stdout), (Some(2), ""));
        assert!(run.stderr.contains("line 1: the secret has"), "{}", run.stderr);
    }
}

#[test]
fn a_secret_that_bcrypt_would_truncate_is_refused() {
    let long = "x".repeat(73);
    run(&["hash", "-q", "-a", "bcrypt"], &long).fails_with(&["73 bytes", "first 72"]);
    assert!(
        run(&["hash", "-q", "-a", "bcrypt-sha256"], &long).result().starts_with("$bcrypt-sha256$")
    );
    let args = ["hash", "-a", "bcrypt", "-i", "10", "--batch", "--format", "jsonl"];
    let batch = run(&args, format!("one\n{long}\ntwo\n"));
    let lines: Vec<_> = batch.stdout.lines().collect();
    assert_eq!((batch.code, lines.len()), (Some(2), 3));
    assert!(lines[0].contains("$2b$10$") && lines[2].contains("$2b$10$"), "{}", batch.stdout);
    assert!(lines[1].contains("line 2") && lines[1].contains("73 bytes"), "{}", lines[1]);
}

#[test]
fn a_warning_precedes_a_slow_digest() {
    let script = r#"printf x | timeout 2 "$0" hash -a bcrypt --cost 24"#;
    let run = super::shell(script, "");
    assert!(run.stderr.contains("warning: a digest of this cost takes about"), "{}", run.stderr);
}

/// The bounds are from the number of characters of each kind, by hand.
#[test]
fn a_weak_secret_is_hashed_with_a_warning() {
    for (secret, bits) in [("hunter2", "36"), ("Passw0rd!", "59"), (&"ab".repeat(20), "40")] {
        let (digest, messages) = run(&["hash", "-i", "100000"], secret).result_and_messages();
        assert!(digest.starts_with("$pbkdf2-sha512$100000$"), "{digest}");
        assert!(messages.contains(&format!("at most {bits} bits")), "{secret}: {messages}");
        assert!(!messages.contains(secret), "{messages}");
        run(&["hash", "-q", "-i", "100000"], secret).result();
    }
    // Each is one line: `result` refuses messages.
    for secret in ["insecure_secret", "correct horse battery staple"] {
        run(&["hash", "-i", "100000"], secret).result();
    }
}
