//! One SHA-512 chain, for the minimum time of a single digest.
//!
//! Why is this not simply the vector code with one lane in use? Each round waits for the one before,
//! and a vector instruction takes longer than a scalar one. Speed comes from keeping everything else
//! out of that wait. The rounds are scalar, the message schedule goes two
//! words at a time through vector registers that the rounds do not need, and the sums are ordered
//! so that the path from one round's `e` to the next is the shortest. On Zen 4 a digest takes 0.62 of
//! the best peer's time with AVX-512VL and 0.67 with AVX2 (`benches/record`).
//!
//! Two alternatives were measured. Half of the round's state in vector registers was no faster than
//! scalar rounds. A portable form of this chain was slower than the `sha2` crate, which is used
//! on CPUs without AVX2.

use std::arch::x86_64::{__m128i, _mm_add_epi64, _mm_load_si128, _mm_set_epi64x, _mm_store_si128};
use std::hint::black_box;

use super::lanes::Word;
use super::pbkdf2::Chain;

/// Operations on two 64-bit words of the message schedule, supplied by a backend.
pub(crate) trait Pairs: Copy {
    /// σ0 of FIPS 180-4 §4.1.3.
    fn small_sigma0(self, x: __m128i) -> __m128i;
    /// σ1 of FIPS 180-4 §4.1.3.
    fn small_sigma1(self, x: __m128i) -> __m128i;
    /// Returns the high word of the first pair and the low word of the second.
    fn middle(self, first: __m128i, second: __m128i) -> __m128i;
}

/// Words aligned for loads and stores of pairs.
#[repr(align(64))]
struct Aligned<const N: usize>([u64; N]);

impl<const N: usize> Aligned<N> {
    #[inline(always)]
    fn pair(&self, index: usize) -> __m128i {
        let pair: &[u64] = &self.0[2 * index..2 * index + 2];
        // SAFETY: two words are there, and an even index into aligned words is aligned to 16 bytes.
        unsafe { _mm_load_si128(pair.as_ptr().cast()) }
    }

    #[inline(always)]
    fn set_pair(&mut self, index: usize, value: __m128i) {
        let pair: &mut [u64] = &mut self.0[2 * index..2 * index + 2];
        // SAFETY: as for the load.
        unsafe { _mm_store_si128(pair.as_mut_ptr().cast(), value) }
    }
}

/// Two words, the first in the low half.
#[inline(always)]
fn pair(first: u64, second: u64) -> __m128i {
    // SAFETY: every x86-64 CPU has SSE2.
    unsafe { _mm_set_epi64x(second.cast_signed(), first.cast_signed()) }
}

/// Sums modulo 2^64.
#[inline(always)]
fn add(a: __m128i, b: __m128i) -> __m128i {
    // SAFETY: every x86-64 CPU has SSE2.
    unsafe { _mm_add_epi64(a, b) }
}

/// The constants of a message that is a block and `D` words of digest long.
struct Padding<const D: usize>;

impl<const D: usize> Padding<D> {
    /// The last block's words after the digest.
    const WORDS: [u64; 16] = {
        let mut words = [0; 16];
        words[D] = u64::PAD;
        words[15] = (16 + D as u64) * 64;
        words
    };

    /// The round constants, with those words already added.
    const K: Aligned<80> = {
        let mut k = u64::K;
        let mut t = D;
        while t < 16 {
            k[t] = k[t].wrapping_add(Self::WORDS[t]);
            t += 1;
        }
        Aligned(k)
    };
}

/// Adds all remaining links to a chain.
#[inline(always)]
pub(crate) fn finish<P: Pairs, const D: usize>(p: P, chain: &mut Chain<u64>) {
    let [inner, outer] = *chain.midstates;
    let (mut link, mut sum) = (chain.link, chain.sum);
    for _ in 0..chain.left {
        let digest = compress::<P, D>(p, &inner, padded::<D>(&link), &Padding::<D>::K);
        link = compress::<P, D>(p, &outer, padded::<D>(&digest), &Padding::<D>::K);
        for i in 0..D {
            sum[i] ^= link[i];
        }
    }
    (chain.link, chain.sum, chain.left) = (link, sum, 0);
}

/// Returns the block of a digest and its padding.
#[inline(always)]
fn padded<const D: usize>(digest: &[u64; 8]) -> [u64; 16] {
    let mut block = Padding::<D>::WORDS;
    block[..D].copy_from_slice(&digest[..D]);
    block
}

/// Compresses the blocks of any message.
#[inline(always)]
pub(crate) fn compress_message<P: Pairs>(p: P, state: &mut [u64; 8], message: &[u8]) {
    const K: Aligned<80> = Aligned(u64::K);
    for block in message.as_chunks::<128>().0 {
        let mut words = [0; 16];
        for (word, bytes) in words.iter_mut().zip(block.as_chunks().0) {
            *word = u64::from_be_bytes(*bytes);
        }
        *state = compress::<P, 16>(p, state, words, &K);
    }
}

/// Compresses a block whose first `D` words vary. The others are already added to the constants `k`.
#[inline(always)]
#[allow(unused_assignments, reason = "the last round prepares a next one too")]
fn compress<P: Pairs, const D: usize>(
    p: P,
    before: &[u64; 8],
    m: [u64; 16],
    k: &'static Aligned<80>,
) -> [u64; 8] {
    // The barrier makes the compiler load the constants: as immediates they would be moves of ten
    // bytes.
    let k: &Aligned<80> = black_box(k);
    let mut w = [pair(m[0], m[1]); 8];
    for i in 1..8 {
        w[i] = pair(m[2 * i], m[2 * i + 1]);
    }
    // The schedule's words with the round constants added, for the sixteen rounds to come.
    let mut next = Aligned([0; 16]);

    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *before;
    let mut b_xor_c = b ^ c;
    // With T1 as FIPS 180-4 §6.4.2 has it, e' = d + T1 and a' = T1 + Σ0(a) + Maj. Computing a' from
    // e' instead needs one operation more and takes the sum of T1 off the longest path.
    macro_rules! round {
        ($a:ident $b:ident $c:ident $d:ident $e:ident $f:ident $g:ident $h:ident, $w_k:expr) => {{
            let a_xor_b = $a ^ $b;
            let majority_less_d = ($b ^ (a_xor_b & b_xor_c)).wrapping_sub($d);
            b_xor_c = a_xor_b;
            let sum = $h.wrapping_add($w_k).wrapping_add($d);
            let sum = sum.wrapping_add($g ^ ($e & ($f ^ $g)));
            let big_sigma1 = $e.rotate_right(14) ^ $e.rotate_right(18) ^ $e.rotate_right(41);
            $d = sum.wrapping_add(big_sigma1);
            let big_sigma0 = $a.rotate_right(28) ^ $a.rotate_right(34) ^ $a.rotate_right(39);
            $h = majority_less_d.wrapping_add($d).wrapping_add(big_sigma0);
        }};
    }
    macro_rules! eight_rounds {
        ($i:literal, $w_k:ident, $then:ident, $t:expr) => {
            round!(a b c d e f g h, $w_k!($i));
            round!(h a b c d e f g, $w_k!($i + 1));
            $then!($t, $i / 2);
            round!(g h a b c d e f, $w_k!($i + 2));
            round!(f g h a b c d e, $w_k!($i + 3));
            $then!($t, $i / 2 + 1);
            round!(e f g h a b c d, $w_k!($i + 4));
            round!(d e f g h a b c, $w_k!($i + 5));
            $then!($t, $i / 2 + 2);
            round!(c d e f g h a b, $w_k!($i + 6));
            round!(b c d e f g h a, $w_k!($i + 7));
            $then!($t, $i / 2 + 3);
        };
    }
    macro_rules! given {
        ($i:expr) => {
            if $i < D { m[$i].wrapping_add(k.0[$i]) } else { k.0[$i] }
        };
    }
    macro_rules! scheduled {
        ($i:expr) => {
            next.0[$i]
        };
    }
    macro_rules! schedule {
        ($t:expr, $i:expr) => {{
            let s0 = p.small_sigma0(p.middle(w[$i], w[($i + 1) % 8]));
            let s1 = p.small_sigma1(w[($i + 7) % 8]);
            let nine = p.middle(w[($i + 4) % 8], w[($i + 5) % 8]);
            w[$i] = add(add(add(w[$i], nine), s0), s1);
            next.set_pair($i, add(w[$i], k.pair($t / 2 + $i)));
        }};
    }
    macro_rules! nothing {
        ($t:expr, $i:expr) => {};
    }

    eight_rounds!(0, given, schedule, 16);
    eight_rounds!(8, given, schedule, 16);
    // Why not `for`? The compiler unrolls it, and then the rounds do not fit into the cache of decoded
    // instructions.
    let mut t = 32;
    while t < 80 {
        // Without the barrier the words would go through slow moves between the register files
        // instead of through memory.
        black_box(&mut next);
        eight_rounds!(0, scheduled, schedule, t);
        eight_rounds!(8, scheduled, schedule, t);
        t += 16;
    }
    black_box(&mut next);
    eight_rounds!(0, scheduled, nothing, 0);
    eight_rounds!(8, scheduled, nothing, 0);
    let mut after = [a, b, c, d, e, f, g, h];
    for i in 0..8 {
        after[i] = after[i].wrapping_add(before[i]);
    }
    after
}
