//! Forms of PBKDF2, all of which can be converted.

use super::content::Content;
use super::encoding::{count, fields, from_base64, from_cisco_base64, from_hex, without_scheme};
use crate::digest::Digest;
use crate::digest::pbkdf2::{Encoding, Pbkdf2, Prf};

/// The shortest key of all forms. A shorter one is a truncated text.
const SHORTEST_KEY: usize = 16;

fn content(prf: Prf, iterations: u32, salt: &[u8], key: &[u8]) -> Option<Content> {
    let (salt, key) = (salt.to_vec(), key.to_vec());
    let is_whole = key.len() >= SHORTEST_KEY;
    is_whole.then(|| {
        Content::digest(Digest::Pbkdf2(Pbkdf2::new(prf, iterations, salt, key, Encoding::Authelia)))
    })
}

/// `pbkdf2:sha256:600000$SALT$KEY`: the salt's text, the key in hex (`werkzeug/security.py`).
pub(super) fn werkzeug(text: &str) -> Option<Content> {
    let [method, salt, key] = fields(text.strip_prefix("pbkdf2:")?)?;
    let (name, iterations) = method.split_once(':')?;
    let key = from_hex(key)?;
    let prf = match name {
        "sha1" => Prf::Sha1,
        "sha224" => Prf::Sha224,
        "sha256" => Prf::Sha256,
        "sha384" => Prf::Sha384,
        "sha512" => Prf::Sha512,
        // Any hash function of Python's hashlib, such as md5 or sha3_256.
        _ => return Some(Content::Opaque),
    };
    content(prf, count(iterations)?, salt.as_bytes(), &key)
}

/// `$8$SALT$KEY`: 20,000 iterations, 14 characters of salt that are hashed as text (hashcat, mode
/// 9200).
pub(super) fn cisco(text: &str) -> Option<Content> {
    let [salt, key] = fields(text.strip_prefix("$8$")?)?;
    let key = from_cisco_base64(key).filter(|key| salt.len() == 14 && key.len() == 32)?;
    content(Prf::Sha256, 20_000, salt.as_bytes(), &key)
}

/// `$7$101$SALT$KEY` in padded base64 (`common/password_mosq.c`).
pub(super) fn mosquitto(text: &str) -> Option<Content> {
    let [iterations, salt, key] = fields(text.strip_prefix("$7$")?)?;
    content(Prf::Sha512, count(iterations)?, &from_base64(salt)?, &from_base64(key)?)
}

/// `grub.pbkdf2.sha512.10000.SALT.KEY` in hex (`grub-mkpasswd-pbkdf2`).
pub(super) fn grub(text: &str) -> Option<Content> {
    let text = text.strip_prefix("grub.pbkdf2.sha512.")?;
    let [iterations, salt, key] = text.split('.').collect::<Vec<_>>().try_into().ok()?;
    content(Prf::Sha512, count(iterations)?, &from_hex(salt)?, &from_hex(key)?)
}

/// `$ml$35460$SALT$KEY` in hex: how hashcat (mode 7100) and John the Ripper write the
/// `SALTED-SHA512-PBKDF2` of macOS.
pub(super) fn macos(text: &str) -> Option<Content> {
    let [iterations, salt, key] = fields(text.strip_prefix("$ml$")?)?;
    content(Prf::Sha512, count(iterations)?, &from_hex(salt)?, &from_hex(key)?)
}

/// `@ByteArray(SALT:KEY)` in padded base64, 100,000 iterations (`src/base/utils/password.cpp`).
pub(super) fn qbittorrent(text: &str) -> Option<Content> {
    let (salt, key) = text.strip_prefix("@ByteArray(")?.strip_suffix(')')?.split_once(':')?;
    content(Prf::Sha512, 100_000, &from_base64(salt)?, &from_base64(key)?)
}

/// `{PBKDF2}$1$SALT$5000$KEY`: the salt's text, the key in hex (`src/auth/password-scheme-pbkdf2.c`).
pub(super) fn dovecot(text: &str) -> Option<Content> {
    let [salt, iterations, key] = fields(without_scheme(text, "PBKDF2")?.strip_prefix("$1$")?)?;
    content(Prf::Sha1, count(iterations)?, salt.as_bytes(), &from_hex(key)?)
}

/// `{PKCS5S2}`, then 16 bytes of salt and 32 of the key in base64, 10,000 iterations (passlib,
/// `atlassian_pbkdf2_sha1`).
pub(super) fn atlassian(text: &str) -> Option<Content> {
    let bytes = from_base64(without_scheme(text, "PKCS5S2")?)?;
    let (salt, key) = bytes.split_at_checked(16).filter(|(_, key)| key.len() == 32)?;
    content(Prf::Sha1, 10_000, salt, key)
}

/// `{pbkdf2}` and `{pbkdf2@SpringSecurity_v5_8}`, then salt and key in hex. Their parameters are the
/// `defaultsForSpringSecurity_v5_5` and `…_v5_8` of `Pbkdf2PasswordEncoder`, without its optional secret.
pub(super) fn spring(text: &str) -> Option<Content> {
    let (scheme, bytes) = text.strip_prefix("{pbkdf2")?.split_once('}')?;
    let bytes = from_hex(bytes)?;
    let (prf, iterations, salt_length) = match scheme {
        "" => (Prf::Sha1, 185_000, 8),
        "@SpringSecurity_v5_8" => (Prf::Sha256, 310_000, 16),
        _ => return None,
    };
    // Another length has other parameters, which the application's code sets.
    let Some((salt, key)) = bytes.split_at_checked(salt_length).filter(|(_, key)| key.len() == 32)
    else {
        return Some(Content::Opaque);
    };
    content(prf, iterations, salt, key)
}

/// A zero byte, 16 bytes of salt and 32 of the key, 1,000 iterations (ASP.NET Core,
/// `PasswordHasher.cs`).
pub(super) fn aspnet_2(text: &str) -> Option<Content> {
    let bytes = from_base64(text).filter(|bytes| bytes.len() == 49)?;
    let (salt, key) = bytes.strip_prefix(&[0])?.split_at_checked(16)?;
    content(Prf::Sha1, 1_000, salt, key)
}

/// A byte 1, then the hash function, the iterations and the length of the salt as big-endian numbers
/// of four bytes, salt and key (ASP.NET Core, `PasswordHasher.cs`).
pub(super) fn aspnet_3(text: &str) -> Option<Content> {
    let bytes = from_base64(text)?;
    let (prf, rest) = number(bytes.strip_prefix(&[1])?)?;
    let (iterations, rest) = number(rest)?;
    let (salt_length, rest) = number(rest)?;
    // The shortest salt that `PasswordHasher` accepts has 16 bytes.
    let (salt, key) = rest.split_at_checked(usize::try_from(salt_length).ok()?)?;
    let prf = [Prf::Sha1, Prf::Sha256, Prf::Sha512].into_iter().nth(usize::try_from(prf).ok()?)?;
    content(prf, iterations, salt, key).filter(|_| iterations > 0 && salt.len() >= 16)
}

/// Splits a big-endian number of four bytes from the rest.
fn number(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (number, rest) = bytes.split_first_chunk()?;
    Some((u32::from_be_bytes(*number), rest))
}
