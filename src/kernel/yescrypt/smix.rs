//! `SMix`, which fills the memory and mixes a block with it.

use std::arch::x86_64::__m128i;

use super::pwxform::SBoxes;
use crate::kernel::memory::element::Element;
use crate::kernel::salsa20::line::{Line, read_block, write_block};
use crate::kernel::salsa20::{load, salsa20, store, xor};
use crate::kernel::scrypt::x86_64::Sse2;

/// Returns the bytes of a block, for the block size `r`.
pub(super) const fn block_length(r: usize) -> usize {
    128 * r
}

/// Returns the lines of memory: V and X.
pub(super) fn lines(n: usize, r: usize) -> Option<usize> {
    n.checked_add(1)?.checked_mul(block_length(r) / size_of::<Line>())
}

/// Fills the S-boxes with scrypt's blocks of two lines from the beginning of a block, which is replaced by the
/// last of them.
pub(super) fn fill_boxes(block: &mut [u8]) -> SBoxes {
    /// Vectors of a block of two lines.
    const VECTORS: usize = 8;
    let mut boxes = SBoxes::default();
    let mut lines = [Line::ZERO; 2];
    read_block(block, &mut lines);
    let (mut a, mut b) = (load_line(&lines[0]), load_line(&lines[1]));
    // The first table is filled last.
    for table in boxes.tables.iter_mut().rev() {
        for entries in table.as_chunks_mut::<VECTORS>().0 {
            *entries = [a[0], a[1], a[2], a[3], b[0], b[1], b[2], b[3]];
            a = salsa20::<Sse2, 1, 4>(Sse2, xor(Sse2, b, a));
            b = salsa20::<Sse2, 1, 4>(Sse2, xor(Sse2, a, b));
        }
    }
    store_line(a, &mut lines[0]);
    store_line(b, &mut lines[1]);
    write_block(&mut lines, block);
    boxes
}

/// Replaces a block by the result of `SMix` with the cost `n`.
pub(super) fn smix(block: &mut [u8], boxes: &mut SBoxes, n: usize, memory: &mut [Line]) {
    let count = block.len() / size_of::<Line>();
    read_block(block, &mut memory[..count]);
    fill(boxes, memory, n, count);
    let (v, x) = memory.split_at_mut(n * count);
    let x = &mut x[..count];
    mix(boxes, v, x, n);
    write_block(x, block);
}

/// Computes V from its first block, and X after it: each block from the one before it and another one of
/// the last that are a power of two in number.
fn fill(boxes: &mut SBoxes, memory: &mut [Line], n: usize, count: usize) {
    for i in 0..n {
        let (v, output) = memory.split_at_mut((i + 1) * count);
        let input = &v[i * count..];
        let output = &mut output[..count];
        if i < 2 {
            block_mix(boxes, count, |at| load_line(&input[at]), output);
        } else {
            let window = 1 << i.ilog2();
            let j = remainder(input, window) + i - window;
            let other = &v[j * count..][..count];
            block_mix(boxes, count, |at| sum(&input[at], &other[at]), output);
        }
    }
}

/// Mixes X with blocks of V that X itself names. The sums of both replace these.
fn mix(boxes: &mut SBoxes, v: &mut [Line], x: &mut [Line], n: usize) {
    let count = x.len();
    // Even, and at least a third of `n`.
    for _ in 0..n.div_ceil(3).next_multiple_of(2) {
        let j = remainder(x, n);
        let other = &mut v[j * count..][..count];
        // A pass of its own: its loads do not wait for each other, as those in `block_mix` do.
        for (other, x) in other.iter_mut().zip(&*x) {
            store_line(sum(other, x), other);
        }
        block_mix(boxes, count, |at| load_line(&other[at]), x);
    }
}

/// `BlockMix` with pwxform. The last line gets two rounds of Salsa20 as well.
#[inline(always)]
fn block_mix(
    boxes: &mut SBoxes,
    count: usize,
    input: impl Fn(usize) -> [__m128i; 4],
    output: &mut [Line],
) {
    let mut x = input(count - 1);
    for (at, line) in output.iter_mut().enumerate() {
        x = xor(Sse2, x, input(at));
        boxes.mix(&mut x);
        if at == count - 1 {
            x = salsa20::<Sse2, 1, 1>(Sse2, x);
        }
        store_line(x, line);
    }
}

#[inline(always)]
fn load_line(line: &Line) -> [__m128i; 4] {
    load(Sse2, &[line], |line| line)
}

#[inline(always)]
fn store_line(x: [__m128i; 4], line: &mut Line) {
    store(Sse2, x, &mut [line], |line| line);
}

#[inline(always)]
fn sum(a: &Line, b: &Line) -> [__m128i; 4] {
    xor(Sse2, load_line(a), load_line(b))
}

/// Returns the number in the last line of a block, modulo a power of two.
fn remainder(block: &[Line], power: usize) -> usize {
    let number = block.last().map_or(0, Line::integer);
    // Less than `power`, which is a `usize`.
    usize::try_from(number & (power as u64 - 1)).unwrap_or_default()
}
