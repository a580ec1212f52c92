//! Argon2's work factor.

/// Argon2's work factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Memory, in KiB (`m=`).
    pub memory: u32,
    /// Passes over the memory (`t=`).
    pub iterations: u32,
    /// Lanes (`p=`).
    pub parallelism: u32,
}

impl Cost {
    /// Returns the memory that is used, in KiB: at least 8 blocks of 1 KiB for each lane, even if
    /// less is stated.
    #[must_use]
    pub const fn memory_used(&self) -> u64 {
        let (stated, least) = (self.memory as u64, 8 * self.parallelism as u64);
        if stated < least { least } else { stated }
    }
}
