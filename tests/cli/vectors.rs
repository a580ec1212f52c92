//! go-crypt's verdicts on the digests of `tests/vectors`.

use super::run;
use serde_json::{Value, json};

/// Verdicts that are not go-crypt's, and why they are right: none.
const DEVIATIONS: [(&str, &str, &str); 0] = [];

#[test]
fn pbkdf2_and_argon2_digests_get_go_crypts_verdict() {
    let text = include_str!("../vectors/digests.jsonl");
    let vectors: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(vectors.len(), 786);
    let ours: Vec<&Value> = vectors
        .iter()
        .filter(|vector| {
            let algorithm = vector["algorithm"].as_str().unwrap();
            algorithm.starts_with("pbkdf2")
                || algorithm.starts_with("argon2")
                || algorithm == "none"
        })
        .collect();
    assert_eq!(ours.len(), 445);

    let input: String = ours
        .iter()
        .map(|v| json!({"id": v["id"], "secret_b64": v["password_b64"], "digest": v["digest"]}))
        .map(|record| format!("{record}\n"))
        .collect();
    let run = run(&["verify", "--batch"], input);
    assert_eq!((run.code, &*run.stderr), (Some(2), ""));
    let output: Vec<Value> = run.stdout.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(output.len(), ours.len());

    let mut counts = std::collections::BTreeMap::new();
    for (vector, output) in ours.iter().zip(&output) {
        let id = vector["id"].as_str().unwrap();
        assert_eq!(output["id"], vector["id"], "the order is the input's");
        let deviation = DEVIATIONS.iter().find(|(deviating, ..)| *deviating == id);
        let expected =
            deviation.map_or(vector["expect"].as_str().unwrap(), |(_, verdict, _)| verdict);
        assert_eq!(output["verdict"], expected, "{vector}\n{output}");
        assert_eq!(output["error"].is_string(), expected == "invalid", "{output}");
        *counts.entry(expected).or_insert(0) += 1;
    }
    assert_eq!(
        counts.into_iter().collect::<Vec<_>>(),
        [("invalid", 144), ("match", 237), ("mismatch", 64)]
    );
}
