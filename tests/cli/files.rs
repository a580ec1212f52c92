//! Files on file systems that have fewer operations, and in folders that other users may write to.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Run, finish, folder, mode, names, shell};

const CONFIGURATION: &str = "\
identity_providers:
  oidc:
    clients:
      - client_id: grafana
        client_secret: '$plaintext$hunter2hunter2'
        redirect_uris: ['https://grafana.example.com/login/generic_oauth']
";

/// The lowest work factor, since these tests are about files.
const FAST: &str = "-a sha512crypt --rounds 1000";

/// Every operation that writes a file, with the files that it leaves besides those in the folder.
const OPERATIONS: [(&str, &[&str]); 9] = [
    ("rotate FAST configuration.yml grafana", &[]),
    ("rotate FAST --backup configuration.yml grafana", &[]),
    ("rotate FAST --secret-out new configuration.yml grafana", &["new"]),
    ("rotate FAST --force --secret-out old configuration.yml grafana", &[]),
    ("new x FAST --redirect-uri https://x.example.com/ --write configuration.yml", &[]),
    ("new x FAST --redirect-uri https://x.example.com/ --create --write new.yml", &["new.yml"]),
    ("new x FAST --secret-out new --digest-out digest", &["digest", "new"]),
    ("rand --out new", &["new"]),
    ("rand --force --out old", &[]),
];

/// Compiles the program in which system calls fail; `None` if that does not work here.
fn failing(folder: &Path) -> Option<PathBuf> {
    let program = folder.join("failing");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli/failing.c");
    let compiled = Command::new("cc").arg("-o").arg(&program).arg(source).output();
    let works = compiled.is_ok_and(|output| output.status.success())
        && Command::new(&program).args(["--", "/bin/true"]).status().is_ok_and(|s| s.success());
    if !works {
        super::peers::say_skipped("failing system calls: no C compiler, or no seccomp");
    }
    works.then_some(program)
}

/// Creates a folder with a configuration, its backup and the file of a secret.
fn place() -> tempfile::TempDir {
    let folder = folder();
    for (name, text) in
        [("configuration.yml", CONFIGURATION), ("configuration.yml.bak", "older"), ("old", "old")]
    {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// Runs an operation in which some system calls fail.
fn run_failing(program: &Path, calls: &str, operation: &str, folder: &Path) -> Run {
    let mut command = Command::new(program);
    command.args(calls.split(' ')).arg("--").arg(env!("CARGO_BIN_EXE_oidc-secret"));
    command.args(operation.replace("FAST", FAST).split(' ')).current_dir(folder);
    finish(command, "")
}

fn contents(folder: &Path) -> Vec<(String, String)> {
    let read = |name: String| (name.clone(), std::fs::read_to_string(folder.join(name)).unwrap());
    names(folder).into_iter().map(read).collect()
}

#[test]
fn a_missing_operation_of_the_file_system_is_replaced() {
    let tools = folder();
    let Some(program) = failing(tools.path()) else { return };
    for calls in [
        "link=EPERM",
        "link=EMLINK",
        "link=EXDEV",
        "link=EPERM renameat2=EINVAL",
        "link=EOPNOTSUPP renameat2=ENOSYS",
        "fsync=EINVAL",
        "fsync=EOPNOTSUPP",
        "flock=ENOSYS",
        "flock=ENOLCK",
        "flock=EOPNOTSUPP",
        "fchown=EPERM",
        "xattr=EIO",
        "link=EPERM renameat2=EINVAL fsync=EINVAL flock=ENOSYS fchown=EPERM xattr=EPERM",
    ] {
        for (operation, new) in OPERATIONS {
            let folder = place();
            let run = run_failing(&program, calls, operation, folder.path());
            assert_eq!(run.code, Some(0), "{calls}: {operation}: {}", run.stderr);
            let mut expected = vec!["configuration.yml", "configuration.yml.bak", "old"];
            expected.extend(new);
            expected.sort_unstable();
            assert_eq!(names(folder.path()), expected, "{calls}: {operation}");
            let of = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
            let is_changed = operation.contains("configuration.yml");
            assert_eq!(
                of("configuration.yml") != CONFIGURATION,
                is_changed,
                "{calls}: {operation}"
            );
            let is_kept = operation.contains("--backup");
            assert_eq!(
                of("configuration.yml.bak") == CONFIGURATION,
                is_kept,
                "{calls}: {operation}"
            );
            assert_eq!(
                of("old").len() == 72,
                operation.contains("--force"),
                "{calls}: {operation}"
            );
            assert!(new.iter().all(|name| mode(&folder.path().join(name)) == 0o600));
        }
    }
}

#[test]
fn a_file_system_without_modes_keeps_the_mode_of_all_files() {
    use std::os::unix::fs::PermissionsExt;
    let tools = folder();
    let Some(program) = failing(tools.path()) else { return };
    for (mode, code) in [(0o600, 0), (0o640, 2)] {
        let folder = place();
        let path = folder.path().join("configuration.yml");
        std::fs::set_permissions(&path, PermissionsExt::from_mode(mode)).unwrap();
        let run = run_failing(&program, "fchmod=EPERM", OPERATIONS[0].0, folder.path());
        assert_eq!(run.code, Some(code), "{}", run.stderr);
        if code == 2 {
            run.fails_with(&["cannot keep the mode of", "as the owner of the file"]);
        }
    }
}

/// An operation that fails in the middle leaves every file as it was.
#[test]
fn a_failing_operation_of_the_file_system_changes_nothing() {
    let tools = folder();
    let Some(program) = failing(tools.path()) else { return };
    for calls in [
        "fsync=EIO",
        "fsync=ENOSPC",
        "rename=EXDEV renameat2=EXDEV link=EXDEV",
        "rename=EACCES renameat2=EACCES link=EACCES",
        "rename=EBUSY renameat2=EBUSY",
        "rename=EIO renameat2=EINVAL link=EPERM",
        "flock=EIO",
    ] {
        for (operation, _) in OPERATIONS {
            let folder = place();
            let before = contents(folder.path());
            let run = run_failing(&program, calls, operation, folder.path());
            assert_eq!(run.code, Some(2), "{calls}: {operation}: {}", run.stderr);
            let errors = run.stderr.lines().filter(|line| line.starts_with("oidc-secret: error: "));
            assert_eq!(errors.count(), 1, "{calls}: {operation}: {}", run.stderr);
            assert_eq!(contents(folder.path()), before, "{calls}: {operation}");
        }
    }
    let folder = place();
    let run = run_failing(&program, "rename=EXDEV", OPERATIONS[0].0, folder.path());
    assert!(run.stderr.contains("hint: its folder does not allow the rename"), "{}", run.stderr);
}

#[test]
fn without_locks_a_stale_file_is_named_and_kept() {
    let tools = folder();
    let Some(program) = failing(tools.path()) else { return };
    let folder = place();
    let stale = ".configuration.yml.oidc-secret-b9afc24ce96f5ca1";
    std::fs::write(folder.path().join(stale), "stale").unwrap();
    let before = contents(folder.path());
    run_failing(&program, "flock=ENOSYS", OPERATIONS[0].0, folder.path()).fails_with(&[
        stale,
        "has no locks",
        "move or remove that file",
    ]);
    assert_eq!(contents(folder.path()), before);
}

/// Root would write the secret over a file that another user chooses.
#[test]
fn a_link_of_another_user_in_an_open_folder_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let other = Some(54_321);
    for (link, target) in [("link", "../victim"), ("link", "/nowhere/new"), ("sub", "..")] {
        let folder = folder();
        let open = folder.path().join("open");
        std::fs::create_dir(&open).unwrap();
        std::fs::set_permissions(&open, PermissionsExt::from_mode(0o1777)).unwrap();
        std::fs::write(folder.path().join("victim"), CONFIGURATION).unwrap();
        std::os::unix::fs::symlink(target, open.join(link)).unwrap();
        // By way of a link of this user.
        std::os::unix::fs::symlink("open", folder.path().join("own")).unwrap();
        let path = if link == "sub" { "own/sub/victim" } else { "own/link" };
        let rand = format!("cd {} && \"$0\" rand --force --out {path}", folder.path().display());
        let rotate =
            format!("cd {} && \"$0\" rotate {FAST} {path} grafana", folder.path().display());
        if std::os::unix::fs::lchown(open.join(link), other, None).is_err() {
            super::peers::say_skipped("a link of another user: only root can change the owner");
            return;
        }
        for script in [&rand, &rotate] {
            let name = open.canonicalize().unwrap().join(link);
            let refused =
                ["is a symbolic link of another user (uid 54321)", name.to_str().unwrap()];
            shell(script, "").fails_with(&refused[..1]);
        }
        let kept = std::fs::read_to_string(folder.path().join("victim")).unwrap();
        assert_eq!(kept, CONFIGURATION);
        // A folder that belongs to the owner of the link is that user's own affair.
        std::os::unix::fs::chown(&open, other, None).unwrap();
        if target != "/nowhere/new" {
            shell(&rotate, "").result_and_messages();
            shell(&rand, "").result();
            assert_eq!(std::fs::read_to_string(folder.path().join("victim")).unwrap().len(), 72);
        }
    }
}

/// The size of these files is 0, or there is none.
#[test]
#[cfg(target_os = "linux")]
fn files_without_a_size_are_read() {
    let digest = super::QUICK;
    let folder = folder();
    let secret = folder.path().join("secret");
    std::fs::write(&secret, "insecure_secret").unwrap();
    let secret = secret.display();
    for script in [
        format!("printf insecure_secret | \"$0\" verify '{digest}' --secret-file /dev/stdin"),
        format!("\"$0\" -q verify '{digest}' --secret-file /dev/stdin < {secret}"),
        format!("exec 7< {secret}; \"$0\" -q verify '{digest}' --secret-file /dev/fd/7"),
        format!("exec 7< {secret}; \"$0\" -q verify '{digest}' --secret-file /proc/self/fd/7"),
    ] {
        let result = shell(&script, "");
        assert_eq!(
            (result.code, &*result.stdout),
            (Some(0), "match\n"),
            "{script}: {}",
            result.stderr
        );
    }
    let environment = "env -i X=1 \"$0\" verify 'DIGEST' --secret-file /proc/self/environ";
    let run = shell(&environment.replace("DIGEST", digest), "");
    assert!(run.stderr.contains("has a NUL byte (U+0000) at position 4"), "{}", run.stderr);
    for path in ["/proc/self/status", "/proc/self/x", "/proc/sys/kernel/x"] {
        let run = super::run(&["rand", "--force", "--out", path], "");
        run.fails_with(&["cannot write /proc/", "No such file or directory"]);
    }
}
