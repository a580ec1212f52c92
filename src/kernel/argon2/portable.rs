//! Argon2's compression function on plain words: for every machine.
//!
//! Why is this not simply [`super::vectors::Vectors`] with an array for a vector? Measured on Zen 4, that takes
//! 11 % longer. With a loop over the steps instead of the macro it is 65 %.

use ::argon2::Block;

use super::segment::{self, Compress, Segment, Slice};
use crate::kernel::portable::Words64;

impl Compress for Words64 {
    #[inline(always)]
    fn compress(self, a: &Block, b: &Block, mixes_in: bool, to: &mut Block) {
        let mut r = Block::new();
        for ((r, a), b) in r.as_mut().iter_mut().zip(a.as_ref()).zip(b.as_ref()) {
            *r = a ^ b;
        }
        let mut q = r;
        for row in 0..8 {
            permute(q.as_mut(), |i| 16 * row + i);
        }
        for column in 0..8 {
            permute(q.as_mut(), |i| i / 2 * 16 + 2 * column + i % 2);
        }
        for ((to, q), r) in to.as_mut().iter_mut().zip(q.as_ref()).zip(r.as_ref()) {
            *to = if mixes_in { *to ^ q ^ r } else { q ^ r };
        }
    }

    /// Nothing: the standard library has it only for some CPUs.
    #[inline(always)]
    fn prefetch(self, _: &Block) {}

    fn fill(self, slice: &Slice<'_>, segments: &mut [Segment<'_>]) {
        segment::fill(self, slice, segments);
    }
}

/// P of RFC 9106 §3.6 on the 16 words of a block that `at` chooses.
#[inline(always)]
fn permute(block: &mut [u64], at: impl Fn(usize) -> usize) {
    let mut v = [0; 16];
    for i in 0..16 {
        v[i] = block[at(i)];
    }
    macro_rules! mix {
        ($($a:literal $b:literal $c:literal $d:literal,)*) => {$(
            v[$a] = multiply_add(v[$a], v[$b]);
            v[$d] = (v[$d] ^ v[$a]).rotate_right(32);
            v[$c] = multiply_add(v[$c], v[$d]);
            v[$b] = (v[$b] ^ v[$c]).rotate_right(24);
            v[$a] = multiply_add(v[$a], v[$b]);
            v[$d] = (v[$d] ^ v[$a]).rotate_right(16);
            v[$c] = multiply_add(v[$c], v[$d]);
            v[$b] = (v[$b] ^ v[$c]).rotate_right(63);
        )*};
    }
    mix!(
        0 4 8 12, 1 5 9 13, 2 6 10 14, 3 7 11 15,
        0 5 10 15, 1 6 11 12, 2 7 8 13, 3 4 9 14,
    );
    for i in 0..16 {
        block[at(i)] = v[i];
    }
}

/// a + b + 2 · low(a) · low(b), with the low 32 bits of each.
#[inline(always)]
fn multiply_add(a: u64, b: u64) -> u64 {
    let product = (a & 0xffff_ffff) * (b & 0xffff_ffff);
    a.wrapping_add(b).wrapping_add(product.wrapping_mul(2))
}
