//! Argon2's variants, apart from its digests: the list of algorithms needs them alone.

/// How Argon2 chooses the blocks that it mixes in (RFC 9106 §3.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Variant {
    /// Data-dependent.
    Argon2d,
    /// Independent of the data.
    Argon2i,
    /// Independent in the first half of the first pass, dependent after it.
    Argon2id,
}

impl Variant {
    pub(crate) const fn identifier(self) -> &'static str {
        match self {
            Self::Argon2d => "argon2d",
            Self::Argon2i => "argon2i",
            Self::Argon2id => "argon2id",
        }
    }

    pub(crate) fn from_identifier(identifier: &str) -> Self {
        match identifier {
            "argon2d" => Self::Argon2d,
            "argon2i" => Self::Argon2i,
            _ => Self::Argon2id,
        }
    }
}
