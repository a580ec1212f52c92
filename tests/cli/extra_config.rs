//! Parts of Authelia's configuration that applications need outside of the list of clients, as
//! `new --write` merges them. Parsers in another language see the intended change and nothing else.

use std::path::Path;
use std::process::Command;

use oidc_secret::catalogue::{Application, ClientTemplate, applications};
use serde_json::{Map, Value, json};

use super::{Run, folder, names, run};

/// The sections that are left to a person.
const LEFT: [&str; 2] = ["server:", "access_control:"];

/// A format that is quick to make.
const QUICK: [&str; 4] = ["-a", "sha512crypt", "--rounds", "1000"];

/// An application that needs parts, in one of its variants.
struct Case {
    application: Application,
    client: ClientTemplate,
}

/// The applications whose clients need parts that can be merged, or claims in the ID token.
fn cases() -> Vec<Case> {
    let of = |application: Application| -> Vec<Case> {
        let clients = application.clients.iter().filter(|client| {
            let extra = client.extra_config.as_deref();
            let is_left = extra.is_some_and(|yaml| yaml.starts_with(LEFT[0]));
            (extra.is_some() && !is_left) || client.claims.is_some()
        });
        let case = |client: &ClientTemplate| Case {
            application: application.clone(),
            client: client.clone(),
        };
        clients.map(case).collect()
    };
    let cases: Vec<_> = applications().flat_map(of).collect();
    assert!(cases.len() > 20, "{}", cases.len());
    cases
}

/// The inputs without a default, with a value that every application takes.
fn inputs(application: &Application) -> Vec<(&str, &str)> {
    let required = application.inputs.iter().filter(|(_, input)| input.default.is_none());
    let value =
        |name: &str| if name == "redirect_uri" { "https://i.example.com/cb" } else { "input" };
    required.map(|(name, _)| (&**name, value(name))).collect()
}

impl Case {
    fn name(&self) -> String {
        format!("{} {:?}", self.application.slug, self.client.variant)
    }

    /// The arguments with which `new` creates its clients.
    fn args(&self) -> Vec<String> {
        let urls = ["https://app.example.com", "https://auth.example.com"];
        let slug = &*self.application.slug;
        let args = ["new", "--app", slug, "--app-url", urls[0], "--authelia-url", urls[1]];
        let mut args: Vec<String> = args.iter().chain(&QUICK).map(ToString::to_string).collect();
        for (name, value) in inputs(&self.application) {
            args.extend(["--set".to_owned(), format!("{name}={value}")]);
        }
        if let Some(variant) = &self.client.variant {
            args.extend(["--variant".to_owned(), variant.clone()]);
        }
        if self.client.claims.is_some() {
            args.push("--id-token-claims".to_owned());
        }
        args
    }

    fn write(&self, path: &Path, more: &[&str]) -> Run {
        let args = self.args();
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        run(&[&args[..], &["--write", path.to_str().unwrap()], more].concat(), "")
    }

    /// The parts that it needs.
    fn needed(&self) -> Value {
        let mut needed = json!({});
        for yaml in [&self.client.extra_config, &self.client.claims].into_iter().flatten() {
            let mut parts: Value = serde_saphyr::from_str(yaml).unwrap();
            if let Some(oidc) = parts.pointer_mut("/identity_providers/oidc") {
                oidc.as_object_mut().unwrap().remove("clients");
            }
            merge(&mut needed, &parts);
        }
        needed
    }

    /// Adds its clients to a text, and returns the text and a job for the other parsers.
    fn added(&self, old: &str, path: &str) -> (String, Value) {
        let folder = folder();
        let file = folder.path().join("file.yaml");
        std::fs::write(&file, old).unwrap();
        let is_chart = path.contains("configMap");
        // The names of the keys in the printed entry, whatever those of the other clients are.
        let schema = if is_chart { &[][..] } else { &["--schema", "current"] };
        let more = [&["--format", "jsonl"], schema].concat();
        let (lines, messages) = self.write(&file, &more).result_and_messages();
        assert!(messages.contains("verified; restart Authelia"), "{}: {messages}", self.name());
        assert!(!lines.contains("\"extra_config\":\""), "{}: {lines}", self.name());
        let clients = lines.lines().map(|line| {
            let mut client: Value = serde_json::from_str::<Value>(line).unwrap()["authelia"].take();
            if let Some(secret) = client.get_mut("client_secret").filter(|_| is_chart) {
                *secret = json!({"value": secret.clone()});
            }
            client
        });
        let new = std::fs::read_to_string(&file).unwrap();
        let job = json!({
            "name": format!("{}: {old}", self.name()),
            "old": old,
            "new": new,
            "path": path,
            "extra": self.client.extra_config,
            "claims": self.client.claims,
            "clients": clients.collect::<Vec<_>>(),
        });
        (new, job)
    }
}

fn merge(old: &mut Value, needed: &Value) {
    match (old, needed) {
        (Value::Object(old), Value::Object(needed)) => {
            for (key, value) in needed {
                merge(old.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
        (old, needed) => *old = needed.clone(),
    }
}

/// Returns a mapping in block style with comments.
fn block(value: &Map<String, Value>, column: usize) -> String {
    let pair = |(key, value): (&String, &Value)| match value {
        Value::Object(pairs) if !pairs.is_empty() => {
            format!("{:column$}{key}:  # of {key}\n{}", "", block(pairs, column + 2))
        }
        value => format!("{:column$}# the {key}\n{:column$}{key}: {value}\n", "", ""),
    };
    value.iter().map(pair).collect()
}

/// Returns a mapping without the last leaf.
fn without_last(value: &Value) -> Option<Value> {
    let mut pairs = value.as_object()?.clone();
    let (key, last) = pairs.iter().next_back().map(|(key, value)| (key.clone(), value.clone()))?;
    pairs.remove(&key);
    if let Some(rest) = without_last(&last) {
        pairs.insert(key, rest);
    }
    Some(pairs.into())
}

/// Changes the first leaf that must have its value; returns whether there is one.
fn change_leaf(value: &mut Value) -> bool {
    match value {
        Value::Object(pairs) => {
            let is_kept = |key: &str| ["lifespans", "expression"].contains(&key);
            let mut pairs = pairs.iter_mut().filter(|(key, _)| !is_kept(key));
            pairs.any(|(_, value)| change_leaf(value))
        }
        Value::Array(items) => {
            *items = vec!["other".into()];
            true
        }
        leaf => {
            *leaf = "other".into();
            true
        }
    }
}

/// The complaints of `PyYAML` and `ruamel.yaml` about the changes; `None` if they are not installed.
fn complaints(jobs: &[Value]) -> Option<String> {
    let python = super::peers::python_with("import yaml, ruamel.yaml", "PyYAML and ruamel.yaml")?;
    let mut command = Command::new(&python);
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/extra_config.py"));
    let lines: String = jobs.iter().map(|job| format!("{job}\n")).collect();
    let output = super::finish(command, lines);
    let complaints = output.stdout.strip_suffix(&format!("{}\n", jobs.len()));
    Some(complaints.unwrap_or_else(|| panic!("{}{}", output.stdout, output.stderr)).to_owned())
}

/// A text in which every line is indented.
fn indented(text: &str, column: usize) -> String {
    text.lines().map(|line| format!("{:column$}{line}\n", "")).collect()
}

const CLIENT: &str = "\
identity_providers:
  oidc:
    # The first.
    clients:
      - client_id: first
        client_secret: '$plaintext$x'  # old
        redirect_uris: ['https://first.example.com/cb']

# The end.
theme: dark
";

#[test]
fn every_part_is_merged_into_every_kind_of_file() {
    let mut jobs = Vec::new();
    for case in cases() {
        let map =
            format!("kind: ConfigMap\ndata:\n  configuration.yml: |\n{}", indented(CLIENT, 4));
        let encoded = json!({"kind": "ConfigMap", "data": {"configuration.yml": CLIENT}});
        let with_clients = json!({
            "theme": "dark",
            "identity_providers": {"oidc": {"clients": [{"client_id": "a"}], "cors": {}}},
        });
        for (old, path) in [
            (String::new(), "/0"),
            ("identity_providers:\n  oidc:\n".to_owned(), "/0"),
            ("identity_providers:\n    oidc:\n        claims_policies: {}  # none\n        scopes:\n".to_owned(), "/0"),
            (CLIENT.to_owned(), "/0"),
            (CLIENT.replace('\n', "\r\n"), "/0"),
            (CLIENT.trim_end().to_owned(), "/0"),
            (with_clients.to_string(), "/0"),
            (serde_json::to_string_pretty(&with_clients).unwrap(), "/0"),
            (map, "/0/data/configuration.yml/0"),
            (encoded.to_string(), "/0/data/configuration.yml/0"),
            (format!("configMap:\n{}", indented(CLIENT, 2)), "/0/configMap"),
        ] {
            let (new, job) = case.added(&old, path);
            // No line of the text was changed, unless a value was in it.
            if old.contains("# The end.") && !old.starts_with('{') {
                let mut lines = new.lines();
                assert!(old.lines().all(|old| lines.any(|new| new == old)), "{new}");
            }
            jobs.push(job);
        }
    }
    if let Some(complaints) = complaints(&jobs) {
        assert_eq!(complaints, "");
    }
}

/// The parts of one application in values of charts, manifests and texts in them.
#[test]
fn parts_are_merged_where_the_configuration_is() {
    let application = oidc_secret::catalogue::application("vaultwarden").unwrap();
    let client = application.clients[0].clone();
    let case = Case { application, client };
    let mut jobs = Vec::new();
    for (name, list, _) in super::located::FILES {
        let Some(path) = list.strip_suffix("/identity_providers/oidc/clients") else { continue };
        let old = std::fs::read_to_string(super::located::path(name)).unwrap();
        jobs.push(case.added(&old, path).1);
    }
    assert_eq!(jobs.len(), super::located::FILES.len() - 1);
    if let Some(complaints) = complaints(&jobs) {
        assert_eq!(complaints, "");
    }
}

/// Configurations in every style of YAML. Parts are merged as other parsers expect it, or the file is
/// left as it is.
#[test]
fn parts_are_merged_into_every_style_or_refused() {
    let application = oidc_secret::catalogue::application("vaultwarden").unwrap();
    let client = application.clients[0].clone();
    let case = Case { application, client };
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/configurations");
    let manifest = std::fs::read_to_string(corpus.join("manifest.json")).unwrap();
    let manifest: Map<String, Value> = serde_json::from_str(&manifest).unwrap();
    let (mut jobs, mut refused) = (Vec::new(), Vec::new());
    for (name, facts) in &manifest {
        let old = std::fs::read_to_string(corpus.join(name)).unwrap();
        let (folder, path) = place(&old);
        let run = case.write(&path, &["--format", "json"]);
        assert_eq!(names(folder.path()), ["configuration.yml"], "{name}");
        if run.code != Some(0) {
            run.fails_with(&["configuration.yml"]);
            assert_eq!(std::fs::read_to_string(&path).unwrap(), old, "{name}");
            refused.push(name);
        } else if facts["yaml"] == true {
            let mut job = case.added(&old, "/0").1;
            job["name"] = name.as_str().into();
            jobs.push(job);
        }
    }
    assert_eq!(refused, ["anchored-list-used.yml", "clients-alias.yml"]);
    assert_eq!(jobs.len(), 126);
    if let Some(complaints) = complaints(&jobs) {
        assert_eq!(complaints, "");
    }
}

#[test]
fn what_is_there_already_is_compared() {
    let mut jobs = Vec::new();
    for case in cases() {
        let needed = case.needed();
        let text = |needed: &Value| {
            format!("# Parts.\n{}theme: dark  # the end\n", block(needed.as_object().unwrap(), 0))
        };
        let partial = text(&without_last(&needed).unwrap_or_else(|| json!({})));
        for old in [text(&needed), partial] {
            let (new, job) = case.added(&old, "/0");
            let mut lines = new.lines();
            let mut old_lines = old.lines().filter(|line| !line.ends_with(": {}"));
            assert!(old_lines.all(|old| lines.any(|new| new == old)), "{old} {new}");
            jobs.push(job);
        }
        let folder = folder();
        let path = folder.path().join("configuration.yml");
        // All is there: only the client is added.
        std::fs::write(&path, text(&needed)).unwrap();
        let (_, messages) = case.write(&path, &[]).result_and_messages();
        assert!(!messages.contains("also added"), "{messages}");
        // Another value.
        let mut other = needed.clone();
        if change_leaf(&mut other) {
            let other = text(&other);
            std::fs::write(&path, &other).unwrap();
            let number = other.lines().position(|line| line.contains("other")).unwrap() + 1;
            let line = format!("configuration.yml: line {number}: ");
            case.write(&path, &[]).fails_with(&[&line, "than the new client needs", "hint"]);
            assert_eq!(std::fs::read_to_string(&path).unwrap(), other);
            assert_eq!(names(folder.path()), ["configuration.yml"]);
        }
    }
    if let Some(complaints) = complaints(&jobs) {
        assert_eq!(complaints, "");
    }
}

fn app(slug: &str, path: &Path, more: &[&str]) -> Run {
    let application = oidc_secret::catalogue::application(slug).unwrap();
    let mut client = application.clients[0].clone();
    (client.claims, client.variant) = (None, None);
    Case { application, client }.write(path, more)
}

/// Creates a configuration in a temporary folder.
fn place(text: &str) -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = folder();
    let path = folder.path().join("configuration.yml");
    std::fs::write(&path, text).unwrap();
    (folder, path)
}

#[test]
fn a_value_that_the_application_works_with_is_kept_with_a_warning() {
    let endpoints = "[x, userinfo, introspection, revocation, token, authorization]";
    let yaml = format!(
        "identity_providers:\n  oidc:\n    cors: {{endpoints: {endpoints}}}\n    lifespans:\n      \
         custom:\n        ocis: {{access_token: 1h}}\n"
    );
    let (_folder, path) = place(&yaml);
    let (_, messages) = app("ocis", &path, &[]).result_and_messages();
    for words in ["line 3: identity_providers.oidc.cors.endpoints has more", "line 6: ", "was kept"]
    {
        assert!(messages.contains(words), "{words}: {messages}");
    }
    let written = std::fs::read_to_string(&path).unwrap();
    let custom = "        ocis: {access_token: 1h, \"refresh_token\": \"3 days\"}\n";
    assert!(written.contains(endpoints) && written.contains(custom), "{written}");
    // The same items in another order are the same.
    std::fs::write(&path, yaml.replace("[x, ", "[").replace("1h", "2 days")).unwrap();
    let (_, messages) = app("ocis", &path, &[]).result_and_messages();
    assert!(!messages.contains("kept"), "{messages}");
    // An attribute whose expression has the names of other groups.
    let expression = "definitions:\n  user_attributes:\n    vaultwarden_roles: {expression: 'x'}\n";
    std::fs::write(&path, expression).unwrap();
    let (_, messages) = app("vaultwarden", &path, &[]).result_and_messages();
    assert!(
        messages.contains("line 3: definitions.user_attributes.vaultwarden_roles"),
        "{messages}"
    );
    assert!(std::fs::read_to_string(&path).unwrap().starts_with(expression));
    // One that lacks an item is not.
    std::fs::write(&path, yaml.replace("userinfo, ", "")).unwrap();
    app("ocis", &path, &[]).fails_with(&["line 3: ", "cors.endpoints has another value"]);
}

#[test]
fn parts_that_cannot_be_merged_are_printed() {
    let list = "authelia_clients:\n  - client_id: a\n    client_secret: x\n";
    let ldap = "authentication_backend:\n  ldap:\n    address: ldap://x\n";
    for (slug, old, words, more) in [
        ("vaultwarden", list, "this file has only the list of clients", &[][..]),
        (
            "forgejo",
            ldap,
            "authentication_backend.ldap.attributes.extra",
            &["--variant", "ssh-keys"],
        ),
    ] {
        let (_folder, path) = place(old);
        let (text, messages) = app(slug, &path, more).result_and_messages();
        assert!(messages.contains("could not be merged") && messages.contains(words), "{messages}");
        assert!(text.contains("Authelia, elsewhere in its configuration:"), "{text}");
        let written = std::fs::read_to_string(&path).unwrap();
        assert!(written.starts_with(old) && !written.contains("  file:"), "{written}");
        assert_eq!(written.contains("claims_policies"), slug == "forgejo", "{written}");
        let (json, _) = app(slug, &path, &[more, &["--id", "b", "--format", "json"]].concat())
            .result_and_messages();
        let json: Value = serde_json::from_str(&json).unwrap();
        assert!(json["application"]["extra_config"].is_string(), "{json}");
    }
}

/// Authelia refuses a file and LDAP for its users, and one of them may be in another file.
#[test]
fn a_new_backend_is_mentioned() {
    let file = "authentication_backend:\n  file:\n    path: users.yml\n";
    for (old, is_new) in [("theme: dark\n", true), (file, false)] {
        let (_folder, path) = place(old);
        let (_, messages) = app("forgejo", &path, &["--variant", "ssh-keys"]).result_and_messages();
        assert_eq!(messages.contains("is for users in a file"), is_new, "{messages}");
    }
}

#[test]
fn shared_parts_are_refused() {
    let policy = "x: &x {mattermost: {custom_claims: {username: {name: username}}}}\n";
    let oidc = "identity_providers:\n  oidc:\n";
    for (yaml, words) in [
        (format!("{policy}{oidc}    claims_policies: *x\n"), "shared by an anchor or an alias"),
        (format!("{policy}{oidc}    claims_policies: {{<<: *x}}\n"), "merged in by `<<`"),
        (format!("{oidc}    scopes: &s {{a: {{}}}}\nother: *s\n"), "shared by an anchor"),
        (format!("{oidc}    scopes: []\n"), "line 3: identity_providers.oidc.scopes has another"),
        (format!("{oidc}    scopes: {{}}\n    scopes: {{}}\n"), "duplicate key scopes"),
        (format!("{oidc}    scopes: '{{{{ env \"X\" }}}}'\n"), "has another value"),
        ("services: {app: {}}\n".to_owned(), "not Authelia's configuration"),
    ] {
        let (folder, path) = place(&yaml);
        app("mattermost", &path, &[]).fails_with(&["configuration.yml", words]);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), yaml);
        assert_eq!(names(folder.path()), ["configuration.yml"]);
    }
    // A shared part that has all is as good as another.
    let whole = "x: &x {mattermost: {claims: [username]}}\n";
    let (_folder, path) = place(&format!("{whole}{oidc}    scopes: *x\n"));
    app("mattermost", &path, &[]).result_and_messages();
}

#[test]
fn a_dry_run_shows_the_parts() {
    let (_folder, path) = place(CLIENT);
    let diff = app("sambee", &path, &["--dry-run"]).result();
    // The name of the key is one of a secret.
    assert!(diff.contains("\n+          refresh_token: (not shown)\n"), "{diff}");
    assert!(diff.contains("\n+      - client_id: 'sambee'\n"), "{diff}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), CLIENT);
}

#[test]
fn claims_go_into_the_id_token_on_request() {
    let urls = ["--app-url", "https://a.example.com", "--authelia-url", "https://b.example.com"];
    let new =
        |slug, more: &[&str]| run(&[&["new", "--app", slug][..], &urls, &QUICK, more].concat(), "");
    let text = new("technitium", &["--id-token-claims"]).result();
    assert!(text.contains("claims_policy: 'technitium'"), "{text}");
    assert!(text.contains("custom_claims:") && text.contains("id_token:\n"), "{text}");
    assert!(!text.contains("clients:\n      - client_id"), "{text}");
    assert!(!new("grafana", &[]).result().contains("claims_policy:"));
    let text = new("grafana", &["--id-token-claims"]).result();
    assert!(text.contains("claims_policy: 'grafana'") && !text.contains("add --id-token-claims"));
    new("kasm-workspaces", &["--id-token-claims"]).fails_with(&["no claims policy", "leave out"]);
    run(&["new", "--id-token-claims"], "").fails_with(&["for an application"]);
}

/// The rows of a table with every application in each of its variants, as far as their other clients
/// have other ids.
fn table() -> String {
    let (mut rows, mut seen) = (String::new(), std::collections::HashSet::new());
    for application in applications() {
        let mut variants: Vec<_> = application.variants().into_iter().map(Some).collect();
        if variants.is_empty() {
            variants.push(None);
        }
        for (number, variant) in variants.into_iter().enumerate() {
            let belongs = |client: &&ClientTemplate| {
                client.variant.is_none() || client.variant.as_deref() == variant
            };
            let clients: Vec<_> = application.clients.iter().filter(belongs).collect();
            let mut others =
                clients.iter().skip(1).filter_map(|client| client.entry.text("client_id"));
            if !others.all(|id| seen.insert(id.to_owned())) {
                continue;
            }
            let mut row = json!({"app": application.slug, "app_url": "https://app.example.com"});
            if let Some(variant) = variant {
                row["variant"] = variant.into();
            }
            if number > 0 {
                row["id"] = format!("{}-{number}", application.slug).into();
            }
            for (name, value) in inputs(&application) {
                row[format!("set.{name}")] = value.into();
            }
            rows += &row.to_string();
            rows.push('\n');
        }
    }
    rows
}

#[test]
fn all_applications_in_one_file_are_sound() {
    let rows = table();
    assert!(rows.lines().count() > 146, "{}", rows.lines().count());
    for more in [&[][..], &["--id-token-claims"]] {
        let (folder, path) = place(
            "identity_providers:\n  oidc:\n    hmac_secret: 'x6XH7zVtqgLd5mXNbhSDoCYjLgT2KmPq'\n    \
             jwks:\n      - key: '{{ secret \"/run/key.pem\" }}'\n",
        );
        let clients = folder.path().join("clients.jsonl");
        std::fs::write(&clients, &rows).unwrap();
        let args = ["new", "--authelia-url", "https://auth.example.com", "--format", "jsonl"];
        let files = ["--from", clients.to_str().unwrap(), "--write", path.to_str().unwrap()];
        let (lines, messages) =
            run(&[&args[..], &QUICK, &files, more].concat(), "").result_and_messages();
        assert!(lines.lines().count() > rows.lines().count(), "{lines}");
        assert!(messages.contains("server and access_control could not be merged"), "{messages}");
        let audit = run(&["audit", "--format", "json", path.to_str().unwrap()], "");
        let report: Value = serde_json::from_str(&audit.stdout).unwrap();
        let clients = report["clients"].as_array().unwrap();
        assert_eq!(clients.len(), lines.lines().count());
        let of_clients = clients.iter().flat_map(|client| client["findings"].as_array().unwrap());
        let of_file = report["findings"].as_array().into_iter().flatten();
        let errors = of_clients.chain(of_file).filter(|finding| finding["severity"] == "error");
        let errors: Vec<_> = errors.collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
}

#[test]
fn a_configuration_is_created_on_request() {
    let folder = folder();
    let path = folder.path().join("configuration.yml");
    app("sambee", &path, &[]).fails_with(&["cannot read", "configuration.yml", "add --create"]);
    app("sambee", &path, &["--create", "--dry-run"]).result();
    assert_eq!(names(folder.path()), [""; 0]);
    let secret = folder.path().join("secret");
    let out = ["--create", "--secret-out", secret.to_str().unwrap()];
    let (_, messages) = app("sambee", &path, &out).result_and_messages();
    assert!(messages.contains("add hmac_secret and jwks"), "{messages}");
    assert!(!messages.contains("restart Authelia"), "{messages}");
    assert_eq!((super::mode(&path), super::mode(&secret)), (0o600, 0o600));
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("identity_providers:\n  oidc:\n    lifespans:\n"), "{text}");
    assert!(text.ends_with("'\n"), "{text}");
    assert_eq!(names(folder.path()), ["configuration.yml", "secret"]);
    let verify = ["verify", "--config", path.to_str().unwrap(), "--client", "sambee"];
    let secret = std::fs::read_to_string(&secret).unwrap();
    assert_eq!(run(&verify, secret).result(), "match\n");
    // One that exists is not created again.
    let (_, messages) = app("mattermost", &path, &["--create"]).result_and_messages();
    assert!(messages.contains("restart Authelia"), "{messages}");
    assert!(std::fs::read_to_string(&path).unwrap().contains("'sambee'"));
    for name in ["clients.toml", "clients"] {
        let path = folder.path().join(name);
        app("sambee", &path, &["--create"]).fails_with(&["cannot be created", ".yml or .yaml"]);
    }
    let same = folder.path().join("same.yml");
    let out = ["--create", "--secret-out", same.to_str().unwrap()];
    app("sambee", &same, &out).fails_with(&["--secret-out would write over", "same.yml"]);
    assert_eq!(names(folder.path()), ["configuration.yml", "secret"]);
    std::os::unix::fs::symlink("nowhere.yml", folder.path().join("link.yml")).unwrap();
    app("sambee", &folder.path().join("link.yml"), &["--create"]).fails_with(&["cannot read"]);
}

/// Nothing is left of a configuration that was to be created, if the secret cannot be printed.
#[test]
fn a_failed_creation_leaves_nothing() {
    let folder = folder();
    let path = folder.path().join("new").join("configuration.yml");
    let script = format!(
        "\"$0\" new {} --id x --redirect-uri https://x.example.com/cb --create --write {} > /dev/full",
        QUICK.join(" "),
        path.display()
    );
    super::shell(&script, "").fails_with(&["No space left on device"]);
    assert_eq!(names(folder.path()), [""; 0]);
}
