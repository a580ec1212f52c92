//! Memory from the allocator, for other systems.

use super::element::Element;

/// Whether the system can allocate this much memory now, in bytes.
pub(crate) fn is_available(bytes: usize) -> bool {
    Vec::<u8>::new().try_reserve_exact(bytes).is_ok()
}

/// Memory from the allocator.
pub(crate) struct Memory<T: Element>(Vec<T>);

impl<T: Element> Memory<T> {
    /// Allocates `count` elements of zeros; `None` if the system cannot.
    pub(crate) fn allocate(count: usize) -> Option<Self> {
        let mut elements = Vec::new();
        elements.try_reserve_exact(count).ok()?;
        elements.resize(count, T::ZERO);
        Some(Self(elements))
    }

    pub(crate) fn elements(&mut self) -> &mut [T] {
        &mut self.0
    }
}

impl<T: Element> Drop for Memory<T> {
    fn drop(&mut self) {
        self.0.fill(T::ZERO);
        std::hint::black_box(&mut self.0);
    }
}
