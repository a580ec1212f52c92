//! Many keys at once: PBKDF2 and SHA-crypt in the lanes, bcrypt and scrypt several side by side, yescrypt,
//! Argon2 and the rest on all cores, as far as the memory allows.

use zeroize::Zeroizing;

use crate::digest::argon2::{self, Argon2};
use crate::digest::bcrypt::{self, Bcrypt};
use crate::digest::pbkdf2::Pbkdf2;
use crate::digest::scrypt::Scrypt;
use crate::digest::sha2crypt::Sha2Crypt;
use crate::digest::yescrypt::Yescrypt;
use crate::digest::{DeriveError, Digest, DigestFields, Key};
use crate::kernel::memory::is_available;
use crate::kernel::stack::with_wiped_stack;
use crate::kernel::{self, Kernel, in_parallel, in_parallel_with};
use crate::secret::Secret;

/// Digests that ask for no more memory than this share the cores; one that asks for more has the
/// machine to itself. Authelia's default for scrypt is 64 MiB.
const SHARED_MEMORY: u64 = 128 << 20;

/// The maximum memory that digests on several cores take together.
const MEMORY_AT_ONCE: u64 = 1 << 30;

/// A key that was not derived is never compared or handed out.
const MISSING: DeriveError = DeriveError::Refused("one digest has one key");

/// A key to derive.
struct Pending<'a, D: ?Sized> {
    secret: &'a [u8],
    digest: &'a D,
    key: &'a mut Result<Key, DeriveError>,
}

/// Keys to derive, by the way they share the machine.
#[derive(Default)]
struct Groups<'a> {
    pbkdf2: Vec<Pending<'a, Pbkdf2>>,
    bcrypt: Vec<Pending<'a, Bcrypt>>,
    sha_crypt: Vec<Pending<'a, Sha2Crypt>>,
    scrypt: Vec<Pending<'a, Scrypt>>,
    yescrypt: Vec<Pending<'a, Yescrypt>>,
    argon2: Vec<Pending<'a, Argon2>>,
    /// A core for each: those that need no memory to speak of.
    quick: Vec<Pending<'a, dyn DigestFields + 'a>>,
    /// All cores for each.
    alone: Vec<Pending<'a, Digest>>,
}

/// Derives, for each digest, the key that it has if it was made from the secret; in order.
pub(crate) fn derive_many(pairs: &[(&Secret, &Digest)]) -> Vec<Result<Key, DeriveError>> {
    with_wiped_stack(|| derive_in_groups(pairs))
}

fn derive_in_groups(pairs: &[(&Secret, &Digest)]) -> Vec<Result<Key, DeriveError>> {
    let cores = kernel::cores();
    let mut keys: Vec<Result<Key, DeriveError>> = pairs.iter().map(|_| Err(MISSING)).collect();
    let mut groups = Groups::default();
    for (&(secret, digest), key) in pairs.iter().zip(&mut keys) {
        groups.add(secret.expose(), digest, key);
    }
    let Groups { pbkdf2, bcrypt, sha_crypt, scrypt, yescrypt, argon2, quick, alone } = groups;
    derive_pbkdf2(pbkdf2, cores);
    derive_bcrypt(bcrypt, cores);
    derive_sha_crypt(sha_crypt, cores);
    derive_scrypt(scrypt, cores);
    derive_yescrypt(yescrypt, cores);
    derive_argon2(argon2, cores);
    in_parallel(quick, cores, |Pending { secret, digest, key }| *key = digest.derive(secret));
    derive_alone(alone, cores);
    keys
}

impl<'a> Groups<'a> {
    fn add(&mut self, secret: &'a [u8], digest: &'a Digest, key: &'a mut Result<Key, DeriveError>) {
        match digest {
            _ if is_alone(digest, secret.len()) => self.alone.push(Pending { secret, digest, key }),
            Digest::Pbkdf2(digest) => self.pbkdf2.push(Pending { secret, digest, key }),
            Digest::Bcrypt(digest) => self.bcrypt.push(Pending { secret, digest, key }),
            Digest::Sha2Crypt(digest) => self.sha_crypt.push(Pending { secret, digest, key }),
            Digest::Scrypt(digest) => self.scrypt.push(Pending { secret, digest, key }),
            Digest::Yescrypt(digest) => self.yescrypt.push(Pending { secret, digest, key }),
            Digest::Argon2(digest) => self.argon2.push(Pending { secret, digest, key }),
            _ => self.quick.push(Pending { secret, digest: digest.fields(), key }),
        }
    }
}

/// Whether a batch computes such digests one after the other, each with the whole machine: they need much
/// memory.
pub(crate) fn is_alone(digest: &Digest, secret_length: usize) -> bool {
    digest.fields().work(secret_length).memory > SHARED_MEMORY
}

/// A digest, and the key that a job will derive for it.
type Rest<'a, D> = (&'a D, &'a mut Result<Key, DeriveError>);

/// Returns the jobs that derive keys, with the rest of each. A job that is refused has its error as the key.
fn started<'a, D, J>(
    pending: Vec<Pending<'a, D>>,
    job: impl Fn(&'a D, &'a [u8]) -> Result<J, DeriveError>,
) -> (Vec<J>, Vec<Rest<'a, D>>) {
    // A vector that grows would leave copies in freed memory.
    let mut jobs = Vec::with_capacity(pending.len());
    let mut rest = Vec::with_capacity(pending.len());
    for Pending { secret, digest, key } in pending {
        match job(digest, secret) {
            Ok(job) => {
                jobs.push(job);
                rest.push((digest, key));
            }
            Err(error) => *key = Err(error),
        }
    }
    (jobs, rest)
}

/// Derives keys in the lanes of all cores.
fn derive_pbkdf2(pending: Vec<Pending<'_, Pbkdf2>>, cores: usize) {
    let jobs = pending.into_iter().filter_map(|Pending { secret, digest, key }| {
        *key = Ok(Zeroizing::new(vec![0; digest.key().len()]));
        key.as_mut().ok().map(|key| digest.job(secret, key))
    });
    Kernel::current().derive(jobs.collect(), cores);
}

/// Derives keys side by side on all cores.
fn derive_bcrypt(pending: Vec<Pending<'_, Bcrypt>>, cores: usize) {
    let (mut jobs, rest) = started(pending, Bcrypt::job);
    kernel::bcrypt::derive(&mut jobs, cores);
    for (job, (_, key)) in jobs.iter().zip(rest) {
        *key = Ok(bcrypt::key(job));
    }
}

/// Derives keys in the lanes of all cores.
fn derive_sha_crypt(pending: Vec<Pending<'_, Sha2Crypt>>, cores: usize) {
    let jobs = pending.iter().map(|pending| pending.digest.job(pending.secret));
    let mut jobs: Vec<_> = jobs.collect();
    Kernel::current().sha_crypt(&mut jobs, cores);
    for (job, Pending { digest, key, .. }) in jobs.iter().zip(pending) {
        *key = Ok(digest.derived_key(job));
    }
}

/// Derives keys side by side on all cores, as far as there is memory for them.
fn derive_scrypt(pending: Vec<Pending<'_, Scrypt>>, cores: usize) {
    /// With fewer keys on a thread, the first use of the memory of four instances takes longer than they
    /// save against two (`benches/record`).
    const LONG_BATCH: usize = 12;
    let (mut jobs, rest) = started(pending, Scrypt::job);
    let memory = rest.iter().map(|(digest, _)| digest.cost().memory()).max();
    let widest = if jobs.len() < LONG_BATCH * cores { 2 } else { usize::MAX };
    let instances = Kernel::current().scrypt_instances().min(widest);
    let (threads, instances) = at_once(memory, cores.min(jobs.len()), instances);
    Kernel::current().scrypt(&mut jobs, threads, instances);
    for (job, (digest, key)) in jobs.into_iter().zip(rest) {
        *key = digest.derived_key(job);
    }
}

/// Derives a key on each core, as far as there is memory for them.
fn derive_yescrypt(pending: Vec<Pending<'_, Yescrypt>>, cores: usize) {
    let memory = pending.iter().map(|pending| pending.digest.cost().memory()).max();
    let (threads, _) = at_once(memory, cores.min(pending.len()), 1);
    let jobs = pending.iter().map(|pending| pending.digest.job(pending.secret));
    let mut jobs: Vec<_> = jobs.collect();
    kernel::yescrypt::derive(&mut jobs, threads);
    for (job, Pending { digest, key, .. }) in jobs.into_iter().zip(pending) {
        *key = digest.derived_key(job);
    }
}

/// Derives a key on each core, as far as there is memory for them; those that would leave cores idle at the
/// end, and all where the memory is short, each on several cores.
///
/// Why not each on all cores? Its threads wait for each other at each quarter of a pass.
fn derive_argon2(mut pending: Vec<Pending<'_, Argon2>>, cores: usize) {
    while !pending.is_empty() {
        let memory = pending.iter().map(|pending| pending.digest.cost().memory_used() << 10).max();
        let (together, _) = at_once(memory, cores.min(pending.len()), 1);
        let last = pending.split_off(pending.len() / together * together);
        let each = cores / together;
        in_parallel_with(pending, together, argon2::Arena::default, |arena, pending| {
            let Pending { secret, digest, key } = pending;
            *key = digest.derive_in(arena, secret, each);
        });
        pending = last;
    }
}

/// Returns the number of threads, and of instances side by side on each, for which there is memory. More
/// threads first: instances side by side take longer than one.
fn at_once(memory: Option<u64>, threads: usize, instances: usize) -> (usize, usize) {
    let memory = memory.unwrap_or_default();
    let most = usize::try_from(MEMORY_AT_ONCE / memory.max(1)).unwrap_or(usize::MAX).max(1);
    let threads = threads.clamp(1, most);
    let instances = instances.min(most / threads);
    let is_there = |(threads, instances): &(usize, usize)| {
        let bytes = usize::try_from(memory).unwrap_or(usize::MAX);
        is_available(bytes.saturating_mul(threads * instances))
    };
    [(threads, instances), (threads, 1)].into_iter().find(is_there).unwrap_or((1, 1))
}

/// Derives one key after the other, each on all cores: one may need all the memory that the limits allow.
fn derive_alone(pending: Vec<Pending<'_, Digest>>, cores: usize) {
    let mut arena = argon2::Arena::default();
    for Pending { secret, digest, key } in pending {
        *key = match digest {
            Digest::Argon2(argon2) => argon2.derive_in(&mut arena, secret, cores),
            other => other.fields().derive(secret),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Argon2 alone is compared with other implementations: here only the shares of the machine differ.
    #[test]
    fn argon2_has_the_same_keys_on_any_number_of_cores_and_in_any_batch() {
        let digest = "$argon2id$v=19$m=1100,t=2,p=4$c2FsdHNhbHQ$a2V5a2V5".parse().unwrap();
        let Digest::Argon2(digest) = digest else { panic!("{digest:?}") };
        let secrets: Vec<_> = (0..7).map(|number| [number; 9]).collect();
        let expected: Vec<_> = secrets.iter().map(|secret| digest.derive(secret)).collect();
        assert!(expected.iter().all(Result::is_ok));
        for cores in 1..=4 {
            for count in 0..=secrets.len() {
                let mut keys: Vec<_> = vec![Err(MISSING); count];
                let pending = secrets.iter().zip(&mut keys);
                let pending = pending.map(|(secret, key)| Pending { secret, digest: &digest, key });
                derive_argon2(pending.collect(), cores);
                assert_eq!(keys, expected[..count], "{cores}, {count}");
            }
        }
    }
}
