//! The formats: the peer's way to a digest, and ours.
//!
//! The costs are low where time is proportional to them, so that a batch fits into a round. A peer returns
//! the text of its digest, and our side must match it: both compute the same key, or the run fails.

use base64ct::{Base64Bcrypt, Base64Pbkdf2, Base64ShaCrypt, Base64Unpadded, Encoding};
use oidc_secret::digest::pbkdf2::Prf;
use oidc_secret::kernel::Job;
use oidc_secret::{Digest, Kernel, Limits, Secret, Verdict, verify_many};
use sha_crypt::{Algorithm, PasswordHasher, ShaCrypt};

const SECRET: &[u8] = b"insecure_secret";
const SALT: [u8; 16] = *b"saltsaltsaltsalt";
const ITERATIONS: u32 = 10_000;
/// Enough digests for two sets of the widest lanes: 16, of SHA-256 with AVX-512.
const LANES: usize = 64;

pub(crate) struct Format {
    /// The name that the command line has for it.
    pub(crate) name: &'static str,
    pub(crate) cost: &'static str,
    /// The number of digests in a batch, for each core.
    pub(crate) batch: usize,
    pub(crate) peer: &'static str,
    pub(crate) theirs: fn() -> String,
    pub(crate) ours: Vec<Ours>,
}

pub(crate) struct Ours {
    pub(crate) name: String,
    /// The number of cores that compute a single digest.
    pub(crate) cores_of_one: usize,
    /// Computes a number of digests on a number of cores.
    pub(crate) derive: Box<dyn Fn(usize, usize)>,
}

impl Format {
    /// Whether the name contains one of the filters, or there are none.
    pub(crate) fn matches(&self, filters: &[&str]) -> bool {
        filters.is_empty() || filters.iter().any(|filter| self.name.contains(filter))
    }
}

pub(crate) fn all() -> Vec<Format> {
    let cores = super::cores();
    let sha2 = |name, prf, theirs: fn() -> String| {
        let (cost, peer, ours) =
            ("10,000 iterations", "`pbkdf2` + `sha2`", kernels(prf, &theirs()));
        Format { name, cost, batch: LANES, peer, theirs, ours }
    };
    let other = |name, cost, batch, peer, cores_of_one, theirs: fn() -> String| Format {
        name,
        cost,
        batch,
        peer,
        theirs,
        ours: vec![verify(&theirs(), cores_of_one)],
    };
    vec![
        sha2("pbkdf2-sha512", Prf::Sha512, pbkdf2_sha512),
        sha2("pbkdf2-sha256", Prf::Sha256, pbkdf2_sha256),
        other("argon2id", "64 MiB, 3 passes, 4 lanes", 2, "`argon2`", cores.min(4), argon2id),
        other("scrypt", "N 16384, r 8", 12, "`scrypt`", 1, scrypt),
        other("bcrypt", "cost 8", 48, "`bcrypt`", 1, bcrypt),
        other("sha512crypt", "10,000 rounds", LANES, "`sha-crypt`", 1, sha512crypt),
        other("sha256crypt", "10,000 rounds", LANES, "`sha-crypt`", 1, sha256crypt),
        other("yescrypt", "N 4096, r 8", 12, "`yescrypt`", 1, yescrypt),
    ]
}

/// Returns every kernel of this CPU. Only PBKDF2 has an interface that chooses one.
fn kernels(prf: Prf, digest: &str) -> Vec<Ours> {
    let key = digest.parse::<Digest>().unwrap().key().to_vec();
    let kernels = Kernel::available().into_iter().map(|kernel| {
        let key = key.clone();
        let derive = Box::new(move |digests, cores| {
            let mut keys = vec![vec![0; key.len()]; digests];
            let (secret, salt, iterations) = (SECRET, &SALT[..], ITERATIONS);
            let jobs = keys.iter_mut().map(|key| Job { prf, secret, salt, iterations, key });
            kernel.derive(jobs.collect(), cores);
            assert!(keys.iter().all(|derived| *derived == key));
        });
        Ours { name: format!("ours, {}", kernel.name()), cores_of_one: 1, derive }
    });
    kernels.collect()
}

/// Returns the public interface of all formats, which takes every core that there is.
fn verify(digest: &str, cores_of_one: usize) -> Ours {
    let digest: Digest = digest.parse().unwrap();
    let secret = Secret::from(SECRET.to_vec());
    let derive = Box::new(move |digests, _| {
        let verdicts = verify_many(&vec![(&secret, &digest); digests], &Limits::default());
        assert!(verdicts.iter().all(|verdict| *verdict == Ok(Verdict::Match)));
    });
    Ours { name: "ours".to_owned(), cores_of_one, derive }
}

fn pbkdf2_sha512() -> String {
    let key = pbkdf2::pbkdf2_hmac_array::<sha2::Sha512, 64>(SECRET, &SALT, ITERATIONS);
    pbkdf2_text("sha512", &key)
}

fn pbkdf2_sha256() -> String {
    let key = pbkdf2::pbkdf2_hmac_array::<sha2::Sha256, 32>(SECRET, &SALT, ITERATIONS);
    pbkdf2_text("sha256", &key)
}

fn pbkdf2_text(hash: &str, key: &[u8]) -> String {
    let [salt, key] = [&SALT, key].map(Base64Pbkdf2::encode_string);
    format!("$pbkdf2-{hash}${ITERATIONS}${salt}${key}")
}

fn argon2id() -> String {
    let parameters = argon2::Params::new(65_536, 3, 4, Some(32)).unwrap();
    let (algorithm, version) = (argon2::Algorithm::Argon2id, argon2::Version::V0x13);
    let mut key = [0; 32];
    let argon2 = argon2::Argon2::new(algorithm, version, parameters);
    argon2.hash_password_into(SECRET, &SALT, &mut key).unwrap();
    let [salt, key] = [&SALT[..], &key].map(Base64Unpadded::encode_string);
    format!("$argon2id$v=19$m=65536,t=3,p=4${salt}${key}")
}

fn scrypt() -> String {
    let mut key = [0; 32];
    let parameters = scrypt::Params::new(14, 8, 1).unwrap();
    scrypt::scrypt(SECRET, &SALT, &parameters, &mut key).unwrap();
    let [salt, key] = [&SALT[..], &key].map(Base64Unpadded::encode_string);
    format!("$scrypt$ln=14,r=8,p=1${salt}${key}")
}

fn bcrypt() -> String {
    // The function is the bare algorithm, whose input ends with a zero byte, and whose last byte is not used.
    let key = bcrypt::bcrypt(8, SALT, &[SECRET, &[0]].concat());
    let [salt, key] = [&SALT[..], &key[..23]].map(Base64Bcrypt::encode_string);
    format!("$2b$08${salt}{key}")
}

fn sha512crypt() -> String {
    sha_crypt_text(Algorithm::Sha512Crypt)
}

fn sha256crypt() -> String {
    sha_crypt_text(Algorithm::Sha256Crypt)
}

fn sha_crypt_text(algorithm: Algorithm) -> String {
    let format = ShaCrypt::new(algorithm, sha_crypt::Params::new(ITERATIONS).unwrap());
    // The crate hashes the salt's base64: 16 characters, the maximum.
    format.hash_password_with_salt(SECRET, &SALT[..12]).unwrap().to_string()
}

fn yescrypt() -> String {
    let mut key = [0; 32];
    let parameters = yescrypt::Params::new(yescrypt::Mode::default(), 4096, 8, 1).unwrap();
    yescrypt::yescrypt(SECRET, &SALT, &parameters, &mut key).unwrap();
    let [salt, key] = [&SALT[..], &key].map(Base64ShaCrypt::encode_string);
    format!("$y$j95${salt}${key}")
}
