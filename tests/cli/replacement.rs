//! A configuration that is replaced: whole and old or whole and new, whatever comes in between.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use oidc_secret::{Limits, Secret, Verdict, verify};

use super::{Run, finish, folder, names, run};

/// As little work as there may be: these tests are about files.
const ROTATE: [&str; 5] = ["rotate", "-a", "sha512crypt", "--rounds", "1000"];

const DIGEST: &str = "$6$abcdefgh$yVfUwsw5T.JApa8POvClA1pQ5peiq97DUNyXCZN5IrF.BMSkiaLQ5kvpuEm/VQ1Tvh/KV2TcaWh8qinoW5dhA1";

/// A configuration of some length, whose one client has this digest.
fn configuration(digest: &str) -> String {
    let comment = "# kept\n".repeat(2000);
    format!(
        "{comment}identity_providers:\n  oidc:\n    clients:\n      - client_id: kasm\n        \
         client_secret: '{digest}'\n{comment}"
    )
}

/// The digest in a configuration, all of which is as it should be.
#[track_caller]
fn digest(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    let behind = text.split_once("client_secret: '").expect("the key is there").1;
    let digest = behind.split_once('\'').expect("the quote is there").0.to_owned();
    assert!(text == configuration(&digest), "not whole: {} bytes", text.len());
    digest
}

fn matches(secret: &str, digest: &str) -> bool {
    let secret = Secret::from(secret.trim_end().to_owned());
    let verdict = verify(&secret, &digest.parse().unwrap(), &Limits::default());
    verdict.unwrap() == Verdict::Match
}

fn written(folder: &Path) -> PathBuf {
    let path = folder.join("configuration.yml");
    std::fs::write(&path, configuration(DIGEST)).unwrap();
    path
}

fn spawn(args: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_oidc-secret"));
    command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

/// Numbers that look random, from 0 to 1.
fn fractions() -> impl Iterator<Item = f64> {
    let mut state: u64 = 1;
    std::iter::repeat_with(move || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f64::from((state >> 32) as u32) / f64::from(u32::MAX)
    })
}

/// Starts a command again and again, kills each at a random moment, and says how far it came.
fn killed(args: &[&str], times: usize, mut check: impl FnMut(Run)) {
    let start = Instant::now();
    check(finished(spawn(args)));
    let usual = start.elapsed();
    for fraction in fractions().take(times) {
        let mut child = spawn(args);
        std::thread::sleep(Duration::from_secs_f64(usual.as_secs_f64() * fraction));
        let _ = child.kill();
        check(finished(child));
    }
}

fn finished(child: Child) -> Run {
    let output = child.wait_with_output().unwrap();
    Run {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

#[test]
fn killed_rotations_lose_no_secret_that_is_printed() {
    let folder = folder();
    let path = written(folder.path());
    let args = [&ROTATE[..], &["--backup", path.to_str().unwrap(), "kasm"]].concat();
    let (mut old, mut outcomes) = (DIGEST.to_owned(), [0; 3]);
    killed(&args, 500, |run| {
        let new = digest(&path);
        let is_set = new != old;
        // Who has changed it has printed the secret, whole, and who says so has changed it.
        assert!(!is_set || matches(&run.stdout, &new), "the secret is known to nobody");
        assert!(run.code != Some(0) || is_set);
        outcomes[usize::from(is_set) + usize::from(run.code == Some(0))] += 1;
        old = new;
    });
    println!(
        "unchanged {}, changed {}, changed and said so {}",
        outcomes[0], outcomes[1], outcomes[2]
    );
    assert!(outcomes[0] > 0 && outcomes[2] > 0, "{outcomes:?}");
    run(&args, "").result_and_messages();
    assert_eq!(names(folder.path()), ["configuration.yml", "configuration.yml.bak"]);
}

#[test]
fn killed_rotations_lose_no_secret_that_is_in_a_file() {
    let folder = folder();
    let path = written(folder.path());
    let file = folder.path().join("secret");
    let options = ["--force", "--secret-out", file.to_str().unwrap()];
    let args = [&ROTATE[..], &options, &[path.to_str().unwrap(), "kasm"]].concat();
    run(&args, "").result_and_messages();
    let mut old = digest(&path);
    killed(&args, 500, |run| {
        let new = digest(&path);
        let secret = std::fs::read_to_string(&file).unwrap();
        assert_eq!(secret.len(), 72);
        // Between the two files the old secret is kept under another name.
        let kept = names(folder.path()).into_iter().filter(|name| name.contains("-old-"));
        let kept = kept.map(|name| std::fs::read_to_string(folder.path().join(name)).unwrap());
        let is_known = matches(&secret, &new) || kept.into_iter().any(|kept| matches(&kept, &new));
        assert!(is_known, "the secret is known to nobody");
        assert!(run.code != Some(0) || (matches(&secret, &new) && new != old));
        old = new;
    });
    run(&args, "").result_and_messages();
    assert_eq!(names(folder.path()), ["configuration.yml", "secret"]);
}

#[test]
fn killed_additions_leave_the_old_or_the_new_configuration() {
    let folder = folder();
    let path = written(folder.path());
    let args = ["new", "-a", "sha512crypt", "--rounds", "1000", "--id", "new", "--write"];
    let args = [&args[..], &[path.to_str().unwrap()]].concat();
    let old = std::fs::read_to_string(&path).unwrap();
    killed(&args, 100, |run| {
        let new = std::fs::read_to_string(&path).unwrap();
        if new == old {
            assert_ne!(run.code, Some(0));
            return;
        }
        let added = new.split_once("- client_id: 'new'").unwrap().1;
        let digest = added.split_once("client_secret: '").unwrap().1.split_once('\'').unwrap().0;
        let secret = run.stdout.split_once("Client secret").unwrap().1.lines().nth(1).unwrap();
        assert!(matches(secret.trim(), digest));
        std::fs::write(&path, &old).unwrap();
    });
    run(&args, "").result_and_messages();
    assert_eq!(names(folder.path()), ["configuration.yml"]);
}

/// Whatever the next run does.
#[test]
fn the_next_run_removes_what_killed_ones_have_left() {
    let folder = folder();
    let path = written(folder.path());
    for number in 0..40 {
        let file = folder.path().join(format!("secret-{number}"));
        let options = ["--secret-out", file.to_str().unwrap()];
        let args = [&ROTATE[..], &options, &[path.to_str().unwrap(), "kasm"]].concat();
        let mut child = spawn(&args);
        std::thread::sleep(Duration::from_micros(300 * number));
        let _ = child.kill();
        finished(child);
    }
    std::fs::write(folder.path().join(".x.oidc-secret"), "left").unwrap();
    std::fs::write(folder.path().join(".x.oidc-secret-old-1"), "left").unwrap();
    let args = [&ROTATE[..], &[path.to_str().unwrap(), "kasm"]].concat();
    let (_, messages) = run(&args, "").result_and_messages();
    assert!(
        messages.contains(".x.oidc-secret-old-1 is a file that was to be replaced"),
        "{messages}"
    );
    let left: Vec<_> =
        names(folder.path()).into_iter().filter(|name| name.contains("oidc-secret")).collect();
    assert_eq!(left, [".x.oidc-secret-old-1"]);
}

#[test]
fn rotations_at_once_come_one_after_the_other() {
    let folder = folder();
    let path = written(folder.path());
    let args = [&ROTATE[..], &[path.to_str().unwrap(), "kasm"]].concat();
    let children: Vec<_> = (0..8).map(|_| spawn(&args)).collect();
    let runs: Vec<_> = children.into_iter().map(finished).collect();
    assert!(runs.iter().all(|run| run.code == Some(0)), "{}", runs[0].stderr);
    let digest = digest(&path);
    let last = runs.iter().filter(|run| matches(&run.stdout, &digest)).count();
    assert_eq!(last, 1);
    assert_eq!(names(folder.path()), ["configuration.yml"]);
}

/// A lock is taken, so that whoever comes second waits and says so.
#[test]
fn the_second_waits_for_the_first_and_sees_what_it_wrote() {
    let folder = folder();
    let path = written(folder.path());
    let path = path.to_str().unwrap();
    // Slow enough to be found at work.
    let slow = ["rotate", "-i", "3000000", "--max-time"];
    let first = spawn(&[&slow[..3], &[path, "kasm"]].concat());
    let temporary = folder.path().join(".configuration.yml.oidc-secret");
    while !temporary.exists() {
        std::thread::sleep(Duration::from_millis(1));
    }
    let (secret, messages) =
        run(&[&ROTATE[..], &[path, "kasm"]].concat(), "").result_and_messages();
    assert!(messages.contains("another process is changing the file"), "{messages}");
    assert_eq!(finished(first).code, Some(0));
    assert!(matches(&secret, &digest(path.as_ref())));
}

#[test]
fn an_interrupted_rotation_leaves_everything_as_it_was() {
    for (signal, code) in [("INT", 2), ("TERM", 15), ("HUP", 1)] {
        let folder = folder();
        let path = written(folder.path());
        let args = ["rotate", "-i", "30000000", path.to_str().unwrap(), "kasm"];
        let child = spawn(&args);
        let temporary = folder.path().join(".configuration.yml.oidc-secret");
        while !temporary.exists() {
            std::thread::sleep(Duration::from_millis(1));
        }
        super::send_signal(signal, child.id());
        let output = child.wait_with_output().unwrap();
        let ended = std::os::unix::process::ExitStatusExt::signal(&output.status);
        assert_eq!(ended, Some(code));
        assert!(output.stdout.is_empty());
        assert_eq!(digest(&path), DIGEST);
        assert_eq!(names(folder.path()), ["configuration.yml"]);
    }
}

#[test]
fn a_full_disk_leaves_everything_as_it_was() {
    let folder = folder();
    let path = written(folder.path());
    // The most that a file may hold takes the place of a disk that is full.
    let script = r#"trap '' XFSZ; ulimit -f 8; "$0" "$@""#;
    for options in [&[][..], &["--backup"], &["--secret-out", "secret"]] {
        let mut command = Command::new("sh");
        command.current_dir(folder.path());
        command.args(["-c", script, env!("CARGO_BIN_EXE_oidc-secret")]);
        command.args(ROTATE).args(options).args(["configuration.yml", "kasm"]);
        finish(command, "").fails_with(&["cannot write", "configuration.yml"]);
        assert_eq!(digest(&path), DIGEST);
        assert_eq!(names(folder.path()), ["configuration.yml"]);
    }
    // A disk that really is, where one can be mounted.
    let script = r#"mount -t tmpfs -o size=64k none "$1" && cd "$1" && cp "$2" . && "$0" rotate -a sha512crypt --rounds 1000 configuration.yml kasm; code=$?; ls -A "$1"; cmp configuration.yml "$2" && exit $code"#;
    let mut command = Command::new("unshare");
    let disk = super::folder();
    command.args(["-rm", "sh", "-c", script, env!("CARGO_BIN_EXE_oidc-secret")]);
    command.arg(disk.path()).arg(&path);
    std::fs::write(&path, configuration(DIGEST).repeat(2)).unwrap();
    if !Command::new("unshare").args(["-rm", "true"]).status().is_ok_and(|s| s.success()) {
        super::peers::say_skipped("a disk that is full: none can be mounted here");
        return;
    }
    let run = finish(command, "");
    assert!(
        run.stderr.contains("No space left on device") || run.code == Some(2),
        "{}",
        run.stderr
    );
}

#[test]
fn a_folder_that_cannot_be_written_and_a_file_that_vanishes() {
    // A folder in /proc cannot be written by anybody, not even by root.
    run(&[&ROTATE[..], &["/proc/self/status", "kasm"]].concat(), "")
        .fails_with(&["/proc/self/status"]);
    let folder = folder();
    let path = written(folder.path());
    let child = spawn(&["rotate", "-i", "3000000", path.to_str().unwrap(), "kasm"]);
    let temporary = folder.path().join(".configuration.yml.oidc-secret");
    while !temporary.exists() {
        std::thread::sleep(Duration::from_millis(1));
    }
    std::fs::remove_file(&path).unwrap();
    let run = finished(child);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("No such file"), "{}", run.stderr);
    assert_eq!(names(folder.path()), [""; 0]);
}

#[test]
fn a_file_that_is_changed_meanwhile_is_left_alone() {
    let folder = folder();
    let path = written(folder.path());
    let secret = folder.path().join("secret");
    let options = ["--secret-out", secret.to_str().unwrap()];
    let slow = [&["rotate", "-i", "3000000"][..], &options, &[path.to_str().unwrap(), "kasm"]];
    let child = spawn(&slow.concat());
    let temporary = folder.path().join(".configuration.yml.oidc-secret");
    while !temporary.exists() {
        std::thread::sleep(Duration::from_millis(1));
    }
    std::thread::sleep(Duration::from_millis(20));
    std::fs::write(&path, "other: text\n").unwrap();
    let run = finished(child);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("was changed meanwhile"), "{}", run.stderr);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "other: text\n");
    assert_eq!(names(folder.path()), ["configuration.yml"]);
}
