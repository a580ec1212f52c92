//! Field cases: small inputs made after public reports, each with its right answer.

use super::{Run, folder, run};

/// Returns the path of a case's file.
fn case(path: &str) -> String {
    format!("{}/tests/cases/{path}", env!("CARGO_MANIFEST_DIR"))
}

fn audit(path: &str) -> Run {
    run(&["audit", &case(path)], "")
}

/// Diagnoses the secret in one file against the digest in another.
fn diagnose(secret: &str, digest: &str) -> Run {
    let (secret, digest) = (case(secret), case(digest));
    run(&["diagnose", "--secret-file", &secret, "--digest-file", &digest], "")
}

/// Verifies the secret in a file against that of a client.
fn verify(secret: &str, config: &str, client: &str) -> Run {
    let (secret, config) = (case(secret), case(config));
    run(&["verify", "--secret-file", &secret, "--config", &config, "--client", client], "")
}

impl Run {
    /// Asserts the exit code, and the words that the output and the messages have.
    #[track_caller]
    fn answers(&self, code: i32, words: &[&str]) {
        let text = format!("{}{}", self.stdout, self.stderr);
        assert_eq!(self.code, Some(code), "{text}");
        for word in words {
            assert!(text.contains(word), "{word:?} is not in: {text}");
        }
    }

    /// Asserts that neither the output nor the messages have these words.
    #[track_caller]
    fn lacks(&self, words: &[&str]) {
        let text = format!("{}{}", self.stdout, self.stderr);
        for word in words {
            assert!(!text.contains(word), "{word:?} is in: {text}");
        }
    }
}

#[test]
fn a_method_that_the_application_sets_is_not_advised_against() {
    let found = audit("immich-post/configuration.yml");
    found.answers(
        1,
        &[
            "configuration.yml:7: client immich, token_endpoint_auth_method",
            "client_secret_post must equal the application's own setting",
            "configuration.yml:14: client jelly, token_endpoint_auth_method",
            "client_secret_basic must equal the application's own setting",
            "0 errors, 2 warnings",
        ],
    );
    found.lacks(&["Set token_endpoint_auth_method to", "immich2"]);
}

#[test]
fn misspelt_keys_are_named_with_the_right_ones() {
    audit("misspelt-keys/configuration.yml").answers(
        1,
        &[
            "configuration.yml:6: client appname, token_endpoint_client_auth_method",
            "did you mean token_endpoint_auth_method?",
            "configuration.yml:7: client appname, redirect_uri",
            "did you mean redirect_uris?",
        ],
    );
    audit("misspelt-keys/oidc-only.yml")
        .fails_with(&["no client found", "put oidc where Authelia reads it"]);
    audit("misspelt-keys/top.yml")
        .fails_with(&["no client found", "identify_providers; did you mean identity_providers?"]);
}

#[test]
fn a_boolean_in_quotes_is_read_as_authelia_reads_it() {
    let found = audit("public-string/configuration.yml");
    found.answers(1, &[":14: client three, public", "it must be true or false", "1 error, 0 warn"]);
    found.lacks(&["client one", "client two"]);
}

#[test]
fn a_block_pasted_twice_and_a_placeholder_of_a_page_are_named() {
    audit("appended-block/configuration.yml").fails_with(&[
        "line 9",
        "duplicate key identity_providers",
        "merge the two",
    ]);
    let found = audit("appended-block/docs.yml");
    found.answers(1, &["docs.yml:7: client wiki, redirect_uris", "error placeholder"]);
    found.lacks(&["unresolved"]);
}

#[test]
fn anchors_and_merged_keys_are_read_and_not_changed() {
    let config = "anchors/configuration.yml";
    let found = audit(config);
    found.answers(1, &[":14: client two, client_secret", "warning same-secret", "1 warning"]);
    for client in ["one", "two"] {
        verify("secret.txt", config, client).answers(0, &["match"]);
    }
    run(&["rotate", "--dry-run", &case(config), "one"], "").fails_with(&["shared by an anchor"]);
}

#[test]
fn json_is_read_and_changed_in_place() {
    for name in ["authelia.json", "pretty.json"] {
        let config = format!("json/{name}");
        verify("secret.txt", &config, "wiki").answers(0, &["match"]);
        audit(&config).answers(1, &["no key that signs", "1 error, 0 warnings"]);
        let folder = folder();
        let (copy, secret) = (folder.path().join(name), folder.path().join("secret"));
        std::fs::copy(case(&config), &copy).unwrap();
        let (copy, secret) = (copy.to_str().unwrap(), secret.to_str().unwrap());
        run(&["rotate", copy, "wiki", "--secret-out", secret, "-i", "100000"], "").answers(0, &[]);
        let text = std::fs::read_to_string(copy).unwrap();
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        let client = &json["identity_providers"]["oidc"]["clients"][0];
        assert_eq!(client["client_name"].as_str().unwrap_or("Wiki"), "Wiki");
        assert!(client["client_secret"].as_str().unwrap().starts_with("$pbkdf2-sha512$100000$"));
    }
}

#[test]
fn utf_16_is_named_and_windows_line_ends_are_read() {
    verify("secret.txt", "windows/configuration.yml", "one").answers(0, &["match"]);
    audit("windows/config-utf16.yml").fails_with(&["this is UTF-16", "save it as UTF-8"]);
    let run = diagnose("secret.txt", "windows/digest-utf16.txt");
    run.fails_with(&["digest-utf16.txt: this is UTF-16", "save it as UTF-8"]);
    diagnose("windows/secret-utf16.txt", "digest.txt")
        .answers(1, &["mismatch", "after decoding it from UTF-16"]);
}

#[test]
fn the_output_of_a_generator_stored_whole_is_a_label() {
    for name in ["out.txt", "secret-line.txt"] {
        let found = diagnose(&format!("awk-random/{name}"), "digest.txt");
        found.answers(1, &["mismatch", "error label", "its label was copied with it"]);
        found.lacks(&["digest-as-secret"]);
    }
    diagnose("awk-random/out.txt", "digest.txt").answers(1, &["in line 1"]);
    diagnose("awk-random/awk.txt", "digest.txt").answers(1, &["digest-as-secret"]);
    diagnose("awk-random/awk3.txt", "digest.txt").answers(1, &["one trailing newline"]);
    for name in ["out.txt", "awk.txt"] {
        let found = diagnose("secret.txt", &format!("awk-random/{name}"));
        found.answers(1, &["invalid", "error label", "there is text before the digest"]);
    }
}

/// Digests and tokens of other software, and the words that name them. A text that can be rewritten has
/// the way to do it as the fix; any other has a fix that works.
const FOREIGN: [(&str, &[&str]); 31] = [
    ("argon2-padded", &["padded"]),
    ("url-b64-pbkdf2", &["base64url"]),
    ("std-b64-pbkdf2", &["standard base64", "oidc-secret convert"]),
    ("django-sha1", &["Django", "oidc-secret convert"]),
    ("django-argon2", &["Django", "oidc-secret convert"]),
    ("spring-bcrypt", &["Spring", "oidc-secret convert"]),
    ("spring-argon2", &["Spring", "oidc-secret convert"]),
    ("dovecot-argon2", &["Dovecot", "oidc-secret convert"]),
    ("b64-of-bcrypt", &["encoded in base64", "decode it"]),
    ("b64-of-pbkdf2", &["encoded in base64", "decode it"]),
    ("spring-pbkdf2-v58", &["Spring", "oidc-secret convert"]),
    ("spring-noop", &["Spring", "make a new digest"]),
    ("aspnet-v2", &["ASP.NET Identity", "oidc-secret convert"]),
    ("aspnet-v3", &["ASP.NET Core Identity", "oidc-secret convert"]),
    ("cisco8", &["Cisco", "oidc-secret convert"]),
    ("crypt-gost", &["gost-yescrypt", "make a new digest"]),
    ("crypt-scrypt-7", &["crypt(3) (scrypt)", "oidc-secret convert"]),
    ("mosquitto", &["Mosquitto", "oidc-secret convert"]),
    ("dovecot-pbkdf2", &["Dovecot", "oidc-secret convert"]),
    ("gitlab-devise", &["GitLab", "oidc-secret convert"]),
    ("hex-pbkdf2", &["in hex", "oidc-secret convert"]),
    ("grafana-hex", &["Grafana", "make a new digest"]),
    ("grub", &["GRUB", "oidc-secret convert"]),
    ("ids4-sha256", &["IdentityServer", "make a new digest"]),
    ("keycloak-argon2", &["Keycloak", "oidc-secret convert"]),
    ("macos-plist", &["macOS", "make a new digest"]),
    ("mysql", &["MySQL", "make a new digest"]),
    ("postgres-scram", &["PostgreSQL", "make a new digest"]),
    ("qbittorrent", &["qBittorrent", "oidc-secret convert"]),
    ("werkzeug-pbkdf2", &["Werkzeug", "oidc-secret convert"]),
    ("wordpress-phpass", &["WordPress", "make a new digest"]),
];

/// The same for texts that another system has under several names.
const FOREIGN_HASHES: [(&str, &[&str]); 8] = [
    ("sha256-hex", &["SHA-256 of the secret in hex", "make a new digest"]),
    ("sha512-hex", &["SHA-512 of the secret in hex", "make a new digest"]),
    ("ids4-wrong-hex64", &["encoded in base64"]),
    ("ssha", &["LDAP", "was made from this secret", "make a new digest"]),
    ("ssha512", &["LDAP", "was made from this secret", "make a new digest"]),
    ("nthash", &["NT hash", "make a new digest"]),
    ("node-salt-hash", &["a salt and a key in hex", "make a new digest"]),
    ("cloudflare-like-jwt", &["JSON Web Token"]),
];

#[test]
fn digests_of_other_software_are_named() {
    for (name, words) in FOREIGN.iter().chain(&FOREIGN_HASHES) {
        let found = diagnose("dialects/secret.txt", &format!("dialects/in-{name}.txt"));
        assert!(found.code != Some(0), "{name}");
        found.answers(found.code.unwrap(), words);
        found.lacks(&["copy it again"]);
    }
    for name in ["authelia-file-user", "pocketid-bcrypt", "argon2-wrong-order"] {
        let found = diagnose("dialects/secret.txt", &format!("dialects/in-{name}.txt"));
        found.answers(1, &["nothing-matches"]);
    }
}

/// The repaired digests are those of the secret.
#[test]
fn digests_that_can_be_rewritten_match_once_they_are() {
    let proved = "once that is undone, the secret matches";
    for name in [
        "aspnet-v2",
        "aspnet-v3",
        "b64-of-pbkdf2",
        "django-sha1",
        "dovecot-pbkdf2",
        "grub",
        "mosquitto",
        "qbittorrent",
        "spring-pbkdf2-v58",
        "std-b64-pbkdf2",
        "url-b64-pbkdf2",
        "werkzeug-pbkdf2",
    ] {
        let found = diagnose("dialects/secret.txt", &format!("dialects/in-{name}.txt"));
        found.answers(1, &["invalid", proved]);
    }
    // Authelia reads these, but another key in them.
    for name in ["gitlab-devise", "hex-pbkdf2"] {
        let found = diagnose("dialects/secret.txt", &format!("dialects/in-{name}.txt"));
        found.answers(1, &["mismatch", proved]);
    }
}

#[test]
fn files_of_compose_are_named_with_the_line_to_change() {
    audit("compose/compose.yml").fails_with(&["this is a Compose file", "line 6", "double each $"]);
    audit("compose/.env").fails_with(&[
        "environment variables",
        "line 1",
        "put the digest between single quotes",
    ]);
}

#[test]
fn the_form_of_the_helm_chart_is_named_in_a_configuration() {
    let found = audit("helm-shape-in-config/a.yml");
    found.answers(1, &["a.yml:6: client wiki, client_secret", "the Helm chart's form", "a text"]);
    let found = audit("helm-shape-in-config/b.yml");
    found.answers(1, &["b.yml:5", "the Helm chart's form", "a list", "1 client: 1 error, 0 warn"]);
    verify("secret.txt", "helm-shape-in-config/b.yml", "wiki").fails_with(&["list of clients"]);
    audit("helm-shape-in-config/c.yml").answers(0, &["1 client: 0 errors, 0 warnings"]);
    let found = audit("helm-shape-in-config/d.yml");
    found.answers(1, &["d.yml:9: client fold, client_secret", "a space", "3 clients: 1 error"]);
    found.lacks(&["client wiki"]);
}

/// One client with odd values does not hide another's mistakes.
#[test]
fn an_odd_value_does_not_stop_the_audit_of_other_clients() {
    let yaml = "identity_providers: {oidc: {clients: [\
                {client_id: a, client_secret: {path: /x}, redirect_uris: {a: b}, scopes: {c: d}}, \
                [], 7, {client_id: 'b c', public: [x], client_secret: hunter2}]}}";
    let found = run(&["audit", "-"], yaml);
    found.answers(1, &["the Helm chart's form", "client b c", "plaintext-secret", "4 clients"]);
}

#[test]
fn a_prefix_that_is_missing_and_encodings_with_a_label_are_found() {
    for (secret, digest, words) in [
        ("cut", "d", "adding the prefix gloas-"),
        ("full", "dcut", "removing its prefix"),
        ("enc", "dp", "decoding it from base64"),
        ("hdr", "dp", "reading it as an Authorization header"),
        ("hdr2", "dp", "decoding it from base64"),
        ("basic", "dp", "removing the label"),
    ] {
        let path = |name: &str| format!("wrong-prefix/{name}.txt");
        diagnose(&path(secret), &path(digest)).answers(1, &["mismatch", words]);
    }
    for (secret, digest) in [("p", "dp"), ("full", "d"), ("cut", "dcut")] {
        let path = |name: &str| format!("wrong-prefix/{name}.txt");
        diagnose(&path(secret), &path(digest)).answers(0, &["match"]);
    }
}

#[test]
fn a_client_without_redirect_uris_cannot_sign_anyone_in() {
    let found = audit("no-redirect/no-redirect.yml");
    let words =
        ["no-redirect.yml:6: client wiki, redirect_uris", "no-redirect-uri", "every sign-in fails"];
    found.answers(1, &words);
    found.lacks(&["client device"]);
    for name in ["empty.yml", "configuration.yml"] {
        audit(&format!("no-redirect/{name}")).fails_with(&["no client found", "add the clients"]);
    }
}

#[test]
fn words_of_other_tools_lead_to_the_equivalent() {
    for (line, equivalent) in [
        ("crypto hash generate pbkdf2 --variant sha512", "`oidc-secret hash`"),
        ("crypto hash generate pbkdf2 --random --random.length 72", "`oidc-secret new`"),
        ("crypto hash validate", "`oidc-secret verify`"),
        ("crypto rand --length 72 --charset rfc3986", "`oidc-secret rand`"),
        ("hash --random", "`oidc-secret new`"),
        ("hash --variant sha512", "-a pbkdf2-sha512"),
        ("generate", "did you mean new?"),
        ("validate", "did you mean verify?"),
    ] {
        let args: Vec<_> = line.split(' ').collect();
        run(&args, "").fails_with(&[equivalent]);
    }
}

#[test]
fn of_two_secrets_the_one_that_counts_is_named() {
    let config = "two-secrets/configuration.yml";
    let found = audit(config);
    found.answers(
        1,
        &[
            "configuration.yml:4: client wiki, id",
            "client_id is given too, and is the one that counts",
            "configuration.yml:6: client wiki, secret",
            "client_secret is given too, and is the one that counts",
            "configuration.yml:9: client wiki, userinfo_signing_algorithm",
            "Remove this key",
        ],
    );
    found.lacks(&["Rename it", "old-plain-secret"]);
    verify("secret.txt", config, "wiki").answers(0, &["match"]);
}

/// Files of applications that once made the program panic or hang.
#[test]
fn damaged_files_of_applications_are_refused() {
    use std::process::Command;
    let folder = folder();
    let apps = folder.path().join("oidc-secret/apps");
    std::fs::create_dir_all(&apps).unwrap();
    let files = std::fs::read_dir(case("fuzz")).unwrap();
    for file in files {
        std::fs::copy(file.unwrap().path(), apps.join("damaged.toml")).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_oidc-secret"));
        command.env("XDG_CONFIG_HOME", folder.path()).args(["new", "--app", "damaged"]);
        command.args(["--app-url", "https://a.example.com"]);
        command.args(["--authelia-url", "https://b.example.com"]);
        let run = super::finish(command, "");
        assert!(matches!(run.code, Some(0 | 2)), "{}", run.stderr);
        assert!(!run.stderr.contains("panicked") && !run.stdout.contains('\u{85}'));
    }
}

/// The three clients of the values are judged with their lines, and each secret of them can be
/// replaced.
#[test]
fn clients_in_helm_values_are_judged_and_rotated() {
    audit("helm-values/values.yaml").answers(
        1,
        &[
            "the clients are in configMap.identity_providers.oidc.clients",
            "values.yaml:26: client board, client_secret",
            "note unresolved",
            "values.yaml:31: client bad, client_secret\nwarning plaintext-secret",
            "3 clients: 0 errors, 1 warning, 1 note",
        ],
    );
    verify("secret.txt", "helm-values/values.yaml", "wiki").answers(0, &["match"]);
    rotates("helm-values/values.yaml", "wiki", 20);
    rotates("helm-values/values.yaml", "bad", 31);
    let values = case("helm-values/values.yaml");
    run(&["rotate", "--dry-run", &values, "board"], "")
        .answers(2, &["line 26", "read from /secrets/oidc-clients/board.digest"]);
    // The file that the chart mounts, in a folder of this machine.
    let folder = folder();
    let map = format!("/secrets/oidc-clients={}", folder.path().display());
    let of_board = ["verify", "--config", &values, "--client", "board", "--map", &map];
    let verified = run(&[&of_board[..], &["--secret-file", &case("secret.txt")]].concat(), "");
    verified.answers(2, &["line 26", "board.digest", "cannot be resolved"]);
    std::fs::copy(case("digest.txt"), folder.path().join("board.digest")).unwrap();
    let verified = run(&[&of_board[..], &["--secret-file", &case("secret.txt")]].concat(), "");
    verified.answers(0, &["match"]);
    run(&["audit", &values, "--map", &map], "").answers(1, &["0 errors, 2 warnings, 0 notes"]);
}

#[test]
fn clients_in_a_config_map_are_judged_and_rotated() {
    audit("configmap/cm.yaml").answers(
        1,
        &[
            "data[\"configuration.yml\"].identity_providers.oidc.clients",
            "cm.yaml:19: client public-thing, client_secret\nerror unexpected-secret",
            "2 clients: 1 error",
        ],
    );
    verify("secret.txt", "configmap/cm.yaml", "wiki").answers(0, &["match"]);
    rotates("configmap/cm.yaml", "wiki", 14);
}

#[test]
fn clients_in_variables_of_ansible_are_judged_and_rotated() {
    audit("ansible-vars/vars.yml").answers(
        0,
        &["authelia_oidc_clients", "vars.yml:5: client proxmox", "2 clients: 0 errors, 0 warnings"],
    );
    verify("secret.txt", "ansible-vars/vars.yml", "wiki").answers(0, &["match"]);
    rotates("ansible-vars/vars.yml", "wiki", 10);
    audit("ansible-vars/configuration.yml.j2")
        .fails_with(&["this is a Jinja template", "the file that is rendered from it"]);
}

/// Asserts that the secret of a client can be replaced, and that only its line changes.
#[track_caller]
fn rotates(path: &str, client: &str, line: usize) {
    let folder = folder();
    let file = folder.path().join("file.yml").to_str().unwrap().to_owned();
    std::fs::copy(case(path), &file).unwrap();
    let old = std::fs::read_to_string(&file).unwrap();
    run(&["rotate", "-i", "100000", &file, client], "").result_and_messages();
    let new = std::fs::read_to_string(&file).unwrap();
    let lines = (1..).zip(old.lines().zip(new.lines()));
    let changed: Vec<usize> = lines.filter(|(_, (a, b))| a != b).map(|(line, _)| line).collect();
    assert_eq!(changed, [line], "{path}");
}

/// Every command names the tool that has encrypted a file, with the way out, and none changes it.
#[test]
fn encrypted_files_are_named_by_every_command() {
    for (path, tool, way_out) in [
        ("sops/configuration.sops.yml", "SOPS", "sops "),
        ("ansible-vault/configuration.yml", "Ansible Vault", "ansible-vault "),
        ("ansible-vault/whole.yml", "Ansible Vault", "ansible-vault "),
    ] {
        let folder = folder();
        let file = folder.path().join("c.yml").to_str().unwrap().to_owned();
        std::fs::copy(case(path), &file).unwrap();
        let old = std::fs::read(&file).unwrap();
        for reading in [
            &["audit", &file][..],
            &["list", &file],
            &["verify", "--config", &file, "--client", "wiki"],
            &["inspect", "--config", &file, "--client", "wiki"],
            &["convert", "--for", "ldap", "--config", &file, "--client", "wiki"],
        ] {
            run(reading, "x").fails_with(&[&format!("encrypted with {tool}"), way_out]);
        }
        for changing in [
            &["rotate", &file, "wiki"][..],
            &["rotate", "--dry-run", &file, "wiki"],
            &["new", "x", "--redirect-uri", "https://x.example.com/cb", "--write", &file],
        ] {
            run(changing, "").fails_with(&[&format!("encrypted with {tool}"), "oidc-secret new"]);
        }
        assert_eq!(std::fs::read(&file).unwrap(), old);
    }
}

/// Nix is not YAML, and the configuration that it generates is.
#[test]
fn an_expression_in_nix_is_named() {
    let path = case("nix/clients.nix");
    for args in [&["audit", &path][..], &["list", &path], &["rotate", "--dry-run", &path, "wiki"]] {
        run(args, "").fails_with(&["Nix", "the configuration that it generates"]);
    }
}
