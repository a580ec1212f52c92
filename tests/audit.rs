//! Authelia's verdicts on the configurations of `tests/vectors`.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use oidc_secret::authelia::Configuration;
use oidc_secret::{Code, Severity, audit};
use serde_json::Value;

/// The findings about which Authelia says nothing: they concern the strength of a digest, a mistake that
/// stops no one from signing in, or one that it notices only when someone signs in.
const OWN: [Code; 11] = [
    Code::BelowAuthelia,
    Code::BelowOwasp,
    Code::HashedSecret,
    Code::KeyTruncated,
    Code::NoHmacSecret,
    Code::NoRedirectUri,
    Code::PublicApplication,
    Code::SaltTooShort,
    Code::SameSecret,
    Code::Unquoted,
    Code::UnusualBoolean,
];

/// The configurations with another verdict than Authelia's, and the reason for it.
const DEVIATIONS: [(&str, &str, &str); 11] = [
    ("o0068", "error", "a digest without its $ is not a plaintext secret"),
    ("o0074", "error", "a digest of another system is not a plaintext secret"),
    ("o0084", "error", "a digest of another system is not a plaintext secret"),
    ("o0089", "error", "a digest after a space is not a plaintext secret"),
    ("o0092", "error", "a digest after a label is not a plaintext secret"),
    ("o0100", "error", "the rest of a digest is not a plaintext secret"),
    ("o0101", "ok", "the filter for templates may be set elsewhere"),
    ("o0102", "ok", "the filter for variables may be set elsewhere"),
    ("o0107", "error", "no scrypt has a cost of 1: no secret matches"),
    ("o0609", "error", "with a digest, no request object can be verified"),
    ("o0961", "error", "with a digest, no request object can be verified"),
];

/// The start of every RSA key of 2048 bits in PKCS #8: enough to tell its algorithm.
const ISSUER_KEY: &str = "-----BEGIN PRIVATE KEY----- MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgw \
                          -----END PRIVATE KEY-----";

/// Returns the verdict of the audit, and the codes of its findings.
fn verdict(yaml: &str) -> (&'static str, Vec<&'static str>) {
    let Ok(file) = Configuration::parse("configuration.yml", yaml) else {
        return ("error", vec!["unreadable"]);
    };
    let report = audit(&[file]);
    if report.clients.is_empty() {
        return ("error", vec!["no clients"]);
    }
    let clients = report.clients.iter().flat_map(|client| &client.findings);
    let codes: Vec<Code> =
        report.findings.iter().chain(clients).map(|located| located.finding.code).collect();
    let verdict =
        match codes.iter().filter(|code| !OWN.contains(code)).map(|code| code.severity()).min() {
            Some(Severity::Error) => "error",
            Some(Severity::Warning) => "warning",
            Some(Severity::Note) | None => "ok",
        };
    (verdict, codes.iter().map(|code| code.name()).collect())
}

#[test]
fn every_configuration_gets_authelias_verdict() {
    let text = include_str!("vectors/configurations.jsonl");
    let vectors: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let count = format!("`configurations.jsonl`: {} configurations", vectors.len());
    assert!(include_str!("vectors/README.md").contains(&count), "{count}");
    let mut wrong = Vec::new();
    for vector in &vectors {
        let yaml = vector["yaml"].as_str().unwrap().replace("ISSUER_KEY", ISSUER_KEY);
        let (ours, codes) = verdict(&yaml);
        let deviation = DEVIATIONS.iter().find(|(id, ..)| vector["id"] == *id);
        let expected =
            deviation.map_or(vector["authelia"].as_str().unwrap(), |(_, verdict, _)| verdict);
        if ours != expected {
            let [id, rule, note] = ["id", "rule", "note"].map(|key| vector[key].as_str().unwrap());
            wrong.push(format!("{id} {rule}, {note}: {ours} instead of {expected}: {codes:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
