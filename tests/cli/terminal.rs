//! Control characters from files, arguments and the environment never reach the terminal. Every command
//! runs with names that would move the cursor, set the clipboard or reverse the text.

use std::process::Command;

use super::{QUICK, Run, finish, folder};

/// ESC, BEL, LF, CR, an OSC 52 that sets the clipboard, a C1 control, DEL, bidirectional marks, a
/// zero-width space, a line separator, a byte order mark and a tag character.
const HOSTILE: &str = "a\u{1b}[1;1H\u{1b}[2J\u{1b}]52;c;cm0gLXJmIH4=\u{7}\n\r1 client: 0 errors\u{9b}8m\u{7f}\u{202e}\u{2066}\u{200b}\u{2028}\u{feff}\u{e0041}";

/// Whether a terminal would act on the character or show nothing for it.
fn is_control(character: char) -> bool {
    (character.is_control() && character != '\n')
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

#[track_caller]
fn is_harmless(run: &Run, what: &str) {
    for (name, text) in [("stdout", &run.stdout), ("stderr", &run.stderr)] {
        let found = text.chars().find(|c| is_control(*c));
        assert_eq!(found, None, "{what}, {name}: {text:?}");
        let forged = text.lines().any(|line| line.starts_with("1 client: 0 errors\\u{9b}"));
        assert!(!forged, "{what}, {name}: {text:?}");
    }
    assert!(!run.stderr.contains("panicked"), "{what}: {}", run.stderr);
}

/// Writes a text as a double-quoted YAML scalar.
fn yaml(text: &str) -> String {
    serde_json::to_string(text).unwrap().replace('\u{7f}', "\\x7f")
}

#[test]
#[allow(clippy::too_many_lines, reason = "a table")]
fn no_command_prints_terminal_control_characters() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let hostile = yaml(HOSTILE);
    let client = |id: &str, secret: &str| {
        format!(
            "      - client_id: {id}\n        client_name: {hostile}\n        client_secret: {secret}\n        \
             redirect_uris: [{hostile}]\n        scopes: [{hostile}]\n        authorization_policy: {hostile}\n        \
             token_endpoint_auth_method: {hostile}\n        {hostile}: {hostile}\n"
        )
    };
    let plain = format!("'{QUICK}'");
    let text = "identity_providers:\n  oidc:\n    clients:\n".to_owned()
        + &client(&hostile, &plain)
        + &client(&hostile, &hostile)
        + &client("b", &plain)
        + &client("c", &format!("'$plaintext${HOSTILE}'").replace(['\n', '\r'], ""));
    // The file system allows control characters in names.
    let config = path("\u{1b}[31mc\u{202e}\n.yml");
    std::fs::write(&config, &text).unwrap();
    let only = path("only.yml");
    let one = "identity_providers:\n  oidc:\n    clients:\n".to_owned() + &client(&hostile, &plain);
    std::fs::write(&only, one).unwrap();
    let digest = path("digest");
    std::fs::write(&digest, format!("$pbkdf2-sha512$1000${HOSTILE}$x")).unwrap();
    let htpasswd = path("htpasswd");
    std::fs::write(&htpasswd, format!("\u{1b}]0;x\u{7}\u{202e}:{QUICK}")).unwrap();
    let list = path("list.csv");
    std::fs::write(&list, format!("name,id\n\"{HOSTILE}\",x\n")).unwrap();
    let apps = folder.path().join("oidc-secret/apps");
    std::fs::create_dir_all(&apps).unwrap();
    let toml = format!(
        "name = {hostile}\n[[clients]]\nnote = {hostile}\n[clients.entry]\nclient_id = 'own'\n"
    );
    std::fs::write(apps.join("own.toml"), toml.replace("\\x7f", "\\u007f")).unwrap();
    let soft = "name = \"soft\u{202e}\u{200b}\"\n[[clients]]\nnote = \"\u{202e}\"\n[clients.entry]\nclient_id = 'soft'\nredirect_uris = ['https://x.example.com/']\n[[settings]]\nname = \"\u{200b}s\"\nform = 'gui'\nvalues = [['a', 'b']]\n";
    std::fs::write(apps.join("soft.toml"), soft).unwrap();
    let batch = format!(
        "{{\"secret\": \"x\", \"digest\": \"$x\", \"id\": {}}}\n[1]\n",
        serde_json::json!("\u{9b}\u{202e}\u{7f}")
    );
    let missing = path(HOSTILE);
    let own = path("oidc-secret/apps/own.toml");
    // Lists of clients under names that a file may have.
    let elsewhere = |name: &str| format!("{name}:\n{}", client(&hostile, &plain));
    let (one, two) = (elsewhere(&hostile), elsewhere(&hostile) + &elsewhere("more"));
    let commands: &[(&[&str], &str)] = &[
        (&["audit", &config], ""),
        (&["audit", "--resolve", &config], ""),
        (&["audit", "--format", "json", &config], ""),
        (&["audit", "--format", "sarif", &config], ""),
        (&["audit", &missing], ""),
        (&["verify", "--config", &config, "--client", HOSTILE], "x"),
        (&["verify", "--config", &only, "--client", HOSTILE], "x"),
        (&["diagnose", "--config", &config, "--client", "c"], HOSTILE),
        (&["verify", "--digest-file", &digest, "--secret-file", &only], ""),
        (&["diagnose", "--digest-file", &digest, "--secret-file", &digest], ""),
        (&["diagnose", "--format", "json", HOSTILE], HOSTILE),
        (&["verify", "--secret-env", HOSTILE, QUICK], ""),
        (&["verify", "--batch"], &batch),
        (&["inspect", HOSTILE], ""),
        (&["inspect", "--digest-file", &htpasswd], ""),
        (&["inspect", "--config", &config, "--client", "c"], ""),
        (&["inspect", "--format", "json", "--digest-file", &htpasswd], ""),
        (&["convert", "--for", "htpasswd", "--digest-file", &htpasswd], ""),
        (&["convert", "--for", "htpasswd", "--username", "a\u{1b}", QUICK], ""),
        (&["list", &config], ""),
        (&["list", "--format", "json", &config], ""),
        (&["list", "-"], &one),
        (&["audit", "-"], &one),
        (&["list", "-"], &two),
        (&["list", "--at", HOSTILE, "-"], &one),
        (&["rotate", "--dry-run", &config, "b"], ""),
        (&["rotate", "--dry-run", &only, HOSTILE], ""),
        (&["rotate", "--dry-run", "--all", &only], ""),
        (&["rotate", &config, HOSTILE], ""),
        (&["rotate", "--secret-out", &missing, &config, "b"], ""),
        (&["rotate", "--format", "json", "--secret-out", &path("\u{202e}s"), &config, "c"], ""),
        (&["new", HOSTILE], ""),
        (
            &[
                "new",
                "\u{202e}x\u{200b}",
                "--redirect-uri",
                "https://x.example.com/",
                "--write",
                &config,
                "--dry-run",
            ],
            "",
        ),
        (&["new", "\u{202e}x\u{200b}", "--secret-out", &path("\u{202e}t")], ""),
        (
            &[
                "new",
                "x",
                "--format",
                "json",
                "--write",
                &config,
                "--redirect-uri",
                "https://x.example.com/",
            ],
            "",
        ),
        (&["new", "--from", &list], ""),
        (&["new", "--app", "own", "--settings", "env"], ""),
        (&["new", "--app", "soft"], ""),
        (&["new", "--app", HOSTILE], ""),
        (&["apps"], ""),
        (&["apps", "own"], ""),
        (&["apps", "soft"], ""),
        (&["apps", "--format", "json"], ""),
        (&["apps", "--format", "json", "soft"], ""),
        (&["apps", "--check", &own], ""),
        (&["apps", "--check", &missing], ""),
        (&["apps", "--format", "json", "--check", &own], ""),
        (&["apps", "--check", "-"], HOSTILE),
        (&["hash", "--secret-file", &missing], ""),
        (&["hash", "--batch", "--input-format", "jsonl", "--format", "jsonl"], &batch),
        (&["rand", "--out", &missing], ""),
        (&["completions", HOSTILE], ""),
        (&["man", HOSTILE], ""),
        (&["tune", "--target", HOSTILE], ""),
        (&[HOSTILE], ""),
        (&["audit", &format!("--{HOSTILE}")], ""),
    ];
    for (args, stdin) in commands {
        let mut command = Command::new(env!("CARGO_BIN_EXE_oidc-secret"));
        command.args(*args).env("XDG_CONFIG_HOME", folder.path());
        is_harmless(&finish(command, stdin), &format!("{args:?}"));
    }
    for (name, _) in super::commands() {
        let is_run = name == "help" || commands.iter().any(|(args, _)| args[0] == name);
        assert!(is_run, "{name} is not run");
    }
}

#[test]
fn a_forged_summary_line_is_escaped() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/hostile/audit-terminal-injection.yml");
    let run = super::run(&["audit", file], "");
    is_harmless(&run, file);
    assert_eq!(run.code, Some(1));
    assert!(run.stdout.ends_with("1 client: 1 error, 2 warnings, 0 notes\n"), "{}", run.stdout);
}
