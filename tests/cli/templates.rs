//! Templates and variables in a configuration, resolved as Authelia does. The files in `tests/cases`
//! are made after reports by its users; the answers were measured on Authelia 4.39.20.

use std::process::Command;

use super::{QUICK, Run, finish, folder, run};

/// The secret of `container-paths/secrets/wiki.digest`.
const SECRET: &str = "Lq7dWz3Kp0-Vn_tR8sXe.4YbG~hU2mJcT5wQ9aFy1oEi";

/// Returns the path of a case's file.
fn case(name: &str) -> String {
    format!("{}/tests/cases/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// Audits a case's file; the error is expected at a line, with words.
#[track_caller]
fn audit_fails(args: &[&str], line: u64, words: &[&str]) {
    let failed = run(&[&["audit"], args].concat(), "");
    assert!(failed.stderr.contains(&format!("line {line}: ")), "{}", failed.stderr);
    failed.fails_with(words);
}

/// Audits a case's file, and returns each finding as `code line`.
fn found(args: &[&str]) -> Vec<String> {
    findings(&run(&[&["audit", "--format", "json"], args].concat(), ""))
}

fn findings(run: &Run) -> Vec<String> {
    let output: serde_json::Value = serde_json::from_str(&run.stdout).expect(&run.stderr);
    let clients = output["clients"].as_array().unwrap().iter();
    clients
        .flat_map(|client| client["findings"].as_array().unwrap())
        .map(|f| format!("{} {}", f["code"].as_str().unwrap(), f["where"]["line"]))
        .collect()
}

/// Verifies the secret of a client in a case's file.
fn verify(args: &[&str], file: &str, client: &str) -> Run {
    run(&[&["verify", "--config", file, "--client", client], args].concat(), SECRET)
}

/// Writes a configuration with one client, whose secret is in line 5.
fn configuration(folder: &tempfile::TempDir, secret: &str) -> String {
    let path = folder.path().join("c.yml");
    let text = format!(
        "identity_providers:\n  oidc:\n    clients:\n      - client_id: app\n        client_secret: \
         {secret}\n        redirect_uris: ['https://a.example.com/cb']\n        public: maybe\n"
    );
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_trim_mark_after_the_colon_is_the_cause() {
    let (file, map) =
        (case("trim-template/configuration.yml"), format!("/config={}", case("trim-template")));
    for args in [&[&*file][..], &[&*file, "--map", &map], &[&*file, "--filters", "template"]] {
        audit_fails(args, 6, &["`{{-`", "blank", "write `{{` instead"]);
    }
    for command in ["verify", "inspect"] {
        let args = [command, "--config", &file, "--client", "vpn", "--map", &map];
        run(&args, SECRET).fails_with(&["line 6", "`{{-`"]);
    }
    let mended = std::fs::read_to_string(&file).unwrap().replace("{{-", "{{");
    let folder = folder();
    let path = folder.path().join("c.yml");
    std::fs::write(&path, mended).unwrap();
    let path = path.to_str().unwrap();
    assert_eq!(found(&[path, "--map", &map]), ["same-secret 12", "space 17"]);
    assert_eq!(verify(&["--map", &map], path, "vpn").result(), "match\n");
}

#[test]
fn a_trim_mark_at_the_end_of_a_line_joins_keys() {
    let folder = folder();
    let digest = folder.path().join("digest");
    std::fs::write(&digest, QUICK).unwrap();
    let digest = digest.display();
    let path = configuration(&folder, &format!("{{{{ secret \"{digest}\" -}}}}"));
    audit_fails(&[&path], 5, &["`-}}` removes the line end", "write `}}`"]);
    audit_fails(&[&path, "--resolve"], 5, &["`-}}` removes the line end"]);
    let path = configuration(&folder, &format!("'{{{{- secret \"{digest}\" -}}}}'"));
    assert_eq!(found(&[&path, "--resolve"]), ["unknown-value 7", "below-owasp 5"]);
    let comment = format!("'{QUICK}'\n        {{{{- /* a comment */}}}}");
    let path = configuration(&folder, &comment);
    assert_eq!(found(&[&path, "--resolve"]), ["unknown-value 8", "below-owasp 5"]);
    let path = configuration(&folder, &comment.replace("*/}}", "*/ -}}"));
    audit_fails(&[&path], 6, &["removes the line end"]);
    let path = configuration(&folder, &comment.replace("*/}}", "*/ }}"));
    audit_fails(&[&path], 6, &["not a valid template", "`*/`"]);
}

#[test]
fn a_template_needs_its_filter() {
    let file = case("filter-unset/configuration.yml");
    let unknown = run(&["audit", &file], "").result();
    assert!(unknown.contains("note unresolved") && unknown.contains("filter template is on"));
    verify(&[], &file, "dash").fails_with(&["line 5, client dash", "placeholder", "--resolve"]);
    for filters in ["", "expand-env"] {
        assert_eq!(found(&[&file, "--filters", filters]), ["placeholder 5"], "{filters}");
        verify(&["--filters", filters], &file, "dash").fails_with(&[
            "line 5",
            "placeholder",
            "X_AUTHELIA_CONFIG_FILTERS=template",
        ]);
    }
    assert_eq!(found(&[&file, "--filters", "template"]), ["unresolved 5"]);
    run(&["audit", &file, "--filters", "jinja"], "").fails_with(&["jinja", "expand-env"]);
    let folder = folder();
    let part = configuration(&folder, "'$plaintext${{ secret \"/x\" }}'");
    verify(&["--filters", "template"], &part, "app").fails_with(&["line 5", "filter template"]);
    let bare = case("container-paths/configuration.yml");
    audit_fails(&[&bare, "--filters", ""], 5, &["filter template is off"]);
}

#[test]
fn a_template_with_escaped_quotes_is_not_valid() {
    let file = case("escaped-template/configuration.yml");
    for args in [&[&*file][..], &[&*file, "--resolve"], &[&*file, "--filters", "template"]] {
        audit_fails(args, 3, &["not a valid template", "`\\`"]);
    }
    verify(&[], &file, "jelly").fails_with(&["line 3", "not a valid template"]);
    let folder = folder();
    for wrong in [
        "'{{ secret(\"/x\") }}'",
        "'{{ secret /x }}'",
        "'{{ secret \"/x\" }'",
        "'{{ secret \"/x\"'",
        "'{{ secret ''/x'' }}'",
    ] {
        audit_fails(&[&configuration(&folder, wrong)], 5, &["not a valid template"]);
    }
}

#[test]
fn a_file_is_read_with_its_line_ends_and_labels() {
    let file = case("line-ends/configuration.yml");
    let map = format!("/config={}", case("line-ends"));
    let expected = ["space 5", "space 8", "label 11"];
    assert_eq!(found(&[&file, "--map", &map]), expected);
    // Without a $ at the beginning, the value is a plaintext secret to Authelia.
    for (client, code) in [("cr", 2), ("quotedfile", 2), ("labelled", 1)] {
        let verified = verify(&["--map", &map], &file, client);
        assert_eq!(verified.code, Some(code), "{client}: {}", verified.stdout);
    }
    for (name, expected) in [("cr", "space 5"), ("lf", "space 5")] {
        assert_eq!(found(&[&case(&format!("rendered/{name}.yml"))]), [expected]);
    }
    let trim = case("rendered/trim.yml");
    run(&["audit", &trim], "").fails_with(&["line 5", "not valid YAML", "a blank", "`{{-`"]);
}

#[test]
fn text_that_needs_other_quotes_is_named() {
    let folder = folder();
    let file = folder.path().join("digest");
    for (contents, quote, is_invalid) in [
        (format!("Digest: {QUICK}"), "", true),
        (format!("{QUICK}\nsecond: line\n"), "", true),
        (format!("{QUICK}\nsecond line\n"), "'", false),
        ("it's".to_owned(), "'", true),
        ("a\"b".to_owned(), "\"", true),
        ("a\"b".to_owned(), "'", false),
    ] {
        std::fs::write(&file, &contents).unwrap();
        let template = format!("{quote}{{{{ fileContent \"{}\" }}}}{quote}", file.display());
        let path = configuration(&folder, &template);
        if is_invalid {
            audit_fails(&[&path, "--resolve"], 5, &["inserts", "single quotes"]);
        } else {
            assert!(!found(&[&path, "--resolve"]).is_empty(), "{contents}");
        }
    }
}

#[test]
fn lines_are_those_of_the_original() {
    let folder = folder();
    let file = folder.path().join("two");
    std::fs::write(&file, format!("{QUICK}\n\n\n")).unwrap();
    let file = file.display();
    for (template, found_there) in [
        (format!("{{{{ fileContent \"{file}\" }}}}"), "below-owasp 5"),
        // The line feeds become a part of the value, where Authelia ignores them.
        (format!("'{{{{ fileContent \"{file}\" }}}}'"), "not-canonical 5"),
        (format!("'{{{{ fileContent \"{file}\" | trim }}}}'"), "below-owasp 5"),
        (format!("{{{{ fileContent `{file}` | trim | squote }}}}"), "below-owasp 5"),
        (format!("{{{{ squote (secret \"{file}\") }}}}"), "below-owasp 5"),
        (format!("{{{{ secret \"{file}\" | mindent 10 \"|\" | msquote }}}}"), "below-owasp 5"),
        (format!("|-\n{{{{- secret \"{file}\" | nindent 10 }}}}"), "below-owasp 6"),
    ] {
        let path = configuration(&folder, &template);
        let line = 7 + template.matches('\n').count();
        let expected = [format!("unknown-value {line}"), found_there.to_owned()];
        let found = found(&[&path, "--resolve"]);
        assert!(expected.iter().all(|one| found.contains(one)), "{template}: {found:?}");
    }
}

#[test]
fn variables_of_authelia_are_no_values_of_clients() {
    let file = case("indexed-variables/configuration.yml");
    assert_eq!(found(&[&file]), ["missing-secret 4", "placeholder 10", "placeholder 13"]);
    let text = run(&["audit", &file], "").stdout;
    assert!(text.contains("in a list cannot come from Authelia's variables"), "{text}");
    for (client, line) in [("grafana", "line 9"), ("other", "line 12")] {
        verify(&[], &file, client).fails_with(&[line, client, "placeholder", "variables"]);
    }
    let folder = folder();
    for (secret, args) in [
        ("'{{ env \"AUTHELIA_APP_SECRET\" }}'", &[][..]),
        ("'{{ mustEnv \"X_AUTHELIA_KEY\" }}'", &["--resolve"]),
        ("'${AUTHELIA_APP_TOKEN}'", &["--filters", "expand-env"]),
    ] {
        let path = configuration(&folder, secret);
        let found = found(&[&[&*path], args].concat());
        assert!(found.contains(&"placeholder 5".to_owned()), "{secret}: {found:?}");
        verify(args, &path, "app").fails_with(&["line 5", "AUTHELIA_", "empty"]);
    }
}

#[test]
fn ids_and_secrets_come_from_variables() {
    let file = case("template-ids/configuration.yml");
    let found = found(&[&file]);
    assert!(found.iter().all(|finding| finding.starts_with("unresolved ")), "{found:?}");
    let digest = std::fs::read_to_string(case("container-paths/secrets/wiki.digest")).unwrap();
    let with_variables = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_oidc-secret"));
        command.args(args).env("OIDC_TERM_ID", "term").env("OIDC_TERM_SECRET", digest.trim());
        command.env("OIDC_IMG_ID", "img").env("OIDC_IMG_DIGEST", QUICK).env("DOMAIN", "x.test");
        finish(command, SECRET)
    };
    let audited = with_variables(&["audit", "--resolve", "--format", "json", &file]);
    assert_eq!(findings(&audited), ["below-owasp 14"]);
    let args = ["verify", "--resolve", "--config", &file, "--client", "term"];
    assert_eq!(with_variables(&args).result(), "match\n");
    let unset = verify(&["--resolve"], &file, "{{ env \"OIDC_TERM_ID\" }}");
    unset.fails_with(&["line 6", "OIDC_TERM_SECRET is not set"]);
    let generated = found_in_generated();
    assert!(generated.contains(&"unresolved 6".to_owned()), "{generated:?}");
}

/// The file that a NixOS module generates.
fn found_in_generated() -> Vec<String> {
    found(&[&case("nix/oidc-clients.yml")])
}

#[test]
fn paths_of_the_container_are_mapped() {
    let file = case("container-paths/configuration.yml");
    let root = case("container-paths");
    let map = format!("/secrets={root}/secrets");
    for args in [&["--root", &*root][..], &["--map", &map], &["--map", "/=/nowhere", "--map", &map]]
    {
        let audited = run(&[&["audit", &*file], args].concat(), "");
        assert_eq!(audited.result(), "1 client: 0 errors, 0 warnings, 0 notes\n");
        assert_eq!(verify(args, &file, "wiki").result(), "match\n");
        let digest = [&["inspect", "--config", &*file, "--client", "wiki"], args].concat();
        assert!(run(&digest, "").result().contains("310000"));
        let ldap = ["convert", "--for", "ldap", "--config", &file, "--client", "wiki"];
        assert!(run(&[&ldap, args].concat(), "").result().starts_with("{PBKDF2-SHA512}"));
    }
    let unresolved = run(&["audit", "--resolve", &file], "");
    assert_eq!(unresolved.code, Some(2));
    assert!(unresolved.stderr.contains("--map") && unresolved.stderr.contains("/secrets/wiki"));
    verify(&["--resolve"], &file, "wiki").fails_with(&[
        "line 5, client wiki",
        "cannot read /secrets/wiki.digest",
        "--map",
    ]);
    run(&["verify", "--resolve", QUICK], SECRET).fails_with(&["--config"]);
    run(&["audit", "--map", "secrets", &file], "").fails_with(&["/config=./authelia"]);
}

#[test]
fn a_digest_of_the_container_is_rotated() {
    let folder = folder();
    let digest = folder.path().join("wiki.digest");
    std::fs::write(&digest, format!("{QUICK}\n")).unwrap();
    let path = configuration(&folder, "'{{ secret \"/run/wiki.digest\" }}'");
    let map = format!("/run={}", folder.path().display());
    let args = ["rotate", "-a", "sha512crypt", "--rounds", "1000", "--map", &map, &path];
    let (secret, _) = run(&[&args[..], &["app"]].concat(), "").result_and_messages();
    let verified = ["verify", "--map", &map, "--config", &path, "--client", "app"];
    assert_eq!(run(&verified, secret).result(), "match\n");
    assert_ne!(std::fs::read_to_string(&digest).unwrap(), format!("{QUICK}\n"));
    run(&[&args[..], &["--all"]].concat(), "").fails_with(&["--all", "--map"]);
}

#[test]
fn expand_env_destroys_digests() {
    let file = case("expand-env/configuration.yml");
    let eaten = found(&[&file, "--filters", "expand-env"]);
    assert_eq!(eaten, ["missing-secret 5", "expanded 5", "unresolved 8"]);
    verify(&["--filters", "expand-env"], &file, "port").fails_with(&["line 5", "expand-env"]);
    verify(&["--filters", "template"], &file, "grp").fails_with(&["placeholder", "expand-env"]);
    assert!(found(&[&file, "--filters", "template"]).contains(&"placeholder 8".to_owned()));
    let folder = folder();
    let digest = "$6$rounds=50000$XzNfyoYjnC1Dkw1V$p.f8mZZ4S1cSyI/zmVkQ";
    for (secret, filters, code) in [
        (QUICK.to_owned(), "expand-env", "expanded"),
        (digest.to_owned(), "expand-env", "expanded"),
        (QUICK.replace('$', "$$"), "expand-env", "below-owasp"),
        (QUICK.replace('$', "$$"), "template", "doubled-dollars"),
        (QUICK.to_owned(), "template", "below-owasp"),
        (QUICK.to_owned(), "", "below-owasp"),
    ] {
        let path = configuration(&folder, &format!("'{secret}'"));
        let found = found(&[&path, "--filters", filters]);
        assert!(found.contains(&format!("{code} 5")), "{secret} {filters}: {found:?}");
    }
    let path = folder.path().join("digest");
    std::fs::write(&path, QUICK).unwrap();
    let path = configuration(&folder, &format!("'{{{{ secret \"{}\" }}}}'", path.display()));
    for (filters, code) in
        [("expand-env,template", "below-owasp 5"), ("template,expand-env", "expanded 5")]
    {
        let found = found(&[&path, "--resolve", "--filters", filters]);
        assert!(found.contains(&code.to_owned()), "{filters}: {found:?}");
    }
}

#[test]
fn templates_over_several_lines_must_be_rendered_first() {
    let file = case("whole-file/configuration.yml");
    for args in [&[&*file][..], &[&*file, "--resolve"], &[&*file, "--filters", "template"]] {
        audit_fails(
            args,
            1,
            &["rendered first", "authelia config template", "oidc-secret audit -"],
        );
    }
    for command in ["verify", "inspect"] {
        let args = [command, "--config", &file, "--client", "c"];
        run(&args, SECRET).fails_with(&["line 1", "authelia config template"]);
    }
    let rendered = case("whole-file/rendered.yml");
    run(&["audit", &rendered], "").result();
    assert_eq!(verify(&[], &rendered, "c").result(), "match\n");
    let folder = folder();
    let path = configuration(&folder, "'x'\n        {{- if true }}\n        {{- end }}");
    audit_fails(&[&path], 6, &["`if`"]);
}

#[test]
fn an_inserted_template_is_a_placeholder() {
    let folder = folder();
    let file = folder.path().join("digest");
    std::fs::write(&file, "{{ secret \"/y\" }}").unwrap();
    let path = configuration(&folder, &format!("'{{{{ secret \"{}\" }}}}'", file.display()));
    assert!(found(&[&path, "--resolve"]).contains(&"placeholder 5".to_owned()));
    verify(&["--resolve"], &path, "app").fails_with(&["line 5", "placeholder"]);
}
