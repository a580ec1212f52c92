//! Clients in the files where people keep them: values of Helm charts, manifests of Kubernetes, Compose
//! files, variables of Ansible. Parsers in another language see the intended change and nothing else.

use std::process::Command;

use serde_json::{Value, json};

use super::{folder, run};

/// The files, with the path of the list of clients as the other parsers see it, in which a text is a
/// list of documents, and the line of the secret of `wiki`.
pub(crate) const FILES: [(&str, &str, u32); 18] = [
    ("ansible-config.yml", "/0/all/vars/authelia_config/identity_providers/oidc/clients", 15),
    ("ansible-list.yml", "/0/authelia_oidc_clients", 5),
    (
        "argocd-nested.yaml",
        "/0/spec/source/helm/values/0/extraObjects/0/data/configuration.yml/0/identity_providers/oidc/clients",
        20,
    ),
    (
        "argocd-object.yaml",
        "/0/spec/source/helm/valuesObject/configMap/identity_providers/oidc/clients",
        18,
    ),
    (
        "argocd-text.yaml",
        "/0/spec/sources/1/helm/values/0/configMap/identity_providers/oidc/clients",
        20,
    ),
    ("compose.yaml", "/0/configs/authelia/content/0/identity_providers/oidc/clients", 20),
    ("configmap-crlf.yaml", "/0/data/configuration.yml/0/identity_providers/oidc/clients", 19),
    (
        "configmap-list.yaml",
        "/0/items/1/data/configuration.yaml/0/identity_providers/oidc/clients",
        22,
    ),
    ("configmap-marked.yaml", "/0/data/configuration.yml/0/identity_providers/oidc/clients", 18),
    ("configmap.json", "/0/data/configuration.yml/0/identity_providers/oidc/clients", 8),
    ("configmap.yaml", "/0/data/configuration.yml/0/identity_providers/oidc/clients", 19),
    ("helm-values.yaml", "/0/configMap/identity_providers/oidc/clients", 10),
    ("helmrelease.yaml", "/0/spec/values/configMap/identity_providers/oidc/clients", 17),
    ("manifests.yaml", "/1/stringData/configuration.yml/0/identity_providers/oidc/clients", 22),
    ("nix.json", "/0/identity_providers/oidc/clients", 11),
    ("secret-base64-block.yaml", "/0/data/configuration.yml/0/identity_providers/oidc/clients", 5),
    ("secret-base64.yaml", "/0/data/configuration.yml/0/identity_providers/oidc/clients", 6),
    ("umbrella-values.yaml", "/0/authelia/configMap/identity_providers/oidc/clients", 13),
];
/// A format that is quick to make.
const QUICK: [&str; 4] = ["-a", "sha512crypt", "--rounds", "1000"];

pub(crate) fn path(name: &str) -> String {
    format!("{}/tests/located/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn is_chart(path: &str) -> bool {
    path.contains("/configMap/")
}

/// The complaints of `PyYAML` and `ruamel.yaml` about the changes; `None` if they are not installed.
fn complaints(jobs: &[Value]) -> Option<String> {
    let python = super::peers::python_with("import yaml, ruamel.yaml", "PyYAML and ruamel.yaml")?;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/located.py");
    let mut command = Command::new(&python);
    command.arg(script);
    let lines: String = jobs.iter().map(|job| format!("{job}\n")).collect();
    let output = super::finish(command, lines);
    let complaints = output.stdout.strip_suffix(&format!("{}\n", jobs.len()));
    Some(complaints.unwrap_or_else(|| panic!("{}{}", output.stdout, output.stderr)).to_owned())
}

#[test]
fn a_secret_is_rotated_in_every_kind_of_file() {
    let mut jobs = Vec::new();
    for (name, list, line) in FILES {
        let folder = folder();
        let file = folder.path().join(name).to_str().unwrap().to_owned();
        let old = std::fs::read_to_string(path(name)).unwrap();
        for (index, client) in ["wiki", "board"].into_iter().enumerate() {
            std::fs::write(&file, &old).unwrap();
            let args = [&["rotate", "--format", "json", &file, client][..], &QUICK].concat();
            let (output, _) = run(&args, "").result_and_messages();
            let output: Value = serde_json::from_str(&output).unwrap();
            let below = if is_chart(list) { "/value" } else { "" };
            let new = std::fs::read_to_string(&file).unwrap();
            if index == 0 {
                assert_eq!(output["line"], line, "{name}");
                // Only one line differs, but where the text is encoded as a whole in several.
                let changed = old.lines().zip(new.lines()).filter(|(a, b)| a != b).count();
                assert!(changed == 1 || name == "secret-base64-block.yaml", "{name}: {changed}");
            }
            jobs.push(json!({
                "name": format!("{name}, rotate {client}"),
                "old": old,
                "new": new,
                "path": format!("{list}/{index}/client_secret{below}"),
                "value": output["client_secret_digest"],
            }));
        }
    }
    if let Some(complaints) = complaints(&jobs) {
        assert_eq!(complaints, "");
    }
}

#[test]
fn a_client_is_added_to_every_kind_of_file() {
    let mut jobs = Vec::new();
    for (name, list, _) in FILES {
        let folder = folder();
        let file = folder.path().join(name).to_str().unwrap().to_owned();
        std::fs::copy(path(name), &file).unwrap();
        let uri = "https://new.example.com/cb";
        let args =
            ["new", "A $new \"one\"", "--id", "new", "--redirect-uri", uri, "--write", &file];
        let args = [&args[..], &["--format", "json"], &QUICK].concat();
        let (output, _) = run(&args, "").result_and_messages();
        let output: Value = serde_json::from_str(&output).unwrap();
        let digest = &output["client_secret_digest"];
        let count = if is_chart(list) || name == "ansible-list.yml" { 3 } else { 2 };
        jobs.push(json!({
            "name": format!("{name}, new"),
            "old": std::fs::read_to_string(path(name)).unwrap(),
            "new": std::fs::read_to_string(&file).unwrap(),
            "path": format!("{list}/{count}"),
            "value": {
                "client_id": "new",
                "client_name": "A $new \"one\"",
                "client_secret": if is_chart(list) { json!({"value": digest}) } else { digest.clone() },
                "redirect_uris": [uri],
            },
        }));
    }
    if let Some(complaints) = complaints(&jobs) {
        assert_eq!(complaints, "");
    }
}

#[test]
fn clients_are_listed_with_the_lines_of_the_file() {
    let (text, messages) = run(&["list", &path("helm-values.yaml")], "").result_and_messages();
    assert!(messages.contains("the clients are in configMap.identity_providers.oidc.clients"));
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(rows[0], ["ID", "NAME", "METHOD", "SECRET", "PLACE"]);
    let digest = ["argon2id", "iterations=2", "memory_kib=64", "parallelism=1"];
    let place = |line| format!("{}:{line}", path("helm-values.yaml"));
    let row = |id, secret: &[&'static str], line| {
        let place = &*Box::leak(place(line).into_boxed_str());
        [&[id, "-", "client_secret_basic"], secret, &[place]].concat()
    };
    assert_eq!(
        rows[1..],
        [row("wiki", &digest, 8), row("board", &digest, 13), row("file", &["template"], 16)]
    );
    // A file of several documents has the number of the document first.
    let args = ["list", "--format", "json", &path("manifests.yaml")];
    let (json, _) = run(&args, "").result_and_messages();
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["at"], "2:stringData[\"configuration.yml\"].identity_providers.oidc.clients");
    assert_eq!(json["clients"][0]["client_name"], "Wiki é");
    assert_eq!(json["clients"][0]["line"], 20);
    assert_eq!(json["clients"][1]["digest"]["algorithm"], "argon2id");
    let kinds = "identity_providers: {oidc: {clients: [\
        {client_id: a, public: true}, {client_id: b, client_secret: x}, \
        {client_id: c, client_secret: '${X}'}, {client_id: d, client_secret: '$5$'}, \
        {client_id: e, client_secret: '$plaintext$x'}]}}";
    let json = run(&["list", "--format", "json", "-"], kinds).result();
    let json: Value = serde_json::from_str(&json).unwrap();
    let found = json["clients"].as_array().unwrap().iter().map(|client| &client["secret"]);
    let expected = ["none", "plaintext", "variable", "malformed", "plaintext"];
    assert_eq!(found.collect::<Vec<_>>(), expected);
    assert!(!json.to_string().contains('$'));
}

/// Two `ConfigMap`s in one file, and a list that does not look like one of clients.
#[test]
fn a_path_names_the_list_of_clients() {
    let map = std::fs::read_to_string(path("configmap.yaml")).unwrap();
    let two = format!("{map}---\n{}", map.replace("wiki", "other"));
    let is_ambiguous = |args: &[&str]| {
        let key = "data[\"configuration.yml\"].identity_providers.oidc.clients";
        run(args, &two).fails_with(&[&format!("{key}, 2:{key}"), "--at PATH"]);
    };
    is_ambiguous(&["list", "-"]);
    is_ambiguous(&["audit", "-"]);
    is_ambiguous(&["verify", "--config", "-", "--client", "wiki", "--secret-env", "HOME"]);
    for (at, id) in [("1:data", "wiki"), ("2:data", "other")] {
        let (text, _) = run(&["list", "--at", at, "-"], &two).result_and_messages();
        assert!(text.lines().nth(1).unwrap().starts_with(id), "{text}");
    }
    run(&["list", "--at", "3:data", "-"], &two).fails_with(&["no list of clients at 3:data"]);
    let folder = folder();
    let file = folder.path().join("two.yaml").to_str().unwrap().to_owned();
    std::fs::write(&file, &two).unwrap();
    let args =
        [&["rotate", "--at", "2:data.configuration.yml", &file, "other"][..], &QUICK].concat();
    run(&args, "").result_and_messages();
    let changed = std::fs::read_to_string(&file).unwrap();
    assert!(changed.starts_with(&map) && changed != two);
    let odd = "services:\n  sso:\n    parts:\n      - client_id: only\n        digest: x\n";
    run(&["list", "-"], odd).fails_with(&["no client found"]);
    let (text, _) = run(&["list", "--at", "services.sso.parts", "-"], odd).result_and_messages();
    assert!(text.contains("only"), "{text}");
    run(&["list", "--at", "services.sso", "-"], odd)
        .fails_with(&["no list of clients at services.sso"]);
}

/// What is encrypted or misspelt inside a text is named, with the line of the file.
#[test]
fn what_hides_the_clients_is_named() {
    let map = std::fs::read_to_string(path("configmap.yaml")).unwrap();
    let misspelt = map.replace("identity_providers", "identify_providers");
    run(&["audit", "-"], &misspelt).fails_with(&["did you mean identity_providers?"]);
    let broken = map.replace("'wiki'", "'wiki");
    run(&["list", "-"], &broken).fails_with(&["standard input: line ", "not valid YAML"]);
    let sops = format!("{map}sops:\n  mac: x\n");
    for command in [&["list", "-"][..], &["audit", "-"]] {
        run(command, &sops).fails_with(&["encrypted with SOPS"]);
    }
}

/// The digest that Compose would destroy is found.
#[test]
fn single_dollars_in_a_compose_file_are_found() {
    let compose = std::fs::read_to_string(path("compose.yaml")).unwrap().replace("$$", "$");
    let found = run(&["audit", "--format", "json", "-"], &compose);
    let json: Value = serde_json::from_str(&found.stdout).unwrap();
    assert_eq!(json["clients"][0]["findings"][0]["code"], "expanded");
}

/// In a text with escapes or in base64 the templates are seen once it is decoded.
#[test]
fn templates_in_encoded_texts_are_templates() {
    let yaml = "identity_providers:\n  oidc:\n    clients:\n      - client_id: kasm\n        \
                client_secret: '{{ secret \"/run/kasm\" }}'\n        redirect_uris: [https://kasm.example.com/cb]\n";
    let json = json!({"kind": "ConfigMap", "data": {"configuration.yml": yaml}}).to_string();
    let base64 = super::shell("printf %s \"$(cat)\" | base64 -w 0", yaml).result();
    let secret = format!("kind: Secret\ndata:\n  configuration.yml: {base64}\n");
    for file in [&json, &secret] {
        let (text, _) = run(&["list", "-"], file).result_and_messages();
        assert!(text.contains("template"), "{text}");
        let found = run(&["audit", "--format", "json", "-"], file);
        let found: Value = serde_json::from_str(&found.stdout).unwrap();
        assert_eq!(found["clients"][0]["findings"][0]["code"], "unresolved");
        let verified = run(&["verify", "-c", "-", "--secret-env", "HOME"], file);
        assert_eq!(verified.code, Some(2));
        assert!(verified.stderr.contains("it is a template"), "{}", verified.stderr);
    }
}

/// Only Authelia's own files replace each other.
#[test]
fn clients_in_several_other_files_are_ambiguous() {
    let (values, release) = (path("helm-values.yaml"), path("helmrelease.yaml"));
    for command in ["list", "audit"] {
        let run = run(&[command, &values, &release], "");
        assert_eq!(run.code, Some(2));
        assert!(run.stderr.contains("several files have clients"), "{}", run.stderr);
    }
}

/// A `ConfigMap` with lines of a configuration.
fn config_map(lines: &str) -> String {
    let lines: String = lines.lines().map(|line| format!("    {line}\n")).collect();
    format!("kind: ConfigMap\ndata:\n  configuration.yml: |\n{lines}")
}

const PROVIDER: &str = "identity_providers:\n  oidc:\n    clients:\n";

fn item() -> String {
    format!("      - client_id: kasm\n        client_secret: '{}'\n", super::QUICK)
}

/// What would change something else, or perhaps not what counts, is left as it is.
#[test]
fn a_change_that_is_not_certain_is_refused() {
    let map = config_map(&(PROVIDER.to_owned() + &item()));
    let values =
        "configMap:\n  identity_providers:\n    oidc:\n      clients:\n        - client_id: kasm\n";
    let range = "{{ range list \"a\" \"b\" }}\n";
    for (text, words) in [
        (map.replace(": |", ": &c |") + "  copy.yml: *c\n", "shared by an anchor or an alias"),
        (map.clone() + &map["kind: ConfigMap\ndata:\n".len()..], "duplicate key"),
        (format!("{values}          client_secret: {{value: a, value: b}}\n"), "duplicate key"),
        (format!("{PROVIDER}{range}{}{{{{ end }}}}\n", item()), "cannot be changed with certainty"),
        (config_map(&format!("{PROVIDER}{}", item())).replace("yml: |", "yml: >"), "certainty"),
    ] {
        let folder = folder();
        let file = folder.path().join("file.yaml").to_str().unwrap().to_owned();
        std::fs::write(&file, &text).unwrap();
        let rotated = run(&[&["rotate", &file, "kasm"][..], &QUICK].concat(), "");
        assert_eq!((rotated.code, &*rotated.stdout), (Some(2), ""), "{text}");
        assert!(rotated.stderr.contains(words), "{}", rotated.stderr);
        assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
    }
}

/// Keys that Authelia or its chart does not read do not become a list under any name.
#[test]
fn clients_below_misspelt_keys_are_not_found() {
    let right = PROVIDER.to_owned() + &item();
    for wrong in [
        right.replace("clients:", "client:"),
        right.replace("clients:", "Clients:"),
        right.replace("  oidc:\n  ", ""),
        right.replace("identity_providers", "identity_provider"),
        right.replace("identity_providers:\n  oidc", "oidc"),
    ] {
        for file in [config_map(&wrong), format!("configMap:\n{}", wrong.replace('\n', "\n  "))] {
            for command in ["list", "audit"] {
                run(&[command, "-"], &file).fails_with(&["no client found"]);
            }
        }
    }
}

#[test]
fn clients_are_found_in_every_form_of_a_text() {
    let flow = "identity_providers: {oidc: {clients: [{client_id: kasm, client_secret: x}]}}";
    let list = format!("- client_id: kasm\n  client_secret: '{}'\n", super::QUICK);
    let map = config_map(&(PROVIDER.to_owned() + &item()));
    let copy = json!({"data": {"configuration.yml": PROVIDER.to_owned() + &item()}}).to_string();
    let annotation = "kubectl.kubernetes.io/last-applied-configuration";
    for text in [
        config_map(&format!("{PROVIDER}{}...\n", item())),
        config_map(flow),
        format!("configs:\n  a:\n    content: \"{flow}\"\n"),
        format!("kind: ConfigMap\ndata: {{configuration.yml: '{flow}'}}\n"),
        list.clone(),
        config_map(&list),
        format!("{map}metadata:\n  annotations:\n    {annotation}: |\n      {copy}\n"),
    ] {
        let (found, _) = run(&["list", "-"], &text).result_and_messages();
        assert!(found.contains("kasm"), "{text}");
        let folder = folder();
        let file = folder.path().join("file.yaml").to_str().unwrap().to_owned();
        std::fs::write(&file, &text).unwrap();
        run(&[&["rotate", &file][..], &QUICK].concat(), "").result_and_messages();
    }
}

/// A list is created where the provider's settings are.
#[test]
fn a_list_is_created_in_values_and_manifests() {
    let chart = "configMap:\n  identity_providers:\n    oidc:\n      enabled: true\nother: 1\n";
    for text in [chart.to_owned(), config_map("identity_providers:\n  oidc:\n    cors: {}\n")] {
        let folder = folder();
        let file = folder.path().join("file.yaml").to_str().unwrap().to_owned();
        std::fs::write(&file, &text).unwrap();
        let uri = ["--redirect-uri", "https://x.example.com/cb"];
        run(&[&["new", "--id", "x", "--write", &file][..], &uri, &QUICK].concat(), "")
            .result_and_messages();
        let (found, _) = run(&["list", &file], "").result_and_messages();
        assert!(found.lines().nth(1).unwrap().starts_with('x'), "{found}");
    }
}

/// Compose replaces variables before Authelia fills in templates.
#[test]
fn a_compose_file_is_read_as_compose_and_then_authelia_read_it() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("digest"), super::QUICK).unwrap();
    let compose = |secret: &str| {
        let lines = format!("{PROVIDER}      - client_id: kasm\n        client_secret: {secret}\n");
        config_map(&lines)
            .replace("kind: ConfigMap\ndata:\n  configuration.yml:", "configs:\n  a:\n    content:")
            .replace("\n    ", "\n      ")
            .replace("      content", "    content")
    };
    let template = compose(&format!("'{{{{ secret \"{}\" }}}}'", path("digest")));
    let verify = ["verify", "-c", &path("compose.yml"), "--secret-env", "S", "--resolve"];
    let verified = |text: &str| {
        std::fs::write(path("compose.yml"), text).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_oidc-secret"));
        command.args(verify).env("S", "insecure_secret").env("KASM_DIGEST", super::QUICK);
        super::finish(command, "").stdout
    };
    assert_eq!(verified(&template), "match\n");
    assert_eq!(verified(&compose("'${KASM_DIGEST}'")), "match\n");
    std::fs::write(path("compose.yml"), &template).unwrap();
    run(&[&["rotate", "--resolve", &path("compose.yml")][..], &QUICK].concat(), "")
        .result_and_messages();
    // A secret with a single $, which Compose would replace, is not shown either.
    std::fs::write(path("compose.yml"), compose("'$ecretLEAK'")).unwrap();
    let shown = run(&[&["rotate", "--dry-run", &path("compose.yml")][..], &QUICK].concat(), "");
    assert!(!shown.stdout.contains("LEAK"), "{}", shown.stdout);
    let variable = run(&["list", "-"], compose("\"$KASM_DIGEST\"")).stdout;
    assert!(variable.contains("variable"), "{variable}");
}
