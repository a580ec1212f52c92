//! Forms that are named only: the hash function is another one, or a parameter or the user's name is not
//! in the text.

use super::content::Content;
use super::encoding::{fields, from_hex, without_scheme};

fn opaque(is_this: bool) -> Option<Content> {
    is_this.then_some(Content::Opaque)
}

fn is_hex(text: &str, bytes: usize) -> bool {
    from_hex(text).is_some_and(|decoded| decoded.len() == bytes)
}

/// `$gy$…`: yescrypt inside an HMAC of GOST R 34.11-2012 (`crypt(5)`).
pub(super) fn gost(text: &str) -> Option<Content> {
    opaque(text.starts_with("$gy$"))
}

/// `$A$005$`, 20 bytes of salt and 43 characters: SHA-256-crypt with a longer salt than `crypt(3)` has.
pub(super) fn mysql(text: &str) -> Option<Content> {
    opaque(text.starts_with("$A$") && text.len() >= 70)
}

/// `$S$D…`: SHA-512, many times, and truncated (Drupal, `PhpassHashedPassword`).
pub(super) fn drupal(text: &str) -> Option<Content> {
    opaque(text.starts_with("$S$") && text.len() == 55)
}

/// The key alone, as `dscl` and property lists show it.
pub(super) fn macos(text: &str) -> Option<Content> {
    opaque(text.starts_with("entropy:"))
}

/// Dovecot's schemes for protocols that hash the user's name, the server's name or a counter too, and
/// those of other hash functions.
pub(super) fn dovecot(text: &str) -> Option<Content> {
    let schemes =
        ["CRAM-MD5", "HMAC-MD5", "DIGEST-MD5", "SCRAM-SHA-1", "PLAIN-MD4", "RPA", "OTP", "SKEY"];
    opaque(schemes.iter().any(|scheme| without_scheme(text, scheme).is_some()))
}

/// `{NT}…` and `{LANMAN}…`: MD4 of UTF-16, and DES.
pub(super) fn nt(text: &str) -> Option<Content> {
    let schemes = ["NT", "NTLM", "LANMAN"];
    let hash = schemes.iter().find_map(|scheme| without_scheme(text, scheme))?;
    opaque(is_hex(hash, 16))
}

/// `md5…`: the MD5 of the secret and the user's name (`pg_authid`).
pub(super) fn postgresql(text: &str) -> Option<Content> {
    opaque(is_hex(text.strip_prefix("md5")?, 16))
}

/// 50 bytes of a key of PBKDF2. The salt is in another column of the table `user`.
pub(super) fn grafana(text: &str) -> Option<Content> {
    opaque(is_hex(text, 50))
}

/// `SALT:KEY` in hex, as many programs for Node.js write it. Each has its own function and parameters.
pub(super) fn salt_and_key(text: &str) -> Option<Content> {
    let [salt, key] =
        fields(&text.replacen(':', "$", 1)).map(|[a, b]| [from_hex(a), from_hex(b)])?;
    opaque(salt?.len() >= 8 && key?.len() >= 32)
}
