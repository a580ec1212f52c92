//! Algorithms by name.

use std::fmt;

use super::formats::argon2::variant::Variant;
use crate::kernel::Prf;

/// A digest's algorithm with its variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Algorithm {
    /// PBKDF2 (RFC 8018 §5.2) with HMAC over one of the SHA family.
    Pbkdf2(Prf),
    /// Argon2 version 19 (RFC 9106).
    Argon2(Variant),
    /// bcrypt.
    Bcrypt,
    /// bcrypt of HMAC-SHA-256 of the secret.
    BcryptSha256,
    /// scrypt (RFC 7914).
    Scrypt,
    /// yescrypt.
    Yescrypt,
    /// SHA-crypt with SHA-512.
    Sha512Crypt,
    /// SHA-crypt with SHA-256.
    Sha256Crypt,
    /// The secret itself.
    Plaintext,
    /// The secret itself, in base64.
    Base64,
    /// MD5-crypt.
    Md5Crypt,
    /// Apache's MD5-crypt.
    Apr1,
    /// Sun's MD5.
    SunMd5,
    /// NetBSD's SHA-1-crypt.
    Sha1Crypt,
}

impl Algorithm {
    /// Returns the name, which for most is also the identifier in a digest.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pbkdf2(prf) => pbkdf2_name(prf),
            Self::Argon2(variant) => variant.identifier(),
            Self::Bcrypt => "bcrypt",
            Self::BcryptSha256 => "bcrypt-sha256",
            Self::Scrypt => "scrypt",
            Self::Yescrypt => "yescrypt",
            Self::Sha512Crypt => "sha512crypt",
            Self::Sha256Crypt => "sha256crypt",
            Self::Plaintext => "plaintext",
            Self::Base64 => "base64",
            Self::Md5Crypt => "md5crypt",
            Self::Apr1 => "apr1",
            Self::SunMd5 => "sunmd5",
            Self::Sha1Crypt => "sha1crypt",
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Returns the name of PBKDF2 with a hash function.
pub(crate) const fn pbkdf2_name(prf: Prf) -> &'static str {
    match prf {
        Prf::Sha1 => "pbkdf2-sha1",
        Prf::Sha224 => "pbkdf2-sha224",
        Prf::Sha256 => "pbkdf2-sha256",
        Prf::Sha384 => "pbkdf2-sha384",
        Prf::Sha512 => "pbkdf2-sha512",
    }
}
