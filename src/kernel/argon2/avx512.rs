//! Argon2's operations in the 512-bit registers of AVX-512.

use std::arch::x86_64::{
    __m512i, _mm512_add_epi64, _mm512_loadu_si512, _mm512_mul_epu32, _mm512_permutex_epi64,
    _mm512_permutex2var_epi64, _mm512_ror_epi64, _mm512_setr_epi64, _mm512_shuffle_i64x2,
    _mm512_storeu_si512, _mm512_xor_si512,
};

use ::argon2::Block;

use super::compress::{compress, prefetch};
use super::segment::{self, Compress, Segment, Slice};
use super::vectors::Vectors;
use crate::kernel::avx512::Avx512;

/// Executes instructions of AVX-512F.
macro_rules! avx512 {
    ($operation:expr) => {
        // SAFETY: a value of `Avx512` is the proof that the CPU has them, and an array of eight words is as
        // large as a register.
        unsafe { $operation }
    };
}

impl Vectors for Avx512 {
    type Vector = __m512i;

    #[inline(always)]
    fn load(self, words: &[u64; 8]) -> __m512i {
        avx512!(_mm512_loadu_si512(words.as_ptr().cast()))
    }

    #[inline(always)]
    fn store(self, vector: __m512i, words: &mut [u64; 8]) {
        avx512!(_mm512_storeu_si512(words.as_mut_ptr().cast(), vector));
    }

    #[inline(always)]
    fn xor(self, a: __m512i, b: __m512i) -> __m512i {
        avx512!(_mm512_xor_si512(a, b))
    }

    #[inline(always)]
    fn multiply_add(self, a: __m512i, b: __m512i) -> __m512i {
        avx512!({
            let product = _mm512_mul_epu32(a, b);
            _mm512_add_epi64(_mm512_add_epi64(a, b), _mm512_add_epi64(product, product))
        })
    }

    #[inline(always)]
    fn rotate<const N: i32>(self, x: __m512i) -> __m512i {
        avx512!(_mm512_ror_epi64::<N>(x))
    }

    #[inline(always)]
    fn turn<const N: i32>(self, x: __m512i) -> __m512i {
        avx512!(match N {
            1 => _mm512_permutex_epi64::<0b00_11_10_01>(x),
            2 => _mm512_permutex_epi64::<0b01_00_11_10>(x),
            _ => _mm512_permutex_epi64::<0b10_01_00_11>(x),
        })
    }

    #[inline(always)]
    fn halves(self, a: __m512i, b: __m512i) -> [__m512i; 2] {
        avx512!([
            _mm512_shuffle_i64x2::<0b01_00_01_00>(a, b),
            _mm512_shuffle_i64x2::<0b11_10_11_10>(a, b),
        ])
    }

    // The numbers of the next two are those of the words: 0 to 7 of `a`, 8 to 15 of `b`.

    #[inline(always)]
    fn interleave(self, a: __m512i, b: __m512i) -> [__m512i; 2] {
        avx512!([
            _mm512_permutex2var_epi64(a, _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11), b),
            _mm512_permutex2var_epi64(a, _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15), b),
        ])
    }

    #[inline(always)]
    fn separate(self, a: __m512i, b: __m512i) -> [__m512i; 2] {
        avx512!([
            _mm512_permutex2var_epi64(a, _mm512_setr_epi64(0, 1, 4, 5, 8, 9, 12, 13), b),
            _mm512_permutex2var_epi64(a, _mm512_setr_epi64(2, 3, 6, 7, 10, 11, 14, 15), b),
        ])
    }
}

impl Compress for Avx512 {
    #[inline(always)]
    fn compress(self, a: &Block, b: &Block, mixes_in: bool, to: &mut Block) {
        compress(self, a, b, mixes_in, to);
    }

    #[inline(always)]
    fn prefetch(self, block: &Block) {
        prefetch(block);
    }

    fn fill(self, slice: &Slice<'_>, segments: &mut [Segment<'_>]) {
        #[target_feature(enable = "avx512f,avx512vl")]
        fn with_avx512(c: Avx512, slice: &Slice<'_>, segments: &mut [Segment<'_>]) {
            segment::fill(c, slice, segments);
        }
        avx512!(with_avx512(self, slice, segments));
    }
}
