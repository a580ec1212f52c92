//! `rand`: values, charsets and files.

use super::{folder, mode, names, run};

#[test]
fn a_value_is_72_characters_of_rfc3986() {
    let value = run(&["rand"], "").result();
    let value = value.strip_suffix('\n').unwrap();
    assert_eq!(value.len(), 72);
    assert!(value.chars().all(|c| c.is_ascii_alphanumeric() || "-._~".contains(c)));
    assert_ne!(run(&["rand"], "").result().trim(), value);
}

#[test]
fn every_charset_has_the_characters_that_authelia_documents() {
    // From Authelia's documentation of `authelia crypto rand`, written out independently.
    let lower = "abcdefghijklmnopqrstuvwxyz";
    let upper = lower.to_uppercase();
    let (digits, marks) = ("0123456789", "-._~");
    let symbols = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
    let charsets = [
        ("alphabetic", [lower, &upper].concat()),
        ("alphabetic-lower", lower.to_owned()),
        ("alphabetic-upper", upper.clone()),
        ("numeric", digits.to_owned()),
        ("numeric-hex", [digits, "ABCDEF"].concat()),
        ("alphanumeric", [lower, &upper, digits].concat()),
        ("alphanumeric-lower", [lower, digits].concat()),
        ("alphanumeric-upper", [&upper, digits].concat()),
        ("rfc3986", [lower, &upper, digits, marks].concat()),
        ("rfc3986-lower", [lower, digits, marks].concat()),
        ("rfc3986-upper", [&upper, digits, marks].concat()),
        ("ascii", [lower, &upper, digits, symbols].concat()),
    ];
    let names: Vec<_> = charsets.iter().map(|(name, _)| *name).collect();
    assert!(oidc_secret::Charset::ALL.iter().map(|charset| charset.name()).eq(names));
    for (name, characters) in charsets {
        let (value, _) = run(&["rand", "--charset", name, "-n", "5000"], "").result_and_messages();
        let mut found: Vec<char> = value.trim_end_matches('\n').chars().collect();
        found.sort_unstable();
        found.dedup();
        let mut expected: Vec<char> = characters.chars().collect();
        expected.sort_unstable();
        assert_eq!(found, expected, "{name}");
    }
    run(&["rand", "--charset", "hex"], "").fails_with(&["--charset", "numeric-hex"]);
}

#[test]
fn the_characters_can_be_chosen() {
    let value = run(&["rand", "--characters", "aabbaé", "-n", "1000"], "").result_and_messages().0;
    assert_eq!(value.trim().chars().count(), 1000);
    assert!(value.trim().chars().all(|c| "abé".contains(c)));
    // Each of three characters is expected 333 times; 200 is 9 standard deviations less.
    assert!(value.matches('a').count() > 200 && value.matches('é').count() > 200);
    let value = run(&["rand", "--characters", "-._~"], "").result();
    assert!(value.trim().chars().all(|c| "-._~".contains(c)));
    run(&["rand", "--characters", "aaa"], "").fails_with(&["--characters", "at least 2"]);
    run(&["rand", "--characters", "ab\n"], "").fails_with(&["control character U+000A"]);
    run(&["rand", "--characters", "ab", "--charset", "ascii"], "")
        .fails_with(&["exclude each other"]);
}

#[test]
fn each_value_is_on_a_separate_line() {
    let values = run(&["rand", "--count", "1000", "--length", "8"], "").result();
    let mut lines: Vec<&str> = values.lines().collect();
    assert!(lines.iter().all(|line| line.len() == 8));
    lines.sort_unstable();
    lines.dedup();
    assert_eq!(lines.len(), 1000);
    run(&["rand", "--count", "0"], "").fails_with(&["--count"]);
    run(&["rand", "--length", "0"], "").fails_with(&["--length"]);
}

#[test]
fn a_hint_shows_the_form_urlencoded_value_if_it_differs() {
    let (value, hint) = run(&["rand", "--characters", "+/", "-n", "3"], "").result_and_messages();
    let encoded = value.trim().replace('+', "%2B").replace('/', "%2F");
    assert_eq!(hint, format!("oidc-secret: hint: as sent in an OAuth 2.0 form: {encoded}\n"));
    assert_eq!(run(&["rand", "--charset", "rfc3986"], "").stderr, "");
}

#[test]
fn files_are_private_and_have_no_line_end() {
    let folder = folder();
    let (first, second) = (folder.path().join("a/b/first"), folder.path().join("second"));
    let args =
        ["rand", "--charset", "ascii", "--out", first.to_str().unwrap(), second.to_str().unwrap()];
    assert_eq!(run(&args, "").result(), "");
    for path in [&first, &second] {
        assert_eq!((mode(path), std::fs::read(path).unwrap().len()), (0o600, 72));
    }
    assert_ne!(std::fs::read(&first).unwrap(), std::fs::read(&second).unwrap());
    assert_eq!((mode(&folder.path().join("a")), mode(first.parent().unwrap())), (0o700, 0o700));
    assert_eq!(names(folder.path()), ["a", "second"]);
    assert_eq!(names(first.parent().unwrap()), ["first"]);
}

#[test]
fn if_one_file_fails_no_file_is_left() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("taken"), "kept").unwrap();
    let args = ["rand", "--out", &path("new/one"), &path("two"), &path("taken")];
    run(&args, "").fails_with(&["taken", "exists", "--force"]);
    assert_eq!(names(folder.path()), ["taken"]);
    assert_eq!(std::fs::read_to_string(path("taken")).unwrap(), "kept");

    run(&["rand", "--out", &path("x"), &path("x")], "").fails_with(&["x is given twice"]);
    run(&["rand", "--out", &path("three"), &path("taken/four")], "").fails_with(&["taken/four"]);
    assert_eq!(names(folder.path()), ["taken"]);
}

#[test]
fn a_file_is_replaced_only_with_force() {
    let folder = folder();
    let (file, link) = (folder.path().join("file"), folder.path().join("link"));
    std::fs::write(&file, "old").unwrap();
    std::os::unix::fs::symlink("file", &link).unwrap();
    let args = ["rand", "--force", "--out", link.to_str().unwrap()];
    assert_eq!(run(&args, "").result(), "");
    assert!(link.is_symlink());
    assert_eq!((std::fs::read(&file).unwrap().len(), mode(&file)), (72, 0o600));
    assert_eq!(names(folder.path()), ["file", "link"]);
    run(&["rand", "--force", "--out", folder.path().to_str().unwrap()], "")
        .fails_with(&["not a regular file"]);
    run(&["rand", "--force"], "").fails_with(&["--out"]);
}
