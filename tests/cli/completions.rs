//! Completions, in real shells and by their protocol.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use super::prompt::Terminal;
use super::{QUICK, Run, finish, folder, run, shell};

const BINARY: &str = env!("CARGO_BIN_EXE_oidc-secret");

/// Lines that are completed at their end, and the last word that this gives.
const LINES: [(&str, &str); 16] = [
    ("new --app kasm", "kasm-workspaces"),
    ("new --app=kasm", "--app=kasm-workspaces"),
    ("new --app=my-o", "--app=my-own"),
    ("new --app gitea --set provi", "provider="),
    // Nothing follows the `=`: neither a flag nor a second `=`.
    ("new --app gitea --set provider=", "provider="),
    ("new --app my-o", "my-own"),
    ("apps kasm", "kasm-workspaces"),
    ("new --app-url https://a.example.com --app nextcloud --variant user", "user-oidc"),
    ("new --app-url https://a.example.com --app grafana --settings i", "ini"),
    ("rotate c.yml wi", "wiki"),
    ("rotate c.yml wiki ra", "ra$(touch ran)"),
    ("rotate ~/c.yml wi", "wiki"),
    (r"rotate my\ values.yaml wi", "wiki"),
    ("rotate 'my values.yaml' wi", "wiki"),
    ("verify --config=c.yml --client=wi", "--client=wiki"),
    (r"rotate my\ v", "my values.yaml"),
];

/// A home with the program in a folder of its own, an application, and a configuration.
fn home() -> TempDir {
    let home = folder();
    let write = |path: &str, text: &str| {
        let path = home.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let configuration = format!(
        "identity_providers:\n  oidc:\n    clients:\n      \
         - client_id: wiki\n        client_name: \"The: wiki\\e\"\n        client_secret: insecure_secret\n      \
         - client_id: ra$(touch ran)\n        client_secret: '{QUICK}'\n      \
         - client_id: \"two\\nlines\"\n        client_secret: '{QUICK}'\n"
    );
    write("c.yml", &configuration);
    write("my values.yaml", &configuration);
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/catalogue/kasm-workspaces.toml");
    write("config/oidc-secret/apps/my-own.toml", &std::fs::read_to_string(own).unwrap());
    write("config/oidc-secret/apps/malformed.toml", "name =");
    write("bin/.keep", "");
    symlink(BINARY, home.path().join("bin/oidc-secret")).unwrap();
    home
}

/// The environment of a shell, as arguments of `env`.
fn environment(home: &Path) -> Vec<String> {
    let home = home.to_str().unwrap();
    let path = std::env::var("PATH").unwrap();
    vec![
        "-C".to_owned(),
        home.to_owned(),
        format!("PATH={home}/bin:{path}"),
        format!("HOME={home}"),
        format!("XDG_CONFIG_HOME={home}/config"),
        "PS1=ready> ".to_owned(),
        "TERM=dumb".to_owned(),
    ]
}

/// Whether a shell is installed; if not, reports it.
fn has(shell: &str) -> bool {
    let is_installed = Command::new(shell).arg("--version").output().is_ok();
    if !is_installed {
        super::peers::skipped(&format!("completions for {shell}: it is not installed"));
    }
    is_installed
}

/// Types the lines into a shell, and compares the words that it makes of them.
fn types_lines(shell: &[&str], set_up: &str) {
    if !has(shell[0]) {
        return;
    }
    let home = home();
    let environment = environment(home.path());
    let args: Vec<&str> =
        environment.iter().map(|text| &**text).chain(shell.iter().copied()).collect();
    let mut terminal = Terminal::run_program("env", &args);
    terminal.expect_question("ready> ");
    terminal.type_in(&format!("{set_up}; echo is-\"set up\"\n"));
    terminal.expect_question("is-set up");
    for (number, (line, word)) in LINES.iter().enumerate() {
        // Ctrl-A goes to the beginning of the line.
        terminal.type_in(&format!("oidc-secret {line}\t\x01printf '{number}-%s;' \n"));
        terminal.expect_question(&format!("{number}-{word};"));
    }
    terminal.type_in("exit\n");
    let (_, screen) = terminal.finish();
    assert!(!home.path().join("ran").exists(), "{screen}");
    assert!(!screen.contains("insecure_secret") && !screen.contains("warning"), "{screen}");
}

#[test]
fn bash_completes_lines() {
    let set_up = "bind 'set enable-bracketed-paste off'; source <(oidc-secret completions bash)";
    types_lines(&["bash", "--norc", "--noprofile", "-i"], set_up);
}

#[test]
fn zsh_completes_lines() {
    let compinit = "bindkey -e; autoload -U compinit; compinit -u -D";
    types_lines(
        &["zsh", "-f", "-i"],
        &format!("{compinit}; source <(oidc-secret completions zsh)"),
    );
    // The script as a file of fpath, which is loaded at the first TAB.
    let install = "mkdir f; oidc-secret completions zsh > f/_oidc-secret; fpath=($PWD/f $fpath)";
    types_lines(&["zsh", "-f", "-i"], &format!("{install}; {compinit}"));
}

#[test]
fn fish_completes_lines() {
    if !has("fish") {
        return;
    }
    let home = home();
    let install = "mkdir -p config/fish/completions
        oidc-secret completions fish > config/fish/completions/oidc-secret.fish";
    let script = "for line in $argv; complete -C \"oidc-secret $line\"; echo; end";
    let in_fish = |script: &str, lines: &[&str]| {
        let mut command = Command::new("env");
        command.args(environment(home.path())).args(["fish", "-c", script]).args(lines);
        finish(command, "").result()
    };
    in_fish(install, &[]);
    let lines = LINES.map(|(line, _)| line);
    let output = in_fish(script, &lines);
    let offers: Vec<_> = output.split("\n\n").collect();
    for ((line, word), offered) in LINES.iter().zip(offers) {
        let values: Vec<_> = offered.lines().filter_map(|offer| offer.split('\t').next()).collect();
        assert_eq!(values, [*word], "{line}");
    }
    let names = in_fish(script, &["rotate c.yml w", "apps my-"]);
    assert_eq!(names, "wiki\tThe: wiki\\u{1b}\n\nmy-own\tKasm Workspaces\n\n");
}

/// Asks the program for the completions of a line, as fish does. The last argument is at the cursor.
fn ask(home: &Path, args: &[&str]) -> Run {
    let mut command = Command::new("env");
    command.args(environment(home)).args([
        "OIDC_SECRET_COMPLETE=fish",
        BINARY,
        "--",
        "oidc-secret",
    ]);
    command.args(args);
    finish(command, "")
}

/// Returns the values that are offered, without flags.
fn offered(home: &Path, args: &[&str]) -> Vec<String> {
    let output = ask(home, args).result();
    let values = output.lines().filter_map(|line| line.split('\t').next());
    values.filter(|value| !value.starts_with('-')).map(ToOwned::to_owned).collect()
}

#[test]
fn the_ids_are_those_of_the_list_in_every_form_of_configuration() {
    let home = home();
    let located = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/located");
    let mut count = 0;
    for entry in std::fs::read_dir(located).unwrap() {
        let path = entry.unwrap().path();
        let path = path.to_str().unwrap();
        let listed = run(&["list", "--format", "json", path], "");
        if listed.code != Some(0) {
            continue;
        }
        let listed: Value = serde_json::from_str(&listed.stdout).unwrap();
        let ids = listed["clients"].as_array().unwrap().iter();
        let ids: Vec<_> = ids.map(|client| client["client_id"].as_str().unwrap()).collect();
        assert_eq!(
            offered(home.path(), &["verify", "--config", path, "--client", ""]),
            ids,
            "{path}"
        );
        assert_eq!(offered(home.path(), &["rotate", path, ""]), ids, "{path}");
        count += 1;
    }
    assert!(count > 10, "{count}");
}

#[test]
fn every_command_with_clients_completes_them() {
    let home = home();
    let ids = ["wiki", "ra$(touch ran)"];
    for args in [
        &["verify", "-c", "c.yml", "--client", ""][..],
        &["diagnose", "--log", "x", "--config", "c.yml", "--client", ""],
        &["inspect", "--config", "c.yml", "--client", ""],
        &["convert", "--for", "authelia", "--config", "c.yml", "--client", ""],
        &["rotate", "--backup", "c.yml", ""],
        &["rotate", "c.yml", "x", "y", ""],
        &["verify", "--config", "c.yml,missing", "--client", ""],
        &["verify", "--config", "c.yml,c.yml", "--client", ""],
        &["verify", "--config", ".", "--client", ""],
    ] {
        let missing = args.iter().any(|arg| arg.contains("missing"));
        let expected: &[&str] = if missing { &[] } else { &ids };
        assert_eq!(offered(home.path(), args), expected, "{args:?}");
    }
}

#[test]
fn an_id_that_would_be_a_flag_is_offered_only_after_two_hyphens() {
    let home = home();
    let entry = |id: &str| format!("      - client_id: '{id}'\n        client_secret: '{QUICK}'\n");
    let clients = ["--all", "-zz", "wiki"].map(entry).concat();
    let text = format!("identity_providers:\n  oidc:\n    clients:\n{clients}");
    std::fs::write(home.path().join("c.yml"), text).unwrap();
    let values = |args: &[&str]| {
        let output = ask(home.path(), args).result();
        let values = output.lines().filter_map(|line| line.split('\t').next());
        values.map(ToOwned::to_owned).collect::<Vec<_>>()
    };
    for (args, has_id) in [
        (&["rotate", "c.yml", "-"][..], false),
        (&["rotate", "c.yml", "wiki", "-"], false),
        (&["rotate", "c.yml", "--", ""], true),
        (&["rotate", "c.yml", "wiki", "--", "-"], true),
        (&["verify", "-c", "c.yml", "--client", "-"], true),
    ] {
        assert_eq!(values(args).contains(&"-zz".to_owned()), has_id, "{args:?}");
    }
    assert!(values(&["rotate", "c.yml", ""]).contains(&"wiki".to_owned()));
}

#[test]
fn what_belongs_to_the_application_is_offered() {
    let home = home();
    let of = |args: &[&str]| offered(home.path(), args);
    let all = of(&["new", "--settings", ""]);
    let some = of(&["new", "--app", "grafana", "--settings", ""]);
    assert!(some.len() < all.len() && some.iter().all(|format| all.contains(format)), "{some:?}");
    let apps: Value =
        serde_json::from_str(&run(&["apps", "grafana", "--format", "json"], "").result()).unwrap();
    let formats = apps["settings"].as_array().unwrap();
    assert!(some.iter().all(|name| formats.iter().any(|one| one["format"] == **name)), "{some:?}");
    assert!(of(&["new", "--variant", ""]).is_empty());
    assert!(of(&["new", "--app", "no-such-application", "--variant", ""]).is_empty());
    let inputs = of(&["new", "--app", "my-own", "--set", ""]);
    assert!(inputs.iter().all(|input| input.ends_with('=')), "{inputs:?}");
    let slugs = of(&["diagnose", "--app", ""]);
    assert_eq!(slugs, of(&["apps", ""]));
    let listed = run(&["apps"], "").result();
    assert_eq!(slugs.len(), listed.lines().count() + 1, "the application of the user's own");
}

#[test]
fn a_configuration_that_cannot_be_read_is_silent_and_quick() {
    let home = home();
    shell(&format!("mkfifo {}/fifo", home.path().display()), "").result();
    let configuration = std::fs::read_to_string(home.path().join("c.yml")).unwrap();
    for (name, padding) in [("large.yml", 512 << 10), ("allowed.yml", 500 << 10)] {
        let text = format!("# {}\n{configuration}", "x".repeat(padding));
        std::fs::write(home.path().join(name), text).unwrap();
    }
    assert!(
        !offered(home.path(), &["verify", "--config", "allowed.yml", "--client", ""]).is_empty()
    );
    std::fs::write(home.path().join("not-yaml"), "a: [").unwrap();
    std::fs::create_dir(home.path().join("empty")).unwrap();
    let start = Instant::now();
    for file in ["missing", "not-yaml", "empty", "-", "fifo", "/dev/zero", "/dev/tty", "large.yml"]
    {
        let offered = offered(home.path(), &["verify", "--config", file, "--client", ""]);
        assert!(offered.is_empty(), "{file}: {offered:?}");
    }
    assert!(start.elapsed() < Duration::from_secs(8), "a FIFO is waited for");
    assert!(offered(home.path(), &["verify", "--client", ""]).is_empty());
}

#[test]
fn no_secret_is_repeated() {
    let home = home();
    for args in [
        &["hash", "--secret", "hunter2", "--fo"][..],
        &["hash", "--secret=hunter2", ""],
        &["hash", "--secret", "hunter2"],
        &["verify", "--secret", "hunter2", "--config", "c.yml", "--client", "w"],
        &["rotate", "c.yml", ""],
        &["verify", "hunter2", "--client", ""],
    ] {
        let Run { stdout, stderr, .. } = ask(home.path(), args);
        for secret in ["hunter2", "insecure_secret", QUICK] {
            assert!(!stdout.contains(secret), "{args:?}: {stdout}");
        }
        assert_eq!(stderr, "", "{args:?}");
    }
}

#[test]
fn the_variable_is_for_shells_only() {
    let with =
        |value: &str, args: &str| shell(&format!("OIDC_SECRET_COMPLETE={value} \"$0\" {args}"), "");
    let apps = run(&["apps", "kasm"], "").result();
    for off in ["", "0"] {
        assert_eq!(with(off, "apps kasm").result(), apps);
    }
    with("tcsh", "").fails_with(&["OIDC_SECRET_COMPLETE: unknown shell `tcsh`", "`zsh`"]);
    for unknown in ["tcsh", "powershell", "BASH"] {
        for args in ["apps kasm", "-- oidc-secret hash"] {
            let run = with(unknown, args);
            assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
            run.fails_with(&[
                "OIDC_SECRET_COMPLETE: unknown shell",
                unknown,
                "`bash`, `fish`, `zsh`",
            ]);
        }
    }
    // The usual variable of other programs.
    assert_eq!(shell("COMPLETE=bash \"$0\" apps kasm", "").result(), apps);
}

#[test]
fn the_other_shells_have_complete_scripts() {
    for shell_name in ["powershell", "elvish"] {
        assert!(run(&["completions", shell_name], "").result().contains("secret-file"));
    }
    for shell_name in ["bash", "zsh", "fish"] {
        let script = run(&["completions", shell_name], "").result();
        assert!(!script.contains("_CLAP") && script.len() < 2000, "{script}");
    }
    run(&["completions", "tcsh"], "").fails_with(&["bash", "elvish", "fish", "powershell", "zsh"]);
}
