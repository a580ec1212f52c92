//! The registers of x86-64 for `ROMix`: SSE2 for one instance, AVX2 for two, AVX-512 for four.

#![allow(unused_unsafe, reason = "the operations of SSE2 are safe, since every x86-64 CPU has it")]

use std::arch::x86_64::{
    __m128i, __m256i, __m512i, _MM_HINT_T0, _mm_add_epi32, _mm_cvtsi32_si128, _mm_load_si128,
    _mm_or_si128, _mm_prefetch, _mm_rol_epi32, _mm_shuffle_epi32, _mm_slli_epi32, _mm_srl_epi32,
    _mm_store_si128, _mm_xor_si128, _mm256_add_epi32, _mm256_castsi256_si128,
    _mm256_extracti128_si256, _mm256_or_si256, _mm256_rol_epi32, _mm256_set_m128i,
    _mm256_shuffle_epi32, _mm256_slli_epi32, _mm256_srl_epi32, _mm256_xor_si256, _mm512_add_epi32,
    _mm512_castsi256_si512, _mm512_castsi512_si256, _mm512_extracti64x4_epi64, _mm512_inserti64x4,
    _mm512_rol_epi32, _mm512_shuffle_epi32, _mm512_xor_si512,
};

use super::ro_mix::{self, RoMix};
use crate::kernel::avx2::Avx2;
use crate::kernel::avx512::Avx512;
use crate::kernel::salsa20::Registers;
use crate::kernel::salsa20::line::{Diagonal, Line};

/// SSE2, which is part of every x86-64 CPU.
#[derive(Clone, Copy)]
pub(crate) struct Sse2;

/// An instance with AVX-512VL, which rotates with one instruction instead of three.
#[derive(Clone, Copy)]
struct Rotating(Avx512);

/// Two instances with AVX-512VL.
#[derive(Clone, Copy)]
struct RotatingPair(Avx512);

/// Executes instructions that a value proves to exist.
macro_rules! proven {
    ($operation:expr) => {
        // SAFETY: the registers hold the proof that the CPU has them, and diagonals are aligned to 16 bytes.
        unsafe { $operation }
    };
}

impl RoMix for Sse2 {
    const INSTANCES: usize = 1;

    fn ro_mix(self, blocks: &mut [&mut [u8]], n: usize, memory: &mut [Line]) {
        for block in blocks {
            self.compute([block], n, memory);
        }
    }
}

impl RoMix for Avx2 {
    const INSTANCES: usize = 2;

    fn ro_mix(self, blocks: &mut [&mut [u8]], n: usize, memory: &mut [Line]) {
        match blocks {
            [a, b, rest @ ..] => {
                self.compute([a, b], n, memory);
                self.ro_mix(rest, n, memory);
            }
            // AVX2 rotates as SSE2 does: measured, it takes as long.
            rest => Sse2.ro_mix(rest, n, memory),
        }
    }
}

impl RoMix for Avx512 {
    const INSTANCES: usize = 4;

    fn ro_mix(self, blocks: &mut [&mut [u8]], n: usize, memory: &mut [Line]) {
        match blocks {
            [a, b, c, d, rest @ ..] => {
                self.compute([a, b, c, d], n, memory);
                self.ro_mix(rest, n, memory);
            }
            [a, b, rest @ ..] => {
                RotatingPair(self).compute([a, b], n, memory);
                self.ro_mix(rest, n, memory);
            }
            [a] => Rotating(self).compute([a], n, memory),
            [] => {}
        }
    }
}

macro_rules! registers {
    (
        $registers:ident, $features:literal, $count:literal, $vector:ident, $add:ident, $xor:ident, $shuffle:ident,
        rotate: |$x:ident| $rotate:expr,
        load: |$from:pat_param, $at:ident| $load:expr,
        store: |$to:pat_param, $to_at:ident, $stored:ident| $store:expr,
    ) => {
        impl $registers {
            /// [`ro_mix::ro_mix`], compiled for the instructions.
            fn compute(self, blocks: [&mut [u8]; $count], n: usize, memory: &mut [Line]) {
                #[target_feature(enable = $features)]
                fn compiled(
                    r: $registers,
                    blocks: [&mut [u8]; $count],
                    n: usize,
                    memory: &mut [Line],
                ) {
                    ro_mix::ro_mix(r, blocks, n, memory);
                }
                proven!(compiled(self, blocks, n, memory));
            }
        }

        impl Registers<$count> for $registers {
            type Vector = $vector;

            #[inline(always)]
            fn load<M>(self, $from: &[M; $count], $at: impl Fn(&M) -> &Diagonal) -> $vector {
                proven!($load)
            }

            #[inline(always)]
            fn store<M>(
                self,
                $stored: $vector,
                $to: &mut [M; $count],
                $to_at: impl Fn(&mut M) -> &mut Diagonal,
            ) {
                proven!($store)
            }

            #[inline(always)]
            fn add(self, a: $vector, b: $vector) -> $vector {
                proven!($add(a, b))
            }

            #[inline(always)]
            fn xor(self, a: $vector, b: $vector) -> $vector {
                proven!($xor(a, b))
            }

            #[inline(always)]
            fn rotate<const N: i32>(self, $x: $vector) -> $vector {
                proven!($rotate)
            }

            #[inline(always)]
            fn shuffle<const ORDER: i32>(self, x: $vector) -> $vector {
                proven!($shuffle::<ORDER>(x))
            }

            #[inline(always)]
            fn prefetch(self, line: &Line) {
                proven!(_mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(line).cast()));
            }
        }
    };
}

registers!(
    Sse2, "sse2", 1, __m128i, _mm_add_epi32, _mm_xor_si128, _mm_shuffle_epi32,
    // The counts are constants, and so become part of the instructions.
    rotate: |x| _mm_or_si128(_mm_slli_epi32::<N>(x), _mm_srl_epi32(x, _mm_cvtsi32_si128(32 - N))),
    load: |[a], at| load(at(a)),
    store: |[a], at, x| store(x, at(a)),
);
registers!(
    Avx2, "avx2", 2, __m256i, _mm256_add_epi32, _mm256_xor_si256, _mm256_shuffle_epi32,
    rotate: |x| {
        _mm256_or_si256(_mm256_slli_epi32::<N>(x), _mm256_srl_epi32(x, _mm_cvtsi32_si128(32 - N)))
    },
    load: |[a, b], at| load_pair(at(a), at(b)),
    store: |[a, b], at, x| store_pair(x, at(a), at(b)),
);
registers!(
    Rotating, "avx512f,avx512vl", 1, __m128i, _mm_add_epi32, _mm_xor_si128, _mm_shuffle_epi32,
    rotate: |x| _mm_rol_epi32::<N>(x),
    load: |[a], at| load(at(a)),
    store: |[a], at, x| store(x, at(a)),
);
registers!(
    RotatingPair, "avx512f,avx512vl", 2, __m256i, _mm256_add_epi32, _mm256_xor_si256, _mm256_shuffle_epi32,
    rotate: |x| _mm256_rol_epi32::<N>(x),
    load: |[a, b], at| load_pair(at(a), at(b)),
    store: |[a, b], at, x| store_pair(x, at(a), at(b)),
);
registers!(
    Avx512, "avx512f,avx512vl", 4, __m512i, _mm512_add_epi32, _mm512_xor_si512, _mm512_shuffle_epi32,
    rotate: |x| _mm512_rol_epi32::<N>(x),
    load: |[a, b, c, d], at| {
        let low = _mm512_castsi256_si512(load_pair(at(a), at(b)));
        _mm512_inserti64x4::<1>(low, load_pair(at(c), at(d)))
    },
    store: |[a, b, c, d], at, x| {
        store_pair(_mm512_castsi512_si256(x), at(a), at(b));
        store_pair(_mm512_extracti64x4_epi64::<1>(x), at(c), at(d));
    },
);

#[inline(always)]
fn load(diagonal: &Diagonal) -> __m128i {
    proven!(_mm_load_si128(diagonal.0.as_ptr().cast()))
}

#[inline(always)]
fn store(x: __m128i, diagonal: &mut Diagonal) {
    proven!(_mm_store_si128(diagonal.0.as_mut_ptr().cast(), x));
}

#[inline]
#[target_feature(enable = "avx2")]
fn load_pair(a: &Diagonal, b: &Diagonal) -> __m256i {
    _mm256_set_m128i(load(b), load(a))
}

#[inline]
#[target_feature(enable = "avx2")]
fn store_pair(x: __m256i, a: &mut Diagonal, b: &mut Diagonal) {
    store(_mm256_castsi256_si128(x), a);
    store(_mm256_extracti128_si256::<1>(x), b);
}
