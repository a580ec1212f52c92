//! What is to be said about a digest, with a stable code.

use std::fmt;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It does not work, or protects nothing.
    Error,
    /// It works, and should be changed.
    Warning,
    /// It is good to know.
    Note,
}

impl Severity {
    /// The name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Its kind.
    pub code: Code,
    /// What is the matter, in one sentence.
    pub message: String,
    /// What to do about it.
    pub fix: &'static str,
}

/// The kinds of findings; the names are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// Authelia takes the text for a plaintext secret.
    TakenAsPlaintext,
    /// Authelia does not read the digest.
    NotReadByAuthelia,
    /// The digest stands in documentation, with its secret.
    KnownExample,
    /// The digest holds the secret itself.
    PlaintextSecret,
    /// The algorithm is broken.
    BrokenAlgorithm,
    /// The key is so short that another secret matches by chance.
    KeyTooShort,
    /// The key is shorter than the algorithm makes it.
    KeyTruncated,
    /// The key is longer than is of use.
    KeyTooLong,
    /// The salt is short or empty.
    SaltTooShort,
    /// The salt is no random one.
    SaltPredictable,
    /// The work factor is below what Authelia allows for new digests.
    BelowAuthelia,
    /// The work factor is below what OWASP recommends.
    BelowOwasp,
    /// Verifying takes longer than an application waits.
    Slow,
    /// Verifying is refused unless the limits are lifted.
    OverLimits,
    /// Other implementations compute another key.
    NotPortable,
    /// The digest is not written as its algorithm's digests are.
    NotCanonical,
    /// Only the first 72 bytes of the secret count.
    SecretCut,
}

impl Code {
    /// Every kind, the worst first.
    pub const ALL: [Self; 17] = [
        Self::TakenAsPlaintext,
        Self::NotReadByAuthelia,
        Self::KnownExample,
        Self::KeyTooShort,
        Self::PlaintextSecret,
        Self::BrokenAlgorithm,
        Self::KeyTruncated,
        Self::SaltTooShort,
        Self::SaltPredictable,
        Self::BelowAuthelia,
        Self::BelowOwasp,
        Self::Slow,
        Self::OverLimits,
        Self::NotPortable,
        Self::KeyTooLong,
        Self::NotCanonical,
        Self::SecretCut,
    ];

    /// The name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TakenAsPlaintext => "taken-as-plaintext",
            Self::NotReadByAuthelia => "not-read-by-authelia",
            Self::KnownExample => "known-example",
            Self::PlaintextSecret => "plaintext-secret",
            Self::BrokenAlgorithm => "broken-algorithm",
            Self::KeyTooShort => "key-too-short",
            Self::KeyTruncated => "key-truncated",
            Self::KeyTooLong => "key-too-long",
            Self::SaltTooShort => "salt-too-short",
            Self::SaltPredictable => "salt-predictable",
            Self::BelowAuthelia => "below-authelia",
            Self::BelowOwasp => "below-owasp",
            Self::Slow => "slow",
            Self::OverLimits => "over-limits",
            Self::NotPortable => "not-portable",
            Self::NotCanonical => "not-canonical",
            Self::SecretCut => "secret-cut",
        }
    }

    /// How much it matters.
    #[must_use]
    pub const fn severity(self) -> Severity {
        match self {
            Self::TakenAsPlaintext
            | Self::NotReadByAuthelia
            | Self::KnownExample
            | Self::KeyTooShort => Severity::Error,
            Self::PlaintextSecret
            | Self::BrokenAlgorithm
            | Self::KeyTruncated
            | Self::SaltTooShort
            | Self::SaltPredictable
            | Self::BelowAuthelia
            | Self::BelowOwasp
            | Self::Slow
            | Self::OverLimits
            | Self::NotPortable => Severity::Warning,
            Self::KeyTooLong | Self::NotCanonical | Self::SecretCut => Severity::Note,
        }
    }

    /// What it means, for the manual.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::TakenAsPlaintext => "Authelia would take the text for the secret itself",
            Self::NotReadByAuthelia => "Authelia does not read this as a client's secret",
            Self::KnownExample => "the digest stands in documentation, with its secret",
            Self::PlaintextSecret => "the secret itself stands there",
            Self::BrokenAlgorithm => "too weak by today's measure",
            Self::KeyTooShort => "so short a key matches wrong secrets by chance",
            Self::KeyTruncated => "the key is shorter than the algorithm makes it",
            Self::SaltTooShort => "the salt has fewer than 8 bytes",
            Self::SaltPredictable => "the salt was not drawn at random",
            Self::BelowAuthelia => "less work than Authelia allows for new digests",
            Self::BelowOwasp => "less work than OWASP recommends",
            Self::Slow => "a token request would take longer than a second",
            Self::OverLimits => "verify refuses it unless its limits are lifted",
            Self::NotPortable => "other implementations compute another key from it, or refuse it",
            Self::KeyTooLong => "the key costs more work and is no stronger",
            Self::NotCanonical => "it is read, and not written as it should be",
            Self::SecretCut => "only the first 72 bytes of a secret count",
        }
    }
}

impl Finding {
    pub(crate) const fn new(code: Code, message: String, fix: &'static str) -> Self {
        Self { code, message, fix }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
