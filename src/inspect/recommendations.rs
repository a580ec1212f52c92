//! Recommended minimum work.
//!
//! OWASP: the Password Storage Cheat Sheet of 2026-03. Authelia: the bounds of `authelia crypto
//! hash generate`.

use crate::digest::argon2::{self, Variant};
use crate::digest::pbkdf2::{self, Prf};
use crate::digest::{Digest, bcrypt, scrypt, sha2crypt};

/// OWASP's binary logarithms of N of scrypt at a block size of 8, with the minimum parallelism at each.
pub const OWASP_SCRYPT: &[(u32, u32)] = &[(17, 1), (16, 2), (15, 3), (14, 5), (13, 10)];

/// OWASP's minimum parallelism of scrypt with this binary logarithm of N, at a block size of 8; `None` if N
/// is too small.
#[must_use]
pub fn owasp_scrypt(log_n: u32) -> Option<u32> {
    OWASP_SCRYPT.iter().find(|(least, _)| log_n >= *least).map(|(_, parallelism)| *parallelism)
}

/// OWASP's minimum number of iterations of PBKDF2.
#[must_use]
pub const fn owasp_pbkdf2(prf: Prf) -> u32 {
    match prf {
        Prf::Sha512 | Prf::Sha384 => 220_000,
        Prf::Sha256 | Prf::Sha224 => 600_000,
        Prf::Sha1 => 1_400_000,
    }
}

/// OWASP's minimum memory of Argon2, in KiB, with the minimum number of iterations at it.
pub const OWASP_ARGON2: &[(u32, u32)] = &[(47_104, 1), (19_456, 2)];

/// OWASP's minimum number of iterations of Argon2 with this memory, in KiB; `None` if the memory is
/// too small.
#[must_use]
pub fn owasp_argon2(memory: u32) -> Option<u32> {
    OWASP_ARGON2.iter().find(|(least, _)| memory >= *least).map(|(_, iterations)| *iterations)
}

/// Returns OWASP's minimum, if the digest has less.
pub(crate) fn below_owasp(digest: &Digest) -> Option<String> {
    match digest {
        Digest::Pbkdf2(digest) => {
            let least = owasp_pbkdf2(digest.prf());
            (digest.iterations() < least).then(|| format!("{least} iterations"))
        }
        Digest::Argon2(argon2) => {
            let argon2::Cost { memory, iterations, .. } = argon2.cost();
            let enough = owasp_argon2(memory).is_some_and(|least| iterations >= least);
            let sound = enough && argon2.variant() == Variant::Argon2id;
            (!sound).then(|| "argon2id with 19 MiB and 2 passes, or 46 MiB and 1".to_owned())
        }
        Digest::Bcrypt(digest) => {
            (digest.cost() < bcrypt::MIN_COST).then(|| format!("{} as the cost", bcrypt::MIN_COST))
        }
        Digest::Scrypt(scrypt) => {
            let scrypt::Cost { log_n, block_size, parallelism } = scrypt.cost();
            let is_listed = owasp_scrypt(log_n).is_some_and(|least| parallelism >= least);
            // A larger block size makes up for a smaller N.
            let is_enough = is_listed || digest.fields().work(0).steps >= 8 << 17;
            let weak = !is_enough || block_size < 8;
            weak.then(|| "ln 17 with a block size of 8".to_owned())
        }
        _ => None,
    }
}

/// Returns Authelia's minimum for new digests, if the digest has less.
pub(crate) fn below_authelia(digest: &Digest) -> Option<String> {
    let (least, actual, what) = match digest {
        Digest::Pbkdf2(digest) => (pbkdf2::MIN_ITERATIONS, digest.iterations(), "iterations"),
        Digest::Sha2Crypt(digest) => (sha2crypt::MIN_ROUNDS, digest.rounds(), "rounds"),
        Digest::Bcrypt(digest) => (bcrypt::MIN_COST, digest.cost(), "as the cost"),
        _ => return None,
    };
    (actual < least).then(|| format!("{least} {what}"))
}
