//! PBKDF2 with HMAC (RFC 8018 §5.2, RFC 2104), many chains side by side.
//!
//! A block of a derived key is a chain: each link is the HMAC of the one before, and the block is
//! the exclusive or of all. A chain is serial, and chains are independent: so they go into the
//! lanes of a vector.
//!
//! Why is the parallelism not inside a compression? Each of its rounds needs the result of the one
//! before, which leaves most of a vector unused. Chains do not wait for each other: on Zen 4
//! eight SHA-512 chains in the lanes of AVX-512 take twice the time of one (`benches/record`).

use ::sha2::block_api::{compress256, compress512};
use zeroize::{Zeroize, Zeroizing};

use super::lanes::{Lanes, Row, Word};
use super::sha2::{SHA224, SHA256, SHA384, SHA512, compress, write_words};

/// A hash function of the SHA-2 family: the start of a [`Chain`] and the length of its output.
pub(crate) struct Sha2<W: 'static> {
    /// The chaining value before the first block.
    initial: [W; 8],
    /// Words of output.
    pub(crate) words: usize,
    /// Compresses blocks, one after the other.
    compress: fn(&mut [W; 8], &[u8]),
}

impl Sha2<u64> {
    pub(crate) const SHA512: Self =
        Self { initial: SHA512, words: 8, compress: compress_blocks_512 };
    pub(crate) const SHA384: Self =
        Self { initial: SHA384, words: 6, compress: compress_blocks_512 };
}

impl Sha2<u32> {
    pub(crate) const SHA256: Self =
        Self { initial: SHA256, words: 8, compress: compress_blocks_256 };
    pub(crate) const SHA224: Self =
        Self { initial: SHA224, words: 7, compress: compress_blocks_256 };
}

fn compress_blocks_512(state: &mut [u64; 8], blocks: &[u8]) {
    compress512(state, blocks.as_chunks().0);
}

fn compress_blocks_256(state: &mut [u32; 8], blocks: &[u8]) {
    compress256(state, blocks.as_chunks().0);
}

impl<W: Word> Sha2<W> {
    /// Bytes of a block.
    const BLOCK: usize = 16 * W::BYTES;

    /// Bytes of output.
    pub(crate) const fn output_length(&self) -> usize {
        self.words * W::BYTES
    }

    /// Computes the chaining values after the two halves of an HMAC's key, inner and outer
    /// (RFC 2104 §4). They are the same for every link, so this saves half of the compressions.
    pub(crate) fn midstates(&self, secret: &[u8]) -> Zeroizing<[[W; 8]; 2]> {
        let mut key = Zeroizing::new([0; 128]);
        if secret.len() <= Self::BLOCK {
            key[..secret.len()].copy_from_slice(secret);
        } else {
            let mut state = self.initial;
            self.absorb(&mut state, secret, 0);
            write_words(&state, &mut key[..self.output_length()]);
            state.zeroize();
        }
        let key = &mut key[..Self::BLOCK];
        let mut midstates = Zeroizing::new([self.initial; 2]);
        // ipad and opad of RFC 2104 §2; the second is applied over the first.
        for (state, pad) in midstates.iter_mut().zip([0x36, 0x36 ^ 0x5c]) {
            for byte in key.iter_mut() {
                *byte ^= pad;
            }
            (self.compress)(state, key);
        }
        midstates
    }

    /// Compresses the end of a message, with its padding; `before` bytes of it were compressed
    /// earlier.
    fn absorb(&self, state: &mut [W; 8], message: &[u8], before: usize) {
        let length_bytes = 2 * W::BYTES;
        let blocks = (message.len() + 1 + length_bytes).div_ceil(Self::BLOCK);
        let mut padded = Zeroizing::new(vec![0; blocks * Self::BLOCK]);
        padded[..message.len()].copy_from_slice(message);
        padded[message.len()] = 0x80;
        let bits = 8 * (before + message.len()) as u128;
        let end = padded.len() - length_bytes;
        padded[end..].copy_from_slice(&bits.to_be_bytes()[16 - length_bytes..]);
        (self.compress)(state, &padded);
    }

    /// Adds all remaining links to a chain, with the `sha2` crate, which uses the SHA
    /// instructions of several CPUs.
    pub(crate) fn finish(&self, chain: &mut Chain<W>) {
        let [inner, outer] = *chain.midstates;
        let mut block = Zeroizing::new([0; 128]);
        let block = &mut block[..Self::BLOCK];
        let (digest, padding) = block.split_at_mut(self.output_length());
        padding[0] = 0x80;
        let bits = 8 * (Self::BLOCK + self.output_length()) as u64;
        let end = padding.len() - 8;
        padding[end..].copy_from_slice(&bits.to_be_bytes());
        write_words(&chain.link, digest);
        for _ in 0..chain.left {
            for midstate in [inner, outer] {
                chain.link = midstate;
                (self.compress)(&mut chain.link, block);
                write_words(&chain.link, &mut block[..self.output_length()]);
            }
            for (sum, link) in chain.sum.iter_mut().zip(chain.link) {
                *sum ^= link;
            }
        }
        chain.left = 0;
    }

    /// Computes the first link of the chain of a block (counted from 1).
    fn first_link(&self, midstates: &[[W; 8]; 2], salt: &[u8], block: u32) -> [W; 8] {
        let [mut inner, mut outer] = *midstates;
        let message = [salt, &block.to_be_bytes()].concat();
        self.absorb(&mut inner, &message, Self::BLOCK);
        let mut digest = Zeroizing::new([0; 64]);
        let digest = &mut digest[..self.output_length()];
        write_words(&inner, digest);
        inner.zeroize();
        self.absorb(&mut outer, digest, Self::BLOCK);
        outer
    }
}

/// One block of a derived key, partly computed; wiped when dropped.
pub(crate) struct Chain<W: Word> {
    /// The chaining values after the key's inner and outer half.
    pub(super) midstates: Zeroizing<[[W; 8]; 2]>,
    /// The last link.
    pub(super) link: [W; 8],
    /// The exclusive or of all links so far.
    pub(super) sum: [W; 8],
    /// Remaining links.
    pub(super) left: u32,
}

impl<W: Word> Chain<W> {
    /// Starts the chain of a block (counted from 1) with its first link.
    pub(crate) fn new(
        hash: &Sha2<W>,
        midstates: &Zeroizing<[[W; 8]; 2]>,
        salt: &[u8],
        block: u32,
        iterations: u32,
    ) -> Self {
        let link = hash.first_link(midstates, salt, block);
        Self { midstates: midstates.clone(), link, sum: link, left: iterations.max(1) - 1 }
    }

    /// Writes the finished block to its place in the key.
    pub(crate) fn write(&self, key: &mut [u8]) {
        write_words(&self.sum, key);
    }
}

impl<W: Word> Drop for Chain<W> {
    fn drop(&mut self) {
        self.link.zeroize();
        self.sum.zeroize();
    }
}

/// The chains in the lanes, transposed: a row holds one word of every chain. Wiped when dropped.
pub(crate) struct State<W: Word> {
    inner: [Row<W>; 8],
    outer: [Row<W>; 8],
    link: [Row<W>; 8],
    sum: [Row<W>; 8],
}

impl<W: Word> Default for State<W> {
    fn default() -> Self {
        let rows = [Row::default(); 8];
        Self { inner: rows, outer: rows, link: rows, sum: rows }
    }
}

impl<W: Word> State<W> {
    pub(super) fn load_lane(&mut self, lane: usize, chain: &Chain<W>) {
        for word in 0..8 {
            self.inner[word].0[lane] = chain.midstates[0][word];
            self.outer[word].0[lane] = chain.midstates[1][word];
            self.link[word].0[lane] = chain.link[word];
            self.sum[word].0[lane] = chain.sum[word];
        }
    }

    /// Copies a lane to another.
    pub(super) fn copy(&mut self, from: usize, to: usize) {
        for rows in [&mut self.inner, &mut self.outer, &mut self.link, &mut self.sum] {
            for row in rows {
                row.0[to] = row.0[from];
            }
        }
    }

    pub(super) fn store_lane(&self, lane: usize, chain: &mut Chain<W>) {
        for word in 0..8 {
            chain.link[word] = self.link[word].0[lane];
            chain.sum[word] = self.sum[word].0[lane];
        }
    }
}

impl<W: Word> Drop for State<W> {
    fn drop(&mut self) {
        for rows in [&mut self.inner, &mut self.outer, &mut self.link, &mut self.sum] {
            rows.zeroize();
        }
    }
}

/// Adds `count` links to the chain in every lane, for a hash function with `D` words of output.
#[inline(always)]
pub(crate) fn iterate<L: Lanes, const D: usize>(l: L, state: &mut State<L::Word>, count: u32) {
    let (inner, outer) = (load(l, &state.inner), load(l, &state.outer));
    let (mut link, mut sum) = (load(l, &state.link), load(l, &state.sum));
    for _ in 0..count {
        let digest = compress(l, &inner, message::<L, D>(l, &link));
        link = compress(l, &outer, message::<L, D>(l, &digest));
        for i in 0..D {
            sum[i] = l.xor(sum[i], link[i]);
        }
    }
    for i in 0..8 {
        l.store(link[i], &mut state.link[i]);
        l.store(sum[i], &mut state.sum[i]);
    }
}

#[inline(always)]
fn load<L: Lanes>(l: L, rows: &[Row<L::Word>; 8]) -> [L::Vector; 8] {
    let mut vectors = [l.splat(L::Word::default()); 8];
    for i in 0..8 {
        vectors[i] = l.load(&rows[i]);
    }
    vectors
}

/// Returns the last block of a message that is a block and a digest long: the digest, and the
/// padding as constants.
#[inline(always)]
fn message<L: Lanes, const D: usize>(l: L, digest: &[L::Vector; 8]) -> [L::Vector; 16] {
    let mut block = [l.splat(L::Word::default()); 16];
    block[..D].copy_from_slice(&digest[..D]);
    block[D] = l.splat(L::Word::PAD);
    let bits = (16 + D) * L::Word::BYTES * 8;
    block[15] = l.splat(L::Word::truncate(bits as u64));
    block
}

#[cfg(test)]
mod tests {
    use super::super::backend::Backend;
    use super::*;

    /// Fills every lane with a chain of its own, and compares the links with those of the `sha2`
    /// crate.
    fn lanes_agree<L: Backend, const D: usize>(l: L, hash: &Sha2<L::Word>) {
        let chain = |lane: u8| {
            let midstates = hash.midstates(&[lane; 7]);
            Chain::new(hash, &midstates, &[lane ^ 0x55; 20], 1, 18)
        };
        let mut state = State::default();
        let lanes = u8::try_from(L::LANES).unwrap();
        for lane in 0..lanes {
            state.load_lane(lane.into(), &chain(lane));
        }
        l.iterate::<D>(&mut state, 17);
        for lane in 0..lanes {
            let (mut ours, mut theirs) = (chain(lane), chain(lane));
            state.store_lane(lane.into(), &mut ours);
            hash.finish(&mut theirs);
            let (mut ours_alone, words) = (chain(lane), ..D);
            l.finish::<D>(hash, &mut ours_alone);
            for (a, b) in [(&ours, &theirs), (&ours_alone, &theirs)] {
                let widen = |words: &[L::Word]| words.iter().map(|w| w.widen()).collect::<Vec<_>>();
                assert_eq!(widen(&a.link[words]), widen(&b.link[words]), "lane {lane}");
                assert_eq!(widen(&a.sum[words]), widen(&b.sum[words]), "lane {lane}");
            }
        }
    }

    macro_rules! backend_agrees {
        ($words64:expr, $words32:expr) => {
            lanes_agree::<_, 8>($words64, &Sha2::SHA512);
            lanes_agree::<_, 6>($words64, &Sha2::SHA384);
            lanes_agree::<_, 8>($words32, &Sha2::SHA256);
            lanes_agree::<_, 7>($words32, &Sha2::SHA224);
        };
    }

    #[test]
    fn portable_lanes_agree_with_the_crate() {
        backend_agrees!(super::super::portable::Words64, super::super::portable::Words32);
    }

    #[cfg(not(target_arch = "aarch64"))]
    #[test]
    fn emulated_neon_lanes_agree_with_the_crate() {
        use super::super::neon::{Neon, Words32, Words64};
        backend_agrees!(Words64(Neon::emulated()), Words32(Neon::emulated()));
    }

    #[cfg(target_arch = "aarch64")]
    #[test]
    fn neon_lanes_agree_with_the_crate() {
        use super::super::neon::{Neon, Words32, Words64};
        if let Some(cpu) = Neon::detect() {
            backend_agrees!(Words64(cpu), Words32(cpu));
        }
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn vector_lanes_agree_with_the_crate() {
        use super::super::{avx2, avx512};
        if let Some(cpu) = avx2::Avx2::detect() {
            backend_agrees!(avx2::Words64(cpu), avx2::Words32(cpu));
        }
        if let Some(cpu) = avx512::Avx512::detect() {
            backend_agrees!(avx512::Words64(cpu), avx512::Words32(cpu));
            backend_agrees!(avx512::Narrow64(cpu), avx512::Narrow32(cpu));
        }
    }
}
