//! `diagnose` of a client: what its entry, its application and Authelia's log show.

use std::fmt::Write as _;

use serde_json::Value;

use super::{QUICK, Run, SEED, folder, run};

const SECRET: &str = "insecure_secret";

/// The entry of a client that is right in every way, except for these lines.
fn entry(id: &str, lines: &str) -> String {
    format!(
        "      - client_id: {id}
        client_secret: '{QUICK}'
        redirect_uris: ['https://{id}.example.com/callback']
{lines}"
    )
}

fn configuration(entries: &str) -> String {
    format!("identity_providers:\n  oidc:\n    clients:\n{entries}")
}

/// Files in a folder, by their names.
struct Files(tempfile::TempDir);

impl Files {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = folder();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        Self(folder)
    }

    /// Runs `diagnose`, with `@NAME` for the path of a file.
    fn diagnose(&self, args: &[&str], secret: &str) -> Run {
        let path = |arg: &&str| match arg.strip_prefix('@') {
            Some(name) => self.0.path().join(name).to_str().unwrap().to_owned(),
            None => (*arg).to_owned(),
        };
        let args: Vec<_> =
            std::iter::once("diagnose".to_owned()).chain(args.iter().map(path)).collect();
        run(&args.iter().map(String::as_str).collect::<Vec<_>>(), secret)
    }

    fn json(&self, args: &[&str], secret: &str) -> Value {
        let run = self.diagnose(&[args, &["--format", "json"]].concat(), secret);
        let mut json: Value = serde_json::from_str(&run.stdout).unwrap();
        json["code"] = run.code.into();
        json
    }
}

/// Returns the code, the line and the key of each finding.
fn places(json: &Value) -> Vec<(&str, Option<u64>, Option<&str>)> {
    let place = |finding: &'_ Value| finding["where"]["line"].as_u64();
    let findings = json["findings"].as_array().unwrap().iter();
    findings.map(|f| (f["code"].as_str().unwrap(), place(f), f["where"]["key"].as_str())).collect()
}

#[test]
fn a_good_client_has_no_finding() {
    let files = Files::new(&[("c.yml", &configuration(&entry("wiki", "")))]);
    let run = files.diagnose(&["-q", "--config", "@c.yml", "--client", "wiki"], SECRET);
    assert_eq!(run.result(), "match\n");
    let json = files.json(&["--config", "@c.yml"], SECRET);
    assert_eq!((&json["verdict"], &json["code"]), (&"match".into(), &0.into()));
    assert_eq!(places(&json), []);
    // What was not looked at is said.
    let run = files.diagnose(&["--config", "@c.yml"], SECRET);
    assert!(run.stderr.contains("--app") && run.stderr.contains("--log"), "{}", run.stderr);
}

#[test]
fn a_matching_secret_is_not_the_end() {
    for (lines, code, line, key) in [
        ("        public: true\n", "unexpected-secret", 5, "client_secret"),
        ("        token_endpoint_auth_method: none\n", "unexpected-secret", 5, "client_secret"),
        (
            "        token_endpoint_auth_method: client_secret_get\n",
            "unknown-value",
            7,
            "token_endpoint_auth_method",
        ),
        (
            "        token_endpoint_auth_method: client_secret_jwt\n",
            "plaintext-needed",
            5,
            "client_secret",
        ),
        ("        redirect_urls: []\n", "unknown-key", 7, "redirect_urls"),
    ] {
        let files = Files::new(&[("c.yml", &configuration(&entry("wiki", lines)))]);
        let json = files.json(&["--config", "@c.yml"], SECRET);
        assert_eq!(json["verdict"], "match", "{lines}");
        assert_eq!(json["code"], 1, "{lines}");
        assert!(places(&json).contains(&(code, Some(line), Some(key))), "{lines}{json}");
    }
}

#[test]
fn the_files_that_authelia_does_not_take_are_named() {
    let (old, new) = (configuration(&entry("wiki", "")), configuration(&entry("kasm", "")));
    let files = Files::new(&[("a.yml", &old), ("b.yml", &new)]);
    let both = ["--config", "@a.yml", "--config", "@b.yml"];
    let json = files.json(&[&both[..], &["--client", "wiki"]].concat(), "x");
    assert_eq!(places(&json), [("overridden", Some(4), Some("client_id"))]);
    assert!(json["findings"][0]["message"].as_str().unwrap().contains("does not have this client"));
    assert_eq!((&json["verdict"], &json["code"]), (&Value::Null, &1.into()));
    // The secret of another client proves which one is meant, and is no reason to change the secret.
    let json = files.json(&[&both[..], &["--client", "wiki"]].concat(), SECRET);
    assert_eq!(places(&json)[0].0, "overridden");
    assert!(json["findings"][1]["fix"].as_str().unwrap().starts_with("Use the id"), "{json}");
    // Of a client that both have, the last one counts.
    let files = Files::new(&[("a.yml", &old.replace(QUICK, SEED)), ("b.yml", &old)]);
    let json = files.json(&both, SECRET);
    assert_eq!(json["verdict"], "match");
    assert_eq!(places(&json), [("overridden", Some(4), Some("client_id"))]);
    let [a, b] = ["a.yml", "b.yml"].map(|name| files.0.path().join(name));
    std::fs::write(&b, &new).unwrap();
    let args = ["verify", "-c", a.to_str().unwrap(), "-c", b.to_str().unwrap(), "--client", "wiki"];
    run(&args, SECRET).fails_with(&["a.yml, line 4", "b.yml", "does not have this client"]);
}

#[test]
fn an_unknown_id_is_compared_with_the_others() {
    let entries = entry("wiki", "") + &entry("kasm", "");
    let files = Files::new(&[("c.yml", &configuration(&entries))]);
    let json = files.json(&["--config", "@c.yml", "--client", "Wiki"], "");
    assert_eq!(places(&json), [("unknown-client", Some(4), Some("clients"))]);
    assert!(
        json["findings"][0]["message"].as_str().unwrap().ends_with("wiki is similar"),
        "{json}"
    );
    let json = files.json(&["--config", "@c.yml", "--client", "immich"], "");
    assert!(!json["findings"][0]["message"].as_str().unwrap().contains("similar"), "{json}");
    let json = files.json(&["--config", "@c.yml", "--client", "kasm"], "");
    assert_eq!((places(&json), &json["code"]), (vec![], &2.into()));
    let twice = Files::new(&[("c.yml", &configuration(&(entry("wiki", "") + &entry("wiki", ""))))]);
    let json = twice.json(&["--config", "@c.yml", "--client", "wiki"], "");
    assert_eq!(places(&json)[0].0, "duplicate-client-id");
}

#[test]
fn without_an_id_the_secret_or_the_digest_tells_the_client() {
    let entries = entry("wiki", "").replace(QUICK, SEED) + &entry("kasm", "        public: true\n");
    let files = Files::new(&[("c.yml", &configuration(&entries))]);
    let run = files.diagnose(&["--config", "@c.yml", QUICK], SECRET);
    assert!(run.stderr.contains("the client is kasm (line 7)"), "{}", run.stderr);
    assert!(run.stdout.contains("client kasm, client_secret"), "{}", run.stdout);
    // Its work factor is high enough to tell the two apart: the first match is taken.
    let run = files.diagnose(&["--config", "@c.yml"], SECRET);
    assert!(run.stderr.contains("the client is wiki (line 4)"), "{}", run.stderr);
    files
        .diagnose(&["--config", "@c.yml"], "other")
        .fails_with(&["none of the 2 clients", "wiki, kasm"]);
    files.diagnose(&["--config", "@c.yml"], "").fails_with(&["--client is missing"]);
    let run = files.diagnose(&["--config", "@c.yml", "--app", "kasm-workspaces"], "");
    assert!(run.stderr.contains("the client is kasm (line 7)"), "{}", run.stderr);
}

#[test]
fn a_given_digest_is_looked_for_in_the_configuration() {
    let entries = entry("wiki", "").replace(QUICK, SEED) + &entry("kasm", "");
    let files = Files::new(&[("c.yml", &configuration(&entries))]);
    let message = |digest: &str| {
        let json = files.json(&["--config", "@c.yml", "--client", "wiki", digest], SECRET);
        assert_eq!((&json["verdict"], &json["code"]), (&"match".into(), &1.into()));
        assert_eq!(json["findings"][0]["code"], "other-digest");
        json["findings"][0]["message"].as_str().unwrap().to_owned()
    };
    assert!(message(QUICK).contains("this one is that of kasm ("));
    let unknown = run(&["hash", "-q", "-a", "sha512crypt", "-i", "1000"], SECRET).result();
    assert!(message(unknown.trim()).contains("no client has this one"));
}

#[test]
fn the_needs_of_the_application_are_compared() {
    let kasm = |from: &str, to: &str| {
        let lines = "        scopes: ['openid', 'profile', 'groups', 'email']\n";
        let text = configuration(&entry("x", lines)).replace("/callback", "/api/oidc_callback");
        let files = Files::new(&[("c.yml", &text.replace(from, to))]);
        let json = files.json(&["--config", "@c.yml", "--app", "kasm-workspaces"], SECRET);
        assert_eq!(json["verdict"], "match");
        places(&json).iter().map(|place| format!("{place:?}")).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(kasm("", ""), "");
    let redirect = r#"("redirect-mismatch", Some(6), Some("redirect_uris"))"#;
    assert_eq!(kasm("oidc_callback", "oidc_callback/"), redirect);
    assert_eq!(kasm("oidc_callback", "oidc-callback"), redirect);
    assert_eq!(kasm("/api/oidc_callback", "/API/oidc_callback"), redirect);
    assert_eq!(kasm("'groups', ", ""), r#"("scope-not-allowed", Some(7), Some("scopes"))"#);
    for (line, expected) in [
        ("require_pkce: true", r#"("pkce-missing", Some(7), Some("require_pkce"))"#),
        (
            "token_endpoint_auth_method: client_secret_post",
            r#"("method-mismatch", Some(7), Some("token_endpoint_auth_method"))"#,
        ),
        (
            "grant_types: ['refresh_token']",
            r#"("grant-not-allowed", Some(7), Some("grant_types"))"#,
        ),
    ] {
        let found = kasm("        scopes:", &format!("        {line}\n        scopes:"));
        assert!(found.contains(expected), "{line}: {found}");
    }
    let files = Files::new(&[("c.yml", &configuration(&entry("x", "")))]);
    files
        .diagnose(&["--config", "@c.yml", "--app", "kasm-workspacez"], SECRET)
        .fails_with(&["kasm-workspaces"]);
    files.diagnose(&["--app", "kasm-workspaces", QUICK], SECRET).fails_with(&["--config"]);
}

/// A line of Authelia's log about a refused token request.
fn line(message: &str) -> String {
    format!(
        "time=\"2026-01-02T03:04:05Z\" level=error msg=\"Access Request failed with error: {message}\" \
         method=POST path=/api/oidc/token\n"
    )
}

const WRONG_METHOD: &str = "Client authentication failed. The request was determined to be using \
    'token_endpoint_auth_method' method 'client_secret_post', however the OAuth 2.0 client \
    registration does not allow this method. The registered client with id 'wiki' is configured to \
    only support 'token_endpoint_auth_method' method 'client_secret_basic'.";
const WRONG_SECRET: &str = "Client authentication failed. The provided client secret did not match \
                            the registered client secret.";

#[test]
fn a_line_of_the_log_is_followed_to_the_line_of_the_configuration() {
    let lines = "        scopes: ['openid']
        require_pkce: true
        pkce_challenge_method: S256
        grant_types: ['authorization_code']
";
    let files = Files::new(&[("c.yml", &configuration(&entry("wiki", lines)))]);
    for (message, code, line_to_change, key) in [
        (WRONG_SECRET, "wrong-secret", Some(5), Some("client_secret")),
        (WRONG_METHOD, "wrong-method", Some(4), Some("token_endpoint_auth_method")),
        (
            "The 'redirect_uris' registered with OAuth 2.0 Client with id 'wiki' did not match \
             'redirect_uri' value 'https://wiki.example.com/cb'.",
            "redirect-mismatch",
            Some(6),
            Some("redirect_uris"),
        ),
        (
            "The OAuth 2.0 Client is not allowed to request scope 'groups'.",
            "scope-not-allowed",
            Some(7),
            Some("scopes"),
        ),
        (
            "Clients must include a 'code_challenge' when performing the authorize code flow, but it \
             is missing. The client with id 'wiki' is registered in a way that enforces PKCE.",
            "pkce-missing",
            Some(8),
            Some("require_pkce"),
        ),
        (
            "Authorization was requested with 'code_challenge_method' value 'plain', but the \
             authorization server policy does not allow method 'plain' and requires method 'S256'.",
            "pkce-method",
            Some(9),
            Some("pkce_challenge_method"),
        ),
        (
            "The OAuth 2.0 Client is not allowed to use authorization grant 'refresh_token'.",
            "grant-not-allowed",
            Some(10),
            Some("grant_types"),
        ),
        (
            "The provided authorization grant is invalid. The authorization code has already been used.",
            "code-reused",
            None,
            None,
        ),
    ] {
        std::fs::write(files.0.path().join("log"), line(message)).unwrap();
        let json = files.json(&["--log", "@log", "--config", "@c.yml"], "");
        assert_eq!(places(&json), [(code, line_to_change, key)], "{message}");
        assert_eq!(json["code"], 1);
        assert_eq!(json["findings"][0]["log"]["first"]["line"], 1);
        assert_eq!(json["findings"][0]["log"]["first"]["time"], "2026-01-02T03:04:05Z");
    }
}

#[test]
fn unknown_clients_of_the_log_are_looked_for_in_all_files() {
    let unknown = line("Client with id 'wiki' does not appear to be a registered client.");
    let files = Files::new(&[
        ("log", &unknown),
        ("wiki.yml", &configuration(&entry("wiki", ""))),
        ("wikis.yml", &configuration(&entry("wikis", ""))),
    ]);
    let first = |args: &[&str]| {
        let json = files.json(&[&["--log", "@log"], args].concat(), "");
        (places(&json)[0].1, json["findings"][0]["message"].as_str().unwrap().to_owned(), json)
    };
    // The running provider has another configuration.
    let (line, _, json) = first(&["--config", "@wiki.yml"]);
    assert_eq!(line, Some(4));
    assert!(json["findings"][0]["fix"].as_str().unwrap().starts_with("Restart Authelia"), "{json}");
    let (line, message, _) = first(&["--config", "@wiki.yml", "--config", "@wikis.yml"]);
    assert!(line == Some(4) && message.contains("does not have this client"), "{message}");
    let (line, message, _) = first(&["--config", "@wikis.yml"]);
    assert!(line == Some(4) && message.ends_with("wikis is similar"), "{message}");
    let (line, message, _) = first(&[]);
    assert!(line.is_none() && message.contains("no client is registered"), "{message}");
}

#[test]
fn requests_of_a_client_are_counted() {
    let other = line("Client with id 'gitea' does not appear to be a registered client.");
    let mut log = "Jan 02 03:04:04 host systemd[1]: Started Authelia.\n".to_owned();
    for _ in 0..3 {
        let _ = write!(log, "authelia  | {}", line(WRONG_METHOD));
    }
    let entries = entry("wiki", "") + &entry("gitea", "");
    let files = Files::new(&[("log", &(log + &other)), ("c.yml", &configuration(&entries))]);
    let args = ["--log", "@log", "--config", "@c.yml", "--client", "wiki"];
    let json = files.json(&args, "");
    assert_eq!(places(&json).len(), 1);
    let group = &json["findings"][0]["log"];
    assert_eq!((&group["client"], &group["count"]), (&"wiki".into(), &3.into()));
    assert_eq!((&group["first"]["line"], &group["last"]["line"]), (&2.into(), &4.into()));
    assert_eq!((&json["log"]["lines"], &json["log"]["ignored"]), (&5.into(), &1.into()));
    let run = files.diagnose(&args, "");
    assert!(
        run.stdout.contains("log, lines 2 to 4, client wiki, 3 times, 2026-"),
        "{}",
        run.stdout
    );
    assert!(
        run.stderr.ends_with("log: 5 lines, 1 ignored, 1 about other clients\n"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_log_and_a_matching_secret_show_an_old_file() {
    let files = Files::new(&[
        ("log", &line(WRONG_SECRET)),
        ("c.yml", &configuration(&entry("wiki", ""))),
        ("secret", SECRET),
    ]);
    let args = ["--log", "@log", "--config", "@c.yml", "--secret-file", "@secret"];
    let json = files.json(&args, "");
    assert_eq!((&json["verdict"], &json["code"]), (&"match".into(), &1.into()));
    let fix = json["findings"][0]["fix"].as_str().unwrap();
    assert!(fix.contains("The secret given here is right") && fix.contains("restart"), "{fix}");
    // A proved cause comes before its effect in the log.
    std::fs::write(files.0.path().join("secret"), format!("'{SECRET}'")).unwrap();
    let json = files.json(&args, "");
    let codes: Vec<_> = places(&json).iter().map(|place| place.0).collect();
    assert_eq!(codes, ["quotes", "wrong-secret"]);
}

#[test]
fn what_cannot_be_said_is_exit_code_2() {
    let template = entry("wiki", "").replace(QUICK, "{{ secret \"/wiki\" }}");
    let files = Files::new(&[
        ("log", "nothing of interest\n"),
        ("c.yml", &configuration(&entry("wiki", ""))),
        ("template.yml", &configuration(&template)),
    ]);
    let fails = |args: &[&str], secret: &str, words: &[&str]| {
        let run = files.diagnose(args, secret);
        assert_eq!(run.code, Some(2), "{}{}", run.stdout, run.stderr);
        for word in words {
            assert!(run.stderr.contains(word), "{word}: {}", run.stderr);
        }
    };
    fails(&[], "", &["nothing to diagnose"]);
    fails(&[], SECRET, &["nothing is wrong with the secret alone", "--config"]);
    fails(&["--log", "@log"], "", &["no refused request in 1 line"]);
    fails(&["--config", "@c.yml"], "", &["no secret was compared"]);
    fails(&["--config", "@template.yml"], SECRET, &["a template", "--resolve"]);
    fails(&["--log", "-", "--config", "-"], "", &["cannot both be standard input"]);
    fails(&["--log", "-", "--secret-file", "-"], "", &["cannot both be standard input"]);
    fails(&["--log", "@missing"], "", &["cannot read"]);
    fails(&["--client", "wiki", "--at", "x", QUICK], SECRET, &["--at"]);
    // A secret alone can show that something is wrong.
    let run = files.diagnose(&[], "${SECRET}");
    assert!(run.code == Some(1) && run.stdout.starts_with("error placeholder"), "{}", run.stdout);
}

#[test]
fn a_log_may_have_any_bytes() {
    let mut log: Vec<u8> = (0..200_000_u32).flat_map(u32::to_le_bytes).collect();
    log.extend(std::iter::repeat_n(b'a', 3 << 20));
    log.push(b'\n');
    log.extend(line(WRONG_METHOD).into_bytes());
    let run = run(&["diagnose", "--log", "-"], &log);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(run.stdout.starts_with("error wrong-method"), "{}", run.stdout);
}

#[test]
fn no_output_of_a_log_has_a_secret() {
    let message = "The 'redirect_uris' registered with OAuth 2.0 Client with id 'wiki' did not match \
                   'redirect_uri' value 'https://wiki.example.com/cb?client_secret=hunter2&code=hunter2'.";
    for format in ["text", "json"] {
        let run = run(&["diagnose", "--log", "-", "--format", format], line(message));
        assert_eq!(run.code, Some(1));
        assert!(!format!("{}{}", run.stdout, run.stderr).contains("hunter2"), "{}", run.stdout);
    }
}

/// The faults of secrets that people report, each with the finding that explains it.
#[test]
fn faults_in_the_value_of_a_secret_are_found_where_they_are() {
    let doubled = format!("'{}'", QUICK.replace('$', "$$"));
    let large = "'$argon2id$v=19$m=4294967295,t=3,p=4$D+aISAJ4lET8vbRHs4eP8A$hxU6gloNNiPCsDfNWna83gElJRcouTV/+wfEMVR+X7o'";
    for (value, secret, code) in [
        (&*format!("'{}'", &QUICK[1..]), SECRET, "lost-dollar"),
        (&*doubled, SECRET, "doubled-dollars"),
        ("'hunter2'", "hunter2", "plaintext-secret"),
        ("0123456", "0123456", "unknown-value"),
        ("''", SECRET, "missing-secret"),
        (large, SECRET, "over-memory"),
        (&*format!("'{SEED}'"), SECRET, "known-example"),
        ("'{{ secret \"/x\" }}'", SECRET, "unresolved"),
    ] {
        let text = configuration(&entry("wiki", "").replace(&format!("'{QUICK}'"), value));
        let files = Files::new(&[("c.yml", &text)]);
        let json = files.json(&["--config", "@c.yml"], secret);
        let found = places(&json);
        let first = found.iter().find(|(found, ..)| *found != "over-limits");
        assert_eq!(first.map(|f| (f.0, f.1)), Some((code, Some(5))), "{value}: {json}");
    }
}

#[test]
fn a_log_of_another_configuration_asks_for_a_restart() {
    let other = "        token_endpoint_auth_method: client_secret_post\n";
    let public = WRONG_METHOD.replace("'client_secret_basic'", "'none'");
    let registered = "The 'redirect_uris' registered with OAuth 2.0 Client with id 'wiki' did not \
                      match 'redirect_uri' value 'https://wiki.example.com/callback'.";
    for (lines, message) in [(other, WRONG_METHOD), ("", &public), ("", registered)] {
        let files = Files::new(&[
            ("log", &line(message)),
            ("c.yml", &configuration(&entry("wiki", lines))),
        ]);
        let json = files.json(&["--log", "@log", "--config", "@c.yml"], "");
        let fix = json["findings"][0]["fix"].as_str().unwrap();
        assert!(fix.starts_with("Restart Authelia"), "{message} {fix}");
    }
}

#[test]
fn a_log_that_is_not_text_is_named() {
    let utf_16: Vec<u8> = [0xff, 0xfe].into_iter().chain(b"l\0o\0g\0\n\0".to_vec()).collect();
    run(&["diagnose", "--log", "-"], utf_16).fails_with(&["standard input: the log is in UTF-16"]);
    run(&["diagnose", "--log", "-"], b"\x1f\x8b\x08\0\0").fails_with(&["the log is compressed"]);
    // A configuration with several clients does not hide that nothing was found.
    let entries = entry("wiki", "") + &entry("kasm", "");
    let files = Files::new(&[("c.yml", &configuration(&entries)), ("log", "")]);
    files
        .diagnose(&["--log", "@log", "--config", "@c.yml"], "")
        .fails_with(&["no refused request in 0 lines"]);
}

#[test]
fn the_secret_of_an_overridden_entry_is_proved() {
    let old = configuration(&entry("wiki", ""));
    let files = Files::new(&[("a.yml", &old), ("b.yml", &old.replace(QUICK, SEED))]);
    let json = files.json(&["--config", "@a.yml", "--config", "@b.yml"], SECRET);
    assert_eq!(json["verdict"], "match");
    let other = run(&["hash", "-q", "-a", "sha512crypt", "-i", "1000"], "other").result();
    let files = Files::new(&[("a.yml", &old), ("b.yml", &old.replace(QUICK, other.trim()))]);
    let json = files.json(&["--config", "@a.yml", "--config", "@b.yml"], SECRET);
    assert_eq!((&json["verdict"], places(&json)[0].0), (&"mismatch".into(), "overridden"));
    let message = json["findings"][0]["message"].as_str().unwrap();
    assert!(message.ends_with("the secret is that of this one"), "{message}");
    // Of two entries with one id, the one that the secret belongs to is named.
    let twice = entry("wiki", "").replace(QUICK, other.trim()) + &entry("wiki", "");
    let files = Files::new(&[("c.yml", &configuration(&twice))]);
    let json = files.json(&["--config", "@c.yml", "--client", "wiki"], SECRET);
    assert!(json["findings"][0]["message"].as_str().unwrap().ends_with("line 7)"), "{json}");
    assert!(json["findings"][0]["fix"].as_str().unwrap().starts_with("Keep this entry"), "{json}");
}

#[test]
fn a_public_client_needs_no_secret() {
    let public = "      - client_id: spa
        public: true
        token_endpoint_auth_method: none
        redirect_uris: ['https://spa.example.com/callback']
";
    let files = Files::new(&[("c.yml", &configuration(public))]);
    let run = files.diagnose(&["-q", "--config", "@c.yml"], "");
    assert_eq!(run.result(), "");
    let json = files.json(&["--config", "@c.yml"], "hunter2");
    assert_eq!((places(&json)[0].0, &json["code"]), ("secret-for-public-client", &1.into()));
}

#[test]
fn a_matching_secret_with_reserved_characters_is_noted_for_basic_only() {
    let secret = "ab+cd/ef==";
    let digest = run(&["hash", "-q", "-a", "sha512crypt", "-i", "1000"], secret).result();
    let text = configuration(&entry("wiki", "")).replace(QUICK, digest.trim());
    let post = format!("{text}        token_endpoint_auth_method: client_secret_post\n");
    let files = Files::new(&[("basic.yml", &text), ("post.yml", &post)]);
    let json = files.json(&["--config", "@basic.yml"], secret);
    assert_eq!((places(&json)[0].0, &json["code"]), ("reserved-characters", &0.into()));
    assert_eq!(places(&files.json(&["--config", "@post.yml"], secret)), []);
}

#[test]
fn a_given_redirect_uri_is_compared() {
    let files = Files::new(&[("c.yml", &configuration(&entry("wiki", "")))]);
    let of = |uri: &str| files.json(&["--config", "@c.yml", "--redirect-uri", uri], SECRET);
    assert_eq!(places(&of("https://wiki.example.com/callback")), []);
    let json = of("https://wiki.example.com/callback/");
    assert_eq!(places(&json), [("redirect-mismatch", Some(6), Some("redirect_uris"))]);
    run(&["diagnose", "--redirect-uri", "https://a.b/c", QUICK], SECRET).fails_with(&["--config"]);
}

#[test]
fn a_secret_in_the_place_of_its_digest_is_named() {
    for secret in ["hunter2-Correct", &"0123456789abcdef".repeat(4)] {
        let run = run(&["diagnose", "--", secret], secret);
        assert_eq!(run.code, Some(1));
        assert!(run.stdout.contains("this is the secret itself"), "{}", run.stdout);
    }
}
