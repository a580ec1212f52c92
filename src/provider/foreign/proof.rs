//! The proof that a digest of other software was made from a secret.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::digest::{DeriveError, Digest};

/// A hash of a secret, or a text made of it.
pub(super) type Bytes = Zeroizing<Vec<u8>>;

/// Returns the hashes of a secret that a digest may be.
type Hashes = Box<dyn Fn(&[u8]) -> Vec<Bytes>>;

/// The way to check a secret against a digest that has another form than ours.
pub(crate) enum Proof {
    /// The digest was made from a hash of the secret.
    Prehashed { prehash: fn(&[u8]) -> Bytes, digest: Digest },
    /// The digest is a hash of the secret; one of several, if the text does not say which. It is computed
    /// this number of times.
    Hash { hash: Hashes, expected: Vec<u8>, rounds: u32 },
    /// The digest is a hash of the key that is derived from the secret (RFC 5802 §3).
    Scram { digest: Digest, stored_key: Vec<u8> },
}

impl Proof {
    /// The digest whose parameters decide the time and the memory that the proof takes.
    pub(crate) fn digest(&self) -> Option<&Digest> {
        match self {
            Self::Prehashed { digest, .. } | Self::Scram { digest, .. } => Some(digest),
            Self::Hash { .. } => None,
        }
    }

    /// Whether the proof is so fast that many secrets can be tried.
    pub(crate) fn is_fast(&self) -> bool {
        const MAX_ROUNDS: u32 = 1 << 13;
        matches!(self, Self::Hash { rounds, .. } if *rounds <= MAX_ROUNDS)
    }

    /// Whether the digest was made from the secret.
    ///
    /// # Errors
    /// [`DeriveError`] if the system does not provide the memory.
    pub(crate) fn is_of(&self, secret: &[u8]) -> Result<bool, DeriveError> {
        Ok(match self {
            Self::Prehashed { prehash, digest } => {
                digest.fields().derive(&prehash(secret))?.ct_eq(digest.key()).into()
            }
            Self::Hash { hash, expected, .. } => {
                hash(secret).iter().any(|hash| bool::from(hash.ct_eq(expected)))
            }
            Self::Scram { digest, stored_key } => {
                let salted = digest.fields().derive(secret)?;
                let client_key = hmac_sha256(&salted, b"Client Key");
                Sha256::digest(&*client_key).ct_eq(stored_key).into()
            }
        })
    }
}

fn hmac_sha256(key: &[u8], text: &[u8]) -> Bytes {
    // HMAC accepts a key of any length.
    let mac = Hmac::<Sha256>::new_from_slice(key).map(|mac| mac.chain_update(text).finalize());
    Zeroizing::new(mac.map_or_else(|_| Vec::new(), |mac| mac.into_bytes().to_vec()))
}
