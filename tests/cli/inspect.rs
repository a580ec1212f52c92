//! `inspect`: the description of a digest without its secret.

use super::{QUICK, SEED, folder, run};
use serde_json::{Value, json};

const GOOD: &str = "$pbkdf2-sha512$310000$dy9fVqTjGxAJkfSaXmYkVQ$Wc0JtRwJGdUxIeHL/L3oXyCnRvvVHEqWBvmLMpp14mrDAsmzHzLc3oGpVSN5hjSKVrUhvMu8CVZ6c8NGx6XKcg";
const BCRYPT: &str = "$2b$12$Ai6MsRdeLYjy/sFz3BgCF.QhY9sW5B/PO9TaF4No0IjOzbr3u3ytS";

fn inspect(digest: &str) -> Value {
    let output = run(&["inspect", "--format", "json", "--digest-file", "-"], digest).result();
    let json: Value = serde_json::from_str(&output).unwrap();
    assert_eq!(json["version"], 1);
    json
}

fn codes(digest: &str) -> Vec<String> {
    let findings = inspect(digest)["findings"].as_array().unwrap().clone();
    for finding in &findings {
        let is_text = |key: &str| finding[key].as_str().is_some_and(|text| !text.is_empty());
        assert!(["code", "severity", "message", "fix"].into_iter().all(is_text), "{finding}");
    }
    findings.iter().map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_good_digest_is_described_and_has_no_findings() {
    let json = inspect(GOOD);
    let expected = json!({
        "format": "pbkdf2", "dialect": "plain", "algorithm": "pbkdf2-sha512",
        "parameters": {"iterations": 310_000}, "salt_bytes": 16, "key_bytes": 64,
        "canonical": true, "findings": [],
    });
    for (key, value) in expected.as_object().unwrap() {
        assert_eq!(&json[key], value, "{key}");
    }
    assert!(json["estimated_ms"].as_f64().unwrap() > 1.0);
    let reads = |name: &str| {
        let readers = json["readers"].as_array().unwrap();
        let reader = readers.iter().find(|reader| reader["provider"] == name).unwrap();
        (reader["reads"].as_str().unwrap().to_owned(), reader["reason"].is_string())
    };
    let readers: Vec<_> =
        json["readers"].as_array().unwrap().iter().map(|reader| &reader["provider"]).collect();
    assert!(oidc_secret::Provider::ALL.iter().map(|provider| provider.name()).eq(readers));
    assert_eq!(reads("authelia"), ("yes".to_owned(), false));
    assert_eq!(reads("ldap"), ("rewritten".to_owned(), false));
    assert_eq!(reads("caddy"), ("no".to_owned(), true));
}

#[test]
fn parameters_have_units() {
    let parameters = |digest: &str| inspect(digest)["parameters"].clone();
    let argon2 = "$argon2id$v=19$m=65540,t=3,p=4$c3Ryb25nc2FsdA$AAAAAAAAAAAAAAAAAAAAAA";
    let scrypt = "$scrypt$ln=16,r=8,p=2$c3Ryb25nc2FsdA$AAAAAAAAAAAAAAAAAAAAAA";
    assert_eq!(parameters(argon2), json!({"memory_kib": 65540, "iterations": 3, "parallelism": 4}));
    assert_eq!(parameters(scrypt)["ln"], 16);
    assert_eq!(parameters(BCRYPT), json!({"version": "2b", "cost": 12}));
    let text = |digest: &str| run(&["inspect", digest], "").result();
    assert!(text(argon2).contains("memory        65540 KiB (64 MiB)\n"), "{}", text(argon2));
    assert!(text(scrypt).contains("ln            16 (2^16 = 65536)\n"), "{}", text(scrypt));
    assert!(text(GOOD).contains("salt          16 bytes\nkey           64 bytes\n"));
}

#[test]
fn each_problem_has_exactly_its_findings() {
    let cases: [(&str, &[&str]); 25] = [
        (SEED, &["known-example"]),
        (BCRYPT, &["secret-truncated"]),
        (
            "$2b$09$Ai6MsRdeLYjy/sFz3BgCF.QhY9sW5B/PO9TaF4No0IjOzbr3u3ytS",
            &["below-authelia", "below-owasp", "secret-truncated"],
        ),
        (
            "$2x$12$Ai6MsRdeLYjy/sFz3BgCF.QhY9sW5B/PO9TaF4No0IjOzbr3u3ytS",
            &["not-portable", "secret-truncated"],
        ),
        (&GOOD.replace("310000", "219999"), &["below-owasp"]),
        (&GOOD.replace("310000", "99999"), &["below-authelia", "below-owasp"]),
        (&GOOD.replace("310000", "0310000"), &["not-canonical"]),
        (&GOOD.replace("$310000", "\n$310000"), &["invalid"]),
        (&GOOD.replace("KVrUhv", "KVr\nUhv"), &["not-canonical"]),
        (&GOOD[..GOOD.len() - 22], &["key-truncated"]),
        (&GOOD[..61], &["key-too-short"]),
        (&format!("{GOOD}{}", "A".repeat(86)), &["key-too-long"]),
        (
            "$pbkdf2-sha512$310000$dy9f$Wc0JtRwJGdUxIeHL/L3oXyCnRvvVHEqWBvmLMpp14mrDAsmzHzLc3oGpVSN5hjSKVrUhvMu8CVZ6c8NGx6XKcg",
            &["salt-too-short"],
        ),
        (&GOOD.replace("dy9fVqTjGxAJkfSaXmYkVQ", "AAAAAAAAAAAAAAAAAAAAAA"), &["salt-predictable"]),
        (&GOOD.replace("dy9fVqTjGxAJkfSaXmYkVQ", "AAECAwQFBgcICQoLDA0ODw"), &["salt-predictable"]),
        (&GOOD.replace("dy9fVqTjGxAJkfSaXmYkVQ", "c2FsdHNhbHQ"), &["salt-predictable"]),
        (&GOOD.replace("$310000$", "$i=310000,l=64$"), &["not-read-by-authelia"]),
        ("$apr1$Zf02UeuF$hyuGuSNt0roDPIplwuPxR.", &["not-read-by-authelia", "obsolete-algorithm"]),
        (
            "{CRYPT}$6$rounds=50000$zf02UeuFLa0n7oHd$/muuxLTQuZl01SHyAGjRtApWN8AfqUtBE3YgA1ctOTVJhaFLxrc7Hgt1mcLfqSn1/6c9srenOO4CO06ir3Z2Q0",
            &["taken-as-plaintext"],
        ),
        (
            "$6$rounds=999$zf02UeuFLa0n7oHd$/muuxLTQuZl01SHyAGjRtApWN8AfqUtBE3YgA1ctOTVJhaFLxrc7Hgt1mcLfqSn1/6c9srenOO4CO06ir3Z2Q0",
            &["below-authelia", "not-portable"],
        ),
        ("$6$rounds=50000$zf02UeuFLa0n7oHd$/muuxLTQuZl0", &["key-truncated"]),
        (
            "$argon2i$v=19$m=65536,t=3,p=4$D+aISAJ4lET8vbRHs4eP8A$hxU6gloNNiPCsDfNWna83gElJRcouTV/+wfEMVR+X7o",
            &["below-owasp"],
        ),
        ("$plaintext$hunter2", &["plaintext-secret"]),
        (
            "$argon2id$v=19$m=4294967295,t=1,p=1$D+aISAJ4lET8vbRHs4eP8A$hxU6gloNNiPCsDfNWna83gElJRcouTV/+wfEMVR+X7o",
            &["over-limits", "over-memory"],
        ),
        ("$y$j9T$7DRRpyDdL61gWJNzFv5qO1$IW/PvCwzyt4TeEMZEUkwJ2nRrQtYe41BoXIUcZLczv0", &[]),
    ];
    for (digest, expected) in cases {
        if expected == ["invalid"] {
            run(&["inspect", digest], "").fails_with(&["identifier"]);
            continue;
        }
        assert_eq!(codes(digest), expected, "{digest}");
    }
}

#[test]
fn a_known_example_is_recognised_in_every_encoding() {
    for text in [
        SEED.to_owned(),
        SEED[..SEED.len() - 20].to_owned(),
        SEED.replace("$pbkdf2-sha512$", "{PBKDF2-SHA512}"),
        SEED.replace("$310000$", "$i=310000,l=64$").replace('.', "+"),
        "test:$apr1$H6uskkkW$IgXLP6ewTrSuBkTrqE8wj/".to_owned(),
    ] {
        assert!(codes(&text).contains(&"known-example".to_owned()), "{text}");
    }
}

#[test]
fn a_plaintext_secret_is_not_shown() {
    for digest in ["$plaintext$hunter2", "$base64$aHVudGVyMg"] {
        for format in ["text", "json"] {
            let output = run(&["inspect", "--format", format, digest], "").result();
            assert!(!output.contains("hunter2") && !output.contains("aHVudGVyMg"), "{output}");
        }
    }
}

#[test]
fn a_slow_digest_is_a_finding() {
    let slow = GOOD.replace("310000", "20000000");
    assert_eq!(codes(&slow), ["slow"]);
    assert!(inspect(&slow)["estimated_ms"].as_f64().unwrap() > 1000.0);
}

#[test]
fn a_digest_can_come_from_a_configuration() {
    let folder = folder();
    let file = folder.path().join("configuration.yml");
    let yaml = format!(
        "identity_providers: {{oidc: {{clients: [{{client_id: kasm, client_secret: '{QUICK}'}}]}}}}"
    );
    std::fs::write(&file, yaml).unwrap();
    let args = ["inspect", "--config", file.to_str().unwrap(), "--client", "kasm"];
    assert!(run(&args, "").result().starts_with("algorithm     argon2id (RFC 9106)\n"));
}

#[test]
fn text_that_is_not_a_digest_is_an_error() {
    run(&["inspect"], "").fails_with(&["no digest"]);
    run(&["inspect", "hunter2"], "").fails_with(&["must start with `$`", "single quotes"]);
    run(&["inspect", "$pbkdf2-sha512$310000$c8p78n7pUMln0jzvd4aK4Q"], "")
        .fails_with(&["key is missing"]);
}
