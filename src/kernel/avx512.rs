//! Lanes in the 512-bit registers of AVX-512.

use std::arch::x86_64::{
    __m128i, __m512i, _mm_alignr_epi8, _mm_ror_epi64, _mm_srli_epi64, _mm_ternarylogic_epi64,
    _mm512_add_epi32, _mm512_add_epi64, _mm512_load_si512, _mm512_ror_epi32, _mm512_ror_epi64,
    _mm512_set1_epi32, _mm512_set1_epi64, _mm512_srli_epi32, _mm512_srli_epi64, _mm512_store_si512,
    _mm512_ternarylogic_epi64, _mm512_xor_si512,
};

use super::avx2::few_32;
use super::chain::{self, Pairs};
use super::pbkdf2::{self, Chain, Hash, State};
use super::sha2::{Lanes, Row};

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

/// Executes instructions of AVX-512F, AVX-512VL and BMI2.
macro_rules! avx512 {
    ($operation:expr) => {
        // SAFETY: the lanes hold the proof that the CPU has them, and rows are aligned to 64 bytes.
        unsafe { $operation }
    };
}

macro_rules! lanes {
    (
        $lanes:ident, $count:literal, $word:ty,
        $splat:ident, $add:ident, $rotate:ident, $shift:ident, $few:expr, $finish:ident
    ) => {
        impl Lanes for $lanes {
            type Word = $word;
            type Vector = __m512i;
            const LANES: usize = $count;

            #[inline(always)]
            fn splat(self, word: $word) -> __m512i {
                avx512!($splat(word.cast_signed()))
            }

            #[inline(always)]
            fn load(self, row: &Row<$word>) -> __m512i {
                avx512!(_mm512_load_si512(row.0.as_ptr().cast()))
            }

            #[inline(always)]
            fn store(self, vector: __m512i, row: &mut Row<$word>) {
                avx512!(_mm512_store_si512(row.0.as_mut_ptr().cast(), vector));
            }

            #[inline(always)]
            fn add(self, a: __m512i, b: __m512i) -> __m512i {
                avx512!($add(a, b))
            }

            #[inline(always)]
            fn xor(self, a: __m512i, b: __m512i) -> __m512i {
                avx512!(_mm512_xor_si512(a, b))
            }

            // The constants of the next three are the columns of their truth tables.

            #[inline(always)]
            fn xor3(self, a: __m512i, b: __m512i, c: __m512i) -> __m512i {
                avx512!(_mm512_ternarylogic_epi64::<0x96>(a, b, c))
            }

            #[inline(always)]
            fn choose(self, e: __m512i, f: __m512i, g: __m512i) -> __m512i {
                avx512!(_mm512_ternarylogic_epi64::<0xca>(e, f, g))
            }

            #[inline(always)]
            fn majority(self, [a, b, c]: [__m512i; 3], _: __m512i, _: __m512i) -> __m512i {
                avx512!(_mm512_ternarylogic_epi64::<0xe8>(a, b, c))
            }

            #[inline(always)]
            fn rotate<const N: i32>(self, x: __m512i) -> __m512i {
                avx512!($rotate::<N>(x))
            }

            #[inline(always)]
            fn shift<const N: u32>(self, x: __m512i) -> __m512i {
                avx512!($shift::<N>(x))
            }

            fn iterate<const D: usize>(self, state: &mut State<$word>, count: u32) {
                #[target_feature(enable = "avx512f")]
                fn with_avx512<const D: usize>(l: $lanes, state: &mut State<$word>, count: u32) {
                    pbkdf2::iterate::<$lanes, D>(l, state, count);
                }
                avx512!(with_avx512::<D>(self, state, count));
            }

            fn few(self) -> usize {
                $few
            }

            fn finish<const D: usize>(self, hash: &Hash<$word>, chain: &mut Chain<$word>) {
                $finish::<D>(self.0, hash, chain);
            }
        }
    };
}

lanes!(
    Words64,
    8,
    u64,
    _mm512_set1_epi64,
    _mm512_add_epi64,
    _mm512_ror_epi64,
    _mm512_srli_epi64,
    2,
    finish_64
);
lanes!(
    Words32,
    16,
    u32,
    _mm512_set1_epi32,
    _mm512_add_epi32,
    _mm512_ror_epi32,
    _mm512_srli_epi32,
    few_32(),
    finish_32
);

fn finish_32<const D: usize>(_: Avx512, hash: &Hash<u32>, chain: &mut Chain<u32>) {
    hash.finish(chain);
}

fn finish_64<const D: usize>(p: Avx512, _: &Hash<u64>, chain: &mut Chain<u64>) {
    #[target_feature(enable = "avx512f,avx512vl,bmi2")]
    fn with_avx512<const D: usize>(p: Avx512, chain: &mut Chain<u64>) {
        chain::finish::<Avx512, D>(p, chain);
    }
    avx512!(with_avx512::<D>(p, chain));
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
