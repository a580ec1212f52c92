//! `verify`: verdicts, exit codes, batches, limits.

use super::{QUICK, SEED, folder, run};
use serde_json::Value;

#[test]
fn the_documented_digest_matches_its_secret() {
    assert_eq!(run(&["verify", SEED], "insecure_secret").result(), "match\n");
    assert_eq!(run(&["verify", SEED], "insecure_secret\n").result(), "match\n");
}

#[test]
fn a_kept_line_end_is_a_mismatch() {
    let run = run(&["verify", "--raw", SEED], "insecure_secret\n");
    assert_eq!((run.code, &*run.stdout, &*run.stderr), (Some(1), "mismatch\n", ""));
}

#[test]
fn a_missing_field_is_named() {
    let fields: Vec<&str> = SEED.split('$').collect();
    for (left_out, name) in [(2, "iterations"), (3, "salt"), (4, "key")] {
        let mut fields = fields.clone();
        fields.remove(left_out);
        run(&["verify", &fields.join("$")], "x").fails_with(&[name, "missing", "single quotes"]);
    }
}

#[test]
fn a_digest_whose_dollars_the_shell_ate_is_recognised() {
    for digest in [SEED, QUICK] {
        let script = format!(r#""$0" verify "{digest}""#);
        super::shell(&script, "x").fails_with(&["digest", "between single quotes"]);
    }
}

#[test]
fn a_malformed_digest_is_located_and_not_quoted() {
    let cases = [
        ("", "empty"),
        ("hunter2", "begins with `$`"),
        ("$hunter2$a$b$c", "identifier"),
        ("$pbkdf2-sha512$31000O$c8p78n7pUMln0jzvd4aK4Q$JNRB", "iterations"),
        ("$pbkdf2-sha512$310000$c8p7+n7p$JNRB", "`+` at position 5"),
        ("$pbkdf2-sha512$310000$c8p78n7p$JNRBz", "5 base64 characters"),
        ("$2b$12$abcdefghijklmnopqrstuuxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "52 characters"),
        ("$2b$32$abcdefghijklmnopqrstuuxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "4 to 31"),
        ("$2b$abcdefghijklmnopqrstuuxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "cost is missing"),
        ("$scrypt$ln=16,r=8,p=1$c2FsdHNhbHQ", "key is missing"),
        ("$scrypt$ln=16;r=8;p=1$c2FsdHNhbHQ$a2V5", "not a decimal number"),
        ("$y$j9$c2FsdHNhbHQ$a2V5", "setting"),
        ("$6$rounds=many$saltsalt$key", "rounds"),
        ("$1$saltsalt$ukzWNW70chL342F.eljZU/", "--any-format"),
        ("$argon2id$v=16$m=64,t=2,p=1$nhNkdXggnsymsVc3hoMi4Q$ZY6Vwko3jQ", "v=19"),
    ];
    for (digest, word) in cases {
        let run = run(&["verify", digest], "hunter2");
        assert!(!run.stderr.contains("hunter2"), "{}", run.stderr);
        run.fails_with(&[word]);
    }
}

#[test]
fn the_phc_form_is_read_with_a_warning() {
    // The documented digest, its salt and key re-encoded by hand.
    let phc = SEED.replace("$310000$", "$i=310000,l=64$").replace('.', "+");
    let (stdout, stderr) = run(&["verify", &phc], "insecure_secret").result_and_messages();
    assert_eq!(stdout, "match\n");
    assert!(stderr.contains("Authelia does not read"), "{stderr}");
}

#[test]
fn a_digest_without_its_dollar_is_warned_about() {
    let ldap = format!("{{ARGON2}}{QUICK}");
    let (stdout, stderr) = run(&["verify", &ldap], "insecure_secret").result_and_messages();
    assert_eq!(stdout, "match\n");
    assert!(stderr.contains("plaintext secret"), "{stderr}");
}

#[test]
fn a_digest_comes_from_a_file_or_standard_input() {
    let folder = folder();
    let (digest, secret) = (folder.path().join("digest"), folder.path().join("secret"));
    std::fs::write(&digest, format!("{QUICK}\r\n")).unwrap();
    std::fs::write(&secret, "insecure_secret").unwrap();
    let (digest, secret) = (digest.to_str().unwrap(), secret.to_str().unwrap());
    let (stdout, _) =
        run(&["verify", "--digest-file", digest], "insecure_secret").result_and_messages();
    assert_eq!(stdout, "match\n");
    let args = ["verify", "--digest-file", "-", "--secret-file", secret];
    let (stdout, _) = run(&args, format!("{QUICK}\n")).result_and_messages();
    assert_eq!(stdout, "match\n");
    run(&["verify", "--digest-file", "-", "--secret-file", "-"], QUICK)
        .fails_with(&["cannot both be standard input"]);
}

#[test]
fn json_tells_the_verdict_and_the_exit_code_stays() {
    let verdict = |digest: &str, secret: &str| {
        let run = run(&["verify", "--format", "json", digest], secret);
        let json: Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(json["version"], 1);
        assert_eq!(json["findings"], Value::Array(Vec::new()));
        (json["verdict"].as_str().unwrap().to_owned(), json["error"].is_string(), run.code)
    };
    assert_eq!(verdict(QUICK, "insecure_secret"), ("match".to_owned(), false, Some(0)));
    assert_eq!(verdict(QUICK, "other"), ("mismatch".to_owned(), false, Some(1)));
    assert_eq!(verdict("$pbkdf2-sha512$1$a", "x"), ("invalid".to_owned(), true, Some(2)));
    assert_eq!(verdict("malformed", ""), ("invalid".to_owned(), true, Some(2)));
}

#[test]
fn a_digest_that_costs_too_much_is_refused_before_it_is_computed() {
    let slow = "$pbkdf2-sha512$4294967295$c2FsdHNhbHQ$a2V5a2V5a2V5";
    run(&["verify", slow], "x").fails_with(&["iterations", "30 s", "--max-time"]);
    let large = "$argon2id$v=19$m=4294967295,t=1,p=1$c2FsdHNhbHQ$a2V5a2V5";
    run(&["verify", large], "x").fails_with(&["memory", "4194303 MiB", "--max-memory"]);
    let many = "$argon2id$v=19$m=8,t=1,p=16777215$c2FsdHNhbHQ$a2V5a2V5";
    run(&["verify", many], "x").fails_with(&["parallelism", "--max-memory"]);
    let small = ["verify", "--max-memory", "63KiB", QUICK];
    run(&small, "insecure_secret").fails_with(&["64 KiB", "63 KiB"]);
    let enough = ["verify", "--max-memory", "64KiB", QUICK];
    assert_eq!(run(&enough, "insecure_secret").result(), "match\n");
    run(&["verify", "--max-time", "1ms", SEED], "x").fails_with(&["iterations", "limit of 1 ms"]);
    // Memory beyond the caches, and the plain code for a short salt, take longer a block.
    let heavy = "$argon2id$v=19$m=1048576,t=300,p=1$c2FsdA$a2V5a2V5";
    run(&["verify", heavy], "x").fails_with(&["iterations", "--max-time"]);
}

#[test]
fn what_is_to_be_verified_must_be_said() {
    run(&["verify"], "x").fails_with(&["no digest", "--digest-file"]);
    run(&["verify", QUICK, "--digest-file", "x"], "x").fails_with(&["exclude each other"]);
    run(&["verify", "--config", "x"], "x").fails_with(&["--client"]);
    run(&["verify", "--client", "x"], "x").fails_with(&["--config"]);
}

fn batch(input: &str) -> (Option<i32>, Vec<Value>) {
    let run = run(&["verify", "--batch"], input);
    assert_eq!(run.stderr, "");
    (run.code, run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

#[test]
fn a_batch_keeps_the_order_and_exits_with_the_worst() {
    let good = format!(r#"{{"id": 1, "secret": "insecure_secret", "digest": "{QUICK}"}}"#);
    let bad = format!(r#"{{"id": {{"x": [2]}}, "secret": "", "digest": "{QUICK}"}}"#);
    let (code, output) = batch(&good);
    assert_eq!((code, &output[0]["verdict"]), (Some(0), &"match".into()));
    let (code, output) = batch(&format!("{bad}\n\n{good}\n"));
    assert_eq!((code, output.len()), (Some(1), 2));
    assert_eq!((&output[0]["verdict"], &output[0]["id"]["x"][0]), (&"mismatch".into(), &2.into()));
    assert_eq!((&output[1]["verdict"], &output[1]["id"]), (&"match".into(), &1.into()));
    assert_eq!(batch("").0, Some(0));
}

#[test]
fn an_id_comes_back_as_it_is_written() {
    for id in ["123456789012345678901234567890", "1.50", "\"a\\u0041\"", "[1, 2]"] {
        let line = format!(r#"{{"id": {id}, "secret": "x", "digest": "{QUICK}"}}"#);
        let run = run(&["verify", "--batch"], line);
        assert!(run.stdout.contains(&format!("\"id\":{id},")), "{}", run.stdout);
    }
}

#[test]
fn a_bad_line_of_a_batch_is_invalid_and_not_quoted() {
    let good = format!(r#"{{"secret": "insecure_secret", "digest": "{QUICK}"}}"#);
    let long = "x".repeat(3 << 20);
    let bad = [
        "hunter2",
        r#"{"secret": 5, "digest": "hunter2"}"#,
        r#"["hunter2"]"#,
        r#"["hunter2", null, "$x", 1]"#,
        r#"{"secret": "x", "secret": "hunter2", "digest": "$x"}"#,
        r#"{"digest": "$hunter2"}"#,
        r#"{"secret": "hunter2"}"#,
        r#"{"secret_b64": "hunter2!", "digest": "$x"}"#,
        r#"{"secret": "hunter2", "secret_b64": "aA==", "digest": "$x"}"#,
        r#"{"secret": "x", "digest": "$pbkdf2-sha512$4294967295$c2FsdA$a2V5"}"#,
        &long,
    ];
    for bad in bad {
        let (code, output) = batch(&format!("{good}\n{bad}\n{good}\n"));
        assert_eq!((code, output.len()), (Some(2), 3));
        let verdicts: Vec<_> = output.iter().map(|o| o["verdict"].as_str().unwrap()).collect();
        assert_eq!(verdicts, ["match", "invalid", "match"]);
        let error = output[1]["error"].as_str().unwrap();
        assert!(error.starts_with("line 2: ") && !error.contains("hunter2"), "{error}");
    }
}
