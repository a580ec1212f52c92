//! Tests of the command line. Each test runs the real binary.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]
#![allow(clippy::format_collect, reason = "short is clearer than fast here")]

mod application;
mod application_check;
mod at_scale;
mod audit;
mod cases;
mod completions;
mod configuration;
mod convert;
mod diagnose;
mod diagnose_client;
mod documents;
mod extra_config;
mod files;
mod foreign;
#[cfg(target_os = "linux")]
mod generator;
mod harmless;
mod hash;
mod hostile;
mod inspect;
mod kernels;
mod kill;
mod line_breaks;
mod lists;
#[cfg(feature = "live")]
mod live;
mod located;
mod man;
#[cfg(target_os = "linux")]
mod memory;
mod new;
mod peers;
mod pipelines;
mod prompt;
mod rand;
mod replacement;
mod rotate;
mod rotate_digest;
mod rotate_sheet;
mod secret_input;
mod settings;
mod templates;
mod terminal;
mod tune;
mod vectors;
mod verify;
mod write;

use std::io::Write;
use std::process::{Command, Stdio};

/// The digest of `insecure_secret` in Authelia's documentation.
const SEED: &str = "$pbkdf2-sha512$310000$c8p78n7pUMln0jzvd4aK4Q$JNRBzwAo0ek5qKn50cFzzvE9RXV88h1wJn5KGiHrD0YKtZaR/nCb2CJPOsKaPK0hjf.9yHxzQGZziziccp6Yng";
/// A digest of `insecure_secret` that is quick to verify.
const QUICK: &str = "$argon2id$v=19$m=64,t=2,p=1$D+aISAJ4lET8vbRHs4eP8A$hxU6gloNNiPCsDfNWna83gElJRcouTV/+wfEMVR+X7o";

/// The arguments with which `new` sets up Kasm Workspaces.
const KASM: [&str; 6] = [
    "--app",
    "kasm-workspaces",
    "--app-url",
    "https://kasm.example.com",
    "--authelia-url",
    "https://auth.example.com",
];

/// The result of a run of the binary.
struct Run {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

/// Runs the binary with arguments and standard input.
fn run(args: &[&str], stdin: impl AsRef<[u8]>) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_oidc-secret"));
    command.args(args);
    finish(command, stdin)
}

/// Runs a shell script in which `"$0"` is the binary.
fn shell(script: &str, stdin: impl AsRef<[u8]>) -> Run {
    let mut command = Command::new("sh");
    command.args(["-c", script, env!("CARGO_BIN_EXE_oidc-secret")]);
    finish(command, stdin)
}

fn finish(mut command: Command, stdin: impl AsRef<[u8]>) -> Run {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut pipe = child.stdin.take().unwrap();
    let stdin = stdin.as_ref().to_vec();
    let writer = std::thread::spawn(move || {
        // Writing fails if the program ends before it has read everything, which is allowed.
        let _ = pipe.write_all(&stdin);
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    Run {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Run {
    /// Returns the output of a run that succeeded without messages.
    #[track_caller]
    fn result(self) -> String {
        assert_eq!((self.code, &*self.stderr), (Some(0), ""), "stdout: {}", self.stdout);
        self.stdout
    }

    /// Returns the output and the messages of a run that succeeded.
    #[track_caller]
    fn result_and_messages(self) -> (String, String) {
        assert_eq!(self.code, Some(0), "stderr: {}", self.stderr);
        (self.stdout, self.stderr)
    }

    /// Asserts that the run failed with exit code 2 and no output, and that its error has the
    /// documented form and contains these words.
    #[track_caller]
    fn fails_with(self, words: &[&str]) {
        assert_eq!((self.code, &*self.stdout), (Some(2), ""), "stderr: {}", self.stderr);
        let lines: Vec<_> = self.stderr.lines().collect();
        assert!(lines[0].starts_with("oidc-secret: error: "), "{}", self.stderr);
        for line in &lines[1..] {
            assert!(line.starts_with("oidc-secret: hint: "), "{}", self.stderr);
        }
        for word in words {
            assert!(self.stderr.contains(word), "{word:?} is not in: {}", self.stderr);
        }
    }
}

/// Returns the commands with their descriptions, as the help lists them.
fn commands() -> Vec<(String, String)> {
    let help = run(&["-h"], "").result();
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let lines = lines.take_while(|line| !line.is_empty());
    // The continuation of a description has a deeper indentation.
    let commands = lines.filter_map(|line| line.strip_prefix("  ")?.split_once(' '));
    let commands = commands.filter(|(name, _)| !name.is_empty());
    let commands: Vec<_> =
        commands.map(|(name, about)| (name.to_owned(), about.trim().to_owned())).collect();
    assert!(!commands.is_empty(), "{help}");
    commands
}

/// Returns the values that an argument accepts, from the error for a value that it does not accept.
fn choices(args: &[&str]) -> Vec<String> {
    let error = run(args, "").stderr;
    let choices = error.split_once("takes one of: ").unwrap().1.lines().next().unwrap();
    choices.split(", ").map(ToOwned::to_owned).collect()
}

/// Sends a signal to a process with the `kill` of the shell.
fn send_signal(name: &str, process: u32) {
    let mut shell = Command::new("sh");
    shell.args(["-c", r#"kill -s "$0" "$1""#, name, &process.to_string()]);
    assert!(shell.status().unwrap().success());
}

/// Creates a temporary folder, which is removed when dropped.
fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// Returns the names in a folder, sorted.
fn names(folder: &std::path::Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Asserts that a folder's manifest lists exactly the other files of the folder.
#[track_caller]
fn assert_lists_its_folder(
    manifest: &serde_json::Map<String, serde_json::Value>,
    folder: &std::path::Path,
) {
    let mut files = names(folder);
    files.retain(|name| name != "manifest.json");
    let mut listed: Vec<_> = manifest.keys().collect();
    listed.sort();
    assert!(files.iter().eq(listed), "{} has unlisted or missing files", folder.display());
}

fn mode(path: &std::path::Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}
