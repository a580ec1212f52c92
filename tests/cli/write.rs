//! `new --write`: new clients in an Authelia configuration.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::{KASM, Run, folder, names, run, shell};
use serde_json::Value;

/// The lowest work factor, since these tests are about files.
const FAST: [&str; 5] = ["new", "-a", "sha512crypt", "--rounds", "1000"];

const CONFIGURATION: &str = "\
identity_providers:
  oidc:
    clients:
      # The first.
      - client_id: grafana
        client_secret: '$plaintext$hunter2'
        redirect_uris: ['https://grafana.example.com/login/generic_oauth']

session: {secret: 'hunter2'}  # the end
";

/// Creates a configuration in a temporary folder.
fn place(text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = folder();
    let path = folder.path().join("configuration.yml");
    std::fs::write(&path, text).unwrap();
    (folder, path)
}

fn new(path: &Path, args: &[&str]) -> Run {
    let has = |flag| args.contains(&flag);
    let is_given = has("--redirect-uri") || has("--app") || has("--from");
    let uri: &[&str] =
        if is_given { &[] } else { &["--redirect-uri", "https://new.example.com/cb"] };
    run(&[&FAST, args, uri, &["--write", path.to_str().unwrap()]].concat(), "")
}

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

/// Asserts that the client's digest matches the secret.
#[track_caller]
fn is_set(path: &Path, client: &str, secret: &str) {
    let args = ["verify", "--config", path.to_str().unwrap(), "--client", client];
    assert_eq!(run(&args, secret).result(), "match\n");
}

#[test]
fn kasm_is_added_after_the_others_and_its_settings_are_printed() {
    let (folder, path) = place(CONFIGURATION);
    let (settings, messages) = new(&path, &KASM).result_and_messages();
    assert!(messages.contains("client added and verified; restart Authelia"), "{messages}");
    let secret = settings.split_once("Client Secret:        ").unwrap().1.lines().next().unwrap();
    assert_eq!(
        settings.lines().next(),
        Some(&*format!("Authelia: the client kasm goes into {}", path.display()))
    );
    assert!(!settings.contains("client_secret:"), "{settings}");
    is_set(&path, "kasm", secret);
    // The entry is the printed one, with the indentation of the list.
    let printed = run(&[&FAST[..], &KASM, &["--format", "authelia"]].concat(), "");
    let printed: String =
        printed.result_and_messages().0.lines().map(|line| format!("      {line}\n")).collect();
    let written = text(&path);
    let (before, after) = CONFIGURATION.split_at(CONFIGURATION.find("\nsession").unwrap());
    let entry = written.strip_prefix(before).unwrap().strip_suffix(after).unwrap();
    let without_digest = |text: &str| -> String {
        text.lines().filter(|line| !line.contains("client_secret:")).collect()
    };
    assert_eq!(without_digest(entry), without_digest(&printed));
    assert_eq!(names(folder.path()), ["configuration.yml"]);
    // `audit` finds nothing in it.
    let ignored = ["--ignore", "plaintext", "--fail-on", "warning", path.to_str().unwrap()];
    let audit = run(&[&["audit"], &ignored[..]].concat(), "");
    assert!(!audit.stdout.contains("kasm"), "{}", audit.stdout);
    // The second time the client exists.
    new(&path, &KASM).fails_with(&["client with the id kasm already", "--id", "rotate"]);
    assert_eq!(text(&path), written);
}

#[test]
fn new_entries_use_the_keys_of_the_existing_clients() {
    for (keys, expected) in [("id", "- id: 'kasm'"), ("client_id", "- client_id: 'kasm'")] {
        let (_folder, path) = place(&CONFIGURATION.replace("client_id", keys));
        new(&path, &KASM).result_and_messages();
        assert!(text(&path).contains(expected), "{keys}");
    }
    let (_folder, path) = place(CONFIGURATION);
    new(&path, &[&KASM[..], &["--schema", "legacy"]].concat()).result_and_messages();
    assert!(text(&path).contains("- id: 'kasm'"));
}

#[test]
fn every_style_of_configuration_gets_a_client_or_is_not_changed() {
    for corpus in ["tests/configurations", "tests/lists"] {
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join(corpus);
        let manifest = text(&corpus.join("manifest.json"));
        let manifest: serde_json::Map<String, Value> = serde_json::from_str(&manifest).unwrap();
        super::assert_lists_its_folder(&manifest, &corpus);
        for (name, facts) in &manifest {
            let old = text(&corpus.join(name));
            let (folder, path) = place(&old);
            let args = ["--id", "new", "--redirect-uri", "https://x.example.com/cb"];
            let run = new(&path, &args);
            assert_eq!(names(folder.path()), ["configuration.yml"], "{name}");
            if facts["write"] == "refused" {
                run.fails_with(&["configuration.yml"]);
                assert_eq!(old, text(&path), "{name}");
                continue;
            }
            let (printed, _) = run.result_and_messages();
            let secret = printed.split_once("Client secret").unwrap().1.lines().nth(1).unwrap();
            // `verify --config` does not accept the infinity in this file.
            let is_read = name != "types-of-everything.yml";
            if facts["yaml"] == true && is_read && !old.contains("{{") {
                is_set(&path, "new", secret.trim());
            }
        }
    }
}

#[test]
fn all_clients_of_a_table_are_added_or_none() {
    let (folder, path) = place(CONFIGURATION);
    let table = folder.path().join("clients.csv");
    let rows = "name,id,app,app_url,redirect_uri\n,,kasm-workspaces,https://kasm.example.com,\n\
                Mine,mine,,,https://mine.example.com/cb\n";
    std::fs::write(&table, rows).unwrap();
    let from = ["--authelia-url", "https://auth.example.com", "--from", table.to_str().unwrap()];
    let args = [&from[..], &["--format", "jsonl"]].concat();
    let (lines, messages) = new(&path, &args).result_and_messages();
    assert!(messages.contains("2 clients added and verified"), "{messages}");
    for (line, id) in lines.lines().zip(["kasm", "mine"]) {
        let object: Value = serde_json::from_str(line).unwrap();
        assert_eq!(object["client_id"], id);
        is_set(&path, id, object["client_secret"].as_str().unwrap());
    }
    assert!(text(&path).contains("- 'https://mine.example.com/cb'\n"));
    // One of the clients exists.
    std::fs::write(&table, rows.replace(",mine,", ",other,")).unwrap();
    let before = text(&path);
    new(&path, &args).fails_with(&["client with the id kasm already"]);
    assert_eq!(text(&path), before);
}

#[test]
fn secret_out_writes_the_secret_to_a_private_file() {
    let (folder, path) = place(CONFIGURATION);
    let file = folder.path().join("kasm.secret");
    let out = ["--secret-out", file.to_str().unwrap()];
    let (settings, _) = new(&path, &[&KASM[..], &out].concat()).result_and_messages();
    let secret = text(&file);
    assert!(!settings.contains(&secret));
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    is_set(&path, "kasm", &secret);
    // An existing file is kept, and then the configuration is not changed either.
    let before = text(&path);
    let again = [&KASM[..], &["--id", "two"], &out].concat();
    new(&path, &again).fails_with(&["already exists"]);
    assert_eq!((text(&path), text(&file)), (before, secret));
    assert_eq!(names(folder.path()), ["configuration.yml", "kasm.secret"]);
}

#[test]
fn a_dry_run_shows_only_the_entry_and_changes_nothing() {
    let (folder, path) = place(CONFIGURATION);
    let diff = new(&path, &[&KASM[..], &["--dry-run"]].concat()).result();
    assert!(diff.contains("\n+      - client_id: 'kasm'\n"), "{diff}");
    assert!(diff.contains("\n+        client_secret: '$6$rounds=1000$"), "{diff}");
    assert!(diff.contains("\n session: {secret: (not shown)}  # (not shown)\n"), "{diff}");
    assert!(!diff.lines().any(|line| line.starts_with('-') && !line.starts_with("---")), "{diff}");
    assert!(!diff.contains("hunter2") && !diff.contains("Client Secret"), "{diff}");
    assert_eq!(text(&path), CONFIGURATION);
    assert_eq!(names(folder.path()), ["configuration.yml"]);
}

#[test]
fn backup_keeps_the_old_configuration() {
    let (folder, path) = place(CONFIGURATION);
    new(&path, &[&KASM[..], &["--backup"]].concat()).result_and_messages();
    assert_eq!(text(&folder.path().join("configuration.yml.bak")), CONFIGURATION);
    assert_ne!(text(&path), CONFIGURATION);
}

#[test]
fn a_missing_redirect_uri_is_refused() {
    let (_folder, path) = place("");
    run(&["new", "--id", "bare", "--write", path.to_str().unwrap()], "")
        .fails_with(&["--write needs the redirect URI", "--redirect-uri"]);
    let (_, messages) =
        new(&path, &["--id", "whole", "--redirect-uri", "https://x.example.com/cb"])
            .result_and_messages();
    assert!(!messages.contains("redirect_uris"), "{messages}");
}

#[test]
fn flags_set_the_keys_of_an_entry() {
    let flags =
        ["--public", "--pkce", "--policy", "one_factor", "--scope", "openid", "--scope", "x"];
    let uri = ["--redirect-uri", "https://spa.example.com/cb"];
    let (_folder, path) = place("");
    new(&path, &[&["--id", "spa"][..], &flags, &uri].concat()).result_and_messages();
    let text = text(&path);
    for line in [
        "public: true",
        "require_pkce: true",
        "pkce_challenge_method: 'S256'",
        "authorization_policy: 'one_factor'",
        "token_endpoint_auth_method: 'none'",
        "- 'x'",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    assert!(!text.contains("client_secret"), "{text}");
    run(&["new", "--app", "grafana", "--scope", "x"], "").fails_with(&["exclude each other"]);
    run(&["new", "--scope", "a b"], "").fails_with(&["--scope"]);
}

#[test]
fn clients_from_aliases_and_merges_are_recognised() {
    for yaml in [
        "i: &i kasm\nidentity_providers: {oidc: {clients: [{client_id: *i}]}}\n",
        "i: &i {client_id: kasm}\nidentity_providers: {oidc: {clients: [{<<: *i}]}}\n",
        "i: &i {client_id: kasm}\nidentity_providers: {oidc: {clients: [*i]}}\n",
    ] {
        let (_folder, path) = place(yaml);
        new(&path, &["--id", "kasm"]).fails_with(&["client with the id kasm already"]);
        new(&path, &["--id", "other"]).result_and_messages();
        assert!(text(&path).contains("client_id\": \"other"), "{}", text(&path));
    }
    for yaml in [
        "x: &x {clients: [{client_id: one}]}\nidentity_providers:\n  oidc:\n    <<: *x\n",
        "x: &x {oidc: {clients: []}}\nidentity_providers: {<<: *x}\n",
    ] {
        let (_folder, path) = place(yaml);
        new(&path, &["--id", "kasm"]).fails_with(&["merged in by"]);
        assert_eq!(text(&path), yaml);
    }
}

#[test]
fn an_empty_document_gets_its_first_client() {
    for yaml in ["", "null\n", "~", "---\n", "--- null\n", "# only this\n", "\u{feff}null"] {
        let (_folder, path) = place(yaml);
        let (printed, _) = new(&path, &["--id", "kasm"]).result_and_messages();
        let secret = printed.split_once("Client secret").unwrap().1.lines().nth(1).unwrap();
        is_set(&path, "kasm", secret.trim());
    }
}

#[test]
fn nothing_is_written_if_the_secret_cannot_be_printed() {
    let (folder, path) = place(CONFIGURATION);
    let shown = path.to_str().unwrap();
    for command in [
        format!("new -i 100000 --id x --redirect-uri https://x.example.com/ --write {shown}"),
        format!("rotate -i 100000 {shown} grafana"),
    ] {
        for (output, words) in [
            (">&-", "standard output is closed"),
            ("> /dev/full", "No space left on device"),
            // The reader ends before the program writes.
            ("| true", "the output was closed early"),
        ] {
            let script = format!(r#"set -o pipefail; (sleep 0.1; exec "$0" {command}) {output}"#);
            let mut bash = std::process::Command::new("bash");
            bash.args(["-c", &script, env!("CARGO_BIN_EXE_oidc-secret")]);
            super::finish(bash, "").fails_with(&[words]);
            assert_eq!(text(&path), CONFIGURATION, "{command} {output}");
            assert_eq!(names(folder.path()), ["configuration.yml"]);
        }
    }
    shell(&format!(r#""$0" new -i 100000 --id x --write {shown} > /dev/null"#), "");
}

#[test]
fn a_failed_write_names_the_reason_and_changes_nothing() {
    let (folder, path) = place(CONFIGURATION);
    new(Path::new("/nowhere/x.yml"), &["x"]).fails_with(&["cannot read /nowhere/x.yml"]);
    new(folder.path(), &["x"]).fails_with(&["is not a regular file"]);
    run(&["new", "--for", "ldap", "--write", path.to_str().unwrap()], "")
        .fails_with(&["leave out --for"]);
    run(&["new", "--dry-run"], "").fails_with(&["--write"]);
    new(&path, &["--redirect-uri", "/cb"]).fails_with(&["--redirect-uri", "https://"]);
    for (yaml, words) in [
        ("identity_providers: []", "is not a mapping"),
        ("identity_providers: {oidc: {clients: {}}}", "is not a list"),
        ("a: [", "not valid YAML"),
        ("services:\n  app: {image: x}\n", "not Authelia's configuration"),
    ] {
        std::fs::write(&path, yaml).unwrap();
        new(&path, &["x"]).fails_with(&["configuration.yml", words]);
        assert_eq!(text(&path), yaml);
    }
    std::fs::write(&path, b"\xff\xfea\0").unwrap();
    new(&path, &["x"]).fails_with(&["UTF-16"]);
}

#[test]
fn a_list_in_another_file_causes_a_warning() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("configuration.yml"), "server: {}\n").unwrap();
    let clients = "identity_providers: {oidc: {clients: [{client_id: a, client_secret: x}]}}\n";
    std::fs::write(path("oidc.yml"), clients).unwrap();
    let add = |file: &str| {
        let uri = ["--redirect-uri", "https://x.example.com/cb"];
        let args = ["new", "-i", "100000", "--dry-run", "--write", file];
        run(&[&args[..], &uri].concat(), "").result_and_messages().1
    };
    let messages = add(&path("configuration.yml"));
    assert!(messages.contains("oidc.yml has: of several files"), "{messages}");
    assert!(!add(&path("oidc.yml")).contains("of several files"));
}

/// A shell opens the file before the run, which would then rename another file over it.
#[test]
fn a_stream_that_goes_into_a_replaced_file_is_refused() {
    for script in [
        "rotate -a sha512crypt --rounds 1000 configuration.yml grafana --backup > configuration.yml.bak",
        "rotate -a sha512crypt --rounds 1000 configuration.yml grafana --digest-out d --force > d",
        "new x -i 100000 --digest-out d --force > d",
        "new x -i 100000 --secret-out d --force > d",
        "new x -i 100000 --format authelia --digest-out d --force 2> d",
        "new x -i 100000 --redirect-uri https://x.example.com/cb --write configuration.yml \
         --format authelia --backup 2> configuration.yml.bak",
    ] {
        let (folder, path) = place(CONFIGURATION);
        let script = format!("cd {} && \"$0\" {script}", folder.path().display());
        let run = shell(&script, "");
        assert_eq!((run.code, &*run.stdout), (Some(2), ""), "{script}");
        let written = names(folder.path()).into_iter().filter(|name| name != "configuration.yml");
        let written: String = written.map(|name| text(&folder.path().join(name))).collect();
        assert!(format!("{}{written}", run.stderr).contains("which this run replaces"), "{script}");
        assert_eq!(text(&path), CONFIGURATION, "{script}");
    }
}

#[test]
fn a_secret_for_a_closed_standard_error_is_not_lost() {
    for format in ["authelia", "helm", "configmap"] {
        let (_folder, path) = place(CONFIGURATION);
        let args = "-i 100000 --redirect-uri https://x.example.com/cb";
        let script =
            format!("\"$0\" new x {args} --format {format} --write {} 2>&-", path.display());
        let run = shell(&script, "");
        assert_eq!((run.code, &*run.stdout), (Some(2), ""), "{format}");
        assert_eq!(text(&path), CONFIGURATION);
    }
}

/// The error of two flags for one file does not depend on how its name is written.
#[test]
fn two_files_of_one_run_are_different() {
    let folder = folder();
    let grafana =
        "new --app grafana --app-url https://g.example.com --authelia-url https://a.example.com";
    for (script, flag) in [
        (format!("{grafana} --settings env --out z --digest-out ./z"), "--digest-out"),
        ("new x --secret-out z --digest-out \"$PWD\"/z".to_owned(), "--digest-out"),
        ("new x --secret-out new/z --digest-out ./new/z".to_owned(), "--digest-out"),
    ] {
        let script = format!("cd {} && \"$0\" {script} -i 100000", folder.path().display());
        shell(&script, "").fails_with(&[flag, "would write over"]);
        assert_eq!(names(folder.path()), [""; 0], "{script}");
    }
}

#[test]
fn what_authelia_refuses_in_a_new_entry_is_a_warning() {
    let (_folder, path) = place(CONFIGURATION);
    let (_, messages) = new(&path, &["x", "--id", "x", "--policy", "nosuch"]).result_and_messages();
    let warning = messages.lines().find(|line| line.contains("authorization_policy"));
    assert!(warning.is_some_and(|line| line.contains("warning: ")), "{messages}");
    let (_, messages) = new(&path, &["y", "--id", "y"]).result_and_messages();
    assert!(!messages.contains("warning"), "{messages}");
}
