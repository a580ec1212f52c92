//! SCRAM-SHA-256: a hash of a key of PBKDF2 (RFC 5802 §3, RFC 7677), which cannot be undone.

use super::content::Content;
use super::encoding::{count, fields, from_base64, without_scheme};
use super::proof::Proof;
use crate::digest::Digest;
use crate::digest::pbkdf2::{Encoding, Pbkdf2, Prf};

fn content(iterations: &str, salt: &str, stored_key: &str) -> Option<Content> {
    const KEY: usize = 32;
    let stored_key = from_base64(stored_key).filter(|key| key.len() == KEY)?;
    // Only the parameters count: the derived key is hashed, and then compared.
    let key = vec![0; KEY];
    let (iterations, salt) = (count(iterations)?, from_base64(salt)?);
    let digest = Pbkdf2::new(Prf::Sha256, iterations, salt, key, Encoding::Authelia);
    Some(Content::Proof(Proof::Scram { digest: Digest::Pbkdf2(digest), stored_key }))
}

/// `SCRAM-SHA-256$4096:SALT$STORED_KEY:SERVER_KEY` (`pg_authid`).
pub(super) fn postgresql(text: &str) -> Option<Content> {
    let [cost, keys] = fields(text.strip_prefix("SCRAM-SHA-256$")?)?;
    let ((iterations, salt), (stored_key, _)) = (cost.split_once(':')?, keys.split_once(':')?);
    content(iterations, salt, stored_key)
}

/// `{SCRAM-SHA-256}4096,SALT,STORED_KEY,SERVER_KEY` (Dovecot, `password-scheme-scram.c`).
pub(super) fn dovecot(text: &str) -> Option<Content> {
    let rest = without_scheme(text, "SCRAM-SHA-256")?;
    let [iterations, salt, stored_key, _] = rest.split(',').collect::<Vec<_>>().try_into().ok()?;
    content(iterations, salt, stored_key)
}
