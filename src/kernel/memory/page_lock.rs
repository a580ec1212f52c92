//! Pages that the system does not write to its swap space.

use std::collections::BTreeMap;
use std::ops::Range;
use std::ptr::without_provenance_mut;
use std::sync::{Mutex, PoisonError};

use rustix::mm::{mlock, munlock};
use rustix::param::page_size;

/// How many locks each page has, by its number. The system itself does not count them: unlocking one secret
/// would unlock all that share its page.
static LOCKS: Mutex<BTreeMap<usize, usize>> = Mutex::new(BTreeMap::new());

/// The lock of the pages of a small secret, as far as the system allows it. It does not have to: a user may
/// only lock some memory, often 8 MiB, and a larger secret is not locked at all.
pub(crate) struct PageLock(Range<usize>);

impl PageLock {
    /// Locks the pages of some bytes until it is dropped.
    pub(crate) fn new(bytes: &[u8]) -> Self {
        const MAX: usize = 64 << 10;
        if bytes.is_empty() || bytes.len() > MAX {
            return Self(0..0);
        }
        let start = bytes.as_ptr().addr();
        let pages = start / page_size()..(start + bytes.len()).div_ceil(page_size());
        let mut locks = LOCKS.lock().unwrap_or_else(PoisonError::into_inner);
        for page in pages.clone() {
            let count = locks.entry(page).or_default();
            *count += 1;
            if *count == 1 {
                // SAFETY: the contents of a page are the same with a lock, and the page has a part of `bytes`.
                let _ = unsafe { mlock(without_provenance_mut(page * page_size()), page_size()) };
            }
        }
        Self(pages)
    }
}

impl Drop for PageLock {
    fn drop(&mut self) {
        let mut locks = LOCKS.lock().unwrap_or_else(PoisonError::into_inner);
        for page in self.0.clone() {
            let Some(count) = locks.get_mut(&page) else { continue };
            *count -= 1;
            if *count == 0 {
                locks.remove(&page);
                // SAFETY: the contents of a page are the same without a lock. If the page is no longer mapped,
                // the system refuses.
                let _ = unsafe { munlock(without_provenance_mut(page * page_size()), page_size()) };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn locks(bytes: &[u8]) -> usize {
        let page = bytes.as_ptr().addr() / page_size();
        LOCKS.lock().unwrap().get(&page).copied().unwrap_or_default()
    }

    #[test]
    fn a_page_is_unlocked_with_its_last_lock() {
        // Pages that no other test uses.
        let bytes = vec![0; 8 * page_size()];
        let [one, other] = [&bytes[2 * page_size()..][..9], &bytes[2 * page_size() + 9..][..9]];
        let first = PageLock::new(one);
        let second = PageLock::new(other);
        drop(first);
        assert!(locks(one) > 0);
        drop(second);
        assert_eq!(locks(one), 0);
    }

    #[test]
    fn nothing_and_much_is_not_locked() {
        let bytes = vec![0; 1 << 20];
        for bytes in [&bytes[1 << 18..1 << 18], &bytes] {
            let _lock = PageLock::new(bytes);
            assert_eq!(locks(&bytes[bytes.len() / 2..]), 0);
        }
    }
}
