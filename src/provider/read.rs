//! Parsing a digest in the form of any of the systems.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::foreign::{self, Content, Software, recognise};
use super::keycloak;
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
    /// With a salt and a key in base64url, or padded where the format has no padding.
    OtherBase64,
    /// In base64 as a whole.
    Base64,
    /// The form of other software.
    Foreign(Software),
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
            Self::OtherBase64 => "other-base64",
            Self::Base64 => "base64",
            Self::Foreign(software) => software.name,
        }
    }

    /// Returns a description, empty for the usual form. That of other software is its name.
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
            Self::OtherBase64 => "in base64url or padded base64",
            Self::Base64 => "encoded in base64",
            Self::Foreign(software) => software.title,
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
/// [`ParseError`] for a text that is not a digest, [`ParseError::Foreign`] for one of other software that
/// cannot be rewritten.
pub fn read(text: &str) -> Result<(Digest, Dialect), ParseError> {
    read_once(text).or_else(|error| match base64_of_digest(text) {
        Some(read) => read,
        None => Err(error),
    })
}

/// Whether a digest's text has several meanings, of which [`read`] returns the likeliest: its salt may be
/// hex or text.
#[must_use]
pub fn is_ambiguous(text: &str) -> bool {
    let content = recognise(without_name(text)).map(|foreign| foreign.content);
    matches!(content, Some(Content::Digests(digests)) if digests.len() > 1)
}

/// Parses a digest that is encoded in base64 as a whole, as Kubernetes and Home Assistant write it.
fn base64_of_digest(text: &str) -> Option<Result<(Digest, Dialect), ParseError>> {
    let compact: String = text.split_ascii_whitespace().collect();
    let decoded = STANDARD.decode(compact).ok()?;
    let decoded = std::str::from_utf8(&decoded).ok()?.trim_end();
    match read_once(decoded) {
        Ok((digest, _)) => Some(Ok((digest, Dialect::Base64))),
        // The hash of a secret in hex is a form of its own, with its encoding in base64.
        Err(ParseError::Foreign(title)) if recognise(decoded)?.is_marked => {
            Some(Err(ParseError::Foreign(title)))
        }
        Err(_) => None,
    }
}

fn read_once(text: &str) -> Result<(Digest, Dialect), ParseError> {
    let has_name = without_name(text).len() < text.len();
    let text = without_name(text);
    let (digest, dialect) = of_system(text)?;
    Ok((digest, if has_name { Dialect::UserFile } else { dialect }))
}

fn of_system(text: &str) -> Result<(Digest, Dialect), ParseError> {
    if let Some(foreign) = recognise(text) {
        return of_software(foreign.software, foreign.content);
    }
    // A quote further on may be in the salt after an LDAP scheme.
    let object = text.trim_start().strip_prefix('{');
    if object.is_some_and(|members| members.trim_start().starts_with('"')) {
        return Ok((keycloak::read(text)?, Dialect::Keycloak));
    }
    if let Some(argon2) = text.strip_prefix("argon2$") {
        return Ok((format!("${argon2}").parse()?, Dialect::Django));
    }
    if let Some(bcrypt) = text.strip_prefix("bcrypt$") {
        return Ok((bcrypt.parse()?, Dialect::Django));
    }
    if text.starts_with("pbkdf2_") {
        return Ok((django(text)?, Dialect::Django));
    }
    if text.starts_with('{') {
        let text = with_upper_scheme(text);
        // go-crypt, and so our parser, refuses the scheme before this identifier alone. OpenLDAP hands
        // what is after it to crypt(3), which knows the identifier.
        let crypt = text.strip_prefix("{CRYPT}").filter(|rest| rest.starts_with("$md5,"));
        return Ok((crypt.unwrap_or(&text).parse()?, Dialect::Ldap));
    }
    plain(text)
}

/// Returns the digest of other software, the likeliest one if its text is ambiguous.
fn of_software(software: Software, content: Content) -> Result<(Digest, Dialect), ParseError> {
    let digest = match content {
        Content::Digests(digests) => digests.into_iter().next(),
        Content::Proof(_) | Content::Opaque => None,
    };
    let digest = digest.ok_or(ParseError::Foreign(software.title))?;
    Ok((digest, Dialect::Foreign(software)))
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
    let other = foreign::with_usual_alphabet(text).map(|digest| (digest, Dialect::OtherBase64));
    other.ok_or(error)
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
