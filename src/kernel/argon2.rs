//! Argon2 (RFC 9106) in the vector registers of the CPU, its lanes on several threads.
//!
//! Two lanes of a thread are filled by turns: while a block of one is computed, the reference block of the
//! other comes from memory.
//!
//! Why is this not simply the `argon2` crate? It fills one lane at a time, has no AVX-512, and refuses
//! parameters that go-crypt, and so Authelia, accepts: a salt below 8 bytes, a key below 4 bytes, and less
//! stated memory than 8 KiB a lane.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod blake2b;
#[cfg(target_arch = "x86_64")]
mod compress;
mod parameters;
mod portable;
mod segment;
#[cfg(target_arch = "x86_64")]
mod vectors;

use ::argon2::Block;
use blake2::digest::InvalidOutputSize;
use zeroize::Zeroizing;

pub(crate) use parameters::{Parameters, Type};

use blake2b::{hash, long_hash, word};
use parameters::SLICES;
use segment::{Compress, Segment, Slice};

use super::portable::Words64;
use super::{Instructions, Kernel, in_parallel};

/// The maximum blocks of a slice that one thread fills alone: a second takes as long to start as it saves.
const BLOCKS_OF_ONE_THREAD: usize = 256;

/// The hash that everything is derived from: H0 of RFC 9106 §3.2.
type Seed = Zeroizing<[u8; 64]>;

/// Derives a key as long as `key`, in memory of at least [`Parameters::blocks`], on at most `threads` threads.
///
/// # Errors
/// [`InvalidOutputSize`] if BLAKE2b refuses the length of the key.
pub(crate) fn derive(
    kernel: Kernel,
    parameters: &Parameters,
    (secret, salt): (&[u8], &[u8]),
    blocks: &mut [Block],
    key: &mut [u8],
    threads: usize,
) -> Result<(), InvalidOutputSize> {
    let seed = initial_hash(parameters, secret, salt, key.len())?;
    let is_small = parameters.blocks() / SLICES <= BLOCKS_OF_ONE_THREAD;
    let threads = if is_small { 1 } else { threads };
    derive_from(kernel, parameters, &seed, blocks, key, threads)
}

/// RFC 9106 §3.2, steps 2 to 8.
fn derive_from(
    kernel: Kernel,
    parameters: &Parameters,
    seed: &Seed,
    blocks: &mut [Block],
    key: &mut [u8],
    threads: usize,
) -> Result<(), InvalidOutputSize> {
    let blocks = &mut blocks[..parameters.blocks()];
    fill_first_columns(parameters, seed, blocks)?;
    for pass in 0..parameters.passes {
        for slice in 0..SLICES {
            fill_slice(kernel, parameters, (pass, slice), blocks, threads);
        }
    }
    long_hash(&[&last_column(parameters, blocks)[..]], key)
}

/// RFC 9106 §3.2, step 1, without a secret value and associated data: both lengths are 0. The stated memory
/// counts, not what is used.
fn initial_hash(
    parameters: &Parameters,
    secret: &[u8],
    salt: &[u8],
    key_length: usize,
) -> Result<Seed, InvalidOutputSize> {
    let Parameters { kind, version, memory, passes, lanes } = *parameters;
    let head = [lanes, word(key_length), memory, passes, version, kind as u32, word(secret.len())];
    let head = head.map(u32::to_le_bytes);
    let salt_length = word(salt.len()).to_le_bytes();
    let mut seed = Zeroizing::new([0; 64]);
    hash(&[head.as_flattened(), secret, &salt_length, salt, &[0; 8]], &mut seed[..])?;
    Ok(seed)
}

/// RFC 9106 §3.2, steps 3 and 4.
fn fill_first_columns(
    parameters: &Parameters,
    seed: &Seed,
    blocks: &mut [Block],
) -> Result<(), InvalidOutputSize> {
    let segments = blocks.chunks_mut(parameters.segment_length());
    for (lane, segment) in (0..parameters.lanes).zip(segments) {
        for (column, block) in (0_u32..2).zip(segment) {
            let mut bytes = Zeroizing::new([0; Block::SIZE]);
            long_hash(&[&seed[..], &column.to_le_bytes(), &lane.to_le_bytes()], &mut bytes[..])?;
            for (word, bytes) in block.as_mut().iter_mut().zip(bytes.as_chunks().0) {
                *word = u64::from_le_bytes(*bytes);
            }
        }
    }
    Ok(())
}

/// RFC 9106 §3.2, steps 5 and 6, for one slice: each thread fills its share of the lanes.
fn fill_slice(
    kernel: Kernel,
    parameters: &Parameters,
    (pass, number): (u32, usize),
    blocks: &mut [Block],
    threads: usize,
) {
    let (lanes, length) = (parameters.lanes as usize, parameters.segment_length());
    let (before, rest) = blocks.split_at_mut(number * lanes * length);
    let (blocks, after) = rest.split_at_mut(lanes * length);
    let slice = Slice::new(parameters, (pass, number), before, after);
    let share = lanes.div_ceil(threads.clamp(1, lanes));
    let shares = blocks.chunks_mut(share * length).enumerate().collect();
    in_parallel(shares, threads, |(number, blocks)| {
        let first_lane = number * share;
        match kernel.0 {
            Instructions::Portable => fill_lanes(Words64, &slice, first_lane, blocks),
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx2(avx2) => fill_lanes(avx2, &slice, first_lane, blocks),
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx512(avx512) => fill_lanes(avx512, &slice, first_lane, blocks),
            #[cfg(target_arch = "aarch64")]
            Instructions::Neon(_) => fill_lanes(Words64, &slice, first_lane, blocks),
        }
    });
}

/// Fills the segments of some lanes, two at a time.
fn fill_lanes<C: Compress>(c: C, slice: &Slice<'_>, first_lane: usize, blocks: &mut [Block]) {
    let length = slice.length();
    for (pair, blocks) in blocks.chunks_mut(2 * length).enumerate() {
        let lane = first_lane + 2 * pair;
        let (first, second) = blocks.split_at_mut(length);
        if second.is_empty() {
            c.fill(slice, &mut [Segment::new(slice, lane, first)]);
        } else {
            let [first, second] =
                [(lane, first), (lane + 1, second)].map(|(lane, s)| Segment::new(slice, lane, s));
            c.fill(slice, &mut [first, second]);
        }
    }
}

/// Returns the exclusive or of the last blocks of all lanes, as bytes (RFC 9106 §3.2, step 7).
fn last_column(parameters: &Parameters, blocks: &[Block]) -> Zeroizing<[u8; Block::SIZE]> {
    let segments = blocks.chunks(parameters.segment_length());
    let last = segments.skip((SLICES - 1) * parameters.lanes as usize).filter_map(<[_]>::last);
    let mut bytes = Zeroizing::new([0; Block::SIZE]);
    for block in last {
        for (bytes, word) in bytes.chunks_mut(8).zip(block.as_ref()) {
            for (byte, other) in bytes.iter_mut().zip(word.to_le_bytes()) {
                *byte ^= other;
            }
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use ::argon2::{Algorithm, Argon2, Params, Version};
    use blake2::{Blake2b512, Digest};
    use proptest::prelude::*;

    use super::*;
    use crate::kernel::memory::Arena;

    const SECRET: &[u8] = b"insecure_secret";
    const SALT: &[u8] = b"saltsalt";

    /// Derives a key with every kernel and on several threads: all are the same.
    fn ours(parameters: &Parameters, seed: &Seed, key_length: usize) -> Vec<u8> {
        let mut keys = Vec::new();
        for kernel in Kernel::available() {
            for threads in 1..=4 {
                let mut memory = Arena::<::argon2::Block>::default();
                let mut key = vec![0; key_length];
                let blocks = memory.elements(parameters.blocks()).unwrap();
                // Blocks of an earlier digest are not read.
                for block in &mut *blocks {
                    block.as_mut().fill(0x5555);
                }
                derive_from(kernel, parameters, seed, blocks, &mut key, threads).unwrap();
                keys.push((key, kernel.name(), threads));
            }
        }
        let (first, ..) = keys[0].clone();
        for (key, name, threads) in keys {
            assert_eq!(key, first, "{name}, {threads} threads, {parameters:?}");
        }
        first
    }

    fn theirs(parameters: &Parameters, key_length: usize) -> Vec<u8> {
        let Parameters { kind, version, memory, passes, lanes } = *parameters;
        let algorithm = match kind {
            Type::Argon2d => Algorithm::Argon2d,
            Type::Argon2i => Algorithm::Argon2i,
            Type::Argon2id => Algorithm::Argon2id,
        };
        let version = Version::try_from(version).unwrap();
        let params = Params::new(memory, passes, lanes, Some(key_length)).unwrap();
        let mut blocks = vec![Block::new(); params.block_count()];
        let mut key = vec![0; key_length];
        Argon2::new(algorithm, version, params)
            .hash_password_into_with_memory(SECRET, SALT, &mut key, &mut blocks)
            .unwrap();
        key
    }

    /// Compares with the `argon2` crate.
    fn check(parameters: &Parameters, key_length: usize) {
        let seed = initial_hash(parameters, SECRET, SALT, key_length).unwrap();
        let ours = ours(parameters, &seed, key_length);
        assert_eq!(ours, theirs(parameters, key_length), "{parameters:?}, {key_length} bytes");
    }

    fn hex(text: &str) -> Vec<u8> {
        let bytes = text.as_bytes().as_chunks::<2>().0;
        let byte = |digits| u8::from_str_radix(str::from_utf8(digits).unwrap(), 16).unwrap();
        bytes.iter().map(|digits| byte(digits)).collect()
    }

    const TYPES: [Type; 3] = [Type::Argon2d, Type::Argon2i, Type::Argon2id];
    const VERSIONS: [u32; 2] = [0x10, 0x13];

    proptest! {
        #[test]
        fn keys_are_those_of_the_crate(
            (lanes, memory) in (1_u32..=5).prop_flat_map(|p| (Just(p), 8 * p..=260)),
            kind in prop::sample::select(&TYPES),
            version in prop::sample::select(&VERSIONS),
            passes in 1_u32..=4,
            key_length in 4_usize..=200,
        ) {
            check(&Parameters { kind, version, memory, passes, lanes }, key_length);
        }
    }

    /// More than the 128 addresses of a block, and no more than the first two blocks of a segment.
    #[test]
    fn segments_may_be_long_and_short() {
        for (memory, lanes) in [(8, 1), (40, 5), (512, 1), (516, 1), (1200, 2), (2100, 2)] {
            for kind in TYPES {
                for version in VERSIONS {
                    check(&Parameters { kind, version, memory, passes: 2, lanes }, 32);
                }
            }
        }
    }

    /// All ways to end the output of BLAKE2b.
    #[test]
    fn keys_may_have_any_length() {
        for key_length in [4, 32, 63, 64, 65, 95, 96, 97, 128, 1024] {
            let kind = Type::Argon2id;
            check(&Parameters { kind, version: 0x13, memory: 16, passes: 1, lanes: 2 }, key_length);
        }
    }

    /// Below the bounds of RFC 9106 the `argon2` crate refuses; go-crypt's keys for such parameters are in
    /// `tests/vectors/digests.jsonl`.
    #[test]
    fn kernels_agree_below_the_bounds_of_the_rfc() {
        for (memory, lanes) in [(0, 1), (1, 1), (7, 1), (8, 3), (39, 5)] {
            for kind in TYPES {
                let parameters = Parameters { kind, version: 0x13, memory, passes: 2, lanes };
                assert_eq!(parameters.blocks(), 8 * lanes as usize);
                let seed = initial_hash(&parameters, SECRET, b"s", 1).unwrap();
                ours(&parameters, &seed, 1);
            }
        }
    }

    /// RFC 9106 §5.1 to §5.3, which have a secret value and associated data: the hash that all is derived
    /// from is computed here.
    #[test]
    fn keys_are_those_of_the_rfc() {
        let keys = [
            "512b391b6f1162975371d30919734294f868e3be3984f3c1a13a4db9fabe4acb",
            "c814d9d1dc7f37aa13f0d77f2494bda1c8de6b016dd388d29952a4c4672b6ce8",
            "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659",
        ];
        for (kind, expected) in TYPES.into_iter().zip(keys) {
            let parameters = Parameters { kind, version: 0x13, memory: 32, passes: 3, lanes: 4 };
            let mut hash = Blake2b512::new();
            for number in [4, 32, 32, 3, 0x13, kind as u32] {
                hash.update(number.to_le_bytes());
            }
            for input in [&[1; 32][..], &[2; 16], &[3; 8], &[4; 12]] {
                hash.update(word(input.len()).to_le_bytes());
                hash.update(input);
            }
            let seed = Zeroizing::new(hash.finalize().into());
            let key = ours(&parameters, &seed, 32);
            assert_eq!(key, hex(expected), "{kind:?}");
        }
    }
}
