//! `rotate`: new secrets, whose digests replace those in the configuration.

use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{QUICK, Run, finish, folder, names, run};
use serde_json::Value;

/// The lowest work factor, since these tests are about files.
const FAST: [&str; 4] = ["-a", "sha512crypt", "--rounds", "1000"];

/// A configuration with three clients, in an unusual style.
const CONFIGURATION: &str = "\
# kept
identity_providers:
    oidc:
        hmac_secret: 'hunter2'
        clients:
        -   client_id: kasm   # the first
            client_secret: \"$plaintext$hunter2\"   # its secret
            redirect_uris: ['https://kasm.example.com/api/oidc_callback']
        -   {client_id: grafana, client_secret: '$6$abcdefgh$yVfUwsw5T.JApa8POvClA1pQ5peiq97DUNyXCZN5IrF.BMSkiaLQ5kvpuEm/VQ1Tvh/KV2TcaWh8qinoW5dhA1'}
        -   client_id: phone
            public: true
";

fn rotate(args: &[&str]) -> Run {
    run(&[&["rotate"], &FAST[..], args].concat(), "")
}

/// A configuration in a temporary folder.
struct Place {
    folder: tempfile::TempDir,
    path: PathBuf,
}

impl Place {
    fn new(text: &str) -> Self {
        let folder = folder();
        let path = folder.path().join("configuration.yml");
        std::fs::write(&path, text).unwrap();
        Self { folder, path }
    }

    fn path(&self) -> &str {
        self.path.to_str().unwrap()
    }

    fn file(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn text(&self) -> String {
        std::fs::read_to_string(&self.path).unwrap()
    }

    /// Asserts that the client's digest matches the secret.
    #[track_caller]
    fn is_set(&self, client: &str, secret: &str) {
        let args = ["verify", "--config", self.path(), "--client", client];
        assert_eq!(run(&args, secret).result(), "match\n");
    }
}

/// Returns the text from `before` to the next quote.
fn digest<'a>(text: &'a str, before: &str, quote: char) -> &'a str {
    text.split_once(before).unwrap().1.split_once(quote).unwrap().0
}

#[test]
fn the_secret_is_printed_and_its_digest_replaces_the_old_one() {
    let place = Place::new(CONFIGURATION);
    let (secret, messages) = rotate(&[place.path(), "kasm"]).result_and_messages();
    assert_eq!(secret.trim_end().len(), 72);
    assert_eq!(secret.lines().count(), 1);
    assert!(
        messages.contains("line 7: kasm: secret replaced and verified; now set it"),
        "{messages}"
    );
    assert!(!messages.contains(secret.trim_end()));
    let text = place.text();
    let new = digest(&text, "client_secret: \"", '"');
    assert!(new.starts_with("$6$rounds=1000$"), "{new}");
    assert_eq!(text.replace(new, "$plaintext$hunter2"), CONFIGURATION);
    place.is_set("kasm", &secret);
    assert_eq!(names(place.folder.path()), ["configuration.yml"]);
}

#[test]
fn every_style_of_configuration_changes_in_one_line_or_not_at_all() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/configurations");
    let manifest = std::fs::read_to_string(folder.join("manifest.json")).unwrap();
    let manifest: serde_json::Map<String, Value> = serde_json::from_str(&manifest).unwrap();
    super::assert_lists_its_folder(&manifest, &folder);
    for (name, facts) in &manifest {
        let old = std::fs::read_to_string(folder.join(name)).unwrap();
        let place = Place::new(&old);
        let run = rotate(&[place.path(), "kasm"]);
        let new = place.text();
        assert_eq!(names(place.folder.path()), ["configuration.yml"], "{name}");
        if facts["rotate"] != "ok" {
            run.fails_with(&["configuration.yml"]);
            assert_eq!(old, new, "{name}");
            continue;
        }
        let (secret, _) = run.result_and_messages();
        // The old value can have several lines.
        let (before, after): (Vec<_>, Vec<_>) =
            (old.split('\n').collect(), new.split('\n').collect());
        let same = before.iter().zip(&after).take_while(|(a, b)| a == b).count();
        let ends = before.iter().rev().zip(after.iter().rev()).take_while(|(a, b)| a == b).count();
        // Authelia reads a line end as part of a sha512crypt digest, so that the header of a block
        // whose value would have one changes too.
        let is_stripped = ["|-", ">-"].iter().any(|header| after[same].contains(header));
        assert_eq!(after.len() - same - ends, if is_stripped { 2 } else { 1 }, "{name}");
        if facts["yaml"] == true && !new.contains('|') && !new.contains("{{") {
            place.is_set("kasm", &secret);
        }
    }
}

#[test]
fn secret_out_writes_the_secret_to_a_private_file() {
    let place = Place::new(CONFIGURATION);
    let file = place.file("new/kasm.secret");
    let (stdout, messages) =
        rotate(&["--secret-out", &file, place.path(), "kasm"]).result_and_messages();
    assert_eq!(stdout, "");
    assert!(messages.contains(&file), "{messages}");
    let secret = std::fs::read_to_string(&file).unwrap();
    assert_eq!(secret.len(), 72);
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    place.is_set("kasm", &secret);
    // An existing file is kept, and then the configuration is not changed either.
    let before = place.text();
    rotate(&["--secret-out", &file, place.path(), "kasm"]).fails_with(&["already exists"]);
    assert_eq!(place.text(), before);
    rotate(&["--secret-out", &file, "--force", place.path(), "kasm"]).result_and_messages();
    let secret = std::fs::read_to_string(&file).unwrap();
    place.is_set("kasm", &secret);
    assert_eq!(names(&place.folder.path().join("new")), ["kasm.secret"]);
}

#[test]
fn json_describes_the_rotation() {
    let place = Place::new(CONFIGURATION);
    let (line, _) = rotate(&["--format", "json", place.path(), "grafana"]).result_and_messages();
    let object: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(object["version"], 1);
    assert_eq!(object["client_id"], "grafana");
    assert_eq!(object["file"], place.path());
    assert_eq!((&object["line"], &object["entropy_bits"]), (&9.into(), &435.2.into()));
    assert_eq!(object["client_secret_file"], Value::Null);
    assert!(place.text().contains(object["client_secret_digest"].as_str().unwrap()));
    place.is_set("grafana", object["client_secret"].as_str().unwrap());
}

#[test]
fn a_dry_run_shows_only_the_digest_and_changes_nothing() {
    let place = Place::new(CONFIGURATION);
    let diff = rotate(&["--dry-run", place.path(), "kasm"]).result();
    assert_eq!(place.text(), CONFIGURATION);
    assert_eq!(names(place.folder.path()), ["configuration.yml"]);
    assert!(!diff.contains("hunter2"), "{diff}");
    let new = digest(&diff, "+            client_secret: \"", '"');
    assert!(new.starts_with("$6$rounds=1000$"), "{new}");
    assert!(diff.contains("\n-            client_secret: (not shown)   # (not shown)\n"), "{diff}");
    // `patch` accepts the diff once the redacted text is restored.
    let diff = rotate(&["--dry-run", place.path(), "grafana"]).result();
    let shown = "client_secret: \"$plaintext$hunter2\"   # its secret";
    let shown = diff.replace("client_secret: (not shown)   # (not shown)", shown);
    let mut patch = Command::new("patch");
    patch.args(["-s", place.path()]);
    if patch.arg("--version").output().is_err() {
        super::peers::say_skipped("patch: it is not installed");
        return;
    }
    let mut patch = Command::new("patch");
    patch.args(["-s", place.path()]);
    finish(patch, shown).result();
    let new = digest(&diff, "+        -   {client_id: grafana, client_secret: '", '\'');
    assert_eq!(digest(&place.text(), "grafana, client_secret: '", '\''), new);
}

#[test]
fn backup_keeps_the_old_configuration() {
    let place = Place::new(CONFIGURATION);
    rotate(&["--backup", place.path(), "kasm"]).result_and_messages();
    assert_eq!(names(place.folder.path()), ["configuration.yml", "configuration.yml.bak"]);
    let kept = place.file("configuration.yml.bak");
    assert_eq!(std::fs::read_to_string(&kept).unwrap(), CONFIGURATION);
    // A killed run can leave the backup as a hard link to the configuration.
    std::fs::remove_file(&kept).unwrap();
    std::fs::hard_link(&place.path, &kept).unwrap();
    let (_, messages) = rotate(&["--backup", place.path(), "kasm"]).result_and_messages();
    assert!(!messages.contains("hard link"), "{messages}");
    assert_eq!(names(place.folder.path()), ["configuration.yml", "configuration.yml.bak"]);
    // The backup is always the previous version.
    let second = place.text();
    rotate(&["--backup", place.path(), "kasm"]).result_and_messages();
    assert_eq!(std::fs::read_to_string(&kept).unwrap(), second);
}

#[test]
fn mode_owner_attributes_and_links_are_kept() {
    let place = Place::new(CONFIGURATION);
    std::fs::set_permissions(&place.path, std::fs::Permissions::from_mode(0o640)).unwrap();
    let is_root = std::os::unix::fs::chown(&place.path, Some(1234), Some(5678)).is_ok();
    let attribute = |program: &str, args: &[&str]| {
        let script = format!("import os, sys; {program}");
        let mut python = Command::new("python3");
        python.args(["-c", &script, place.path()]).args(args);
        finish(python, "")
    };
    let set = "os.setxattr(sys.argv[1], 'user.note', b'kept')";
    let has_attributes = attribute(set, &[]).code == Some(0);
    let links = folder();
    let link = links.path().join("link.yml");
    symlink(&place.path, &link).unwrap();
    let before = std::fs::metadata(&place.path).unwrap();
    rotate(&[link.to_str().unwrap(), "kasm"]).result_and_messages();
    let after = std::fs::metadata(&place.path).unwrap();
    assert_ne!(place.text(), CONFIGURATION);
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(names(links.path()), ["link.yml"]);
    assert_eq!(
        (after.mode(), after.uid(), after.gid()),
        (before.mode(), before.uid(), before.gid())
    );
    assert!(!is_root || (after.uid(), after.gid()) == (1234, 5678));
    if has_attributes {
        let get = "print(os.getxattr(sys.argv[1], 'user.note'))";
        assert_eq!(attribute(get, &[]).result(), "b'kept'\n");
    } else {
        super::peers::say_skipped("extended attributes: the file system does not support them");
    }
}

#[test]
fn a_digest_in_a_separate_file_is_rotated_there() {
    let place = Place::new("");
    let file = place.file("kasm.digest");
    let yaml = format!(
        "identity_providers: {{oidc: {{clients: [{{client_id: kasm, client_secret: '{{{{ secret \
         \"{file}\" }}}}'}}, {{client_id: env, client_secret: '{{{{ env \"X\" }}}}'}}, {{client_id: \
         range, client_secret: '{{{{ range .X }}}}'}}]}}}}\n"
    );
    std::fs::write(&place.path, &yaml).unwrap();
    std::fs::write(&file, format!("{QUICK}\n")).unwrap();
    rotate(&[place.path(), "kasm"]).fails_with(&["client kasm", "kasm.digest", "--resolve"]);
    rotate(&["--resolve", place.path(), "env"])
        .fails_with(&["client env", "the environment variable X"]);
    rotate(&["--resolve", place.path(), "range"]).fails_with(&["client range", "a template"]);
    // A default value can be the secret.
    let default = yaml.replace("{{ env \"X\" }}", "${X:-hunter2}");
    std::fs::write(&place.path, default).unwrap();
    let refused = rotate(&["--resolve", place.path(), "env"]);
    assert!(!refused.stderr.contains("hunter2"), "{}", refused.stderr);
    refused.fails_with(&["client env", "a template that cannot be resolved"]);
    std::fs::write(&place.path, &yaml).unwrap();
    let diff = rotate(&["--resolve", "--dry-run", place.path(), "kasm"]).result();
    assert!(diff.contains(&format!("\n-{QUICK}\n+$6$rounds=1000$")), "{diff}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), format!("{QUICK}\n"));
    let (secret, _) = rotate(&["--resolve", place.path(), "kasm"]).result_and_messages();
    assert_eq!(place.text(), yaml);
    assert!(std::fs::read_to_string(&file).unwrap().ends_with('\n'));
    assert_eq!(run(&["verify", "--digest-file", &file], secret).result(), "match\n");
    // A file that has more than a digest, or that another client uses too, is not changed.
    std::fs::write(&file, "a\nb\n").unwrap();
    rotate(&["--resolve", place.path(), "kasm"]).fails_with(&["holds more than a digest"]);
    let shared = yaml.replace("env \"X\"", &format!("secret \"{file}\""));
    std::fs::write(&place.path, shared).unwrap();
    rotate(&["--resolve", place.path(), "kasm"])
        .fails_with(&["also holds the digest of the client env"]);
    std::fs::remove_file(&file).unwrap();
    std::fs::write(&place.path, &yaml).unwrap();
    rotate(&["--resolve", place.path(), "kasm"]).fails_with(&["cannot read", "kasm.digest"]);
}

#[test]
fn all_secrets_are_rotated_or_none() {
    let place = Place::new(CONFIGURATION);
    let secrets = place.file("secrets");
    rotate(&["--all", place.path()]).fails_with(&["--secret-out FOLDER"]);
    let (stdout, messages) =
        rotate(&["--all", "--secret-out", &secrets, place.path()]).result_and_messages();
    assert_eq!(stdout.matches("New secret:").count(), 2, "{stdout}");
    assert!(messages.contains("2 secrets replaced and verified"), "{messages}");
    assert_eq!(names(secrets.as_ref()), ["grafana", "kasm"]);
    assert_eq!(std::fs::metadata(&secrets).unwrap().permissions().mode() & 0o777, 0o700);
    for client in ["grafana", "kasm"] {
        let file = format!("{secrets}/{client}");
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        place.is_set(client, &std::fs::read_to_string(file).unwrap());
    }
    let fresh = place.file("fresh/folder");
    let nobody = ["--format", "jsonl", "--all", "--secret-out", &fresh, place.path()];
    let mut full = Command::new("sh");
    full.args(["-c", r#""$0" rotate "$@" > /dev/full"#, env!("CARGO_BIN_EXE_oidc-secret")]);
    full.args(FAST).args(nobody);
    finish(full, "").fails_with(&["No space left"]);
    assert_eq!(names(place.folder.path()), ["configuration.yml", "secrets"]);
    // One of the files exists, so that neither the other nor the configuration is written.
    std::fs::remove_file(format!("{secrets}/kasm")).unwrap();
    let before = place.text();
    rotate(&["--all", "--secret-out", &secrets, place.path()]).fails_with(&["already exists"]);
    assert_eq!(names(secrets.as_ref()), ["grafana"]);
    assert_eq!(place.text(), before);
}

#[test]
fn an_id_that_cannot_be_a_file_name_is_refused() {
    for id in ["..", "a/b", "../x"] {
        let place = Place::new(&CONFIGURATION.replace("kasm ", &format!("'{id}' ")));
        let secrets = place.file("secrets");
        rotate(&["--all", "--secret-out", &secrets, place.path()])
            .fails_with(&["cannot be the name of a file"]);
        assert_eq!(names(place.folder.path()), ["configuration.yml"]);
    }
}

#[test]
fn secrets_of_an_older_format_are_rotated() {
    let weak = "$pbkdf2-sha512$1000$c8p78n7pUMln0jzvd4aK4Q$JNRBzwAo0ek5qKn50cFzzvE9RXV88h1wJn5KGiHrD0YKtZaR/nCb2CJPOsKaPK0hjf.9yHxzQGZziziccp6Yng";
    let sound = weak.replace("$1000$", "$310000$");
    let argon2 = "$argon2id$v=19$m=65536,t=3,p=4$D+aISAJ4lET8vbRHs4eP8A$hxU6gloNNiPCsDfNWna83gElJRcouTV/+wfEMVR+X7o";
    let md5 = "$1$hRgWGKxs$sEfQnJlEhlEHeJkNRe3sO.";
    // It lost the end of its key, and still matches.
    let short = &sound[..sound.len() - 22];
    let clients = [
        ("weak", weak),
        ("sound", &*sound),
        ("argon2", argon2),
        ("quick", QUICK),
        ("md5", md5),
        ("short", short),
        ("plain", "$plaintext$hunter2"),
        ("bare", "hunter2"),
        ("referenced", "{{ secret \"/run/x\" }}"),
    ];
    let entry = |(id, secret): (&str, &str)| {
        format!("      - client_id: {id}\n        client_secret: '{secret}'\n")
    };
    // Authelia needs the plaintext secret for this method.
    let jwt = "      - client_id: jwt\n        client_secret: '$plaintext$hunter2'\n        \
               token_endpoint_auth_method: client_secret_jwt\n";
    let text = clients.map(entry).concat() + jwt;
    let text = format!("identity_providers:\n  oidc:\n    clients:\n{text}");
    for (more, expected) in [
        (&[][..], &["bare", "md5", "plain", "quick", "short", "weak"][..]),
        (&["-a", "argon2id"], &["bare", "md5", "plain", "quick", "short", "sound", "weak"]),
    ] {
        let place = Place::new(&text);
        let secrets = place.file("secrets");
        let args = ["rotate", "--older-format", "--secret-out", &secrets, place.path()];
        let (_, messages) = run(&[&args[..], more].concat(), "").result_and_messages();
        assert!(
            messages.contains("referenced: not rotated: the secret is not in this file"),
            "{messages}"
        );
        assert_eq!(names(secrets.as_ref()), expected);
    }
}

#[test]
fn a_dry_run_without_anything_to_rotate_reports_it() {
    let place =
        Place::new("identity_providers: {oidc: {clients: [{client_id: a, public: true}]}}\n");
    let (diff, messages) =
        run(&["rotate", "--older-format", "--dry-run", place.path()], "").result_and_messages();
    assert_eq!(diff, "");
    assert!(messages.contains("there is no secret to rotate: nothing was changed"), "{messages}");
}

#[test]
fn the_secret_of_a_public_client_is_warned_of() {
    let place = Place::new(
        "x: &x {public: true}\nidentity_providers: {oidc: {clients: [{client_id: a, \
         client_secret: '$plaintext$x', <<: *x}, {client_id: b, client_secret: '$plaintext$x'}]}}\n",
    );
    let (_, messages) = rotate(&[place.path(), "a"]).result_and_messages();
    assert!(messages.contains("line 2: a is a public client"), "{messages}");
    assert!(messages.contains("remove client_secret"), "{messages}");
    let (_, messages) = rotate(&[place.path(), "b"]).result_and_messages();
    assert!(!messages.contains("public client"), "{messages}");
}

#[test]
fn a_client_that_needs_the_plaintext_secret_gets_it() {
    let place = Place::new(
        "identity_providers:\n  oidc:\n    clients:\n      - client_id: jwt\n        client_secret: \
         '$plaintext$hunter2'\n        token_endpoint_auth_method: client_secret_jwt\n",
    );
    let diff = rotate(&["--dry-run", place.path(), "jwt"]).result();
    assert!(!diff.contains("$plaintext$"), "{diff}");
    let (secret, _) = rotate(&[place.path(), "jwt"]).result_and_messages();
    assert!(place.text().contains(&format!("'$plaintext${}'\n", secret.trim_end())));
    // The method can come from a merge key.
    let merged = Place::new(
        "x: &x {token_endpoint_auth_method: client_secret_jwt}\nidentity_providers:\n  oidc:\n    \
         clients:\n      - client_id: jwt\n        client_secret: '$plaintext$hunter2'\n        <<: *x\n",
    );
    rotate(&[merged.path(), "jwt"]).result_and_messages();
    assert!(merged.text().contains("$plaintext$"));
    let (line, _) = rotate(&["--format", "json", place.path(), "jwt"]).result_and_messages();
    let object: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(object["client_secret_digest"], Value::Null);
}

/// The apps of `ownCloud` have the secret built in, and could not sign in with another one.
#[test]
fn a_secret_built_into_an_application_is_not_changed() {
    let place = Place::new("identity_providers:\n  oidc:\n    clients: []\n");
    let urls =
        ["--app-url", "https://app.example.com", "--authelia-url", "https://auth.example.com"];
    let new = ["new", "--app", "ocis", "-i", "100000", "--write", place.path()];
    run(&[&new[..], &urls].concat(), "").result_and_messages();
    let before = place.text();
    let desktop = "xdXOt13JKxym1B1QcEncf2XDkLAexMBFwiT9j6EfhhHFJhs2KM9jbjTmf8JBXE69";
    rotate(&[place.path(), desktop]).fails_with(&["built into ownCloud Infinite Scale"]);
    let secrets = place.file("secrets");
    let (_, messages) =
        rotate(&["--all", "--secret-out", &secrets, place.path()]).result_and_messages();
    assert!(messages.contains("is built into ownCloud"), "{messages}");
    assert_eq!(place.text(), before);
}

#[test]
fn a_failed_rotation_names_the_reason_and_changes_nothing() {
    let place = Place::new(CONFIGURATION);
    for (args, words) in [
        (&["kas"][..], &["no client with the id `kas`"][..]),
        (&["phone"], &["no secret of its own", "a public client"]),
        (&["--length", "5", "kasm"], &["can be guessed"]),
        (&["--all", "kasm"], &["exclude each other"]),
        (&[], &["no client is named", "the clients are: kasm, grafana, phone"]),
        (&["-a", "bcrypt", "--length", "73", "kasm"], &["73 bytes"]),
    ] {
        let base: &[&str] =
            if args.contains(&"-a") { &["rotate"] } else { &["rotate", "-i", "100000"] };
        run(&[base, &[place.path()], args].concat(), "").fails_with(words);
    }
    assert_eq!(place.text(), CONFIGURATION);
    assert_eq!(names(place.folder.path()), ["configuration.yml"]);
    for (text, words) in [
        ("a: [", "line "),
        ("\u{0}", "line "),
        ("identity_providers: {oidc: {clients: x}}", "is not a list"),
        ("x: &x {clients: [{id: kasm}]}\nidentity_providers: {oidc: {<<: *x}}", "merged in by"),
        (
            &CONFIGURATION.replace("redirect_uris: ", "client_secret: x #"),
            "duplicate key client_secret",
        ),
        (&CONFIGURATION.replace("\"$plaintext$hunter2\"", "!!binary 'eA=='"), "change it yourself"),
        (&format!("{CONFIGURATION}identity_providers: {{}}\n"), "duplicate key identity_providers"),
        (&CONFIGURATION.replace("grafana", "kasm"), "duplicate client id"),
    ] {
        let place = Place::new(text);
        rotate(&[place.path(), "kasm"]).fails_with(&["configuration.yml", words]);
        assert_eq!(place.text(), text);
    }
    run(&["rotate", "/nowhere/x.yml", "kasm"], "").fails_with(&["cannot read /nowhere/x.yml"]);
    run(&["rotate", place.folder.path().to_str().unwrap(), "kasm"], "").fails_with(&[]);
}

#[test]
fn the_secret_never_overwrites_another_file_of_the_run() {
    for (options, out) in [
        (&["--backup"][..], "configuration.yml.bak"),
        (&["--backup", "--force"], "configuration.yml.bak"),
        (&["--backup"], "sub/../configuration.yml.bak"),
        (&["--force"], ".configuration.yml.oidc-secret-b9afc24ce96f5ca1"),
        (&["--force", "--backup"], ".configuration.yml.bak.oidc-secret-39fdf6be317a3f61"),
        (&["--force"], "configuration.yml"),
        (&["--force"], "../same/configuration.yml"),
        (&[], "-"),
    ] {
        let outer = folder();
        let folder = outer.path().join("same");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("configuration.yml"), CONFIGURATION).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_oidc-secret"));
        command.current_dir(&folder).arg("rotate").args(FAST).args(options);
        command.args(["--secret-out", out, "configuration.yml", "kasm"]);
        finish(command, "").fails_with(&[]);
        assert_eq!(names(&folder), ["configuration.yml"], "{options:?} {out}");
        let text = std::fs::read_to_string(folder.join("configuration.yml")).unwrap();
        assert_eq!(text, CONFIGURATION);
    }
    // The same holds if the digest is in a separate file.
    let place = Place::new("");
    let file = place.file("digest");
    std::fs::write(&file, QUICK).unwrap();
    let yaml = format!(
        "identity_providers: {{oidc: {{clients: [{{client_id: kasm, client_secret: '{{{{ secret \"{file}\" }}}}'}}]}}}}\n"
    );
    std::fs::write(&place.path, &yaml).unwrap();
    for out in [&*file, place.path()] {
        rotate(&["--resolve", "--force", "--secret-out", out, place.path(), "kasm"])
            .fails_with(&["--secret-out would write over"]);
        assert_eq!(
            (place.text(), std::fs::read_to_string(&file).unwrap()),
            (yaml.clone(), QUICK.to_owned())
        );
    }
}

#[test]
fn a_fifo_or_a_folder_is_refused_without_waiting() {
    let place = Place::new(CONFIGURATION);
    let pipe = place.file("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    rotate(&[&pipe, "kasm"]).fails_with(&["is not a regular file"]);
    rotate(&["--dry-run", &pipe, "kasm"]).fails_with(&["is not a regular file"]);
    let uri = ["--redirect-uri", "https://x.example.com/cb"];
    run(&[&["new", "-i", "100000", "--dry-run", "--write", &pipe][..], &uri].concat(), "")
        .fails_with(&["is not a regular file"]);
    // A folder has the name of the backup.
    std::fs::create_dir(place.file("configuration.yml.bak")).unwrap();
    rotate(&["--backup", place.path(), "kasm"])
        .fails_with(&["configuration.yml.bak is not a regular file"]);
    assert_eq!(place.text(), CONFIGURATION);
}

#[test]
fn hard_links_and_later_documents_cause_warnings() {
    let place = Place::new(&format!("a: b\n---\n{CONFIGURATION}"));
    std::fs::hard_link(&place.path, place.file("other.yml")).unwrap();
    let (_, messages) = rotate(&[place.path(), "kasm"]).result_and_messages();
    assert!(messages.contains("has 1 more hard link"), "{messages}");
    assert!(messages.contains("document 2, but Authelia reads only the first"), "{messages}");
}

/// Authelia would expand a plaintext secret that looks like a template.
#[test]
fn a_plaintext_secret_never_looks_like_a_template() {
    let yaml = "identity_providers:\n  oidc:\n    clients:\n      - client_id: jwt\n        client_secret: \
                $plaintext$hunter2\n        token_endpoint_auth_method: client_secret_jwt\n";
    let place = Place::new(yaml);
    let weak = ["--allow-weak", "--length", "40", "--characters", "{ab:, #'"];
    for _ in 0..20 {
        let (secret, _) =
            rotate(&[&weak[..], &[place.path(), "jwt"]].concat()).result_and_messages();
        assert!(!secret.contains("{{"));
    }
    let only = ["--allow-weak", "--length", "40", "--characters", "{$", place.path(), "jwt"];
    let run = rotate(&only);
    assert_eq!((run.code, &*run.stdout), (Some(2), ""));
    assert!(run.stderr.contains("look like templates"), "{}", run.stderr);
}
