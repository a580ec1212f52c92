//! go-crypt's verdicts on the digests of `tests/vectors`.

use std::collections::BTreeSet;

use super::run;
use serde_json::{Value, json};

/// Verdicts that differ from those of go-crypt, with the reason.
const DEVIATIONS: [(&str, &str, &str); 0] = [];
const DEVIATIONS_ANY: [(&str, &str, &str); 1] =
    [("md5crypt-apr1", "match", "go-crypt has no decoder for it; --any-format promises one")];

#[test]
fn every_digest_gets_go_crypts_verdict() {
    assert_verdicts("expect", &["verify", "--batch"], &DEVIATIONS);
}

#[test]
fn any_format_gets_the_verdict_of_all_decoders() {
    let args = ["verify", "--batch", "--any-format"];
    assert_verdicts("expect_all", &args, &DEVIATIONS_ANY);
}

/// Verifies all vectors in one batch, and asserts that the verdicts are the expected ones.
fn assert_verdicts(field: &str, args: &[&str], deviations: &[(&str, &str, &str)]) {
    let text = include_str!("../vectors/digests.jsonl");
    let vectors: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let input: String = vectors
        .iter()
        .map(|v| json!({"id": v["id"], "secret_b64": v["password_b64"], "digest": v["digest"]}))
        .map(|record| format!("{record}\n"))
        .collect();
    let run = run(args, input);
    assert_eq!((run.code, &*run.stderr), (Some(2), ""));
    let output: Vec<Value> = run.stdout.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(output.len(), vectors.len());

    let mut verdicts = BTreeSet::new();
    let mut wrong = Vec::new();
    for (vector, output) in vectors.iter().zip(&output) {
        let id = vector["id"].as_str().unwrap();
        assert_eq!(output["id"], vector["id"], "the output has the order of the input");
        let deviation = deviations.iter().find(|(deviating, ..)| *deviating == id);
        let expected = deviation.map_or(vector[field].as_str().unwrap(), |(_, verdict, _)| verdict);
        if output["verdict"] != expected {
            wrong.push(format!("{vector}\n{output}"));
        }
        assert_eq!(output["error"].is_string(), output["verdict"] == "invalid", "{output}");
        verdicts.insert(output["verdict"].as_str().unwrap());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(verdicts, ["invalid", "match", "mismatch"].into());
}
