//! `rotate --digest-out`: the new digests in files as well.

use std::path::PathBuf;

use super::{Run, folder, mode, names, run};

const CONFIGURATION: &str = "\
identity_providers:
  oidc:
    clients:
      - client_id: kasm
        client_secret: '$plaintext$hunter2'
      - client_id: jwt
        client_secret: '$plaintext$hunter2'
        token_endpoint_auth_method: client_secret_jwt
";

struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = folder();
        std::fs::write(folder.path().join("configuration.yml"), CONFIGURATION).unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn file(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// Rotates; `@NAME` is a file in the folder.
    fn rotate(&self, args: &str) -> Run {
        let args = args.split_whitespace().map(|arg| match arg.strip_prefix('@') {
            Some(name) => self.file(name),
            None => arg.to_owned(),
        });
        let args: Vec<String> = args.collect();
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        run(&[&["rotate", "-a", "sha512crypt", "--rounds", "1000"], &args[..]].concat(), "")
    }

    fn value_of(&self, client: &str) -> String {
        let text = self.read("configuration.yml");
        let entry = text.split_once(&format!("client_id: {client}\n")).unwrap().1;
        entry.split('\'').nth(1).unwrap().to_owned()
    }
}

#[test]
fn the_file_has_the_exact_value_of_client_secret() {
    let place = Place::new();
    let (secret, messages) =
        place.rotate("@configuration.yml kasm --digest-out @new/digest").result_and_messages();
    let value = place.read("new/digest");
    assert!(value.starts_with("$6$rounds=1000$") && !value.ends_with('\n'), "{value:?}");
    assert_eq!(value, place.value_of("kasm"));
    assert_eq!(mode(&place.path("new/digest")), 0o600);
    assert!(messages.contains("digest: the new value of client_secret"), "{messages}");
    // Authelia reads it there too, with either function.
    for function in ["secret", "fileContent"] {
        let template = format!("'{{{{ {function} \"{}\" }}}}'", place.file("new/digest"));
        let yaml = format!(
            "identity_providers: {{oidc: {{clients: [{{client_id: kasm, client_secret: {template}}}]}}}}\n"
        );
        std::fs::write(place.path("reader.yml"), yaml).unwrap();
        let reader = place.file("reader.yml");
        let args = ["verify", "--resolve", "--config", &reader, "--client", "kasm"];
        assert_eq!(run(&args, &secret).result(), "match\n", "{function}");
    }
    // Where Authelia needs the secret itself, the value has its prefix.
    let (secret, _) =
        place.rotate("@configuration.yml jwt --digest-out @jwt").result_and_messages();
    assert_eq!(place.read("jwt"), format!("$plaintext${}", secret.trim_end()));
    assert_eq!(place.read("jwt"), place.value_of("jwt"));
}

#[test]
fn several_clients_have_files_in_a_folder() {
    let place = Place::new();
    let all = "--all --secret-out @secrets --digest-out @digests @configuration.yml";
    let (sheet, messages) = place.rotate(all).result_and_messages();
    assert_eq!(names(&place.path("digests")), ["jwt", "kasm"]);
    assert_eq!(names(&place.path("secrets")), ["jwt", "kasm"]);
    assert_eq!(mode(&place.path("digests")), 0o700);
    let digest = format!("  New digest:  in the file {}\n", place.file("digests/kasm"));
    assert!(sheet.contains(&digest), "{sheet}");
    let value = format!("  New value:   in the file {}\n", place.file("digests/jwt"));
    assert!(sheet.contains(&value), "{sheet}");
    assert!(messages.contains("digests: the new values of client_secret"), "{messages}");
    for client in ["kasm", "jwt"] {
        assert_eq!(place.read(&format!("digests/{client}")), place.value_of(client));
        let secret = place.read(&format!("secrets/{client}"));
        let digest = place.file(&format!("digests/{client}"));
        let verified = run(&["verify", "--digest-file", &digest], secret);
        assert!(verified.stdout == "match\n", "{client}: {}", verified.stderr);
    }
    // One existing file is enough to keep all.
    std::fs::remove_dir_all(place.path("secrets")).unwrap();
    std::fs::remove_file(place.path("digests/jwt")).unwrap();
    let before = (place.read("configuration.yml"), place.read("digests/kasm"));
    place.rotate(all).fails_with(&["digests/kasm already exists", "--force"]);
    assert_eq!((place.read("configuration.yml"), place.read("digests/kasm")), before);
    assert_eq!(names(place.folder.path()), ["configuration.yml", "digests"]);
    place.rotate(&format!("{all} --force")).result_and_messages();
    assert_eq!(place.read("digests/kasm"), place.value_of("kasm"));
}

#[test]
fn the_digest_never_overwrites_another_file_of_the_run() {
    for (args, words) in [
        ("kasm --digest-out @configuration.yml", "--digest-out would write over"),
        ("kasm --backup --digest-out @configuration.yml.bak", "--digest-out would write over"),
        ("kasm --secret-out @x --digest-out @x", "--digest-out would write over"),
        ("kasm --secret-out @n/x --digest-out @n/../n/x", "another process is writing it"),
        ("--all --secret-out @x --digest-out @x", "--digest-out would write over"),
        ("--all --secret-out @x --digest-out @x/kasm", "x/kasm is a folder"),
        ("kasm --digest-out -", "`-` is not the name of a file"),
        ("kasm --digest-out @.configuration.yml.oidc-secret-b9afc24ce96f5ca1", "temporary file"),
    ] {
        for force in ["", "--force"] {
            let place = Place::new();
            place.rotate(&format!("@configuration.yml {args} {force}")).fails_with(&[words]);
            assert_eq!(place.read("configuration.yml"), CONFIGURATION, "{args}");
            assert_eq!(names(place.folder.path()), ["configuration.yml"], "{args}");
        }
    }
    // The same holds for a digest that a template reads.
    let place = Place::new();
    let template = format!("{{{{ secret \"{}\" }}}}", place.file("read"));
    std::fs::write(place.path("read"), "$plaintext$hunter2").unwrap();
    let yaml = CONFIGURATION.replacen("$plaintext$hunter2", &template, 1);
    std::fs::write(place.path("configuration.yml"), &yaml).unwrap();
    let args = "@configuration.yml kasm --resolve --force --digest-out";
    for name in ["read", "configuration.yml"] {
        place.rotate(&format!("{args} @{name}")).fails_with(&["--digest-out would write over"]);
    }
    assert_eq!(place.read("configuration.yml"), yaml);
    assert_eq!(place.read("read"), "$plaintext$hunter2");
    let (secret, _) = place.rotate(&format!("{args} @copy")).result_and_messages();
    assert_eq!(place.read("read"), place.read("copy"));
    let verified = run(&["verify", "--digest-file", &place.file("copy")], secret);
    assert_eq!(verified.result(), "match\n");
}

#[test]
fn json_names_the_digests_file() {
    let place = Place::new();
    let args = "@configuration.yml kasm --format json --digest-out @digest";
    let (line, _) = place.rotate(args).result_and_messages();
    let object: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(object["client_secret_digest_file"], place.file("digest"));
    assert_eq!(object["client_secret_digest"], place.read("digest"));
    // A dry run writes no file, and --force needs one.
    place.rotate("@configuration.yml kasm --dry-run --digest-out @other").result();
    assert_eq!(names(place.folder.path()), ["configuration.yml", "digest"]);
    place
        .rotate("@configuration.yml kasm --force")
        .fails_with(&["--secret-out FILE or --digest-out FILE is missing"]);
}
