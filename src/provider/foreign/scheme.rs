//! A scheme in braces before one of our digests, or before the plaintext secret.

use zeroize::Zeroizing;

use super::content::Content;
use super::encoding::without_scheme;
use super::proof::Proof;
use crate::digest::Digest;

/// Reads the digest after one of these schemes, if it has one of these identifiers.
fn content(text: &str, schemes: &[(&str, &[&str])]) -> Option<Content> {
    let (rest, identifiers) = schemes
        .iter()
        .find_map(|(scheme, identifiers)| Some((without_scheme(text, scheme)?, identifiers)))?;
    let identifier = rest.strip_prefix('$')?.split('$').next()?;
    let digest: Digest = rest.parse().ok()?;
    identifiers.contains(&identifier).then(|| Content::digest(digest))
}

/// The schemes of Spring Security's `PasswordEncoderFactories`. `{argon2}` is one of LDAP too.
pub(super) fn spring(text: &str) -> Option<Content> {
    let argon2 = &["argon2id", "argon2i", "argon2d"];
    content(
        text,
        &[
            ("bcrypt", &["2a", "2b", "2y"]),
            ("argon2@SpringSecurity_v5_8", argon2),
            ("argon2@SpringSecurity_v5_2", argon2),
        ],
    )
}

/// The schemes of Dovecot that are those of `crypt(3)` and of libsodium.
pub(super) fn dovecot(text: &str) -> Option<Content> {
    content(
        text,
        &[
            ("ARGON2ID", &["argon2id"]),
            ("ARGON2I", &["argon2i"]),
            ("BLF-CRYPT", &["2a", "2b", "2y"]),
            ("SHA512-CRYPT", &["6"]),
            ("SHA256-CRYPT", &["5"]),
            ("MD5-CRYPT", &["1"]),
            ("MD5", &["1"]),
        ],
    )
}

fn plaintext(secret: &str) -> Content {
    let hash = |secret: &[u8]| vec![Zeroizing::new(secret.to_vec())];
    let expected = secret.as_bytes().to_vec();
    Content::Proof(Proof::Hash { hash: Box::new(hash), expected, rounds: 1 })
}

/// Spring Security's `NoOpPasswordEncoder`.
pub(super) fn noop(text: &str) -> Option<Content> {
    text.strip_prefix("{noop}").map(plaintext)
}

/// Dovecot's schemes for a plaintext secret.
pub(super) fn plain(text: &str) -> Option<Content> {
    let schemes = ["PLAIN", "CLEAR", "CLEARTEXT"];
    schemes.iter().find_map(|scheme| without_scheme(text, scheme)).map(plaintext)
}
