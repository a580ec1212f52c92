//! `ROMix` of scrypt (RFC 7914 §5), written once for all registers.

use std::array::from_fn;

use super::line::{Diagonal, Line};

/// `ROMix` with the instructions of a CPU.
pub(crate) trait RoMix: Copy {
    /// Maximum number of instances side by side.
    const INSTANCES: usize;

    /// Replaces blocks of one size by the results of `ROMix` with the cost `n`. Each block has [`lines`] of
    /// memory.
    fn ro_mix(self, blocks: &mut [&mut [u8]], n: usize, memory: &mut [Line]);
}

/// Operations on a vector that holds a diagonal of each of `L` instances.
pub(super) trait Registers<const L: usize>: Copy {
    type Vector: Copy;

    fn load(self, diagonals: [&Diagonal; L]) -> Self::Vector;
    fn store(self, vector: Self::Vector, diagonals: [&mut Diagonal; L]);
    /// Sum modulo 2^32 of each word.
    fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    fn xor(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// Rotates each word left by `N` bits.
    fn rotate<const N: i32>(self, x: Self::Vector) -> Self::Vector;
    /// Moves the words of each diagonal: `ORDER` has their old places, two bits each.
    fn shuffle<const ORDER: i32>(self, x: Self::Vector) -> Self::Vector;
    /// Starts to load a line into the cache.
    fn prefetch(self, line: &Line);
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
            x = salsa20_8(r, xor(r, x, input::<R, L, XOR>(r, &mixes, from)));
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

/// Salsa20/8 (RFC 7914 §3).
#[inline(always)]
fn salsa20_8<R: Registers<L>, const L: usize>(r: R, x: [R::Vector; 4]) -> [R::Vector; 4] {
    let [mut a, mut b, mut c, mut d] = x;
    // The shuffles turn columns into rows and back, so that all rounds are the same.
    macro_rules! round {
        ($b:ident, $d:ident) => {
            $b = r.xor($b, r.rotate::<7>(r.add(a, $d)));
            c = r.xor(c, r.rotate::<9>(r.add($b, a)));
            $d = r.xor($d, r.rotate::<13>(r.add(c, $b)));
            a = r.xor(a, r.rotate::<18>(r.add($d, c)));
            $b = r.shuffle::<0b10_01_00_11>($b);
            c = r.shuffle::<0b01_00_11_10>(c);
            $d = r.shuffle::<0b00_11_10_01>($d);
        };
    }
    for _ in 0..4 {
        round!(b, d);
        round!(d, b);
    }
    [r.add(a, x[0]), r.add(b, x[1]), r.add(c, x[2]), r.add(d, x[3])]
}

#[inline(always)]
fn load<R: Registers<L>, const L: usize>(r: R, lines: [&Line; L]) -> [R::Vector; 4] {
    let diagonals = |index: usize| lines.map(|line| &line.0[index]);
    [r.load(diagonals(0)), r.load(diagonals(1)), r.load(diagonals(2)), r.load(diagonals(3))]
}

#[inline(always)]
fn store<R: Registers<L>, const L: usize>(r: R, x: [R::Vector; 4], mut lines: [&mut Line; L]) {
    for (index, vector) in x.into_iter().enumerate() {
        r.store(vector, lines.each_mut().map(|line| &mut line.0[index]));
    }
}

#[inline(always)]
fn xor<R: Registers<L>, const L: usize>(
    r: R,
    a: [R::Vector; 4],
    b: [R::Vector; 4],
) -> [R::Vector; 4] {
    [r.xor(a[0], b[0]), r.xor(a[1], b[1]), r.xor(a[2], b[2]), r.xor(a[3], b[3])]
}
