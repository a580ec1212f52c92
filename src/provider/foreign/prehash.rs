//! bcrypt digests of a hash of the secret. Their bcrypt part is a valid digest, but of another text than
//! the secret, so that it matches no secret in our formats.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest as _, Sha256, Sha384};
use zeroize::Zeroizing;

use super::content::Content;
use super::proof::{Bytes, Proof};
use crate::digest::{Algorithm, Digest};

fn content(digest: &str, prehash: fn(&[u8]) -> Bytes) -> Option<Content> {
    let digest: Digest = digest.parse().ok()?;
    let is_bcrypt = digest.algorithm() == Algorithm::Bcrypt;
    is_bcrypt.then(|| Content::Proof(Proof::Prehashed { prehash, digest }))
}

/// `$wp$2y$…`: bcrypt of the base64 of an HMAC of the trimmed secret
/// (`wp_hash_password`, since version 6.8).
pub(super) fn wordpress(text: &str) -> Option<Content> {
    content(text.strip_prefix("$wp").filter(|digest| digest.starts_with('$'))?, |secret| {
        let is_trimmed = |byte: &u8| b" \t\n\r\0\x0b".contains(byte);
        let start = secret.iter().position(|byte| !is_trimmed(byte)).unwrap_or(secret.len());
        let end = secret.iter().rposition(|byte| !is_trimmed(byte)).map_or(start, |last| last + 1);
        // HMAC accepts a key of any length.
        let mac = Hmac::<Sha384>::new_from_slice(b"wp-sha384")
            .map(|mac| mac.chain_update(&secret[start..end]).finalize().into_bytes());
        Zeroizing::new(mac.map_or_else(|_| String::new(), |mac| STANDARD.encode(mac)).into_bytes())
    })
}

/// `bcrypt_sha256$$2b$…`: bcrypt of the SHA-256 in hex (Django, `BCryptSHA256PasswordHasher`).
pub(super) fn django(text: &str) -> Option<Content> {
    content(text.strip_prefix("bcrypt_sha256$")?, |secret| {
        let digit = |bits: u8| char::from_digit(bits.into(), 16).unwrap_or('0');
        let hash = Zeroizing::new(Sha256::digest(secret).to_vec());
        let hex: String =
            hash.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect();
        Zeroizing::new(hex.into_bytes())
    })
}

/// `$bcrypt-sha256$2b,12$SALT$KEY`: bcrypt of the base64 of the SHA-256 (passlib, `bcrypt_sha256`,
/// version 1).
pub(super) fn passlib(text: &str) -> Option<Content> {
    let (version, rest) = text.strip_prefix("$bcrypt-sha256$")?.split_once(',')?;
    let (cost, salt_and_key) = rest.split_once('$')?;
    let cost: u32 = cost.parse().ok()?;
    let salt_and_key = salt_and_key.replacen('$', "", 1);
    content(&format!("${version}${cost:02}${salt_and_key}"), |secret| {
        let hash = Zeroizing::new(Sha256::digest(secret).to_vec());
        Zeroizing::new(STANDARD.encode(&*hash).into_bytes())
    })
}
