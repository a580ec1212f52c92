//! `ROMix` of scrypt (RFC 7914 §5), written once for all registers.

use std::array::from_fn;

use crate::kernel::salsa20::line::Line;
use crate::kernel::salsa20::{Registers, load, salsa20, store, xor};

/// `ROMix` with the instructions of a CPU.
pub(crate) trait RoMix: Copy {
    /// Maximum number of instances side by side.
    const INSTANCES: usize;

    /// Replaces blocks of one size by the results of `ROMix` with the cost `n`. Each block has [`lines`] of
    /// memory.
    fn ro_mix(self, blocks: &mut [&mut [u8]], n: usize, memory: &mut [Line]);
}

/// Returns the lines of memory for an instance: V, X and Y of RFC 7914 §5.
pub(super) fn lines(n: usize, block_length: usize) -> Option<usize> {
    n.checked_add(2)?.checked_mul(block_length / size_of::<Line>())
}

/// The memory of an instance.
struct Instance<'a> {
    v: &'a mut [Line],
    x: &'a mut [Line],
    y: &'a mut [Line],
}

/// The input and output of `BlockMix` for one instance.
struct Mix<'a> {
    input: &'a [Line],
    /// A block that is combined with the input first, by exclusive or.
    other: &'a [Line],
    output: &'a mut [Line],
}

/// Computes `ROMix` of `L` instances.
#[inline(always)]
pub(super) fn ro_mix<R: Registers<L>, const L: usize>(
    r: R,
    mut blocks: [&mut [u8]; L],
    n: usize,
    memory: &mut [Line],
) {
    let count = blocks.iter().map(|block| block.len() / size_of::<Line>()).min().unwrap_or(0);
    let mut rest = memory.chunks_exact_mut((n + 2) * count);
    let mut memory: [&mut [Line]; L] = from_fn(|_| rest.next().unwrap_or_default());
    for (block, memory) in blocks.iter().zip(&mut memory) {
        let lines = block.as_chunks().0.iter().zip(memory.iter_mut());
        lines.for_each(|(bytes, line)| line.read(bytes));
    }
    fill(r, &mut memory, n, count);
    let mut instances = memory.map(|memory| {
        let (v, rest) = memory.split_at_mut(n * count);
        let (x, y) = rest.split_at_mut(count);
        Instance { v, x, y }
    });
    mix(r, &mut instances, n, count);
    for (block, instance) in blocks.iter_mut().zip(&mut instances) {
        let lines = block.as_chunks_mut().0.iter_mut().zip(instance.x.iter_mut());
        lines.for_each(|(bytes, line)| line.write(bytes));
    }
}

/// Computes V from its first block, and X after it. Each block of V is computed from the one before it in
/// its place, instead of being copied from X.
#[inline(always)]
fn fill<R: Registers<L>, const L: usize>(
    r: R,
    memory: &mut [&mut [Line]; L],
    n: usize,
    count: usize,
) {
    for i in 0..n {
        let mixes = memory.each_mut().map(|memory| {
            let (input, output) = memory[i * count..(i + 2) * count].split_at_mut(count);
            Mix { input, other: &[], output }
        });
        block_mix::<R, L, false>(r, mixes, count);
    }
}

/// Mixes X with blocks of V that X itself names.
#[inline(always)]
fn mix<R: Registers<L>, const L: usize>(
    r: R,
    instances: &mut [Instance<'_>; L],
    n: usize,
    count: usize,
) {
    let mask = n as u64 - 1;
    for _ in 0..n {
        let mixes = instances.each_mut().map(|Instance { v, x, y }| {
            let input = &x[..count];
            // Less than `n`, which is a `usize`.
            let j = usize::try_from(input[count - 1].integer() & mask).unwrap_or_default();
            Mix { input, other: &v[j * count..][..count], output: &mut y[..count] }
        });
        for mix in &mixes {
            // The block is anywhere in V. Its lines are requested together, before the first is needed.
            for line in mix.other {
                r.prefetch(line);
            }
        }
        block_mix::<R, L, true>(r, mixes, count);
        for Instance { x, y, .. } in &mut *instances {
            std::mem::swap(x, y);
        }
    }
}

/// `BlockMix` of RFC 7914 §4, of the exclusive or of both blocks if `XOR` is set, or else of the input.
#[inline(always)]
fn block_mix<R: Registers<L>, const L: usize, const XOR: bool>(
    r: R,
    mut mixes: [Mix<'_>; L],
    count: usize,
) {
    let mut x = input::<R, L, XOR>(r, &mixes, count - 1);
    for i in 0..count / 2 {
        for (from, to) in [(2 * i, i), (2 * i + 1, count / 2 + i)] {
            x = salsa20::<R, L, 4>(r, xor(r, x, input::<R, L, XOR>(r, &mixes, from)));
            store(r, x, mixes.each_mut().map(|mix| &mut mix.output[to]));
        }
    }
}

/// Loads a line of each input.
#[inline(always)]
fn input<R: Registers<L>, const L: usize, const XOR: bool>(
    r: R,
    mixes: &[Mix<'_>; L],
    at: usize,
) -> [R::Vector; 4] {
    let line = load(r, mixes.each_ref().map(|mix| &mix.input[at]));
    if XOR { xor(r, line, load(r, mixes.each_ref().map(|mix| &mix.other[at]))) } else { line }
}
