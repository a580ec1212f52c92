//! Argon2's parameters.

/// Slices of a pass, between which the lanes wait for each other (RFC 9106 §3.4).
pub(super) const SLICES: usize = 4;

/// How the blocks that are mixed in are chosen (RFC 9106 §3.4.1), with its number in the initial hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    Argon2d = 0,
    Argon2i = 1,
    Argon2id = 2,
}

/// Parameters of a key.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parameters {
    pub(crate) kind: Type,
    /// 0x10 or 0x13.
    pub(crate) version: u32,
    /// Stated memory, in KiB.
    pub(crate) memory: u32,
    /// At least 1.
    pub(crate) passes: u32,
    /// At least 1.
    pub(crate) lanes: u32,
}

impl Parameters {
    /// Returns the number of blocks that are filled: those of the stated memory, but at least 8 a lane, and a
    /// multiple of 4 for each lane.
    pub(crate) const fn blocks(&self) -> usize {
        SLICES * self.lanes as usize * self.segment_length()
    }

    /// Returns the blocks of a lane in a slice.
    pub(super) const fn segment_length(&self) -> usize {
        let length = self.memory as usize / (SLICES * self.lanes as usize);
        if length < 2 { 2 } else { length }
    }
}
