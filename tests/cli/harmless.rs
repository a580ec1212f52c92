//! Damage that must never happen: a digest that Authelia rejects, an encrypted file that can no longer
//! be decrypted, a secret on the screen.

use std::path::{Path, PathBuf};

use super::{QUICK, folder, names, run};

const CONFIGURATION: &str = "\
identity_providers:
  oidc:
    clients:
      - client_id: a
        client_secret: '$plaintext$x'
        redirect_uris: ['https://a.example.com/cb']
";

/// Creates a file with this text in a temporary folder.
fn file(text: &str) -> (tempfile::TempDir, String) {
    let folder = folder();
    let path = folder.path().join("configuration.yml");
    std::fs::write(&path, text).unwrap();
    let path = path.to_str().unwrap().to_owned();
    (folder, path)
}

#[test]
fn digests_in_another_systems_format_are_never_written_to_the_configuration() {
    let (folder, path) = file(CONFIGURATION);
    for flag in [&["--encoding", "phc"][..], &["--for", "phc"], &["--for", "ldap"]] {
        let rotate = [&["rotate", "-i", "100000"], flag, &[&*path, "a"]].concat();
        let run = run(&rotate, "");
        assert_eq!((run.code, &*run.stdout), (Some(2), ""), "{flag:?}: {}", run.stderr);
    }
    let uri = ["--redirect-uri", "https://b.example.com/cb"];
    for flag in [&["--encoding", "phc"][..], &["--for", "phc"]] {
        let write = [&["new", "b", "--write", &path], flag, &uri].concat();
        run(&write, "").fails_with(&["Authelia", "leave out"]);
        let entry = [&["new", "b", "--format", "authelia"], flag].concat();
        run(&entry, "").fails_with(&["Authelia", "leave out"]);
        let app = [&["new"], &super::KASM[..], flag].concat();
        run(&app, "").fails_with(&["Authelia", "leave out"]);
    }
    // Without a configuration such a digest is for another system, which the output names.
    let text = run(&["new", "b", "--encoding", "phc"], "").result_and_messages().0;
    assert!(text.contains("Digest: for a reader of PHC strings only"), "{text}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), CONFIGURATION);
    assert_eq!(names(folder.path()), ["configuration.yml"]);
}

/// Authelia does not start with a PHC string of PBKDF2, even if the secret is right.
#[test]
fn a_digest_in_a_configuration_is_verified_as_authelia_reads_it() {
    let phc =
        run(&["hash", "--encoding", "phc", "-i", "100000"], "hunter2").result_and_messages().0;
    let phc = phc.trim();
    let (_folder, path) = file(&CONFIGURATION.replace("$plaintext$x", phc));
    let config = ["--config", &*path, "--client", "a"];
    run(&[&["verify"], &config[..]].concat(), "hunter2").fails_with(&["Authelia does not read"]);
    let diagnosed = run(&[&["diagnose"], &config[..]].concat(), "hunter2");
    assert_eq!(diagnosed.code, Some(1), "{}", diagnosed.stdout);
    assert!(diagnosed.stdout.contains("not-read-by-authelia"), "{}", diagnosed.stdout);
    assert_eq!(run(&["audit", &path], "").code, Some(1));
    let direct = run(&["verify", phc], "hunter2").result_and_messages().0;
    assert_eq!(direct, "match\n");
}

/// The value of a YAML block ends with a line end. Authelia ignores it in a PBKDF2 digest and rejects
/// any other digest with it; a plaintext secret becomes another secret (go-crypt's verdicts are in
/// tests/vectors/digests.jsonl).
#[test]
fn the_new_digest_in_a_yaml_block_has_no_line_end() {
    for header in ["|", "|+", ">", "|2", "|  # c"] {
        for algorithm in
            [&["-a", "bcrypt", "--cost", "10"][..], &["-a", "sha512crypt", "--rounds", "1000"]]
        {
            let block = format!("client_secret: {header}\n          $plaintext$x\n");
            let text = CONFIGURATION.replace("client_secret: '$plaintext$x'\n", &block);
            let (_folder, path) = file(&text);
            let rotate = [&["rotate"], algorithm, &[&*path, "a"]].concat();
            let secret = run(&rotate, "").result_and_messages().0;
            let new = std::fs::read_to_string(&path).unwrap();
            let config = ["verify", "--config", &path, "--client", "a"];
            assert_eq!(run(&config, &secret).result(), "match\n", "{new}");
            assert!(new.contains("|-") || new.contains(">-") || new.contains("|2-"), "{new}");
        }
    }
}

/// Authelia reads the file through its template: `secret` drops only line feeds, `fileContent` drops
/// nothing (measured on Authelia 4.39.20).
#[test]
fn a_digest_file_is_verified_as_its_template_reads_it() {
    let rotated = |template: &str, old: &str| {
        let secrets = folder();
        let digest = secrets.path().join("a.digest");
        std::fs::write(&digest, old).unwrap();
        let template = template.replace("PATH", digest.to_str().unwrap());
        let (_folder, path) = file(&CONFIGURATION.replace("'$plaintext$x'", &template));
        let run = run(&["rotate", "-i", "100000", "--resolve", &path, "a"], "");
        (run, std::fs::read_to_string(&digest).unwrap())
    };
    for (template, old, end) in [
        ("'{{ secret \"PATH\" }}'", "$x\n", "\n"),
        ("'{{ secret \"PATH\" }}'", "$x\r\n", ""),
        ("'{{ secret \"PATH\" | trim }}'", "$x\r\n", "\r\n"),
        ("{{ secret \"PATH\" | squote }}", "$x\n", "\n"),
        ("'{{ fileContent \"PATH\" }}'", "$x\n", ""),
        ("{{ fileContent \"PATH\" }}", "$x\n", "\n"),
    ] {
        let (run, new) = rotated(template, old);
        let (secret, _) = run.result_and_messages();
        assert!(
            new.starts_with("$pbkdf2-sha512$100000$") && new.ends_with(end),
            "{template}: {new:?}"
        );
        assert_eq!(new.trim_end().len() + end.len(), new.len(), "{template}: {new:?}");
        let verified = super::run(&["verify", new.trim_end()], &secret);
        assert_eq!(verified.result(), "match\n");
    }
    // `{{-` removes the space after the colon, so that the file is no longer a mapping.
    let (run, new) = rotated("{{- secret \"PATH\" }}", "$x\n");
    run.fails_with(&["Authelia would not accept", "without `-`"]);
    assert_eq!(new, "$x\n");
}

#[test]
fn redirect_uris_that_authelia_rejects_are_refused() {
    let (_folder, path) = file(CONFIGURATION);
    for uri in [
        "https://b.example.com/%zz",
        "https://[::1/cb",
        "https://b:port/",
        "urn:ietf:wg:oauth:2.0:oob",
    ] {
        run(&["new", "b", "--write", &path, "--redirect-uri", uri], "")
            .fails_with(&["--redirect-uri"]);
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), CONFIGURATION);
}

#[test]
fn encrypted_files_are_reported_and_not_changed() {
    let hostile = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile");
    let read = |name: &str| std::fs::read_to_string(hostile.join(name)).unwrap();
    let sealed =
        "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nspec: {encryptedData: {c: AgB}}\n";
    // SOPS can leave values unencrypted, but its MAC still covers them.
    let mac_alone = CONFIGURATION.to_owned()
        + "sops:\n    lastmodified: '2026-01-01T00:00:00Z'\n    mac: ENC[AES256_GCM,data:x,type:str]\n";
    let json = "{\"identity_providers\": {\"oidc\": {\"clients\": [{\"client_id\": \"a\", \"client_secret\": \"ENC[AES256_GCM,data:c2Vj,iv:A,tag:A,type:str]\"}]}}}";
    for (text, tool) in [
        (&*read("sops.yml"), "SOPS"),
        (&mac_alone, "SOPS"),
        (json, "SOPS"),
        (&read("ansible-vault.yml"), "Ansible Vault"),
        (&read("ansible-vault-values.yml"), "Ansible Vault"),
        (sealed, "Sealed Secrets"),
        ("age-encryption.org/v1\n-> X25519 x\n", "age"),
        ("-----BEGIN PGP MESSAGE-----\n\nhQE\n", "OpenPGP"),
        ("\0GITCRYPT\0x", "git-crypt"),
    ] {
        let (folder, path) = file(text);
        let config = ["--config", &*path, "--client", "a"];
        for args in [
            &["rotate", &path, "a"][..],
            &["rotate", &path, "wiki"],
            &["rotate", "--dry-run", &path, "a"],
            &["rotate", "--all", "--secret-out", &format!("{path}.d"), &path],
            &["new", "b", "--redirect-uri", "https://b.example.com/", "--write", &path],
            &[
                "new",
                "b",
                "--redirect-uri",
                "https://b.example.com/",
                "--write",
                &path,
                "--dry-run",
            ],
            &["audit", &path],
            &[&["verify"], &config[..]].concat(),
            &[&["inspect"], &config[..]].concat(),
            &[&["convert", "--for", "ldap"], &config[..]].concat(),
        ] {
            run(args, "x").fails_with(&["configuration.yml", "encrypted with", tool]);
        }
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        assert_eq!(names(folder.path()), ["configuration.yml"]);
    }
}

/// Returns the files of these folders in tests/.
fn files(folders: &[&str]) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let entries = |folder: &&str| std::fs::read_dir(root.join(folder)).unwrap();
    let mut files: Vec<_> =
        folders.iter().flat_map(entries).map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// Runs over every file found by fuzzing, reported from use, or written after a style guide.
#[test]
fn no_file_causes_a_panic_or_reveals_hidden_text() {
    let files = files(&["hostile", "configurations", "lists"]);
    for path in files {
        let name = path.to_str().unwrap();
        // Comments on separate lines, and the plaintext secret in the files found by fuzzing.
        let bytes = std::fs::read(&path).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        let lines: Vec<_> = text.split(['\n', '\r']).map(str::trim).collect();
        let is_elsewhere =
            |hidden: &str| lines.iter().any(|line| !line.starts_with('#') && line.contains(hidden));
        let comments = lines.iter().filter_map(|line| line.strip_prefix('#')).map(str::trim);
        let long = comments.filter(|text| text.len() > 8 && !is_elsewhere(text));
        let hidden: Vec<_> = long.chain(["hunter2"]).collect();
        for args in [
            &["rotate", "--dry-run", "-i", "100000", "--all", name][..],
            &["rotate", "--dry-run", "-i", "100000", name, "a"],
            &[
                "new",
                "b",
                "--write",
                name,
                "--dry-run",
                "-i",
                "100000",
                "--redirect-uri",
                "https://b.example.com",
            ],
            &["audit", name],
            &["audit", "--format", "json", name],
        ] {
            let run = run(args, "");
            assert!(matches!(run.code, Some(0..=2)), "{args:?}: {:?} {}", run.code, run.stderr);
            assert!(!run.stderr.contains("panicked"), "{args:?}: {}", run.stderr);
            for text in [&run.stdout, &run.stderr] {
                let control = text.chars().find(|c| c.is_control() && *c != '\n');
                assert_eq!(control, None, "{args:?}: {text:?}");
            }
            if args.contains(&"--dry-run") {
                for hidden in &hidden {
                    // A comment can hold a control line of a template, which is shown.
                    assert!(
                        !run.stdout.contains(hidden) || hidden.contains("{{"),
                        "{args:?}: {hidden:?} {}",
                        run.stdout
                    );
                }
            }
        }
    }
}

/// With quadratic time the test would not end.
#[test]
fn many_templates_take_linear_time() {
    let templates = "a: \"".to_owned() + &"{{ env `X` }} ".repeat(200_000) + "\"\n" + CONFIGURATION;
    let variables = "a: ".to_owned() + &"${".repeat(800_000) + "\n" + CONFIGURATION;
    let open = "a: '".to_owned() + &"{{ \"".repeat(200_000) + "'\n" + CONFIGURATION;
    for text in [templates, variables, open] {
        let (_folder, path) = file(&text);
        for args in [
            &["audit", &path][..],
            &["rotate", "--dry-run", "-i", "100000", &path, "a"],
            &[
                "new",
                "b",
                "--redirect-uri",
                "https://b.example.com/",
                "--write",
                &path,
                "--dry-run",
                "-i",
                "100000",
            ],
        ] {
            assert!(matches!(run(args, "").code, Some(0..=2)), "{args:?}");
        }
    }
}

/// Each client has an anchor that another client merges. Counting the aliases once for all of them keeps
/// the time linear.
#[test]
fn many_anchors_take_linear_time() {
    let client = |n: usize| {
        format!("      - &c{n}\n        client_id: c{n}\n        client_secret: '$plaintext$x'\n")
            + &format!(
                "      - <<: *c{n}\n        client_id: d{n}\n        client_secret: '{QUICK}'\n"
            )
    };
    let clients: String = (0..20_000).map(client).collect();
    let (_folder, path) = file(&format!("identity_providers:\n  oidc:\n    clients:\n{clients}"));
    let run = run(
        &["rotate", "--older-format", "--dry-run", "-a", "sha512crypt", "--rounds", "1000", &path],
        "",
    );
    let (diff, _) = run.result_and_messages();
    assert_eq!(diff.matches("\n+        client_secret").count(), 40_000);
}

#[test]
fn untried_guesses_are_an_error() {
    let digest = run(&["hash"], "quite-another-secret").result();
    let text = CONFIGURATION.replace("$plaintext$x", digest.trim());
    let (_folder, path) = file(&text);
    let untried = run(&["audit", "--guess", "--max-time", "0s", &path], "");
    assert_eq!(untried.code, Some(2), "{}", untried.stderr);
    assert!(untried.stderr.contains("guesses were not tried within 0 s"), "{}", untried.stderr);
    assert!(untried.stderr.contains("--max-time"), "{}", untried.stderr);
    assert_eq!(run(&["audit", "--guess", &path], "").code, Some(0));
    // A digest that exceeds the cost limits is never tried.
    let absurd = text.replace("310000", "2000000000");
    let (_other, path) = file(&absurd);
    let found = run(&["audit", "--guess", "--ignore", "over-limits", &path], "");
    assert_eq!(found.code, Some(2), "{} {}", found.stdout, found.stderr);
}

#[test]
fn an_odd_value_is_a_finding_and_the_rest_is_checked() {
    let odd = |value: &str| {
        let other = "      - client_id: b\n        client_secret: plain\n        redirect_uris: ['https://b.example.com']\n";
        let text = CONFIGURATION.replace("$plaintext$x", QUICK)
            + &format!("        public: {value}\n")
            + other;
        let (_folder, path) = file(&text);
        run(&["audit", "--ignore", "below-owasp", &path], "").stdout
    };
    for (value, finding) in [
        ("0", "note unusual-boolean: Authelia reads this as false"),
        ("'f'", "note unusual-boolean: Authelia reads this as false"),
        ("yes", "error unknown-value: it must be true or false"),
        ("[]", "error unknown-value: it must be true or false"),
        ("{a: b}", "error unknown-value: it must be true or false"),
    ] {
        let found = odd(value);
        assert!(found.contains(finding) && found.contains("client a, public"), "{found}");
        assert!(found.contains("client b, client_secret\nwarning plaintext-secret"), "{found}");
        assert!(found.contains("\n2 clients: "), "{found}");
    }
    assert!(!odd("\"false\"").contains("client a"));
}

#[test]
fn encrypted_digest_files_are_reported_and_not_changed() {
    let sops =
        "{\"data\":\"ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]\",\"sops\":{\"mac\":\"ENC[x]\"}}";
    let files: [(&[u8], &str); 7] = [
        (sops.as_bytes(), "SOPS"),
        (b"{\"kind\":\"SealedSecret\",\"spec\":{}}", "Sealed Secrets"),
        (b"$ANSIBLE_VAULT;1.1;AES256\n6231\n", "Ansible Vault"),
        (b"a line before\n-----BEGIN PGP MESSAGE-----\n", "OpenPGP"),
        (b"age-encryption.org/v1\n-> X25519 abc\n\x80\x81", "age"),
        (b"\x8c\x0d\x04\x09\x03\x02\xff", "OpenPGP"),
        (b"\x85\x01\x0c\x03\xfe", "OpenPGP"),
    ];
    for (contents, tool) in files {
        let secrets = folder();
        let digest = secrets.path().join("d");
        std::fs::write(&digest, contents).unwrap();
        let name = digest.to_str().unwrap();
        let template = format!("'{{{{ secret \"{name}\" }}}}'");
        let (_folder, path) = file(&CONFIGURATION.replace("'$plaintext$x'", &template));
        for args in [
            &["rotate", "-i", "100000", "--resolve", &path, "a"][..],
            &["rotate", "-i", "100000", "--resolve", "--dry-run", &path, "a"],
            &["inspect", "--digest-file", name],
            &["convert", "--for", "ldap", "--digest-file", name],
            &["audit", name],
        ] {
            run(args, "").fails_with(&["encrypted with", tool]);
        }
        assert_eq!(std::fs::read(&digest).unwrap(), contents);
    }
}

#[test]
fn a_digest_file_shared_through_a_symlink_is_not_changed() {
    let secrets = folder();
    let (digest, link) = (secrets.path().join("d"), secrets.path().join("l"));
    std::fs::write(&digest, "$plaintext$x\n").unwrap();
    std::os::unix::fs::symlink(&digest, &link).unwrap();
    let template = |path: &Path| format!("'{{{{ secret \"{}\" }}}}'", path.display());
    let other =
        CONFIGURATION.lines().skip(3).collect::<Vec<_>>().join("\n").replace(" a\n", " b\n");
    let text = CONFIGURATION.replace("'$plaintext$x'", &template(&digest))
        + &other.replace("'$plaintext$x'", &template(&link));
    let (_folder, path) = file(&text);
    run(&["rotate", "--resolve", &path, "a"], "")
        .fails_with(&["also holds the digest of the client b"]);
    assert_eq!(std::fs::read_to_string(&digest).unwrap(), "$plaintext$x\n");
}

/// Authelia expands templates before it parses the YAML, and converts numbers to text afterwards.
#[test]
fn text_that_authelia_would_read_differently_is_not_written() {
    let write = |text: &str, args: &[&str], words: &[&str]| {
        let (_folder, path) = file(text);
        let uri = ["--redirect-uri", "https://b.example.com/cb", "--write", &path];
        let new = [&["new", "-i", "100000"], &uri[..], args].concat();
        run(&new, "").fails_with(words);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    };
    for (id, read) in
        [("0123", "83"), ("0x1F", "31"), ("1e3", "1000"), ("1_000", "1000"), ("true", "1")]
    {
        let text = CONFIGURATION.replace("client_id: a", &format!("client_id: {id}"));
        write(&text, &["--id", read], &["a client with the id", "already"]);
    }
    let trimmed = CONFIGURATION.to_owned() + "        client_name: {{ env \"X\" -}}\n";
    write(&trimmed, &["b"], &["cannot be changed with certainty"]);
    write(CONFIGURATION, &["x {{ y"], &["would fill in"]);
    // Authelia accepts the tab after a scalar alone.
    write("~\n\t\n\n", &["b"], &["cannot be changed with certainty"]);
    // A tag of an empty value would become that of the new clients.
    for tagged in ["!-\n", "\r!-\n", "--- !env\n# empty\n", "identity_providers: !env\n"] {
        write(tagged, &["b"], &["cannot be changed with certainty"]);
    }
    let doubled = CONFIGURATION.replace("$plaintext$x", "$$pbkdf2-sha512$$310000$$abc$$def");
    write(&doubled, &["b"], &["expand-env"]);
    let (_folder, path) = file(&doubled);
    run(&["rotate", &path, "a"], "").fails_with(&["expand-env"]);
    // The other endpoints can need the plaintext secret too.
    let jwt =
        CONFIGURATION.to_owned() + "        revocation_endpoint_auth_method: client_secret_jwt\n";
    let (_folder, path) = file(&jwt);
    run(&["rotate", &path, "a"], "").result_and_messages();
    assert!(std::fs::read_to_string(&path).unwrap().contains("'$plaintext$"));
}

#[test]
fn audit_reports_later_documents_unresolved_templates_and_odd_values() {
    let later = format!("log: {{}}\n---\n{}", CONFIGURATION.replace("$plaintext$x", QUICK));
    let (_folder, path) = file(&later);
    let found = run(&["audit", "--ignore", "below-owasp", &path], "");
    assert_eq!(found.code, Some(1));
    assert!(found.stdout.contains("error unread-document"), "{}", found.stdout);
    assert!(found.stdout.contains("YAML document 2"), "{}", found.stdout);
    let unresolved = CONFIGURATION.replace("'$plaintext$x'", "'{{ secret \"/nonexistent\" }}'");
    let (_folder, path) = file(&unresolved);
    let found = run(&["audit", "--resolve", &path], "");
    assert_eq!(found.code, Some(2), "{}", found.stdout);
    assert!(found.stderr.contains("not resolved") && found.stderr.contains("/nonexistent"));
    let odd = CONFIGURATION.replace("$plaintext$x", QUICK) + "        require_pkce: maybe\n";
    let (_folder, path) = file(&odd);
    let found = run(&["audit", "--ignore", "below-owasp", &path], "");
    assert!(found.stdout.contains("client a, require_pkce"), "{}", found.stdout);
}

#[test]
fn template_comments_are_redacted() {
    let text = "{{/* was hunter2 */}}\n".to_owned() + CONFIGURATION + "        pwd: hunter2\n";
    let (_folder, path) = file(&text);
    let (diff, _) =
        run(&["rotate", "--dry-run", "-i", "100000", &path, "a"], "").result_and_messages();
    assert!(!diff.contains("hunter2") && diff.contains("(not shown)"), "{diff}");
}
