//! `convert`, and `--for` of `hash` and `new`: digests in the formats of other systems.

use std::collections::BTreeSet;

use oidc_secret::Provider;
use serde_json::Value;

use super::{SEED, folder, run};

const BCRYPT: &str = "$2b$04$55New.8h1Q2ysvHdSrQMNOv3j4tRGU4cqk7AkM8ZBXoPdLbtSxQYe";

#[test]
fn every_dialect_vector_is_converted() {
    let vectors: Vec<Value> = include_str!("../vectors/dialects.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let count = format!("`dialects.jsonl`: {} digests", vectors.len());
    assert!(include_str!("../vectors/README.md").contains(&count), "{count}");
    let systems: BTreeSet<_> =
        vectors.iter().map(|vector| vector["to"].as_str().unwrap()).collect();
    assert_eq!(systems, Provider::ALL.iter().map(|provider| provider.name()).collect());
    for vector in vectors {
        let text = |name: &str| vector[name].as_str().unwrap();
        let args = ["convert", "--for", text("to"), "--digest-file", "-"];
        let (converted, _) = run(&args, text("digest")).result_and_messages();
        assert_eq!(converted.trim_end(), text("converted"), "{vector}");
    }
}

#[test]
fn unsupported_digests_are_refused_with_the_reason() {
    let short = "$pbkdf2-sha1$100000$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAA";
    let many = "$argon2id$v=19$m=4096,t=2,p=256$c3Ryb25nc2FsdA$AAAAAAAAAAAAAAAAAAAAAA";
    let long_salt = "$6$rounds=1000$abcdefghijklmnopq$key";
    let tiny_salt = "$argon2id$v=19$m=64,t=2,p=1$c2FsdHNhbA$AAAAAAAAAAAAAAAAAAAAAA";
    let cases = [
        ("vaultwarden", SEED, "it accepts argon2, not pbkdf2-sha512"),
        ("caddy", SEED, "it accepts bcrypt and argon2id"),
        ("htpasswd", "$1$abcdefgh$ukzWNW70chL342F.eljZU/", "it accepts bcrypt and apr1"),
        ("authelia", "$1$abcdefgh$ukzWNW70chL342F.eljZU/", "Authelia does not support this digest"),
        ("kanidm", short, "at least 19 bytes, and this one has 18"),
        ("kanidm", &SEED[..SEED.len() - 48], "at least 32 bytes, and this one has 28"),
        ("caddy", many, "parallelism from 1 to 255, and the digest has 256"),
        ("zitadel", many, "parallelism from 1 to 255"),
        ("hydra", "$pbkdf2-sha384$310000$c2FsdHNhbHQ$AAAA", "computes another key from it"),
        (
            "keycloak",
            "$pbkdf2-sha512$4294967295$c2FsdHNhbHQ$AAAA",
            "iterations from 1 to 2147483647",
        ),
        ("django", "$pbkdf2-sha256$1000$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA", "32 bytes only"),
        (
            "django",
            "$pbkdf2-sha256$1000$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "takes the salt as text",
        ),
        (
            "ldap",
            "$pbkdf2-sha256$1000$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
            "a salt of 16 bytes only",
        ),
        (
            "ldap",
            "$pbkdf2-sha256$1000$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
            "a key of 32 bytes only",
        ),
        ("zitadel", "$pbkdf2-sha512$999$c2FsdHNhbHQ$AAAA", "iterations from 1000 to 10000000"),
        ("vaultwarden", tiny_salt, "a salt of 8 to 48 bytes, and this one has 7"),
        ("phc", tiny_salt, "computes another key from it"),
        ("ldap", long_salt, "computes another key from it"),
        ("htpasswd", &BCRYPT.replace("2b", "2x"), "computes another key from it"),
        ("phc", BCRYPT, "it accepts pbkdf2, argon2 and scrypt"),
        ("keycloak", BCRYPT, "it accepts pbkdf2-sha512"),
        ("ldap", "$plaintext$hunter2", "the plaintext secret"),
    ];
    for (to, digest, words) in cases {
        let run = run(&["convert", "--for", to, digest], "");
        assert!(!run.stderr.contains("hunter2"), "{}", run.stderr);
        run.fails_with(&["does not support this digest", words]);
    }
}

#[test]
fn malformed_digests_are_located_and_not_quoted() {
    for (text, words) in [
        ("hunter2", "must start with `$`"),
        ("{\"secretData\": \"hunter2\"}", "Keycloak's form"),
        ("{\"secretData\": {}, \"credentialData\": \"hunter2\"}", "Keycloak's form"),
        ("pbkdf2_sha256$hunter2", "Django's form"),
        ("pbkdf2_sha256$hunter2$salt$a2V5", "iterations"),
        ("pbkdf2_sha256$1000$salt$hunter2", "padding"),
        ("pbkdf2_sha512$1000$salt$a2V5", "identifier"),
        (
            r#"{"secretData": {"value": "aGk=", "salt": ""}, "credentialData": {"hashIterations": 1, "algorithm": "bcrypt"}}"#,
            "pbkdf2, pbkdf2-sha256, pbkdf2-sha512, argon2",
        ),
        (
            r#"{"secretData": {"value": "aGk=", "salt": ""}, "credentialData": {"hashIterations": 1, "algorithm": "argon2"}}"#,
            "Keycloak's form of Argon2 1.3",
        ),
        (
            r#"{"secretData": {"value": "aGk=", "salt": ""}, "credentialData": {"hashIterations": 1, "algorithm": "argon2", "additionalParameters": {"type": ["id"], "version": ["1.0"], "memory": ["64"], "parallelism": ["1"]}}}"#,
            "Keycloak's form of Argon2 1.3",
        ),
        (
            r#"{"secretData": {"value": "aGk=", "salt": ""}, "credentialData": {"hashIterations": 0, "algorithm": "pbkdf2"}}"#,
            "iterations",
        ),
        ("joe:hunter2", "must start with `$`"),
        ("{SSHA}hunter2", "must start with `$`"),
    ] {
        let run = run(&["convert", "--for", "authelia", "--digest-file", "-"], text);
        assert!(!run.stderr.contains("hunter2"), "{}", run.stderr);
        run.fails_with(&[words]);
    }
    run(&["convert", SEED], "").fails_with(&["missing", "--for"]);
    run(&["convert", "--for", "dex", SEED], "").fails_with(&["--for", "keycloak", "vaultwarden"]);
    run(&["convert", "--for", "ldap"], "").fails_with(&["no digest", "--digest-file"]);
}

#[test]
fn username_writes_a_line_of_a_password_file() {
    let args = ["convert", "--for", "htpasswd", "--username", "joe", BCRYPT];
    let (line, messages) = run(&args, "").result_and_messages();
    assert_eq!(line, BCRYPT.replace("$2b$", "joe:$2y$") + "\n");
    assert!(messages.contains("hint: in a Compose file, double every $"), "{messages}");
    for name in ["", "a:b", "a\nb"] {
        run(&["convert", "--for", "htpasswd", "--username", name, BCRYPT], "")
            .fails_with(&["--username", "colon"]);
    }
    run(&["convert", "--for", "ldap", "--username", "joe", BCRYPT], "").fails_with(&["--username"]);
    run(&["hash", "--username", "joe"], "x").fails_with(&["--username", "htpasswd"]);
}

#[test]
fn a_client_in_a_configuration_is_converted() {
    let folder = folder();
    let file = folder.path().join("configuration.yml");
    let yaml = format!(
        "identity_providers:\n  oidc:\n    clients:\n      - client_id: kasm\n        client_secret: '{SEED}'\n"
    );
    std::fs::write(&file, yaml).unwrap();
    let args = ["convert", "--for", "ldap", "--config", file.to_str().unwrap(), "--client", "kasm"];
    let converted = run(&args, "").result();
    assert_eq!(converted.trim(), SEED.replace("$pbkdf2-sha512$", "{PBKDF2-SHA512}"));
}

/// Converts a digest to a format that `verify` reads.
fn readable(digest: &str) -> String {
    let to = if digest.contains("$apr1$") { "htpasswd" } else { "authelia" };
    let args = ["convert", "--for", to, "--digest-file", "-"];
    run(&args, digest).result_and_messages().0
}

#[test]
fn a_digest_for_every_provider_matches_the_secret() {
    for provider in Provider::ALL {
        let args = ["hash", "--for", provider.name()];
        let (digest, _) = run(&args, "insecure_secret").result_and_messages();
        assert_eq!(digest.lines().count(), 1, "{digest}");
        let plain = readable(&digest);
        for (secret, verdict) in [("insecure_secret", "match\n"), ("insecure_secreT", "mismatch\n")]
        {
            let run = run(&["verify", plain.trim()], secret);
            assert_eq!(run.stdout, verdict, "{provider:?}: {digest} {}", run.stderr);
        }
    }
}

#[test]
fn each_provider_has_its_format_and_defaults() {
    let systems = super::lists::documented_systems();
    let names: Vec<_> = systems.iter().map(|(name, _)| *name).collect();
    assert!(Provider::ALL.iter().map(|provider| provider.name()).eq(names));
    for (provider, start) in systems {
        let (digest, _) = run(&["hash", "--for", provider], "x").result_and_messages();
        assert!(digest.starts_with(start), "{provider}: {digest}");
    }
    let args = ["hash", "-q", "--for", "caddy", "--cost", "10"];
    assert!(run(&args, "x").result().starts_with("$2a$10$"));
    let args = ["hash", "-q", "--for", "ldap", "-a", "sha512crypt", "--rounds", "1000"];
    assert!(run(&args, "x").result().starts_with("{CRYPT}$6$rounds=1000$"));
    // These are refused before the secret is read.
    for (provider, algorithm, words) in [
        ("caddy", "pbkdf2-sha512", "it accepts bcrypt and argon2id"),
        ("vaultwarden", "bcrypt", "it accepts argon2"),
        ("django", "pbkdf2-sha512", "it accepts pbkdf2-sha256"),
        ("hydra", "pbkdf2-sha224", "another key"),
    ] {
        run(&["hash", "--for", provider, "-a", algorithm], "").fails_with(&[words]);
    }
    run(&["hash", "--for", "ldap", "--encoding", "phc"], "x").fails_with(&[
        "--encoding",
        "--for",
        "exclude each other",
    ]);
}

#[test]
fn a_batch_is_written_for_a_provider() {
    let args = ["hash", "--batch", "--for", "ldap", "-i", "100000"];
    let lines = run(&args, "one\ntwo\n").result();
    assert!(lines.lines().all(|line| line.starts_with("{PBKDF2-SHA512}100000$")), "{lines}");
    assert_eq!(lines.lines().count(), 2);
}

#[test]
fn a_new_client_has_a_digest_for_its_provider() {
    let args = ["new", "--id", "joe", "--for", "htpasswd", "--format", "json"];
    let (client, _) = run(&args, "").result_and_messages();
    let client: Value = serde_json::from_str(&client).unwrap();
    let digest = client["client_secret_digest"].as_str().unwrap();
    assert!(digest.starts_with("joe:$2y$10$"), "{digest}");
    let secret = client["client_secret"].as_str().unwrap();
    assert_eq!(run(&["verify", readable(digest).trim()], secret).result(), "match\n");
    let (text, _) = run(&["new", "kasm", "--for", "vaultwarden"], "").result_and_messages();
    assert!(text.contains("Digest: for Vaultwarden only\n  $argon2id$"), "{text}");
    run(&["new", "--for", "caddy", "--format", "authelia"], "")
        .fails_with(&["--format authelia", "--for"]);
    // bcrypt would ignore all after 72 bytes.
    run(&["new", "-a", "bcrypt", "--length", "73"], "").fails_with(&["73 bytes", "72"]);
}
