//! Files of other users.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;

use rustix::process::geteuid;

/// Returns the owner of a file that belongs neither to this user nor, if this is root, to the owner of `other`.
pub(crate) fn foreign_owner(found: &Metadata, other: Option<&Metadata>) -> Option<u32> {
    let (user, owner) = (geteuid(), found.uid());
    let is_others = user.is_root() && other.is_some_and(|other| other.uid() == owner);
    (owner != user.as_raw() && !is_others).then_some(owner)
}

/// Returns the owner of a link that belongs neither to this user nor to the owner of its folder, if the folder is
/// sticky and open to anyone.
pub(crate) fn foreign_owner_of_link(link: &Metadata, folder: &Metadata) -> Option<u32> {
    const STICKY_AND_OPEN: u32 = 0o1002;
    let is_open = folder.mode() & STICKY_AND_OPEN == STICKY_AND_OPEN;
    let owner = link.uid();
    (is_open && owner != folder.uid() && owner != geteuid().as_raw()).then_some(owner)
}
