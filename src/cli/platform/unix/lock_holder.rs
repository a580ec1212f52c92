//! The process that holds a lock, on Linux.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::fs::{major, minor};

/// Returns the id of the process that holds the lock of a file, if the system tells it (`proc_locks(5)`).
///
/// There is no system call for this: `F_GETLK` tells only of the locks of `fcntl`, not of those of `flock`.
pub(crate) fn holder(name: &Path) -> Option<u32> {
    let found = fs::metadata(name).ok()?;
    let file = format!("{:02x}:{:02x}:{}", major(found.dev()), minor(found.dev()), found.ino());
    holder_in(&fs::read_to_string("/proc/locks").ok()?, &file)
}

/// Finds the holder in lines such as `1: FLOCK  ADVISORY  WRITE 4321 fd:01:12345 0 EOF`. A line of a
/// process that waits has `->` after the number. A process of another namespace has no positive id.
fn holder_in(locks: &str, file: &str) -> Option<u32> {
    locks.lines().find_map(|line| {
        let mut fields = line.split_ascii_whitespace().skip(1);
        let is_lock = fields.next() == Some("FLOCK");
        let process = fields.nth(2)?;
        let is_file = fields.next() == Some(file);
        process.parse().ok().filter(|process| is_lock && is_file && *process > 0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_holder_is_found_by_the_identity_of_the_file() {
        let locks = "1: POSIX  ADVISORY  WRITE 1 fd:01:77 0 EOF\n\
                     2: -> FLOCK  ADVISORY  WRITE 2 fd:01:77 0 EOF\n\
                     3: FLOCK  ADVISORY  WRITE 0 fd:01:78 0 EOF\n\
                     4: FLOCK  ADVISORY  WRITE 4321 fd:01:77 0 EOF\n";
        assert_eq!(holder_in(locks, "fd:01:77"), Some(4321));
        assert_eq!(holder_in(locks, "fd:01:78"), None);
        assert_eq!(holder_in("?\n", "fd:01:77"), None);
    }
}
