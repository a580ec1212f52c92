//! Memory from the system, for Unix.

use std::ffi::c_void;
use std::ptr::{NonNull, null_mut};

use rustix::mm::{MapFlags, ProtFlags, mmap_anonymous, munmap};

use super::element::Element;

/// A huge page of x86-64 and of aarch64 with 4 KiB pages.
const HUGE_PAGE: usize = 2 << 20;

/// Whether the system can allocate this much memory now, in bytes.
///
/// Why not ask the allocator? One that wipes what is freed would write to all of it.
pub(crate) fn is_available(bytes: usize) -> bool {
    Mapping::new(bytes).is_some()
}

/// An anonymous mapping, larger than what is used of it, so that this begins with a huge page.
struct Mapping {
    start: NonNull<c_void>,
    mapped: usize,
}

impl Mapping {
    /// Maps `size` bytes of zeros from the first huge page on; `None` if the system cannot.
    fn new(size: usize) -> Option<Self> {
        let mapped = size.max(1).checked_add(HUGE_PAGE)?;
        let (access, flags) = (ProtFlags::READ | ProtFlags::WRITE, MapFlags::PRIVATE);
        // SAFETY: a new mapping at an address that the system chooses touches no other memory.
        let start = unsafe { mmap_anonymous(null_mut(), mapped, access, flags) }.ok()?;
        Some(Self { start: NonNull::new(start)?, mapped })
    }

    /// Returns the address of the first huge page.
    fn first_huge_page(&self) -> NonNull<c_void> {
        let skipped = self.start.align_offset(HUGE_PAGE);
        // SAFETY: `skipped` is less than a huge page, by which the mapping is too large.
        unsafe { self.start.byte_add(skipped) }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: the mapping is ours, and nothing refers to it any more. A failure has
        // no remedy here: the mapping lasts until the process ends.
        let _ = unsafe { munmap(self.start.as_ptr(), self.mapped) };
    }
}

/// Elements in a mapping, aligned to huge pages.
pub(crate) struct Memory<T: Element> {
    elements: NonNull<T>,
    count: usize,
    /// Dropped after the elements are wiped.
    _mapping: Mapping,
}

impl<T: Element> Memory<T> {
    /// Allocates `count` elements of zeros; `None` if the system cannot.
    pub(crate) fn allocate(count: usize) -> Option<Self> {
        let size = count.checked_mul(size_of::<T>())?;
        let mapping = Mapping::new(size)?;
        let start = mapping.first_huge_page();
        #[cfg(target_os = "linux")]
        {
            use rustix::mm::{Advice, madvise};
            // Huge pages, and none of them in a core dump.
            for advice in [Advice::LinuxHugepage, Advice::LinuxDontDump] {
                // SAFETY: the range is inside the mapping, and the advice changes no contents. A system that
                // refuses it only takes more time, or dumps more.
                let _ = unsafe { madvise(start.as_ptr(), size, advice) };
            }
        }
        Some(Self { elements: start.cast(), count, _mapping: mapping })
    }

    pub(crate) fn elements(&mut self) -> &mut [T] {
        // SAFETY: the mapping holds `count` elements from `elements` on, which are aligned to
        // huge pages and were zeroed by the system, and is borrowed through `self` alone.
        unsafe { std::slice::from_raw_parts_mut(self.elements.as_ptr(), self.count) }
    }
}

impl<T: Element> Drop for Memory<T> {
    fn drop(&mut self) {
        // Why not `Zeroize`? Its volatile write for each word takes several times as long. The
        // black box keeps the compiler from dropping the plain writes.
        self.elements().fill(T::ZERO);
        std::hint::black_box(self.elements());
    }
}
