//! `rotate`: the sheet that tells where each new secret is and where it goes.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::{Run, finish, folder, run};

/// Clients of known applications and of an unknown one. A name has what a table, a line or a terminal
/// would obey.
const CONFIGURATION: &str = r#"identity_providers:
  oidc:
    clients:
      - client_id: kasm
        client_name: "Kasm, \"the\" one\r\n\e[2J\u202e"
        client_secret: '$plaintext$hunter2'
        redirect_uris: ['https://kasm.example.com/api/oidc_callback']
      - client_id: grafana
        client_secret: '$plaintext$hunter2'
        redirect_uris: ['https://grafana.example.com/login/generic_oauth']
      - client_id: git
        client_name: Our GitLab
        client_secret: '$plaintext$hunter2'
        redirect_uris: ['https://{{ env "HOST" }}/users/auth/openid_connect/callback']
      - client_id: shop
        client_secret: '$plaintext$hunter2'
        token_endpoint_auth_method: client_secret_jwt
        redirect_uris: ['https://shop.example.com:8443/cb']
"#;

const SHEET: &str = r#"kasm
  Name:        Kasm, "the" one\r\n\u{1b}[2J\u{202e}
  Application: Kasm Workspaces
  New secret:  in the file secrets/kasm
  Set it in:   Web GUI: Client Secret

grafana
  Application: Grafana
  New secret:  in the file secrets/grafana
  Set it in:   Configuration File, grafana.ini: auth.generic_oauth.client_secret
  or in:       Environment Variables, .env: GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET
  or in:       Environment Variables, compose.yml: GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET

git
  Name:        Our GitLab
  Application: GitLab
  New secret:  in the file secrets/git
  Set it in:   Configuration File, gitlab.rb: secret

shop
  Application: not recognised; it is at shop.example.com:8443
  New secret:  in the file secrets/shop
  Set it in:   the client secret in the application's OpenID Connect settings
  Note:        the file has the secret without the prefix $plaintext$ of Authelia's configuration
"#;

/// Rotates in a folder that has a configuration, with the lowest work factor.
fn rotate(folder: &Path, args: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_oidc-secret"));
    command.current_dir(folder).args(["rotate", "-a", "sha512crypt", "--rounds", "1000"]);
    command.args(args).arg("configuration.yml");
    finish(command, "")
}

fn with(configuration: &str) -> tempfile::TempDir {
    let folder = folder();
    std::fs::write(folder.path().join("configuration.yml"), configuration).unwrap();
    folder
}

/// Returns the rows of a table as Python reads it.
fn rows(table: &str) -> Vec<BTreeMap<String, String>> {
    let script = "import csv, json, sys, io\ntext = sys.stdin.buffer.read().decode()\n\
                  rows = csv.DictReader(io.StringIO(text, newline=''), strict=True)\n\
                  print(json.dumps(list(rows)))";
    let mut python = Command::new("python3");
    python.args(["-c", script]);
    serde_json::from_str(&finish(python, table).result()).unwrap()
}

fn objects(lines: &str) -> Vec<Value> {
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn the_sheet_of_several_clients_names_files_and_settings() {
    let folder = with(CONFIGURATION);
    let all = ["--all", "--secret-out", "secrets"];
    let (sheet, messages) = rotate(folder.path(), &all).result_and_messages();
    assert_eq!(sheet, SHEET);
    assert!(messages.contains("4 secrets replaced and verified"), "{messages}");
    for id in ["kasm", "grafana", "git", "shop"] {
        let secret = std::fs::read_to_string(folder.path().join("secrets").join(id)).unwrap();
        assert_eq!(secret.len(), 72);
        assert!(!sheet.contains(&secret) && !messages.contains(&secret), "{id}");
    }
    // With --dry-run there is only the diff.
    let before = std::fs::read_to_string(folder.path().join("configuration.yml")).unwrap();
    let diff = rotate(folder.path(), &["--all", "--dry-run"]).result();
    assert!(diff.starts_with("--- configuration.yml\n") && !diff.contains("Set it in"), "{diff}");
    let after = std::fs::read_to_string(folder.path().join("configuration.yml")).unwrap();
    assert_eq!(before, after);
}

#[test]
fn a_table_and_json_have_the_same_places() {
    let folder = with(CONFIGURATION);
    let out = ["--all", "--force", "--secret-out", "secrets", "--digest-out", "digests"];
    let form = |name| rotate(folder.path(), &[&out[..], &["--format", name]].concat());
    let (table, _) = form("csv").result_and_messages();
    assert!(!table.contains(['\r', '\u{1b}', '\u{202e}']), "{table}");
    let rows = rows(&table);
    let (lines, _) = form("jsonl").result_and_messages();
    let objects = objects(&lines);
    assert_eq!(objects.len(), 4);
    let mut expected = Vec::new();
    for object in &objects {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let places = object["places"].as_array().unwrap().clone();
        let unknown = json!({"name": "OpenID Connect settings", "setting": "client secret",
                             "alternative": false, "whole_value": true});
        for place in if places.is_empty() { vec![unknown] } else { places } {
            let is_digest = !object["client_secret_digest"].is_null();
            let row = [
                ("client_id", text(&object["client_id"])),
                ("application", text(&object["application"])),
                ("redirect_host", text(&object["redirect_host"])),
                ("place", text(&place["name"])),
                ("file", text(&place["file"])),
                ("format", text(&place["format"])),
                ("setting", text(&place["setting"])),
                ("alternative", place["alternative"].to_string()),
                ("whole_value", place["whole_value"].to_string()),
                ("client_secret_file", text(&object["client_secret_file"])),
                ("client_secret_digest_file", text(&object["client_secret_digest_file"])),
                ("stored_as", if is_digest { "digest" } else { "plaintext" }.to_owned()),
            ];
            expected.push(row.map(|(key, value)| (key.to_owned(), value)));
        }
    }
    assert_eq!(rows.len(), expected.len());
    for (row, expected) in rows.iter().zip(expected) {
        let mut row = row.clone();
        let name = row.remove("client_name").unwrap();
        assert_eq!(row, BTreeMap::from(expected));
        let is_hostile = row["client_id"] == "kasm";
        assert_eq!(name == r#"Kasm, "the" one\r\n\u{1b}[2J\u{202e}"#, is_hostile, "{name}");
    }
    // JSON has the name itself.
    assert_eq!(objects[0]["client_name"], "Kasm, \"the\" one\r\n\u{1b}[2J\u{202e}");
    assert_eq!(objects[1]["client_name"], Value::Null);
    assert_eq!(objects[3]["application"], Value::Null);
}

/// Scripts read the secret from standard output.
#[test]
fn the_messages_for_one_client_name_its_setting() {
    let folder = with(CONFIGURATION);
    let one = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_oidc-secret"));
        command.current_dir(folder.path());
        command.args(["rotate", "-a", "sha512crypt", "--rounds", "1000", "configuration.yml"]);
        command.args(args);
        finish(command, "")
    };
    let (secret, messages) = one(&["grafana"]).result_and_messages();
    assert_eq!((secret.len(), secret.lines().count()), (73, 1));
    let expected = "\
oidc-secret: hint: configuration.yml, line 9: grafana: secret replaced and verified; now set it in Grafana \
and restart Authelia
oidc-secret: hint: Grafana has it in Configuration File, grafana.ini: auth.generic_oauth.client_secret; or \
in Environment Variables, .env: GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET; or in Environment Variables, \
compose.yml: GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET
";
    assert_eq!(messages, expected);
    let (stdout, messages) = one(&["kasm", "--secret-out", "kasm"]).result_and_messages();
    assert_eq!(stdout, "");
    assert!(messages.contains("set it (from kasm) in Kasm Workspaces and restart"), "{messages}");
    assert!(messages.contains("Kasm Workspaces has it in Web GUI: Client Secret\n"), "{messages}");
    let (_, messages) = one(&["shop"]).result_and_messages();
    assert!(
        messages.ends_with("now set it in the application and restart Authelia\n"),
        "{messages}"
    );
    // A table without secrets would lose the secret.
    one(&["kasm", "--format", "csv"]).fails_with(&["does not print the secret", "--secret-out"]);
    let (table, _) = one(&["kasm", "--format", "csv", "--secret-out", "new"]).result_and_messages();
    assert_eq!(rows(&table)[0]["client_secret_file"], "new");
}

/// Argo CD has its settings as YAML in a text.
#[test]
fn a_part_of_a_value_is_called_so() {
    let configuration = CONFIGURATION
        .replace("client_id: git\n", "client_id: argocd\n")
        .replace("/users/auth/openid_connect/callback", "/auth/callback");
    let folder = with(&configuration);
    let all = ["--all", "--secret-out", "secrets"];
    let (sheet, _) = rotate(folder.path(), &all).result_and_messages();
    let line = "argocd-cm.yaml: oidc.config, key clientSecret (a part of its value)\n";
    assert!(sheet.contains(line), "{sheet}");
}

/// Every application of the catalogue in one file.
#[test]
fn every_application_is_recognised() {
    let folder = with("identity_providers: {oidc: {clients: []}}\n");
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let apps: Value =
        serde_json::from_str(&run(&["apps", "--format", "json"], "").result()).unwrap();
    let slugs: Vec<_> =
        apps["apps"].as_array().unwrap().iter().map(|app| app["slug"].as_str().unwrap()).collect();
    let lines: String = slugs.iter().map(|slug| format!("{}\n", wanted(slug))).collect();
    std::fs::write(path("wanted.jsonl"), lines).unwrap();
    let new = ["new", "-a", "sha512crypt", "--rounds", "1000", "--format", "jsonl", "--from"];
    let write = [&*path("wanted.jsonl"), "--write", &path("configuration.yml")];
    let (created, _) = run(&[&new[..], &write].concat(), "").result_and_messages();
    let mut created: BTreeMap<_, _> = objects(&created)
        .into_iter()
        .map(|client| (client["client_id"].to_string(), client["application"]["name"].clone()))
        .collect();
    let rotated = ["--all", "--format", "jsonl", "--secret-out", "secrets"];
    let (rotated, _) = rotate(folder.path(), &rotated).result_and_messages();
    let rotated = objects(&rotated);
    let without_place = rotated.iter().filter(|client| client["places"] == json!([])).count();
    println!("{} clients are recognised, {without_place} without a place", rotated.len());
    assert!(rotated.len() > 130 && without_place < 5, "{} {without_place}", rotated.len());
    for client in rotated {
        let id = client["client_id"].to_string();
        assert_eq!(Some(&client["application"]), created.remove(&id).as_ref(), "{id}");
    }
}

/// Returns a line for `new --from` with an application and the values that it needs.
fn wanted(slug: &str) -> Value {
    let app = run(&["apps", "--format", "json", slug], "").result();
    let app: Value = serde_json::from_str(&app).unwrap();
    let mut line = json!({"app": slug, "app_url": format!("https://{slug}.example.com"),
                          "authelia_url": "https://auth.example.com"});
    for (name, input) in app["inputs"].as_object().unwrap() {
        if input["default"].is_null() {
            let value = if name == "redirect_uri" { "https://x.example.com/cb" } else { "example" };
            line[format!("set.{name}")] = value.into();
        }
    }
    line
}
