//! Memory for Argon2, scrypt and yescrypt: allocated in one piece, in huge pages where the system has them, and
//! wiped before it is freed.
//!
//! Why is this not simply a `Vec`? They touch all of their memory. With pages of 4 KiB a third of
//! Argon2's time goes into page faults; pages of 2 MiB make that small.

pub(crate) mod element;
#[cfg(unix)]
mod mapped;
#[cfg(unix)]
pub(crate) mod page_lock;
#[cfg(not(unix))]
mod plain;

use element::Element;
#[cfg(unix)]
use mapped as system;
#[cfg(not(unix))]
use plain as system;
use system::Memory;
pub(crate) use system::is_available;

/// Memory that is reused from one digest to the next, as large as the largest so far; wiped when
/// dropped.
///
/// Why not allocate for each digest? A virtual machine may return free memory to its host. Measured on one,
/// the first use of 256 MiB took 0.29 s, and the four scrypt keys that were computed in it 0.18 s.
pub(crate) struct Arena<T: Element>(Option<Memory<T>>);

impl<T: Element> Default for Arena<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: Element> Arena<T> {
    /// Returns `count` elements with what the last user left in them; `None` if the system cannot
    /// allocate them.
    pub(crate) fn elements(&mut self, count: usize) -> Option<&mut [T]> {
        let is_enough = self.0.as_mut().is_some_and(|memory| memory.elements().len() >= count);
        if !is_enough {
            // The old memory goes first: both together may be more than there is.
            self.0 = None;
            self.0 = Memory::allocate(count);
        }
        self.0.as_mut()?.elements().get_mut(..count)
    }
}

#[cfg(test)]
mod tests {
    use argon2::Block;

    use super::*;

    #[test]
    fn an_allocation_has_the_requested_number_of_zeroed_blocks() {
        for count in [0, 1, 8, 2047, 2048, 5000] {
            let mut memory = Memory::<Block>::allocate(count).unwrap();
            let blocks = memory.elements();
            assert_eq!(blocks.len(), count);
            assert!(blocks.iter().all(|block| block.as_ref().iter().all(|&word| word == 0)));
            for block in blocks {
                block.as_mut().fill(u64::MAX);
            }
        }
        assert!(Memory::<Block>::allocate(usize::MAX / 2).is_none());
    }

    #[test]
    fn memory_that_no_machine_has_is_not_available() {
        assert!(is_available(1 << 20));
        assert!(!is_available(usize::MAX / 2));
        assert!(!is_available(usize::MAX));
    }

    #[test]
    fn an_arena_recovers_from_a_request_that_fails() {
        let mut arena = Arena::<Block>::default();
        assert_eq!(arena.elements(3).map(|blocks| blocks.len()), Some(3));
        assert!(arena.elements(usize::MAX / 2).is_none());
        assert_eq!(arena.elements(2).map(|blocks| blocks.len()), Some(2));
    }
}
