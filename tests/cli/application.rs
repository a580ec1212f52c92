//! `new --app`, `new --from` and `apps`: the provider's entry and the application's settings.

use std::process::Command;

use super::{KASM, Run, finish, folder, mode, names, run};
use serde_json::Value;

fn app(slug: &str, more: &[&str]) -> Run {
    let urls =
        ["--app-url", "https://app.example.com", "--authelia-url", "https://auth.example.com"];
    run(&[&["new", "-i", "100000", "--app", slug][..], &urls, more].concat(), "")
}

/// Returns the text from the first `start` to the next `end`.
fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    text.split_once(start).unwrap().1.split_once(end).unwrap().0
}

/// Returns the slugs of the files in the folder `catalogue`, sorted.
fn slugs() -> Vec<String> {
    let mut files =
        names(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("catalogue").as_path());
    files.sort();
    files.iter().map(|file| file.strip_suffix(".toml").unwrap().to_owned()).collect()
}

#[test]
fn kasm_settings_match_its_documentation() {
    for (schema, snapshot) in [
        ("current", include_str!("../snapshots/kasm-current.txt")),
        ("legacy", include_str!("../snapshots/kasm-legacy.txt")),
    ] {
        let text = run(&[&["new"], &KASM[..], &["--schema", schema]].concat(), "").result();
        let digest = between(&text, "secret: '", "'");
        let secret = between(&text, "Client Secret:        ", "\n");
        assert_eq!(run(&["verify", digest], secret).result(), "match\n");
        assert_eq!(text.replace(digest, "DIGEST").replace(secret, "SECRET"), snapshot);
        assert_eq!(text.matches(secret).count(), 1);
    }
}

#[test]
fn json_has_the_entry_and_the_settings() {
    let object: Value = serde_json::from_str(
        &run(&[&["new"], &KASM[..], &["--format", "json"]].concat(), "").result(),
    )
    .unwrap();
    let entry = &object["authelia"];
    assert_eq!((&object["version"], &object["client_id"]), (&1.into(), &"kasm".into()));
    assert_eq!(entry["client_secret"], object["client_secret_digest"]);
    assert_eq!(entry["redirect_uris"][0], "https://kasm.example.com/api/oidc_callback");
    assert_eq!(entry["scopes"], serde_json::json!(["openid", "profile", "groups", "email"]));
    let method = &object["application"]["methods"][0];
    assert_eq!((&method["kind"], &method["name"]), (&"gui".into(), &"Web GUI".into()));
    let setting = |index: usize| method["settings"][index].clone();
    assert_eq!(setting(1)[1], object["client_secret"]);
    assert_eq!(setting(5)[1], serde_json::json!(["openid", "profile", "groups", "email"]));
    assert_eq!(setting(6), serde_json::json!(["User Identifier", "preferred_username"]));
}

#[test]
fn a_public_client_has_no_secret() {
    let text = app("zammad", &[]).result();
    assert!(!text.contains("client_secret:") && text.contains("public: true"), "{text}");
    let object: Value =
        serde_json::from_str(&app("zammad", &["--format", "json"]).result()).unwrap();
    for key in ["client_secret", "client_secret_digest", "entropy_bits"] {
        assert!(object[key].is_null(), "{key}");
    }
    assert_eq!(app("zammad", &["--format", "env"]).result().lines().count(), 4);
    app("zammad", &["--secret-out", "x"]).fails_with(&["public", "leave out --secret-out"]);
}

#[test]
fn settings_name_the_ids_of_all_clients_of_the_application() {
    let text = app("argocd", &["--id", "my-argo"]).result();
    assert!(text.contains("- client_id: 'my-argo'") && text.contains("- client_id: 'argocd-cli'"));
    assert!(
        text.contains("clientID: 'my-argo'") && text.contains("cliClientID: 'argocd-cli'"),
        "{text}"
    );
    // Each client with a secret that is built into a program has its own digest.
    let csv = app("ocis", &["--format", "csv"]).result();
    for row in csv.lines().skip(2) {
        let fields: Vec<&str> = row.split(',').collect();
        assert_eq!(run(&["verify", fields[3]], fields[2]).result(), "match\n");
    }
    assert_eq!(csv.lines().count(), 5);
}

#[test]
fn a_client_that_signs_its_requests_has_the_plaintext_secret_in_its_entry() {
    let folder = folder();
    let apps = folder.path().join("oidc-secret/apps");
    std::fs::create_dir_all(&apps).unwrap();
    let toml = "name = 'S'\n[[clients]]\n[clients.entry]\nclient_id = 's'\n\
                redirect_uris = ['{app}/cb']\nrequest_object_signing_alg = 'HS256'\n";
    std::fs::write(apps.join("signs.toml"), toml).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_oidc-secret"));
    command.args(["new", "--app", "signs", "--format", "json"]);
    command.args(["--app-url", "https://s.example.com", "--authelia-url", "https://a.example.com"]);
    command.env("XDG_CONFIG_HOME", folder.path());
    let object: Value = serde_json::from_str(&finish(command, "").result()).unwrap();
    let secret = object["client_secret"].as_str().unwrap();
    assert_eq!(object["authelia"]["client_secret"], format!("$plaintext${secret}"));
}

#[test]
fn variants_and_inputs_can_be_set() {
    let text = app("nextcloud", &["--variant", "user-oidc"]).result();
    assert!(text.contains("/apps/user_oidc/code") && !text.contains("oidc_login"), "{text}");
    assert!(app("nextcloud", &[]).result().contains("/apps/oidc_login/oidc"));
    app("nextcloud", &["--variant", "x"]).fails_with(&["variant", "oidc-login, user-oidc"]);
    app("kasm-workspaces", &["--variant", "x"]).fails_with(&["has no variants"]);
    let text = app("gitea", &["--set", "provider=sso"]).result();
    assert!(
        text.contains("/user/oauth2/sso/callback")
            && text.contains("Authentication Name:               sso"),
        "{text}"
    );
    app("gitea", &["--set", "realm=x"]).fails_with(&["unknown input `realm`", "provider"]);
    app("gitea", &["--set", "realm"]).fails_with(&["NAME=VALUE"]);
    app("passbolt", &[]).fails_with(&["Passbolt", "redirect URI", "--set redirect_uri=VALUE"]);
}

#[test]
fn missing_and_invalid_options_are_named() {
    run(&["new", "--app", "grafana"], "").fails_with(&[
        "Grafana needs the application's URL, Authelia's URL",
        "--app-url https://… --authelia-url https://…",
    ]);
    let app_url = ["new", "--app", "grafana", "--app-url", "https://g.example.com"];
    run(&app_url, "").fails_with(&["Authelia's URL", "--authelia-url https://"]);
    for (url, reason) in [
        ("g.example.com", "a full URL, such as https://app.example.com"),
        ("ftp://g", "neither https:// nor http://"),
        ("https://", "host"),
        ("https://g/?x", "more than"),
        ("https://g:port", "port"),
    ] {
        run(&["new", "--app", "grafana", "--app-url", url], "").fails_with(&["--app-url", reason]);
    }
    run(&["new", "--app", "grafanna"], "").fails_with(&["grafanna", "did you mean grafana"]);
    app("grafana", &["--for", "keycloak"]).fails_with(&["--app", "leave out --for"]);
    app("grafana", &["--count", "2"]).fails_with(&["--count", "exclude"]);
}

#[test]
fn secret_out_keeps_the_secret_out_of_the_output() {
    let folder = folder();
    let file = folder.path().join("secret");
    let text = app("grafana", &["--secret-out", file.to_str().unwrap()]).result();
    let secret = std::fs::read_to_string(&file).unwrap();
    let digest = between(&text, "client_secret: '", "'");
    assert_eq!(run(&["verify", digest], &secret).result(), "match\n");
    assert!(!text.contains(&secret) && text.contains(file.to_str().unwrap()));
    // Lines without quotes have a word for the secret.
    let other = folder.path().join("other");
    let text = app("roundcube", &["--secret-out", other.to_str().unwrap()]).result();
    let in_file = format!("= '(in {})';\n", other.display());
    assert!(text.contains(&in_file) && text.contains("https://roundcube:SECRET@auth."), "{text}");
}

#[test]
fn settings_of_one_format_are_alone_on_standard_output() {
    let (text, rest) = app("grafana", &["--settings", "compose"]).result_and_messages();
    assert!(text.starts_with("services:\n  grafana:\n    environment:\n"), "{text}");
    assert!(text.lines().skip(3).all(|line| line.starts_with("      GF_")), "{text}");
    assert!(rest.starts_with("Authelia, under identity_providers.oidc.clients:\n\n- client_id"));
    assert!(
        rest.contains("\nGrafana, Environment Variables, compose.yml is on standard output.\n")
    );
    assert!(rest.contains("\nNote: if Grafana looks for claims"), "{rest}");
    let secret = between(&text, "CLIENT_SECRET: '", "'");
    assert!(!rest.contains(secret));
    assert_eq!(run(&["verify", between(&rest, "secret: '", "'")], secret).result(), "match\n");
    // `-` is standard output; a client without settings has nothing there.
    let (text, rest) = app("argocd", &["--settings", "yaml", "--out", "-"]).result_and_messages();
    assert!(text.starts_with("oidc.config: |\n"), "{text}");
    assert_eq!(rest.matches("\n- client_id: ").count(), 2, "{rest}");
    // Several settings have their titles as comments.
    let (text, rest) = app("opencloud", &["--settings", "yaml"]).result_and_messages();
    for title in
        ["# openCloud, Files: Content Security Policy, csp.yaml", "---\n# openCloud, Files: Proxy"]
    {
        assert!(text.contains(title), "{text}");
    }
    assert!(!rest.contains("Files: Proxy"), "{rest}");
}

#[test]
fn one_of_several_alternatives_is_printed_and_the_others_are_named() {
    let text = app("grafana", &[]).result();
    assert!(text.contains("\nGrafana, Configuration File, grafana.ini:\n\n[server]\n"), "{text}");
    assert!(
        text.contains("\nOther forms, in the same run: --settings env, --settings compose\n"),
        "{text}"
    );
    assert!(!text.contains("GF_AUTH") && !text.contains("services:"), "{text}");
    // Prerequisites and the settings that follow them belong together.
    let text = app("jenkins", &[]).result();
    assert!(text.contains("jenkins-plugin-cli --plugins oic-auth\n"), "{text}");
    assert!(
        text.contains("clientSecret: '")
            && text.contains("\nOther form, in the same run: --settings gui\n")
    );
    let text = app("grafana", &["--settings", "env", "--settings", "compose"]).result();
    assert!(text.contains("\nEither Grafana, Environment Variables, .env:\n"), "{text}");
    assert!(text.contains("\nOr Grafana, Environment Variables, compose.yml:\n"), "{text}");
    assert!(text.contains("\nOther form, in the same run: --settings ini\n"), "{text}");
    // Two alternatives may have the same form.
    let text = app("roundcube", &[]).result();
    assert!(text.contains("Roundcube, Dovecot 2.4, /etc/dovecot/conf.d/auth.conf:\n"), "{text}");
    assert!(
        text.contains("\nOther form, in the same run: --settings conf\n")
            && !text.contains("Dovecot 2.3")
    );
    let (text, _) = app("roundcube", &["--settings", "conf"]).result_and_messages();
    for title in
        ["# Either Roundcube, Dovecot 2.4", "# Or Roundcube, Dovecot 2.3", "# Roundcube, Postfix"]
    {
        assert!(text.contains(title), "{text}");
    }
    let json = app("grafana", &["--format", "json"]).result();
    let object: Value = serde_json::from_str(&json).unwrap();
    let methods = object["application"]["methods"].as_array().unwrap();
    let alternative = |method: &Value| method["alternative"].as_bool().unwrap();
    assert_eq!(methods.iter().map(alternative).collect::<Vec<_>>(), [false, true, true]);
    let shown = run_apps("grafana");
    assert!(shown.contains("\nForms of its settings (--settings): ini, env, compose\n"), "{shown}");
    assert!(shown.contains("\nOr Environment Variables (compose, compose.yml):\n"), "{shown}");
}

fn run_apps(slug: &str) -> String {
    run(&["apps", slug], "").result()
}

#[test]
fn settings_in_a_language_are_text_in_it() {
    let json = app("nextcloud", &["--format", "json"]).result();
    let object: Value = serde_json::from_str(&json).unwrap();
    let method = &object["application"]["methods"][0];
    let text = method["text"].as_str().unwrap();
    let secret = object["client_secret"].as_str().unwrap();
    assert!(text.starts_with("<?php\n") && text.contains(&format!("=> '{secret}',")), "{text}");
    assert_eq!((&method["kind"], &method["settings"]), (&"php".into(), &serde_json::json!([])));
    let shown = run_apps("gitlab");
    assert!(shown.contains("(ruby, gitlab.rb):\n\n  gitlab_rails['omniauth_providers'] = [\n"));
    assert!(shown.contains("secret: {\"{client_secret}\"},"), "{shown}");
    let json = run(&["apps", "--format", "json", "gitlab"], "").result();
    let object: Value = serde_json::from_str(&json).unwrap();
    assert!(object["settings"][0]["template"].as_str().unwrap().contains("omniauth_providers"));
}

#[test]
fn the_settings_are_written_to_a_file_of_their_own() {
    let folder = folder();
    let path = folder.path().join("new/.env");
    let out = ["--settings", "env", "--out", path.to_str().unwrap()];
    let text = app("grafana", &out).result();
    let title = format!("Grafana, Environment Variables, .env is in the file {}.", path.display());
    assert!(text.contains(&title), "{text}");
    assert_eq!(super::mode(&path) & 0o777, 0o600);
    let env = std::fs::read_to_string(&path).unwrap();
    assert!(env.starts_with("GF_") && env.ends_with('\n'), "{env}");
    let secret = between(&env, "CLIENT_SECRET=", "\n").trim_matches('\'');
    assert!(!text.contains(secret));
    assert_eq!(run(&["verify", between(&text, "secret: '", "'")], secret).result(), "match\n");
    app("grafana", &out).fails_with(&["already exists", "--force"]);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), env);
    app("grafana", &[&out[..], &["--force"]].concat()).result();
    assert_ne!(std::fs::read_to_string(&path).unwrap(), env);
    assert_eq!(names(path.parent().unwrap()), [".env"]);
    let yaml = folder.path().join("both.yml");
    let yaml = ["--settings", "yaml", "--out", yaml.to_str().unwrap()];
    app("opencloud", &yaml).fails_with(&["csp.yaml, proxy.yaml", "leave out --out"]);
    let two = [&out[..], &["--settings", "ini"]].concat();
    app("grafana", &two).fails_with(&["--out writes settings in one format"]);
    let json = [&out[..], &["--format", "json"]].concat();
    app("grafana", &json).fails_with(&["--out", "leave out --format"]);
    app("grafana", &["--out", "x"]).fails_with(&["--settings"]);
    assert_eq!(names(folder.path()), ["new"]);
}

#[test]
fn the_settings_and_the_entry_are_written_together_or_not_at_all() {
    let folder = folder();
    let config = folder.path().join("configuration.yml");
    std::fs::write(&config, "theme: light\n").unwrap();
    let env = folder.path().join(".env");
    let both = |env: &std::path::Path| {
        let env = env.to_str().unwrap();
        app("grafana", &["--write", config.to_str().unwrap(), "--settings", "env", "--out", env])
    };
    both(&config).fails_with(&["configuration.yml"]);
    assert_eq!(std::fs::read_to_string(&config).unwrap(), "theme: light\n");
    both(&env).result_and_messages();
    let written = std::fs::read_to_string(&config).unwrap();
    let settings = std::fs::read_to_string(&env).unwrap();
    let digest = between(&written, "client_secret: '", "'");
    let secret = between(&settings, "CLIENT_SECRET=", "\n").trim_matches('\'');
    assert_eq!(run(&["verify", digest], secret).result(), "match\n");
    std::fs::write(&config, "theme: light\n").unwrap();
    both(&env).fails_with(&["already exists"]);
    assert_eq!(std::fs::read_to_string(&config).unwrap(), "theme: light\n");
    assert_eq!(std::fs::read_to_string(&env).unwrap(), settings);
    assert_eq!(names(folder.path()).len(), 2);
}

/// A shell reads the redirected output.
#[test]
fn redirected_settings_are_a_file_of_variables() {
    let folder = folder();
    let script = "\"$0\" new -q -i 100000 --app grafana --app-url https://g.example.com \\
        --authelia-url https://a.example.com --settings env --charset ascii > .env 2> rest || exit 9
        env -i sh -c 'set -eu; set -a; . ./.env; printf %s \"$GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET\"'";
    let mut sh = Command::new("sh");
    sh.current_dir(folder.path()).args(["-c", script, env!("CARGO_BIN_EXE_oidc-secret")]);
    let secret = finish(sh, "").result();
    let rest = std::fs::read_to_string(folder.path().join("rest")).unwrap();
    assert_eq!(run(&["verify", between(&rest, "secret: '", "'")], &secret).result(), "match\n");
}

#[test]
fn the_k8s_format_is_a_secret_for_the_application_and_one_for_authelia() {
    let folder = folder();
    let file = folder.path().join("digest.yaml");
    let path = file.to_str().unwrap();
    let text = app("kasm-workspaces", &["--format", "k8s", "--digest-out", path]).result();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[..4],
        ["apiVersion: v1", "kind: Secret", "metadata:", "  name: 'kasm-workspaces-oidc'"]
    );
    assert_eq!(lines[4..7], ["type: Opaque", "stringData:", "  client_id: 'kasm'"]);
    assert!(lines.len() == 8, "{text}");
    let secret = between(lines[7], "  client_secret: '", "'");
    assert_eq!(mode(&file), 0o600);
    let Some(python) = super::peers::python_with("import yaml", "PyYAML") else { return };
    let script = "import sys, yaml
text = open(sys.argv[1]).read()
[secret] = yaml.safe_load_all(text)
comments = [line[3:] for line in text.splitlines() if line.startswith('#   ')]
values = yaml.safe_load('\\n'.join(comments))
[(name, mounted)] = values['secret']['additionalSecrets'].items()
assert name == secret['metadata']['name'] == 'kasm-workspaces-oidc-digest'
[item] = mounted['items']
[client] = values['configMap']['identity_providers']['oidc']['clients']
assert client['client_secret']['path'] == f'/secrets/{name}/{item[\"path\"]}'
print(secret['stringData'][item['key']])";
    let mut command = Command::new(python);
    command.args(["-c", script, path]);
    let digest = finish(command, "").result();
    assert_eq!(run(&["verify", digest.trim()], secret).result(), "match\n");
    app("kasm-workspaces", &["--format", "k8s", "--secret-out", "x"]).fails_with(&["--secret-out"]);
}

/// Values that refer to a Secret do not have the digest.
#[test]
fn a_digest_in_a_kubernetes_secret_is_named() {
    let folder = folder();
    let file = folder.path().join("values.yaml");
    let values = app("kasm-workspaces", &["--format", "helm-existing-secret"]);
    let (values, _) = values.result_and_messages();
    std::fs::write(&file, values.split_once("---").unwrap().0).unwrap();
    let path = file.to_str().unwrap();
    for args in [&["rotate", path, "kasm"][..], &["verify", "--config", path, "--client", "kasm"]] {
        let run = run(args, "x");
        assert_eq!((run.code, &*run.stdout), (Some(2), ""));
        assert!(run.stderr.contains("Kubernetes Secret"), "{}", run.stderr);
        assert!(run.stderr.contains("--map /secrets=FOLDER"), "{}", run.stderr);
    }
}

/// The values and manifests have what the entry refers to.
#[test]
fn formats_for_kubernetes_are_complete() {
    let Some(python) = super::peers::python_with("import yaml", "PyYAML") else { return };
    let script = "import sys, yaml
kind, text = sys.argv[1], open(sys.argv[2]).read()
if kind == 'k8s':
    text = '\\n'.join(line[4:] for line in text.splitlines() if line.startswith('#   '))
data = next(yaml.safe_load_all(text))
data = yaml.safe_load(data['data']['configuration.oidc.yml']) if kind == 'configmap' else data['configMap']
oidc = data['identity_providers']['oidc']
client = oidc['clients'][0]
assert client['claims_policy'] in oidc['claims_policies']
for attribute in data['definitions']['user_attributes'].values():
    assert attribute['expression']";
    let folder = folder();
    for format in ["helm", "helm-existing-secret", "configmap", "k8s"] {
        let file = folder.path().join(format);
        let digest = file.to_str().unwrap();
        let args = ["--variant", "oidc-login", "--format", format];
        let digest_out: &[&str] = if format == "k8s" { &["--digest-out", digest] } else { &[] };
        let (text, _) = app("nextcloud", &[&args[..], digest_out].concat()).result_and_messages();
        if format != "k8s" {
            std::fs::write(&file, text).unwrap();
        }
        let mut command = Command::new(&python);
        command.args(["-c", script, format, digest]);
        finish(command, "").result();
    }
    let (_, messages) = app("nextcloud", &["--format", "authelia"]).result_and_messages();
    assert!(messages.contains("needs more of the configuration"), "{messages}");
    let (text, messages) = app("forgejo", &["--settings", "ini"]).result_and_messages();
    assert!(!text.contains("also needs") && messages.contains("Forgejo also needs "), "{messages}");
}

#[test]
fn the_k8s_format_does_not_lose_the_digest() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let k8s = ["new", "x", "-i", "100000", "--format", "k8s"];
    let lost = ["the digest would be lost", "--write FILE", "--digest-out FILE"];
    run(&k8s, "").fails_with(&lost);
    app("kasm-workspaces", &["--format", "k8s"]).fails_with(&lost);
    run(&[&k8s[..], &["--count", "2"]].concat(), "").fails_with(&lost[..2]);
    assert!(run(&[&k8s[..], &["--public"]].concat(), "").result().contains("stringData"));
    let (config, digest) = (path("c.yml"), path("digest"));
    std::fs::write(&config, "theme: light\n").unwrap();
    let write = ["--redirect-uri", "https://x.example.com/cb", "--id", "x", "--write", &config];
    let both = ["--digest-out", &digest];
    run(&[&k8s[..], &write, &both].concat(), "").fails_with(&["either into the file of --write"]);
    let (text, _) = run(&[&k8s[..], &write].concat(), "").result_and_messages();
    let secret = between(&text, "client_secret: '", "'");
    let args = ["verify", "--config", &config, "--client", "x"];
    assert_eq!(run(&args, secret).result(), "match\n");
}

#[test]
fn the_catalogue_is_listed_searched_and_shown() {
    let list = run(&["apps"], "").result();
    let listed: Vec<_> = list.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(listed, slugs());
    let found = run(&["apps", "GRAF"], "").result();
    let found: Vec<_> = found.lines().map(|line| line.split_whitespace().collect()).collect();
    let is_named = |line: &&str| line.to_lowercase().contains("graf");
    let expected: Vec<Vec<_>> =
        list.lines().filter(is_named).map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(found, expected);
    assert!(found.contains(&vec!["grafana", "Grafana"]), "{found:?}");
    let shown = run(&["apps", "grafana"], "").result();
    assert!(
        shown.contains("{app}/login/generic_oauth") && shown.contains("grafana.ini"),
        "{shown}"
    );
    run(&["apps", "no such thing"], "").fails_with(&["no application", "oidc-secret apps"]);
    let object: Value =
        serde_json::from_str(&run(&["apps", "--format", "json", "gitea"], "").result()).unwrap();
    assert_eq!(object["inputs"]["provider"]["default"], "authelia");
    assert_eq!(object["clients"][0]["entry"]["client_id"], "gitea");
    let list: Value =
        serde_json::from_str(&run(&["apps", "--format", "json"], "").result()).unwrap();
    let listed = list["apps"].as_array().unwrap().iter();
    assert_eq!(listed.map(|app| app["slug"].as_str().unwrap()).collect::<Vec<_>>(), slugs());
}

#[test]
fn an_application_is_found_by_another_name() {
    for word in ["bitwarden_rs", "Bitwarden RS", "BITWARDENRS"] {
        let shown = run(&["apps", word], "").result();
        assert!(shown.starts_with("Vaultwarden\nAlso known as: bitwarden_rs\n"), "{shown}");
    }
    assert!(app("k8s", &["--set", "user=x"]).result().contains("client_id: 'kube_login'"));
    assert!(app("PVE", &[]).result().contains("client_id: 'proxmox'"));
    // An exact alias wins over the start of a name, and a name over the start of an alias.
    assert!(app("vault", &[]).result().contains("client_id: 'vault'"));
    assert!(app("bitw", &[]).result().contains("client_id: 'bitwarden'"));
    let list = run(&["apps", "maybe fin"], "").result();
    assert_eq!(list, "sure  Sure\n");
    let object = run(&["apps", "--format", "json", "awx"], "").result();
    let object: Value = serde_json::from_str(&object).unwrap();
    assert_eq!(object["slug"], "ansible-awx");
    assert_eq!(object["aliases"], serde_json::json!(["AWX", "Ansible Tower"]));
    let list = run(&["apps", "--format", "json", "hoard"], "").result();
    let list: Value = serde_json::from_str(&list).unwrap();
    assert_eq!(list["apps"][0]["aliases"], serde_json::json!(["Hoarder"]));
    let (_, hints) = run(&["new", "-i", "100000", "Matrix"], "").result_and_messages();
    assert!(hints.contains("oidc-secret new --app synapse"), "{hints}");
}

#[test]
fn user_files_override_the_catalogue_and_invalid_ones_are_reported() {
    let folder = folder();
    let apps = folder.path().join("oidc-secret/apps");
    std::fs::create_dir_all(&apps).unwrap();
    let own = "name = 'My App'\n[[clients]]\n[clients.entry]\nclient_id = 'mine'\nredirect_uris = ['{app}/cb']\n";
    for slug in ["grafana", "mine"] {
        std::fs::write(apps.join(format!("{slug}.toml")), own).unwrap();
    }
    std::fs::write(apps.join("invalid.toml"), "name = 1").unwrap();
    let with_own = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_oidc-secret"));
        command.args(args).env("XDG_CONFIG_HOME", folder.path());
        finish(command, "")
    };
    for slug in ["grafana", "mine"] {
        let text = with_own(&["new", "--app", slug, "--app-url", "https://a.example.com"]).result();
        assert!(text.contains("client_id: 'mine'") && text.contains("https://a.example.com/cb"));
    }
    let (list, messages) = with_own(&["apps", "my app"]).result_and_messages();
    assert_eq!(list, "grafana  My App\nmine     My App\n");
    assert!(messages.contains("warning") && messages.contains("invalid.toml"), "{messages}");
    with_own(&["new", "--app", "invalid"]).fails_with(&["invalid.toml", "line 1"]);
    // The hint about an application is only an offer, and says nothing of other files.
    let (_, messages) = with_own(&["new", "grafana", "-i", "100000"]).result_and_messages();
    assert!(messages.contains("--app grafana") && !messages.contains("warning"), "{messages}");
}

#[test]
fn a_folder_of_user_files_that_cannot_be_read_is_a_warning() {
    let run = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_oidc-secret"));
        command.args(args).env("XDG_CONFIG_HOME", "/dev/null");
        finish(command, "")
    };
    run(&["new", "x", "-i", "100000"]).result();
    let (_, messages) = run(&["new", "grafana", "-i", "100000"]).result_and_messages();
    assert!(messages.contains("--app grafana") && !messages.contains("warning"), "{messages}");
    let url = ["--app-url", "https://a.example.com", "--authelia-url", "https://b.example.com"];
    let app = [&["new", "-i", "100000", "--app", "grafana"][..], &url].concat();
    for args in [
        &app[..],
        &["new", "-i", "100000", "--app", "graf", url[0], url[1], url[2], url[3]],
        &["apps", "grafana"],
    ] {
        let (text, messages) = run(args).result_and_messages();
        assert!(text.contains("client_id"), "{text}");
        let warnings =
            messages.matches("warning: cannot read /dev/null/oidc-secret/apps: ").count();
        assert_eq!(warnings, 1, "{args:?}: {messages}");
    }
    let missing = run(&["new", "--app", "no-such-application"]);
    assert_eq!((missing.code, &*missing.stdout), (Some(2), ""));
    assert!(missing.stderr.contains("unknown application"), "{}", missing.stderr);
}

#[test]
fn a_table_creates_many_clients() {
    let folder = folder();
    let from = |name: &str, text: &str, more: &[&str]| {
        let file = folder.path().join(name);
        std::fs::write(&file, text).unwrap();
        let args = ["new", "-i", "100000", "--from", file.to_str().unwrap(), "--format", "jsonl"];
        run(&[&args[..], more].concat(), "")
    };
    let csv = "name,id,app,app_url,set.provider\nOne,one,,,\n\"Two, too\",,,,\n,,gitea,https://git.example.com,sso\n";
    let urls = ["--authelia-url", "https://auth.example.com"];
    let lines = from("clients.csv", csv, &urls).result();
    let clients: Vec<Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(clients.len(), 3);
    assert_eq!(
        (&clients[0]["client_id"], &clients[1]["client_name"]),
        (&"one".into(), &"Two, too".into())
    );
    assert_eq!(
        clients[2]["authelia"]["redirect_uris"][0],
        "https://git.example.com/user/oauth2/sso/callback"
    );
    for client in &clients {
        let text = |key: &str| client[key].as_str().unwrap();
        assert_eq!(
            run(&["verify", text("client_secret_digest")], text("client_secret")).result(),
            "match\n"
        );
    }
    let jsonl = "{\"name\": \"One\", \"id\": \"one\"}\n\n{\"app\": \"gitea\", \"app_url\": \"https://g.example.com\", \"set\": {\"provider\": \"x\"}}\n";
    assert_eq!(from("clients.jsonl", jsonl, &urls).result().lines().count(), 2);
    for (name, text, words) in [
        ("a.csv", "name,colour\nx,red\n", &["a.csv, line 1", "colour"][..]),
        ("b.csv", "name,id\nx\n", &["b.csv, line 2", "1 fields"]),
        ("c.csv", "name,id\nx,a b\n", &["c.csv, line 2", "position 2"]),
        ("d.csv", "id\nx\nx\n", &["d.csv, line 3", "already used"]),
        ("e.csv", "name\n", &["no client"]),
        ("e.txt", "name\nx\n", &["does not end in .csv or .jsonl"]),
        ("e2.csv", "name,name\nx,y\n", &["e2.csv, line 1", "duplicate column"]),
        ("f.jsonl", "{\"name\": 1}\n", &["f.jsonl, line 1", "name is not text"]),
        ("g.jsonl", "[]\n", &["g.jsonl, line 1", "object"]),
        ("h.csv", "app\ngrafanna\n", &["h.csv, line 2", "grafana"]),
        ("i.csv", "app\ngrafana\n", &["i.csv, line 2", "--app-url"]),
        ("j.csv", "name,id\na,b\nalpha,\"tru", &["j.csv, line 3", "quote", "not closed"]),
        ("k.csv", "id,set.x\na,\nb,y\n", &["k.csv, line 3", "set.x is for an application"]),
        ("l.csv", "id,app_url\na,https://a.example.com\n", &["l.csv, line 2: app_url is for"]),
        ("m.jsonl", "\n{\"id\": \"a\", \"variant\": \"b\"}\n", &["m.jsonl, line 2: variant is"]),
        ("n.jsonl", "{\"id\": \"a\", \"id\": \"b\"}", &["n.jsonl, line 1: duplicate key id"]),
        ("o.jsonl", "{\"id\": null, \"id\": \"b\"}", &["duplicate key id"]),
        ("p.jsonl", "{\"set\": {\"a\": \"b\", \"a\": \"c\"}}", &["duplicate key set.a"]),
        ("q.jsonl", "{\"set.a\": \"b\", \"set\": {\"a\": \"c\"}}", &["duplicate key set.a"]),
        ("r.jsonl", "{\"set\": {}, \"set\": {\"a\": \"c\"}}", &["duplicate key set"]),
    ] {
        from(name, text, &urls).fails_with(words);
    }
}

#[test]
fn a_secret_missing_from_the_settings_is_printed_separately() {
    for (slug, more) in
        [("hashicorp-vault", &[][..]), ("papra", &[]), ("forgejo", &["--settings", "ini"])]
    {
        let (text, rest) = app(slug, more).result_and_messages();
        let text = if rest.is_empty() { text } else { rest };
        let digest = between(&text, "client_secret: '", "'");
        let secret = text.split_once("\nClient secret of ").unwrap().1.lines().nth(2).unwrap();
        assert_eq!(run(&["verify", digest], secret).result(), "match\n");
    }
    app("grafana", &["--settings", "gui"]).fails_with(&["its formats are: compose, env, ini"]);
}

#[test]
fn invalid_inputs_are_refused() {
    for (slug, set, words) in [
        ("1password", "redirect_uri=notauri", "`notauri` is not a valid redirect URI"),
        ("gitea", "provider=", "the value of provider is empty"),
        ("gitea", "provider=a\nb", "line break"),
        ("gitea", "provider=a b", "not a valid redirect URI"),
        ("gitea", "x=y", "unknown input `x`; the application's inputs: provider"),
    ] {
        app(slug, &["--set", set]).fails_with(&[words]);
    }
    app("gitea", &["--set", "provider=a", "--set", "provider=b"]).fails_with(&["is repeated"]);
    run(&["new", "--set", "a=b"], "").fails_with(&["for an application", "--app SLUG"]);
}

#[test]
fn further_authelia_settings_are_mentioned() {
    let place = folder();
    let path = place.path().join("c.yml");
    std::fs::write(&path, "").unwrap();
    let inputs = ["--set", "host=wiki.example.com", "--set", "endpoint=probe"];
    let write = ["--write", path.to_str().unwrap()];
    let (text, messages) =
        app("uptime-kuma", &[&inputs[..], &write].concat()).result_and_messages();
    assert!(text.contains("Authelia, elsewhere in its configuration"), "{text}");
    assert!(messages.contains("server and access_control could not be merged"), "{messages}");
    assert!(messages.contains("before you restart Authelia"), "{messages}");
    assert!(!messages.contains("redirect_uris"), "{messages}");
    assert!(app("grafana", &[]).result().contains("add --id-token-claims"));
    assert!(app("nextcloud", &[]).result().contains("--variant user-oidc"));
}

#[test]
fn each_client_of_an_application_has_its_own_output() {
    let names: std::collections::BTreeSet<String> = app("opencloud", &["--format", "k8s"])
        .result()
        .lines()
        .filter_map(|line| line.strip_prefix("  name: ").map(ToOwned::to_owned))
        .collect();
    assert_eq!(names.len(), 4);
    let script = r#""$0" new -i 100000 --app argocd --app-url https://a.example.com --authelia-url https://b.example.com --format env > env && . ./env && echo "$OIDC_CLIENT_ID:$OIDC_CLIENT_SECRET""#;
    let place = folder();
    let mut sh = Command::new("sh");
    sh.current_dir(place.path()).args(["-c", script, env!("CARGO_BIN_EXE_oidc-secret")]);
    assert_eq!(finish(sh, "").result(), "argocd-cli:\n");
}
