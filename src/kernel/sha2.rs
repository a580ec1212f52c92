//! The compression function of SHA-2 (FIPS 180-4 §6.2 and §6.4), written once over vectors of
//! words: each lane of a vector belongs to another message.

use zeroize::Zeroize;

use super::pbkdf2::{Chain, Hash, State};

/// A word of SHA-2: 64 bits for SHA-512 and SHA-384, 32 bits for SHA-256 and SHA-224.
pub(crate) trait Word:
    Copy
    + Default
    + Zeroize
    + Send
    + Sync
    + std::ops::BitXor<Output = Self>
    + std::ops::BitXorAssign
    + 'static
{
    /// Rounds of a compression.
    const ROUNDS: usize;
    /// Bytes of a word; a block has 16 words.
    const BYTES: usize;
    /// The round constants.
    const K: [Self; 80];
    /// The padding's first word: a 1 bit and zeros (FIPS 180-4 §5.1).
    const PAD: Self;

    /// The low bits of a number.
    fn truncate(number: u64) -> Self;

    /// The number.
    fn widen(self) -> u64;

    /// Σ0 of FIPS 180-4 §4.1.
    fn big_sigma0<L: Lanes<Word = Self>>(l: L, x: L::Vector) -> L::Vector;
    /// Σ1.
    fn big_sigma1<L: Lanes<Word = Self>>(l: L, x: L::Vector) -> L::Vector;
    /// σ0.
    fn small_sigma0<L: Lanes<Word = Self>>(l: L, x: L::Vector) -> L::Vector;
    /// σ1.
    fn small_sigma1<L: Lanes<Word = Self>>(l: L, x: L::Vector) -> L::Vector;
}

/// What a backend supplies: operations on a vector that has a word in each lane.
pub(crate) trait Lanes: Copy + Send + Sync {
    /// The words in the lanes.
    type Word: Word;
    /// A vector of them.
    type Vector: Copy;
    /// The number of lanes, at most [`MAX_LANES`].
    const LANES: usize;

    /// The same word in every lane.
    fn splat(self, word: Self::Word) -> Self::Vector;
    /// The first [`Self::LANES`] words of a row.
    fn load(self, row: &Row<Self::Word>) -> Self::Vector;
    /// The opposite of [`Self::load`].
    fn store(self, vector: Self::Vector, row: &mut Row<Self::Word>);
    /// Sum modulo 2^64 or 2^32.
    fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// Exclusive or.
    fn xor(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// Exclusive or of three.
    fn xor3(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector;
    /// Ch of FIPS 180-4 §4.1: each bit from `f` where `e` has a 1, else from `g`.
    fn choose(self, e: Self::Vector, f: Self::Vector, g: Self::Vector) -> Self::Vector;
    /// Maj of FIPS 180-4 §4.1: each bit as most of `a`, `b`, `c` have it. The exclusive ors of
    /// `a` with `b` and of `b` with `c` are there for backends that are faster with them.
    fn majority(
        self,
        abc: [Self::Vector; 3],
        a_xor_b: Self::Vector,
        b_xor_c: Self::Vector,
    ) -> Self::Vector;
    /// Rotates right by `N` bits.
    fn rotate<const N: i32>(self, x: Self::Vector) -> Self::Vector;
    /// Shifts right by `N` bits.
    fn shift<const N: u32>(self, x: Self::Vector) -> Self::Vector;

    /// [`super::pbkdf2::iterate`], compiled for the backend's instructions.
    fn iterate<const D: usize>(self, state: &mut State<Self::Word>, count: u32);

    /// The most chains that are computed in less time one after the other, with
    /// [`Self::finish`], than side by side.
    fn few(self) -> usize;

    /// Adds to a single chain all the links that it still lacks.
    fn finish<const D: usize>(self, hash: &Hash<Self::Word>, chain: &mut Chain<Self::Word>);
}

/// The most lanes of any backend.
pub(crate) const MAX_LANES: usize = 16;

/// One word a lane.
#[derive(Clone, Copy)]
#[repr(align(64))]
pub(crate) struct Row<W>(pub(crate) [W; MAX_LANES]);

impl<W: Word> Default for Row<W> {
    fn default() -> Self {
        Self([W::default(); MAX_LANES])
    }
}

/// Compresses one block a lane: the chaining value after it.
///
/// Words that are constants in the caller stay constants here, since all is inlined: a block's
/// padding then costs next to nothing.
#[inline(always)]
pub(crate) fn compress<L: Lanes>(
    l: L,
    before: &[L::Vector; 8],
    mut w: [L::Vector; 16],
) -> [L::Vector; 8] {
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *before;
    let mut b_xor_c = l.xor(b, c);

    // Renaming the variables from round to round saves moving them.
    macro_rules! round {
        ($a:ident $b:ident $c:ident $d:ident $e:ident $f:ident $g:ident $h:ident, $t:expr, $w:expr) => {{
            let k = l.splat(L::Word::K[$t]);
            let t1 = l.add(l.add($h, l.add($w, k)), l.choose($e, $f, $g));
            let t1 = l.add(t1, L::Word::big_sigma1(l, $e));
            let a_xor_b = l.xor($a, $b);
            let majority = l.majority([$a, $b, $c], a_xor_b, b_xor_c);
            b_xor_c = a_xor_b;
            $d = l.add($d, t1);
            $h = l.add(t1, l.add(L::Word::big_sigma0(l, $a), majority));
        }};
    }
    macro_rules! eight_rounds {
        ($t:expr, $i:literal, $word:ident) => {
            round!(a b c d e f g h, $t + $i, $word!($i));
            round!(h a b c d e f g, $t + $i + 1, $word!($i + 1));
            round!(g h a b c d e f, $t + $i + 2, $word!($i + 2));
            round!(f g h a b c d e, $t + $i + 3, $word!($i + 3));
            round!(e f g h a b c d, $t + $i + 4, $word!($i + 4));
            round!(d e f g h a b c, $t + $i + 5, $word!($i + 5));
            round!(c d e f g h a b, $t + $i + 6, $word!($i + 6));
            round!(b c d e f g h a, $t + $i + 7, $word!($i + 7));
        };
    }
    macro_rules! given {
        ($i:expr) => {
            w[$i]
        };
    }
    // The message schedule, expanded in place.
    macro_rules! scheduled {
        ($i:expr) => {{
            let s0 = L::Word::small_sigma0(l, w[($i + 1) % 16]);
            let s1 = L::Word::small_sigma1(l, w[($i + 14) % 16]);
            w[$i] = l.add(l.add(w[$i], w[($i + 9) % 16]), l.add(s0, s1));
            w[$i]
        }};
    }

    eight_rounds!(0, 0, given);
    eight_rounds!(0, 8, given);
    // Outside the loop, so that a padding's constants reach it.
    eight_rounds!(16, 0, scheduled);
    eight_rounds!(16, 8, scheduled);
    let mut t = 32;
    while t < L::Word::ROUNDS {
        eight_rounds!(t, 0, scheduled);
        eight_rounds!(t, 8, scheduled);
        t += 16;
    }
    let after = [a, b, c, d, e, f, g, h];
    let mut sum = *before;
    for i in 0..8 {
        sum[i] = l.add(before[i], after[i]);
    }
    sum
}

impl Word for u64 {
    const ROUNDS: usize = 80;
    const BYTES: usize = 8;
    const K: [u64; 80] = K;
    const PAD: u64 = 1 << 63;

    fn truncate(number: u64) -> Self {
        number
    }

    fn widen(self) -> u64 {
        self
    }

    #[inline(always)]
    fn big_sigma0<L: Lanes<Word = Self>>(l: L, x: L::Vector) -> L::Vector {
        l.xor3(l.rotate::<28>(x), l.rotate::<34>(x), l.rotate::<39>(x))
    }

    #[inline(always)]
    fn big_sigma1<L: Lanes<Word = Self>>(l: L, x: L::Vector) -> L::Vector {
        l.xor3(l.rotate::<14>(x), l.rotate::<18>(x), l.rotate::<41>(x))
    }

    #[inline(always)]
    fn small_sigma0<L: Lanes<Word = Self>>(l: L, x: L::Vector) -> L::Vector {
        l.xor3(l.rotate::<1>(x), l.rotate::<8>(x), l.shift::<7>(x))
    }

    #[inline(always)]
    fn small_sigma1<L: Lanes<Word = Self>>(l: L, x: L::Vector) -> L::Vector {
        l.xor3(l.rotate::<19>(x), l.rotate::<61>(x), l.shift::<6>(x))
    }
}

impl Word for u32 {
    const ROUNDS: usize = 64;
    const BYTES: usize = 4;
    /// The first 64 are used. They are the first 32 bits of the fractions of which SHA-512's
    /// constants are the first 64 (FIPS 180-4 §4.2.2 and §4.2.3).
    const K: [u32; 80] = high_halves(K);
    const PAD: u32 = 1 << 31;

    #[allow(clippy::cast_possible_truncation, reason = "that is its purpose")]
    fn truncate(number: u64) -> Self {
        number as u32
    }

    fn widen(self) -> u64 {
        self.into()
    }

    #[inline(always)]
    fn big_sigma0<L: Lanes<Word = Self>>(l: L, x: L::Vector) -> L::Vector {
        l.xor3(l.rotate::<2>(x), l.rotate::<13>(x), l.rotate::<22>(x))
    }

    #[inline(always)]
    fn big_sigma1<L: Lanes<Word = Self>>(l: L, x: L::Vector) -> L::Vector {
        l.xor3(l.rotate::<6>(x), l.rotate::<11>(x), l.rotate::<25>(x))
    }

    #[inline(always)]
    fn small_sigma0<L: Lanes<Word = Self>>(l: L, x: L::Vector) -> L::Vector {
        l.xor3(l.rotate::<7>(x), l.rotate::<18>(x), l.shift::<3>(x))
    }

    #[inline(always)]
    fn small_sigma1<L: Lanes<Word = Self>>(l: L, x: L::Vector) -> L::Vector {
        l.xor3(l.rotate::<17>(x), l.rotate::<19>(x), l.shift::<10>(x))
    }
}

const fn high_halves<const N: usize>(words: [u64; N]) -> [u32; N] {
    let mut halves = [0; N];
    let mut i = 0;
    while i < N {
        halves[i] = (words[i] >> 32) as u32;
        i += 1;
    }
    halves
}

#[allow(clippy::cast_possible_truncation, reason = "the low half is wanted")]
const fn low_halves<const N: usize>(words: [u64; N]) -> [u32; N] {
    let mut halves = [0; N];
    let mut i = 0;
    while i < N {
        halves[i] = words[i] as u32;
        i += 1;
    }
    halves
}

/// SHA-512's initial value: the fractions of the square roots of the primes 2 to 19 (FIPS 180-4
/// §5.3.5).
pub(crate) const SHA512: [u64; 8] = [
    0x6a09_e667_f3bc_c908,
    0xbb67_ae85_84ca_a73b,
    0x3c6e_f372_fe94_f82b,
    0xa54f_f53a_5f1d_36f1,
    0x510e_527f_ade6_82d1,
    0x9b05_688c_2b3e_6c1f,
    0x1f83_d9ab_fb41_bd6b,
    0x5be0_cd19_137e_2179,
];

/// SHA-384's initial value: the fractions of the square roots of the primes 23 to 53 (FIPS 180-4
/// §5.3.4).
pub(crate) const SHA384: [u64; 8] = [
    0xcbbb_9d5d_c105_9ed8,
    0x629a_292a_367c_d507,
    0x9159_015a_3070_dd17,
    0x152f_ecd8_f70e_5939,
    0x6733_2667_ffc0_0b31,
    0x8eb4_4a87_6858_1511,
    0xdb0c_2e0d_64f9_8fa7,
    0x47b5_481d_befa_4fa4,
];

/// SHA-256's initial value: the first halves of SHA-512's (FIPS 180-4 §5.3.3).
pub(crate) const SHA256: [u32; 8] = high_halves(SHA512);

/// SHA-224's initial value: the second halves of SHA-384's (FIPS 180-4 §5.3.2).
pub(crate) const SHA224: [u32; 8] = low_halves(SHA384);

/// The fractions of the cube roots of the first 80 primes (FIPS 180-4 §4.2.3).
const K: [u64; 80] = [
    0x428a_2f98_d728_ae22,
    0x7137_4491_23ef_65cd,
    0xb5c0_fbcf_ec4d_3b2f,
    0xe9b5_dba5_8189_dbbc,
    0x3956_c25b_f348_b538,
    0x59f1_11f1_b605_d019,
    0x923f_82a4_af19_4f9b,
    0xab1c_5ed5_da6d_8118,
    0xd807_aa98_a303_0242,
    0x1283_5b01_4570_6fbe,
    0x2431_85be_4ee4_b28c,
    0x550c_7dc3_d5ff_b4e2,
    0x72be_5d74_f27b_896f,
    0x80de_b1fe_3b16_96b1,
    0x9bdc_06a7_25c7_1235,
    0xc19b_f174_cf69_2694,
    0xe49b_69c1_9ef1_4ad2,
    0xefbe_4786_384f_25e3,
    0x0fc1_9dc6_8b8c_d5b5,
    0x240c_a1cc_77ac_9c65,
    0x2de9_2c6f_592b_0275,
    0x4a74_84aa_6ea6_e483,
    0x5cb0_a9dc_bd41_fbd4,
    0x76f9_88da_8311_53b5,
    0x983e_5152_ee66_dfab,
    0xa831_c66d_2db4_3210,
    0xb003_27c8_98fb_213f,
    0xbf59_7fc7_beef_0ee4,
    0xc6e0_0bf3_3da8_8fc2,
    0xd5a7_9147_930a_a725,
    0x06ca_6351_e003_826f,
    0x1429_2967_0a0e_6e70,
    0x27b7_0a85_46d2_2ffc,
    0x2e1b_2138_5c26_c926,
    0x4d2c_6dfc_5ac4_2aed,
    0x5338_0d13_9d95_b3df,
    0x650a_7354_8baf_63de,
    0x766a_0abb_3c77_b2a8,
    0x81c2_c92e_47ed_aee6,
    0x9272_2c85_1482_353b,
    0xa2bf_e8a1_4cf1_0364,
    0xa81a_664b_bc42_3001,
    0xc24b_8b70_d0f8_9791,
    0xc76c_51a3_0654_be30,
    0xd192_e819_d6ef_5218,
    0xd699_0624_5565_a910,
    0xf40e_3585_5771_202a,
    0x106a_a070_32bb_d1b8,
    0x19a4_c116_b8d2_d0c8,
    0x1e37_6c08_5141_ab53,
    0x2748_774c_df8e_eb99,
    0x34b0_bcb5_e19b_48a8,
    0x391c_0cb3_c5c9_5a63,
    0x4ed8_aa4a_e341_8acb,
    0x5b9c_ca4f_7763_e373,
    0x682e_6ff3_d6b2_b8a3,
    0x748f_82ee_5def_b2fc,
    0x78a5_636f_4317_2f60,
    0x84c8_7814_a1f0_ab72,
    0x8cc7_0208_1a64_39ec,
    0x90be_fffa_2363_1e28,
    0xa450_6ceb_de82_bde9,
    0xbef9_a3f7_b2c6_7915,
    0xc671_78f2_e372_532b,
    0xca27_3ece_ea26_619c,
    0xd186_b8c7_21c0_c207,
    0xeada_7dd6_cde0_eb1e,
    0xf57d_4f7f_ee6e_d178,
    0x06f0_67aa_7217_6fba,
    0x0a63_7dc5_a2c8_98a6,
    0x113f_9804_bef9_0dae,
    0x1b71_0b35_131c_471b,
    0x28db_77f5_2304_7d84,
    0x32ca_ab7b_40c7_2493,
    0x3c9e_be0a_15c9_bebc,
    0x431d_67c4_9c10_0d4c,
    0x4cc5_d4be_cb3e_42b6,
    0x597f_299c_fc65_7e2a,
    0x5fcb_6fab_3ad6_faec,
    0x6c44_198c_4a47_5817,
];
