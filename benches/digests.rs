//! Compares this library with others in one run: single PBKDF2-HMAC-SHA-512 digests and batches, a mix
//! of iteration counts as in an audit, and Argon2id.

use std::hint::black_box;
use std::num::NonZeroU32;

use oidc_secret::digest;
use oidc_secret::digest::argon2::Variant;
use oidc_secret::digest::pbkdf2::Prf;
use oidc_secret::kernel::{Job, Kernel};
use oidc_secret::{Parameters, Secret, hash, hash_many};
use oidc_secret_benches::{Contender, cpu, print, rounds};

const SECRET: &[u8] = b"insecure_secret";
const SALT: &[u8; 16] = b"saltsaltsaltsalt";
const ITERATIONS: u32 = 310_000;

fn main() {
    println!("CPU: {}", cpu());
    let names: Vec<_> = Kernel::available().into_iter().map(Kernel::name).collect();
    println!("kernels: {}", names.join(", "));
    one_and_many();
    mix();
    argon2();
}

/// Returns the other libraries, each with one digest.
fn peers() -> Vec<Contender<'static>> {
    let iterations = NonZeroU32::new(ITERATIONS).unwrap();
    vec![
        Contender::new("`pbkdf2` + `sha2`", 1, || {
            black_box(pbkdf2::pbkdf2_hmac_array::<sha2::Sha512, 64>(SECRET, SALT, ITERATIONS));
        }),
        Contender::new("ring", 1, move || {
            let mut key = [0; 64];
            let algorithm = ring::pbkdf2::PBKDF2_HMAC_SHA512;
            ring::pbkdf2::derive(algorithm, iterations, SALT, SECRET, &mut key);
            black_box(key);
        }),
        Contender::new("aws-lc-rs", 1, move || {
            let mut key = [0; 64];
            let algorithm = aws_lc_rs::pbkdf2::PBKDF2_HMAC_SHA512;
            aws_lc_rs::pbkdf2::derive(algorithm, iterations, SALT, SECRET, &mut key);
            black_box(key);
        }),
        Contender::new("OpenSSL", 1, || {
            let mut key = [0; 64];
            let digest = openssl::hash::MessageDigest::sha512();
            openssl::pkcs5::pbkdf2_hmac(SECRET, SALT, ITERATIONS as usize, digest, &mut key)
                .unwrap();
            black_box(key);
        }),
    ]
}

fn derive(kernel: Kernel, iterations: &[u32], threads: usize) {
    let mut keys = vec![[0; 64]; iterations.len()];
    let jobs = keys.iter_mut().zip(iterations).map(|(key, &iterations)| Job {
        prf: Prf::Sha512,
        secret: SECRET,
        salt: SALT,
        iterations,
        key,
    });
    kernel.derive(jobs.collect(), threads);
    black_box(keys);
}

fn one_and_many() {
    let mut contenders = peers();
    let count = contenders.len();
    for kernel in Kernel::available() {
        let name = kernel.name();
        contenders.push(Contender::new(format!("{name}, one"), 1, move || {
            derive(kernel, &[ITERATIONS], 1);
        }));
        let lanes = kernel.lanes(Prf::Sha512);
        for threads in [1, 2] {
            let many = 2 * lanes * threads;
            let title = format!("{name}, {many} on {threads} core(s)");
            contenders.push(Contender::new(title, many, move || {
                derive(kernel, &vec![ITERATIONS; many], threads);
            }));
        }
    }
    let best = rounds(&mut contenders, 12);
    print("PBKDF2-HMAC-SHA-512, 310,000 iterations", &contenders, &best, count);
}

/// Compares random iteration counts between 1,000 and 310,000 with the same work in equal portions.
fn mix() {
    let kernel = Kernel::detect();
    let mut state = 1_u64;
    let mixed: Vec<u32> = (0..200)
        .map(|_| {
            // The linear congruential generator of Knuth's MMIX, so that every run has the same mix.
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            1000 + u32::try_from((state >> 33) % 309_000).unwrap()
        })
        .collect();
    let lanes = kernel.lanes(Prf::Sha512);
    let total: u64 = mixed.iter().map(|&iterations| u64::from(iterations)).sum();
    let equal = vec![u32::try_from(total / (16 * lanes as u64)).unwrap(); 16 * lanes];
    let mut contenders = vec![
        Contender::new("equal portions that fill the lanes", 1, || derive(kernel, &equal, 2)),
        Contender::new("200 mixed digests", 1, || derive(kernel, &mixed, 2)),
    ];
    let best = rounds(&mut contenders, 5);
    print("The same work, on 2 cores", &contenders, &best, 1);
}

// The reference implementation, installed on the system.
#[link(name = "argon2")]
unsafe extern "C" {
    fn argon2id_hash_raw(
        passes: u32,
        kibibytes: u32,
        lanes: u32,
        secret: *const u8,
        secret_length: usize,
        salt: *const u8,
        salt_length: usize,
        key: *mut u8,
        key_length: usize,
    ) -> i32;
}

fn argon2() {
    let parameters = Parameters::Argon2(digest::argon2::Parameters::new(Variant::Argon2id));
    let secret = Secret::from(SECRET.to_vec());
    let secrets = vec![secret.clone(); 16];
    let theirs = argon2::Params::new(65_536, 3, 4, Some(32)).unwrap();
    let theirs = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, theirs);
    let mut contenders = vec![
        Contender::new("libargon2, 4 threads", 1, || {
            let mut key = [0; 32];
            // SAFETY: each pointer is that of a slice, and the next argument is the slice's length.
            let code = unsafe {
                argon2id_hash_raw(
                    3,
                    65_536,
                    4,
                    SECRET.as_ptr(),
                    SECRET.len(),
                    SALT.as_ptr(),
                    SALT.len(),
                    key.as_mut_ptr(),
                    key.len(),
                )
            };
            assert_eq!(code, 0);
            black_box(key);
        }),
        Contender::new("the `argon2` crate", 1, || {
            let mut key = [0; 32];
            theirs.hash_password_into(SECRET, SALT, &mut key).unwrap();
            black_box(key);
        }),
        Contender::new("ours", 1, || {
            black_box(hash(&secret, &parameters).unwrap());
        }),
        Contender::new("ours, 16", secrets.len(), || {
            black_box(hash_many(&secrets, &parameters).unwrap());
        }),
    ];
    let best = rounds(&mut contenders, 12);
    print("Argon2id, 64 MiB, 3 passes, 4 lanes, on 2 cores", &contenders, &best, 1);
}
