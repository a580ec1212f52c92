//! Digests: parsing, printing, and the list of the algorithms behind them.
//!
//! | format | form |
//! | --- | --- |
//! | [`pbkdf2`] as Authelia writes it | `$pbkdf2-sha512$310000$SALT$KEY`, adapted base64 |
//! | [`pbkdf2`] as a PHC string | `$pbkdf2-sha512$i=310000,l=64$SALT$KEY`, standard base64 |
//! | [`argon2`] | `$argon2id$v=19$m=65536,t=3,p=4$SALT$KEY`, standard base64 |
//!
//! Reading is as lenient as go-crypt, the library that Authelia reads its clients' digests with,
//! so that a verdict here is the verdict there; printing is canonical.

pub mod argon2;
mod base64;
pub mod pbkdf2;

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Field, ParseError, Problem};
use argon2::{Argon2, Variant};
use pbkdf2::{Pbkdf2, Prf};

/// A digest's algorithm with its variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// PBKDF2 (RFC 8018 §5.2) with HMAC over one of the SHA family.
    Pbkdf2(Prf),
    /// Argon2 version 19 (RFC 9106).
    Argon2(Variant),
}

impl Algorithm {
    /// Every algorithm, the default first.
    pub const ALL: [Self; 8] = [
        Self::Pbkdf2(Prf::Sha512),
        Self::Pbkdf2(Prf::Sha384),
        Self::Pbkdf2(Prf::Sha256),
        Self::Pbkdf2(Prf::Sha224),
        Self::Pbkdf2(Prf::Sha1),
        Self::Argon2(Variant::Argon2id),
        Self::Argon2(Variant::Argon2i),
        Self::Argon2(Variant::Argon2d),
    ];

    /// The name, which is also the identifier in a digest (but for `pbkdf2-sha1`, which digests
    /// call `pbkdf2`).
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pbkdf2(prf) => prf.algorithm_name(),
            Self::Argon2(variant) => variant.identifier(),
        }
    }

    /// The form of a digest, for messages.
    #[must_use]
    pub const fn form(self) -> &'static str {
        match self {
            Self::Pbkdf2(_) => "$pbkdf2-HASH$ITERATIONS$SALT$KEY",
            Self::Argon2(_) => "$argon2id$v=19$m=MEMORY,t=ITERATIONS,p=PARALLELISM$SALT$KEY",
        }
    }

    /// The algorithm that a digest's identifier stands for.
    fn from_identifier(identifier: &str) -> Option<Self> {
        match identifier {
            "pbkdf2" => Some(Self::Pbkdf2(Prf::Sha1)),
            _ => Self::ALL.into_iter().find(|algorithm| algorithm.name() == identifier),
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How a digest is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Encoding {
    /// As Authelia (and libpass) write and read it.
    #[default]
    Authelia,
    /// The PHC string format.
    Phc,
}

/// A digest: algorithm, parameters, salt and key.
///
/// ```
/// use oidc_secret::Digest;
///
/// let text = "$pbkdf2-sha512$310000$c8p78n7pUMln0jzvd4aK4Q$JNRBzwAo0ek5qKn50cFzzvE9RXV88h1wJn\
///             5KGiHrD0YKtZaR/nCb2CJPOsKaPK0hjf.9yHxzQGZziziccp6Yng";
/// let digest: Digest = text.parse().unwrap();
/// assert_eq!(digest.to_string(), text);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Digest {
    /// A PBKDF2 digest.
    Pbkdf2(Pbkdf2),
    /// An Argon2 digest.
    Argon2(Argon2),
}

impl Digest {
    /// The algorithm with its variant.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        match self {
            Self::Pbkdf2(digest) => Algorithm::Pbkdf2(digest.prf()),
            Self::Argon2(digest) => Algorithm::Argon2(digest.variant()),
        }
    }

    /// How the digest is written.
    #[must_use]
    pub const fn encoding(&self) -> Encoding {
        match self {
            Self::Pbkdf2(digest) => digest.encoding(),
            Self::Argon2(_) => Encoding::Authelia,
        }
    }

    /// The salt.
    #[must_use]
    pub fn salt(&self) -> &[u8] {
        match self {
            Self::Pbkdf2(digest) => digest.salt(),
            Self::Argon2(digest) => digest.salt(),
        }
    }

    /// The salt, and the place of the key.
    pub(crate) fn salt_and_key_mut(&mut self) -> (&[u8], &mut [u8]) {
        match self {
            Self::Pbkdf2(digest) => digest.salt_and_key_mut(),
            Self::Argon2(digest) => digest.salt_and_key_mut(),
        }
    }

    /// The key: what the secret and the salt derive to.
    #[must_use]
    pub fn key(&self) -> &[u8] {
        match self {
            Self::Pbkdf2(digest) => digest.key(),
            Self::Argon2(digest) => digest.key(),
        }
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pbkdf2(digest) => digest.fmt(f),
            Self::Argon2(digest) => digest.fmt(f),
        }
    }
}

impl FromStr for Digest {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Ok(parse(text)?)
    }
}

fn parse(text: &str) -> Result<Digest, ParseError> {
    if text.is_empty() {
        return Err(ParseError::Empty);
    }
    let text = without_scheme(text);
    let Some(rest) = text.strip_prefix('$') else {
        return Err(ParseError::NoLeadingDollar);
    };
    let fields: Vec<&str> = rest.split('$').collect();
    let (identifier, fields) = (fields[0], &fields[1..]);
    match Algorithm::from_identifier(identifier) {
        Some(Algorithm::Pbkdf2(prf)) => Pbkdf2::from_fields(prf, fields).map(Digest::Pbkdf2),
        Some(Algorithm::Argon2(variant)) => {
            Argon2::from_fields(variant, fields).map(Digest::Argon2)
        }
        None => Err(unknown(identifier, fields)),
    }
}

/// Takes the LDAP schemes off that go-crypt takes off, in its order, each at most once:
/// `{CRYPT}`, `{ARGON2}`, and `{PBKDF2…}` where a number and `$` follow and no line feed.
fn without_scheme(text: &str) -> Cow<'_, str> {
    let text = text.strip_prefix("{CRYPT}").unwrap_or(text);
    let text = text.strip_prefix("{ARGON2}").unwrap_or(text);
    let scheme = text.strip_prefix('{').and_then(|rest| rest.split_once('}'));
    let Some((scheme, rest)) = scheme.filter(|(scheme, _)| scheme.starts_with("PBKDF2")) else {
        return text.into();
    };
    let iterations = rest.split('$').next().unwrap_or_default();
    let numbered = !iterations.is_empty() && iterations.bytes().all(|b| b.is_ascii_digit());
    if numbered && iterations.len() < rest.len() && !rest.contains('\n') {
        format!("${}${rest}", scheme.to_ascii_lowercase()).into()
    } else {
        text.into()
    }
}

/// Says what an identifier is that is not one of ours.
fn unknown(identifier: &str, fields: &[&str]) -> ParseError {
    let name = match identifier {
        "" => {
            let (field, problem) = (Field::Identifier, Problem::Empty);
            return ParseError::Field { field, problem };
        }
        "1" => "md5crypt",
        "2a" | "2b" | "2x" | "2y" => "bcrypt",
        "5" => "sha256crypt",
        "6" => "sha512crypt",
        "bcrypt-sha256" => "bcrypt-sha256",
        "plaintext" => "plaintext",
        "scrypt" => "scrypt",
        "y" => "yescrypt",
        _ if !fields.is_empty() && identifier.bytes().all(|b| b.is_ascii_digit()) => {
            let field = Field::Identifier;
            return ParseError::MissingField { algorithm: None, field };
        }
        _ => return ParseError::UnknownIdentifier,
    };
    ParseError::UnsupportedAlgorithm(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Field::{Identifier, Iterations, Key, Parameters, Salt, Version};
    use proptest::prelude::*;

    const SALT: &str = "c8p78n7pUMln0jzvd4aK4Q";
    const KEY: &str =
        "JNRBzwAo0ek5qKn50cFzzvE9RXV88h1wJn5KGiHrD0YKtZaR/nCb2CJPOsKaPK0hjf.9yHxzQGZziziccp6Yng";

    #[test]
    fn a_missing_field_is_named() {
        let missing = |text: &str| match parse(text) {
            Err(ParseError::MissingField { field, .. }) => field,
            other => panic!("{text}: {other:?}"),
        };
        assert_eq!(missing(&format!("$310000${SALT}${KEY}")), Identifier);
        assert_eq!(missing(&format!("$pbkdf2-sha512${SALT}${KEY}")), Iterations);
        assert_eq!(missing(&format!("$pbkdf2-sha512$310000${KEY}")), Salt);
        assert_eq!(missing(&format!("$pbkdf2-sha512$310000${SALT}")), Key);
        assert_eq!(missing(&format!("$pbkdf2-sha512$i=310000,l=64${SALT}")), Key);
        assert_eq!(missing("$pbkdf2-sha512"), Iterations);
        assert_eq!(missing("$pbkdf2-sha512$"), Iterations);
        assert_eq!(missing("$pbkdf2-sha512$310000"), Salt);

        let (salt, key) = ("D+aISAJ4lET8vbRHs4eP8A", "hxU6gloNNiPCsDfNWna83gElJRcouTV/+wfEMVR+X7o");
        assert_eq!(missing(&format!("$argon2id$m=64,t=2,p=1${salt}${key}")), Version);
        assert_eq!(missing(&format!("$argon2id$v=19${salt}${key}")), Parameters);
        assert_eq!(missing(&format!("$argon2id$v=19$m=64,t=2,p=1${key}")), Salt);
        assert_eq!(missing(&format!("$argon2id$v=19$m=64,t=2,p=1${salt}")), Key);
        assert_eq!(missing("$argon2id"), Version);
        assert_eq!(missing("$argon2id$v=19"), Parameters);
        assert_eq!(missing("$argon2id$v=19$m=64,t=2,p=1"), Salt);
    }

    #[test]
    fn a_digest_of_another_algorithm_is_recognised() {
        let error = parse("$2b$12$55New.8h1Q2ysvHdSrQMNOv3j4tRGU4cqk7AkM8ZBXoPdB8kk5uxC");
        assert_eq!(error, Err(ParseError::UnsupportedAlgorithm("bcrypt")));
    }

    #[test]
    fn messages_quote_nothing_of_the_text() {
        for text in ["hunter2", "$hunter2", "$hunter2$x$y$z", "$pbkdf2-sha512$hunter2$a$b"] {
            let message = parse(text).unwrap_err().to_string();
            assert!(!message.contains("hunter2"), "{message}");
        }
    }

    fn bytes(most: usize) -> impl Strategy<Value = Vec<u8>> {
        prop::collection::vec(any::<u8>(), 0..most)
    }

    fn digest() -> impl Strategy<Value = Digest> {
        let algorithm = prop::sample::select(Algorithm::ALL.to_vec());
        let key = prop::collection::vec(any::<u8>(), 1..200);
        (algorithm, 1..u32::MAX, any::<[u32; 2]>(), any::<bool>(), bytes(200), key).prop_map(
            |(algorithm, iterations, [memory, lanes], phc, salt, key)| match algorithm {
                Algorithm::Pbkdf2(prf) => {
                    let encoding = if phc { Encoding::Phc } else { Encoding::Authelia };
                    Digest::Pbkdf2(Pbkdf2::from_parts(prf, iterations, salt, key, encoding))
                }
                Algorithm::Argon2(variant) => {
                    let cost = argon2::Cost {
                        memory: memory.max(1),
                        iterations,
                        parallelism: lanes % 0xff_ffff + 1,
                    };
                    Digest::Argon2(Argon2::from_parts(variant, cost, salt, key))
                }
            },
        )
    }

    proptest! {
        #[test]
        fn what_is_printed_parses_back(digest in digest()) {
            prop_assert_eq!(parse(&digest.to_string()), Ok(digest));
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in any::<String>()) {
            let _ = parse(&text);
            let _ = parse(&format!("${text}"));
        }

        #[test]
        fn no_mutation_makes_the_parser_panic(digest in digest(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
            let mut bytes = digest.to_string().into_bytes();
            let at = at.index(bytes.len());
            bytes[at] = byte;
            let _ = parse(&String::from_utf8_lossy(&bytes));
        }
    }
}
