//! `diagnose`: finds exactly the changes that real programs make to secrets and digests.

use std::io::Write;
use std::process::{Command, Stdio};

use super::{QUICK, SEED, finish, folder, run};
use serde_json::{Value, json};

const SECRET: &str = "insecure_secret";

/// Returns the verdict, the codes of the findings, and the first message.
fn diagnose(secret: impl AsRef<[u8]>, digest: &str) -> (String, Vec<String>, String) {
    let folder = folder();
    let file = folder.path().join("digest");
    std::fs::write(&file, digest).unwrap();
    let file = file.to_str().unwrap();
    let args = ["diagnose", "--raw", "--format", "json", "--digest-file", file];
    let run = run(&args, secret.as_ref());
    let json: Value = serde_json::from_str(&run.stdout).unwrap();
    let findings = json["findings"].as_array().unwrap();
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap().to_owned();
    let codes = findings.iter().map(|finding| text(finding, "code")).collect();
    let message = findings.first().map(|f| text(f, "message")).unwrap_or_default();
    let verdict = json["verdict"].as_str().unwrap().to_owned();
    let is_wrong =
        |finding: &Value| finding["severity"] != "note" && finding["code"] != "over-limits";
    let code = match &*verdict {
        _ if findings.iter().any(is_wrong) => 1,
        "match" => 0,
        "mismatch" => 1,
        _ => 2,
    };
    assert_eq!(run.code, Some(code), "{json}");
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
fn digest_of(secret: impl AsRef<[u8]>) -> String {
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
    let left = python(r"re.sub(r'\$(.)', '', s)", secret);
    expect(secret, &digest_of(&left), "mismatch", &["expanded"], "as make does");
    let doubled = python("s.replace('$', '$$')", secret);
    expect(secret, &digest_of(&doubled), "mismatch", &["doubled-dollars"], "writing $$ for each $");
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
            "decoding it twice from base64",
        ),
        (format!("\u{feff}\"{SECRET}\""), &["characters"], "and then removing the quotes"),
    ] {
        expect(&given, QUICK, "mismatch", codes, words);
    }
    // One change on each side.
    let digest = digest_of(format!("{SECRET}\n"));
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
    let run = run(&["diagnose", digest], SECRET);
    let lines: Vec<_> = run.stdout.lines().collect();
    assert_eq!((run.code, lines[0], lines[3].trim()), (Some(1), "invalid", digest));
    assert_eq!(lines[4].find('^').unwrap(), lines[3].find(',').unwrap());
}

#[test]
fn secrets_from_the_candidates_file_are_tried() {
    let folder = folder();
    let file = folder.path().join("candidates");
    std::fs::write(&file, format!("one\ntwo\n{SECRET}\nthree\n")).unwrap();
    let file = file.to_str().unwrap();
    let args = ["diagnose", "--candidates", file, "--format", "json", QUICK];
    let output = run(&args, "other");
    let output: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(output["verdict"], "mismatch");
    assert_eq!(output["findings"][0]["code"], "other-secret");
    assert!(output["findings"][0]["message"].as_str().unwrap().contains("line 3 of"), "{output}");
    run(&["verify", "--candidates", file, QUICK], "x").fails_with(&["`oidc-secret diagnose`"]);
    run(&["verify", "--diagnose", QUICK], "x").fails_with(&["`oidc-secret diagnose`"]);
    run(&["diagnose", "--candidates", "/nonexistent", QUICK], "x").fails_with(&["/nonexistent"]);
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
            let args = ["diagnose", "--format", format, "--raw", &digest];
            let run = run(&args, &given);
            assert!(!format!("{}{}", run.stdout, run.stderr).contains("hunter2"), "{}", run.stdout);
        }
    }
}

#[test]
fn the_text_output_begins_with_the_verdict() {
    let run = run(&["diagnose", "--raw", QUICK], format!("{SECRET}\n"));
    assert_eq!(run.code, Some(1));
    let lines: Vec<_> = run.stdout.lines().collect();
    assert_eq!((lines[0], lines[1]), ("mismatch", ""));
    assert!(lines[2].starts_with("error line-end: the secret matches after"), "{}", run.stdout);
    assert!(lines[3].starts_with("  write the application's secret file with `printf %s`"));
    let good = super::run(&["diagnose", QUICK], SECRET);
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
    // The same LDAP schemes are read as by `verify`.
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
fn a_random_secret_is_not_mistaken_for_a_placeholder() {
    let secret = "<kT8vQ2m!Z0x(LpR7c>";
    expect(secret, QUICK, "mismatch", &["nothing-matches"], "no known cause");
    for secret in [secret, "<secret>", "changeme"] {
        expect(secret, &digest_of(secret), "match", &[], "");
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

/// Returns a script's output for a secret, which is its `$0`.
fn sh(script: &str, secret: &str) -> String {
    through("sh", &["-c", script, secret], "")
}

#[test]
fn a_truncated_secret_is_found_with_its_length() {
    let secret = "kT8vQ2mZ0x".repeat(30);
    for limit in [32, 36, 40, 50, 60, 63, 64, 72, 100, 127, 128, 255, 256] {
        let part = python(&format!("s[:{limit}]"), &secret);
        let words = format!("truncating it after {limit} characters");
        expect(&secret, &digest_of(&part), "mismatch", &["incomplete-secret"], &words);
    }
    expect(
        &secret,
        &digest_of(&secret[..41]),
        "mismatch",
        &["unusual-length", "nothing-matches"],
        "300",
    );
}

#[test]
fn a_secret_that_ends_at_a_special_character_is_found() {
    for mark in ["#", ";", "$", "&", "%", "=", "\"", "'", "`"] {
        let secret = format!("p4ss{mark}-Word{mark}2");
        let part = python(&format!("s.split({mark:?})[0]"), &secret);
        let words = format!("truncating it at its first {mark}");
        expect(&secret, &digest_of(&part), "mismatch", &["incomplete-secret"], &words);
    }
    let secret = "correct horse battery";
    let part = sh("set -- $0; printf %s \"$1\"", secret);
    expect(secret, &digest_of(&part), "mismatch", &["incomplete-secret"], "at its first blank");
    let commented = python("__import__('shlex').split(s, comments=True)[0]", "p4ss#-word");
    expect("p4ss#-word", &digest_of(&commented), "mismatch", &["incomplete-secret"], "first #");
    let lines = format!("{SECRET}\r\nanother line");
    let first = python("s.splitlines()[0]", &lines);
    expect(&lines, &digest_of(&first), "mismatch", &["incomplete-secret"], "its first line only");
}

#[test]
fn a_lost_prefix_or_end_of_a_secret_is_found() {
    for (secret, mark) in [("ABC-1_x:y", "-"), ("ABC_1-x:y", "_"), ("a/b:c-d_e", ":")] {
        let rest = python(&format!("s.split('{mark}', 1)[1]"), secret);
        let words = format!("removing everything up to its first {mark}");
        expect(secret, &digest_of(&rest), "mismatch", &["incomplete-secret"], &words);
    }
    for (script, words) in [
        ("s[1:]", "removing its first character"),
        ("s[:-1]", "removing its last character"),
        ("s[0] + s", "doubling its first character"),
        ("s + s[-1]", "doubling its last character"),
    ] {
        let digest = digest_of(python(script, SECRET));
        expect(SECRET, &digest, "mismatch", &["incomplete-secret"], words);
    }
}

#[test]
fn lost_and_added_padding_is_found() {
    let padded = python("__import__('base64').b64encode(s.encode()).decode()", "sixteen letters!");
    let bare = sh("printf %s \"$0\" | tr -d =", &padded);
    assert_eq!(padded.len(), bare.len() + 2);
    let found = |given: &str, digest: &str, words: &str| {
        expect(given, &digest_of(digest), "mismatch", &["padding"], words);
    };
    found(&padded, &bare, "removing the = at its end");
    found(&bare, &padded, "adding the = that base64 has");
    found(&padded, &padded[..padded.len() - 1], "removing the last =");
    let labelled = format!("SECRET='{padded}'");
    expect(&labelled, &digest_of(&bare), "mismatch", &["label"], "and then removing the =");
}

#[test]
fn the_other_alphabet_of_base64_is_found() {
    let encoded = |name: &str| {
        let script = format!("__import__('base64').{name}(bytes(range(240, 256)) * 2).decode()");
        python(&script, "")
    };
    let (standard, urls) = (encoded("b64encode"), encoded("urlsafe_b64encode"));
    let bare = urls.trim_end_matches('=');
    assert!(standard.contains(['+', '/']) && urls.contains(['-', '_']) && bare != urls);
    let found = |given: &str, digest: &str, codes: &[&str], words: &str| {
        expect(given, &digest_of(digest), "mismatch", codes, words);
    };
    found(&urls, &standard, &["base64-alphabet"], "writing + and / for its - and _");
    found(&standard, &urls, &["base64-alphabet"], "writing - and _ for its + and /");
    found(bare, &standard, &["padding"], "and then writing + and /");
    found(&standard, bare, &["padding"], "and then writing - and _");
}

#[test]
fn secrets_that_are_wrapped_into_lines_are_found() {
    let bytes = "0123456789abcdef".repeat(6);
    for (program, length) in [("openssl base64", 64), ("base64", 76)] {
        let lines = sh(&format!("printf %s \"$0\" | {program}"), &bytes);
        let secret: String = lines.split_whitespace().collect();
        let words = format!("wrapping it at {length} characters");
        let trimmed = lines.trim_end();
        expect(&secret, &digest_of(trimmed), "mismatch", &["line-end"], &words);
        let words = format!("{words}, with a newline at its end");
        expect(&secret, &digest_of(&lines), "mismatch", &["line-end"], &words);
        expect(trimmed, &digest_of(&secret), "mismatch", &["space"], "white space within it");
        let words = format!("in base64 with lines of {length} characters");
        expect(&bytes, &digest_of(trimmed), "mismatch", &["encoding"], &words);
        expect(&lines, &digest_of(&bytes), "mismatch", &["encoding"], "from base64");
    }
}

#[test]
fn escapes_of_html_and_json_are_found_in_both_directions() {
    let secret = "a<b>&\"c'+\\é/~";
    let html = "__import__('html').escape(s)";
    let replaced = |double: &str, single: &str| {
        format!("{html}.replace('&quot;', '{double}').replace('&#x27;', '{single}')")
    };
    for (script, words) in [
        (html.to_owned(), "escaping it for HTML:"),
        ("__import__('html').escape(s, quote=False)".to_owned(), "HTML, except for quotes"),
        (replaced("&#34;", "&#39;"), "with &#34; and &#39; for quotes"),
        (replaced("&quot;", "&#039;"), "with &quot; and &#039; for quotes"),
    ] {
        let escaped = python(&script, secret);
        expect(secret, &digest_of(&escaped), "mismatch", &["encoding"], words);
        expect(&escaped, &digest_of(secret), "mismatch", &["encoding"], "its HTML entities");
    }
    let json = "__import__('json').dumps(s, ensure_ascii=False)";
    let go = "__import__('re').sub('[<>&]', lambda c: '\\\\u%04x' % ord(c[0]), J)[1:-1]";
    for (script, words) in [
        (format!("{json}[1:-1]"), "escaping it as JSON:"),
        ("__import__('json').dumps(s)[1:-1]".to_owned(), "before all that is not ASCII"),
        (go.replace('J', json), "as Go writes them"),
        (format!("{json}[1:-1].replace('/', '\\\\/')"), "with \\/ for each /"),
        (json.to_owned(), "as a JSON string, with its quotes"),
    ] {
        let escaped = python(&script, secret);
        expect(secret, &digest_of(&escaped), "mismatch", &["backslashes"], words);
        expect(&escaped, &digest_of(secret), "mismatch", &["backslashes"], "backslashes");
    }
}

#[test]
fn utf_16_and_byte_order_marks_are_found_in_both_directions() {
    let iconv = |to: &str, text: &str| {
        let script = format!("sys.stdout.buffer.write(sys.stdin.read().encode('{to}'))");
        let mut command = Command::new("python3");
        command.args(["-c", &format!("import sys\n{script}")]).stdin(Stdio::piped());
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        child.wait_with_output().unwrap().stdout
    };
    let mark = "\u{feff}";
    for (to, text, words) in [
        ("utf-16-le", SECRET.to_owned(), "(little-endian):"),
        ("utf-16-le", format!("{mark}{SECRET}"), "(little-endian) with a byte order mark:"),
        ("utf-16-le", format!("{mark}{SECRET}\r\n"), "(little-endian) with a byte order mark, a"),
        ("utf-16-be", SECRET.to_owned(), "(big-endian):"),
        ("utf-16-be", format!("{mark}{SECRET}"), "(big-endian) with a byte order mark:"),
    ] {
        let bytes = iconv(to, &text);
        expect(SECRET, &digest_of(&bytes), "mismatch", &["encoding"], words);
        let (_, codes, message) = diagnose(&bytes, QUICK);
        assert_eq!((&*codes, message.contains("UTF-16")), (&["encoding".to_owned()][..], true));
    }
    let windows = iconv("utf-8-sig", &format!("{SECRET}\r\n"));
    let words = "adding a byte order mark at the beginning, and a carriage return and a newline";
    expect(SECRET, &digest_of(&windows), "mismatch", &["characters"], words);
    let words = "removing the line ends around it and then";
    let windows = String::from_utf8(windows).unwrap();
    let (_, codes, message) = diagnose(&windows, QUICK);
    assert!(codes == ["line-end"] && message.contains("a byte order mark"), "{words} {message}");
}

#[test]
fn base64_of_base64_is_found_in_both_directions() {
    let digest = digest_of(SECRET);
    for (script, words) in [
        ("printf %s \"$0\" | base64 -w0 | base64 -w0", "encoding it twice in base64:"),
        ("printf %s \"$0\" | base64 | base64", "twice in base64, with a newline in between"),
        ("echo \"$0\" | base64 | base64", "adding a newline and encoding it twice"),
    ] {
        let twice = sh(script, SECRET);
        expect(SECRET, &digest_of(twice.trim_end()), "mismatch", &["encoding"], words);
        expect(&twice, &digest, "mismatch", &["encoding"], "from base64");
    }
}

#[test]
fn a_finding_names_the_character_and_its_place() {
    for (given, code, words) in [
        (format!("\u{feff}{SECRET}"), "characters", "a byte order mark at the beginning"),
        (format!("{SECRET}\u{a0}"), "space", "a non-breaking space at the end"),
        (format!("{SECRET}\t"), "space", "a tab at the end"),
        (SECRET.replace('_', "\u{200b}_"), "characters", "a zero-width space at position 9"),
        (SECRET.replace('_', "_\u{ad}"), "characters", "a soft hyphen at position 10"),
    ] {
        expect(&given, QUICK, "mismatch", &[code], words);
    }
}

#[test]
fn an_unusual_length_is_hinted_at() {
    let secret = run(&["rand", "-n", "69", "--charset", "rfc3986"], "").result();
    let words = "the secret has 69 characters; secrets made by `new` have 72";
    expect(secret.trim(), QUICK, "mismatch", &["unusual-length", "nothing-matches"], words);
    let usual = run(&["rand", "-n", "72", "--charset", "rfc3986"], "").result();
    expect(usual.trim(), QUICK, "mismatch", &["nothing-matches"], "no known cause");
}

#[test]
fn the_rest_of_a_truncated_digest_proves_the_secret() {
    let digest = run(&["hash", "-i", "100000"], SECRET).result();
    let digest = digest.trim();
    let part = python("s[:-1]", digest);
    let words = "the digest was truncated: the last character of its key is only a part of a byte; \
                 once that is undone, the secret matches";
    expect(SECRET, &part, "invalid", &["malformed", "key-truncated"], words);
    expect("other", &part, "invalid", &["malformed", "key-truncated"], "a part of a byte");
    let first_line = sh("printf %s \"$0\" | fold -w 76 | head -n 1", digest);
    let words = "the secret matches what is left of it";
    expect(SECRET, &first_line, "match", &["key-truncated"], words);
}

#[test]
fn the_secret_of_another_client_is_found() {
    let folder = folder();
    let file = folder.path().join("configuration.yml");
    let client = |id: &str, secret: &str| {
        format!("      - client_id: {id}\n        client_secret: '{}'\n", digest_of(secret))
    };
    let clients = ["kasm", "grafana", "gitea"].map(|id| client(id, &format!("{id}-secret")));
    let text = format!("identity_providers:\n  oidc:\n    clients:\n{}", clients.concat());
    std::fs::write(&file, text).unwrap();
    let file = file.to_str().unwrap();
    let args = ["diagnose", "--config", file, "--client", "kasm", "--format", "json"];
    let found = |secret: &str| -> Value {
        let output = run(&args, secret);
        assert_eq!(output.code, Some(1), "{}", output.stderr);
        serde_json::from_str(&output.stdout).unwrap()
    };
    let output = found("gitea-secret");
    assert_eq!(output["findings"][0]["code"], "other-client");
    let message = output["findings"][0]["message"].as_str().unwrap();
    assert!(
        message.starts_with("this is the secret of gitea (") && message.ends_with("line 8)"),
        "{message}"
    );
    assert_eq!(found("unknown")["findings"][0]["code"], "nothing-matches");
}

/// Diagnoses the secret and the digest in two files of a case.
#[track_caller]
fn expect_case(case: &str, secret: &str, digest: &str, codes: &[&str], words: &str) {
    let folder = format!("{}/tests/cases/{case}", env!("CARGO_MANIFEST_DIR"));
    let read = |name: &str| std::fs::read_to_string(format!("{folder}/{name}.txt")).unwrap();
    let (given, digest) = (read(secret), read(digest));
    let (given, digest) = (given.trim_end_matches('\n'), digest.trim_end());
    expect(given, digest, "mismatch", codes, words);
}

#[test]
fn the_case_of_truncated_and_padded_secrets_is_explained() {
    for (secret, digest, code, words) in [
        ("secret-128", "digest-first-40", "incomplete-secret", "after 40 characters"),
        ("secret-128", "digest-first-64", "incomplete-secret", "after 64 characters"),
        ("secret-128", "digest-first-72", "incomplete-secret", "after 72 characters"),
        ("secret-128", "digest-first-100", "incomplete-secret", "after 100 characters"),
        ("secret-128", "digest-first-127", "incomplete-secret", "after 127 characters"),
        ("secret-hash", "digest-up-to-hash", "incomplete-secret", "at its first #"),
        ("secret-padded", "digest-unpadded", "padding", "removing the = at its end"),
        ("secret-unpadded", "digest-padded", "padding", "adding the = that base64 has"),
        ("secret-env-line", "digest-padded", "label", "the label before it"),
        ("secret-env-quoted", "digest-padded", "label", "the label before it"),
        ("secret-export", "digest-padded", "label", "the label before it"),
        ("secret-yaml-line", "digest-padded", "label", "the label before it"),
        ("secret-json", "digest-padded", "label", "the JSON around it"),
        ("secret-env-line", "digest-unpadded", "label", "and then removing the ="),
    ] {
        expect_case("truncated-or-padded", secret, digest, &[code], words);
    }
}

#[test]
fn the_case_of_escaped_secrets_is_explained() {
    for (secret, digest, code, words) in [
        ("s-html", "d", "encoding", "decoding its HTML entities"),
        ("s", "d-html", "encoding", "escaping it for HTML"),
        ("s-gojson", "d", "backslashes", "as JSON does"),
        ("s", "d-gojson", "backslashes", "as Go writes them"),
        ("s-json", "d", "backslashes", "removing its backslashes"),
        ("s-printf-q", "d", "backslashes", "removing its backslashes"),
        ("s-compose", "d", "doubled-dollars", "writing $ for each $$"),
        ("s-url", "d", "form-encoding", "decoding"),
        ("s-url2", "d", "form-encoding", "and then form-decoding it"),
        ("s", "d-expanded", "expanded", "as a shell"),
        ("s2-bash-hist", "d2", "backslashes", "removing its backslashes"),
        // The digest has more than the secret, so that nothing can prove the cause.
        ("s-expanded", "d", "nothing-matches", "no known cause"),
        ("s2-md", "d2", "nothing-matches", "no known cause"),
    ] {
        expect_case("escaped-secret", secret, digest, &[code], words);
    }
}

#[test]
fn a_key_of_one_byte_proves_nothing() {
    let digest = "$pbkdf2-sha512$1000$c8p78n7pUMln0jzvd4aK4Q$QQ";
    for number in 0..20 {
        let (_, codes, message) = diagnose(format!("secret {number}"), digest);
        assert!(!message.contains("matches after"), "{number}: {codes:?} {message}");
    }
}
