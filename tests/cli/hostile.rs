//! Garbage as input, outputs that cannot be written, and usage errors.

use std::io::Read;
use std::process::{Command, Stdio};

use super::{QUICK, commands, folder, names, run, shell};

/// Returns 10 MiB that are not UTF-8 and have no line end.
fn garbage() -> Vec<u8> {
    (0..10 << 20).map(|i: u32| (i.wrapping_mul(2_654_435_761) >> 24) as u8 | 0x80).collect()
}

#[test]
fn ten_mebibytes_of_garbage_are_refused() {
    let folder = folder();
    let file = folder.path().join("garbage");
    std::fs::write(&file, garbage()).unwrap();
    let file = file.to_str().unwrap();
    run(&["hash"], garbage()).fails_with(&["standard input", "larger than 64 KiB"]);
    run(&["verify", QUICK], garbage()).fails_with(&["larger than 64 KiB"]);
    run(&["hash", "--secret-file", file], "").fails_with(&["garbage", "larger than 64 KiB"]);
    run(&["verify", "--digest-file", file], "x").fails_with(&["larger than 64 KiB"]);
    run(&["verify", "--config", file, "--client", "x"], "x").fails_with(&["UTF-8"]);
    run(&["hash", "--batch"], garbage()).fails_with(&["line 1: longer than 1048576 bytes"]);
    let run = run(&["verify", "--batch"], garbage());
    assert_eq!((run.code, &*run.stderr), (Some(2), ""));
    assert!(run.stdout.contains("line 1: longer than"), "{}", run.stdout);
    shell(r#""$0" hash --secret-file /dev/zero"#, "").fails_with(&["/dev/zero", "larger"]);
}

#[test]
fn unsendable_secrets_are_refused_without_raw() {
    let cases: [(&[u8], &str); 4] = [
        (b"in\0secure", "a NUL byte (U+0000) at position 3"),
        (b"two\nlines", "a line feed (U+000A) at position 4"),
        (b"se\xffcret", "invalid UTF-8 from byte 3 on"),
        (b"\x1b[A", "a control character (U+001B) at position 1"),
    ];
    for (secret, words) in cases {
        run(&["hash"], secret).fails_with(&[words, "--raw"]);
        let digest = run(&["hash", "-q", "--raw", "-i", "100000"], secret).result();
        let (verdict, messages) = run(&["verify", digest.trim()], secret).result_and_messages();
        assert_eq!(verdict, "match\n");
        assert!(messages.starts_with("oidc-secret: warning: ") && messages.contains(words));
        assert_eq!(run(&["verify", "--raw", digest.trim()], secret).result(), "match\n");
    }
}

#[test]
fn a_garbage_digest_is_refused() {
    let folder = folder();
    let file = folder.path().join("digest");
    for (bytes, words) in [
        (&b"$pbkdf2-sha512$1\0$a$b"[..], "iterations"),
        (b"$pbkdf2-sha512$1\xff$a$b", "invalid UTF-8 from byte 17 on"),
        (b"$pbkdf2-sha512$1000$\x1b[31m$b", "`\\u{1b}` at position 1"),
    ] {
        std::fs::write(&file, bytes).unwrap();
        run(&["verify", "--digest-file", file.to_str().unwrap()], "x").fails_with(&[words]);
    }
}

#[test]
fn an_argument_that_is_not_utf8_is_refused() {
    use std::os::unix::ffi::OsStrExt;
    let bytes = std::ffi::OsStr::from_bytes(b"$\xff");
    for args in [&[bytes][..], &["verify".as_ref(), bytes], &[bytes, "--help".as_ref()]] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_oidc-secret"));
        command.args(args);
        super::finish(command, "x").fails_with(&[]);
    }
}

#[test]
fn an_unwritable_folder_is_an_error() {
    // Not even root can create a folder in /proc.
    for args in [
        &["rand", "--out", "/proc/oidc-secret/a"][..],
        &["rand", "--out", "/proc/a"],
        &["new", "--secret-out", "/proc/oidc-secret/a"],
    ] {
        run(args, "").fails_with(&["/proc/"]);
    }
    let folder = folder();
    std::fs::write(folder.path().join("file"), "").unwrap();
    let inside = folder.path().join("file/secret");
    run(&["new", "--secret-out", inside.to_str().unwrap()], "").fails_with(&["Not a directory"]);
    assert_eq!(names(folder.path()), ["file"]);
}

#[test]
fn a_full_disk_is_an_error() {
    let folder = folder();
    let file = folder.path().join("configuration.yml");
    let yaml = format!(
        "identity_providers: {{oidc: {{clients: [{{client_id: kasm, client_secret: '{QUICK}'}}]}}}}"
    );
    std::fs::write(&file, yaml).unwrap();
    let file = file.display();
    let lines = [
        "rand",
        "new -i 100000",
        "hash -q -i 100000",
        "hash --batch -a argon2id --memory 32",
        &format!("verify '{QUICK}'"),
        &format!("diagnose '{QUICK}'"),
        &format!("inspect '{QUICK}'"),
        &format!("audit {file}"),
        &format!("list {file}"),
        &format!("rotate -i 100000 {file} kasm"),
        &format!("convert --for ldap '{QUICK}'"),
        "tune -q -a argon2id",
        "apps",
        "completions bash",
        "man",
        "help",
        "--help",
    ];
    for (name, _) in commands() {
        assert!(lines.iter().any(|line| line.split(' ').next() == Some(&name)), "{name}");
    }
    for line in lines {
        shell(&format!(r#""$0" {line} > /dev/full"#), "insecure_secret\n")
            .fails_with(&["cannot write to standard output: No space left on device"]);
    }
}

#[test]
fn a_closed_standard_output_is_an_error() {
    let folder = folder();
    let file = folder.path().join("configuration.yml");
    std::fs::write(&file, "identity_providers: {oidc: {clients: [{client_id: kasm}]}}").unwrap();
    let file = file.display();
    for command in [
        "rand",
        "new -i 100000",
        "hash -i 100000",
        &format!("inspect '{QUICK}'"),
        &format!("audit {file}"),
        &format!("list {file}"),
        &format!("convert --for ldap '{QUICK}'"),
        "apps",
        "apps --check -",
        "completions bash",
        "completions elvish",
        "man",
        "help",
        "new --help",
        "--version",
    ] {
        let stdin = if command.contains("--check") {
            "name = 'X'\n[[clients]]\n[clients.entry]\nclient_id = 'x'\nredirect_uris = ['{app}/cb']"
        } else {
            "insecure_secret"
        };
        shell(&format!(r#""$0" {command} >&-"#), stdin)
            .fails_with(&["standard output is closed", "> /dev/null"]);
        // Shells open it for writing, Python's `subprocess.DEVNULL` for reading too.
        for null in [">", "1<>"] {
            let run = shell(&format!(r#""$0" {command} {null} /dev/null"#), stdin);
            assert!(run.code != Some(2) && !run.stderr.contains("error:"), "{}", run.stderr);
        }
    }
    // The exit code gives the verdict even if the word cannot be printed.
    let verify = format!(r#""$0" verify '{QUICK}' >&-"#);
    assert_eq!(shell(&verify, "insecure_secret").code, Some(0));
    assert_eq!(shell(&verify, "other").code, Some(1));
}

#[test]
fn a_reader_that_stops_early_is_a_quiet_success() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_oidc-secret"))
        .args(["rand", "--count", "1000000"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 73];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), &*output.stderr), (Some(0), &b""[..]));
    assert_eq!(first[72], b'\n');
}

#[test]
fn a_closed_standard_error_changes_nothing() {
    let run = shell(r#""$0" verify '$x' 2>&-"#, "x");
    assert_eq!((run.code, &*run.stdout), (Some(2), ""));
    let verify = format!(r#""$0" verify --raw '{QUICK}' 2>&-"#);
    assert_eq!(shell(&verify, "insecure_secret").result(), "match\n");
}

#[test]
fn an_interrupt_leaves_no_file() {
    let folder = folder();
    let path = |i: usize| folder.path().join(format!("secret-{i}"));
    for (signal, number) in [("INT", 2), ("TERM", 15)] {
        use std::os::unix::process::ExitStatusExt;
        let mut child = Command::new(env!("CARGO_BIN_EXE_oidc-secret"))
            .args(["rand", "--out"])
            .args((0..20_000).map(path))
            .spawn()
            .unwrap();
        while names(folder.path()).is_empty() {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        super::send_signal(signal, child.id());
        assert_eq!(child.wait().unwrap().signal(), Some(number));
        assert!(names(folder.path()).is_empty(), "{:?}", names(folder.path()));
    }
}

#[test]
fn control_characters_in_file_names_are_escaped() {
    let run = run(&["hash", "--secret-file", "no\nsuch\x1b[31m"], "");
    assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
    run.fails_with(&["no\\nsuch\\u{1b}[31m"]);
    super::run(&["new", "--secret-out", "a\nb"], "").fails_with(&["--secret-out", "line break"]);
}

#[test]
fn unknown_flags_that_could_be_secrets_are_not_repeated() {
    for args in [["hash", "--hunter2"], ["verify", "--hunter2"], ["hash", "-shazam"]] {
        let run = run(&args, "x");
        assert!(!run.stderr.contains(&args[1][2..]), "{}", run.stderr);
        run.fails_with(&["unknown flag"]);
    }
}

#[test]
fn usage_errors_are_one_sentence() {
    run(&[], "").fails_with(&["a command is missing", "new", "verify"]);
    run(&["hsh"], "").fails_with(&["unknown command", "did you mean hash?"]);
    run(&["hash", "--secretfile", "x"], "").fails_with(&["--secretfile", "--secret-file"]);
    run(&["hash", "--secret-file"], "").fails_with(&["--secret-file needs a value"]);
    run(&["new", "--format", "xml"], "").fails_with(&["--format takes one of: text, json"]);
    run(&["rand", "--length", "9", "--length", "9"], "").fails_with(&["more than once"]);
}

#[test]
fn a_shortage_of_threads_causes_no_panic() {
    for args in ["verify --secret-env SECRET \"$1\"", "hash -a argon2id --memory 64KiB -i 1"] {
        for kibibytes in [10_000, 12_000, 14_000] {
            let script = format!("ulimit -v {kibibytes}; export SECRET=x; exec \"$0\" {args}");
            let mut command = std::process::Command::new("sh");
            command.args(["-c", &script, env!("CARGO_BIN_EXE_oidc-secret")]);
            command.arg("$argon2id$v=19$m=64,t=1,p=4$D+aISAJ4lET8vbRHs4eP8A$hxU6gloNNiPCsDfNWna83gElJRcouTV/");
            let run = super::finish(command, "x");
            assert!(!run.stderr.contains("panicked"), "{kibibytes}: {}", run.stderr);
        }
    }
    let run = shell("ulimit -v 10000; printf 'a\\nb\\n' | \"$0\" hash --batch -i 100000", "");
    assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
}

/// Words that cannot be a secret are repeated in the message.
#[test]
fn a_usage_error_names_the_word_and_what_to_type() {
    for (args, words) in [
        (&["rand", "--random"][..], &["unknown flag --random", "oidc-secret new"][..]),
        (&["hash", "-z"], &["unknown flag -z\n"]),
        (&["verify", "--frobnicate"], &["unknown flag --frobnicate\n"]),
        (&["hash", "--variant", "sha512"], &["unknown flag --variant", "-a pbkdf2-sha512"]),
        (&["rand", "32"], &["unexpected argument 32; the length is --length 32"]),
        (&["rand", "--length", "0"], &["--length must be between 1 and 1000000"]),
        (&["rand", "--length", "x"], &["--length must be a whole number"]),
        (
            &["new", "--app-url", "x"],
            &["--app-url needs a full URL, such as https://app.example.com"],
        ),
        (&["validate", "x"], &["unknown command validate; did you mean verify?"]),
        (&["check"], &["did you mean verify?"]),
        (&["add"], &["did you mean new?"]),
        (&["generate"], &["did you mean new?"]),
        (&["create"], &["did you mean new?"]),
        (&["random"], &["did you mean rand?"]),
        (&["frobnicate"], &["unknown command frobnicate\n"]),
        (&["crypto", "hash", "generate", "pbkdf2"], &["`oidc-secret hash`"]),
        (&["crypto", "hash", "validate"], &["`oidc-secret verify`"]),
        (&["crypto", "rand"], &["`oidc-secret rand`"]),
        (&["convert", "-sha512310000"], &["lost its $ fields", "single quotes"]),
        (&["inspect", "-sha512310000"], &["lost its $ fields", "single quotes"]),
    ] {
        run(args, "").fails_with(words);
    }
    for args in [
        &["Tr0ub4dor"][..],
        &["hash", "Tr0ub4dor"],
        &["hash", "-Tr0ub4dor"],
        &["hash", "--Tr0ub4dor"],
    ] {
        let run = run(args, "");
        assert!(!run.stderr.contains("r0ub4dor"), "{}", run.stderr);
        run.fails_with(&["error: un"]);
    }
    for args in [&["help", "-h"][..], &["help", "rand"], &["help", "rand", "-h"], &["help"]] {
        assert!(run(args, "").result().contains("Usage: oidc-secret"), "{args:?}");
    }
}

/// The screen has 100 columns and 40 lines.
#[test]
fn the_short_help_of_each_command_fits_a_screen() {
    for (name, about) in commands() {
        assert!(!about.ends_with('.'), "{name}: {about}");
        let lines = run(&[&name, "-h"], "").result().lines().count();
        assert!(lines <= 40 || name == "help", "{name}: {lines} lines");
    }
}

#[test]
fn colour_options_are_obeyed() {
    let coloured = |args: &[&str], variables: &[(&str, &str)]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_oidc-secret"));
        command.args(args).envs(variables.iter().copied());
        let run = super::finish(command, "x");
        (run.stdout + &run.stderr).contains("\x1b[")
    };
    let audit = ["audit", "/nonexistent"];
    assert!(!coloured(&audit, &[]));
    assert!(coloured(&audit, &[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&audit, &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(coloured(&["--color", "always", "audit", "/nonexistent"], &[("NO_COLOR", "1")]));
    assert!(!coloured(&["--color", "never", "audit", "/x"], &[("CLICOLOR_FORCE", "1")]));
}

/// Widths above 65,535 are too large for `format!`, and a file may have longer names and indentations.
#[test]
fn names_and_columns_of_any_width_are_shown() {
    let folder = folder();
    let file = folder.path().join("configuration.yml");
    let long = "n".repeat(70_000);
    let indent = " ".repeat(70_000);
    let text = format!(
        "identity_providers:\n  oidc:\n    clients:\n{indent}- client_id: 'kasm'\n{indent}  client_name: '{long}'\n\
         {indent}  client_secret: '{QUICK}'\n{indent}  redirect_uris: ['https://a.example.com/{long}']\n"
    );
    std::fs::write(&file, text).unwrap();
    let path = file.to_str().unwrap();
    for args in [
        &["list", path][..],
        &["rotate", path, "kasm", "-i", "100000"],
        &[
            "new",
            "-i",
            "100000",
            "--id",
            "b",
            "--redirect-uri",
            "https://b.example.com/cb",
            "--write",
            path,
        ],
    ] {
        run(args, "").result_and_messages();
    }
    for args in [&["audit", path][..], &["inspect", "--config", path, "--client", "b"]] {
        assert_ne!(run(args, "").code, Some(101));
    }
    let digest = format!("{QUICK}{}", "A".repeat(65_500));
    let run = run(&["inspect", "--digest-file", "-"], format!("{digest}\u{200b}"));
    assert!(run.code.is_some_and(|code| code <= 2), "{}", run.stderr);
}

/// A short file cannot use much memory.
#[test]
fn aliases_that_expand_to_much_are_refused() {
    let long = "n".repeat(100_000);
    let clients = "*c, ".repeat(20_000);
    let client = format!("c: &c {{client_id: a, client_name: {long}, client_secret: '{QUICK}'}}\n");
    let text = format!("{client}identity_providers: {{oidc: {{clients: [{clients}]}}}}\n");
    for args in [
        &["list", "-"][..],
        &["audit", "-"],
        &["audit", "--format", "json", "-"],
        &["inspect", "--config", "-", "--client", "a"],
    ] {
        run(args, &text).fails_with(&["line 2", "aliases make this too large"]);
    }
}
