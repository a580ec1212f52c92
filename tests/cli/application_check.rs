//! `apps --check`: files for the user's own catalogue.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::{Run, finish, folder, run};

const SOUND: &str = "\
name = 'My App'
aliases = ['Ours']
[inputs.realm]
about = 'the realm'
[[clients]]
extra_config = 'definitions: {user_attributes: {mine: {expression: \"a\"}}}'
[clients.entry]
client_id = 'mine'
redirect_uris = ['{app}/{input:realm}/cb']
scopes = ['openid']
token_endpoint_auth_method = 'client_secret_post'
[[settings]]
name = 'Form'
format = 'gui'
values = [['Secret', '{client_secret}']]
[[settings]]
name = 'File'
format = 'yaml'
alternative = true
values = [['a.secret', '{client_secret}'], ['a.issuer', '{authelia}']]
";

/// Checks a file with this text.
fn check(name: &str, text: impl AsRef<[u8]>) -> Run {
    let folder = folder();
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    in_folder(folder.path(), &["apps", "--check", name])
}

fn in_folder(folder: &Path, args: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_oidc-secret"));
    command.args(args).current_dir(folder).env("XDG_CONFIG_HOME", folder.join("config"));
    finish(command, "")
}

/// Asserts that the file has one problem, which is the only line of the output.
#[track_caller]
fn has_problem(run: &Run, words: &[&str]) {
    assert_eq!((run.code, &*run.stderr), (Some(1), ""), "stdout: {}", run.stdout);
    assert_eq!(run.stdout.lines().count(), 1, "{}", run.stdout);
    for word in words {
        assert!(run.stdout.contains(word), "{word}: {}", run.stdout);
    }
}

#[test]
fn a_sound_file_is_ok_and_its_place_is_named() {
    let folder = folder();
    let apps = folder.path().join("config/oidc-secret/apps");
    std::fs::create_dir_all(&apps).unwrap();
    std::fs::write(folder.path().join("mine.toml"), SOUND).unwrap();
    let (text, hint) =
        in_folder(folder.path(), &["apps", "--check", "mine.toml"]).result_and_messages();
    assert_eq!(text, "mine.toml: ok, 1 client, forms: gui, yaml\n");
    let place = apps.join("mine.toml");
    assert!(hint.contains("new --app mine") && hint.contains(place.to_str().unwrap()), "{hint}");
    // It works as the check has said, and there is nothing to add.
    std::fs::copy(folder.path().join("mine.toml"), &place).unwrap();
    let text = in_folder(folder.path(), &["apps", "--check", place.to_str().unwrap()]).result();
    assert!(text.ends_with("mine.toml: ok, 1 client, forms: gui, yaml\n"), "{text}");
    let new = ["new", "-i", "100000", "--app", "mine", "--set", "realm=x"];
    let urls = ["--app-url", "https://a.example.com", "--authelia-url", "https://b.example.com"];
    let text = in_folder(folder.path(), &[&new[..], &urls].concat()).result();
    assert!(text.contains("https://a.example.com/x/cb"), "{text}");
}

#[test]
fn every_file_of_the_catalogue_is_ok() {
    let catalogue = Path::new(env!("CARGO_MANIFEST_DIR")).join("catalogue");
    let files = super::names(&catalogue);
    let mut command = Command::new(env!("CARGO_BIN_EXE_oidc-secret"));
    command.args(["apps", "-q", "--check"]).args(&files).current_dir(&catalogue);
    let (text, _) = finish(command, "").result_and_messages();
    assert_eq!(text.lines().count(), files.len());
    assert!(text.lines().all(|line| line.contains(": ok, ")), "{text}");
}

#[test]
fn several_files_and_standard_input_are_checked() {
    let folder = folder();
    std::fs::write(folder.path().join("mine.toml"), SOUND).unwrap();
    std::fs::write(folder.path().join("bad.toml"), "name = 1").unwrap();
    let run = in_folder(folder.path(), &["apps", "--check", "bad.toml", "mine.toml"]);
    assert_eq!(run.code, Some(1));
    assert!(run.stdout.starts_with("bad.toml:1: ") && run.stdout.contains("\nmine.toml: ok, "));
    // A file that cannot be read is an error before anything is printed.
    in_folder(folder.path(), &["apps", "--check", "mine.toml", "missing.toml"])
        .fails_with(&["missing.toml", "No such file"]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_oidc-secret"));
    command.args(["apps", "--check", "-"]).env("XDG_CONFIG_HOME", folder.path());
    let (text, hint) = finish(command, SOUND).result_and_messages();
    assert_eq!(text, "standard input: ok, 1 client, forms: gui, yaml\n");
    assert!(hint.contains("apps/SLUG.toml"), "{hint}");
    run_excludes(&["apps", "--check", "mine.toml", "--format", "json"], true);
    run_excludes(&["apps", "grafana", "--check", "mine.toml"], false);
}

/// Runs with a file that does not exist: only a usage error comes before that.
#[track_caller]
fn run_excludes(args: &[&str], is_allowed: bool) {
    let words = if is_allowed { ["mine.toml", "No such file"] } else { ["--check", "exclude"] };
    run(args, "").fails_with(&words);
}

#[test]
fn json_has_the_problems_of_each_file() {
    let folder = folder();
    std::fs::write(folder.path().join("mine.toml"), SOUND).unwrap();
    std::fs::write(folder.path().join("bad.toml"), "name = 'X'\nclients = 1").unwrap();
    let other = SOUND.replace("client_secret_post", "post");
    std::fs::write(folder.path().join("other.toml"), other).unwrap();
    let args = ["apps", "--format", "json", "--check", "mine.toml", "bad.toml", "other.toml"];
    let run = in_folder(folder.path(), &args);
    assert_eq!(run.code, Some(1));
    let object: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(object["version"], 1);
    let [mine, bad, other] = [0, 1, 2].map(|index| object["files"][index].clone());
    assert_eq!((&mine["file"], &mine["slug"]), (&"mine.toml".into(), &"mine".into()));
    assert_eq!((&mine["clients"], &mine["problems"]), (&1.into(), &serde_json::json!([])));
    assert_eq!(mine["settings"], serde_json::json!(["gui", "yaml"]));
    assert_eq!((&bad["clients"], &bad["problems"][0]["line"]), (&Value::Null, &2.into()));
    let problem = &other["problems"][0];
    assert_eq!(problem["place"], "client 1, token_endpoint_auth_method");
    assert!(
        problem["line"].is_null()
            && problem["message"].as_str().unwrap().contains("must be one of")
    );
}

#[test]
fn a_file_that_is_not_an_application_has_its_line_named() {
    for (text, words) in [
        ("", &["x.toml:1: ", "name"][..]),
        ("not toml", &["x.toml:1: "]),
        (
            "name = 'X'\n[[clients]]\n[clients.entry]\nclient_id = 1\n",
            &["x.toml:3: ", "the key client_id"],
        ),
        ("name = 'X'\nclients = 'x'\n", &["x.toml:2: "]),
        ("name = 'X'\nclients = []\ncolour = 'red'\n", &["x.toml:3: ", "colour"]),
        ("name = \"a\\nb\"\nclients = []\n", &["x.toml: ", "the key `name`", "line break"]),
        ("name = 'X'\naliases = ['ab']\nclients = []\n", &["x.toml: ", "`ab`", "fewer than 3"]),
        ("name = 'X'\nclients = []\n", &["x.toml: clients: "]),
    ] {
        has_problem(&check("x.toml", text), words);
    }
    let note = SOUND.replace("[[clients]]", "[[clients]]\nnote = \"a\\nb\"");
    has_problem(&check("x.toml", note), &["the key `note` of client 1 has a line break"]);
    let tab = SOUND.replace("'definitions: {", "'definitions:\t{");
    has_problem(
        &check("x.toml", tab),
        &["the key `extra_config` of client 1 has a tab (U+0009) in line 1"],
    );
    let variant = SOUND
        .replace("[[clients]]", "[[clients]]\nvariant = 'plain'")
        .replace("alternative = true", "alternative = true\nvariant = 'plian'");
    has_problem(&check("x.toml", variant), &["settings 2: ", "`plian`", "plain"]);
    let third =
        SOUND.replace("['Secret', '{client_secret}']", "['Secret', '{client_secret}', 'x']");
    has_problem(&check("x.toml", third), &["x.toml:15: ", "2 items, a label and a value, not 3"]);
    let format = SOUND.replace("'gui'", "'html'");
    has_problem(&check("x.toml", format), &["x.toml:14: ", "`html`", "gui, env"]);
    let literal = SOUND.to_owned() + "[[settings]]\nname='T'\nformat='php'\ntemplate='{\"{app}'\n";
    has_problem(&check("x.toml", literal), &["x.toml:", "has no end"]);
}

#[test]
fn what_new_would_refuse_is_a_problem() {
    let more = |settings: &str| format!("{SOUND}[[settings]]\nname = 'T'\n{settings}\n");
    for (text, words) in [
        (
            SOUND.replace("redirect_uris = ['{app}/{input:realm}/cb']\n", ""),
            &["client 1, redirect_uris"][..],
        ),
        (SOUND.replace("{app}/{input", "app/{input"), &["clients: ", "not a valid redirect URI"]),
        (SOUND.replace("scopes =", "scope ="), &["client 1, scope: "]),
        (
            SOUND.replace("client_secret_post", "post"),
            &["token_endpoint_auth_method", "must be one of"],
        ),
        (SOUND.replace("'definitions: {", "'definitions: {{"), &["client 1, extra_config: "]),
        (
            SOUND.replace("definitions:", "definition:"),
            &["extra_config: ", "no section `definition`"],
        ),
        (
            SOUND.replace("{authelia}", "{autelia}"),
            &["settings 2 (File): ", "{autelia}", "{app_host}"],
        ),
        (
            SOUND.replace("/{input:realm}", "/{input:relm}"),
            &["client 1, redirect_uris: ", "`relm`"],
        ),
        (SOUND.replace("'Ours'", "'Grafana'"), &["the alias `Grafana`: ", "`grafana`"]),
        (
            more("format = 'toml'\nvalues = [['a', '1'], ['a.b', 'x']]"),
            &["settings 3 (T): ", "a.b", "format toml", "taken"],
        ),
        (
            more("format = 'json'\nvalues = [['a', '1'], ['a.b', 'x']]"),
            &["settings 3 (T): ", "a.b", "json"],
        ),
        (
            more("format = 'conf'\ntemplate = 'a = {\"{app}/x y\"}'"),
            &["settings 3 (T): ", "format conf"],
        ),
        (
            more("format = 'php'\ntemplate = '$a = \"{client_secret}\";'"),
            &["settings 3 (T): ", "outside of"],
        ),
    ] {
        assert_ne!(text, SOUND);
        has_problem(&check("x.toml", text), words);
    }
}

#[test]
fn a_file_that_cannot_be_read_is_an_error() {
    let folder = folder();
    let in_it = |name: &str| in_folder(folder.path(), &["apps", "--check", name]);
    std::fs::create_dir(folder.path().join("folder.toml")).unwrap();
    in_it("folder.toml").fails_with(&["folder.toml", "it is a folder"]);
    in_it(".").fails_with(&["cannot read .: it is a folder"]);
    in_it("..").fails_with(&["cannot read ..: it is a folder"]);
    in_it("missing.toml").fails_with(&["missing.toml", "No such file"]);
    let utf16: Vec<u8> = "\u{feff}name = 'X'".encode_utf16().flat_map(u16::to_le_bytes).collect();
    std::fs::write(folder.path().join("utf16.toml"), utf16).unwrap();
    in_it("utf16.toml").fails_with(&["utf16.toml", "UTF-16", "UTF-8"]);
    std::fs::write(folder.path().join("bytes.toml"), b"name = '\xff'").unwrap();
    in_it("bytes.toml").fails_with(&["bytes.toml", "invalid UTF-8 from byte 9"]);
    std::fs::write(folder.path().join("huge.toml"), vec![b'#'; (1 << 20) + 1]).unwrap();
    in_it("huge.toml").fails_with(&["huge.toml", "larger than 1 MiB"]);
    in_it("/dev/zero").fails_with(&["/dev/zero", "larger than 1 MiB"]);
}

#[test]
fn inputs_that_lead_back_to_themselves_or_grow_are_refused() {
    let inputs = |defaults: &[(String, String)]| {
        let inputs = defaults.iter().map(|(name, default)| {
            format!("[inputs.{name}]\nabout = 'A'\ndefault = '{default}'\n")
        });
        SOUND.replace("'mine'", "'{input:a1}'").replace(
            "[inputs.realm]",
            &(inputs.collect::<String>() + "[inputs.realm]\ndefault = 'r'"),
        )
    };
    let owned = |name: &str, default: &str| (name.to_owned(), default.to_owned());
    let doubling = |depth: usize, last: &str| {
        let double = |n| (format!("a{n}"), format!("{{input:a{}}}", n + 1).repeat(2));
        let mut inputs: Vec<_> = (1..depth).map(double).collect();
        inputs.push(owned(&format!("a{depth}"), last));
        inputs
    };
    let url = "https://a.example.com";
    let new = ["new", "-i", "100000", "--app", "mine", "--app-url", url, "--authelia-url", url];
    let start = std::time::Instant::now();
    for (defaults, words) in [
        (vec![owned("a1", "{input:a1}")], ["`a1`", "leads back"]),
        (vec![owned("a1", "{input:b}"), owned("b", "x{input:a1}")], ["`a1`", "leads back"]),
        (doubling(28, "x"), ["`a1`", "more than 16 levels"]),
        (doubling(10_000, ""), ["`a1`", "more than 16 levels"]),
        (doubling(15, "wide"), ["{input:a15}", "more than 64 KiB"]),
        (doubling(16, ""), ["{input:a", "more than 64 KiB"]),
    ] {
        let text = inputs(&defaults);
        let run = check("mine.toml", &text);
        assert_eq!((run.code, &*run.stderr), (Some(1), ""), "{}", run.stdout);
        for word in words {
            assert!(run.stdout.contains(word), "{word}: {}", run.stdout);
        }
        let folder = folder();
        let apps = folder.path().join("config/oidc-secret/apps");
        std::fs::create_dir_all(&apps).unwrap();
        std::fs::write(apps.join("mine.toml"), text).unwrap();
        in_folder(folder.path(), &new).fails_with(&words);
    }
    assert!(start.elapsed() < std::time::Duration::from_secs(20), "{:?}", start.elapsed());
}

#[test]
fn invisible_characters_are_refused_in_every_text() {
    for sound in ["My App", "Ours", "the realm", "'mine'", "openid", "Form", "Secret", "a.issuer"] {
        for odd in ["\\u202e", "\\u200b", "\\u001b", "\\u3164", "\\n"] {
            let text = SOUND.replace('\'', "\"").replace("{mine: {expression: \"a\"}}", "{}");
            let sound = sound.replace('\'', "\"");
            let (start, end) = sound.split_at(2);
            assert!(text.contains(&sound));
            let text = text.replace(&sound, &format!("{start}{odd}{end}"));
            let run = check("x.toml", &text);
            assert!(!run.stdout.contains(['\u{202e}', '\u{200b}', '\u{1b}', '\u{3164}']));
            has_problem(&run, &["x.toml: ", " (U+"]);
        }
    }
    let template =
        "[[settings]]\nname = 'T'\nformat = 'php'\ntemplate = \"\\t$a = {\\\"{app}\\\"};\\n\"\n";
    check("x.toml", format!("{SOUND}{template}")).result_and_messages();
    let odd = template.replace("$a", "$\\u2066a");
    has_problem(
        &check("x.toml", format!("{SOUND}{odd}")),
        &["the key `template` of settings 3", "(U+2066) in line 1"],
    );
}

#[test]
fn a_name_that_is_not_a_slug_is_a_problem() {
    for name in ["A B.toml", ".toml", "my_app.toml", "-a.toml", "Mine.toml"] {
        let folder = folder();
        std::fs::write(folder.path().join(name), SOUND).unwrap();
        let run = in_folder(folder.path(), &["apps", "--check", &format!("./{name}")]);
        has_problem(&run, &[name, "must consist of a-z, 0-9 and -", "my-app.toml"]);
    }
    let folder = folder();
    let path = folder.path().join(OsStr::from_bytes(b"a\xff.toml"));
    std::fs::write(&path, SOUND).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_oidc-secret"));
    command.args(["apps", "--check"]).arg(&path);
    has_problem(&finish(command, ""), &["must consist of a-z, 0-9 and -"]);
}

#[test]
fn a_file_of_the_catalogue_that_would_be_replaced_is_named() {
    let run = check("grafana.toml", SOUND);
    assert_eq!((run.code, run.stdout.lines().count()), (Some(0), 1));
    assert!(run.stderr.contains("there it replaces Grafana of the catalogue"), "{}", run.stderr);
}
