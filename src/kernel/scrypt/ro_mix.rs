//! `ROMix` of scrypt (RFC 7914 §5), written once for all registers.

use crate::kernel::salsa20::line::{Line, read_block, write_block};
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
    /// The first line of the block of V that is combined with X.
    first: usize,
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
    let mut memory: [&mut [Line]; L] = [(); L].map(|()| rest.next().unwrap_or_default());
    for (block, memory) in blocks.iter().zip(&mut memory) {
        read_block(block, memory);
    }
    fill(r, &mut memory, n, count);
    let mut instances = memory.map(|memory| {
        let (v, rest) = memory.split_at_mut(n * count);
        let (x, y) = rest.split_at_mut(count);
        Instance { v, x, y, first: 0 }
    });
    mix(r, &mut instances, n, count);
    for (block, instance) in blocks.iter_mut().zip(&mut instances) {
        write_block(instance.x, block);
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
        let (from, to) = (i * count, (i + 1) * count);
        block_mix::<R, L, _, false>(
            r,
            memory,
            count,
            |memory, at| &memory[from + at],
            |memory, at| &memory[from + at],
            |memory, at| &mut memory[to + at],
        );
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
        for instance in &mut *instances {
            // Less than `n`, which is a `usize`.
            let j = usize::try_from(instance.x[count - 1].integer() & mask).unwrap_or_default();
            instance.first = j * count;
            // The block is anywhere in V. Its lines are requested together, before the first is needed.
            for line in &instance.v[instance.first..][..count] {
                r.prefetch(line);
            }
        }
        block_mix::<R, L, _, true>(
            r,
            instances,
            count,
            |instance, at| &instance.x[at],
            |instance, at| &instance.v[instance.first + at],
            |instance, at| &mut instance.y[at],
        );
        for Instance { x, y, .. } in &mut *instances {
            std::mem::swap(x, y);
        }
    }
}

/// `BlockMix` of RFC 7914 §4, of the input, or of its exclusive or with the other block if `XOR` is set.
///
/// Why not one closure that returns the vectors? A closure lacks the instructions of its caller, and where the
/// compiler does not inline it, each operation becomes a call.
#[inline(always)]
fn block_mix<R: Registers<L>, const L: usize, M, const XOR: bool>(
    r: R,
    instances: &mut [M; L],
    count: usize,
    input: impl Fn(&M, usize) -> &Line,
    other: impl Fn(&M, usize) -> &Line,
    output: impl Fn(&mut M, usize) -> &mut Line,
) {
    macro_rules! line {
        ($at:expr) => {{
            let line = load(r, instances, |instance| input(instance, $at));
            if XOR {
                xor(r, line, load(r, instances, |instance| other(instance, $at)))
            } else {
                line
            }
        }};
    }
    let mut x = line!(count - 1);
    for i in 0..count / 2 {
        for (from, to) in [(2 * i, i), (2 * i + 1, count / 2 + i)] {
            x = salsa20::<R, L, 4>(r, xor(r, x, line!(from)));
            store(r, x, instances, |instance| output(instance, to));
        }
    }
}
