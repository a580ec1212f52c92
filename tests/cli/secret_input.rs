//! The sources of a secret: files, standard input, the environment; never an argument.

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::replacement::finished_within;
use super::{QUICK, Run, SEED, commands, finish, folder, run, shell};

#[test]
fn one_trailing_line_end_of_a_file_is_dropped() {
    let folder = folder();
    let path = folder.path().join("secret");
    let verdict = |contents: &str, raw: bool| {
        std::fs::write(&path, contents).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        let mut args = vec!["verify", QUICK, "--secret-file", path.to_str().unwrap()];
        args.extend(raw.then_some("--raw"));
        run(&args, "").stdout
    };
    for contents in ["insecure_secret", "insecure_secret\n", "insecure_secret\r\n"] {
        assert_eq!(verdict(contents, false), "match\n", "{contents:?}");
    }
    for contents in ["insecure_secret\n\n", " insecure_secret", "insecure_secret\r"] {
        assert_eq!(verdict(contents, false), "mismatch\n", "{contents:?}");
    }
    assert_eq!(verdict("insecure_secret\n", true), "mismatch\n");
    run(&["hash", "--secret-file", "/nonexistent/s"], "")
        .fails_with(&["/nonexistent/s", "No such file"]);
    run(&["hash", "--secret-file", "/"], "").fails_with(&["cannot read /: it is a folder"]);
}

#[test]
fn a_program_prints_the_secret() {
    let verify = |command: &str| run(&["verify", QUICK, "--secret-cmd", command], "");
    for command in [
        "printf insecure_secret",
        r"printf '%s\n' insecure_secret",
        r#"sh -c "printf insecure; printf _secret; echo hunter2 >&2""#,
    ] {
        assert_eq!(verify(command).stdout, "match\n", "{command}");
    }
    assert_eq!(verify("printf %s 'insecure_secret '").stdout, "mismatch\n");
    // Without a shell, this is one word with a variable's name.
    assert_eq!(verify("printf %s $HOME").stdout, "mismatch\n");
    // Standard input is the configuration.
    let configuration = format!(
        "identity_providers: {{oidc: {{clients: [{{client_id: a, client_secret: '{QUICK}'}}]}}}}"
    );
    let args = ["verify", "--config", "-", "--secret-cmd", "sh -c 'cat; printf insecure_secret'"];
    assert_eq!(run(&args, &configuration).stdout, "match\n");
    for (command, words) in [
        ("", &["--secret-cmd", "empty"][..]),
        ("true", &["the secret is empty"]),
        ("'hunter2", &["a quote is not closed"]),
        ("/nonexistent/hunter2", &["cannot run the program", "No such file"]),
        ("sh -c 'printf hunter2; exit 7'", &["exit code 7"]),
        ("sh -c 'printf hunter2; kill -9 $$'", &["a signal"]),
        ("yes hunter2", &["64 KiB"]),
    ] {
        let refused = verify(command);
        assert!(!refused.stderr.contains("hunter2"), "{}", refused.stderr);
        refused.fails_with(words);
    }
    run(&["hash", "--secret-cmd", "true", "--secret-file", "x"], "")
        .fails_with(&["exclude each other"]);
}

#[test]
fn a_secret_file_that_everyone_can_read_causes_a_warning() {
    let folder = folder();
    let path = folder.path().join("secret");
    std::fs::write(&path, "insecure_secret").unwrap();
    let args = ["verify", QUICK, "--secret-file", path.to_str().unwrap()];
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let (_, messages) = run(&args, "").result_and_messages();
    assert!(
        messages.starts_with("oidc-secret: warning: ") && messages.contains("mode should be 600")
    );
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    run(&args, "").result();
}

#[test]
fn a_secret_can_come_from_standard_input() {
    assert_eq!(run(&["verify", QUICK], "insecure_secret\n").result(), "match\n");
    let args = ["verify", QUICK, "--secret-file", "-"];
    assert_eq!(run(&args, "insecure_secret\n").result(), "match\n");
}

#[test]
fn a_secret_from_the_environment_is_not_changed() {
    let verify = |value: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_oidc-secret"));
        command.args(["verify", QUICK, "--secret-env", "KASM_SECRET"]).env("KASM_SECRET", value);
        finish(command, "").stdout
    };
    assert_eq!(verify("insecure_secret"), "match\n");
    assert_eq!(verify("insecure_secret\n"), "mismatch\n");
    run(&["hash", "--secret-env", "NOT_SET_1"], "").fails_with(&["NOT_SET_1 is not set"]);
    // The value is not the name of a variable, so that it could be the secret.
    let run = run(&["hash", "--secret-env", "hunter2"], "");
    assert!(!run.stderr.contains("hunter2"), "{}", run.stderr);
    run.fails_with(&["not set"]);
}

#[test]
fn a_secret_in_an_argument_is_refused() {
    let commands = commands().into_iter().map(|(name, _)| name);
    for command in commands.chain(["nonsense".to_owned()]) {
        for flag in ["--password", "--secret"] {
            for args in
                [vec![&*command, flag, "hunter2"], vec![&command, &format!("{flag}=hunter2")]]
            {
                let run = run(&args, "");
                assert!(!run.stderr.contains("hunter2"), "{}", run.stderr);
                let hint: &[&str] = match &*command {
                    "new" | "rotate" => &["the command makes the secret itself", "--secret-out"],
                    "hash" | "verify" | "diagnose" | "nonsense" | "help" => {
                        &["--secret-file", "--secret-env"]
                    }
                    _ => &["the command needs no secret"],
                };
                run.fails_with(&[&[flag, "refused"], hint].concat());
            }
        }
    }
    for args in [&["new", "--secret-file", "x"][..], &["rotate", "--secret-env=X", "c.yml"]] {
        run(args, "").fails_with(&["unknown flag --secret-", "makes the secret itself"]);
    }
    let run = run(&["hash", "hunter2"], "");
    assert!(!run.stderr.contains("hunter2"), "{}", run.stderr);
    run.fails_with(&["never an argument"]);
}

#[test]
fn an_empty_secret_is_refused() {
    for stdin in ["", "\n", "\r\n"] {
        run(&["hash"], stdin).fails_with(&["the secret is empty", "standard input"]);
        run(&["verify", QUICK], stdin).fails_with(&["the secret is empty"]);
    }
    run(&["hash", "--secret-file", "/dev/null"], "").fails_with(&["empty", "/dev/null"]);
}

#[test]
fn secret_sources_exclude_each_other() {
    run(&["hash", "--secret-file", "x", "--secret-env", "X"], "").fails_with(&[
        "--secret-file",
        "--secret-env",
        "exclude each other",
    ]);
    run(&["hash", "--batch", "--secret-env", "X"], "").fails_with(&["exclude each other"]);
}

fn fifo(folder: &Path) -> String {
    let path = folder.join("fifo.jsonl");
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    path.to_str().unwrap().to_owned()
}

/// Runs the binary, and kills it after a minute.
fn soon(args: &[&str], stdin: &str) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_oidc-secret"));
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // The process can have ended already.
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    finished_within(child, Duration::from_secs(60))
}

/// Returns arguments for every way to name an input file.
fn reading(path: &str) -> [Vec<&str>; 17] {
    [
        vec!["hash", "--secret-file", path],
        vec!["verify", QUICK, "--secret-file", path],
        vec!["verify", "--digest-file", path],
        vec!["verify", "--config", path, "--client", "x"],
        vec!["diagnose", QUICK, "--secret-file", path],
        vec!["diagnose", "--digest-file", path],
        vec!["diagnose", "--config", path, "--client", "x"],
        vec!["diagnose", "--log", path],
        vec!["diagnose", QUICK, "--candidates", path],
        vec!["diagnose", "--live", "https://127.0.0.1:1", "--client", "x", "--ca-file", path],
        vec!["inspect", "--digest-file", path],
        vec!["inspect", "--config", path, "--client", "x"],
        vec!["convert", "--for", "django", "--digest-file", path],
        vec!["convert", "--for", "django", "--config", path, "--client", "x"],
        vec!["new", "--from", path],
        vec!["audit", path],
        vec!["apps", "--check", path],
    ]
}

/// `rotate` and `new --write` replace their file, and refuse anything but a regular file.
#[test]
fn every_flag_for_an_input_file_is_tested() {
    // The files that are written, and a path of keys.
    let no_input = ["--out", "--secret-out", "--digest-out", "--write", "--at"];
    for (command, _) in commands() {
        let help = run(&[&command, "--help"], "").result_and_messages().0;
        let flags =
            help.lines().filter(|line| line.contains(" <FILE>") || line.contains(" <PATH>"));
        let flags = flags.filter_map(|line| line.split_whitespace().find(|w| w.starts_with("--")));
        for flag in flags.filter(|flag| !no_input.contains(flag)) {
            let tested = |args: &Vec<&str>| args[0] == command && args.contains(&flag);
            assert!(reading("x").iter().any(tested), "{command} {flag}");
        }
    }
}

#[test]
fn a_fifo_without_a_writer_is_an_error() {
    let folder = folder();
    let path = fifo(folder.path());
    std::thread::scope(|scope| {
        for args in reading(&path) {
            let says = "fifo.jsonl is a FIFO that no process writes to";
            scope.spawn(move || soon(&args, "other").fails_with(&[says]));
        }
    });
    let digest = format!("client_secret: '{{{{ secret \"{path}\" }}}}'");
    let yaml = format!("identity_providers: {{oidc: {{clients: [{{client_id: a, {digest}}}]}}}}");
    let configuration = folder.path().join("configuration.yml");
    std::fs::write(&configuration, yaml).unwrap();
    let audit = soon(&["audit", "--resolve", configuration.to_str().unwrap()], "");
    assert!(
        audit.stderr.contains("fifo.jsonl is a FIFO that no process writes to"),
        "{}",
        audit.stderr
    );
}

/// The data can come late, for example from a program that asks for a PIN first.
#[test]
fn a_fifo_with_a_writer_and_a_process_substitution_are_read() {
    let folder = folder();
    let path = fifo(folder.path());
    let verify = format!(r#""$0" verify '{QUICK}' --secret-file"#);
    for writer in [
        "printf insecure_secret >",
        "(sleep 1; printf insecure_secret) >",
        "(sleep 12; printf insecure_secret) >",
    ] {
        let script = format!("{writer} '{path}' & {verify} '{path}'; code=$?; wait; exit $code");
        assert_eq!(shell(&script, "").result(), "match\n", "{writer}");
    }
    // The writer opens the FIFO after the reader.
    let script = format!("(sleep 1; printf insecure_secret > '{path}') & {verify} '{path}'");
    assert_eq!(shell(&script, "").result(), "match\n");
    let mut bash = Command::new("bash");
    let script = format!("{verify} <(sleep 1; printf insecure_secret)");
    bash.args(["-c", &script, env!("CARGO_BIN_EXE_oidc-secret")]);
    assert_eq!(finish(bash, "").result(), "match\n");
    let pipe = format!("printf insecure_secret | {verify} /dev/stdin");
    assert_eq!(shell(&pipe, "").result(), "match\n");
}

#[test]
fn a_folder_or_a_socket_is_refused() {
    let folder = folder();
    let socket = folder.path().join("socket.csv");
    let _listener = UnixListener::bind(&socket).unwrap();
    for args in reading(socket.to_str().unwrap()) {
        run(&args, "other").fails_with(&["socket.csv: it is a socket", "name of a file"]);
    }
    run(&["verify", "--digest-file", "/"], "x").fails_with(&["cannot read /: it is a folder"]);
    run(&["new", "--from", "/"], "").fails_with(&["cannot read /: it is a folder"]);
}

/// The kernel reports 0 as the size of these files.
#[test]
fn files_of_proc_are_read() {
    if !Path::new("/proc/self/status").exists() {
        super::peers::say_skipped("files of /proc: /proc is not mounted");
        return;
    }
    run(&["verify", "--config", "/proc/self/status", "--client", "x"], "x")
        .fails_with(&["/proc/self/status: no client found"]);
    run(&["audit", "/proc/self/environ"], "").fails_with(&["/proc/self/environ"]);
}

#[test]
fn an_endless_file_is_refused_as_too_large() {
    for args in reading("/dev/zero") {
        match args[..] {
            // They are read line by line, without a limit on their number.
            [.., "--candidates" | "--log", _] => {
                run(&args, "x").fails_with(&["/dev/zero is a device"]);
            }
            ["new" | "audit", ..] | [.., "--config", _, "--client", _] | [.., "--ca-file", _] => {
                run(&args, "x").fails_with(&["/dev/zero is larger than 256 MiB"]);
            }
            ["apps", ..] => run(&args, "x").fails_with(&["/dev/zero is larger than 1 MiB"]),
            _ => run(&args, "x").fails_with(&["/dev/zero is larger than 64 KiB"]),
        }
    }
}

/// The address space is limited to 64 MiB, including the program.
#[test]
fn a_small_configuration_in_a_pipe_takes_little_memory() {
    let yaml = format!(
        "identity_providers: {{oidc: {{clients: [{{client_id: a, client_secret: '{SEED}'}}]}}}}"
    );
    let script = r#"ulimit -v 65536; cat | RAYON_NUM_THREADS=1 "$0" audit -"#;
    let run = shell(script, &yaml);
    assert!(run.stdout.contains("client a"), "{} {}", run.stdout, run.stderr);
}
