//! `verify`: verdicts, exit codes, batches and limits.

use oidc_secret::digest::{FORMATS, Format, FormatStatus};
use serde_json::Value;

use super::{QUICK, SEED, folder, run};

#[test]
fn the_documented_digest_matches_its_secret() {
    assert_eq!(run(&["verify", SEED], "insecure_secret").result(), "match\n");
    assert_eq!(run(&["verify", SEED], "insecure_secret\n").result(), "match\n");
}

#[test]
fn a_kept_line_end_is_a_mismatch() {
    let run = run(&["verify", "--raw", SEED], "insecure_secret\n");
    let hint =
        "oidc-secret: hint: to find out why, use `oidc-secret diagnose` instead of `verify`\n";
    assert_eq!((run.code, &*run.stdout, &*run.stderr), (Some(1), "mismatch\n", hint));
    let quiet = super::run(&["verify", "-q", "--raw", SEED], "insecure_secret\n");
    assert_eq!((quiet.code, &*quiet.stdout, &*quiet.stderr), (Some(1), "mismatch\n", ""));
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
fn a_digest_expanded_by_the_shell_is_recognised() {
    for digest in [SEED, QUICK] {
        let script = format!(r#""$0" verify "{digest}""#);
        super::shell(&script, "x").fails_with(&["digest", "between single quotes"]);
    }
}

#[test]
fn a_malformed_digest_is_located_and_not_quoted() {
    let cases = [
        ("", "empty"),
        ("hunter2", "must start with `$`"),
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
    // The documented digest, with salt and key in standard base64.
    let phc = SEED.replace("$310000$", "$i=310000,l=64$").replace('.', "+");
    let (stdout, stderr) = run(&["verify", &phc], "insecure_secret").result_and_messages();
    assert_eq!(stdout, "match\n");
    assert!(stderr.contains("Authelia does not read"), "{stderr}");
}

#[test]
fn a_digest_with_an_ldap_scheme_causes_a_warning() {
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
fn json_has_the_verdict_and_the_same_exit_code() {
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
    // Blocks take longer with more memory than the CPU caches, and with the portable code that a short
    // salt needs.
    let heavy = "$argon2id$v=19$m=1048576,t=300,p=1$c2FsdA$a2V5a2V5";
    run(&["verify", heavy], "x").fails_with(&["iterations", "--max-time"]);
}

#[test]
fn every_format_has_a_cost_limit() {
    let cases = [
        ("$pbkdf2-sha512$4294967295$c2FsdHNhbHQ$a2V5a2V5a2V5", "iterations"),
        ("$argon2id$v=19$m=8,t=4294967295,p=1$c2FsdHNhbHQ$a2V5a2V5", "iterations"),
        ("$scrypt$ln=62,r=8,p=1$c2FsdHNhbHQ$a2V5a2V5", "logarithm of N"),
        ("$scrypt$ln=20,r=16,p=1$c2FsdHNhbHQ$a2V5a2V5", "block size"),
        ("$scrypt$ln=1,r=1,p=1073741823$c2FsdHNhbHQ$a2V5a2V5", "parallelism"),
        ("$scrypt$ln=16,r=8,p=100000$c2FsdHNhbHQ$a2V5a2V5", "parallelism"),
        ("$2b$31$55New.8h1Q2ysvHdSrQMNOv3j4tRGU4cqk7AkM8ZBXoPdLbtSxQYe", "cost"),
        (
            "$bcrypt-sha256$v=2,t=2b,r=31$55New.8h1Q2ysvHdSrQMNO$uqnaE8fQpTA2u4ViEoQNhMAM/1/bvq.",
            "cost",
        ),
        ("$y$jT5$eTMYKOqrd4.IhNEO/NSGg/$apXE/iG9jn2jFw1HOwA4n7yhPv0DWGLfbooYS0Mq7QD", "of N"),
        ("$6$rounds=4294967295$saltsalt$key", "rounds"),
        ("$5$rounds=4294967295$saltsalt$key", "rounds"),
        ("$md5,rounds=4294963199$abcdefgh$$JY6LX0.NS6tOYx9hShuNM/", "rounds"),
        ("$sha1$4294967295$T/3ThUgD$C43F2YUFdQ9KKUemA9gQQ4dI2JAs", "rounds"),
    ];
    // Plaintext has no work factor, and that of MD5-crypt is fixed.
    let is_fixed = |format: &Format| ["md5crypt", "apr1"].contains(&format.name);
    let has_cost = |format: &&Format| format.status != FormatStatus::Plaintext && !is_fixed(format);
    for format in FORMATS.iter().filter(has_cost) {
        let identifier = |digest: &'static str| digest[1..].split(['$', ',']).next().unwrap();
        let is_tested =
            cases.iter().any(|(digest, _)| format.identifiers.contains(&identifier(digest)));
        assert!(is_tested, "{}", format.name);
    }
    let input: String = cases
        .iter()
        .map(|(digest, _)| format!("{{\"secret\": \"x\", \"digest\": \"{digest}\"}}\n"))
        .collect();
    let run = run(&["verify", "--batch", "--any-format"], input);
    let output: Vec<Value> = run.stdout.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!((run.code, output.len()), (Some(2), cases.len()));
    for ((digest, word), output) in cases.iter().zip(output) {
        let error = output["error"].as_str().unwrap();
        assert!(error.contains(word) && error.contains("over the limit"), "{digest}: {error}");
    }
}

#[test]
fn the_length_of_a_secret_adds_to_the_cost() {
    // SHA-crypt hashes the secret once for each of its bytes.
    let secret = "x".repeat(1_000_000);
    let line = |secret: &str| {
        format!("{{\"secret\": \"{secret}\", \"digest\": \"$6$rounds=1000$saltsalt$key\"}}\n")
    };
    let (code, output) = batch(&(line(&secret) + &line("x")));
    assert_eq!((code, &output[1]["verdict"]), (Some(2), &"mismatch".into()));
    assert!(output[0]["error"].as_str().unwrap().contains("rounds would take"), "{}", output[0]);
}

#[test]
fn unavailable_memory_is_an_error() {
    let script = r#"ulimit -v 400000 && exec "$0" verify "$@""#;
    for digest in [
        "$scrypt$ln=20,r=8,p=1$c2FsdHNhbHQ$a2V5a2V5a2V5a2V5",
        "$y$jG5$eTMYKOqrd4.IhNEO/NSGg/$apXE/iG9jn2jFw1HOwA4n7yhPv0DWGLfbooYS0Mq7QD",
        "$argon2id$v=19$m=1048576,t=1,p=1$c2FsdHNhbHQ$a2V5a2V5a2V5a2V5",
    ] {
        let mut command = std::process::Command::new("sh");
        command.args(["-c", script, env!("CARGO_BIN_EXE_oidc-secret"), digest]);
        super::finish(command, "x").fails_with(&["cannot allocate", "MiB of memory"]);
    }
}

#[test]
fn digests_that_authelia_rejects_are_refused_or_cause_a_warning() {
    let md5 = "$1$abcdefgh$ukzWNW70chL342F.eljZU/";
    run(&["verify", md5], "insecure_secret")
        .fails_with(&["Authelia does not read md5crypt digests", "--any-format"]);
    let (verdict, messages) =
        run(&["verify", "--any-format", md5], "insecure_secret").result_and_messages();
    assert_eq!(verdict, "match\n");
    assert!(messages.contains("warning: Authelia does not read md5crypt"), "{messages}");
    let findings = |digest: &str| {
        let args = ["verify", "--any-format", "--format", "json", digest];
        let json: Value = serde_json::from_str(&run(&args, "insecure_secret").stdout).unwrap();
        json["findings"][0]["code"].clone()
    };
    assert_eq!(findings(md5), "not-read-by-authelia");
    assert_eq!(findings(&format!("{{ARGON2}}{QUICK}")), "taken-as-plaintext");
    assert_eq!(findings(QUICK), Value::Null);
    let django = "pbkdf2_sha256$1000$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    run(&["verify", django], "x").fails_with(&["must start with `$`", "oidc-secret convert"]);
}

#[test]
fn a_secret_that_bcrypt_truncates_causes_a_warning() {
    let digest = run(&["hash", "-q", "-a", "bcrypt", "--cost", "10"], "x".repeat(72)).result();
    let long = run(&["verify", digest.trim()], "x".repeat(73));
    assert_eq!((long.code, &*long.stdout), (Some(0), "match\n"));
    assert!(
        long.stderr.contains("73 bytes") && long.stderr.contains("first 72"),
        "{}",
        long.stderr
    );
}

#[test]
fn a_missing_digest_is_an_error() {
    run(&["verify"], "x").fails_with(&["no digest", "--digest-file"]);
    run(&["verify", QUICK, "--digest-file", "x"], "x").fails_with(&["exclude each other"]);
    run(&["verify", "--config", "x"], "x").fails_with(&["cannot read x"]);
    run(&["verify", "--client", "x"], "x").fails_with(&["--config"]);
}

fn batch(input: &str) -> (Option<i32>, Vec<Value>) {
    let run = run(&["verify", "--batch"], input);
    assert_eq!(run.stderr, "");
    (run.code, run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

#[test]
fn a_batch_keeps_the_order_and_exits_with_the_worst_code() {
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
fn the_ids_of_a_batch_are_returned_unchanged() {
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
