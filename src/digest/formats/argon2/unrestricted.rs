//! Argon2 without the lower bounds of RFC 9106 §3.1.
//!
//! go-crypt, and so Authelia, verifies digests with a salt below 8 bytes, a key below 4 bytes, or
//! less stated memory than 8 KiB a lane.
//!
//! Why is this not simply the `argon2` crate? It refuses these parameters, and the functions that
//! compute without that check are private. Such digests are rare and weak, but anyone who has one
//! must get the provider's verdict. The code is simple, one lane after the other, so such a digest
//! may take longer than one within the bounds; it also serves where no thread can be started.

use blake2::Blake2bVarCore;
use blake2::digest::array::Array;
use blake2::digest::block_api::{UpdateCore, VariableOutputCore};
use blake2::digest::block_buffer::LazyBuffer;
use zeroize::{Zeroize, Zeroizing};

use super::cost::Cost;
use super::variant::Variant;
use crate::digest::error::DeriveError;

/// 64-bit words in a block of 1 KiB (RFC 9106 §3.2).
const WORDS: usize = 128;
/// Slices of a pass, between which the lanes wait for each other (RFC 9106 §3.4).
const SLICES: usize = 4;

type Block = [u64; WORDS];

/// Derives a key as long as `key`.
///
/// # Errors
/// [`DeriveError::OutOfMemory`] if the system does not provide the memory.
pub(super) fn derive(
    variant: Variant,
    cost: Cost,
    secret: &[u8],
    salt: &[u8],
    key: &mut [u8],
) -> Result<(), DeriveError> {
    let mut memory = Memory::allocate(variant, cost)?;
    let mut seed = initial_hash(variant, cost, secret, salt, key.len())?;
    memory.fill_first_columns(&seed)?;
    seed.zeroize();
    for pass in 0..cost.iterations as usize {
        for slice in 0..SLICES {
            for lane in 0..memory.lanes {
                memory.fill_segment(Position { pass, slice, lane });
            }
        }
    }
    long_hash(&[&memory.last_column()[..]], key)
}

/// The blocks of all lanes, lane by lane; wiped when dropped.
struct Memory {
    blocks: Zeroizing<Vec<Block>>,
    lanes: usize,
    lane_length: usize,
    variant: Variant,
    iterations: u64,
}

/// Which segment of the memory is filled.
#[derive(Clone, Copy)]
struct Position {
    pass: usize,
    slice: usize,
    lane: usize,
}

impl Memory {
    fn allocate(variant: Variant, cost: Cost) -> Result<Self, DeriveError> {
        let out_of_memory = |_| DeriveError::OutOfMemory { needed: cost.memory_used() << 10 };
        let lanes = cost.parallelism as usize;
        let used = usize::try_from(cost.memory_used()).unwrap_or(usize::MAX);
        let lane_length = used / (SLICES * lanes) * SLICES;
        let mut blocks = Vec::new();
        blocks.try_reserve_exact(lanes * lane_length).map_err(out_of_memory)?;
        blocks.resize(lanes * lane_length, [0; WORDS]);
        let (blocks, iterations) = (Zeroizing::new(blocks), cost.iterations.into());
        Ok(Self { blocks, lanes, lane_length, variant, iterations })
    }

    /// RFC 9106 §3.2, steps 3 and 4.
    fn fill_first_columns(&mut self, seed: &[u8; 64]) -> Result<(), DeriveError> {
        for (lane, blocks) in self.blocks.chunks_exact_mut(self.lane_length).enumerate() {
            for (column, block) in blocks[..2].iter_mut().enumerate() {
                let mut bytes = Zeroizing::new([0; WORDS * 8]);
                let (column, lane) = (word(column).to_le_bytes(), word(lane).to_le_bytes());
                long_hash(&[seed, &column, &lane], &mut bytes[..])?;
                for (word, bytes) in block.iter_mut().zip(bytes.chunks_exact(8)) {
                    let mut le = [0; 8];
                    le.copy_from_slice(bytes);
                    *word = u64::from_le_bytes(le);
                }
            }
        }
        Ok(())
    }

    /// RFC 9106 §3.2, steps 5 and 6, for one segment of one lane.
    fn fill_segment(&mut self, at: Position) {
        let length = self.lane_length / SLICES;
        let independent = match self.variant {
            Variant::Argon2d => false,
            Variant::Argon2i => true,
            Variant::Argon2id => at.pass == 0 && at.slice < SLICES / 2,
        };
        let mut addresses = [0; WORDS];
        let first = if at.pass == 0 && at.slice == 0 { 2 } else { 0 };
        for index in first..length {
            let column = at.slice * length + index;
            let previous = (column + self.lane_length - 1) % self.lane_length;
            let previous = self.blocks[at.lane * self.lane_length + previous];
            if independent && (index == first || index % WORDS == 0) {
                addresses = self.addresses(at, index / WORDS);
            }
            let random = if independent { addresses[index % WORDS] } else { previous[0] };
            let reference = self.blocks[self.reference(at, index, random)];
            let block = &mut self.blocks[at.lane * self.lane_length + column];
            let mixed = compress(&previous, &reference);
            for (word, mixed) in block.iter_mut().zip(mixed) {
                // From the second pass on the old block is kept in (version 19).
                *word = if at.pass == 0 { mixed } else { *word ^ mixed };
            }
        }
    }

    /// Returns the pseudo-random words of data-independent addressing (RFC 9106 §3.4.1.2).
    fn addresses(&self, at: Position, counter: usize) -> Block {
        let mut input = [0; WORDS];
        input[0] = at.pass as u64;
        input[1] = at.lane as u64;
        input[2] = at.slice as u64;
        input[3] = self.blocks.len() as u64;
        input[4] = self.iterations;
        input[5] = type_number(self.variant).into();
        input[6] = counter as u64 + 1;
        let zero = [0; WORDS];
        compress(&zero, &compress(&zero, &input))
    }

    /// Which block is mixed in: RFC 9106 §3.4.2.
    fn reference(&self, at: Position, index: usize, random: u64) -> usize {
        let length = self.lane_length / SLICES;
        let (j1, j2) = (random & 0xffff_ffff, random >> 32);
        let start = at.pass == 0 && at.slice == 0;
        #[allow(clippy::cast_possible_truncation, reason = "below the number of lanes")]
        let lane = if start { at.lane } else { (j2 % self.lanes as u64) as usize };
        let finished = if at.pass == 0 { at.slice * length } else { 3 * length };
        let area =
            if lane == at.lane { finished + index - 1 } else { finished - usize::from(index == 0) };
        let x = (j1 * j1) >> 32;
        #[allow(clippy::cast_possible_truncation, reason = "below the area")]
        let back = ((area as u64 * x) >> 32) as usize;
        let oldest = if at.pass == 0 { 0 } else { (at.slice + 1) * length };
        lane * self.lane_length + (oldest + area - 1 - back) % self.lane_length
    }

    /// Returns the exclusive or of the last blocks of all lanes, as bytes (RFC 9106 §3.2, step 7).
    fn last_column(&self) -> Zeroizing<[u8; WORDS * 8]> {
        let mut bytes = Zeroizing::new([0; WORDS * 8]);
        for block in self.blocks.chunks_exact(self.lane_length).filter_map(<[Block]>::last) {
            for (bytes, word) in bytes.chunks_exact_mut(8).zip(block) {
                for (byte, other) in bytes.iter_mut().zip(word.to_le_bytes()) {
                    *byte ^= other;
                }
            }
        }
        bytes
    }
}

/// Returns the number of a variant (RFC 9106 §3.1, "type").
const fn type_number(variant: Variant) -> u32 {
    match variant {
        Variant::Argon2d => 0,
        Variant::Argon2i => 1,
        Variant::Argon2id => 2,
    }
}

/// Returns a count that RFC 9106 writes in 32 bits; none here is larger.
#[allow(clippy::cast_possible_truncation, reason = "lengths and lanes are below 2^32")]
const fn word(count: usize) -> u32 {
    count as u32
}

/// H0 of RFC 9106 §3.2, step 1: the stated memory counts, not what is used.
fn initial_hash(
    variant: Variant,
    cost: Cost,
    secret: &[u8],
    salt: &[u8],
    key_length: usize,
) -> Result<[u8; 64], DeriveError> {
    let head = [
        cost.parallelism,
        word(key_length),
        cost.memory,
        cost.iterations,
        0x13,
        type_number(variant),
        word(secret.len()),
    ];
    let head: Vec<u8> = head.into_iter().flat_map(u32::to_le_bytes).collect();
    let salt_length = word(salt.len()).to_le_bytes();
    let mut seed = [0; 64];
    // No pepper and no associated data: both lengths are 0.
    hash(&[&head, secret, &salt_length, salt, &[0; 8]], &mut seed)?;
    Ok(seed)
}

/// H' of RFC 9106 §3.3: BLAKE2b with an output of any length.
fn long_hash(input: &[&[u8]], output: &mut [u8]) -> Result<(), DeriveError> {
    let length = word(output.len()).to_le_bytes();
    let input: Vec<&[u8]> = [&length[..]].into_iter().chain(input.iter().copied()).collect();
    if output.len() <= 64 {
        return hash(&input, output);
    }
    let mut v = Zeroizing::new([0; 64]);
    hash(&input, &mut v[..])?;
    let mut rest = output;
    while rest.len() > 64 {
        let (half, tail) = rest.split_at_mut(32);
        half.copy_from_slice(&v[..32]);
        rest = tail;
        let previous = v.clone();
        let next = &mut v[..rest.len().min(64)];
        hash(&[&previous[..]], next)?;
    }
    rest.copy_from_slice(&v[..rest.len()]);
    Ok(())
}

/// BLAKE2b of the concatenated parts, 1 to 64 bytes long.
fn hash(parts: &[&[u8]], output: &mut [u8]) -> Result<(), DeriveError> {
    let mut hasher = Blake2bVarCore::new(output.len())
        .map_err(|_| DeriveError::Refused("BLAKE2b refused the output length"))?;
    let mut buffer = LazyBuffer::default();
    for part in parts {
        buffer.digest_blocks(part, |blocks| hasher.update_blocks(blocks));
    }
    let mut full = Array::default();
    hasher.finalize_variable_core(&mut buffer, &mut full);
    output.copy_from_slice(&full[..output.len()]);
    full.zeroize();
    Ok(())
}

/// G of RFC 9106 §3.5.
fn compress(x: &Block, y: &Block) -> Block {
    let mut r = *x;
    for (word, y) in r.iter_mut().zip(y) {
        *word ^= y;
    }
    let mut q = r;
    for row in 0..8 {
        permute(&mut q, |i| 16 * row + i);
    }
    for column in 0..8 {
        permute(&mut q, |i| i / 2 * 16 + 2 * column + i % 2);
    }
    for (word, r) in q.iter_mut().zip(r) {
        *word ^= r;
    }
    q
}

/// P of RFC 9106 §3.6 on the 16 words of a block that `at` chooses.
fn permute(block: &mut Block, at: impl Fn(usize) -> usize) {
    const ROUNDS: [[usize; 4]; 8] = [
        [0, 4, 8, 12],
        [1, 5, 9, 13],
        [2, 6, 10, 14],
        [3, 7, 11, 15],
        [0, 5, 10, 15],
        [1, 6, 11, 12],
        [2, 7, 8, 13],
        [3, 4, 9, 14],
    ];
    for [a, b, c, d] in ROUNDS.map(|round| round.map(&at)) {
        for (right, left) in [(32, 24), (16, 63)] {
            block[a] = multiply_add(block[a], block[b]);
            block[d] = (block[d] ^ block[a]).rotate_right(right);
            block[c] = multiply_add(block[c], block[d]);
            block[b] = (block[b] ^ block[c]).rotate_right(left);
        }
    }
}

/// a + b + 2 · low(a) · low(b), with the low 32 bits of each.
fn multiply_add(a: u64, b: u64) -> u64 {
    let product = (a & 0xffff_ffff) * (b & 0xffff_ffff);
    a.wrapping_add(b).wrapping_add(product.wrapping_mul(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Within the bounds of RFC 9106 the `argon2` crate must agree; below them go-crypt does, in
    /// the vectors of `tests/vectors/digests.jsonl`.
    #[test]
    fn it_agrees_with_the_crate_on_parameters_that_both_accept() {
        let costs = [(8, 1, 1), (64, 3, 1), (64, 2, 4), (1200, 2, 2), (37, 3, 3), (600, 1, 1)];
        for variant in [Variant::Argon2d, Variant::Argon2i, Variant::Argon2id] {
            for (memory, iterations, parallelism) in costs {
                for key_length in [4, 32, 64, 65, 96, 97, 200] {
                    let cost = Cost { memory, iterations, parallelism };
                    let (mut ours, mut theirs) = (vec![0; key_length], vec![0; key_length]);
                    derive(variant, cost, b"secret", b"saltsalt", &mut ours).unwrap();
                    let arena = &mut super::super::Arena::default();
                    super::super::derive(arena, variant, cost, b"secret", b"saltsalt", &mut theirs)
                        .unwrap();
                    assert_eq!(ours, theirs, "{variant:?} {cost:?} {key_length}");
                }
            }
        }
    }
}
