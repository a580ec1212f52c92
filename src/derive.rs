//! Many keys at once: PBKDF2 in the lanes, the rest on as many cores as the memory allows.

use zeroize::Zeroizing;

use crate::digest::{DeriveError, Digest, DigestFields, Key, argon2, memory_is_there};
use crate::kernel::{Job, Kernel, in_parallel};
use crate::secret::Secret;

/// Digests that ask for no more memory than this share the cores; one that asks for more has the
/// machine to itself. Authelia's default for scrypt is 64 MiB.
const SHARED_MEMORY: u64 = 128 << 20;

/// The maximum memory that digests on several cores take together.
const MEMORY_AT_ONCE: u64 = 1 << 30;

/// A key that was not derived is never compared or handed out.
const MISSING: DeriveError = DeriveError::Refused("one digest has one key");

/// Derives, for each digest, the key that it has if it was made from the secret; in order.
pub(crate) fn derive_many(pairs: &[(&Secret, &Digest)]) -> Vec<Result<Key, DeriveError>> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut keys: Vec<Result<Key, DeriveError>> = pairs.iter().map(|_| Err(MISSING)).collect();
    let (mut jobs, mut shared, mut alone): (Vec<Job<'_>>, Vec<_>, Vec<_>) = Default::default();
    let mut most_memory = 0;
    for ((secret, digest), key) in pairs.iter().zip(&mut keys) {
        let (secret, fields) = (secret.expose(), digest.fields());
        let memory = fields.work(secret.len()).memory;
        match digest {
            Digest::Pbkdf2(digest) => {
                *key = Ok(Zeroizing::new(vec![0; digest.key().len()]));
                jobs.extend(key.as_mut().ok().map(|key| digest.job(secret, key)));
            }
            Digest::Argon2(_) => alone.push((secret, *digest, key)),
            _ if memory > SHARED_MEMORY => alone.push((secret, *digest, key)),
            _ => {
                most_memory = most_memory.max(memory);
                shared.push((secret, fields, key));
            }
        }
    }
    Kernel::current().derive(jobs, cores);
    let most_at_once = MEMORY_AT_ONCE / most_memory.max(1);
    let threads = cores.min(shared.len()).min(usize::try_from(most_at_once).unwrap_or(usize::MAX));
    let threads = memory_is_there(most_memory * threads as u64).map_or(1, |()| threads);
    in_parallel(shared, threads, |(secret, fields, key)| *key = fields.derive(secret));
    // One after the other, each on all cores: one may need all the memory that the limits allow.
    let mut arena = argon2::Arena::default();
    for (secret, digest, key) in alone {
        *key = match digest {
            Digest::Argon2(argon2) => argon2.derive_in(&mut arena, secret),
            other => other.fields().derive(secret),
        };
    }
    keys
}
