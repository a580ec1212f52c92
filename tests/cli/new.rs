//! `new`: output formats, strength, the file for the secret.

use super::{folder, mode, names, run, shell};
use serde_json::Value;

/// Creates a client in the JSON format. A low work factor keeps the tests quick.
fn json(args: &[&str]) -> Value {
    let args: Vec<&str> =
        ["new", "-i", "100000", "--format", "json"].iter().chain(args).copied().collect();
    serde_json::from_str(&run(&args, "").result()).unwrap()
}

#[test]
fn a_client_has_an_id_a_secret_and_its_digest() {
    let args = ["new", "-q", "kasm", "--format", "json"];
    let client: Value = serde_json::from_str(&run(&args, "").result()).unwrap();
    let text = |key: &str| client[key].as_str().unwrap();
    assert_eq!((&client["version"], text("client_name")), (&1.into(), "kasm"));
    assert_eq!(client["entropy_bits"], 435.2);
    for key in ["client_id", "client_secret"] {
        assert_eq!(text(key).len(), 72);
        assert!(text(key).chars().all(|c| c.is_ascii_alphanumeric() || "-._~".contains(c)));
    }
    assert_ne!(text("client_id"), text("client_secret"));
    let digest = text("client_secret_digest");
    assert!(digest.starts_with("$pbkdf2-sha512$310000$"), "{digest}");
    assert_eq!(run(&["verify", digest], text("client_secret")).result(), "match\n");
}

#[test]
fn the_text_names_the_recipient_of_each_value() {
    let text = run(&["new", "-q", "kasm", "-i", "100000"], "").result();
    let blocks: Vec<&str> = text.split("\n\n").collect();
    let [name, id, secret, digest] = blocks[..] else { panic!("{text}") };
    assert_eq!(name, "kasm");
    assert!(id.contains("application and the provider") && id.contains("435 bits"), "{id}");
    assert!(secret.contains("application only") && secret.contains("435 bits"), "{secret}");
    assert!(digest.contains("provider only") && digest.contains("  $pbkdf2-sha512$"), "{digest}");
    let digest = digest.lines().last().unwrap().trim();
    let secret = secret.lines().last().unwrap().trim();
    assert_eq!(run(&["verify", digest], secret).result(), "match\n");
}

#[test]
fn the_authelia_entry_is_yaml_with_a_quoted_digest() {
    let folder = folder();
    let secret = folder.path().join("secret");
    let args = ["new", "it's: #1", "-i", "100000", "--id", "~", "--format", "authelia"];
    let args = [&args[..], &["--secret-out", secret.to_str().unwrap()]].concat();
    let item = run(&args, "").result();
    let lines: Vec<&str> = item.lines().collect();
    assert_eq!(lines[..2], ["- client_id: '~'", "  client_name: 'it''s: #1'"]);
    assert!(lines[2].starts_with("  client_secret: '$pbkdf2-sha512$100000$"), "{item}");
    assert!(lines[2].ends_with('\'') && lines.len() == 3, "{item}");

    // `verify` reads the entry in the list of clients.
    let item: String = item.lines().map(|line| format!("      {line}\n")).collect();
    let configuration = folder.path().join("configuration.yml");
    std::fs::write(&configuration, format!("identity_providers:\n  oidc:\n    clients:\n{item}"))
        .unwrap();
    let (configuration, secret) = (configuration.to_str().unwrap(), secret.to_str().unwrap());
    let args = ["verify", "--config", configuration, "--client", "~", "--secret-file", secret];
    assert_eq!(run(&args, "").result(), "match\n");
}

#[test]
fn the_authelia_format_prints_the_secret_to_standard_error() {
    let args = ["new", "-i", "100000", "--format", "authelia"];
    let (item, messages) = run(&args, "").result_and_messages();
    let secret = messages.trim().rsplit(' ').next().unwrap();
    let id = item.split('\'').nth(1).unwrap();
    let words = format!("oidc-secret: secret: the client secret of {id}: {secret}\n");
    assert_eq!(messages, words);
    assert!(!item.contains(secret) && !item.contains("client_name"));
    let digest = item.split('\'').nth(3).unwrap();
    assert_eq!(run(&["verify", digest], secret).result(), "match\n");
}

#[test]
fn an_entry_is_not_printed_if_its_secret_cannot_be() {
    let run = shell(r#""$0" new -i 100000 --format authelia 2> /dev/full"#, "");
    assert_eq!((run.code, &*run.stdout), (Some(2), ""));
}

#[test]
fn a_closed_output_keeps_the_old_secret_file() {
    let folder = folder();
    let file = folder.path().join("secret");
    std::fs::write(&file, "old").unwrap();
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_oidc-secret"))
        .args(["new", "-i", "100000", "--force", "--secret-out", file.to_str().unwrap()])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "old");
    assert_eq!(names(folder.path()), ["secret"]);
}

#[test]
fn the_env_format_survives_a_shell() {
    let script = r#"
        "$0" new "it's" -i 100000 --characters "abcdefghijklmnop'\$\`\\ \"" --format env > "$1" 2>/dev/null
        . "$1"
        printf %s "$OIDC_CLIENT_SECRET" | "$0" verify "$OIDC_CLIENT_SECRET_DIGEST"
        echo "$OIDC_CLIENT_NAME" ${#OIDC_CLIENT_SECRET} ${#OIDC_CLIENT_ID}"#;
    let folder = folder();
    let file = folder.path().join("env");
    let script = script.replace("$1", file.to_str().unwrap());
    assert_eq!(shell(&script, "").result(), "match\nit's 72 72\n");
}

#[test]
fn csv_has_a_header_and_a_row_for_each_client() {
    let args = ["new", "a,\"b\"", "-i", "100000", "--format", "csv", "--count", "3"];
    let csv = run(&args, "").result();
    let mut lines = csv.lines();
    let header = "client_id,client_name,client_secret,client_secret_digest,entropy_bits";
    assert_eq!(lines.next(), Some(header));
    let rows: Vec<&str> = lines.collect();
    assert_eq!(rows.len(), 3);
    for row in rows {
        let fields: Vec<&str> = row.split(",\"a,\"\"b\"\"\",").collect();
        let [id, rest] = fields[..] else { panic!("{row}") };
        let rest: Vec<&str> = rest.split(',').collect();
        assert_eq!((id.len(), rest.len(), rest[2]), (72, 3, "435.2"));
        assert_eq!(run(&["verify", rest[1]], rest[0]).result(), "match\n");
    }
}

#[test]
fn several_clients_are_several_objects() {
    let args = ["new", "-i", "100000", "--format", "json", "--count", "3"];
    run(&args, "").fails_with(&["one object", "--format jsonl"]);
    let args = args.map(|arg| if arg == "json" { "jsonl" } else { arg });
    let output = run(&args, "").result();
    let clients: Vec<Value> =
        output.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(clients.len(), 3);
    assert_ne!(clients[0]["client_id"], clients[1]["client_id"]);
    assert_ne!(clients[0]["client_secret"], clients[1]["client_secret"]);
    assert!(clients[0]["client_name"].is_null());
}

#[test]
fn lengths_and_alphabet_can_be_chosen() {
    let client = json(&["--id-length", "20", "--length", "40", "--charset", "numeric"]);
    let text = |key: &str| client[key].as_str().unwrap();
    assert_eq!((text("client_id").len(), text("client_secret").len()), (20, 40));
    assert!(text("client_secret").chars().all(|c| c.is_ascii_digit()));
    // Only the characters that a client id may have are used for the id.
    let args = ["new", "-i", "100000", "--format", "json", "--characters", "aé!~ -"];
    let (output, hint) = run(&args, "").result_and_messages();
    let client: Value = serde_json::from_str(&output).unwrap();
    assert!(client["client_id"].as_str().unwrap().chars().all(|c| "a~-".contains(c)));
    assert!(hint.contains("client_secret_basic must encode"), "{hint}");
    run(&["new", "--characters", "a!é%"], "").fails_with(&["client id", "--id"]);
}

#[test]
fn a_given_id_must_follow_authelias_rules() {
    assert_eq!(json(&["--id", "kasm-1.~_"])["client_id"], "kasm-1.~_");
    assert_eq!(json(&["--id", &"x".repeat(100)])["client_id"], "x".repeat(100));
    assert_eq!(json(&["--id", "-T10"])["client_id"], "-T10");
    run(&["new", "--id", &"x".repeat(101)], "").fails_with(&["--id", "101", "at most 100"]);
    run(&["new", "--id", "my app"], "").fails_with(&["--id", "position 3"]);
    run(&["new", "--id", "bücher"], "").fails_with(&["--id", "`ü` at position 2"]);
    run(&["new", "--id", ""], "").fails_with(&["--id", "empty"]);
    run(&["new", "--id-length", "101"], "").fails_with(&["--id-length", "100"]);
    run(&["new", "--id", "x", "--count", "2"], "").fails_with(&["exclude each other"]);
}

#[test]
fn a_name_is_one_line() {
    run(&["new", "a\nb"], "").fails_with(&["line break"]);
    run(&["new", ""], "").fails_with(&["empty"]);
}

#[test]
fn a_weak_secret_is_refused_or_warned_about() {
    // 10 digits are 33 bits, 20 are 66, 39 are 129.6.
    let weak = ["new", "-i", "100000", "--charset", "numeric", "--length"];
    run(&[&weak[..], &["10"]].concat(), "").fails_with(&["33 bits", "--allow-weak"]);
    let (_, messages) =
        run(&[&weak[..], &["10", "--allow-weak"]].concat(), "").result_and_messages();
    assert!(messages.starts_with("oidc-secret: warning: the secret has 33 bits"), "{messages}");
    let (_, messages) = run(&[&weak[..], &["20"]].concat(), "").result_and_messages();
    assert!(messages.starts_with("oidc-secret: warning: the secret has 66 bits"), "{messages}");
    run(&[&weak[..], &["39"]].concat(), "").result();
}

#[test]
fn secret_out_keeps_the_secret_off_the_screen() {
    let folder = folder();
    let path = folder.path().join("new/kasm.secret");
    let file = path.to_str().unwrap();
    for (format, hidden) in [
        ("json", r#""client_secret":null,"client_secret_file":""#),
        ("text", "in the file "),
        ("env", "OIDC_CLIENT_SECRET_FILE='"),
        ("csv", ",kasm,,$pbkdf2"),
    ] {
        let args = [
            "new",
            "-q",
            "kasm",
            "-i",
            "100000",
            "--format",
            format,
            "--force",
            "--secret-out",
            file,
        ];
        let output = run(&args, "").result();
        let secret = std::fs::read_to_string(&path).unwrap();
        assert!(output.contains(hidden) && !output.contains(&secret), "{output}");
        assert_eq!((secret.len(), mode(&path)), (72, 0o600));
        let digest =
            output.split(['\'', '"', ',', ' ', '\n']).find(|s| s.starts_with("$pbkdf2")).unwrap();
        assert_eq!(run(&["verify", digest, "--secret-file", file], "").result(), "match\n");
        assert_eq!(names(path.parent().unwrap()), ["kasm.secret"]);
    }
    let no_file = folder.path().join("folder/");
    run(&["new", "--secret-out", no_file.to_str().unwrap()], "")
        .fails_with(&["not the name of a file"]);
    let kept = std::fs::read(&path).unwrap();
    run(&["new", "--secret-out", file], "").fails_with(&["kasm.secret", "exists", "--force"]);
    assert_eq!(std::fs::read(&path).unwrap(), kept);
    run(&["new", "--secret-out", file, "--count", "2"], "").fails_with(&["exclude each other"]);
}

#[test]
fn digest_out_writes_what_a_provider_reads() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (secret, digest) = (path("secret"), path("new/digest"));
    let files = ["--secret-out", &secret, "--digest-out", &digest];
    let args = [&["new", "-i", "100000"][..], &files].concat();
    let object = json(&files);
    assert_eq!(object["client_secret_digest_file"], *digest);
    let contents = std::fs::read_to_string(&digest).unwrap();
    assert_eq!(
        (object["client_secret_digest"].as_str().unwrap(), 0o600),
        (&*contents, mode(digest.as_ref()))
    );
    assert_eq!(run(&["verify", &contents, "--secret-file", &secret], "").result(), "match\n");
    run(&args, "").fails_with(&["already exists", "--force"]);
    let text = run(&[&args[..], &["--force"]].concat(), "").result();
    assert!(text.contains("digest is also in the file "), "{text}");
    assert!(text.contains(&*std::fs::read_to_string(&digest).unwrap()), "{text}");
    let same = ["new", "--digest-out", &secret, "--secret-out", &secret];
    run(&same, "").fails_with(&["--digest-out would write over"]);
    run(&["new", "--public", "--digest-out", "x"], "").fails_with(&["exclude each other"]);
    run(&["new", "--count", "2", "--digest-out", "x"], "").fails_with(&["exclude each other"]);
    // Neither file is created if the other cannot be.
    std::fs::remove_file(&digest).unwrap();
    run(&args, "").fails_with(&["secret already exists"]);
    assert_eq!(names(folder.path()), ["new", "secret"]);
    assert_eq!(names(&folder.path().join("new")), [""; 0]);
}

/// The endpoints are those of Authelia's documentation.
#[test]
fn an_application_outside_the_catalogue_gets_the_endpoints() {
    let authelia = ["--authelia-url", "https://auth.example.com/"];
    let app = ["x", "--redirect-uri", "https://x.example.com/cb"];
    let args = [&["new", "-i", "100000"][..], &app].concat();
    let expected = serde_json::json!({
        "issuer": "https://auth.example.com",
        "discovery": "https://auth.example.com/.well-known/openid-configuration",
        "authorization": "https://auth.example.com/api/oidc/authorization",
        "token": "https://auth.example.com/api/oidc/token",
        "userinfo": "https://auth.example.com/api/oidc/userinfo",
        "jwks": "https://auth.example.com/jwks.json",
    });
    let object = json(&[&app[..], &authelia].concat());
    assert_eq!(object["endpoints"], expected);
    let text = run(&[&args[..], &authelia].concat(), "").result();
    for url in expected.as_object().unwrap().values() {
        assert!(
            text.lines().any(|line| line.ends_with(&format!(": {}", url.as_str().unwrap()))),
            "{text}"
        );
    }
    let (text, hint) = run(&args, "").result_and_messages();
    assert!(!text.contains("endpoint") && hint.contains("--authelia-url"), "{text}{hint}");
}

/// Of several portals it is that of the application's domain.
#[test]
fn the_endpoints_are_those_of_the_configuration() {
    let folder = folder();
    let config = folder.path().join("c.yml");
    let cookie =
        |domain: &str| format!("{{domain: {domain}, authelia_url: 'https://auth.{domain}'}}");
    let text =
        format!("session: {{cookies: [{}, {}]}}\n", cookie("example.com"), cookie("example.org"));
    std::fs::write(&config, text).unwrap();
    let write =
        ["--write", config.to_str().unwrap(), "--redirect-uri", "https://x.example.org:8443?a=b"];
    let (text, _) =
        run(&[&["new", "x", "-i", "100000"][..], &write].concat(), "").result_and_messages();
    assert!(text.contains("Issuer: https://auth.example.org\n"), "{text}");
    let rows = folder.path().join("clients.csv");
    std::fs::write(&rows, "name,authelia_url\nx,https://auth.example.net\n").unwrap();
    assert_eq!(
        json(&["--from", rows.to_str().unwrap()])["endpoints"]["issuer"],
        "https://auth.example.net"
    );
}

#[test]
fn a_failed_run_neither_creates_nor_replaces_a_file() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let full = format!(r#""$0" new -i 100000 --secret-out {} > /dev/full"#, path("a/b/secret"));
    shell(&full, "").fails_with(&["No space left on device"]);
    assert!(names(folder.path()).is_empty());
    std::fs::write(path("old"), "old").unwrap();
    let full = format!(r#""$0" new -i 100000 --force --secret-out {} > /dev/full"#, path("old"));
    shell(&full, "").fails_with(&["No space left on device"]);
    assert_eq!(std::fs::read_to_string(path("old")).unwrap(), "old");
    assert_eq!(names(folder.path()), ["old"]);
}

#[test]
fn an_invalid_variable_is_named() {
    let with =
        |value: &str, args: &str| shell(&format!(r#"AUTHELIA_URL="{value}" "$0" {args}"#), "");
    let not_utf8 = "$(printf 'https://a\\377')";
    with("auth.example.com", "new x").fails_with(&[
        "error: AUTHELIA_URL needs a full URL, such as https://auth.example.com",
        "unset this environment variable",
    ]);
    with("https://a b", "new x").fails_with(&["error: AUTHELIA_URL is not valid: its host"]);
    with(not_utf8, "-q new x").fails_with(&["error: AUTHELIA_URL is not valid UTF-8"]);
    with(not_utf8, "new x").fails_with(&["error: AUTHELIA_URL is not valid UTF-8"]);
    // The flag comes first, and its own value is the invalid one then.
    with("a", "new x --authelia-url b").fails_with(&["error: --authelia-url needs a full URL"]);
    with("a", "new x --authelia-url=b").fails_with(&["error: --authelia-url needs a full URL"]);
    let argument = format!("new {not_utf8} --authelia-url https://a.example.com");
    with(not_utf8, &argument).fails_with(&["error: an argument is not valid UTF-8"]);
    with("a", "new x --app-url b").fails_with(&["error: --app-url needs a full URL"]);
    let kernel = format!(r#"OIDC_SECRET_KERNEL="{not_utf8}" "$0" apps"#);
    shell(&kernel, "").fails_with(&["error: OIDC_SECRET_KERNEL is not valid UTF-8"]);
}
