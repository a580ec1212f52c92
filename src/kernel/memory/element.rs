//! The contents of memory.

use argon2::Block;

/// A type that memory consists of.
///
/// # Safety
/// Bytes of zeros are the value [`Self::ZERO`], and the alignment is at most that of a page.
pub(crate) unsafe trait Element: Copy {
    /// The value of fresh and of wiped memory.
    const ZERO: Self;
}

// SAFETY: a block consists of integers, and is aligned to 64 bytes.
unsafe impl Element for Block {
    const ZERO: Self = Self::new();
}
