//! GNU parallel deals blocks of lines out to several processes, as in `docs/at-scale.md`.

use std::process::Command;

use serde_json::{Value, json};

use super::{Run, finish, folder, peers, run};

const LINES: usize = 300;
/// Lines in a block: eight blocks, and the last one is shorter.
const BLOCK: usize = 40;
/// Numbers of lines in three different blocks.
const BAD: [usize; 3] = [45, 130, 299];

/// A digest of the lowest cost that a peer still reads.
const HASH: &str = "hash --batch -a argon2id --memory 32 --iterations 1 --parallelism 1";
const HASH_OBJECTS: &str = "hash --batch -a argon2id --memory 32 --iterations 1 --parallelism 1 \
    --input-format jsonl --format jsonl";

/// Whether GNU parallel is installed. The program of the same name in moreutils refuses these flags.
fn is_installed() -> bool {
    peers::is_installed("parallel", &["--will-cite", "--pipe", "--version"])
}

/// Runs the binary in two processes at a time, on one block after the other.
fn parallel(halt: &str, args: &str, input: &str) -> Run {
    let home = folder();
    let mut command = Command::new("parallel");
    // Otherwise it writes to `~/.parallel`, and reads the user's options there.
    command.env("PARALLEL_HOME", home.path()).env_remove("PARALLEL");
    command.args(["--will-cite", "--pipe", "-N", &BLOCK.to_string()]);
    // GNU parallel gives the command to a shell; with `-q` it quotes every word.
    command.args(["--keep-order", "--jobs", "2", "--halt", halt, "-q"]);
    command.arg(env!("CARGO_BIN_EXE_oidc-secret")).args(args.split_whitespace());
    finish(command, input)
}

fn secret(index: usize) -> String {
    format!("secret-{index}")
}

/// Returns the lines of a batch.
fn lines(line: impl Fn(usize) -> String) -> String {
    (0..LINES).map(|index| line(index) + "\n").collect()
}

fn objects() -> String {
    lines(|index| json!({"id": index, "secret": secret(index)}).to_string())
}

fn parsed(output: &str) -> Vec<Value> {
    output.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Asserts that argon2-cffi verifies each digest with the secret of the same position.
#[track_caller]
fn assert_verified(digests: &[String]) {
    assert_eq!(digests.len(), LINES);
    let Some(python) = peers::python() else { return };
    let made: Vec<_> =
        digests.iter().enumerate().map(|(index, digest)| (digest.clone(), secret(index))).collect();
    let expected = [("with_argon2_cffi".to_owned(), LINES)].into();
    assert_eq!(peers::verified(&python, &made), expected);
}

/// Returns the ids of the answers that fulfil a condition.
fn ids_of(answers: &[Value], condition: impl Fn(&Value) -> bool) -> Vec<Value> {
    let answers = answers.iter().filter(|answer| condition(answer));
    answers.map(|answer| answer["id"].clone()).collect()
}

fn digests(answers: &[Value]) -> Vec<String> {
    answers.iter().map(|answer| answer["digest"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn parallel_hashes_the_lines_in_order() {
    if !is_installed() {
        return;
    }
    let output = parallel("never", HASH, &lines(secret)).result();
    assert_verified(&output.lines().map(ToOwned::to_owned).collect::<Vec<_>>());
}

#[test]
fn parallel_hashes_and_verifies_objects_as_one_process_does() {
    if !is_installed() {
        return;
    }
    let answers = parsed(&parallel("never", HASH_OBJECTS, &objects()).result());
    let args: Vec<&str> = HASH_OBJECTS.split_whitespace().collect();
    let of_one_process = parsed(&run(&args, objects()).result());
    // The salts differ, and so do the digests.
    assert_eq!(ids_of(&answers, |_| true), ids_of(&of_one_process, |_| true));
    let digests = digests(&answers);
    assert_verified(&digests);

    let pair =
        |index: usize| json!({"id": index, "secret": secret(index), "digest": digests[index]});
    let pairs = lines(|index| pair(index).to_string());
    let verdicts = parallel("never", "verify --batch", &pairs).result();
    assert_eq!(verdicts, run(&["verify", "--batch"], &pairs).result());
    assert_eq!(verdicts.matches(r#""verdict":"match""#).count(), LINES);
}

/// Asserts that the exit code is the number of failed blocks, and with `--halt now,fail=1` that of the
/// first failed block. Returns the output with all blocks.
#[track_caller]
fn assert_exit_codes(args: &str, input: &str, of_a_block: i32) -> String {
    assert_eq!(parallel("now,fail=1", args, input).code, Some(of_a_block));
    let all = parallel("never", args, input);
    assert_eq!(all.code, Some(3), "{}", all.stderr);
    all.stdout
}

#[test]
fn a_bad_object_has_an_error_and_fails_its_block() {
    if !is_installed() {
        return;
    }
    let mut input: Vec<_> = objects().lines().map(ToOwned::to_owned).collect();
    for index in BAD {
        input[index] = json!({"id": index}).to_string();
    }
    let answers = parsed(&assert_exit_codes(HASH_OBJECTS, &input.join("\n"), 2));
    assert_eq!(answers.len(), LINES);
    assert_eq!(ids_of(&answers, |answer| answer.get("error").is_some()), BAD);
    // The number in the message counts the lines of the block.
    assert_eq!(answers[45]["error"], "line 6: secret or secret_b64 is missing");
}

#[test]
fn a_bad_plain_line_ends_its_block() {
    if !is_installed() {
        return;
    }
    let line = |index| if BAD.contains(&index) { String::new() } else { secret(index) };
    let output = assert_exit_codes(HASH, &lines(line), 2);
    let lost: usize =
        BAD.map(|index| BLOCK.min(LINES - index / BLOCK * BLOCK) - index % BLOCK).iter().sum();
    assert_eq!(output.lines().count(), LINES - lost);
}

#[test]
fn a_mismatch_fails_its_block() {
    if !is_installed() {
        return;
    }
    let digest = super::QUICK;
    let secret = |index| if BAD.contains(&index) { "other" } else { "insecure_secret" };
    let pairs =
        lines(|index| json!({"id": index, "secret": secret(index), "digest": digest}).to_string());
    let verdicts = assert_exit_codes("verify --batch", &pairs, 1);
    let is_mismatch = |answer: &Value| answer["verdict"] == "mismatch";
    assert_eq!(ids_of(&parsed(&verdicts), is_mismatch), BAD);
}
