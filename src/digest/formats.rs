//! The formats: a module for each, the digest of any of them, and their table.

pub mod argon2;
pub mod bcrypt;
mod md5crypt;
pub mod pbkdf2;
mod plaintext;
pub mod scrypt;
mod sha1crypt;
pub mod sha2crypt;
mod sunmd5;
pub mod yescrypt;

use std::fmt;
use std::str::FromStr;
use std::sync::OnceLock;

pub use self::md5crypt::Md5Crypt;
pub use self::plaintext::Plaintext;
pub use self::sha1crypt::Sha1Crypt;
pub use self::sunmd5::SunMd5;

use self::argon2::{Argon2, Variant};
use self::bcrypt::Bcrypt;
use self::pbkdf2::{Encoding, Pbkdf2, Prf};
use self::scrypt::Scrypt;
use self::sha2crypt::Sha2Crypt;
use self::yescrypt::Yescrypt;
use super::algorithm::Algorithm;
use super::error::ParseError;
use super::fields::{DigestFields, Parameter};
use crate::name::{UnknownName, by_name};

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
#[non_exhaustive]
pub enum Digest {
    /// A PBKDF2 digest.
    Pbkdf2(Pbkdf2),
    /// An Argon2 digest.
    Argon2(Argon2),
    /// A bcrypt digest.
    Bcrypt(Bcrypt),
    /// A scrypt digest.
    Scrypt(Scrypt),
    /// A yescrypt digest.
    Yescrypt(Yescrypt),
    /// A SHA-crypt digest.
    Sha2Crypt(Sha2Crypt),
    /// The secret itself.
    Plaintext(Plaintext),
    /// An MD5-crypt digest.
    Md5Crypt(Md5Crypt),
    /// A digest of Sun's MD5.
    SunMd5(SunMd5),
    /// A SHA-1-crypt digest.
    Sha1Crypt(Sha1Crypt),
}

impl Digest {
    /// Returns the algorithm with its variant.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.fields().algorithm()
    }

    /// How the digest is written.
    #[must_use]
    pub const fn encoding(&self) -> Encoding {
        match self {
            Self::Pbkdf2(digest) => digest.encoding(),
            _ => Encoding::Authelia,
        }
    }

    /// Whether it is the plaintext secret, in any form.
    #[must_use]
    pub const fn is_plain(&self) -> bool {
        matches!(self, Self::Plaintext(_))
    }

    /// Returns the salt, as it is hashed: where a format hashes the salt's text, that.
    #[must_use]
    pub fn salt(&self) -> &[u8] {
        self.fields().salt()
    }

    /// Returns the key, as it is compared: where a format compares the key's text, that.
    #[must_use]
    pub fn key(&self) -> &[u8] {
        self.fields().key()
    }

    /// Returns the algorithm's parameters.
    #[must_use]
    pub fn parameters(&self) -> Vec<Parameter> {
        self.fields().parameters()
    }

    pub(crate) fn fields(&self) -> &dyn DigestFields {
        match self {
            Self::Pbkdf2(digest) => digest,
            Self::Argon2(digest) => digest,
            Self::Bcrypt(digest) => digest,
            Self::Scrypt(digest) => digest,
            Self::Yescrypt(digest) => digest,
            Self::Sha2Crypt(digest) => digest,
            Self::Plaintext(digest) => digest,
            Self::Md5Crypt(digest) => digest,
            Self::SunMd5(digest) => digest,
            Self::Sha1Crypt(digest) => digest,
        }
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fields().fmt(f)
    }
}

/// A format of digests: one way to write an algorithm, its parameters, a salt and a key.
#[derive(Debug)]
#[non_exhaustive]
pub struct Format {
    /// Its name, which no other format has.
    pub name: &'static str,
    /// Its algorithms, the recommended one first.
    pub algorithms: &'static [Algorithm],
    /// The identifiers between the first two `$`; the first ones are those of `algorithms`, in
    /// their order.
    pub identifiers: &'static [&'static str],
    /// The form of a digest.
    pub form: &'static str,
    /// Where the algorithm is described.
    pub specification: &'static str,
    /// Whether new digests should have it.
    pub status: FormatStatus,
    /// Whether Authelia reads it as a client's secret.
    pub read_by_authelia: bool,
    /// Whether libxcrypt's crypt(3) reads it.
    pub read_by_crypt: bool,
    /// A digest of `insecure_secret`.
    pub example: &'static str,
    /// The text after the identifier in a digest that takes a millisecond or less to derive, from
    /// which the time of others is estimated.
    pub(super) sample: &'static str,
    /// Parses the fields after an identifier.
    pub(super) parse: fn(&str, &[&str]) -> Result<Digest, ParseError>,
}

impl FormatStatus {
    /// Describes the support for such a format.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::Recommended => "supported",
            Self::Obsolete => "obsolete: verify only",
            Self::Plaintext => "not a digest: verify only",
        }
    }
}

/// Whether new digests should be made in a format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FormatStatus {
    /// Strong enough for new digests.
    Recommended,
    /// Too weak for new digests; can only be verified.
    Obsolete,
    /// Not a digest: anyone who sees it has the secret.
    Plaintext,
}

/// Every supported format.
pub const FORMATS: &[Format] = &[
    Format {
        name: "pbkdf2",
        algorithms: &[
            Algorithm::Pbkdf2(Prf::Sha512),
            Algorithm::Pbkdf2(Prf::Sha384),
            Algorithm::Pbkdf2(Prf::Sha256),
            Algorithm::Pbkdf2(Prf::Sha224),
            Algorithm::Pbkdf2(Prf::Sha1),
        ],
        identifiers: &[
            "pbkdf2-sha512",
            "pbkdf2-sha384",
            "pbkdf2-sha256",
            "pbkdf2-sha224",
            "pbkdf2-sha1",
            "pbkdf2",
        ],
        form: pbkdf2::FORM,
        specification: "RFC 8018 §5.2",
        status: FormatStatus::Recommended,
        read_by_authelia: true,
        read_by_crypt: false,
        example: "$pbkdf2-sha512$310000$c8p78n7pUMln0jzvd4aK4Q$JNRBzwAo0ek5qKn50cFzzvE9RXV88h1wJn5\
                  KGiHrD0YKtZaR/nCb2CJPOsKaPK0hjf.9yHxzQGZziziccp6Yng",
        sample: "$512$c2FsdHNhbHQ$c2FtcGxl",
        parse: |identifier, fields| Pbkdf2::parse(identifier, fields).map(Digest::Pbkdf2),
    },
    Format {
        name: "argon2",
        algorithms: &[
            Algorithm::Argon2(Variant::Argon2id),
            Algorithm::Argon2(Variant::Argon2i),
            Algorithm::Argon2(Variant::Argon2d),
        ],
        identifiers: &["argon2id", "argon2i", "argon2d"],
        form: argon2::FORM,
        specification: "RFC 9106",
        status: FormatStatus::Recommended,
        read_by_authelia: true,
        read_by_crypt: false,
        example: "$argon2id$v=19$m=64,t=2,p=1$D+aISAJ4lET8vbRHs4eP8A$hxU6gloNNiPCsDfNWna83gElJRcou\
                  TV/+wfEMVR+X7o",
        sample: "$v=19$m=512,t=1,p=1$c2FsdHNhbHQ$c2FtcGxl",
        parse: |identifier, fields| Argon2::parse(identifier, fields).map(Digest::Argon2),
    },
    Format {
        name: "bcrypt",
        algorithms: &[Algorithm::Bcrypt],
        identifiers: &["2b", "2a", "2y", "2x"],
        form: bcrypt::FORM,
        specification: "Provos and Mazières, USENIX 1999",
        status: FormatStatus::Recommended,
        read_by_authelia: true,
        read_by_crypt: true,
        example: "$2b$04$55New.8h1Q2ysvHdSrQMNOv3j4tRGU4cqk7AkM8ZBXoPdLbtSxQYe",
        sample: "$04$.....................................................",
        parse: |identifier, fields| Bcrypt::parse(identifier, fields).map(Digest::Bcrypt),
    },
    Format {
        name: "bcrypt-sha256",
        algorithms: &[Algorithm::BcryptSha256],
        identifiers: &["bcrypt-sha256"],
        form: bcrypt::SHA256_FORM,
        specification: "passlib, version 2",
        status: FormatStatus::Recommended,
        read_by_authelia: true,
        read_by_crypt: false,
        example: "$bcrypt-sha256$v=2,t=2b,r=4$55New.8h1Q2ysvHdSrQMNO$uqnaE8fQpTA2u4ViEoQNhMAM/1/bv\
                  q.",
        sample: "$v=2,t=2b,r=4$......................$...............................",
        parse: |identifier, fields| Bcrypt::parse(identifier, fields).map(Digest::Bcrypt),
    },
    Format {
        name: "scrypt",
        algorithms: &[Algorithm::Scrypt],
        identifiers: &["scrypt"],
        form: scrypt::FORM,
        specification: "RFC 7914",
        status: FormatStatus::Recommended,
        read_by_authelia: true,
        read_by_crypt: false,
        example: "$scrypt$ln=4,r=8,p=1$8wCG5OkWSBr/axU/1z+Ciw$vTj+/MAGWhp8Z3qfsB8CEW9g43vlmlXifFkl\
                  0IyXX+o",
        sample: "$ln=7,r=8,p=1$c2FsdHNhbHQ$c2FtcGxl",
        parse: |identifier, fields| Scrypt::parse(identifier, fields).map(Digest::Scrypt),
    },
    Format {
        name: "yescrypt",
        algorithms: &[Algorithm::Yescrypt],
        identifiers: &["y"],
        form: yescrypt::FORM,
        specification: "crypt(5)",
        status: FormatStatus::Recommended,
        read_by_authelia: true,
        read_by_crypt: true,
        example: "$y$j75$eTMYKOqrd4.IhNEO/NSGg/$apXE/iG9jn2jFw1HOwA4n7yhPv0DWGLfbooYS0Mq7QD",
        sample: "$j45$saltsalt$...........................................",
        parse: |identifier, fields| Yescrypt::parse(identifier, fields).map(Digest::Yescrypt),
    },
    Format {
        name: "sha2crypt",
        algorithms: &[Algorithm::Sha512Crypt, Algorithm::Sha256Crypt],
        identifiers: &["6", "5"],
        form: sha2crypt::FORM,
        specification: "Drepper, Unix crypt using SHA-256 and SHA-512",
        status: FormatStatus::Recommended,
        read_by_authelia: true,
        read_by_crypt: true,
        example: "$6$rounds=1000$zf02UeuFLa0n7oHd$/muuxLTQuZl01SHyAGjRtApWN8AfqUtBE3YgA1ctOTVJhaFLx\
                  rc7Hgt1mcLfqSn1/6c9srenOO4CO06ir3Z2Q0",
        sample: "$rounds=500$saltsalt$key",
        parse: |identifier, fields| Sha2Crypt::parse(identifier, fields).map(Digest::Sha2Crypt),
    },
    Format {
        name: "plaintext",
        algorithms: &[Algorithm::Plaintext],
        identifiers: &["plaintext"],
        form: plaintext::FORM,
        specification: "go-crypt",
        status: FormatStatus::Plaintext,
        read_by_authelia: true,
        read_by_crypt: false,
        example: "$plaintext$insecure_secret",
        sample: "$key",
        parse: |identifier, fields| Plaintext::parse(identifier, fields).map(Digest::Plaintext),
    },
    Format {
        name: "base64",
        algorithms: &[Algorithm::Base64],
        identifiers: &["base64"],
        form: plaintext::BASE64_FORM,
        specification: "go-crypt",
        status: FormatStatus::Plaintext,
        read_by_authelia: false,
        read_by_crypt: false,
        example: "$base64$aW5zZWN1cmVfc2VjcmV0",
        sample: "$a2V5",
        parse: |identifier, fields| Plaintext::parse(identifier, fields).map(Digest::Plaintext),
    },
    Format {
        name: "md5crypt",
        algorithms: &[Algorithm::Md5Crypt],
        identifiers: &["1"],
        form: md5crypt::FORM,
        specification: "crypt(5)",
        status: FormatStatus::Obsolete,
        read_by_authelia: false,
        read_by_crypt: true,
        example: "$1$abcdefgh$ukzWNW70chL342F.eljZU/",
        sample: "$saltsalt$key",
        parse: |identifier, fields| Md5Crypt::parse(identifier, fields).map(Digest::Md5Crypt),
    },
    Format {
        name: "apr1",
        algorithms: &[Algorithm::Apr1],
        identifiers: &["apr1"],
        form: md5crypt::APR1_FORM,
        specification: "Apache HTTP Server, password formats",
        status: FormatStatus::Obsolete,
        read_by_authelia: false,
        read_by_crypt: false,
        example: "$apr1$abcdefgh$hyuGuSNt0roDPIplwuPxR.",
        sample: "$saltsalt$key",
        parse: |identifier, fields| Md5Crypt::parse(identifier, fields).map(Digest::Md5Crypt),
    },
    Format {
        name: "sunmd5",
        algorithms: &[Algorithm::SunMd5],
        identifiers: &["md5"],
        form: sunmd5::FORM,
        specification: "crypt(5)",
        status: FormatStatus::Obsolete,
        read_by_authelia: false,
        read_by_crypt: true,
        example: "$md5,rounds=34$abcdefgh$$JY6LX0.NS6tOYx9hShuNM/",
        sample: "$saltsalt$$key",
        parse: |identifier, fields| SunMd5::parse(identifier, fields).map(Digest::SunMd5),
    },
    Format {
        name: "sha1crypt",
        algorithms: &[Algorithm::Sha1Crypt],
        identifiers: &["sha1"],
        form: sha1crypt::FORM,
        specification: "crypt(5)",
        status: FormatStatus::Obsolete,
        read_by_authelia: false,
        read_by_crypt: true,
        example: "$sha1$40$T/3ThUgD$C43F2YUFdQ9KKUemA9gQQ4dI2JAs",
        sample: "$500$saltsalt$key",
        parse: |identifier, fields| Sha1Crypt::parse(identifier, fields).map(Digest::Sha1Crypt),
    },
];

impl Algorithm {
    /// Returns every algorithm, the default first.
    pub fn all() -> impl Iterator<Item = Self> {
        FORMATS.iter().flat_map(|format| format.algorithms).copied()
    }

    /// Returns the algorithms for new digests, the default first.
    pub fn recommended() -> impl Iterator<Item = Self> {
        Self::all().filter(|algorithm| algorithm.format().status == FormatStatus::Recommended)
    }

    /// Returns the format of the algorithm's digests.
    #[must_use]
    pub fn format(self) -> &'static Format {
        let of = |format: &&Format| format.algorithms.contains(&self);
        // Never the fallback: every digest comes from a row, and a test compares its algorithm with
        // those of the row.
        FORMATS.iter().find(of).unwrap_or(&FORMATS[0])
    }
}

impl Digest {
    /// Whether Authelia accepts the printed form of this digest.
    #[must_use]
    pub fn read_by_authelia(&self) -> bool {
        self.encoding() == Encoding::Authelia && self.algorithm().format().read_by_authelia
    }
}

impl FromStr for Algorithm {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        by_name(Self::all(), Self::name, name)
    }
}

impl Format {
    /// Returns a digest of one of the format's algorithms that takes a millisecond or less to
    /// derive.
    pub(crate) fn sample(&self, algorithm: Algorithm) -> String {
        let index = self.algorithms.iter().position(|other| *other == algorithm);
        format!("${}{}", self.identifiers[index.unwrap_or(0)], self.sample)
    }

    /// Returns the format that an identifier belongs to.
    pub(super) fn of_identifier(identifier: &str) -> Option<&'static Self> {
        // Sun's MD5 has its parameters in the identifier's field.
        let name = if identifier.starts_with("md5,") { "md5" } else { identifier };
        FORMATS.iter().find(|format| format.identifiers.contains(&name))
    }
}

/// Returns the identifiers of all formats, for a message.
pub(super) fn known_identifiers() -> &'static str {
    static KNOWN: OnceLock<String> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let all: Vec<_> = FORMATS.iter().flat_map(|format| format.identifiers).copied().collect();
        all.join(", ")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_algorithm_has_a_format_and_a_name_of_its_own() {
        let mut names = Vec::new();
        for algorithm in Algorithm::all() {
            assert!(algorithm.format().algorithms.contains(&algorithm), "{algorithm}");
            assert!(!names.contains(&algorithm.name()), "{algorithm}");
            names.push(algorithm.name());
        }
    }

    #[test]
    fn every_algorithm_has_a_sample_of_its_own() {
        for algorithm in Algorithm::all() {
            let digest: Digest = algorithm.format().sample(algorithm).parse().unwrap();
            assert_eq!(digest.algorithm(), algorithm);
        }
    }

    #[test]
    fn the_documentation_lists_the_table() {
        let mut table = "| algorithm | form | described in | here | Authelia reads it |\n\
                         | --- | --- | --- | --- | --- |\n"
            .to_owned();
        for format in FORMATS {
            let names: Vec<_> =
                format.algorithms.iter().map(|a| format!("`{}`", a.name())).collect();
            let reads = if format.read_by_authelia { "yes" } else { "no" };
            let (form, status) = (format.form, format.status.description());
            let (names, specification) = (names.join(", "), format.specification);
            let row = format!("| {names} | `{form}` | {specification} | {status} | {reads} |\n");
            table.push_str(&row);
        }
        let committed = include_str!("../../docs/formats.md");
        assert!(committed == table, "docs/formats.md should be:\n{table}");
    }
}
