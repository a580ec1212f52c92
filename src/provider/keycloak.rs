//! Keycloak's form of a user's credential: an object with `secretData` and `credentialData`, each of
//! which is text that is JSON, or JSON itself.

use std::collections::HashMap;
use std::fmt::Write as _;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::unsupported::Unsupported;
use super::write::{Written, bounds, has_scheme, refused};
use crate::digest::argon2::{Argon2, Cost, Variant};
use crate::digest::error::{Field, ParseError, Problem};
use crate::digest::pbkdf2::{Pbkdf2, Prf};
use crate::digest::{Alphabet, Digest, DigestFields as _, Encoding, pbkdf2_name};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Credential {
    secret_data: Part<SecretData>,
    credential_data: Part<CredentialData>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Part<T> {
    Text(String),
    Json(T),
}

#[derive(Deserialize)]
struct SecretData {
    value: String,
    salt: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CredentialData {
    hash_iterations: u32,
    algorithm: String,
    #[serde(default)]
    additional_parameters: HashMap<String, Vec<String>>,
}

impl<T: serde::de::DeserializeOwned> Part<T> {
    fn json(self) -> Option<T> {
        match self {
            Self::Text(text) => serde_json::from_str(&text).ok(),
            Self::Json(json) => Some(json),
        }
    }
}

fn problem(field: Field, problem: Problem) -> ParseError {
    ParseError::Field { field, problem }
}

pub(super) fn read(text: &str) -> Result<Digest, ParseError> {
    let malformed = || problem(Field::Parameters, Problem::NotKeycloak);
    let credential: Credential = serde_json::from_str(text).map_err(|_| malformed())?;
    let secret = credential.secret_data.json().ok_or_else(malformed)?;
    let data = credential.credential_data.json().ok_or_else(malformed)?;
    let decode =
        |field, text| STANDARD.decode(text).map_err(|_| problem(field, Problem::NotPaddedBase64));
    let prf = prf(&data.algorithm);
    let (salt, key) = (decode(Field::Salt, secret.salt), decode(Field::Key, secret.value));
    match prf {
        Some(prf) => pbkdf2(prf, data.hash_iterations, salt?, key?),
        None if data.algorithm == "argon2" => argon2(&data, &salt?, &key?),
        None => {
            let names = Problem::UnknownName("pbkdf2, pbkdf2-sha256, pbkdf2-sha512, argon2");
            Err(problem(Field::Identifier, names))
        }
    }
}

fn prf(algorithm: &str) -> Option<Prf> {
    Some(match algorithm {
        "pbkdf2" => Prf::Sha1,
        "pbkdf2-sha256" => Prf::Sha256,
        "pbkdf2-sha512" => Prf::Sha512,
        _ => return None,
    })
}

fn pbkdf2(prf: Prf, iterations: u32, salt: Vec<u8>, key: Vec<u8>) -> Result<Digest, ParseError> {
    if key.is_empty() {
        return Err(problem(Field::Key, Problem::Empty));
    }
    if iterations == 0 {
        let max = u32::MAX.into();
        return Err(problem(Field::Iterations, Problem::OutOfRange { min: 1, max }));
    }
    Ok(Digest::Pbkdf2(Pbkdf2::new(prf, iterations, salt, key, Encoding::default())))
}

/// Reads the parameters of `org.keycloak.crypto.hash.Argon2PasswordHashProvider`, each of which is a list
/// of one text.
fn argon2(data: &CredentialData, salt: &[u8], key: &[u8]) -> Result<Digest, ParseError> {
    let parameter = |name: &str| {
        let values = data.additional_parameters.get(name)?;
        values.first().map(|value| &**value)
    };
    let missing = || problem(Field::Parameters, Problem::NotKeycloakArgon2);
    let kind = parameter("type").filter(|kind| matches!(*kind, "id" | "i" | "d"));
    let kind = kind.ok_or_else(missing)?;
    // Version 1.0 computes another key, and Authelia accepts only 1.3, which is `v=19`.
    parameter("version").filter(|version| *version == "1.3").ok_or_else(missing)?;
    let memory = parameter("memory").ok_or_else(missing)?;
    let lanes = parameter("parallelism").ok_or_else(missing)?;
    let encode = |bytes| Alphabet::Standard.encode(bytes);
    // Parsed from text, because the parser checks the bounds of the parameters.
    let (iterations, salt, key) = (data.hash_iterations, encode(salt), encode(key));
    format!("$argon2{kind}$v=19$m={memory},t={iterations},p={lanes}${salt}${key}").parse()
}

/// Returns a user's credential, as in a realm's export: two texts that are JSON themselves.
pub(super) fn write(digest: &Digest) -> Written {
    let data = match digest {
        Digest::Pbkdf2(pbkdf2) if has_scheme(pbkdf2.prf()) => pbkdf2_data(pbkdf2)?,
        Digest::Argon2(argon2) => argon2_data(argon2)?,
        _ => return refused(digest, "pbkdf2-sha512, pbkdf2-sha256, pbkdf2-sha1 and argon2"),
    };
    let (salt, key) = (STANDARD.encode(digest.salt()), STANDARD.encode(digest.key()));
    let secret = format!(r#"{{"value":"{key}","salt":"{salt}"}}"#);
    let mut text = r#"{"type":"password""#.to_owned();
    for (name, json) in [("secretData", secret), ("credentialData", data)] {
        // Base64 and names have nothing else to escape.
        let escaped = json.replace('"', "\\\"");
        // Writing to a string cannot fail.
        let _ = write!(text, r#","{name}":"{escaped}""#);
    }
    Ok(text + "}")
}

fn pbkdf2_data(pbkdf2: &Pbkdf2) -> Written {
    let algorithm = match pbkdf2.prf() {
        Prf::Sha1 => "pbkdf2",
        prf => pbkdf2_name(prf),
    };
    let iterations = int("iterations", pbkdf2.iterations())?;
    Ok(format!(r#"{{"hashIterations":{iterations},"algorithm":"{algorithm}"}}"#))
}

fn argon2_data(argon2: &Argon2) -> Written {
    let kind = match argon2.variant() {
        Variant::Argon2id => "id",
        Variant::Argon2i => "i",
        Variant::Argon2d => "d",
    };
    let Cost { memory, iterations, parallelism } = argon2.cost();
    let (iterations, memory) = (int("iterations", iterations)?, int("memory", memory)?);
    let length = argon2.key().len();
    Ok(format!(
        r#"{{"hashIterations":{iterations},"algorithm":"argon2","additionalParameters":{{"hashLength":["{length}"],"memory":["{memory}"],"type":["{kind}"],"version":["1.3"],"parallelism":["{parallelism}"]}}}}"#
    ))
}

/// Checks that a parameter is not larger than an `int` in Java.
fn int(parameter: &'static str, value: u32) -> Result<u32, Unsupported> {
    bounds(parameter, value, 1, i32::MAX.unsigned_abs())?;
    Ok(value)
}
