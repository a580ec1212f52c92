//! `verify --config FILE --client ID`: a digest from an Authelia configuration.

use super::{QUICK, Run, folder, run};

fn verify(configurations: &[&str], client: &str) -> Run {
    let folder = folder();
    let mut args = vec!["verify".to_owned(), "--client".to_owned(), client.to_owned()];
    for (index, text) in configurations.iter().enumerate() {
        let path = folder.path().join(format!("configuration.{index}.yml"));
        std::fs::write(&path, text).unwrap();
        args.extend(["--config".to_owned(), path.to_str().unwrap().to_owned()]);
    }
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    run(&args, "insecure_secret")
}

fn client(id: &str) -> String {
    format!("identity_providers:\n  oidc:\n    clients:\n{}", item(id))
}

fn item(id: &str) -> String {
    format!("      - client_id: '{id}'\n        client_secret: '{QUICK}'\n")
}

#[test]
fn current_and_legacy_keys_are_read() {
    assert_eq!(verify(&[&client("kasm")], "kasm").result(), "match\n");
    let old = client("kasm").replace("client_id", "id").replace("client_secret", "secret");
    assert_eq!(verify(&[&old], "kasm").result(), "match\n");
}

/// As in Authelia, a later list replaces an earlier one, and an empty one does too.
#[test]
fn the_last_list_of_several_files_counts() {
    let files = [&*client("first"), &client("second"), "server: {}\n"];
    verify(&files, "first").fails_with(&["does not have this client", "configuration.1.yml"]);
    verify(&files, "third").fails_with(&["no client with the id third", "the clients are: second"]);
    assert_eq!(verify(&files, "second").result(), "match\n");
    // Authelia reads only the first document of a file.
    let unread = format!("---\ntheme: light\n---\n{}", client("second"));
    assert_eq!(verify(&[&client("first"), &unread], "first").result(), "match\n");
    let (verdict, messages) = verify(&[&unread], "second").result_and_messages();
    assert_eq!(verdict, "match\n");
    assert!(messages.contains("in YAML document 2"), "{messages}");
    let empty = "identity_providers: {oidc: {clients: }}\n";
    verify(&[&client("kasm"), empty], "kasm").fails_with(&["configuration.1.yml", "is empty"]);
    let place = folder();
    let path = |name: &str| place.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("a.yml"), client("kasm")).unwrap();
    std::fs::write(path(".b.yaml"), "theme: dark\n").unwrap();
    std::fs::write(path("z.txt"), client("other")).unwrap();
    let list = format!("{},{}", path("a.yml"), path(".b.yaml"));
    let folder = place.path().to_str().unwrap();
    for config in [folder, &list] {
        // The only client needs no id.
        for client in [&["--client", "kasm"][..], &[]] {
            let args = [&["verify", "-c", config][..], client].concat();
            assert_eq!(run(&args, "insecure_secret").result(), "match\n");
        }
    }
    std::fs::write(path("b.yml"), client("new") + &item("two")).unwrap();
    run(&["verify", "-c", folder], "x").fails_with(&["--client is missing", "new, two"]);
}

#[test]
fn a_missing_or_duplicate_client_is_an_error() {
    verify(&[&client("kasm")], "other").fails_with(&["no client", "other"]);
    verify(&["a: 1\n"], "other").fails_with(&["no client"]);
    verify(&[&(client("kasm") + &item("kasm"))], "kasm")
        .fails_with(&["duplicate client id", "lines 4 and 6"]);
}

#[test]
fn a_secret_that_is_not_a_digest_is_not_quoted() {
    let cases = [
        (QUICK, "$1$hunter2$hunter2", "md5crypt", "line 4"),
        (QUICK, "{{ secret \"/run/hunter2\" }}", "template", "line 5"),
    ];
    for (digest, replacement, word, line) in cases {
        let run = verify(&[&client("kasm").replace(digest, replacement)], "kasm");
        assert!(!run.stderr.contains("hunter2"), "{}", run.stderr);
        run.fails_with(&[word, "configuration.0.yml", line, "client kasm"]);
    }
    let without = client("kasm").replace("client_secret", "unrelated");
    verify(&[&without], "kasm").fails_with(&["no secret"]);
}

/// Authelia reads a value without a leading `$` as the plaintext secret.
#[test]
fn a_plaintext_secret_is_verified_with_a_warning() {
    for (secret, verdict, code) in [("insecure_secret", "match\n", 0), ("hunter2", "mismatch\n", 1)]
    {
        let run = verify(&[&client("kasm").replace(QUICK, secret)], "kasm");
        assert_eq!((&*run.stdout, run.code), (verdict, Some(code)), "{}", run.stderr);
        assert!(run.stderr.contains("has the plaintext secret, not a digest"), "{}", run.stderr);
        assert!(!run.stderr.contains("hunter2"), "{}", run.stderr);
    }
    let folder = folder();
    let config = folder.path().join("c.yml");
    let diagnose = |secret: &str| {
        std::fs::write(&config, client("kasm").replace(QUICK, secret)).unwrap();
        let config = config.to_str().unwrap();
        let args = ["diagnose", "--config", config, "--client", "kasm"];
        run(&args, "insecure_secret").stdout
    };
    let output = diagnose("insecure_secret");
    assert!(output.starts_with("match\n") && output.contains("plaintext-secret"), "{output}");
    // The same text could be a digest of other software.
    let hex = "0123456789abcdef".repeat(4);
    std::fs::write(&config, client("kasm").replace(QUICK, &hex)).unwrap();
    let config_path = config.to_str().unwrap();
    let args = ["diagnose", "--config", config_path, "--client", "kasm"];
    assert!(run(&args, &hex).stdout.starts_with("match\n"));
    // A damaged digest is explained as one.
    let output = diagnose(&QUICK[1..]);
    assert!(output.contains("lost-dollar") && !output.contains("plaintext-secret"), "{output}");
}

#[test]
fn standard_input_is_named_and_read_once() {
    let text = client("kasm");
    for args in [
        &["verify", "--secret-file", "-", "--digest-file", "-"][..],
        &["verify", "--secret-file", "-", "--config", "-", "--client", "kasm"],
    ] {
        run(args, &text).fails_with(&["cannot both be standard input"]);
    }
    let args = ["verify", "--config", "-", "--client", "other"];
    run(&args, &text).fails_with(&["no client with the id other in standard input"]);
    run(&["audit", "-"], "a: [").fails_with(&["error: standard input: line 1"]);
    run(&["audit", "-"], "a: 1\n").fails_with(&["error: standard input: no client found"]);
    let args = ["verify", "--digest-file", "-", "--secret-env", "PATH"];
    run(&args, "x").fails_with(&["error: digest in standard input: "]);
}

#[test]
fn errors_in_a_configuration_name_the_file_and_line() {
    verify(&["a: 1\nb: 'hunter2\n"], "kasm").fails_with(&["configuration.0.yml", "line "]);
    verify(&["identity_providers:\n  oidc:\n    clients: hunter2\n"], "kasm")
        .fails_with(&["line 3", "list of clients"]);
    let template = client("kasm").replace(&format!("'{QUICK}'"), "{{ secret \"/x\" }}");
    verify(&[&template], "kasm").fails_with(&["line 5", "client kasm", "is a template"]);
    // A template in another client does not matter.
    let other =
        client("kasm") + "      - client_id: other\n        client_secret: {{ secret \"/x\" }}\n";
    assert_eq!(verify(&[&other], "kasm").result(), "match\n");
    let range = client("kasm") + "{{ range .Clients }}\n";
    verify(&[&range], "kasm").fails_with(&["configuration.0.yml", "more than one value"]);
    assert_eq!(verify(&[&client("-T10")], "-T10").result(), "match\n");
    verify(&["hunter2: [\u{0}"], "kasm").fails_with(&["configuration.0.yml"]);
    run(&["verify", "--config", "/nonexistent/x.yml", "--client", "kasm"], "x")
        .fails_with(&["/nonexistent/x.yml", "No such file"]);
}

/// The files are those that people give by mistake, each with a digest so that nothing else is wrong.
#[test]
fn a_file_that_is_no_configuration_is_named() {
    let folder = folder();
    let path = folder.path().join("file");
    let file = path.to_str().unwrap();
    for (text, words) in [
        (
            format!(
                "identify_providers: {{oidc: {{clients: [{{client_id: a, client_secret: '{QUICK}'}}]}}}}"
            ),
            &["identify_providers", "did you mean identity_providers?"][..],
        ),
        (
            format!("oidc:\n  clients:\n    - client_id: a\n      client_secret: '{QUICK}'\n"),
            &["oidc at the top level", "identity_providers.oidc.clients"],
        ),
        (
            format!("users:\n  joe:\n    password: '{QUICK}'\n"),
            &["database of users", "configuration.yml"],
        ),
        (format!("services:\n  a:\n    environment: ['D={QUICK}']\n"), &["Compose file"]),
        (format!("# secrets\nexport D='{QUICK}'\n"), &["environment variables"]),
        (
            format!(
                "{{ pkgs, ... }}:\n{{\n  services.authelia.settings = {{\n    d = \"{QUICK}\";\n  }};\n}}\n"
            ),
            &["Nix"],
        ),
        (format!("time=\"2026-01-02T03:04:05Z\" level=error msg=\"{QUICK}\"\n"), &["a log"]),
        (
            format!("{{% for c in clients %}}\n- client_secret: '{QUICK}'\n{{% endfor %}}\n"),
            &["Jinja", "rendered"],
        ),
    ] {
        std::fs::write(&path, text).unwrap();
        run(&["audit", file], "").fails_with(words);
        run(&["verify", "--config", file, "--client", "a"], "x").fails_with(words);
        run(&["inspect", "--config", file, "--client", "a"], "").fails_with(words);
    }
}

#[test]
fn a_wrong_id_leads_to_those_that_exist() {
    let folder = folder();
    let path = folder.path().join("configuration.yml");
    let file = path.to_str().unwrap();
    let second = client("kasm").lines().skip(3).map(|line| format!("{line}\n")).collect::<String>();
    std::fs::write(&path, client("grafana") + &second).unwrap();
    for command in [
        &["verify", "--config", file, "--client"][..],
        &["inspect", "--config", file, "--client"],
        &["convert", "--for", "ldap", "--config", file, "--client"],
        &["rotate", file],
    ] {
        let with = |id| [command, &[id]].concat();
        run(&with("other"), "x").fails_with(&["other", "the clients are: grafana, kasm"]);
        run(&with("grafanna"), "x").fails_with(&["grafanna", "did you mean grafana?"]);
    }
}
