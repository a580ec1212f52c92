//! Errors of parsing a digest and of deriving a key.
//!
//! No error holds any part of a digest beyond one character and its position: the text may well be a
//! secret in the wrong place.

use std::fmt;

use super::algorithm::Algorithm;

/// A field of a digest, by the name that people search for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Field {
    /// The algorithm identifier after the first `$`.
    Identifier,
    /// Argon2's `v=`.
    Version,
    /// A list of `name=value` parameters.
    Parameters,
    /// The number of iterations (argon2: `t=`).
    Iterations,
    /// Argon2's `m=`.
    Memory,
    /// The lanes of Argon2, scrypt's `p=`.
    Parallelism,
    /// scrypt's `ln=`, the binary logarithm of N.
    LogN,
    /// scrypt's `r=`.
    BlockSize,
    /// bcrypt's cost.
    Cost,
    /// The rounds of SHA-crypt and its like.
    Rounds,
    /// yescrypt's setting.
    Setting,
    /// The key length stated in a PHC string (`l=`; argon2: `k=`, which is ignored).
    KeyLength,
    /// The salt.
    Salt,
    /// The key: the last field.
    Key,
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Identifier => "algorithm identifier",
            Self::Version => "version (v=)",
            Self::Parameters => "parameters",
            Self::Iterations => "iterations",
            Self::Memory => "memory (m=)",
            Self::Parallelism => "parallelism (p=)",
            Self::LogN => "binary logarithm of N (ln)",
            Self::BlockSize => "block size (r)",
            Self::Cost => "cost",
            Self::Rounds => "rounds",
            Self::Setting => "setting",
            Self::KeyLength => "key length",
            Self::Salt => "salt",
            Self::Key => "key",
        })
    }
}

/// The error of parsing a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseError {
    /// The string is empty.
    #[error("the digest is empty")]
    Empty,
    /// The string does not begin with `$`.
    #[error(
        "not a digest that Authelia accepts: it must start with `$`, as in \
         `$pbkdf2-sha512$310000$SALT$KEY`"
    )]
    NoLeadingDollar,
    /// The identifier is not a known one.
    #[error("the algorithm identifier is unknown: it must be one of {known}")]
    UnknownIdentifier {
        /// The known ones.
        known: &'static str,
    },
    /// A field is missing.
    #[error("the {field} is missing: the form is `{form}`")]
    MissingField {
        /// The form of a complete digest.
        form: &'static str,
        /// The field that is missing.
        field: Field,
    },
    /// There are fields after the key.
    #[error("there are {actual} fields instead of {expected}: the form is `{form}`")]
    ExtraFields {
        /// The form of a complete digest.
        form: &'static str,
        /// The number of `$`-separated fields of the form.
        expected: usize,
        /// The number of fields given.
        actual: usize,
    },
    /// The digest has the form of other software, and is not one of our formats.
    #[error("this has the form of {0}, which cannot be converted without the secret")]
    Foreign(&'static str),
    /// A field's text is malformed.
    #[error("the {field} {problem}")]
    Field {
        /// The field.
        field: Field,
        /// The problem.
        problem: Problem,
    },
}

impl ParseError {
    /// Returns the error for too few or too many fields after the identifier.
    pub(super) fn fields(
        form: &'static str,
        expected: usize,
        fields: &[&str],
        missing: Field,
    ) -> Self {
        let actual = fields.len() + 1;
        if actual > expected {
            return Self::ExtraFields { form, expected, actual };
        }
        Self::MissingField { form, field: missing }
    }
}

/// A problem with a field of a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// Nothing between the two `$`.
    #[error("field is empty")]
    Empty,
    /// Not a decimal number.
    #[error("field is not a decimal number")]
    NotANumber,
    /// A number outside its bounds.
    #[error("field is a number outside {min} to {max}")]
    OutOfRange {
        /// The smallest value allowed.
        min: u64,
        /// The largest value allowed.
        max: u64,
    },
    /// An unsupported version.
    #[error("field is {0}: only v=19 is supported")]
    WrongVersion(u32),
    /// A character outside the base64 alphabet.
    #[error(
        "field has `{}` at position {position}, which is not in its base64 alphabet ({alphabet})",
        character.escape_debug()
    )]
    Character {
        /// The character's position within the field, counted from 1.
        position: usize,
        /// The offending character.
        character: char,
        /// The alphabet that the field is written in.
        alphabet: &'static str,
    },
    /// A number of base64 characters that encodes no number of bytes.
    #[error(
        "field has {0} base64 characters, one too many or too few: it was truncated or mistyped"
    )]
    DanglingCharacter(usize),
    /// A number of characters other than the fixed one.
    #[error("field has {actual} characters instead of {expected}: it was truncated or mistyped")]
    Length {
        /// The correct number of characters.
        expected: usize,
        /// The number of characters given.
        actual: usize,
    },
    /// Not the base64 of `crypt(3)`.
    #[error("field is empty, or not the base64 of crypt(3) (. / 0-9 A-Z a-z)")]
    NotCryptBase64,
    /// Not a setting of yescrypt.
    #[error("field is not `j` and two characters, as in `j9T`")]
    NotASetting,
    /// Not four fields, as Django writes them.
    #[error("do not have Django's form: `pbkdf2_sha256$ITERATIONS$SALT$KEY`")]
    NotDjango,
    /// Not a credential as Keycloak writes it.
    #[error("do not have Keycloak's form: an object with secretData and credentialData")]
    NotKeycloak,
    /// Not the parameters of Argon2 as Keycloak writes them.
    #[error("do not have Keycloak's form of Argon2 1.3: type, version, memory and parallelism")]
    NotKeycloakArgon2,
    /// Not base64 with its padding.
    #[error("field is not standard base64 with padding")]
    NotPaddedBase64,
    /// A parameter without `=`.
    #[error("field has an entry that is not NAME=VALUE")]
    NoEqualsSign,
    /// A parameter of an unknown name.
    #[error("field has a name that is not one of {0}")]
    UnknownName(&'static str),
    /// A stated length that differs from the field's.
    #[error("is stated as {stated} bytes, and the key field has {actual}")]
    LengthDisagrees {
        /// The length stated, in bytes.
        stated: u64,
        /// The length of the key field, in bytes.
        actual: usize,
    },
}

/// The error of deriving a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeriveError {
    /// The system did not provide the memory that a digest needs.
    #[error("cannot allocate {} of memory", size(*needed))]
    OutOfMemory {
        /// The memory needed, in bytes.
        needed: u64,
    },
    /// The key derivation refused its input.
    #[error("the key cannot be derived: {0}")]
    Refused(&'static str),
}

/// The error for a digest that Authelia does not read as a client's secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Authelia does not read {algorithm} digests as a client's secret")]
pub struct NotReadByAuthelia {
    /// The algorithm.
    pub algorithm: Algorithm,
}

/// A parameter of a new digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParameterName {
    /// Iterations, passes or rounds, or their binary logarithm.
    Iterations,
    /// Memory, in KiB.
    Memory,
    /// Block size, in units of 128 bytes.
    BlockSize,
    /// Lanes, or scrypt's `p`.
    Parallelism,
    /// Salt, in bytes.
    SaltLength,
    /// Key, in bytes.
    KeyLength,
}

impl ParameterName {
    /// Returns the name: `salt-length`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Iterations => "iterations",
            Self::Memory => "memory",
            Self::BlockSize => "block-size",
            Self::Parallelism => "parallelism",
            Self::SaltLength => "salt-length",
            Self::KeyLength => "key-length",
        }
    }

    /// Checks the parameter against its bounds.
    pub(super) fn check(self, actual: u64, min: u64, max: u64) -> Result<(), ParameterError> {
        if (min..=max).contains(&actual) {
            Ok(())
        } else {
            Err(ParameterError::OutOfBounds { parameter: self, min, max, actual })
        }
    }
}

impl fmt::Display for ParameterName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The error of parameters for a new digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParameterError {
    /// The parameter is outside its bounds.
    #[error("{parameter} is {actual}, outside {min} to {max}")]
    OutOfBounds {
        /// The parameter.
        parameter: ParameterName,
        /// The smallest value allowed.
        min: u64,
        /// The largest value allowed.
        max: u64,
        /// The value that was given.
        actual: u64,
    },
    /// The number does not fit into any digest.
    #[error("{parameter} is {actual}, which is too large")]
    TooLarge {
        /// The parameter.
        parameter: ParameterName,
        /// The value that was given.
        actual: u64,
    },
    /// The algorithm does not have the parameter.
    #[error("{algorithm} does not support {parameter}")]
    NotAvailable {
        /// The algorithm.
        algorithm: Algorithm,
        /// The parameter.
        parameter: ParameterName,
    },
    /// The algorithm ignores everything after the first bytes of a secret.
    #[error("the secret has {actual} bytes, of which bcrypt would ignore all but the first {max}")]
    SecretTooLong {
        /// The length of the secret, in bytes.
        actual: usize,
        /// The number of bytes that count.
        max: usize,
    },
    /// The algorithm is too weak for new digests.
    #[error("{algorithm} is too weak for new digests; it can only be verified")]
    VerifyOnly {
        /// The algorithm.
        algorithm: Algorithm,
    },
}

/// The place of a parameter's value.
pub(crate) enum Slot<'a> {
    Number(&'a mut u32),
    Length(&'a mut usize),
}

impl Slot<'_> {
    /// Stores the value; `None` if it does not fit.
    pub(super) fn store(self, value: u64) -> Option<()> {
        match self {
            Self::Number(place) => *place = u32::try_from(value).ok()?,
            Self::Length(place) => *place = usize::try_from(value).ok()?,
        }
        Some(())
    }
}

/// Writes a size in binary units.
pub(crate) fn size(bytes: u64) -> String {
    match bytes >> 20 {
        0..10 => format!("{} KiB", bytes >> 10),
        mebibytes => format!("{mebibytes} MiB"),
    }
}
