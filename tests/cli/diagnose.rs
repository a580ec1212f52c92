//! `verify --diagnose`: finds exactly the changes that real programs make to secrets and digests.

use std::process::Command;

use super::{QUICK, SEED, finish, folder, run};
use serde_json::{Value, json};

const SECRET: &str = "insecure_secret";

/// Returns the verdict, the codes of the findings, and the first message.
fn diagnose(secret: impl AsRef<[u8]>, digest: &str) -> (String, Vec<String>, String) {
    let folder = folder();
    let file = folder.path().join("digest");
    std::fs::write(&file, digest).unwrap();
    let file = file.to_str().unwrap();
    let args = ["verify", "--diagnose", "--raw", "--format", "json", "--digest-file", file];
    let run = run(&args, secret.as_ref());
    let json: Value = serde_json::from_str(&run.stdout).unwrap();
    let findings = json["findings"].as_array().unwrap();
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap().to_owned();
    let codes = findings.iter().map(|finding| text(finding, "code")).collect();
    let message = findings.first().map(|f| text(f, "message")).unwrap_or_default();
    let verdict = json["verdict"].as_str().unwrap().to_owned();
    let code = match &*verdict {
        "match" => 0,
        "mismatch" => 1,
        _ => 2,
    };
    assert_eq!(run.code, Some(code));
    (verdict, codes, message)
}

/// Returns the output of a program for this standard input.
fn through(program: &str, args: &[&str], input: impl AsRef<[u8]>) -> String {
    let mut command = Command::new(program);
    command.args(args);
    finish(command, input).result()
}

fn python(script: &str, input: &str) -> String {
    through(
        "python3",
        &[
            "-c",
            &format!(
                "import sys, urllib.parse, unicodedata, os, re\ns = sys.stdin.read()\nsys.stdout.write({script})"
            ),
        ],
        input,
    )
}

/// Returns the text as a shell expands it between double quotes.
fn shell_between_double_quotes(text: &str) -> String {
    through("sh", &["-c", &format!("printf %s \"{text}\"")], "")
}

/// Creates a digest of a secret that is quick to verify.
fn digest_of(secret: &str) -> String {
    let args = [
        "hash",
        "-q",
        "--raw",
        "-a",
        "argon2id",
        "--memory",
        "64",
        "-i",
        "1",
        "--parallelism",
        "1",
    ];
    run(&args, secret).result().trim().to_owned()
}

#[track_caller]
fn expect(secret: &str, digest: &str, verdict: &str, codes: &[&str], words: &str) {
    let (given, found, message) = diagnose(secret, digest);
    assert_eq!(
        (&*given, &found),
        (verdict, &codes.iter().map(|c| (*c).to_owned()).collect()),
        "{secret:?} {digest}: {message}"
    );
    assert!(message.contains(words), "{message}");
}

#[test]
fn changes_to_a_secret_on_its_way_to_the_application_are_found() {
    let echoed = through("sh", &["-c", &format!("echo {SECRET}")], "");
    expect(&echoed, QUICK, "mismatch", &["line-end"], "after removing one trailing newline");
    expect(&format!("{SECRET}\r\n"), QUICK, "mismatch", &["line-end"], "trailing newline");
    expect(&format!("{SECRET} "), QUICK, "mismatch", &["space"], "space around it");
    expect(&format!("{SECRET}\u{a0}"), QUICK, "mismatch", &["space"], "space around it");
    for quotes in ["''", "\"\"", "``", "“”", "‘’", "«»"] {
        let mut quotes = quotes.chars();
        let (open, close) = (quotes.next().unwrap(), quotes.next().unwrap());
        expect(&format!("{open}{SECRET}{close}"), QUICK, "mismatch", &["quotes"], "quotes");
    }
    for script in
        ["printf %s \"$0\" | base64", "printf %s \"$0\" | base64 -w0", "echo \"$0\" | base64"]
    {
        let encoded = through("sh", &["-c", script, SECRET], "");
        expect(&encoded, QUICK, "mismatch", &["encoding"], "decoding it from base64");
    }
    expect(&python("s.encode().hex()", SECRET), QUICK, "mismatch", &["encoding"], "from hex");
    for label in ["Client secret: ", "Random Password: ", "OIDC_SECRET=", "client_secret="] {
        expect(&format!("{label}{SECRET}"), QUICK, "mismatch", &["label"], "label");
    }
    for odd in ["\u{feff}", "\u{200b}", "\u{2060}"] {
        let (first, last) = SECRET.split_at(4);
        expect(&format!("{first}{odd}{last}"), QUICK, "mismatch", &["characters"], "zero-width");
    }
}

#[test]
fn secrets_changed_by_an_encoding_are_found() {
    let secret = "a+b c%2F/$x\"it's\" é–~";
    let digest = digest_of(secret);
    expect(secret, &digest, "match", &[], "");
    for script in
        ["urllib.parse.quote_plus(s)", "urllib.parse.quote(s)", "urllib.parse.quote(s, safe='')"]
    {
        let encoded = python(script, secret);
        let (verdict, codes, _) = diagnose(&encoded, &digest);
        assert_eq!(
            (&*verdict, &*codes),
            ("mismatch", &["form-encoding".to_owned()][..]),
            "{script}"
        );
    }
    let doubled = secret.replace('$', "$$");
    expect(&doubled, &digest, "mismatch", &["doubled-dollars"], "writing $ for each $$");
    let escaped = secret.replace('"', "\\\"").replace('$', "\\$");
    expect(&escaped, &digest, "mismatch", &["backslashes"], "backslashes");
    let decomposed = python("unicodedata.normalize('NFD', s)", secret);
    expect(&decomposed, &digest, "mismatch", &["unicode-form"], "NFC");
    let decoded = python("urllib.parse.unquote_plus(s)", "a+b");
    expect("a+b", &digest_of(&decoded), "mismatch", &["form-encoding"], "decod");
    // A shell expanded parts of the secret before the digest was made.
    let secret = "pa$word-1$2x";
    let left = shell_between_double_quotes(secret);
    expect(secret, &digest_of(&left), "mismatch", &["expanded"], "as a shell");
    let smart = "it\u{2019}s \u{201c}quoted\u{201d} \u{2013} \u{a0}x";
    let plain = "it's \"quoted\" -  x";
    expect(smart, &digest_of(plain), "mismatch", &["characters"], "typographic quotes");
}

#[test]
fn secrets_copied_with_surrounding_text_are_found() {
    let html = "a<b>&\"c'+";
    let escaped = python("__import__('html').escape(s)", html);
    expect(&escaped, &digest_of(html), "mismatch", &["encoding"], "HTML entities");
    let json = python("__import__('json').dumps(s)[1:-1]", "a\"b\\cé");
    expect(&json, &digest_of("a\"b\\cé"), "mismatch", &["backslashes"], "as JSON does");
    let (first, last) = SECRET.split_at(7);
    expect(&format!("{first}\n{last}"), QUICK, "mismatch", &["space"], "white space within it");
    expect(&format!("kasm:{SECRET}"), QUICK, "mismatch", &["label"], "label");
    for (given, digest, code, words) in [
        ("a b/c", "a+b/c", "form-encoding", "each space by a +"),
        ("CLIENT_SECRET=\"insecure_secret\"\r\n", SECRET, "label", "label"),
        ("export X='insecure_secret'\n", SECRET, "label", "label"),
        ("**insecure_secret**", SECRET, "label", "punctuation"),
        ("\"insecure_secret\",", SECRET, "label", "and then removing the quotes"),
        ("insecure_secret\n\n", SECRET, "line-end", "line ends"),
        ("\u{feff}insecure_secret", SECRET, "characters", "zero-width"),
    ] {
        expect(given, &digest_of(digest), "mismatch", &[code], words);
    }
    let utf16: Vec<u8> =
        "\u{feff}insecure_secret\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let (_, codes, message) = diagnose(utf16, QUICK);
    assert_eq!((codes, message.contains("UTF-16")), (vec!["encoding".to_owned()], true));
    let header =
        through("sh", &["-c", "printf %s \"$0\" | base64 -w0", &format!("kasm:{SECRET}")], "");
    expect(&header, QUICK, "mismatch", &["encoding"], "and then removing the label");
}

#[test]
fn secrets_copied_from_the_output_of_a_program_are_found() {
    let secret = "it's";
    let digest = digest_of(secret);
    let json = |name: &str| json!({"version": 1, "client_id": "kasm", name: secret}).to_string();
    for (given, code, words) in [
        (json("client_secret"), "label", "JSON around it"),
        (json!({"other": secret}).to_string(), "label", "JSON around it"),
        (json!(secret).to_string(), "quotes", "quotes around it"),
        ("it''s".to_owned(), "quotes", "writing ' for each ''"),
        ("'it''s'".to_owned(), "quotes", "and then writing ' for each ''"),
        (format!("\x1b[1;32m{secret}\x1b[0m"), "characters", "colours of a terminal"),
        (format!("\x1b[32m{secret}\x1b[0m\n"), "line-end", "and then removing the colours"),
    ] {
        expect(&given, &digest, "mismatch", &[code], words);
    }
}

#[test]
fn digests_of_a_changed_secret_are_found() {
    let long = "a".repeat(72);
    let lines = through("sh", &["-c", "printf %s \"$0\" | base64", &long], "");
    expect(
        &long,
        &digest_of(lines.trim_end()),
        "mismatch",
        &["encoding"],
        "lines of 76 characters",
    );
    for (made_from, code, words) in [
        (through("sh", &["-c", &format!("echo {SECRET}")], ""), "line-end", "adding a newline"),
        (format!("{SECRET}\r\n"), "line-end", "carriage return"),
        (format!("\"{SECRET}\""), "quotes", "adding double quotes"),
        (format!("'{SECRET}'"), "quotes", "adding single quotes"),
        (through("sh", &["-c", "printf %s \"$0\" | base64 -w0", SECRET], ""), "encoding", "base64"),
        (through("sh", &["-c", "echo \"$0\" | base64 -w0", SECRET], ""), "encoding", "newline and"),
        (python("s.encode().hex()", SECRET), "encoding", "in hex"),
        (format!("\u{feff}{SECRET}"), "characters", "byte order mark"),
    ] {
        expect(SECRET, &digest_of(&made_from), "mismatch", &[code], words);
    }
    let secret = "a b+c%";
    let encoded = python("urllib.parse.quote_plus(s)", secret);
    expect(secret, &digest_of(&encoded), "mismatch", &["form-encoding"], "form-encoding it");
}

#[test]
fn two_changes_at_once_are_found() {
    for (given, codes, words) in [
        (format!("\"{SECRET}\"\n"), &["line-end"], "trailing newline and then removing the quotes"),
        (format!(" '{SECRET}' "), &["space"], "space around it and then removing the quotes"),
        (format!("Client secret: \"{SECRET}\""), &["label"], "label before it and the text around"),
        (
            through("sh", &["-c", "printf '%s' \"$0\" | base64 | base64", SECRET], ""),
            &["encoding"],
            "and then decoding it from base64",
        ),
        (format!("\u{feff}\"{SECRET}\""), &["characters"], "and then removing the quotes"),
    ] {
        expect(&given, QUICK, "mismatch", codes, words);
    }
    // One change on each side.
    let digest = digest_of(&format!("{SECRET}\n"));
    expect(&format!("\"{SECRET}\""), &digest, "mismatch", &["quotes"], "adding a newline");
    // Both changes in the digest's text.
    let text = format!("Digest: \"{QUICK}\"");
    expect(SECRET, &text, "invalid", &["label"], "Digest:");
    let text = format!("'{}'", QUICK.replace('$', "$$"));
    expect(SECRET, &text, "invalid", &["quotes", "doubled-dollars"], "the secret matches");
}

#[test]
fn the_program_that_expanded_a_digest_is_named() {
    let args = ["hash", "--batch", "-i", "100000"];
    let digests = run(&args, "a\n".repeat(30)).result();
    let envsubst = Command::new("envsubst").arg("--version").output().is_ok();
    if !envsubst {
        super::peers::skipped("envsubst's expansion: it is not installed");
    }
    for digest in digests.lines() {
        let left = shell_between_double_quotes(digest);
        expect("a", &left, "invalid", &["expanded"], "a shell, or Go's expansion");
        // Python does not expand a name that is not set.
        let same = python("os.path.expandvars(s)", digest);
        assert_eq!(same, digest);
        let compose = python(r"re.sub(r'\$([_a-zA-Z][_a-zA-Z0-9]*)', '', s)", digest);
        expect("a", &compose, "invalid", &["expanded"], "Compose or envsubst");
        if envsubst {
            assert_eq!(through("envsubst", &[], digest), compose);
        }
        let make = python(r"re.sub(r'\$(.)', '', s)", digest);
        expect("a", &make, "invalid", &["expanded"], "make replaced each $");
        // Only the first $ was doubled for Compose.
        let half = python(r"re.sub(r'\$([_a-zA-Z][_a-zA-Z0-9]*)', '', s[1:])", digest);
        let salt = digest.split('$').nth(3).unwrap();
        let is_salt_kept = salt.starts_with(|c: char| c.is_ascii_digit() || "./".contains(c));
        // If only the iterations are left, the digest could also have been truncated there.
        let is_all_gone = half.ends_with("$100000");
        if !is_salt_kept && !is_all_gone {
            expect("a", &format!("${half}"), "invalid", &["expanded"], "Compose");
        }
    }
    for (digest, words) in [
        (
            "$argon2id$v=19$m=65536,t=3,p=4$D+aISAJ4lET8vbRHs4eP8A$hxU6gloNNiPCsDfNWna83gElJRcouTV/+wf",
            "a shell, Compose",
        ),
        (
            "$scrypt$ln=16,r=8,p=1$wqhd/TDfFPNplmRiJiHMWw$zweFDRYXxakYt71LL/wOgxEdi7uxxlOjW9wDO4q9riM",
            "a shell, Compose",
        ),
        (
            "$6$rounds=50000$YqXimGsxcQzeeCeH$B1AM/Ind5mIpZ5CnmzM7h/PCExqu1E88wucp.pNACSpugMuwuLfwop3TO68CkQyoqhjSzYqwcz2eOOlY1j1l30",
            "a shell, or Go's",
        ),
        ("$2b$12$y9IaeGuISN2NjXUgNZ64A.bDuQWvqIOGWVW8NRCwiBOovu5AUAl.W", "a shell, or Go's"),
    ] {
        let left = shell_between_double_quotes(digest);
        expect("a", &left, "invalid", &["expanded"], words);
    }
}

#[test]
fn changes_to_the_text_of_a_digest_are_found_and_undone() {
    let quick = QUICK;
    let ldap = format!("{{ARGON2}}{quick}");
    for (text, code, words) in [
        (format!("'{quick}'"), "quotes", "quotes around the digest"),
        (format!("\"{quick}\""), "quotes", "quotes around the digest"),
        (format!("“{quick}”"), "quotes", "quotes around the digest"),
        (format!("Digest: {quick}"), "label", "the label `Digest:`"),
        (format!("client_secret: {quick}"), "label", "text before the digest"),
        (format!("{quick}  # kasm"), "label", "text after the digest"),
        (quick.replace('$', "$$"), "doubled-dollars", "each $ of the digest is doubled"),
        (quick.replace('$', "\\$"), "backslashes", "backslashes"),
        (quick[1..].to_owned(), "lost-dollar", "lacks its leading $"),
        (format!(" {quick}\t"), "space", "white space around the digest"),
        (format!("{quick}\u{200b}"), "characters", "a zero-width space (U+200B) at position"),
        (format!("\u{feff}{quick}"), "characters", "a byte order mark (U+FEFF) at position 1"),
        (format!("**{quick}**"), "label", "text before the digest"),
        (format!("<{quick}>"), "label", "text before the digest"),
        (format!("{quick},"), "label", "text after the digest"),
        (format!("'{quick}"), "quotes", "quotes around the digest"),
        (format!("'{quick}'\r\n"), "quotes", "quotes around the digest"),
        (quick.replace('$', "&#36;"), "encoding", "HTML entities"),
        (quick.replace('$', "\\u0024"), "encoding", "HTML entities"),
        (quick.replace('$', "\u{ff04}"), "characters", "full-width"),
        (
            through("sh", &["-c", "printf %s \"$0\" | od -An -v -tx1 | tr -d ' \\n'", quick], ""),
            "encoding",
            "in hex",
        ),
        (quick.replace("$v=19", "\u{a0}$v=19"), "characters", "a non-breaking space"),
        (python("urllib.parse.quote(s)", quick), "form-encoding", "percent-encoded"),
        (quick.to_uppercase()[..9].to_owned() + &quick[9..], "case", "upper case"),
        (through("base64", &["-w0"], quick), "encoding", "base64"),
        (format!("argon2{quick}"), "other-dialect", "Django's"),
        (format!("joe:{quick}"), "other-dialect", "after a user's name"),
    ] {
        expect(SECRET, &text, "invalid", &[code], words);
        let (_, _, message) = diagnose(SECRET, &text);
        assert!(message.contains("once that is undone, the secret matches"), "{message}");
    }
    // go-crypt reads this digest, but Authelia takes it for a plaintext secret.
    expect(SECRET, &ldap, "match", &["other-dialect"], "an LDAP scheme");
}

#[test]
fn changes_are_undone_in_formats_that_accept_any_text() {
    let digest = run(&["hash", "-a", "sha512crypt", "--rounds", "1000"], SECRET).result();
    let digest = digest.trim();
    for (text, code) in [
        (format!("{digest} "), "space"),
        (format!("{digest}'"), "quotes"),
        (format!("{digest}  # kasm"), "label"),
        (digest.replacen("$rounds", "\u{200b}$rounds", 1), "characters"),
    ] {
        let (_, codes, message) = diagnose(SECRET, &text);
        assert_eq!(codes, [code], "{text}");
        assert!(message.contains("the secret matches"), "{message}");
    }
    expect(SECRET, &digest[..digest.len() - 3], "mismatch", &["key-truncated"], "83 of 86");
    let scrypt = run(&["hash", "-a", "scrypt", "-i", "4"], SECRET).result();
    expect(SECRET, &scrypt.trim()[..scrypt.len() - 13], "match", &["key-truncated"], "23 bytes");
}

#[test]
fn swapped_values_and_placeholders_are_found() {
    expect(QUICK, SECRET, "invalid", &["swapped"], "they match");
    expect(QUICK, "other", "invalid", &["swapped"], "swapped");
    expect(QUICK, QUICK, "mismatch", &["digest-as-secret"], "the secret is this digest");
    expect(QUICK, &digest_of("x"), "mismatch", &["digest-as-secret"], "a digest");
    // A digest of a digest.
    expect(QUICK, &digest_of(QUICK), "match", &["digest-as-secret"], "a digest");
    for text in ["{{ secret \"/x\" }}", "${KASM_DIGEST}", "$KASM_DIGEST", "<digest>", "%DIGEST%"] {
        expect(SECRET, text, "invalid", &["placeholder"], "was not replaced");
        expect(text, QUICK, "mismatch", &["placeholder"], "was not replaced");
    }
    expect("other", QUICK, "mismatch", &["nothing-matches"], "another secret");
    expect("öther", QUICK, "mismatch", &["characters"], "not ASCII (U+00F6) at position 1");
    expect(SECRET, "nonsense", "invalid", &["malformed"], "must start with `$`");
}

#[test]
fn a_matching_digest_has_findings_too() {
    expect(SECRET, SEED, "match", &["known-example"], "Authelia's documentation");
    let truncated = &SEED[..SEED.len() - 22];
    expect(SECRET, truncated, "match", &["known-example", "key-truncated"], "documentation");
}

#[test]
fn a_match_that_authelia_limits_or_rejects_has_a_finding() {
    let bcrypt = run(&["hash", "-q", "-a", "bcrypt", "-i", "10"], "x".repeat(72)).result();
    let long = "x".repeat(80);
    expect(&long, bcrypt.trim(), "match", &["secret-truncated"], "uses only the first 72");
    let phc = SEED.replace("$310000$", "$i=310000,l=64$").replace('.', "+");
    expect(SECRET, &phc, "match", &["not-read-by-authelia", "known-example"], "in this form");
}

#[test]
fn the_offending_character_of_a_digest_is_marked() {
    let digest = "$pbkdf2-sha512$310000$c8p78n7pUMln0jzvd4aK4Q$JNRB,wAo";
    let run = run(&["verify", "--diagnose", digest], SECRET);
    let lines: Vec<_> = run.stdout.lines().collect();
    assert_eq!((run.code, lines[0], lines[3].trim()), (Some(2), "invalid", digest));
    assert_eq!(lines[4].find('^').unwrap(), lines[3].find(',').unwrap());
}

#[test]
fn secrets_from_the_candidates_file_are_tried() {
    let folder = folder();
    let file = folder.path().join("candidates");
    std::fs::write(&file, format!("one\ntwo\n{SECRET}\nthree\n")).unwrap();
    let file = file.to_str().unwrap();
    let args = ["verify", "--diagnose", "--candidates", file, "--format", "json", QUICK];
    let output = run(&args, "other");
    let output: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(output["verdict"], "mismatch");
    assert_eq!(output["findings"][0]["code"], "other-secret");
    assert!(output["findings"][0]["message"].as_str().unwrap().contains("line 3 of"), "{output}");
    run(&["verify", "--candidates", file, QUICK], "x").fails_with(&["--diagnose"]);
    run(&["verify", "--diagnose", "--candidates", "/nonexistent", QUICK], "x")
        .fails_with(&["/nonexistent"]);
}

#[test]
fn the_output_never_shows_the_secret() {
    let secret = "hunter2-hunter2";
    for (given, digest) in [
        (format!("\"{secret}\"\n"), digest_of(secret)),
        (secret.to_owned(), QUICK.to_owned()),
        (format!("{secret}é"), QUICK.to_owned()),
        (QUICK.to_owned(), secret.to_owned()),
        (secret.to_owned(), format!("$plaintext${secret}x")),
        (secret.to_owned(), format!("{{{{ {secret} }}}}")),
    ] {
        for format in ["text", "json"] {
            let args = ["verify", "--diagnose", "--format", format, "--raw", &digest];
            let run = run(&args, &given);
            assert!(!format!("{}{}", run.stdout, run.stderr).contains("hunter2"), "{}", run.stdout);
        }
    }
}

#[test]
fn the_text_output_begins_with_the_verdict() {
    let run = run(&["verify", "--diagnose", "--raw", QUICK], format!("{SECRET}\n"));
    assert_eq!(run.code, Some(1));
    let lines: Vec<_> = run.stdout.lines().collect();
    assert_eq!((lines[0], lines[1]), ("mismatch", ""));
    assert!(lines[2].starts_with("error line-end: the secret matches after"), "{}", run.stdout);
    assert!(lines[3].starts_with("  write the application's secret file with `printf %s`"));
    let good = super::run(&["verify", "--diagnose", QUICK], SECRET);
    assert_eq!((good.result(), json!(null)), ("match\n".to_owned(), Value::Null));
}

#[test]
fn the_verdict_is_the_same_as_without_diagnose() {
    let sha = ["hash", "-a", "sha512crypt", "-i", "1000"];
    let digest = run(&sha, SECRET).result().trim().to_owned();
    for text in [
        format!("{digest} "),
        format!("{digest} # kasm"),
        format!("{digest}\""),
        format!("{digest};"),
    ] {
        expect(SECRET, &text, "mismatch", &[first_code(&text)], "the secret matches");
    }
    // The same LDAP schemes are read as without --diagnose.
    let wrapped = format!("{{CRYPT}}{digest}");
    expect(SECRET, &wrapped, "match", &["other-dialect"], "reads as a plaintext secret");
    let truncated = &wrapped[..wrapped.len() - 5];
    let (verdict, codes, message) = diagnose(SECRET, truncated);
    assert_eq!(verdict, "mismatch", "{codes:?} {message}");
    assert!(!message.is_empty() && !codes.contains(&"malformed".to_owned()), "{codes:?}");
}

fn first_code(text: &str) -> &'static str {
    match text.bytes().last() {
        Some(b' ') => "space",
        Some(b'"') => "quotes",
        _ => "label",
    }
}

#[test]
fn an_expanded_digest_is_not_mistaken_for_a_secret() {
    let digest = digest_of(SECRET);
    let pbkdf2 = run(&["hash", "-i", "100000"], SECRET).result().trim().to_owned();
    for text in [&digest, &pbkdf2] {
        let left = shell_between_double_quotes(text);
        expect(
            &left,
            &digest,
            "mismatch",
            &["digest-as-secret"],
            "a shell, Compose or a similar program",
        );
    }
}

#[test]
fn placeholders_are_recognised() {
    for text in [
        "/run/secrets/oidc",
        "file:/run/secrets/x",
        "./secret",
        "changeme",
        "CHANGE_ME",
        "your-client-secret",
        "********",
        "[REDACTED]",
        "null",
        "__SECRET__",
        "$(cat /run/secrets/x)",
        "%env(X)%",
        "{env.X}",
        "$env:X",
        "${SECRET}",
        "{{ secret }}",
        "<secret>",
    ] {
        expect(text, QUICK, "mismatch", &["placeholder"], "the secret is");
    }
}

#[test]
fn a_truncated_digest_is_not_reported_as_expanded() {
    let (without_end, without_start) =
        ("$pbkdf2-sha512$310000$1eos2Yz2qfuAC8", "bkdf2-sha512$310000$c8p78n7p$JNRBzwAo0ek5");
    expect(SECRET, without_end, "invalid", &["malformed"], "key is missing");
    expect(SECRET, without_start, "invalid", &["malformed"], "must start with `$`");
}

#[test]
fn text_around_the_secret_on_its_line_is_found() {
    for (given, code) in [
        (format!("\"{SECRET}"), "quotes"),
        (format!("{SECRET}'"), "quotes"),
        (format!("{SECRET} # kasm"), "label"),
        (format!("\"client_secret\": \"{SECRET}\","), "label"),
        (format!("  client_secret: \"{SECRET}\""), "label"),
        (format!("\u{feff}{SECRET}\r\n"), "line-end"),
    ] {
        let (verdict, codes, message) = diagnose(&given, QUICK);
        assert_eq!(
            (&*verdict, &*codes),
            ("mismatch", &[code.to_owned()][..]),
            "{given:?} {message}"
        );
    }
    let long = "a".repeat(72);
    let lines = python("re.sub('(.{60})', r'\\1\\n', s.encode().hex())", &long);
    expect(&lines, &digest_of(&long), "mismatch", &["encoding"], "from hex");
}

#[test]
fn a_label_before_a_digest_of_another_system_is_found() {
    let django = run(&["hash", "--for", "django"], SECRET).result().trim().to_owned();
    let text = format!("SECRET={django}");
    expect(SECRET, &text, "invalid", &["label", "other-dialect"], "text before");
}
