//! One lane of plain words: for every machine, and the simplest form of the lane operations for the
//! tests to compare with.

use super::backend::Backend;
use super::lanes::{Lanes, Row};
use super::pbkdf2::{self, Chain, Sha2, State};
use super::sha_crypt::{self, Hash, Job, Rounds, alone};

/// A 64-bit word.
#[derive(Clone, Copy)]
pub(crate) struct Words64;

/// A 32-bit word.
#[derive(Clone, Copy)]
pub(crate) struct Words32;

macro_rules! lanes {
    ($lanes:ident, $word:ty) => {
        impl Lanes for $lanes {
            type Word = $word;
            type Vector = $word;
            const LANES: usize = 1;

            #[inline(always)]
            fn splat(self, word: $word) -> $word {
                word
            }

            #[inline(always)]
            fn load(self, row: &Row<$word>) -> $word {
                row.0[0]
            }

            #[inline(always)]
            fn store(self, word: $word, row: &mut Row<$word>) {
                row.0[0] = word;
            }

            #[inline(always)]
            fn add(self, a: $word, b: $word) -> $word {
                a.wrapping_add(b)
            }

            #[inline(always)]
            fn xor(self, a: $word, b: $word) -> $word {
                a ^ b
            }

            #[inline(always)]
            fn xor3(self, a: $word, b: $word, c: $word) -> $word {
                a ^ b ^ c
            }

            #[inline(always)]
            fn choose(self, e: $word, f: $word, g: $word) -> $word {
                g ^ (e & (f ^ g))
            }

            #[inline(always)]
            fn majority(self, [_, b, _]: [$word; 3], a_xor_b: $word, b_xor_c: $word) -> $word {
                b ^ (a_xor_b & b_xor_c)
            }

            #[inline(always)]
            fn rotate<const N: i32>(self, x: $word) -> $word {
                x.rotate_right(N.cast_unsigned())
            }

            #[inline(always)]
            fn shift<const N: u32>(self, x: $word) -> $word {
                x >> N
            }
        }

        impl Backend for $lanes {
            type Narrow = Self;

            fn iterate<const D: usize>(self, state: &mut State<$word>, count: u32) {
                pbkdf2::iterate::<Self, D>(self, state, count);
            }

            fn narrow(self) -> Option<Self> {
                None
            }

            /// The one lane is never used: the `sha2` crate computes a chain faster, and
            /// uses the SHA instructions of several CPUs.
            fn sequential_threshold(self) -> usize {
                1
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

lanes!(Words64, u64);
lanes!(Words32, u32);
