//! Parsing a digest in the form of any of the systems.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use crate::digest::error::{Field, ParseError, Problem};
use crate::digest::pbkdf2::{Pbkdf2, Prf};
use crate::digest::{Digest, Encoding};

/// The form of a digest's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Dialect {
    /// The form that [`Digest`] parses.
    Plain,
    /// PBKDF2 as a PHC string.
    Phc,
    /// With an LDAP scheme in front: `{CRYPT}`.
    Ldap,
    /// After a user's name, as in htpasswd and shadow files.
    UserFile,
    /// Django's form.
    Django,
    /// Keycloak's form.
    Keycloak,
    /// PBKDF2 in standard base64, perhaps padded, which Zitadel reads too.
    StandardBase64,
}

impl Dialect {
    /// Returns the name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Phc => "phc",
            Self::Ldap => "ldap",
            Self::UserFile => "user-file",
            Self::Django => "django",
            Self::Keycloak => "keycloak",
            Self::StandardBase64 => "standard-base64",
        }
    }

    /// Returns a description, empty for the usual form.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Phc => "as a PHC string",
            Self::Ldap => "with an LDAP scheme",
            Self::UserFile => "after a user's name",
            Self::Django => "Django's",
            Self::Keycloak => "Keycloak's",
            Self::StandardBase64 => "in standard base64",
        }
    }
}

/// Parses a digest in the form of any of the systems, and returns it with that form.
///
/// ```
/// use oidc_secret::provider::{Provider, read};
///
/// let (digest, _) = read("pbkdf2_sha256$1000$seasalt$x7fhp+0ZdVYf2BqsbiRZ2YMB9rDtiQ5YzCTzo3bBQlI=")?;
/// assert_eq!(digest.salt(), b"seasalt");
/// assert_eq!(Provider::Kanidm.write(&digest)?, "{PBKDF2-SHA256}1000$c2Vhc2FsdA$x7fhp.0ZdVYf2BqsbiRZ2Y\
///     MB9rDtiQ5YzCTzo3bBQlI");
/// # Ok::<(), oidc_secret::Error>(())
/// ```
///
/// # Errors
/// [`ParseError`] for a text that is not a digest.
pub fn read(text: &str) -> Result<(Digest, Dialect), ParseError> {
    let has_name = without_name(text).len() < text.len();
    let text = without_name(text);
    let (digest, dialect) = if text.trim_start().starts_with('{') && text.contains('"') {
        (keycloak(text)?, Dialect::Keycloak)
    } else if let Some(argon2) = text.strip_prefix("argon2$") {
        (format!("${argon2}").parse()?, Dialect::Django)
    } else if let Some(bcrypt) = text.strip_prefix("bcrypt$") {
        (bcrypt.parse()?, Dialect::Django)
    } else if text.starts_with("pbkdf2_") {
        (django(text)?, Dialect::Django)
    } else if text.starts_with('{') {
        (with_upper_scheme(text).parse()?, Dialect::Ldap)
    } else {
        plain(text)?
    };
    Ok((digest, if has_name { Dialect::UserFile } else { dialect }))
}

/// Returns the digest in `user:$2y$…` or `user:{CRYPT}…`: the text between the first colon and the
/// next, or all of a text without a name.
pub(crate) fn without_name(text: &str) -> &str {
    named(text).map_or(text, |(_, digest)| digest)
}

/// Returns the user's name before a digest, as in htpasswd and shadow files.
#[must_use]
pub fn name_in_front(text: &str) -> Option<&str> {
    named(text).map(|(name, _)| name)
}

fn named(text: &str) -> Option<(&str, &str)> {
    let (name, rest) = text.split_once(':')?;
    let is_name = !name.is_empty() && !name.contains(['$', '{', '"', ' ']);
    let digest = rest.split(':').next()?;
    (is_name && digest.starts_with(['$', '{'])).then_some((name, digest))
}

/// OpenLDAP ignores the case of a scheme.
fn with_upper_scheme(text: &str) -> String {
    match text.split_once('}') {
        Some((scheme, rest)) => format!("{}}}{rest}", scheme.to_ascii_uppercase()),
        None => text.to_owned(),
    }
}

fn plain(text: &str) -> Result<(Digest, Dialect), ParseError> {
    let error = match text.parse::<Digest>() {
        Ok(digest) if digest.encoding() == Encoding::Phc => return Ok((digest, Dialect::Phc)),
        Ok(digest) => return Ok((digest, Dialect::Plain)),
        Err(error) => error,
    };
    let wrong_alphabet = matches!(
        error,
        ParseError::Field {
            field: Field::Salt | Field::Key,
            problem: Problem::Character { character: '+' | '=', .. },
        }
    );
    if text.starts_with("$pbkdf2") && wrong_alphabet {
        let adapted = text.replace('+', ".").replace("=$", "$").replace("=$", "$");
        if let Ok(digest) = adapted.trim_end_matches('=').parse() {
            return Ok((digest, Dialect::StandardBase64));
        }
    }
    Err(error)
}

fn django(text: &str) -> Result<Digest, ParseError> {
    let problem = |field, problem| ParseError::Field { field, problem };
    let &[name, iterations, salt, key] = &*text.split('$').collect::<Vec<_>>() else {
        return Err(problem(Field::Parameters, Problem::NotDjango));
    };
    let prf = match name {
        "pbkdf2_sha256" => Prf::Sha256,
        "pbkdf2_sha1" => Prf::Sha1,
        _ => return Err(ParseError::UnknownIdentifier { known: "pbkdf2_sha256, pbkdf2_sha1" }),
    };
    let number = iterations.parse().ok().filter(|number| *number > 0);
    let iterations = number.ok_or(problem(Field::Iterations, Problem::NotANumber))?;
    let key = STANDARD.decode(key).ok().filter(|key| !key.is_empty());
    let key = key.ok_or(problem(Field::Key, Problem::NotPaddedBase64))?;
    let salt = salt.as_bytes().to_vec();
    Ok(Digest::Pbkdf2(Pbkdf2::new(prf, iterations, salt, key, Encoding::default())))
}

/// A user's credential; its two parts are text that is JSON, or JSON itself.
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
}

impl<T: serde::de::DeserializeOwned> Part<T> {
    fn json(self) -> Option<T> {
        match self {
            Self::Text(text) => serde_json::from_str(&text).ok(),
            Self::Json(json) => Some(json),
        }
    }
}

fn keycloak(text: &str) -> Result<Digest, ParseError> {
    let problem = |field, problem| ParseError::Field { field, problem };
    let malformed = || problem(Field::Parameters, Problem::NotKeycloak);
    let credential: Credential = serde_json::from_str(text).map_err(|_| malformed())?;
    let secret = credential.secret_data.json().ok_or_else(malformed)?;
    let credential = credential.credential_data.json().ok_or_else(malformed)?;
    let prf = match &*credential.algorithm {
        "pbkdf2" => Prf::Sha1,
        "pbkdf2-sha256" => Prf::Sha256,
        "pbkdf2-sha512" => Prf::Sha512,
        _ => {
            let names = Problem::UnknownName("pbkdf2, pbkdf2-sha256, pbkdf2-sha512");
            return Err(problem(Field::Identifier, names));
        }
    };
    let decode =
        |field, text| STANDARD.decode(text).map_err(|_| problem(field, Problem::NotPaddedBase64));
    let (salt, key) = (decode(Field::Salt, secret.salt)?, decode(Field::Key, secret.value)?);
    if key.is_empty() {
        return Err(problem(Field::Key, Problem::Empty));
    }
    let iterations = credential.hash_iterations;
    if iterations == 0 {
        let max = u32::MAX.into();
        return Err(problem(Field::Iterations, Problem::OutOfRange { min: 1, max }));
    }
    Ok(Digest::Pbkdf2(Pbkdf2::new(prf, iterations, salt, key, Encoding::default())))
}
