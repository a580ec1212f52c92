//! Lanes in the 128-bit registers of aarch64's NEON.
//!
//! Where the CPU has instructions for SHA-2 itself, the `sha2` crate uses them, and one chain after
//! the other is faster than the lanes.

#[cfg(target_arch = "aarch64")]
use std::arch::aarch64 as instructions;

#[cfg(not(target_arch = "aarch64"))]
use emulated as instructions;

use instructions::{
    int32x4_t, int64x2_t, uint32x4_t, uint64x2_t, vaddq_u32, vaddq_u64, vbslq_u32, vbslq_u64,
    vdupq_n_s32, vdupq_n_s64, vdupq_n_u32, vdupq_n_u64, veorq_u32, veorq_u64, vld1q_u32, vld1q_u64,
    vorrq_u32, vorrq_u64, vshlq_u32, vshlq_u64, vst1q_u32, vst1q_u64,
};

use super::backend::Backend;
use super::lanes::{Lanes, Row};
use super::pbkdf2::{self, Chain, Sha2, State};
use super::sha_crypt::{self, Hash, Job, Rounds, alone};

/// The proof that the CPU has NEON: only detection makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Neon {
    /// Whether it has instructions for SHA-512.
    sha512: bool,
    /// Whether it has instructions for SHA-256.
    sha256: bool,
}

impl Neon {
    #[cfg(target_arch = "aarch64")]
    pub(super) fn detect() -> Option<Self> {
        use std::arch::is_aarch64_feature_detected;
        // The standard library has no name for the SHA-512 instructions: they come with SHA-3's.
        let sha512 = is_aarch64_feature_detected!("sha3");
        let sha256 = is_aarch64_feature_detected!("sha2");
        is_aarch64_feature_detected!("neon").then_some(Self { sha512, sha256 })
    }

    /// In tests elsewhere the instructions are emulated.
    #[cfg(not(target_arch = "aarch64"))]
    pub(super) fn emulated() -> Self {
        Self { sha512: false, sha256: false }
    }

    /// The lanes that are used for 64-bit words.
    #[cfg(target_arch = "aarch64")]
    pub(super) const fn lanes_64(self) -> usize {
        if self.sha512 { 1 } else { Words64::LANES }
    }

    /// The lanes that are used for 32-bit words.
    #[cfg(target_arch = "aarch64")]
    pub(super) const fn lanes_32(self) -> usize {
        if self.sha256 { 1 } else { Words32::LANES }
    }
}

/// Two 64-bit words.
#[derive(Clone, Copy)]
pub(crate) struct Words64(pub(super) Neon);

/// Four 32-bit words.
#[derive(Clone, Copy)]
pub(crate) struct Words32(pub(super) Neon);

/// Executes instructions of NEON.
macro_rules! neon {
    ($operation:expr) => {
        // SAFETY: the lanes hold the proof that the CPU has NEON, and rows hold at least as many
        // words as a vector.
        unsafe { $operation }
    };
}

macro_rules! lanes {
    (
        $lanes:ident, $count:literal, $word:ty, $vector:ident, $signed:ident, $has_sha:ident,
        $splat:ident, $splat_signed:ident, $load:ident, $store:ident, $add:ident, $xor:ident,
        $or:ident, $select:ident, $shift:ident
    ) => {
        impl $lanes {
            /// Shifts left or, by a negative number of bits, right. The number is a constant, and
            /// so becomes part of the instruction.
            #[inline(always)]
            fn shift_left(self, x: $vector, bits: i32) -> $vector {
                neon!({
                    let bits: $signed = $splat_signed(bits.into());
                    $shift(x, bits)
                })
            }
        }

        impl Lanes for $lanes {
            type Word = $word;
            type Vector = $vector;
            const LANES: usize = $count;

            #[inline(always)]
            fn splat(self, word: $word) -> $vector {
                neon!($splat(word))
            }

            #[inline(always)]
            fn load(self, row: &Row<$word>) -> $vector {
                neon!($load(row.0.as_ptr()))
            }

            #[inline(always)]
            fn store(self, vector: $vector, row: &mut Row<$word>) {
                neon!($store(row.0.as_mut_ptr(), vector));
            }

            #[inline(always)]
            fn add(self, a: $vector, b: $vector) -> $vector {
                neon!($add(a, b))
            }

            #[inline(always)]
            fn xor(self, a: $vector, b: $vector) -> $vector {
                neon!($xor(a, b))
            }

            #[inline(always)]
            fn xor3(self, a: $vector, b: $vector, c: $vector) -> $vector {
                self.xor(a, self.xor(b, c))
            }

            #[inline(always)]
            fn choose(self, e: $vector, f: $vector, g: $vector) -> $vector {
                neon!($select(e, f, g))
            }

            #[inline(always)]
            fn majority(self, [_, b, c]: [$vector; 3], a_xor_b: $vector, _: $vector) -> $vector {
                // Where a and b differ, c decides.
                neon!($select(a_xor_b, c, b))
            }

            #[inline(always)]
            fn rotate<const N: i32>(self, x: $vector) -> $vector {
                let left = self.shift_left(x, <$word>::BITS.cast_signed() - N);
                neon!($or(self.shift_left(x, -N), left))
            }

            #[inline(always)]
            fn shift<const N: u32>(self, x: $vector) -> $vector {
                self.shift_left(x, -N.cast_signed())
            }
        }

        impl Backend for $lanes {
            type Narrow = Self;

            fn iterate<const D: usize>(self, state: &mut State<$word>, count: u32) {
                // NEON is part of every aarch64 target that has a standard library.
                pbkdf2::iterate::<Self, D>(self, state, count);
            }

            fn narrow(self) -> Option<Self> {
                None
            }

            fn sequential_threshold(self) -> usize {
                if self.0.$has_sha { $count } else { 1 }
            }

            fn finish<const D: usize>(self, hash: &Sha2<$word>, chain: &mut Chain<$word>) {
                hash.finish(chain);
            }

            fn sha_crypt(self, rounds: &mut Rounds<$word>) {
                sha_crypt::compute(self, rounds);
            }

            fn sha_crypt_alone(self, job: &mut Job) {
                alone::compute(job, <$word>::compress);
            }
        }
    };
}

#[rustfmt::skip]
lanes!(
    Words64, 2, u64, uint64x2_t, int64x2_t, sha512,
    vdupq_n_u64, vdupq_n_s64, vld1q_u64, vst1q_u64, vaddq_u64, veorq_u64,
    vorrq_u64, vbslq_u64, vshlq_u64
);
#[rustfmt::skip]
lanes!(
    Words32, 4, u32, uint32x4_t, int32x4_t, sha256,
    vdupq_n_u32, vdupq_n_s32, vld1q_u32, vst1q_u32, vaddq_u32, veorq_u32,
    vorrq_u32, vbslq_u32, vshlq_u32
);

/// The instructions word by word, so that the lane operations are tested on any machine.
#[cfg(not(target_arch = "aarch64"))]
#[allow(non_camel_case_types, clippy::missing_safety_doc, reason = "as in `std::arch::aarch64`")]
mod emulated {
    pub(super) type uint64x2_t = [u64; 2];
    pub(super) type int64x2_t = [i64; 2];
    pub(super) type uint32x4_t = [u32; 4];
    pub(super) type int32x4_t = [i32; 4];

    macro_rules! emulate {
        (
            $vector:ty, $word:ty, $signed:ty, $signed_word:ty, $count:literal,
            $splat:ident, $splat_signed:ident, $load:ident, $store:ident, $add:ident, $xor:ident,
            $or:ident, $select:ident, $shift:ident
        ) => {
            pub(super) unsafe fn $splat(word: $word) -> $vector {
                [word; $count]
            }

            pub(super) unsafe fn $splat_signed(word: $signed_word) -> $signed {
                [word; $count]
            }

            pub(super) unsafe fn $load(words: *const $word) -> $vector {
                // SAFETY: the caller's, as for the instruction.
                unsafe { words.cast::<$vector>().read() }
            }

            pub(super) unsafe fn $store(words: *mut $word, vector: $vector) {
                // SAFETY: the caller's, as for the instruction.
                unsafe { words.cast::<$vector>().write(vector) }
            }

            pub(super) unsafe fn $add(a: $vector, b: $vector) -> $vector {
                std::array::from_fn(|i| a[i].wrapping_add(b[i]))
            }

            pub(super) unsafe fn $xor(a: $vector, b: $vector) -> $vector {
                std::array::from_fn(|i| a[i] ^ b[i])
            }

            pub(super) unsafe fn $or(a: $vector, b: $vector) -> $vector {
                std::array::from_fn(|i| a[i] | b[i])
            }

            pub(super) unsafe fn $select(mask: $vector, ones: $vector, zeros: $vector) -> $vector {
                std::array::from_fn(|i| (mask[i] & ones[i]) | (!mask[i] & zeros[i]))
            }

            pub(super) unsafe fn $shift(x: $vector, bits: $signed) -> $vector {
                std::array::from_fn(|i| {
                    let by = bits[i].unsigned_abs().try_into().unwrap_or(u32::MAX);
                    let shifted =
                        if bits[i] < 0 { x[i].checked_shr(by) } else { x[i].checked_shl(by) };
                    shifted.unwrap_or(0)
                })
            }
        };
    }

    #[rustfmt::skip]
    emulate!(
        uint64x2_t, u64, int64x2_t, i64, 2,
        vdupq_n_u64, vdupq_n_s64, vld1q_u64, vst1q_u64, vaddq_u64, veorq_u64,
        vorrq_u64, vbslq_u64, vshlq_u64
    );
    #[rustfmt::skip]
    emulate!(
        uint32x4_t, u32, int32x4_t, i32, 4,
        vdupq_n_u32, vdupq_n_s32, vld1q_u32, vst1q_u32, vaddq_u32, veorq_u32,
        vorrq_u32, vbslq_u32, vshlq_u32
    );
}
