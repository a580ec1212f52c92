//! Argon2's operations in the 256-bit registers of AVX2, two for a vector.

use std::arch::x86_64::{
    __m256i, _mm256_add_epi64, _mm256_loadu_si256, _mm256_mul_epu32, _mm256_permute2x128_si256,
    _mm256_permute4x64_epi64, _mm256_setr_epi8, _mm256_shuffle_epi8, _mm256_shuffle_epi32,
    _mm256_srli_epi64, _mm256_storeu_si256, _mm256_xor_si256,
};

use ::argon2::Block;

use super::compress::{compress, prefetch};
use super::segment::{self, Compress, Segment, Slice};
use super::vectors::Vectors;
use crate::kernel::avx2::Avx2;

/// Executes instructions of AVX2.
macro_rules! avx2 {
    ($operation:expr) => {
        // SAFETY: a value of `Avx2` is the proof that the CPU has them, and four words are as large as a
        // register.
        unsafe { $operation }
    };
}

impl Vectors for Avx2 {
    type Vector = [__m256i; 2];

    #[inline(always)]
    fn load(self, words: &[u64; 8]) -> [__m256i; 2] {
        let (first, second) = words.split_at(4);
        avx2!([
            _mm256_loadu_si256(first.as_ptr().cast()),
            _mm256_loadu_si256(second.as_ptr().cast()),
        ])
    }

    #[inline(always)]
    fn store(self, vector: [__m256i; 2], words: &mut [u64; 8]) {
        let (first, second) = words.split_at_mut(4);
        avx2!({
            _mm256_storeu_si256(first.as_mut_ptr().cast(), vector[0]);
            _mm256_storeu_si256(second.as_mut_ptr().cast(), vector[1]);
        });
    }

    #[inline(always)]
    fn xor(self, [a, c]: [__m256i; 2], [b, d]: [__m256i; 2]) -> [__m256i; 2] {
        avx2!([_mm256_xor_si256(a, b), _mm256_xor_si256(c, d)])
    }

    #[inline(always)]
    fn multiply_add(self, [a, c]: [__m256i; 2], [b, d]: [__m256i; 2]) -> [__m256i; 2] {
        [multiply_add(self, a, b), multiply_add(self, c, d)]
    }

    #[inline(always)]
    fn rotate<const N: i32>(self, [a, b]: [__m256i; 2]) -> [__m256i; 2] {
        [rotate::<N>(self, a), rotate::<N>(self, b)]
    }

    #[inline(always)]
    fn turn<const N: i32>(self, [a, b]: [__m256i; 2]) -> [__m256i; 2] {
        [turn::<N>(self, a), turn::<N>(self, b)]
    }

    #[inline(always)]
    fn halves(self, [a, c]: [__m256i; 2], [b, d]: [__m256i; 2]) -> [[__m256i; 2]; 2] {
        [[a, b], [c, d]]
    }

    #[inline(always)]
    fn interleave(self, [a, c]: [__m256i; 2], [b, d]: [__m256i; 2]) -> [[__m256i; 2]; 2] {
        [pairs(self, a, b), pairs(self, c, d)]
    }

    #[inline(always)]
    fn separate(self, [a, b]: [__m256i; 2], [c, d]: [__m256i; 2]) -> [[__m256i; 2]; 2] {
        let ([a, b], [c, d]) = (pairs(self, a, b), pairs(self, c, d));
        [[a, c], [b, d]]
    }
}

/// [`Vectors::multiply_add`] in one register.
#[inline(always)]
fn multiply_add(_: Avx2, a: __m256i, b: __m256i) -> __m256i {
    avx2!({
        let product = _mm256_mul_epu32(a, b);
        _mm256_add_epi64(_mm256_add_epi64(a, b), _mm256_add_epi64(product, product))
    })
}

/// [`Vectors::rotate`] in one register. AVX2 has no rotation; except for the last, moving bytes takes less time
/// than two shifts.
#[inline(always)]
fn rotate<const N: i32>(_: Avx2, x: __m256i) -> __m256i {
    avx2!(match N {
        32 => _mm256_shuffle_epi32::<0b10_11_00_01>(x),
        24 => {
            let bytes = _mm256_setr_epi8(
                3, 4, 5, 6, 7, 0, 1, 2, 11, 12, 13, 14, 15, 8, 9, 10, //
                3, 4, 5, 6, 7, 0, 1, 2, 11, 12, 13, 14, 15, 8, 9, 10,
            );
            _mm256_shuffle_epi8(x, bytes)
        }
        16 => {
            let bytes = _mm256_setr_epi8(
                2, 3, 4, 5, 6, 7, 0, 1, 10, 11, 12, 13, 14, 15, 8, 9, //
                2, 3, 4, 5, 6, 7, 0, 1, 10, 11, 12, 13, 14, 15, 8, 9,
            );
            _mm256_shuffle_epi8(x, bytes)
        }
        _ => _mm256_xor_si256(_mm256_srli_epi64::<63>(x), _mm256_add_epi64(x, x)),
    })
}

/// [`Vectors::turn`] in one register.
#[inline(always)]
fn turn<const N: i32>(_: Avx2, x: __m256i) -> __m256i {
    avx2!(match N {
        1 => _mm256_permute4x64_epi64::<0b00_11_10_01>(x),
        2 => _mm256_permute4x64_epi64::<0b01_00_11_10>(x),
        _ => _mm256_permute4x64_epi64::<0b10_01_00_11>(x),
    })
}

/// Returns the first pairs of words of both, and the second pairs.
#[inline(always)]
fn pairs(_: Avx2, a: __m256i, b: __m256i) -> [__m256i; 2] {
    avx2!([_mm256_permute2x128_si256::<0x20>(a, b), _mm256_permute2x128_si256::<0x31>(a, b)])
}

impl Compress for Avx2 {
    #[inline(always)]
    fn compress(self, a: &Block, b: &Block, mixes_in: bool, to: &mut Block) {
        compress(self, a, b, mixes_in, to);
    }

    #[inline(always)]
    fn prefetch(self, block: &Block) {
        prefetch(block);
    }

    fn fill(self, slice: &Slice<'_>, segments: &mut [Segment<'_>]) {
        #[target_feature(enable = "avx2")]
        fn with_avx2(c: Avx2, slice: &Slice<'_>, segments: &mut [Segment<'_>]) {
            segment::fill(c, slice, segments);
        }
        avx2!(with_avx2(self, slice, segments));
    }
}
