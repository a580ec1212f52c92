//! The segment of a lane in a slice: which blocks are mixed, and when.

use ::argon2::Block;

use super::parameters::{Parameters, SLICES, Type};

/// Pseudo-random words in a block of addresses.
const WORDS: usize = Block::SIZE / 8;

/// The compression function of a backend, and the loop over the blocks.
pub(super) trait Compress: Copy + Send + Sync {
    /// Writes G of two blocks (RFC 9106 §3.5) to a third; with `mixes_in`, the exclusive or of G and what the
    /// third had.
    fn compress(self, a: &Block, b: &Block, mixes_in: bool, to: &mut Block);

    /// Starts to bring a block into the nearest cache.
    fn prefetch(self, block: &Block);

    /// Fills segments by turns: [`fill`], compiled for the instructions.
    fn fill(self, slice: &Slice<'_>, segments: &mut [Segment<'_>]);
}

/// A slice of a pass, which the threads fill at the same time.
///
/// The blocks are in memory slice by slice, each lane by lane, not lane by lane as in RFC 9106: in this way
/// a slice that is written is separate from those that are only read.
pub(super) struct Slice<'a> {
    parameters: &'a Parameters,
    pass: usize,
    number: usize,
    lanes: usize,
    length: usize,
    before: &'a [Block],
    after: &'a [Block],
}

/// The place of a block.
#[derive(Clone, Copy, Default)]
struct Place {
    slice: usize,
    lane: usize,
    index: usize,
}

impl<'a> Slice<'a> {
    /// Takes the number of the pass and of the slice, and the slices before and after this one in memory.
    pub(super) fn new(
        parameters: &'a Parameters,
        (pass, number): (u32, usize),
        before: &'a [Block],
        after: &'a [Block],
    ) -> Self {
        let (lanes, length) = (parameters.lanes as usize, parameters.segment_length());
        Self { parameters, pass: pass as usize, number, lanes, length, before, after }
    }

    /// Returns the blocks of a segment.
    pub(super) fn length(&self) -> usize {
        self.length
    }

    /// Whether this is the beginning of the memory, where each lane has two blocks already.
    fn is_first(&self) -> bool {
        self.pass == 0 && self.number == 0
    }

    /// Whether the addresses do not depend on the data.
    fn is_independent(&self) -> bool {
        match self.parameters.kind {
            Type::Argon2d => false,
            Type::Argon2i => true,
            Type::Argon2id => self.pass == 0 && self.number < SLICES / 2,
        }
    }

    /// Whether a block keeps what it had. Before version 0x13 it was overwritten.
    fn mixes_in(&self) -> bool {
        self.pass > 0 && self.parameters.version >= 0x13
    }

    /// Returns a block of another slice.
    #[inline(always)]
    fn block(&self, Place { slice, lane, index }: Place) -> &'a Block {
        let at = |slice| (slice * self.lanes + lane) * self.length + index;
        if slice < self.number {
            &self.before[at(slice)]
        } else {
            &self.after[at(slice - self.number - 1)]
        }
    }

    /// Returns the last block of a lane in the slice before this one, which is the last slice for the first.
    fn last_before(&self, lane: usize) -> &'a Block {
        let slice = (self.number + SLICES - 1) % SLICES;
        self.block(Place { slice, lane, index: self.length - 1 })
    }

    /// Returns the place of the block that is mixed in: RFC 9106 §3.4.2.
    #[inline(always)]
    #[allow(clippy::cast_possible_truncation, reason = "below the number of lanes or of blocks")]
    fn reference(&self, lane: usize, index: usize, random: u64) -> Place {
        let (j1, j2) = (random & 0xffff_ffff, random >> 32);
        let other = if self.is_first() { lane } else { (j2 % self.lanes as u64) as usize };
        let finished = if self.pass == 0 { self.number } else { SLICES - 1 } * self.length;
        let area =
            if other == lane { finished + index - 1 } else { finished - usize::from(index == 0) };
        let x = (j1 * j1) >> 32;
        let back = ((area as u64 * x) >> 32) as usize;
        let oldest = if self.pass == 0 { 0 } else { (self.number + 1) * self.length };
        let column = oldest + area - 1 - back;
        Place { slice: column / self.length % SLICES, lane: other, index: column % self.length }
    }
}

/// The blocks of a lane in a slice.
pub(super) struct Segment<'a> {
    lane: usize,
    blocks: &'a mut [Block],
    addresses: Option<Addresses>,
    /// The block that is mixed in next.
    reference: Place,
}

impl<'a> Segment<'a> {
    /// Takes the blocks of a lane.
    pub(super) fn new(slice: &Slice<'_>, lane: usize, blocks: &'a mut [Block]) -> Self {
        let addresses = slice.is_independent().then(|| Addresses::new(slice, lane));
        Self { lane, blocks, addresses, reference: Place::default() }
    }

    /// Chooses the block that is mixed in at an index, and starts to bring it into the cache.
    #[inline(always)]
    fn choose<C: Compress>(&mut self, c: C, slice: &Slice<'_>, index: usize) {
        let random = match &mut self.addresses {
            Some(addresses) => addresses.word(c, index),
            None if index == 0 => slice.last_before(self.lane).as_ref()[0],
            None => self.blocks[index - 1].as_ref()[0],
        };
        let place = slice.reference(self.lane, index, random);
        let is_own = place.slice == slice.number;
        c.prefetch(if is_own { &self.blocks[place.index] } else { slice.block(place) });
        self.reference = place;
    }

    /// Computes the block at an index, and chooses what is mixed in next.
    #[inline(always)]
    fn step<C: Compress>(&mut self, c: C, slice: &Slice<'_>, index: usize) {
        let (done, rest) = self.blocks.split_at_mut(index);
        let previous = done.last().unwrap_or_else(|| slice.last_before(self.lane));
        let is_own = self.reference.slice == slice.number;
        let reference =
            if is_own { &done[self.reference.index] } else { slice.block(self.reference) };
        c.compress(previous, reference, slice.mixes_in(), &mut rest[0]);
        if index + 1 < slice.length {
            self.choose(c, slice, index + 1);
        }
    }
}

/// The pseudo-random words of data-independent addressing (RFC 9106 §3.4.1.2).
struct Addresses {
    input: Block,
    words: Block,
}

impl Addresses {
    fn new(slice: &Slice<'_>, lane: usize) -> Self {
        let Slice { parameters, pass, number, .. } = *slice;
        let mut input = Block::new();
        input.as_mut()[..6].copy_from_slice(&[
            pass as u64,
            lane as u64,
            number as u64,
            parameters.blocks() as u64,
            parameters.passes.into(),
            parameters.kind as u64,
        ]);
        Self { input, words: Block::new() }
    }

    /// Returns the word for an index. Each is asked for once, in order.
    #[inline(always)]
    fn word<C: Compress>(&mut self, c: C, index: usize) -> u64 {
        let counter = &mut self.input.as_mut()[6];
        let block = (index / WORDS) as u64 + 1;
        if *counter != block {
            *counter = block;
            let (zero, mut once) = (Block::new(), Block::new());
            c.compress(&zero, &self.input, false, &mut once);
            c.compress(&zero, &once, false, &mut self.words);
        }
        self.words.as_ref()[index % WORDS]
    }
}

/// Fills segments of a slice by turns, a block of each.
#[inline(always)]
pub(super) fn fill<C: Compress>(c: C, slice: &Slice<'_>, segments: &mut [Segment<'_>]) {
    let first = if slice.is_first() { 2 } else { 0 };
    if first == slice.length {
        return;
    }
    for segment in &mut *segments {
        segment.choose(c, slice, first);
    }
    for index in first..slice.length {
        for segment in &mut *segments {
            segment.step(c, slice, index);
        }
    }
}
