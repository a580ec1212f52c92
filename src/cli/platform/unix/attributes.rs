//! Extended attributes of files: security labels, access control lists.

use std::fs::File;

use rustix::fs::{XattrFlags, fgetxattr, flistxattr, fsetxattr};
use zeroize::Zeroizing;

/// Copies the extended attributes. Errors are ignored, because some file systems have none, and some
/// attributes belong to the system.
pub(crate) fn copy_attributes(old: &File, new: &File) {
    /// Linux's limit for the list of names and for each value (`xattr(7)`).
    const MOST: usize = 64 << 10;
    let mut names = vec![0_u8; MOST];
    let Ok(length) = flistxattr(old, &mut names[..]) else { return };
    for name in names[..length].split(|byte| *byte == 0).filter(|name| !name.is_empty()) {
        let mut value = Zeroizing::new(vec![0_u8; MOST]);
        if let Ok(length) = fgetxattr(old, name, &mut value[..]) {
            let _ = fsetxattr(new, name, &value[..length], XattrFlags::empty());
        }
    }
}
