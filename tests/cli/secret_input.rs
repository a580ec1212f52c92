//! Where a secret may come from, and where not.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use super::{QUICK, finish, folder, run};

#[test]
fn from_a_file_without_one_line_end() {
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
    run(&["hash", "--secret-file", "/"], "").fails_with(&["cannot read /", "Is a directory"]);
}

#[test]
fn a_file_that_everyone_can_read_is_warned_about() {
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
fn from_standard_input() {
    assert_eq!(run(&["verify", QUICK], "insecure_secret\n").result(), "match\n");
    let args = ["verify", QUICK, "--secret-file", "-"];
    assert_eq!(run(&args, "insecure_secret\n").result(), "match\n");
}

#[test]
fn from_the_environment_as_it_is() {
    let verify = |value: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_oidc-secret"));
        command.args(["verify", QUICK, "--secret-env", "KASM_SECRET"]).env("KASM_SECRET", value);
        finish(command, "").stdout
    };
    assert_eq!(verify("insecure_secret"), "match\n");
    assert_eq!(verify("insecure_secret\n"), "mismatch\n");
    run(&["hash", "--secret-env", "NOT_SET_1"], "").fails_with(&["NOT_SET_1 is not set"]);
    // Not the name of a variable: perhaps the secret.
    let run = run(&["hash", "--secret-env", "hunter2"], "");
    assert!(!run.stderr.contains("hunter2"), "{}", run.stderr);
    run.fails_with(&["not set"]);
}

#[test]
fn never_from_an_argument() {
    for command in ["new", "rand", "hash", "verify", "man", "nonsense"] {
        for flag in ["--password", "--secret"] {
            for args in [vec![command, flag, "hunter2"], vec![command, &format!("{flag}=hunter2")]]
            {
                let run = run(&args, "");
                assert!(!run.stderr.contains("hunter2"), "{}", run.stderr);
                run.fails_with(&[flag, "refused", "--secret-file", "--secret-env"]);
            }
        }
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
fn one_source_at_a_time() {
    run(&["hash", "--secret-file", "x", "--secret-env", "X"], "").fails_with(&[
        "--secret-file",
        "--secret-env",
        "exclude each other",
    ]);
    run(&["hash", "--batch", "--secret-env", "X"], "").fails_with(&["exclude each other"]);
}
