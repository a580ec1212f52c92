//! Lanes in the 256-bit registers of AVX2.

use std::arch::x86_64::{
    __m128i, __m256i, _mm_alignr_epi8, _mm_cvtsi32_si128, _mm_setr_epi8, _mm_shuffle_epi8,
    _mm_slli_epi64, _mm_srli_epi64, _mm_xor_si128, _mm256_add_epi32, _mm256_add_epi64,
    _mm256_and_si256, _mm256_load_si256, _mm256_or_si256, _mm256_set1_epi32, _mm256_set1_epi64x,
    _mm256_sll_epi32, _mm256_sll_epi64, _mm256_srl_epi32, _mm256_srl_epi64, _mm256_store_si256,
    _mm256_xor_si256,
};

use super::backend::Backend;
use super::chain::{self, Pairs};
use super::lanes::{Lanes, Row};
use super::pbkdf2::{self, Chain, Sha2, State};
use super::sha_crypt::{self, Hash, Job, Rounds, alone};

/// The proof that the CPU has AVX2 and BMI2: only detection makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Avx2(());

impl Avx2 {
    pub(super) fn detect() -> Option<Self> {
        let both = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("bmi2");
        both.then_some(Self(()))
    }
}

/// Four 64-bit words.
#[derive(Clone, Copy)]
pub(crate) struct Words64(pub(super) Avx2);

/// Eight 32-bit words.
#[derive(Clone, Copy)]
pub(crate) struct Words32(pub(super) Avx2);

/// Executes instructions of AVX2 and BMI2.
macro_rules! avx2 {
    ($operation:expr) => {
        // SAFETY: the lanes hold the proof that the CPU has them, and rows are aligned to 64 bytes.
        unsafe { $operation }
    };
}

macro_rules! lanes {
    (
        $lanes:ident, $count:literal, $word:ty,
        $splat:ident, $add:ident, $left:ident, $right:ident, $sequential_threshold:expr, $finish:ident, $alone:ident
    ) => {
        impl Lanes for $lanes {
            type Word = $word;
            type Vector = __m256i;
            const LANES: usize = $count;

            #[inline(always)]
            fn splat(self, word: $word) -> __m256i {
                avx2!($splat(word.cast_signed()))
            }

            #[inline(always)]
            fn load(self, row: &Row<$word>) -> __m256i {
                avx2!(_mm256_load_si256(row.0.as_ptr().cast()))
            }

            #[inline(always)]
            fn store(self, vector: __m256i, row: &mut Row<$word>) {
                avx2!(_mm256_store_si256(row.0.as_mut_ptr().cast(), vector));
            }

            #[inline(always)]
            fn add(self, a: __m256i, b: __m256i) -> __m256i {
                avx2!($add(a, b))
            }

            #[inline(always)]
            fn xor(self, a: __m256i, b: __m256i) -> __m256i {
                avx2!(_mm256_xor_si256(a, b))
            }

            #[inline(always)]
            fn xor3(self, a: __m256i, b: __m256i, c: __m256i) -> __m256i {
                self.xor(a, self.xor(b, c))
            }

            #[inline(always)]
            fn choose(self, e: __m256i, f: __m256i, g: __m256i) -> __m256i {
                avx2!(_mm256_xor_si256(g, _mm256_and_si256(e, self.xor(f, g))))
            }

            #[inline(always)]
            fn majority(
                self,
                [_, b, _]: [__m256i; 3],
                a_xor_b: __m256i,
                b_xor_c: __m256i,
            ) -> __m256i {
                avx2!(_mm256_xor_si256(b, _mm256_and_si256(a_xor_b, b_xor_c)))
            }

            #[inline(always)]
            fn rotate<const N: i32>(self, x: __m256i) -> __m256i {
                // The counts are constants, and so become part of the instructions.
                let left = <$word>::BITS.cast_signed() - N;
                avx2!(_mm256_or_si256(
                    $right(x, _mm_cvtsi32_si128(N)),
                    $left(x, _mm_cvtsi32_si128(left)),
                ))
            }

            #[inline(always)]
            fn shift<const N: u32>(self, x: __m256i) -> __m256i {
                avx2!($right(x, _mm_cvtsi32_si128(N.cast_signed())))
            }
        }

        impl Backend for $lanes {
            type Narrow = Self;

            fn iterate<const D: usize>(self, state: &mut State<$word>, count: u32) {
                #[target_feature(enable = "avx2")]
                fn with_avx2<const D: usize>(l: $lanes, state: &mut State<$word>, count: u32) {
                    pbkdf2::iterate::<$lanes, D>(l, state, count);
                }
                avx2!(with_avx2::<D>(self, state, count));
            }

            fn narrow(self) -> Option<Self> {
                None
            }

            fn sequential_threshold(self) -> usize {
                $sequential_threshold
            }

            fn finish<const D: usize>(self, hash: &Sha2<$word>, chain: &mut Chain<$word>) {
                $finish::<D>(self.0, hash, chain);
            }

            fn sha_crypt(self, rounds: &mut Rounds<$word>) {
                #[target_feature(enable = "avx2")]
                fn with_avx2(l: $lanes, rounds: &mut Rounds<$word>) {
                    sha_crypt::compute(l, rounds);
                }
                avx2!(with_avx2(self, rounds));
            }

            fn sha_crypt_alone(self, job: &mut Job) {
                $alone(self.0, job);
            }
        }
    };
}

lanes!(
    Words64,
    4,
    u64,
    _mm256_set1_epi64x,
    _mm256_add_epi64,
    _mm256_sll_epi64,
    _mm256_srl_epi64,
    2,
    finish_64,
    alone_64
);
lanes!(
    Words32,
    8,
    u32,
    _mm256_set1_epi32,
    _mm256_add_epi32,
    _mm256_sll_epi32,
    _mm256_srl_epi32,
    sequential_threshold_32(),
    finish_32,
    alone_32
);

/// With the SHA instructions one chain takes about a fifth of the time of all eight lanes together
/// (measured on Zen 4: `benches/record`), so up to five chains are faster one after the other.
fn sequential_threshold_32() -> usize {
    if is_x86_feature_detected!("sha") { 5 } else { 1 }
}

fn finish_32<const D: usize>(_: Avx2, hash: &Sha2<u32>, chain: &mut Chain<u32>) {
    hash.finish(chain);
}

fn finish_64<const D: usize>(p: Avx2, _: &Sha2<u64>, chain: &mut Chain<u64>) {
    #[target_feature(enable = "avx2,bmi2")]
    fn with_avx2<const D: usize>(p: Avx2, chain: &mut Chain<u64>) {
        chain::finish::<Avx2, D>(p, chain);
    }
    avx2!(with_avx2::<D>(p, chain));
}

fn alone_32(_: Avx2, job: &mut Job) {
    alone::compute(job, u32::compress);
}

fn alone_64(p: Avx2, job: &mut Job) {
    #[target_feature(enable = "avx2,bmi2")]
    fn with_avx2(p: Avx2, job: &mut Job) {
        alone::compute(job, |state, message| chain::compress_message(p, state, message));
    }
    avx2!(with_avx2(p, job));
}

impl Pairs for Avx2 {
    #[inline(always)]
    fn small_sigma0(self, x: __m128i) -> __m128i {
        avx2!({
            let by_1 = _mm_xor_si128(_mm_srli_epi64::<1>(x), _mm_slli_epi64::<63>(x));
            let bytes = _mm_setr_epi8(1, 2, 3, 4, 5, 6, 7, 0, 9, 10, 11, 12, 13, 14, 15, 8);
            let by_8 = _mm_shuffle_epi8(x, bytes);
            _mm_xor_si128(_mm_xor_si128(by_1, by_8), _mm_srli_epi64::<7>(x))
        })
    }

    #[inline(always)]
    fn small_sigma1(self, x: __m128i) -> __m128i {
        avx2!({
            let by_19 = _mm_xor_si128(_mm_srli_epi64::<19>(x), _mm_slli_epi64::<45>(x));
            let by_61 = _mm_xor_si128(_mm_srli_epi64::<61>(x), _mm_slli_epi64::<3>(x));
            _mm_xor_si128(_mm_xor_si128(by_19, by_61), _mm_srli_epi64::<6>(x))
        })
    }

    #[inline(always)]
    fn middle(self, first: __m128i, second: __m128i) -> __m128i {
        avx2!(_mm_alignr_epi8::<8>(second, first))
    }
}
