//! The use of a digest of other software.

use super::proof::Proof;
use crate::digest::Digest;

/// The use of a digest of other software.
pub(crate) enum Content {
    /// The same digest in a format of ours. If its text is ambiguous, all possible ones, the likeliest
    /// first.
    Digests(Vec<Digest>),
    /// A check that a secret is the right one. No digest for another system can be made of it.
    Proof(Proof),
    /// Nothing.
    Opaque,
}

impl Content {
    pub(super) fn digest(digest: Digest) -> Self {
        Self::Digests(vec![digest])
    }
}
