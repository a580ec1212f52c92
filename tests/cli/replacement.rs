//! The replacement of files: whenever a run is killed, the file is complete, either old or new.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use oidc_secret::{Limits, Secret, Verdict, verify};

use super::{Run, finish, folder, names, run};

/// The lowest work factor, since these tests are about files.
pub(super) const ROTATE: [&str; 5] = ["rotate", "-a", "sha512crypt", "--rounds", "1000"];

pub(super) const DIGEST: &str = "$6$abcdefgh$yVfUwsw5T.JApa8POvClA1pQ5peiq97DUNyXCZN5IrF.BMSkiaLQ5kvpuEm/VQ1Tvh/KV2TcaWh8qinoW5dhA1";

/// The temporary files of `configuration.yml` and `configuration.yml.bak`. Python's hashlib computed
/// the tags in their names.
const TEMPORARY: &str = ".configuration.yml.oidc-secret-b9afc24ce96f5ca1";
const BACKUP: &str = ".configuration.yml.bak.oidc-secret-39fdf6be317a3f61";
/// The temporary file of `secret`.
const SECRET: &str = ".secret.oidc-secret-d15d7ca98d1572f6";

/// Returns a long configuration whose only client has this digest.
pub(super) fn configuration(digest: &str) -> String {
    let comment = "# kept\n".repeat(2000);
    format!(
        "{comment}identity_providers:\n  oidc:\n    clients:\n      - client_id: kasm\n        \
         client_secret: '{digest}'\n{comment}"
    )
}

/// Returns the digest in a configuration, and asserts that the file is complete.
#[track_caller]
pub(super) fn digest(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    let after = text.split_once("client_secret: '").expect("the key exists").1;
    let digest = after.split_once('\'').expect("the closing quote exists").0.to_owned();
    assert!(text == configuration(&digest), "incomplete: {} bytes", text.len());
    digest
}

pub(super) fn matches(secret: &str, digest: &str) -> bool {
    let secret = Secret::from(secret.trim_end().to_owned());
    let verdict = verify(&secret, &digest.parse().unwrap(), &Limits::default());
    verdict.unwrap() == Verdict::Match
}

pub(super) fn written(folder: &Path) -> PathBuf {
    let path = folder.join("configuration.yml");
    std::fs::write(&path, configuration(DIGEST)).unwrap();
    path
}

pub(super) fn spawn(args: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_oidc-secret"));
    command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

/// Waits for a process, and kills it after the limit.
pub(super) fn finished_within(mut child: Child, limit: Duration) -> Run {
    let end = Instant::now() + limit;
    while child.try_wait().unwrap().is_none() {
        if Instant::now() > end {
            let _ = child.kill();
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    finished(child)
}

pub(super) fn finished(child: Child) -> Run {
    let output = child.wait_with_output().unwrap();
    Run {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The next run has the same arguments, so that it uses the same names.
#[test]
fn the_next_run_removes_stale_temporary_files() {
    let folder = folder();
    let path = written(folder.path());
    let file = folder.path().join("secret");
    let options = ["--force", "--backup", "--secret-out", file.to_str().unwrap()];
    let args = [&ROTATE[..], &options, &[path.to_str().unwrap(), "kasm"]].concat();
    for number in 0..40 {
        let mut child = spawn(&args);
        std::thread::sleep(Duration::from_micros(300 * number));
        let _ = child.kill();
        finished(child);
    }
    for left in [TEMPORARY, SECRET] {
        std::fs::write(folder.path().join(left), "left").unwrap();
    }
    for left in [BACKUP, SECRET] {
        std::fs::write(folder.path().join(format!("{left}-old-1")), "left").unwrap();
        std::fs::write(folder.path().join(format!("{left}-old-2")), "left").unwrap();
    }
    let (_, messages) = run(&args, "").result_and_messages();
    let told = format!("{SECRET}-old-1 is a previous version of");
    assert!(messages.contains(&told), "{messages}");
    assert_eq!(names(folder.path()), ["configuration.yml", "configuration.yml.bak", "secret"]);
}

/// The names resemble those of temporary files, or are those of temporary files for another file.
#[test]
fn files_of_the_user_are_kept() {
    let folder = folder();
    let path = written(folder.path());
    let own = [
        ".kasm.oidc-secret",
        ".configuration.yml.oidc-secret",
        ".configuration.yml.oidc-secret-old-1",
        ".configuration.yml.bak.oidc-secret",
        ".configuration.yml.bak.oidc-secret-old-1",
        ".secret.oidc-secret",
        ".secret.oidc-secret-old-1",
        ".x.oidc-secret-old-1",
        ".other.oidc-secret-0123456789abcdef",
        ".configuration.yml.oidc-secret-0123456789abcdef",
    ];
    for name in own {
        std::fs::write(folder.path().join(name), name).unwrap();
    }
    let (path, secret) = (path.to_str().unwrap(), folder.path().join("secret"));
    let secret = secret.to_str().unwrap();
    let out = ["--force", "--secret-out", secret];
    let new = [
        "new",
        "-a",
        "sha512crypt",
        "--rounds",
        "1000",
        "--redirect-uri",
        "https://new.example.com/cb",
        "--id",
    ];
    for args in [
        [&ROTATE[..], &[path, "kasm"]].concat(),
        [&ROTATE[..], &["--backup", path, "kasm"]].concat(),
        [&ROTATE[..], &out, &[path, "kasm"]].concat(),
        [&ROTATE[..], &out, &["--backup", path, "kasm"]].concat(),
        [&new[..], &["a", "--write", path]].concat(),
        [&new[..], &["b", "--backup", "--write", path], &out].concat(),
        [&new[..], &["c"], &out].concat(),
        vec!["rand", "--force", "--out", secret],
    ] {
        run(&args, "").result_and_messages();
        for name in own {
            let text = std::fs::read_to_string(folder.path().join(name));
            assert_eq!(text.unwrap(), name, "{args:?}");
        }
    }
    assert_eq!(names(folder.path()).len(), own.len() + 3);
}

/// Files that the program has not created have the names of its temporary files.
#[test]
fn foreign_files_are_refused_by_name_and_kept() {
    let rotate = |folder: &Path| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_oidc-secret"));
        command.current_dir(folder).args(ROTATE).args(["--force", "--secret-out", "secret"]);
        command.args(["--backup", "configuration.yml", "kasm"]);
        finish(command, "")
    };
    let old = |name| format!("{name}-old-1");
    for name in [TEMPORARY.to_owned(), SECRET.to_owned(), old(BACKUP), old(SECRET)] {
        for (kind, reason) in [
            ("ln -s other", "is not a regular file"),
            ("mkdir", "is not a regular file"),
            ("mkfifo", "is not a regular file"),
            ("ln other", "has other hard links"),
        ] {
            // A previous version can have hard links, since it was a file of the user.
            if kind == "ln other" && name.contains("-old-") {
                continue;
            }
            let folder = folder();
            written(folder.path());
            std::fs::write(folder.path().join("secret"), "old").unwrap();
            std::fs::write(folder.path().join("other"), "other").unwrap();
            let script = format!("cd \"$1\" && {kind} ./{name}");
            let mut shell = Command::new("sh");
            shell.args(["-c", &script, "sh"]).arg(folder.path());
            assert!(shell.status().unwrap().success());
            rotate(folder.path()).fails_with(&[&name, reason, "move or remove"]);
            let file = folder.path().join(&name);
            assert!(file.symlink_metadata().is_ok(), "{kind} {name}");
            assert_eq!(digest(&folder.path().join("configuration.yml")), DIGEST);
            assert_eq!(std::fs::read_to_string(folder.path().join("secret")).unwrap(), "old");
            assert_eq!(std::fs::read_to_string(folder.path().join("other")).unwrap(), "other");
        }
    }
}

/// In a folder such as `/tmp`, another user could hold the lock for ever.
#[test]
fn a_temporary_file_of_another_user_is_refused_at_once() {
    let folder = folder();
    let path = written(folder.path());
    let temporary = folder.path().join(TEMPORARY);
    let locked = std::fs::File::create(&temporary).unwrap();
    locked.lock().unwrap();
    if std::os::unix::fs::chown(&temporary, Some(54_321), None).is_err() {
        super::peers::say_skipped("a file of another user: only root can change the owner");
        return;
    }
    let args = [&ROTATE[..], &[path.to_str().unwrap(), "kasm"]].concat();
    let child = spawn(&args);
    let run = finished_within(child, Duration::from_secs(20));
    run.fails_with(&[TEMPORARY, "belongs to another user (uid 54321)", "move or remove"]);
    assert!(temporary.exists());
    assert_eq!(digest(&path), DIGEST);
    // Root gives a new file to the owner of the old one. If root is killed then, the temporary file has
    // another owner.
    drop(locked);
    std::os::unix::fs::chown(&path, Some(54_321), None).unwrap();
    super::run(&args, "").result_and_messages();
    assert_eq!(names(folder.path()), ["configuration.yml"]);
}

#[test]
fn a_name_that_is_too_long_for_a_temporary_file_is_a_clear_error() {
    for length in [200, 219, 220, 240, 255] {
        let folder = folder();
        let path = folder.path().join("x".repeat(length));
        std::fs::write(&path, configuration(DIGEST)).unwrap();
        for options in
            [&[][..], &["--backup"], &["--secret-out", "secret"], &["--digest-out", "digest"]]
        {
            let run = run(
                &[&ROTATE[..], options, &["--dry-run"], &[path.to_str().unwrap(), "kasm"]].concat(),
                "",
            );
            assert_eq!(run.code, Some(0), "{}", run.stderr);
        }
        let rotate = [&ROTATE[..], &["--backup", path.to_str().unwrap(), "kasm"]].concat();
        let rand = ["rand", "--force", "--out", path.to_str().unwrap()];
        if length < 210 {
            run(&rotate, "").result_and_messages();
            run(&rand, "").result();
            continue;
        }
        run(&rotate, "").fails_with(&["the file name of", "is too long"]);
        assert_eq!(digest(&path), DIGEST);
        if length > 219 {
            run(&rand, "").fails_with(&["the file name of", "is too long"]);
            assert_eq!(digest(&path), DIGEST);
            assert_eq!(names(folder.path()).len(), 1);
        }
    }
}

#[test]
fn a_backup_replaces_only_a_regular_file() {
    for kind in ["ln -s other", "mkfifo", "mkdir"] {
        let folder = folder();
        let path = written(folder.path());
        let script = format!("cd \"$1\" && {kind} ./configuration.yml.bak");
        let mut shell = Command::new("sh");
        shell.args(["-c", &script, "sh"]).arg(folder.path());
        assert!(shell.status().unwrap().success());
        let args = [&ROTATE[..], &["--backup", path.to_str().unwrap(), "kasm"]].concat();
        run(&args, "").fails_with(&["configuration.yml.bak is not a regular file", "move it"]);
        assert_eq!(digest(&path), DIGEST);
        assert_eq!(names(folder.path()), ["configuration.yml", "configuration.yml.bak"]);
    }
}

#[test]
fn concurrent_rotations_run_one_after_the_other() {
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

/// The first run holds a lock. The second one waits for it and prints a message.
#[test]
fn a_second_rotation_waits_for_the_first_and_reads_its_result() {
    let folder = folder();
    let path = written(folder.path());
    let path = path.to_str().unwrap();
    // Slow enough that the second run starts before the first one ends.
    let slow = ["rotate", "-i", "3000000", "--max-time"];
    let first = spawn(&[&slow[..3], &[path, "kasm"]].concat());
    let temporary = folder.path().join(TEMPORARY);
    while !temporary.exists() {
        std::thread::sleep(Duration::from_millis(1));
    }
    let (secret, messages) =
        run(&[&ROTATE[..], &[path, "kasm"]].concat(), "").result_and_messages();
    let pid =
        if cfg!(target_os = "linux") { format!(" (pid {})", first.id()) } else { String::new() };
    assert!(messages.contains(&format!("another process{pid} is changing {path}")), "{messages}");
    assert_eq!(finished(first).code, Some(0));
    assert!(matches(&secret, &digest(path.as_ref())));
}

#[test]
fn an_interrupted_rotation_changes_nothing() {
    for (signal, code) in [("INT", 2), ("TERM", 15), ("HUP", 1)] {
        let folder = folder();
        let path = written(folder.path());
        let args = ["rotate", "-i", "30000000", path.to_str().unwrap(), "kasm"];
        let child = spawn(&args);
        let temporary = folder.path().join(TEMPORARY);
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
fn a_full_disk_changes_nothing() {
    let folder = folder();
    let path = written(folder.path());
    // A limit on the file size has the effect of a full disk.
    let script = r#"ulimit -f 8; "$0" "$@""#;
    for options in
        [&[][..], &["--backup"], &["--secret-out", "secret"], &["--digest-out", "digest"]]
    {
        let mut command = Command::new("sh");
        command.current_dir(folder.path());
        command.args(["-c", script, env!("CARGO_BIN_EXE_oidc-secret")]);
        command.args(ROTATE).args(options).args(["configuration.yml", "kasm"]);
        finish(command, "").fails_with(&["cannot write", "configuration.yml"]);
        assert_eq!(digest(&path), DIGEST);
        assert_eq!(names(folder.path()), ["configuration.yml"]);
    }
    // A file system that is full, if one can be mounted.
    let script = r#"mount -t tmpfs -o size=64k none "$1" && cd "$1" && cp "$2" . && "$0" rotate -a sha512crypt --rounds 1000 configuration.yml kasm; code=$?; ls -A "$1"; cmp configuration.yml "$2" && exit $code"#;
    let mut command = Command::new("unshare");
    let disk = super::folder();
    command.args(["-rm", "sh", "-c", script, env!("CARGO_BIN_EXE_oidc-secret")]);
    command.arg(disk.path()).arg(&path);
    std::fs::write(&path, configuration(DIGEST).repeat(2)).unwrap();
    if !Command::new("unshare").args(["-rm", "true"]).status().is_ok_and(|s| s.success()) {
        super::peers::say_skipped("a full disk: no file system can be mounted here");
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
fn an_unwritable_folder_and_a_deleted_file_are_errors() {
    // Not even root can write to a folder in /proc.
    run(&[&ROTATE[..], &["/proc/self/status", "kasm"]].concat(), "")
        .fails_with(&["/proc/", "/status"]);
    let folder = folder();
    let path = written(folder.path());
    let child = spawn(&["rotate", "-i", "3000000", path.to_str().unwrap(), "kasm"]);
    let temporary = folder.path().join(TEMPORARY);
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
fn a_mode_changed_meanwhile_is_kept() {
    let folder = folder();
    let path = written(folder.path());
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let child = spawn(&["rotate", "-i", "3000000", path.to_str().unwrap(), "kasm"]);
    let temporary = folder.path().join(TEMPORARY);
    // The new contents are there, and their mode is already that of the file.
    while std::fs::metadata(&temporary).map_or(0, |metadata| metadata.len()) == 0 {
        std::thread::sleep(Duration::from_millis(1));
    }
    std::thread::sleep(Duration::from_millis(20));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(finished(child).code, Some(0));
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_file_changed_meanwhile_is_not_replaced() {
    let folder = folder();
    let path = written(folder.path());
    let out = |name: &str| folder.path().join("new").join(name).to_str().unwrap().to_owned();
    let options = ["--secret-out", &out("secret"), "--digest-out", &out("digest")];
    let slow = [&["rotate", "-i", "3000000"][..], &options, &[path.to_str().unwrap(), "kasm"]];
    let child = spawn(&slow.concat());
    let temporary = folder.path().join(TEMPORARY);
    while !temporary.exists() {
        std::thread::sleep(Duration::from_millis(1));
    }
    std::thread::sleep(Duration::from_millis(20));
    std::fs::write(&path, "other: text\n").unwrap();
    let run = finished(child);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("was changed by another process"), "{}", run.stderr);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "other: text\n");
    assert_eq!(names(folder.path()), ["configuration.yml"]);
}
