//! Salsa20's core for scrypt and yescrypt, written once for all registers.
//!
//! Here and in its callers no array is mapped in a loop. The compiler may put `array::map` and `array::from_fn`
//! into another of a crate's units of code generation, and then does not inline them: scrypt took twice as
//! long in a program with Cargo's defaults.

pub(crate) mod line;

use line::{Diagonal, Line};

/// Operations on a vector that holds a diagonal of each of `L` instances.
pub(super) trait Registers<const L: usize>: Copy {
    type Vector: Copy;

    /// Loads the diagonal that `at` returns for each instance.
    fn load<M>(self, instances: &[M; L], at: impl Fn(&M) -> &Diagonal) -> Self::Vector;
    /// The opposite of [`Self::load`].
    fn store<M>(
        self,
        vector: Self::Vector,
        instances: &mut [M; L],
        at: impl Fn(&mut M) -> &mut Diagonal,
    );
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

/// Salsa20 (RFC 7914 §3), with a number of double rounds.
#[inline(always)]
pub(super) fn salsa20<R: Registers<L>, const L: usize, const DOUBLE_ROUNDS: usize>(
    r: R,
    x: [R::Vector; 4],
) -> [R::Vector; 4] {
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
    for _ in 0..DOUBLE_ROUNDS {
        round!(b, d);
        round!(d, b);
    }
    [r.add(a, x[0]), r.add(b, x[1]), r.add(c, x[2]), r.add(d, x[3])]
}

/// Loads the line that `at` returns for each instance.
#[inline(always)]
pub(super) fn load<R: Registers<L>, const L: usize, M>(
    r: R,
    instances: &[M; L],
    at: impl Fn(&M) -> &Line,
) -> [R::Vector; 4] {
    [
        r.load(instances, |instance| &at(instance).0[0]),
        r.load(instances, |instance| &at(instance).0[1]),
        r.load(instances, |instance| &at(instance).0[2]),
        r.load(instances, |instance| &at(instance).0[3]),
    ]
}

/// The opposite of [`load`].
#[inline(always)]
pub(super) fn store<R: Registers<L>, const L: usize, M>(
    r: R,
    x: [R::Vector; 4],
    instances: &mut [M; L],
    at: impl Fn(&mut M) -> &mut Line,
) {
    for index in 0..4 {
        r.store(x[index], instances, |instance| &mut at(instance).0[index]);
    }
}

#[inline(always)]
pub(super) fn xor<R: Registers<L>, const L: usize>(
    r: R,
    a: [R::Vector; 4],
    b: [R::Vector; 4],
) -> [R::Vector; 4] {
    [r.xor(a[0], b[0]), r.xor(a[1], b[1]), r.xor(a[2], b[2]), r.xor(a[3], b[3])]
}
