//! What secrets leave in a process's memory: `memory.py` searches it at the end of each command.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use oidc_secret::Kernel;
use serde_json::{Value, json};

use super::peers::say_skipped;
use super::{KASM, QUICK, finish, folder};

/// As long as the secrets of `new`: HMAC hashes it first if its hash function has blocks of 64 bytes.
const LONG: &str = "Zk3vN8qT-w.1xYc~R5mH_b7Jf2LsQ9dPgA4eU6iVoXtC0yKnWzEhMrB8aGjDp5lFuS7q2OvB";
/// HMAC takes it as it is.
const SHORT: &str = "Zk3vN8qT-w.1xYc~R5mH_b7Jf2LsQ9dPgA4eU6iV";

/// Arguments of `hash` for every algorithm.
const ALGORITHMS: [&str; 14] = [
    "pbkdf2-sha512 -i 100000",
    "pbkdf2-sha384 -i 100000",
    "pbkdf2-sha256 -i 100000",
    "pbkdf2-sha224 -i 100000",
    "pbkdf2-sha1 -i 100000",
    "argon2id --memory 1MiB",
    "argon2i --memory 1MiB",
    "argon2d --memory 1MiB",
    "bcrypt -i 10",
    "bcrypt-sha256 -i 10",
    "scrypt -i 10",
    "yescrypt -i 10",
    "sha512crypt --rounds 1000",
    "sha256crypt --rounds 1000",
];

/// Whether a process may be searched: `ptrace` may be forbidden, and a user other than root may not read the
/// memory of a process without core dumps.
fn may_search() -> bool {
    let script = "import os, sys; sys.exit(os.geteuid() != 0 or not os.path.isdir('/proc/self'))";
    let found = Command::new("python3").args(["-c", script]).status();
    let allowed = found.is_ok_and(|status| status.success());
    assert!(allowed || std::env::var_os("CI").is_none(), "the search needs Python and root");
    if !allowed {
        say_skipped("the search of memory: it needs Python and root");
    }
    allowed
}

/// Runs commands and returns the answers of the search.
fn search(commands: &[Value]) -> Vec<Value> {
    let mut command = Command::new("python3");
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli/memory.py"));
    let output = finish(command, json!(commands).to_string()).result();
    let answers: Vec<Value> =
        output.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), commands.len());
    answers
}

fn command(arguments: &[&str]) -> Value {
    let mut argv = vec![env!("CARGO_BIN_EXE_oidc-secret")];
    argv.extend(arguments);
    json!({ "argv": argv })
}

fn with(mut command: Value, fields: &Value) -> Value {
    command.as_object_mut().unwrap().append(&mut fields.as_object().unwrap().clone());
    command
}

/// Returns a configuration with the client `c`.
fn configuration() -> String {
    format!(
        "identity_providers:\n  oidc:\n    clients:\n      - client_id: 'c'\n        client_secret: '{QUICK}'\n"
    )
}

/// Returns a configuration whose clients `c` and `d` have a plaintext secret.
fn plaintext_configuration(secret: &str) -> String {
    let client =
        |id| format!("      - client_id: '{id}'\n        client_secret: '$plaintext${secret}'\n");
    format!("identity_providers:\n  oidc:\n    clients:\n{}{}", client("c"), client("d"))
}

#[track_caller]
fn finds_nothing(commands: &[Value]) {
    for (command, answer) in commands.iter().zip(search(commands)) {
        assert_eq!(answer["found"], json!({}), "{command}");
        assert_ne!(answer["secrets"], 0, "{command}");
        assert!(answer["exit"] == 0 || answer["exit"] == 1, "{command} {answer}");
    }
}

#[test]
fn hash_leaves_nothing_of_the_secret_with_any_algorithm_and_kernel() {
    if !may_search() {
        return;
    }
    let mut commands = Vec::new();
    for kernel in Kernel::available() {
        for algorithm in ALGORITHMS {
            for secret in [LONG, SHORT] {
                let arguments = format!("--kernel {} hash -a {algorithm}", kernel.name());
                let arguments: Vec<_> = arguments.split(' ').collect();
                let fields = json!({ "secret": secret, "stdin": format!("{secret}\n") });
                commands.push(with(command(&arguments), &fields));
            }
        }
    }
    finds_nothing(&commands);
}

#[test]
fn batches_leave_nothing_of_their_secrets() {
    if !may_search() {
        return;
    }
    let input: String = (0..40).map(|number| format!("{SHORT}{number}\n")).collect();
    let commands = ALGORITHMS.map(|algorithm| {
        let arguments: Vec<_> =
            ["hash", "--batch", "-a"].into_iter().chain(algorithm.split(' ')).collect();
        with(command(&arguments), &json!({ "secret": SHORT, "stdin": input }))
    });
    finds_nothing(&commands);
}

#[test]
fn commands_that_read_a_secret_leave_nothing_of_it() {
    if !may_search() {
        return;
    }
    let folder = folder();
    let path = |name: &str| folder.path().join(name).display().to_string();
    fs::write(path("secret"), LONG).unwrap();
    fs::write(path("configuration.yml"), configuration()).unwrap();
    let (secret, file) = (path("secret"), path("configuration.yml"));
    let django = "pbkdf2_sha256$1000$salt$ytboaGwCQBoTWVr1+GnFfI/sh+2xT7WOkLwmSa8MXBs=";
    let arguments: [&[&str]; 7] = [
        &["hash", "-i", "100000", "--secret-file", &secret],
        &["hash", "--for", "django", "-i", "100000", "--secret-file", &secret],
        &["verify", QUICK, "--secret-file", &secret],
        &["diagnose", django, "--secret-file", &secret],
        &["verify", "--config", &file, "--client", "c", "--secret-file", &secret],
        &["diagnose", QUICK, "--secret-file", &secret],
        &["diagnose", "--config", &file, "--client", "c", "--secret-file", &secret],
    ];
    finds_nothing(&arguments.map(|arguments| with(command(arguments), &json!({ "secret": LONG }))));
}

#[test]
fn prompts_leave_nothing_of_what_was_typed() {
    if !may_search() {
        return;
    }
    let folder = folder();
    let path = |name: &str| folder.path().join(name).display().to_string();
    fs::write(path("configuration.yml"), configuration()).unwrap();
    let file = path("configuration.yml");
    let (once, again) = (["Secret: ", LONG], ["Secret again: ", LONG]);
    let typed = |arguments: &[&str], typed: Value| {
        with(command(arguments), &json!({ "secret": LONG, "typed": typed }))
    };
    finds_nothing(&[
        typed(&["hash", "-i", "100000"], json!([once, again])),
        typed(&["hash", "--for", "caddy"], json!([once, again])),
        typed(&["verify", QUICK], json!([once])),
        typed(&["verify", "--config", &file, "--client", "c"], json!([once])),
        typed(&["diagnose", QUICK], json!([once])),
    ]);
}

#[test]
fn commands_that_print_a_secret_leave_nothing_of_it() {
    const TEXT: &str = "(?s)Client secret: .*?\n  (.*?)\n";
    const JSON: &str = r#""client_secret":"([^"]+)""#;
    const MESSAGE: &str = "secret: the client secret of .*: (.+)\n";
    if !may_search() {
        return;
    }
    let folder = folder();
    let file = folder.path().join("configuration.yml").display().to_string();
    fs::write(&file, configuration()).unwrap();
    let list = folder.path().join("list.csv").display().to_string();
    fs::write(&list, "name\none\ntwo\n").unwrap();
    let uri = "https://x.example.com/callback";
    let kasm: Vec<_> = ["new"].into_iter().chain(KASM).collect();
    let cases: [(&[&str], &str); 15] = [
        (&["rand", "--count", "3"], "(.{50,})\n"),
        (&["rotate", &file, "c"], "(?m)^(\\S{50,})$"),
        (&["rotate", &file, "c", "--format", "json"], JSON),
        (&["rotate", &file, "c", "--format", "jsonl"], JSON),
        (&["new", "x"], TEXT),
        (&["new", "x", "--count", "3"], TEXT),
        (&["new", "x", "--format", "jsonl"], JSON),
        (&["new", "x", "--format", "env"], "OIDC_CLIENT_SECRET=(.+)\n"),
        (&["new", "x", "--format", "csv"], ",x,([^,]+),"),
        (&["new", "x", "--format", "authelia"], MESSAGE),
        (&["new", "x", "--format", "helm"], MESSAGE),
        (
            &["new", "x", "--redirect-uri", uri, "--format", "k8s", "--write", &file],
            "client_secret: '([^']+)'",
        ),
        (&["new", "--from", &list, "--format", "csv"], ",(?:one|two),([^,]+),"),
        (&["new", "x", "--redirect-uri", uri, "--write", &file], TEXT),
        (&kasm, "Client Secret: +(.+)\n"),
    ];
    finds_nothing(
        &cases.map(|(arguments, pattern)| with(command(arguments), &json!({ "pattern": pattern }))),
    );
}

#[test]
fn commands_that_read_a_configuration_leave_nothing_of_its_plaintext_secrets() {
    if !may_search() {
        return;
    }
    let folder = folder();
    let path = |name: &str| folder.path().join(name).display().to_string();
    fs::write(path("configuration.yml"), plaintext_configuration(LONG)).unwrap();
    fs::write(path("digest"), format!("$plaintext${LONG}")).unwrap();
    let (file, digest) = (path("configuration.yml"), path("digest"));
    let arguments: [&[&str]; 10] = [
        &["audit", &file],
        &["audit", "--guess", "--format", "json", &file],
        &["list", &file],
        &["inspect", "--digest-file", &digest],
        &["inspect", "--config", &file, "--client", "c"],
        &["verify", "--config", &file, "--client", "c"],
        &["diagnose", "--config", &file, "--client", "c"],
        &["rotate", "--dry-run", &file, "c"],
        &["rotate", &file, "c"],
        &["new", "x", "--redirect-uri", "https://x.example.com/", "--write", &file],
    ];
    let fields = json!({ "secret": LONG, "stdin": "another-secret\n" });
    finds_nothing(&arguments.map(|arguments| with(command(arguments), &fields)));
}

#[test]
fn commands_that_make_a_secret_leave_nothing_of_it() {
    if !may_search() {
        return;
    }
    let folder = folder();
    let path = |name: &str| folder.path().join(name).display().to_string();
    fs::write(path("configuration.yml"), configuration()).unwrap();
    let json = json!({ "pattern": r#""client_secret": *"([^"]+)""# });
    let written = |name: &str| json!({ "file": path(name) });
    let uri = "https://x.example.com/callback";
    finds_nothing(&[
        with(command(&["rand"]), &json!({ "pattern": "(.{50,})\n" })),
        with(command(&["new", "x", "--format", "json"]), &json),
        with(command(&["new", "x", "--secret-out", &path("one")]), &written("one")),
        with(
            command(&[
                "new",
                "x",
                "--redirect-uri",
                uri,
                "--write",
                &path("configuration.yml"),
                "--secret-out",
                &path("two"),
            ]),
            &written("two"),
        ),
        with(
            command(&["rotate", &path("configuration.yml"), "c", "--secret-out", &path("three")]),
            &written("three"),
        ),
    ]);
}

/// The environment is the system's copy, and other programs leave some: so the search finds what is there.
#[test]
fn the_search_finds_what_there_is() {
    if !may_search() {
        return;
    }
    let secret = json!({ "secret": LONG, "stdin": format!("{LONG}\n") });
    let environment = json!({ "secret": LONG, "env": { "CLIENT_SECRET": LONG } });
    let answers = search(&[
        with(command(&["hash", "-i", "100000", "--secret-env", "CLIENT_SECRET"]), &environment),
        with(json!({ "argv": ["openssl", "passwd", "-6", "-stdin"] }), &secret),
        with(json!({ "argv": ["python3", "-c", "text = input()"] }), &secret),
    ]);
    for answer in &answers {
        let found = answer["found"].as_object().unwrap();
        assert!(
            found
                .iter()
                .any(|(place, count)| { place.ends_with(": secret") && *count == LONG.len() - 7 }),
            "{answer}"
        );
        assert_eq!(answer["exit"], 0);
    }
    assert_eq!(answers[0]["found"].as_object().unwrap().len(), 1, "{}", answers[0]);
}

#[test]
fn the_process_leaves_no_core_dump_and_its_memory_is_not_for_others() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_oidc-secret"))
        .arg("hash")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let limits = format!("/proc/{}/limits", child.id());
    let none = |limits: &str| {
        let line = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
        line.split_whitespace().collect::<Vec<_>>()[4..6] == ["0", "0"]
    };
    // The process waits for its secret.
    let deadline = Instant::now() + Duration::from_secs(20);
    while !none(&fs::read_to_string(&limits).unwrap()) {
        assert!(Instant::now() < deadline, "core dumps are allowed");
        std::thread::sleep(Duration::from_millis(5));
    }
    // The files of a process that cannot be dumped belong to root.
    std::thread::sleep(Duration::from_millis(50));
    assert_eq!(fs::metadata(format!("/proc/{}/environ", child.id())).unwrap().uid(), 0);
    child.kill().unwrap();
    child.wait().unwrap();
}
