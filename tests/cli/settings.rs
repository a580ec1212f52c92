//! Settings with hostile values: independent readers find each value unchanged, or it is refused.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use oidc_secret::catalogue::SettingsFormat;
use serde_json::{Value, json};

use super::{Run, finish, folder, names, run};

/// The formats (some in several layouts), with the labels of the input `title` and of the secret.
const FORMS: [(&str, &str, &str); 14] = [
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
    ("list", "title", "secret"),
    ("cli", "--title", "--secret"),
];

#[test]
fn every_settings_format_is_tested() {
    let tested: BTreeSet<_> = FORMS.iter().map(|(form, ..)| format_of(form)).collect();
    assert_eq!(tested, SettingsFormat::ALL.iter().map(|format| format.name()).collect());
}

/// Inputs and names with characters that are special to a shell or to a reader.
#[rustfmt::skip]
const HOSTILE: [&str; 71] = [
    "it's", "a: b", "- x", "# c", "{{ env \"X\" }}", "${HOME}", "$HOME", "$(id)", "`id`",
    "it's `touch pwned`", "it's $(id)", "null", "~", "~root", "a:~", "yes", "true", "12", "0x10",
    "1e3", "1_000", "2020-01-01", "12:30:45", "!!python/object:os.system x", "&a *b", "| x", "> x",
    "%TAG", "100%", "%(x)s", "@x", "\"dq\"", "\\n\\", "a\\b", "\\\\", "a  b ", " lead", "trail ",
    "é\u{a0}ü", "\u{feff}bom", "🔑", "a#b", "a #b", "a;b", "a :b", "[x]", "{x: y}", "{}", "'", "''",
    "\"'\"", "---", "...", "? x", "=", "=x", "<<", "-x", "--x", "`x", "!x", "a!b", "$$",
    "$__file{x}", "a=b:c", "*", "\\u0041", "(x)", "x & y", "a|b>c<d", ",",
];

/// Returns the inputs that a format refuses because its readers would change them.
fn refused(form: &str) -> &'static [&'static str] {
    match form {
        "env" => &["${HOME}", "it's `touch pwned`", "it's $(id)", "\\n\\", "\\\\", "\"'\""],
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
        ],
        "properties" => &["${HOME}"],
        _ => &[],
    }
}

/// Creates a user's folder with an application for each format; public clients have no secret.
fn own_applications(is_public: bool) -> tempfile::TempDir {
    let folder = folder();
    for (form, title, secret) in FORMS {
        let title_value =
            if form == "list of yaml" { "['{input:title}']" } else { "'{input:title}'" };
        let secret =
            if is_public { String::new() } else { format!(", ['{secret}', '{{client_secret}}']") };
        let values = format!("['{title}', {title_value}]{secret}");
        write_application(folder.path(), form, &format!("public = {is_public}"), &values);
    }
    folder
}

fn write_application(config: &Path, form: &str, entry: &str, values: &str) {
    let apps = config.join("oidc-secret/apps");
    std::fs::create_dir_all(&apps).unwrap();
    let written = format_of(form);
    let toml = format!(
        "name = 'Own'\n[inputs.title]\nabout = 'the title'\ndefault = 'plain'\n[[clients]]\n[clients.entry]\n\
         client_id = 'own'\n{entry}\n[[settings]]\nname = 'S'\nformat = '{written}'\nvalues = [{values}]\n"
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
        let name = if form == "list of yaml" { "title" } else { name(label) };
        for answer in HOSTILE.into_iter().chain([&*long]) {
            let run = new(config.path(), form, &["--set", &format!("title={answer}")]);
            if refused(form).contains(&answer) {
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
                    label,
                    "cannot be written in the format",
                    "choose other --characters",
                ]);
                continue;
            }
            let (output, _) = run.result_and_messages();
            let expected = json!({name(label): {"digest": digest(&output)}});
            jobs.push(json!({"form": form, "text": settings(&output), "expected": expected}));
        }
    }
    // A secret of the hostile characters is accepted or refused by chance.
    let refused = refused.replace("ini 1, ", "").replace("env 1, ", "");
    assert_eq!(refused, "env 2, env 5, ini 2, ini 5, ini 9, ");
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
            ("env", "shell", "OIDC_CLIENT_NAME"),
            ("csv", "csv", "client_name"),
        ] {
            let args = ["new", "-i", "100000", "--format", format, "--id", "x", "--", name];
            let (text, _) = run(&args, "").result_and_messages();
            jobs.push(json!({"form": form, "text": text, "expected": {key: name}}));
        }
    }
    let config = folder();
    for secret in HOSTILE.into_iter().filter(|secret| secret.trim() == *secret) {
        let built_in = format!("fixed_secret = {}\n[clients.entry]", Value::from(secret));
        write_application(config.path(), "yaml", "", "['s.secret', '{client_secret}']");
        let path = config.path().join("oidc-secret/apps/own-yaml.toml");
        let toml = std::fs::read_to_string(&path).unwrap().replace("[clients.entry]", &built_in);
        std::fs::write(&path, toml).unwrap();
        for (format, form, key) in [
            ("k8s", "manifest", "client_secret"),
            ("env", "shell", "OIDC_CLIENT_SECRET"),
            ("csv", "csv", "client_secret"),
        ] {
            let (text, _) = new(config.path(), "yaml", &["--format", format]).result_and_messages();
            jobs.push(json!({"form": form, "text": text, "expected": {key: secret}}));
        }
    }
    assert_read(&jobs);
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
    let sound = std::fs::read_to_string(apps.join("own-env.toml")).unwrap();
    std::fs::write(apps.join("own-env.toml"), sound.replace("'TITLE'", r#""A\nB""#)).unwrap();
    new(config.path(), "env", &[]).fails_with(&["own-env.toml", r"label `A\nB` in settings 1"]);
}
