//! Settings with hostile values: independent readers find each value unchanged, or it is refused.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use oidc_secret::catalogue::{
    ResolvedApplication, Settings, SettingsFormat, Template, Values, applications,
};
use serde_json::{Value, json};

use super::{Run, finish, folder, names, run};

/// The formats (some in several layouts), with the labels of the input `title` and of the secret.
const FORMS: [(&str, &str, &str); 22] = [
    ("gui", "title", "secret"),
    ("env", "TITLE", "SECRET"),
    ("compose", "TITLE", "SECRET"),
    ("services", "services.own.environment.TITLE", "SECRET"),
    ("yaml", "s.title", "s.secret"),
    ("list of yaml", "s[0].l", "s[0].secret"),
    ("block of yaml", "s>.title", "s>.secret"),
    ("json", "s.title", "s.secret"),
    ("toml", "s.title", "s.secret"),
    ("ini", "s.title", "s.secret"),
    ("properties", "title", "secret"),
    ("flat", "s.title", "s.secret"),
    ("cli", "--title", "--secret"),
    ("json of env", "S>.title", "S>.secret"),
    ("shell", "{input:title}", "{client_secret}"),
    ("conf", "{input:title}", "{client_secret}"),
    ("php", "{input:title}", "{client_secret}"),
    ("ruby", "{input:title}", "{client_secret}"),
    ("python", "{input:title}", "{client_secret}"),
    ("javascript", "{input:title}", "{client_secret}"),
    ("elixir", "{input:title}", "{client_secret}"),
    ("xml", "{input:title}", "{client_secret}"),
];

/// Returns the template of a form that is a syntax. In those of the catalogue the names are the same.
fn template(form: &str) -> Option<&'static str> {
    Some(match form {
        "shell" => "own --title={TITLE} \\\n  --secret={SECRET}",
        "conf" | "python" => "title = {TITLE}\nsecret = {SECRET}",
        "php" => "$config['title'] = {TITLE};\n$config['secret'] = {SECRET};",
        "ruby" => "gitlab_rails['title'] = {TITLE}\ngitlab_rails['secret'] = {SECRET}",
        "javascript" => "title: {TITLE},\nsecret: {SECRET},",
        "elixir" => "config :own,\n  title: {TITLE},\n  secret: {SECRET}",
        "xml" => "<s>\n  <title>{TITLE}</title>\n  <secret>{SECRET}</secret>\n</s>",
        _ => return None,
    })
}

#[test]
fn every_settings_format_is_tested() {
    let tested: BTreeSet<_> = FORMS.iter().map(|(form, ..)| format_of(form)).collect();
    assert_eq!(tested, SettingsFormat::ALL.iter().map(|format| format.name()).collect());
}

/// Inputs and names with characters that are special to a shell or to a reader.
#[rustfmt::skip]
const HOSTILE: [&str; 94] = [
    "it's", "a: b", "- x", "# c", "{{ env \"X\" }}", "${HOME}", "$HOME", "$(id)", "`id`",
    "it's `touch pwned`", "it's $(id)", "null", "~", "~root", "a:~", "yes", "true", "12", "0x10",
    "1e3", "1_000", "2020-01-01", "12:30:45", "!!python/object:os.system x", "&a *b", "| x", "> x",
    "%TAG", "100%", "%(x)s", "@x", "\"dq\"", "\\n\\", "a\\b", "\\\\", "a  b ", " lead", "trail ",
    "é\u{a0}ü", "\u{feff}bom", "🔑", "a#b", "a #b", "a;b", "a :b", "[x]", "{x: y}", "{}", "'", "''",
    "\"'\"", "---", "...", "? x", "=", "=x", "<<", "-x", "--x", "`x", "!x", "a!b", "$$",
    "$__file{x}", "a=b:c", "*", "\\u0041", "(x)", "x & y", "a|b>c<d", ",",
    "#{x}", "%{x}", "</x>", "]]>", "?>", "<?php", "{\"x\"}", "a\\", "a'b\"c\\d", "&amp; <!--",
    "no", "NO", "y", "0o17", "017", "0b1", ".inf", ".5", "190:20:30", "+1", "-1+1|x", "@SUM(A1)", "=1+1",
];

/// Whether a format refuses an input because its readers would change it.
fn is_refused(form: &str, input: &str) -> bool {
    let listed: &[&str] = match form {
        "conf" => return !input.chars().all(|c| c.is_ascii_alphanumeric() || "-._~:".contains(c)),
        "json of env" => return json_is_refused(input),
        "env" => &[
            "${HOME}",
            "it's `touch pwned`",
            "it's $(id)",
            "\\n\\",
            "\\\\",
            "\"'\"",
            "a\\",
            "a'b\"c\\d",
        ],
        "ini" => &[
            "# c",
            "${HOME}",
            "`id`",
            "%TAG",
            "100%",
            "%(x)s",
            "\"dq\"",
            "\\n\\",
            "\\\\",
            "a  b ",
            " lead",
            "trail ",
            "\u{feff}bom",
            "a#b",
            "a #b",
            "a;b",
            "'",
            "''",
            "\"'\"",
            "`x",
            "$__file{x}",
            "#{x}",
            "%{x}",
            "a\\",
            "&amp; <!--",
        ],
        "properties" => &["${HOME}"],
        _ => &[],
    };
    listed.contains(&input)
}

/// The quotes of JSON need single quotes around them, between which a backslash must be alone.
fn json_is_refused(input: &str) -> bool {
    input.contains('\'') || input.contains('\\') || input.contains("${")
}

/// Creates a user's folder with an application for each format; public clients have no secret.
fn own_applications(is_public: bool) -> tempfile::TempDir {
    let folder = folder();
    for (form, title, secret) in FORMS {
        let title_value =
            if form == "list of yaml" { "['{input:title}']" } else { "'{input:title}'" };
        let secret =
            if is_public { String::new() } else { format!(", ['{secret}', '{{client_secret}}']") };
        let keys = match template(form) {
            Some(template) => {
                let secret = if is_public { "x" } else { "{client_secret}" };
                let filled = template.replace("{TITLE}", r#"{"{input:title}"}"#);
                let filled = filled.replace("{SECRET}", &format!("{{\"{secret}\"}}"));
                format!("template = '''\n{filled}\n'''")
            }
            None => format!("values = [['{title}', {title_value}]{secret}]"),
        };
        write_keys(folder.path(), form, &format!("public = {is_public}"), &keys);
    }
    folder
}

fn write_application(config: &Path, form: &str, entry: &str, values: &str) {
    write_keys(config, form, entry, &format!("values = [{values}]"));
}

fn write_keys(config: &Path, form: &str, entry: &str, keys: &str) {
    let apps = config.join("oidc-secret/apps");
    std::fs::create_dir_all(&apps).unwrap();
    let written = format_of(form);
    let toml = format!(
        "name = 'Own'\n[inputs.title]\nabout = 'the title'\ndefault = 'plain'\n[[clients]]\n[clients.entry]\n\
         client_id = 'own'\n{entry}\n[[settings]]\nname = 'S'\nformat = '{written}'\n{keys}\n"
    );
    std::fs::write(apps.join(slug(form) + ".toml"), toml).unwrap();
}

/// Returns the settings format of one of the [`FORMS`].
fn format_of(form: &str) -> &str {
    match form {
        "services" => "compose",
        form => form.rsplit(' ').next().unwrap(),
    }
}

fn slug(form: &str) -> String {
    format!("own-{}", form.replace(' ', "-"))
}

/// Creates a client of one of these applications.
fn new(config: &Path, form: &str, more: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_oidc-secret"));
    command.args(["new", "-i", "100000", "--app", &slug(form)]).args(more);
    command.env("XDG_CONFIG_HOME", config).current_dir(config);
    finish(command, "")
}

/// Returns the settings, which are at the end of the output.
fn settings(output: &str) -> &str {
    output.split_once("\nOwn, S:\n\n").unwrap().1
}

fn digest(output: &str) -> &str {
    output.split_once("client_secret: '").unwrap().1.split_once('\'').unwrap().0
}

/// Returns the name by which the readers find the value of a label.
fn name(label: &str) -> &str {
    label.rsplit(['.', '-']).next().unwrap()
}

/// Asserts that the readers in Python find the expected values in the settings.
#[track_caller]
fn assert_read(jobs: &[Value]) {
    let python = std::env::var("PEERS_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    for (program, version) in
        [("php", "-v"), ("ruby", "-v"), ("node", "-v"), ("elixir", "--version")]
    {
        if !Command::new(program).arg(version).output().is_ok_and(|output| output.status.success())
        {
            return super::peers::skipped(&format!("settings: no {program}"));
        }
    }
    let imports = "import yaml, ruamel.yaml, dotenv, javaproperties";
    let probe = Command::new(&python).args(["-c", imports]).output();
    if !probe.is_ok_and(|output| output.status.success()) {
        return super::peers::skipped(
            "settings: no python3 with PyYAML, ruamel.yaml, python-dotenv and javaproperties",
        );
    }
    let mut process = Command::new(python);
    process.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli/settings.py"));
    let input: String = jobs.iter().map(|job| format!("{job}\n")).collect();
    assert_eq!(finish(process, input).result(), format!("{}\n", jobs.len()));
}

#[test]
fn every_format_preserves_an_input_or_refuses_it() {
    let config = own_applications(true);
    let long = "x".repeat(5000);
    let mut jobs = Vec::new();
    for (form, label, _) in FORMS {
        let is_named = form != "list of yaml" && template(form).is_none();
        let name = if is_named { name(label) } else { "title" };
        for answer in HOSTILE.into_iter().chain([&*long]) {
            let run = new(config.path(), form, &["--set", &format!("title={answer}")]);
            if is_refused(form, answer) {
                run.fails_with(&[
                    "the setting ",
                    "cannot be written in the format",
                    "hint: change the input",
                ]);
                continue;
            }
            let output = run.result();
            let text = settings(&output);
            jobs.push(json!({"form": form, "text": text, "expected": {name: answer}}));
        }
    }
    assert_read(&jobs);
}

#[test]
fn every_format_preserves_a_secret_or_refuses_it() {
    let hostile = "'\"$\\#;%&<> `{}[]|>@!*:,?-=~^";
    let characters: [&[&str]; 14] = [
        &["--charset", "ascii"],
        &["--characters", hostile, "--length", "80"],
        &["--characters", "'`", "--length", "80"],
        &["--characters", "'a", "--length", "80"],
        &["--characters", "\"`$abc"],
        &["--characters", "\\a", "--length", "80"],
        &["--characters", " a", "--length", "80"],
        &["--characters=-a", "--length", "80"],
        &["--characters", "~:=", "--length", "80"],
        &["--characters", "%a#;", "--length", "80"],
        &["--characters", "é🔑\u{feff}", "--length", "80"],
        &["--characters", "12", "--length", "9", "--allow-weak"],
        &["--characters", "{}", "--length", "2", "--allow-weak"],
        &["--characters", "[]", "--length", "2", "--allow-weak"],
    ];
    let config = own_applications(false);
    let (mut jobs, mut refused) = (Vec::new(), String::new());
    for (form, _, label) in FORMS {
        for (number, characters) in characters.iter().enumerate() {
            let run = new(config.path(), form, characters);
            if run.code == Some(2) {
                let _ = write!(refused, "{form} {number}, ");
                run.fails_with(&[
                    label.split('>').next().unwrap(),
                    "cannot be written in the format",
                    "choose other --characters",
                ]);
                continue;
            }
            let (output, _) = run.result_and_messages();
            let name = if template(form).is_some() { "secret" } else { name(label) };
            let expected = json!({name: {"digest": digest(&output)}});
            jobs.push(json!({"form": form, "text": settings(&output), "expected": expected}));
        }
    }
    // A secret of the hostile characters is accepted or refused by chance.
    for by_chance in ["json of env 1, ", "json of env 4, ", "env 1, ", "ini 1, "] {
        refused = refused.replace(by_chance, "");
    }
    assert_eq!(
        refused,
        "env 2, env 5, ini 2, ini 5, ini 9, json of env 2, json of env 3, json of env 5, conf 0, conf 1, \
         conf 2, conf 3, conf 4, conf 5, conf 6, conf 8, conf 9, conf 10, conf 12, conf 13, "
    );
    assert_read(&jobs);
}

/// Secrets for the applications of the catalogue.
const SECRETS: [&str; 20] = [
    "plain-._~secret",
    "'\"$\\#;%&<> {}[]|@!*:,?-=~^",
    "it's",
    "\"dq\"",
    "$HOME ${x} $(id) `id`",
    "#{x} %{x} %(x)s {{ x }}",
    "</x> ]]> ?> <?php <!--",
    "\\u0041\\n",
    "ends with \\",
    " blanks around ",
    "-x",
    "=x",
    "#x;y",
    "100%",
    "true",
    "12",
    "null",
    "a:b/c@d",
    "&amp;",
    "é🔑",
];

/// Returns the values that contain the secret: of a list those items, of a template those literals.
fn with_secret(resolved: &ResolvedApplication, settings: &Settings, secret: &str) -> Vec<String> {
    const PLACEHOLDER: &str = "{client_secret}";
    let values = resolved.settings_values(settings, secret).unwrap();
    let pairs = settings.values.iter().zip(&values);
    let texts =
        pairs.flat_map(|((_, template), (_, value))| template.texts().iter().zip(value.texts()));
    let texts = texts.filter(|(template, _)| template.contains(PLACEHOLDER));
    let mut expected: Vec<String> = texts.map(|(_, text)| text.clone()).collect();
    let literals = settings.template.iter().flat_map(Template::literals);
    let literals = literals.filter(|text| text.contains(PLACEHOLDER));
    expected.extend(literals.map(|text| text.replace(PLACEHOLDER, secret)));
    assert_eq!(expected.is_empty(), !settings.has_secret());
    expected
}

/// Returns every application of the catalogue in each of its variants.
fn resolved_applications() -> Vec<ResolvedApplication> {
    let mut all = Vec::new();
    for application in applications() {
        let required = application.inputs.iter().filter(|(_, input)| input.default.is_none());
        let inputs: BTreeMap<_, _> = required
            .map(|(name, _)| (name.clone(), "https://i.example.com/cb".to_owned()))
            .collect();
        let mut variants: Vec<_> = application.variants().into_iter().map(Some).collect();
        if variants.is_empty() {
            variants.push(None);
        }
        all.extend(variants.into_iter().map(|variant| {
            let values = Values {
                app: Some("https://app.example.com".parse().unwrap()),
                authelia: Some("https://auth.example.com".parse().unwrap()),
                inputs: inputs.clone(),
                variant: variant.map(ToOwned::to_owned),
                ..Values::default()
            };
            application.resolve(&values).unwrap()
        }));
    }
    all
}

#[test]
fn every_application_finds_its_secret_in_every_form() {
    let (mut jobs, mut refusing) = (Vec::new(), BTreeSet::new());
    let all = resolved_applications();
    let settings =
        all.iter().flat_map(|resolved| resolved.settings.iter().map(move |s| (resolved, s)));
    for (resolved, settings) in settings {
        let format = settings.format.name();
        let count = if settings.has_secret() { SECRETS.len() } else { 1 };
        for (number, secret) in SECRETS.iter().enumerate().take(count) {
            let Ok(text) = resolved.settings_text(settings, secret) else {
                assert_ne!(number, 0, "{}", resolved.application().slug);
                refusing.insert(format);
                continue;
            };
            jobs.push(json!({
                "form": format, "app": resolved.application().slug, "text": *text,
                "expected": with_secret(resolved, settings, secret), "check": number == 0,
            }));
        }
    }
    // YAML where the application replaces variables.
    assert_eq!(refusing, ["conf", "env", "ini", "yaml"].into());
    assert_read(&jobs);
}

/// Most random secrets cannot be written as variables, so that they are generated again.
#[test]
fn sourcing_variables_executes_nothing() {
    let config = folder();
    // For this method the entry has the plaintext secret, which the test can compare.
    let entry = "token_endpoint_auth_method = 'client_secret_jwt'";
    write_application(config.path(), "env", entry, "['SECRET', '{client_secret}']");
    let place = folder();
    for _ in 0..60 {
        let (output, _) = new(config.path(), "env", &["--charset", "ascii"]).result_and_messages();
        let line =
            output.split_once("client_secret: '").unwrap().1.split_once("'  # the").unwrap().0;
        let secret = line.strip_prefix("$plaintext$").unwrap().replace("''", "'");
        std::fs::write(place.path().join("env"), settings(&output)).unwrap();
        for script in ["set -a; . ./env", "set -eu; . ./env"] {
            let mut shell = Command::new("/bin/sh");
            shell.args(["-c", &format!("{script}; printf %s \"$SECRET\"")]);
            shell.env_clear().env("PATH", "").current_dir(place.path());
            assert_eq!(finish(shell, "").result(), secret, "{}", settings(&output));
        }
        assert_eq!(names(place.path()), ["env"]);
    }
}

#[test]
fn an_input_in_a_label_is_preserved_or_refused() {
    let config = folder();
    for (form, label) in
        [("yaml", "s.{input:title}"), ("json", "s.{input:title}"), ("flat", "s.{input:title}")]
    {
        write_application(config.path(), form, "public = true", &format!("['{label}', 'v']"));
        let mut jobs = Vec::new();
        for answer in HOSTILE {
            let run = new(config.path(), form, &["--set", &format!("title={answer}")]);
            if form != "flat" && answer.contains(['.', '[', ']', '>']) {
                run.fails_with(&["an input in its name"]);
                continue;
            }
            jobs.push(
                json!({"form": form, "text": settings(&run.result()), "expected": {answer: "v"}}),
            );
        }
        let long = format!("title={}", "x".repeat(5000));
        new(config.path(), form, &["--set", &long]).fails_with(&["more than 1000 bytes"]);
        assert_read(&jobs);
    }
    for (form, label) in
        [("env", "A{input:title}"), ("toml", "s.{input:title}"), ("ini", "s.{input:title}")]
    {
        write_application(config.path(), form, "public = true", &format!("['{label}', 'v']"));
        for answer in ["=`id`", "$(id)", "a#b", "x'y"] {
            new(config.path(), form, &["--set", &format!("title={answer}")])
                .fails_with(&["name has"]);
        }
    }
}

#[test]
fn every_output_format_preserves_names_and_secrets() {
    let mut jobs = Vec::new();
    // The formats that follow, the text for people, and `jsonl`, which is `json` in one line.
    let provider = ["helm", "helm-existing-secret", "configmap"];
    let formats =
        [&["text", "json", "jsonl", "authelia", "env", "k8s"][..], &provider, &["csv"]].concat();
    assert_eq!(super::choices(&["new", "--format", "none"]), formats);
    // A byte order mark in a name is refused.
    for name in HOSTILE.into_iter().filter(|name| !name.contains('\u{feff}')) {
        for (format, form, key) in [
            ("authelia", "entry", "client_name"),
            ("helm", "values", "client_name"),
            ("helm-existing-secret", "values and secret", "client_name"),
            ("configmap", "configmap", "client_name"),
            ("json", "object", "client_name"),
            ("env", "variables", "OIDC_CLIENT_NAME"),
            ("csv", "csv", "client_name"),
        ] {
            let args = ["new", "-i", "100000", "--format", format, "--id", "x", "--", name];
            let (text, _) = run(&args, "").result_and_messages();
            let is_formula = name.starts_with(['=', '+', '-', '@']);
            let expected =
                if form == "csv" && is_formula { format!("'{name}") } else { name.to_owned() };
            jobs.push(json!({"form": form, "text": text, "expected": {key: expected}}));
        }
    }
    let config = folder();
    // So it is in an application's file.
    let is_accepted = |secret: &&str| secret.trim() == *secret && !secret.contains('\u{feff}');
    for secret in HOSTILE.into_iter().filter(is_accepted) {
        let built_in = format!("fixed_secret = {}\n[clients.entry]", Value::from(secret));
        write_application(config.path(), "yaml", "", "['s.secret', '{client_secret}']");
        let path = config.path().join("oidc-secret/apps/own-yaml.toml");
        let toml = std::fs::read_to_string(&path).unwrap().replace("[clients.entry]", &built_in);
        std::fs::write(&path, toml).unwrap();
        for (format, form, key) in [
            ("k8s", "manifest", "client_secret"),
            ("env", "variables", "OIDC_CLIENT_SECRET"),
            ("csv", "csv", "client_secret"),
        ] {
            let args = ["--format", format, "--force", "--digest-out", "digest"];
            if form == "csv" && secret.starts_with(['=', '+', '-', '@']) {
                new(config.path(), "yaml", &args).fails_with(&["begins like a formula", "jsonl"]);
                continue;
            }
            let (text, _) = new(config.path(), "yaml", &args).result_and_messages();
            jobs.push(json!({"form": form, "text": text, "expected": {key: secret}}));
        }
    }
    assert_read(&jobs);
}

/// Ids that YAML 1.1 reads as other values.
#[test]
fn every_output_format_preserves_ids() {
    let mut jobs = Vec::new();
    for id in [
        "no",
        "y",
        "0o17",
        "017",
        "0x10",
        "1_000",
        "1e3",
        "12.5",
        ".5",
        "~",
        "~a",
        "null",
        "2020-01-01",
    ] {
        for (format, form, key) in [
            ("authelia", "entry", "client_id"),
            ("helm", "values", "client_id"),
            ("helm-existing-secret", "values and secret", "client_id"),
            ("configmap", "configmap", "client_id"),
            ("k8s", "manifest", "client_id"),
            ("json", "object", "client_id"),
            ("env", "variables", "OIDC_CLIENT_ID"),
            ("csv", "csv", "client_id"),
        ] {
            let args = ["new", "-i", "100000", "--format", format, "--id", id];
            let folder = folder();
            let mut command = Command::new(env!("CARGO_BIN_EXE_oidc-secret"));
            command.args(args).args(["--digest-out", "digest"]).current_dir(folder.path());
            if format != "k8s" {
                command.args(["--secret-out", "x"]);
            }
            let (text, _) = finish(command, "").result_and_messages();
            jobs.push(json!({"form": form, "text": text, "expected": {key: id}}));
        }
    }
    assert_read(&jobs);
    run(&["new", "-i", "100000", "--format", "csv", "--id=-x"], "")
        .fails_with(&["the id of the client -x begins like a formula", "jsonl"]);
}

#[test]
fn generated_values_do_not_begin_like_formulas() {
    let args = ["new", "--count", "40", "-a", "sha512crypt", "--rounds", "1000", "--format", "csv"];
    let (table, _) = run(&[&args[..], &["--characters=-ab"]].concat(), "").result_and_messages();
    for line in table.lines().skip(1) {
        assert!(line.split(',').all(|cell| !cell.starts_with('-')), "{line}");
    }
    let formulas = ["--characters==+", "--length", "80", "--id", "x"];
    let run = run(&[&["new", "--format", "csv"][..], &formulas].concat(), "");
    assert_eq!((run.code, &*run.stdout), (Some(2), ""));
    assert!(run.stderr.contains("begin like formulas"), "{}", run.stderr);
}

/// `docker run --env-file` takes all after the first `=` of a line, with its quotes.
#[test]
fn a_plain_value_needs_no_quotes_in_a_file_for_docker() {
    let args = ["new", "-i", "100000", "--format", "env", "--id", "my-app.1", "kasm"];
    let (text, _) = run(&args, "").result_and_messages();
    let variables: BTreeMap<_, _> = text.lines().filter_map(|line| line.split_once('=')).collect();
    assert_eq!(variables["OIDC_CLIENT_ID"], "my-app.1");
    assert_eq!(variables["OIDC_CLIENT_NAME"], "kasm");
    let (secret, digest) =
        (variables["OIDC_CLIENT_SECRET"], variables["OIDC_CLIENT_SECRET_DIGEST"]);
    // A tilde at the start is the one case in which this secret needs quotes.
    let secret = secret.trim_matches('\'');
    assert_eq!(run(&["verify", digest.trim_matches('\'')], secret).result(), "match\n");
}

#[test]
fn a_refused_value_leaves_no_file() {
    let config = own_applications(false);
    let before = names(config.path());
    let hostile = ["--characters", "'`", "--secret-out", "it's `id`"];
    new(config.path(), "env", &hostile).fails_with(&["env", "name another file with --secret-out"]);
    std::fs::write(config.path().join("c.yml"), "theme: light\n").unwrap();
    let write = ["--characters", "'`", "--write", "c.yml"];
    new(config.path(), "env", &write).fails_with(&["own-env: the setting SECRET", "format env"]);
    assert_eq!(std::fs::read_to_string(config.path().join("c.yml")).unwrap(), "theme: light\n");
    std::fs::remove_file(config.path().join("c.yml")).unwrap();
    let rows = "app,set.title\nown-json,\nown-env,it's `id`\n";
    std::fs::write(config.path().join("rows.csv"), rows).unwrap();
    let from = ["new", "-i", "100000", "--from", "rows.csv"];
    let mut command = Command::new(env!("CARGO_BIN_EXE_oidc-secret"));
    command.args(from).env("XDG_CONFIG_HOME", config.path()).current_dir(config.path());
    finish(command, "").fails_with(&["rows.csv, line 3", "TITLE", "change the input"]);
    std::fs::remove_file(config.path().join("rows.csv")).unwrap();
    assert_eq!(names(config.path()), before);
    // JSON can hold a secret that a file of variables cannot.
    let (object, _) = new(config.path(), "env", &["--characters", "'`", "--format", "json"])
        .result_and_messages();
    let object: Value = serde_json::from_str(&object).unwrap();
    let set = &object["application"]["methods"][0]["settings"][1];
    assert_eq!(set[1], object["client_secret"]);
}

#[test]
fn the_first_form_that_can_represent_the_values_is_printed() {
    let config = folder();
    let values = "[['TITLE', '{input:title}'], ['SECRET', '{client_secret}']]";
    let second = format!(
        "values = {values}\n[[settings]]\nname = 'T'\nformat = 'compose'\nalternative = true\nvalues = {values}"
    );
    write_keys(config.path(), "env", "", &second);
    let title = |title: &str| new(config.path(), "env", &["--set", title]).result();
    let text = title("title=plain");
    assert!(text.contains("\nOwn, S:\n\nTITLE=plain\nSECRET="), "{text}");
    assert!(text.contains("\nOther form, in the same run: --settings compose\n"), "{text}");
    let text = title("title=it's $x");
    assert!(text.contains("\nOwn, T:\n\nservices:\n") && text.contains("TITLE: 'it''s $$x'"));
    assert!(text.contains("\nOther form, in the same run: --settings env\n"), "{text}");
    new(config.path(), "env", &["--set", "title=it's $x", "--settings", "env"])
        .fails_with(&["TITLE", "or choose other settings: --settings compose"]);
}

#[test]
fn other_settings_are_offered() {
    let urls = ["--app-url", "https://a.example.com", "--authelia-url", "https://b.example.com"];
    let args =
        [&["new", "--app", "actual-budget", "--settings", "env", "--characters", "'`"][..], &urls];
    run(&args.concat(), "").fails_with(&[
        "actual-budget: the setting ACTUAL_OPENID_CLIENT_SECRET cannot be written in the format env",
        "a single quote and one of",
        "or choose other settings: --settings compose or gui or json",
    ]);
}

#[test]
fn control_characters_and_yaml_injection_are_refused() {
    let config = own_applications(true);
    for character in ['\u{2028}', '\u{2029}', '\u{85}', '\u{7f}', '\u{ffff}', '\t'] {
        let text = format!("a{character}b");
        new(config.path(), "yaml", &["--set", &format!("title={text}")])
            .fails_with(&["value of title"]);
        run(&["new", "-i", "100000", &text], "").fails_with(&["control character", "a line break"]);
        run(&["rand", "--characters", &text], "")
            .fails_with(&["line break or control character U+"]);
    }
    let apps = config.path().join("oidc-secret/apps");
    let extra = "extra_config = 'x: {input:title}'\n[clients.entry]";
    let sound = std::fs::read_to_string(apps.join("own-gui.toml")).unwrap();
    std::fs::write(apps.join("own-gui.toml"), sound.replace("[clients.entry]", extra)).unwrap();
    assert!(new(config.path(), "gui", &["--set", "title=a-b"]).result().contains("x: a-b"));
    new(config.path(), "gui", &["--set", "title=a: b"])
        .fails_with(&["own-gui: the setting extra_config"]);
    for word in ["no", "Y", "0o17", "1_000", "1e3", "2020-01-01", ".inf"] {
        new(config.path(), "gui", &["--set", &format!("title={word}")])
            .fails_with(&["own-gui: the setting extra_config", "some readers of YAML"]);
    }
    let sound = std::fs::read_to_string(apps.join("own-env.toml")).unwrap();
    std::fs::write(apps.join("own-env.toml"), sound.replace("'TITLE'", r#""A\nB""#)).unwrap();
    new(config.path(), "env", &[]).fails_with(&["own-env.toml", r"label `A\nB` in settings 1"]);
}
