//! Memory for Argon2: allocated in one piece, in huge pages where the system has them, and wiped
//! before it is freed.
//!
//! Why is this not simply a `Vec`? Argon2 touches all of its memory several times. With pages of
//! 4 KiB a third of the time goes into page faults; pages of 2 MiB make that small.

use argon2::Block;

#[cfg(unix)]
pub(crate) use mapped::Memory;
#[cfg(not(unix))]
pub(crate) use plain::Memory;

#[cfg(unix)]
mod mapped {
    use std::ffi::c_void;
    use std::ptr::{NonNull, null_mut};

    use rustix::mm::{MapFlags, ProtFlags, mmap_anonymous, munmap};

    use super::Block;

    /// A huge page of x86-64 and of aarch64 with 4 KiB pages.
    const HUGE_PAGE: usize = 2 << 20;

    /// An anonymous mapping, aligned to huge pages.
    pub(crate) struct Memory {
        mapping: NonNull<c_void>,
        mapped: usize,
        blocks: NonNull<Block>,
        count: usize,
    }

    impl Memory {
        /// Allocates `count` blocks of zeros; `None` if the system cannot.
        pub(crate) fn allocate(count: usize) -> Option<Self> {
            let size = count.max(1).checked_mul(Block::SIZE)?;
            let mapped = size.checked_add(HUGE_PAGE)?;
            let (access, flags) = (ProtFlags::READ | ProtFlags::WRITE, MapFlags::PRIVATE);
            // SAFETY: a new mapping at an address that the system chooses touches no other memory.
            let mapping = unsafe { mmap_anonymous(null_mut(), mapped, access, flags) }.ok()?;
            let skipped = mapping.align_offset(HUGE_PAGE);
            // SAFETY: `skipped` is less than a huge page, by which the mapping is too large.
            let start = unsafe { mapping.byte_add(skipped) };
            #[cfg(target_os = "linux")]
            {
                use rustix::mm::{Advice, madvise};
                // SAFETY: the range is inside the mapping, and the advice changes no contents. A
                // system without huge pages refuses the advice, which only costs time.
                let _ = unsafe { madvise(start, size, Advice::LinuxHugepage) };
            }
            Some(Self {
                mapping: NonNull::new(mapping)?,
                mapped,
                blocks: NonNull::new(start.cast())?,
                count,
            })
        }

        pub(crate) fn blocks(&mut self) -> &mut [Block] {
            // SAFETY: the mapping holds `count` blocks from `blocks` on, which are aligned to huge
            // pages and were zeroed by the system, and is borrowed through `self` alone.
            unsafe { std::slice::from_raw_parts_mut(self.blocks.as_ptr(), self.count) }
        }
    }

    impl Drop for Memory {
        fn drop(&mut self) {
            // Why not `Zeroize`? Its volatile write for each word takes several times as long. The
            // black box keeps the compiler from dropping the plain writes.
            self.blocks().fill(Block::new());
            std::hint::black_box(self.blocks());
            // SAFETY: the mapping is ours, and nothing refers to it any more. A failure has
            // no remedy here: the mapping lasts until the process ends.
            let _ = unsafe { munmap(self.mapping.as_ptr(), self.mapped) };
        }
    }
}

#[cfg(not(unix))]
mod plain {
    use super::Block;

    /// Memory from the allocator.
    pub(crate) struct Memory(Vec<Block>);

    impl Memory {
        /// Allocates `count` blocks of zeros; `None` if the system cannot.
        pub(crate) fn allocate(count: usize) -> Option<Self> {
            let mut blocks = Vec::new();
            blocks.try_reserve_exact(count).ok()?;
            blocks.resize(count, Block::new());
            Some(Self(blocks))
        }

        pub(crate) fn blocks(&mut self) -> &mut [Block] {
            &mut self.0
        }
    }

    impl Drop for Memory {
        fn drop(&mut self) {
            self.0.fill(Block::new());
            std::hint::black_box(&mut self.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_allocation_has_the_requested_number_of_zeroed_blocks() {
        for count in [0, 1, 8, 2047, 2048, 5000] {
            let mut memory = Memory::allocate(count).unwrap();
            let blocks = memory.blocks();
            assert_eq!(blocks.len(), count);
            assert!(blocks.iter().all(|block| block.as_ref().iter().all(|&word| word == 0)));
            for block in blocks {
                block.as_mut().fill(u64::MAX);
            }
        }
        assert!(Memory::allocate(usize::MAX / 2).is_none());
    }
}
