//! The form of a digest for each system; one function for each.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::unsupported::Unsupported;
use crate::digest::argon2::{Argon2, Variant};
use crate::digest::pbkdf2::{Pbkdf2, Prf};
use crate::digest::{Algorithm, Alphabet, Digest, DigestFields, Encoding, pbkdf2_name, scrypt};

pub(super) type Written = Result<String, Unsupported>;

pub(super) fn refused(digest: &Digest, reads: &'static str) -> Written {
    Err(Unsupported::Algorithm { algorithm: digest.algorithm(), reads })
}

pub(super) fn authelia(digest: &Digest) -> Written {
    match digest {
        Digest::Pbkdf2(pbkdf2) => Ok(pbkdf2.with_encoding(Encoding::Authelia).to_string()),
        _ if digest.algorithm().format().read_by_authelia => Ok(digest.to_string()),
        _ => refused(
            digest,
            "pbkdf2, argon2, bcrypt, bcrypt-sha256, scrypt, yescrypt, sha512crypt and sha256crypt",
        ),
    }
}

pub(super) fn hydra(digest: &Digest) -> Written {
    match digest {
        // For the other two Ory computes SHA-3.
        Digest::Pbkdf2(pbkdf2) if !has_scheme(pbkdf2.prf()) => Err(Unsupported::OtherKey),
        Digest::Pbkdf2(_) => phc(digest),
        Digest::Argon2(argon2) if argon2.variant() != Variant::Argon2d => argon2_in_go(argon2),
        _ => bcrypt(digest, "2a", "pbkdf2, bcrypt, argon2i and argon2id"),
    }
}

pub(super) fn zitadel(digest: &Digest) -> Written {
    match digest {
        Digest::Pbkdf2(pbkdf2) => {
            // The bounds of passwap, Zitadel's library.
            bounds("iterations", pbkdf2.iterations(), 1_000, 10_000_000)?;
            authelia(digest)
        }
        Digest::Argon2(argon2) if argon2.variant() != Variant::Argon2d => argon2_in_go(argon2),
        Digest::Scrypt(_) => Ok(digest.to_string()),
        // Zitadel compares the whole text, so the rounds must be in it.
        Digest::Sha2Crypt(sha2crypt) => Ok(sha2crypt.with_stated_rounds().to_string()),
        _ => bcrypt(
            digest,
            "2a",
            "pbkdf2, argon2i, argon2id, bcrypt, scrypt, sha512crypt and sha256crypt",
        ),
    }
}

/// Go's Argon2 counts its threads in eight bits.
fn argon2_in_go(argon2: &Argon2) -> Written {
    bounds("parallelism", argon2.cost().parallelism, 1, 255)?;
    Ok(argon2.to_string())
}

pub(super) fn bounds(
    parameter: &'static str,
    actual: u32,
    min: u32,
    max: u32,
) -> Result<(), Unsupported> {
    if (min..=max).contains(&actual) {
        Ok(())
    } else {
        Err(Unsupported::Bounds { parameter, min, max, actual })
    }
}

fn key_length(digest: &Digest, min: usize, max: usize) -> Result<(), Unsupported> {
    match digest.key().len() {
        actual if (min..=max).contains(&actual) => Ok(()),
        actual => Err(Unsupported::KeyLength { min, max, actual }),
    }
}

fn salt_length(digest: &Digest, min: usize, max: usize) -> Result<(), Unsupported> {
    match digest.salt().len() {
        actual if (min..=max).contains(&actual) => Ok(()),
        actual => Err(Unsupported::SaltLength { min, max, actual }),
    }
}

pub(super) fn kanidm(digest: &Digest) -> Written {
    match digest {
        Digest::Pbkdf2(pbkdf2) if has_scheme(pbkdf2.prf()) => {
            // Kanidm takes a shorter key for a truncated one.
            let min = if pbkdf2.prf() == Prf::Sha1 { 19 } else { 32 };
            key_length(digest, min, usize::MAX)?;
            Ok(ldap_scheme(pbkdf2))
        }
        Digest::Argon2(argon2) if argon2.variant() == Variant::Argon2id => {
            Ok(format!("{{ARGON2}}{digest}"))
        }
        Digest::Sha2Crypt(_) => Ok(format!("{{CRYPT}}{digest}")),
        _ => refused(
            digest,
            "pbkdf2-sha512, pbkdf2-sha256, pbkdf2-sha1, argon2id, sha512crypt and sha256crypt",
        ),
    }
}

pub(super) fn openldap(digest: &Digest) -> Written {
    /// The only length of a salt that the module for PBKDF2 accepts, in bytes.
    const SALT: usize = 16;
    match digest {
        Digest::Pbkdf2(pbkdf2) if has_scheme(pbkdf2.prf()) => {
            let key = pbkdf2.prf().output_length();
            salt_length(digest, SALT, SALT)?;
            key_length(digest, key, key)?;
            Ok(ldap_scheme(pbkdf2))
        }
        Digest::Argon2(_) => Ok(format!("{{ARGON2}}{digest}")),
        // crypt(3) has a countermeasure in 2a that changes the key of a few secrets.
        Digest::Bcrypt(bcrypt) if digest.algorithm() == Algorithm::Bcrypt => {
            Ok(format!("{{CRYPT}}{}", bcrypt.with_version("2b")))
        }
        _ if digest.algorithm().format().read_by_crypt => Ok(format!("{{CRYPT}}{digest}")),
        _ => refused(
            digest,
            "pbkdf2-sha512, pbkdf2-sha256, pbkdf2-sha1, argon2 and the formats of crypt(3)",
        ),
    }
}

/// Whether there is an LDAP scheme for PBKDF2 with this hash function.
pub(super) fn has_scheme(prf: Prf) -> bool {
    matches!(prf, Prf::Sha1 | Prf::Sha256 | Prf::Sha512)
}

/// `{PBKDF2-SHA512}310000$SALT$KEY`, in adapted base64.
fn ldap_scheme(pbkdf2: &Pbkdf2) -> String {
    let scheme = pbkdf2_name(pbkdf2.prf()).to_ascii_uppercase();
    let encode = |bytes| Alphabet::Adapted.encode(bytes);
    let (salt, key) = (encode(pbkdf2.salt()), encode(pbkdf2.key()));
    format!("{{{scheme}}}{}${salt}${key}", pbkdf2.iterations())
}

pub(super) fn vaultwarden(digest: &Digest) -> Written {
    match digest {
        Digest::Argon2(_) => {
            // The bounds of a PHC string's salt and key in Vaultwarden's library.
            salt_length(digest, 8, 48)?;
            key_length(digest, 10, 64)?;
            Ok(digest.to_string())
        }
        _ => refused(digest, "argon2"),
    }
}

pub(super) fn django(digest: &Digest) -> Written {
    const READS: &str = "pbkdf2-sha256, pbkdf2-sha1, argon2 and scrypt";
    let pbkdf2 = match digest {
        Digest::Argon2(_) => return Ok(format!("argon2{digest}")),
        Digest::Scrypt(scrypt) => return django_scrypt(digest, scrypt.cost()),
        Digest::Pbkdf2(pbkdf2) => pbkdf2,
        _ => return refused(digest, READS),
    };
    let name = match pbkdf2.prf() {
        Prf::Sha256 => "pbkdf2_sha256",
        Prf::Sha1 => "pbkdf2_sha1",
        _ => return refused(digest, READS),
    };
    let key = pbkdf2.prf().output_length();
    key_length(digest, key, key)?;
    let (salt, key) = (text_salt(digest)?, STANDARD.encode(digest.key()));
    Ok(format!("{name}${}${salt}${key}", pbkdf2.iterations()))
}

/// `scrypt$16384$SALT$8$1$KEY`, with a key of 64 bytes (`ScryptPasswordHasher`).
fn django_scrypt(digest: &Digest, cost: scrypt::Cost) -> Written {
    const KEY: usize = 64;
    key_length(digest, KEY, KEY)?;
    let scrypt::Cost { log_n, block_size, parallelism } = cost;
    let (n, salt, key) = (1_u64 << log_n, text_salt(digest)?, STANDARD.encode(digest.key()));
    Ok(format!("scrypt${n}${salt}${block_size}${parallelism}${key}"))
}

/// Returns the salt as Django writes it: its bytes are text.
fn text_salt(digest: &Digest) -> Result<&str, Unsupported> {
    let printable = |byte: &u8| byte.is_ascii_graphic() && *byte != b'$';
    let is_text = !digest.salt().is_empty() && digest.salt().iter().all(printable);
    let salt = std::str::from_utf8(digest.salt()).ok().filter(|_| is_text);
    salt.ok_or(Unsupported::SaltIsNoText)
}

pub(super) fn htpasswd(digest: &Digest) -> Written {
    match digest {
        Digest::Md5Crypt(_) if digest.algorithm() == Algorithm::Apr1 => Ok(digest.to_string()),
        _ => bcrypt(digest, "2y", "bcrypt and apr1"),
    }
}

pub(super) fn caddy(digest: &Digest) -> Written {
    match digest {
        Digest::Argon2(argon2) if argon2.variant() == Variant::Argon2id => argon2_in_go(argon2),
        _ => bcrypt(digest, "2a", "bcrypt and argon2id"),
    }
}

pub(super) fn phc(digest: &Digest) -> Written {
    match digest {
        Digest::Pbkdf2(pbkdf2) => Ok(pbkdf2.with_encoding(Encoding::Phc).to_string()),
        Digest::Argon2(_) | Digest::Scrypt(_) => Ok(digest.to_string()),
        _ => refused(digest, "pbkdf2, argon2 and scrypt"),
    }
}

/// Returns a bcrypt digest with the version that the system itself writes; 2a, 2b and 2y are
/// equivalent.
fn bcrypt(digest: &Digest, version: &str, reads: &'static str) -> Written {
    match digest {
        Digest::Bcrypt(bcrypt) if digest.algorithm() == Algorithm::Bcrypt => {
            Ok(bcrypt.with_version(version).to_string())
        }
        _ => refused(digest, reads),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::Provider;

    /// Whether a list in a message, such as `pbkdf2, bcrypt and argon2id`, has an algorithm or its
    /// family.
    fn names(list: &str, algorithm: Algorithm) -> bool {
        let read_by_crypt = algorithm.format().read_by_crypt;
        let families = [algorithm.name(), algorithm.format().name];
        let mut items = list.split(", ").flat_map(|items| items.split(" and "));
        items.any(|item| {
            families.contains(&item) || item == "the formats of crypt(3)" && read_by_crypt
        })
    }

    #[test]
    fn a_refusal_lists_the_algorithms_that_the_system_accepts() {
        for provider in Provider::ALL {
            let written = |algorithm: Algorithm| {
                let digest: Digest = algorithm.format().sample(algorithm).parse().unwrap();
                provider.write(&digest).map_err(|error| error.reason)
            };
            let [accepted, refused]: [Vec<_>; 2] = [false, true].map(|is_refused| {
                let refused =
                    |a: &Algorithm| matches!(written(*a), Err(Unsupported::Algorithm { .. }));
                Algorithm::all().filter(|a| refused(a) == is_refused).collect()
            });
            assert!(!refused.is_empty(), "{provider}");
            for algorithm in refused {
                let Err(Unsupported::Algorithm { reads, .. }) = written(algorithm) else {
                    panic!("{provider}: {algorithm}");
                };
                assert!(!names(reads, algorithm), "{provider}, {algorithm}: {reads}");
                for accepted in accepted.iter().filter(|a| is_a_digest(**a)) {
                    assert!(names(reads, *accepted), "{provider}, {accepted}: {reads}");
                }
            }
        }
    }

    fn is_a_digest(algorithm: Algorithm) -> bool {
        algorithm.format().status != crate::digest::FormatStatus::Plaintext
    }
}
