//! Argon2's compression function (RFC 9106 §3.5 and §3.6), written once over the vectors of all backends.

use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};

use ::argon2::Block;

use super::vectors::Vectors;

/// Vectors of a block.
const VECTORS: usize = 16;

/// Writes G of two blocks to a third; with `mixes_in`, the exclusive or of G and what the third had.
#[inline(always)]
pub(super) fn compress<V: Vectors>(v: V, a: &Block, b: &Block, mixes_in: bool, to: &mut Block) {
    let (a, b) = (a.as_ref().as_chunks().0, b.as_ref().as_chunks().0);
    let to = to.as_mut().as_chunks_mut().0;
    let mut r = [v.load(&a[0]); VECTORS];
    for i in 0..VECTORS {
        r[i] = v.xor(v.load(&a[i]), v.load(&b[i]));
    }
    let mut q = r;
    permute_rows(v, &mut q);
    permute_columns(v, &mut q);
    for i in 0..VECTORS {
        let mut word = v.xor(q[i], r[i]);
        if mixes_in {
            word = v.xor(word, v.load(&to[i]));
        }
        v.store(word, &mut to[i]);
    }
}

/// Permutes each row of a block: 16 words, in two vectors.
#[inline(always)]
fn permute_rows<V: Vectors>(v: V, q: &mut [V::Vector; VECTORS]) {
    for rows in 0..4 {
        let i = 4 * rows;
        let [a, b] = v.halves(q[i], q[i + 2]);
        let [c, d] = v.halves(q[i + 1], q[i + 3]);
        let [a, b, c, d] = permute(v, [a, b, c, d]);
        [q[i], q[i + 2]] = v.halves(a, b);
        [q[i + 1], q[i + 3]] = v.halves(c, d);
    }
}

/// Permutes each column of a block: two words of each row.
#[inline(always)]
fn permute_columns<V: Vectors>(v: V, q: &mut [V::Vector; VECTORS]) {
    for i in 0..2 {
        let [a, e] = v.interleave(q[i], q[i + 2]);
        let [b, f] = v.interleave(q[i + 4], q[i + 6]);
        let [c, g] = v.interleave(q[i + 8], q[i + 10]);
        let [d, h] = v.interleave(q[i + 12], q[i + 14]);
        let [a, b, c, d] = permute(v, [a, b, c, d]);
        let [e, f, g, h] = permute(v, [e, f, g, h]);
        [q[i], q[i + 2]] = v.separate(a, e);
        [q[i + 4], q[i + 6]] = v.separate(b, f);
        [q[i + 8], q[i + 10]] = v.separate(c, g);
        [q[i + 12], q[i + 14]] = v.separate(d, h);
    }
}

/// P on the halves of four vectors: the rows of two matrices of 4 by 4 words.
#[inline(always)]
fn permute<V: Vectors>(v: V, [a, b, c, d]: [V::Vector; 4]) -> [V::Vector; 4] {
    let [a, b, c, d] = mix(v, [a, b, c, d]);
    // The diagonals become columns, and are moved back after that.
    let (b, c, d) = (v.turn::<1>(b), v.turn::<2>(c), v.turn::<3>(d));
    let [a, b, c, d] = mix(v, [a, b, c, d]);
    [a, v.turn::<3>(b), v.turn::<2>(c), v.turn::<1>(d)]
}

/// GB of RFC 9106 §3.6 on each column.
#[inline(always)]
fn mix<V: Vectors>(v: V, [a, b, c, d]: [V::Vector; 4]) -> [V::Vector; 4] {
    let a = v.multiply_add(a, b);
    let d = v.rotate::<32>(v.xor(d, a));
    let c = v.multiply_add(c, d);
    let b = v.rotate::<24>(v.xor(b, c));
    let a = v.multiply_add(a, b);
    let d = v.rotate::<16>(v.xor(d, a));
    let c = v.multiply_add(c, d);
    let b = v.rotate::<63>(v.xor(b, c));
    [a, b, c, d]
}

/// Brings a block into the nearest cache.
#[inline(always)]
pub(super) fn prefetch(block: &Block) {
    for words in block.as_ref().as_chunks::<8>().0 {
        // SAFETY: every x86-64 CPU has SSE, and the address is that of the block's words.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(words.as_ptr().cast()) }
    }
}
