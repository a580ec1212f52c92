//! pwxform, which mixes a line of memory with entries of three tables, the S-boxes.

use std::arch::x86_64::{
    __m128i, _mm_add_epi64, _mm_cvtsi128_si64, _mm_mul_epu32, _mm_setzero_si128, _mm_srli_epi64,
    _mm_xor_si128,
};

use zeroize::Zeroize;

/// Rounds for a line.
const ROUNDS: usize = 6;
/// Lines that fill an S-box when it is written.
const LINES: usize = 16;
/// Entries of an S-box: an index has eight bits.
const ENTRIES: usize = 256;

type Table = [__m128i; ENTRIES];

/// The S-boxes, two of which are read while the third is written; wiped when dropped.
pub(super) struct SBoxes {
    pub(super) tables: [Table; 3],
    /// The table that is read first. The next one is the second, the last one is written.
    turn: usize,
    /// The lines that have been written.
    written: usize,
}

impl Default for SBoxes {
    fn default() -> Self {
        // SAFETY: every x86-64 CPU has SSE2.
        let zero = unsafe { _mm_setzero_si128() };
        Self { tables: [[zero; ENTRIES]; 3], turn: 0, written: 0 }
    }
}

impl Drop for SBoxes {
    fn drop(&mut self) {
        self.tables.zeroize();
    }
}

impl SBoxes {
    /// Mixes a line, and writes the results of the four rounds in the middle to the third table.
    #[inline(always)]
    pub(super) fn mix(&mut self, x: &mut [__m128i; 4]) {
        let [a, b, c] = &mut self.tables;
        let (first, second, third) = match self.turn {
            0 => (&*a, &*b, c),
            1 => (&*c, &*a, b),
            _ => (&*b, &*c, a),
        };
        let (lines, _) = third.as_chunks_mut::<LINES>();
        let results = &mut lines[self.written % LINES];
        for round in 0..ROUNDS {
            for (column, x) in x.iter_mut().enumerate() {
                *x = step(*x, first, second);
                if (1..5).contains(&round) {
                    results[4 * (round - 1) + column] = *x;
                }
            }
        }
        self.turn = (self.turn + 1) % 3;
        self.written = self.written.wrapping_add(1);
    }
}

/// Multiplies the halves of both words of 64 bits, and combines the products with an entry of each table.
#[inline(always)]
fn step(x: __m128i, first: &Table, second: &Table) -> __m128i {
    // SAFETY: every x86-64 CPU has SSE2.
    unsafe {
        let word = _mm_cvtsi128_si64(x).cast_unsigned();
        let index = |shift: u32| usize::from((word >> shift).to_le_bytes()[0]);
        let product = _mm_mul_epu32(_mm_srli_epi64::<32>(x), x);
        _mm_xor_si128(_mm_add_epi64(product, first[index(4)]), second[index(36)])
    }
}
