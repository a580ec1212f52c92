//! Digests of other software in `convert`, `inspect`, `diagnose` and `audit`.

use std::time::Duration;

use oidc_secret::{Limits, Secret, Verdict};
use serde_json::{Value, json};

use super::peers::{python, verified};
use super::{Run, folder, run};

/// A digest that an implementation of its software made.
struct Vector {
    form: String,
    can: String,
    digest: String,
    secret: String,
}

fn vectors() -> Vec<Vector> {
    let read = |line: &str| {
        let vector: Value = serde_json::from_str(line).unwrap();
        let text = |name: &str| vector[name].as_str().unwrap().to_owned();
        let [form, can, digest, secret] = ["form", "can", "digest", "secret"].map(text);
        Vector { form, can, digest, secret }
    };
    include_str!("../vectors/foreign.jsonl").lines().map(read).collect()
}

/// PBKDF2 by Python's hashlib, with the text of the 32 hex digits as the salt.
const TEXT_SALT: &str = "$pbkdf2-sha512$1000$00112233445566778899aabbccddeeff$27ce2dffd221e7ec3bbfb35b88150d12ff18190fbd5866f3873c8491d08c191f541acba35c5a57491a2be032dfbf1bdb3f561cea96ceccfe21fe553bbebb1ba8";

fn convert(digest: &str) -> Run {
    run(&["convert", "--for", "authelia", "--digest-file", "-"], digest)
}

/// Returns the converted digests with their secrets.
fn converted() -> Vec<(String, String)> {
    let convertible = vectors().into_iter().filter(|vector| vector.can == "convert");
    let convert = |vector: Vector| {
        let (digest, _) = convert(&vector.digest).result_and_messages();
        (digest.trim_end().to_owned(), vector.secret)
    };
    convertible.map(convert).collect()
}

/// Returns the verdict and the findings of a diagnosis.
fn diagnose(digest: &str, secret: &str) -> (Value, Vec<Value>) {
    let folder = folder();
    let file = folder.path().join("digest.txt");
    std::fs::write(&file, digest).unwrap();
    let file = file.to_str().unwrap();
    let args = ["diagnose", "--format", "json", "--digest-file", file];
    let output = run(&args, secret);
    assert!(matches!(output.code, Some(1 | 2)), "{digest} {}", output.stderr);
    assert!(!output.stdout.contains(secret) && !output.stderr.contains(secret), "{digest}");
    let answer: Value = serde_json::from_str(&output.stdout).unwrap();
    (answer["verdict"].clone(), answer["findings"].as_array().unwrap().clone())
}

fn text<'f>(finding: &'f Value, key: &str) -> &'f str {
    finding[key].as_str().unwrap()
}

/// Whether a finding reports that the secret belongs to the digest.
fn is_proof(finding: &Value) -> bool {
    let words = ["the secret matches", "was made from this secret", "of the secret in"];
    words.iter().any(|words| text(finding, "message").contains(words))
}

#[test]
fn the_vectors_are_counted() {
    let count = format!("`foreign.jsonl`: {} digests", vectors().len());
    assert!(include_str!("../vectors/README.md").contains(&count), "{count}");
}

#[test]
fn a_converted_digest_matches_the_secret() {
    let converted = converted();
    for (wrong, expected) in [("", "match"), ("x", "mismatch")] {
        let record = |(digest, secret): &(String, String)| {
            format!("{}\n", json!({"digest": digest, "secret": format!("{secret}{wrong}")}))
        };
        let input: String = converted.iter().map(record).collect();
        // Without --any-format: only what Authelia reads.
        let output = run(&["verify", "--batch"], input);
        assert_eq!(output.stdout.lines().count(), converted.len(), "{}", output.stderr);
        for (line, (digest, _)) in output.stdout.lines().zip(&converted) {
            let verdict: Value = serde_json::from_str(line).unwrap();
            assert_eq!(verdict["verdict"], expected, "{digest} {verdict}");
        }
    }
}

#[test]
fn a_converted_digest_is_verified_by_peers() {
    let Some(python) = python() else { return };
    let read = verified(&python, &converted());
    for peer in ["with_hashlib_pbkdf2", "with_hashlib_scrypt", "with_argon2_cffi", "with_libxcrypt"]
    {
        assert!(read.contains_key(peer), "{peer}: {read:?}");
    }
}

#[test]
fn a_converted_digest_is_one_that_authelia_accepts_as_it_is() {
    for (digest, _) in converted() {
        let again = convert(&digest).result();
        assert_eq!(again.trim_end(), digest);
        let parsed: oidc_secret::Digest = digest.parse().unwrap();
        assert!(oidc_secret::rejected_by_authelia(&digest, &parsed).is_none(), "{digest}");
    }
}

/// The oracle is Django itself, and the documented fields of Keycloak.
#[test]
fn the_systems_own_digests_come_back_unchanged() {
    let back = |vector: &Vector| {
        let (digest, _) = convert(&vector.digest).result_and_messages();
        let args = ["convert", "--for", &vector.form, "--digest-file", "-"];
        run(&args, digest).result_and_messages().0.trim_end().to_owned()
    };
    let vectors = vectors();
    let of = |form: &'static str| vectors.iter().filter(move |vector| vector.form == form);
    for vector in of("django").filter(|vector| !vector.digest.starts_with("bcrypt$")) {
        assert_eq!(back(vector), vector.digest);
    }
    for vector in of("keycloak") {
        let [expected, actual] = [&vector.digest, &back(vector)].map(|text| {
            let credential: Value = serde_json::from_str(text).unwrap();
            ["secretData", "credentialData"].map(|part| {
                let json: Value = serde_json::from_str(credential[part].as_str().unwrap()).unwrap();
                json
            })
        });
        assert_eq!(actual[1], expected[1]);
        assert_eq!(
            ["salt", "value"].map(|name| &actual[0][name]),
            ["salt", "value"].map(|name| &expected[0][name])
        );
    }
}

#[test]
fn a_digest_that_cannot_be_converted_is_refused_in_one_sentence() {
    for vector in vectors() {
        match &*vector.can {
            "convert" => {}
            "refuse" => convert(&vector.digest).fails_with(&["does not support this digest"]),
            _ => {
                let output = convert(&vector.digest);
                assert_eq!(output.stderr.lines().count(), 2, "{}", output.stderr);
                let is_plain = vector.form.ends_with("noop") || vector.form.ends_with("plain");
                assert!(!is_plain || !output.stderr.contains(&vector.secret), "{}", output.stderr);
                let sentence = "which cannot be converted without the secret";
                output.fails_with(&["this has the form of", sentence, "hint: make a new digest"]);
            }
        }
    }
}

/// The fixes of `verify` work too, and no hint blames the shell for the few `$` of such a text.
#[test]
fn verify_offers_a_conversion_only_where_there_is_one() {
    for vector in vectors() {
        let output = run(&["verify", &vector.digest], &vector.secret);
        let is_offered = output.stderr.contains("oidc-secret convert");
        let is_convertible = vector.can == "convert";
        assert!(!output.stderr.contains("single quotes"), "{} {}", vector.digest, output.stderr);
        // The text of these is one of our formats too.
        if !matches!(&*vector.form, "hex-fields" | "mosquitto-sha512") {
            assert_eq!(output.code, Some(2), "{}", vector.digest);
            assert_eq!(is_offered, is_convertible, "{} {}", vector.digest, output.stderr);
        }
    }
}

#[test]
fn inspect_names_the_form() {
    for vector in vectors() {
        let args = ["inspect", "--format", "json", "--digest-file", "-"];
        let output = run(&args, &vector.digest);
        if !matches!(&*vector.can, "convert" | "refuse") {
            output.fails_with(&["this has the form of", "without the secret", "oidc-secret hash"]);
            continue;
        }
        let inspection: Value = serde_json::from_str(&output.result()).unwrap();
        assert_eq!(inspection["dialect"], *vector.form, "{}", vector.digest);
        for finding in inspection["findings"].as_array().unwrap() {
            let fix = text(finding, "fix");
            assert!(vector.can == "convert" || !fix.contains("oidc-secret convert"), "{finding}");
        }
    }
}

#[test]
fn the_right_secret_is_proved_and_the_fix_works() {
    for vector in vectors() {
        let (verdict, findings) = diagnose(&vector.digest, &vector.secret);
        assert_ne!(verdict, "match", "{}", vector.digest);
        let first = &findings[0];
        let is_proved = vector.can != "name";
        assert_eq!(is_proof(first), is_proved, "{} {first}", vector.digest);
        let is_convertible = vector.can == "convert";
        for finding in &findings {
            let fix = text(finding, "fix");
            assert!(is_convertible || !fix.contains("convert"), "{} {fix}", vector.digest);
            assert!(is_convertible || !fix.contains("from its first $"), "{} {fix}", vector.digest);
        }
        if !matches!(&*vector.form, "other-base64" | "base64") {
            assert_eq!(first["code"], "other-dialect", "{} {first}", vector.digest);
            let expected = if is_convertible { "oidc-secret convert" } else { "oidc-secret hash" };
            assert!(text(first, "fix").contains(expected), "{} {first}", vector.digest);
        }
    }
}

#[test]
fn a_wrong_secret_proves_nothing() {
    // Few candidates for slow digests.
    let limits = Limits { time: Duration::from_secs(1), ..Limits::default() };
    let secret = Secret::from("another-secret".to_owned());
    for vector in vectors() {
        let diagnosis = oidc_secret::diagnose(&secret, &vector.digest, &limits);
        assert!(
            !diagnosis.is_proved && diagnosis.verdict != Ok(Verdict::Match),
            "{}",
            vector.digest
        );
        for finding in &diagnosis.findings {
            let finding = json!({"message": finding.message});
            assert!(!is_proof(&finding), "{} {finding}", vector.digest);
        }
    }
}

#[test]
fn a_bare_hash_of_the_secret_and_a_newline_is_proved() {
    // printf 'insecure_secret\n' | sha256sum
    let digest = "90ab207ff591541ca309dc4bb1e222169491d8c0334227ff31ff436a13b78494";
    let (_, findings) = diagnose(digest, "insecure_secret");
    let message = text(&findings[0], "message");
    assert!(
        message.contains("the SHA-256 of the secret in hex, after adding a newline"),
        "{message}"
    );
}

/// A salt in hex may be hashed as text: the secret decides in a diagnosis, and `convert` gives a hint.
#[test]
fn an_ambiguous_salt_is_decided_by_the_secret() {
    let vectors = vectors();
    let hex = vectors.iter().filter(|vector| vector.form == "hex-fields");
    let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    for vector in hex.filter(|vector| is_hex(vector.digest.rsplit('$').nth(1).unwrap())) {
        let (_, messages) = convert(&vector.digest).result_and_messages();
        assert!(messages.contains("hint: the salt may be hex or text"), "{messages}");
    }
    let (_, findings) = diagnose(TEXT_SALT, "insecure_secret");
    assert!(is_proof(&findings[0]), "{findings:?}");
    assert!(text(&findings[0], "fix").contains("oidc-secret hash"), "{findings:?}");
    let (digest, _) = convert(TEXT_SALT).result_and_messages();
    assert_eq!(run(&["verify", digest.trim()], "insecure_secret").code, Some(1));
}

#[test]
fn bcrypt_of_a_hash_is_never_offered_as_plain_bcrypt() {
    let vectors = vectors();
    let names = ["wordpress", "django-bcrypt-sha256"];
    for vector in vectors.iter().filter(|vector| names.contains(&&*vector.form)) {
        let digest = &vector.digest;
        for damaged in [
            format!(" {digest}"),
            format!("'{digest}'"),
            format!("\"{digest}"),
            format!("Digest: {digest}"),
            format!("SECRET={digest}"),
            digest.replace('$', "$$"),
            digest.replace('$', "\\$"),
            format!("{digest} # new"),
        ] {
            let (_, findings) = diagnose(&damaged, &vector.secret);
            for finding in findings {
                let fix = text(&finding, "fix");
                assert!(
                    !fix.contains("from its first $") && !fix.contains("convert"),
                    "{damaged} {fix}"
                );
            }
        }
    }
}

#[test]
fn the_audit_offers_no_conversion_that_cannot_work() {
    let folder = folder();
    let file = folder.path().join("configuration.yml");
    let mut yaml = "identity_providers:\n  oidc:\n    clients:\n".to_owned();
    for (index, vector) in vectors().iter().filter(|vector| vector.can != "convert").enumerate() {
        let digest = vector.digest.replace('\'', "''");
        let client = format!("      - client_id: 'c{index}'\n        client_secret: '{digest}'\n");
        yaml.push_str(&client);
    }
    std::fs::write(&file, yaml).unwrap();
    let output = run(&["audit", file.to_str().unwrap()], "");
    assert_eq!(output.code, Some(1), "{}", output.stderr);
    for words in ["oidc-secret convert", "from its first $"] {
        assert!(!output.stdout.contains(words), "{words} is in: {}", output.stdout);
    }
    assert!(output.stdout.contains("it has the form of WordPress"), "{}", output.stdout);
}

/// The text of these is one of our formats too, with another key.
#[test]
fn the_audit_names_digests_whose_text_authelia_misreads() {
    for (form, words) in [
        ("hex-fields", "in which Authelia reads another key"),
        ("mosquitto-sha512", "it has the form of Mosquitto"),
    ] {
        // Authelia refuses PHC strings of PBKDF2 altogether.
        let is_this = |vector: &&Vector| vector.form == form && !vector.digest.contains("$i=");
        for vector in vectors().iter().filter(is_this) {
            let yaml = format!(
                "identity_providers: {{oidc: {{clients: [{{client_id: a, client_secret: '{}'}}]}}}}",
                vector.digest
            );
            let output = run(&["audit", "-"], yaml);
            assert!(output.stdout.contains(words), "{} {}", vector.digest, output.stdout);
        }
    }
}

#[test]
fn white_space_around_a_digest_does_not_hide_its_form() {
    for vector in vectors().iter().filter(|vector| vector.form.starts_with("aspnet")) {
        let yaml = format!(
            "identity_providers: {{oidc: {{clients: [{{client_id: a, client_secret: ' {} '}}]}}}}",
            vector.digest
        );
        let folder = folder();
        let file = folder.path().join("configuration.yml");
        std::fs::write(&file, yaml).unwrap();
        let args = ["diagnose", "--config", file.to_str().unwrap()];
        let output = run(&args, &vector.secret);
        assert!(
            output.stdout.contains("once that is undone, the secret matches"),
            "{}",
            output.stdout
        );
    }
}
