//! Lanes in the 512-bit registers of AVX-512, and in 256-bit ones for half as many chains.

use std::arch::x86_64::{
    __m128i, __m256i, __m512i, _mm_alignr_epi8, _mm_cvtsi32_si128, _mm_ror_epi64, _mm_srli_epi64,
    _mm_ternarylogic_epi64, _mm256_add_epi32, _mm256_add_epi64, _mm256_load_si256,
    _mm256_ror_epi32, _mm256_ror_epi64, _mm256_set1_epi32, _mm256_set1_epi64x, _mm256_srl_epi32,
    _mm256_srl_epi64, _mm256_store_si256, _mm256_ternarylogic_epi32, _mm256_ternarylogic_epi64,
    _mm256_xor_si256, _mm512_add_epi32, _mm512_add_epi64, _mm512_load_si512, _mm512_ror_epi32,
    _mm512_ror_epi64, _mm512_set1_epi32, _mm512_set1_epi64, _mm512_srl_epi32, _mm512_srl_epi64,
    _mm512_store_si512, _mm512_ternarylogic_epi32, _mm512_ternarylogic_epi64, _mm512_xor_si512,
};

use super::backend::Backend;
use super::chain::{self, Pairs};
use super::lanes::{Lanes, Row};
use super::pbkdf2::{self, Chain, Sha2, State};
use super::sha_crypt::{self, Hash, Job, Rounds, alone};

/// The proof that the CPU has AVX-512F, AVX-512VL and BMI2: only detection makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Avx512(());

impl Avx512 {
    pub(super) fn detect() -> Option<Self> {
        let all = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("bmi2");
        all.then_some(Self(()))
    }
}

/// Eight 64-bit words.
#[derive(Clone, Copy)]
pub(crate) struct Words64(pub(super) Avx512);

/// Sixteen 32-bit words.
#[derive(Clone, Copy)]
pub(crate) struct Words32(pub(super) Avx512);

/// Four 64-bit words in a register of half the size.
#[derive(Clone, Copy)]
pub(crate) struct Narrow64(pub(super) Avx512);

/// Eight 32-bit words in a register of half the size.
#[derive(Clone, Copy)]
pub(crate) struct Narrow32(pub(super) Avx512);

/// Executes instructions of AVX-512F, AVX-512VL and BMI2.
macro_rules! avx512 {
    ($operation:expr) => {
        // SAFETY: the lanes hold the proof that the CPU has them, and rows are aligned to 64 bytes.
        unsafe { $operation }
    };
}

macro_rules! lanes {
    (
        $lanes:ident, $count:literal, $word:ty, $vector:ident, $narrow:ident, $has_narrow:literal,
        $splat:ident, $load:ident, $store:ident, $add:ident, $xor:ident, $ternary:ident,
        $rotate:ident, $shift:ident, $sequential_threshold:expr, $finish:ident, $alone:ident
    ) => {
        impl Lanes for $lanes {
            type Word = $word;
            type Vector = $vector;
            const LANES: usize = $count;

            #[inline(always)]
            fn splat(self, word: $word) -> $vector {
                avx512!($splat(word.cast_signed()))
            }

            #[inline(always)]
            fn load(self, row: &Row<$word>) -> $vector {
                avx512!($load(row.0.as_ptr().cast()))
            }

            #[inline(always)]
            fn store(self, vector: $vector, row: &mut Row<$word>) {
                avx512!($store(row.0.as_mut_ptr().cast(), vector));
            }

            #[inline(always)]
            fn add(self, a: $vector, b: $vector) -> $vector {
                avx512!($add(a, b))
            }

            #[inline(always)]
            fn xor(self, a: $vector, b: $vector) -> $vector {
                avx512!($xor(a, b))
            }

            // The constants of the next three are the columns of their truth tables.

            #[inline(always)]
            fn xor3(self, a: $vector, b: $vector, c: $vector) -> $vector {
                avx512!($ternary::<0x96>(a, b, c))
            }

            #[inline(always)]
            fn choose(self, e: $vector, f: $vector, g: $vector) -> $vector {
                avx512!($ternary::<0xca>(e, f, g))
            }

            #[inline(always)]
            fn majority(self, [a, b, c]: [$vector; 3], _: $vector, _: $vector) -> $vector {
                avx512!($ternary::<0xe8>(a, b, c))
            }

            #[inline(always)]
            fn rotate<const N: i32>(self, x: $vector) -> $vector {
                avx512!($rotate::<N>(x))
            }

            #[inline(always)]
            fn shift<const N: u32>(self, x: $vector) -> $vector {
                // The count is a constant, and so becomes part of the instruction.
                avx512!($shift(x, _mm_cvtsi32_si128(N.cast_signed())))
            }
        }

        impl Backend for $lanes {
            type Narrow = $narrow;

            fn iterate<const D: usize>(self, state: &mut State<$word>, count: u32) {
                #[target_feature(enable = "avx512f,avx512vl")]
                fn with_avx512<const D: usize>(l: $lanes, state: &mut State<$word>, count: u32) {
                    pbkdf2::iterate::<$lanes, D>(l, state, count);
                }
                avx512!(with_avx512::<D>(self, state, count));
            }

            fn narrow(self) -> Option<$narrow> {
                $has_narrow.then_some($narrow(self.0))
            }

            fn sequential_threshold(self) -> usize {
                $sequential_threshold
            }

            fn finish<const D: usize>(self, hash: &Sha2<$word>, chain: &mut Chain<$word>) {
                $finish::<D>(self.0, hash, chain);
            }

            fn sha_crypt(self, rounds: &mut Rounds<$word>) {
                #[target_feature(enable = "avx512f,avx512vl")]
                fn with_avx512(l: $lanes, rounds: &mut Rounds<$word>) {
                    sha_crypt::compute(l, rounds);
                }
                avx512!(with_avx512(self, rounds));
            }

            fn sha_crypt_alone(self, job: &mut Job) {
                $alone(self.0, job);
            }
        }
    };
}

#[rustfmt::skip]
lanes!(
    Words64, 8, u64, __m512i, Narrow64, true,
    _mm512_set1_epi64, _mm512_load_si512, _mm512_store_si512, _mm512_add_epi64, _mm512_xor_si512,
    _mm512_ternarylogic_epi64, _mm512_ror_epi64, _mm512_srl_epi64, 1, finish_64,
    alone_64
);
#[rustfmt::skip]
lanes!(
    Narrow64, 4, u64, __m256i, Narrow64, false,
    _mm256_set1_epi64x, _mm256_load_si256, _mm256_store_si256, _mm256_add_epi64, _mm256_xor_si256,
    _mm256_ternarylogic_epi64, _mm256_ror_epi64, _mm256_srl_epi64, 1, finish_64,
    alone_64
);
#[rustfmt::skip]
lanes!(
    Words32, 16, u32, __m512i, Narrow32, true,
    _mm512_set1_epi32, _mm512_load_si512, _mm512_store_si512, _mm512_add_epi32, _mm512_xor_si512,
    _mm512_ternarylogic_epi32, _mm512_ror_epi32, _mm512_srl_epi32, sequential_threshold_32(), finish_32,
    alone_32
);
#[rustfmt::skip]
lanes!(
    Narrow32, 8, u32, __m256i, Narrow32, false,
    _mm256_set1_epi32, _mm256_load_si256, _mm256_store_si256, _mm256_add_epi32, _mm256_xor_si256,
    _mm256_ternarylogic_epi32, _mm256_ror_epi32, _mm256_srl_epi32, sequential_threshold_32(), finish_32,
    alone_32
);

/// Measured: with the SHA instructions one chain takes a third of the time of the narrow lanes
/// together.
fn sequential_threshold_32() -> usize {
    if is_x86_feature_detected!("sha") { 2 } else { 1 }
}

fn finish_32<const D: usize>(_: Avx512, hash: &Sha2<u32>, chain: &mut Chain<u32>) {
    hash.finish(chain);
}

fn finish_64<const D: usize>(p: Avx512, _: &Sha2<u64>, chain: &mut Chain<u64>) {
    #[target_feature(enable = "avx512f,avx512vl,bmi2")]
    fn with_avx512<const D: usize>(p: Avx512, chain: &mut Chain<u64>) {
        chain::finish::<Avx512, D>(p, chain);
    }
    avx512!(with_avx512::<D>(p, chain));
}

fn alone_32(_: Avx512, job: &mut Job) {
    alone::compute(job, u32::compress);
}

fn alone_64(p: Avx512, job: &mut Job) {
    #[target_feature(enable = "avx512f,avx512vl,bmi2")]
    fn with_avx512(p: Avx512, job: &mut Job) {
        alone::compute(job, |state, message| chain::compress_message(p, state, message));
    }
    avx512!(with_avx512(p, job));
}

impl Pairs for Avx512 {
    #[inline(always)]
    fn small_sigma0(self, x: __m128i) -> __m128i {
        avx512!(_mm_ternarylogic_epi64::<0x96>(
            _mm_ror_epi64::<1>(x),
            _mm_ror_epi64::<8>(x),
            _mm_srli_epi64::<7>(x),
        ))
    }

    #[inline(always)]
    fn small_sigma1(self, x: __m128i) -> __m128i {
        avx512!(_mm_ternarylogic_epi64::<0x96>(
            _mm_ror_epi64::<19>(x),
            _mm_ror_epi64::<61>(x),
            _mm_srli_epi64::<6>(x),
        ))
    }

    #[inline(always)]
    fn middle(self, first: __m128i, second: __m128i) -> __m128i {
        avx512!(_mm_alignr_epi8::<8>(second, first))
    }
}
