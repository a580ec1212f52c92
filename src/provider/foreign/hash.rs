//! Fast hashes of a secret, with or without a salt. They prove a secret, but no digest can be made of
//! them.

use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};
use zeroize::Zeroizing;

use super::content::Content;
use super::encoding::{crypt_number, fields, from_base64, from_crypt_base64, from_hex};
use super::proof::{Bytes, Proof};

/// A hash function, and the length of its output in bytes.
#[derive(Clone, Copy)]
pub(super) struct Hash {
    length: usize,
    compute: fn(&[&[u8]]) -> Bytes,
    keyed: fn(&[u8], &[u8]) -> Bytes,
}

fn hashed<H: md5::Digest>(parts: &[&[u8]]) -> Bytes {
    let mut hash = H::new();
    for part in parts {
        hash.update(part);
    }
    Zeroizing::new(hash.finalize().to_vec())
}

fn mac<M: Mac + KeyInit>(key: &[u8], text: &[u8]) -> Bytes {
    // HMAC accepts a key of any length.
    let mac = <M as KeyInit>::new_from_slice(key).map(|mac| mac.chain_update(text).finalize());
    Zeroizing::new(mac.map_or_else(|_| Vec::new(), |mac| mac.into_bytes().to_vec()))
}

pub(super) const MD5: Hash = Hash { length: 16, compute: hashed::<Md5>, keyed: mac::<Hmac<Md5>> };
pub(super) const SHA1: Hash =
    Hash { length: 20, compute: hashed::<Sha1>, keyed: mac::<Hmac<Sha1>> };
pub(super) const SHA256: Hash =
    Hash { length: 32, compute: hashed::<Sha256>, keyed: mac::<Hmac<Sha256>> };
pub(super) const SHA384: Hash =
    Hash { length: 48, compute: hashed::<Sha384>, keyed: mac::<Hmac<Sha384>> };
pub(super) const SHA512: Hash =
    Hash { length: 64, compute: hashed::<Sha512>, keyed: mac::<Hmac<Sha512>> };

fn proof(expected: Vec<u8>, rounds: u32, hash: impl Fn(&[u8]) -> Bytes + 'static) -> Content {
    let hash = Box::new(move |secret: &[u8]| vec![hash(secret)]);
    Content::Proof(Proof::Hash { hash, expected, rounds })
}

/// The hash of a secret and of the salt after it.
fn before_salt(hash: Hash, salt: &[u8], expected: Vec<u8>) -> Content {
    let salt = salt.to_vec();
    proof(expected, 1, move |secret| (hash.compute)(&[secret, &salt]))
}

pub(super) fn in_hex(hash: Hash, text: &str) -> Option<Content> {
    let expected = from_hex(text).filter(|bytes| bytes.len() == hash.length)?;
    Some(before_salt(hash, &[], expected))
}

/// Bytes that are printable text are not a hash, but a text in base64.
pub(super) fn in_base64(hash: Hash, text: &str) -> Option<Content> {
    let is_hash =
        |bytes: &Vec<u8>| bytes.len() == hash.length && !bytes.iter().all(u8::is_ascii_graphic);
    let expected = from_base64(text).filter(is_hash)?;
    Some(before_salt(hash, &[], expected))
}

pub(super) fn in_base64_of_hex(hash: Hash, text: &str) -> Option<Content> {
    in_hex(hash, std::str::from_utf8(&from_base64(text)?).ok()?)
}

/// `*` and the SHA-1 of the SHA-1 of the secret, in hex (`mysql_native_password`).
pub(super) fn mysql(text: &str) -> Option<Content> {
    let expected = from_hex(text.strip_prefix('*')?).filter(|bytes| bytes.len() == SHA1.length)?;
    Some(proof(expected, 2, |secret| (SHA1.compute)(&[&(SHA1.compute)(&[secret])])))
}

/// `$6$SALT$HASH` in padded base64, with the SHA-512 of the secret and of the salt after it
/// (`common/password_mosq.c`). A digest of SHA-512-crypt has 86 characters there and no padding.
pub(super) fn mosquitto(text: &str) -> Option<Content> {
    let [salt, hash] = fields(text.strip_prefix("$6$")?)?;
    let expected = from_base64(hash).filter(|bytes| bytes.len() == SHA512.length)?;
    hash.ends_with("==").then_some(())?;
    Some(before_salt(SHA512, &from_base64(salt)?, expected))
}

/// Splits a scheme in braces, and the name of the encoding that Dovecot allows after it, from the rest.
fn scheme(text: &str) -> Option<(String, &str, &str)> {
    let (scheme, rest) = text.strip_prefix('{')?.split_once('}')?;
    let (scheme, encoding) = scheme.split_once('.').unwrap_or((scheme, ""));
    Some((scheme.to_ascii_uppercase(), encoding, rest))
}

/// Decodes the bytes after a scheme: hex if Dovecot's encoding or the length of an unsalted hash requires
/// it, otherwise base64.
fn after_scheme(hash: Hash, encoding: &str, text: &str) -> Option<Vec<u8>> {
    let in_hex = from_hex(text).filter(|bytes| bytes.len() == hash.length);
    if encoding.eq_ignore_ascii_case("hex") {
        return from_hex(text);
    }
    in_hex.or_else(|| from_base64(text))
}

/// `{SHA}…`, `{SHA256}…` and others (RFC 2307 §5.3; Dovecot, password schemes).
pub(super) fn ldap(text: &str) -> Option<Content> {
    let (scheme, encoding, rest) = scheme(text.strip_prefix("{ldap}").unwrap_or(text))?;
    let hash = match &*scheme {
        "MD5" | "LDAP-MD5" | "PLAIN-MD5" => MD5,
        "SHA" | "SHA1" => SHA1,
        "SHA256" => SHA256,
        "SHA384" => SHA384,
        "SHA512" => SHA512,
        _ => return None,
    };
    let expected = after_scheme(hash, encoding, rest)?;
    (expected.len() == hash.length).then(|| before_salt(hash, &[], expected))
}

/// `{SSHA}…` and others: the hash of the secret and the salt, then the salt.
pub(super) fn ldap_salted(text: &str) -> Option<Content> {
    let (scheme, encoding, rest) = scheme(text.strip_prefix("{ldap}").unwrap_or(text))?;
    let hash = match &*scheme {
        "SMD5" => MD5,
        "SSHA" => SHA1,
        "SSHA256" => SHA256,
        "SSHA384" => SHA384,
        "SSHA512" => SHA512,
        _ => return None,
    };
    let bytes = after_scheme(hash, encoding, rest)?;
    let (expected, salt) = bytes.split_at_checked(hash.length)?;
    (!salt.is_empty()).then(|| before_salt(hash, salt, expected.to_vec()))
}

/// `{SHA-256}{SALT}…` in hex: the hash of the secret and of the salt with its braces (Spring Security,
/// `MessageDigestPasswordEncoder`).
pub(super) fn spring(text: &str) -> Option<Content> {
    let (scheme, rest) = text.strip_prefix('{')?.split_once('}')?;
    let hash = match scheme {
        "MD5" => MD5,
        "SHA-1" => SHA1,
        "SHA-256" => SHA256,
        "SHA-512" => SHA512,
        _ => return None,
    };
    let end = rest.rfind('}').filter(|_| rest.starts_with('{')).map_or(0, |index| index + 1);
    let (salt, expected) = rest.split_at(end);
    let expected = from_hex(expected).filter(|bytes| bytes.len() == hash.length)?;
    Some(before_salt(hash, salt.as_bytes(), expected))
}

/// `{sha256}`, then 8 bytes of salt and the hash in hex: 1,024 times SHA-256, first of the salt and the
/// secret (Spring Security, `StandardPasswordEncoder`).
pub(super) fn spring_standard(text: &str) -> Option<Content> {
    const ITERATIONS: u32 = 1024;
    let bytes = from_hex(text.strip_prefix("{sha256}")?)?;
    let (salt, expected) = bytes.split_at_checked(8)?;
    let (salt, expected) = (salt.to_vec(), expected.to_vec());
    (expected.len() == SHA256.length).then(|| {
        proof(expected, ITERATIONS, move |secret| {
            let first = (SHA256.compute)(&[&salt, secret]);
            (1..ITERATIONS).fold(first, |hash, _| (SHA256.compute)(&[&hash]))
        })
    })
}

/// `sha1$SALT$HASH` in hex: of Django (`MD5PasswordHasher`) the hash of salt and secret, of Werkzeug
/// before 2.3 the HMAC of the secret with the salt as its key.
pub(super) fn salt_and_hash(text: &str) -> Option<Content> {
    let [name, salt, expected] = fields(text)?;
    let hash = match name {
        "md5" => MD5,
        "sha1" => SHA1,
        "sha256" => SHA256,
        "sha384" => SHA384,
        "sha512" => SHA512,
        _ => return None,
    };
    let expected = from_hex(expected).filter(|bytes| bytes.len() == hash.length)?;
    let salt = salt.as_bytes().to_vec();
    let both =
        move |secret: &[u8]| vec![(hash.compute)(&[&salt, secret]), (hash.keyed)(&salt, secret)];
    Some(Content::Proof(Proof::Hash { hash: Box::new(both), expected, rounds: 1 }))
}

/// `$P$B`, eight characters of salt and the hash: 2^13 times MD5 for the `B`
/// (`class-phpass.php`).
pub(super) fn phpass(text: &str) -> Option<Content> {
    /// More, up to 30, would take too long.
    const MAX_LOG: u32 = 20;
    let rest = text.strip_prefix("$P$").or(text.strip_prefix("$H$"))?;
    let (log, rest) = rest.split_at_checked(1)?;
    let (salt, hash) = rest.split_at_checked(8)?;
    let expected = from_crypt_base64(hash).filter(|bytes| bytes.len() == MD5.length)?;
    let (log, salt) = (crypt_number(log)?, salt.as_bytes().to_vec());
    Some(match log {
        7..=MAX_LOG => proof(expected, 1 << log, move |secret| {
            let first = (MD5.compute)(&[&salt, secret]);
            (0..1 << log).fold(first, |hash, _| (MD5.compute)(&[&hash, secret]))
        }),
        21..=30 => Content::Opaque,
        _ => return None,
    })
}
