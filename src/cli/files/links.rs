//! Symbolic links of other users.
//!
//! In a sticky folder that anyone may write to, such as `/tmp`, another user can create a link before this
//! program writes a file there: root would replace the file that the link names. Linux has the same rule
//! (`protected_symlinks`, `proc_sys_fs(5)`), but some systems have it switched off, and it does not hold for
//! the `readlink` with which a path is resolved.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::cli::failure::Failure;
use crate::cli::files::temporary::folder;
use crate::cli::platform::ownership::foreign_owner_of_link;

/// Maximum number of links in a path, as in Linux (`path_resolution(7)`).
const MAX_LINKS: usize = 40;

/// Refuses a path that leads over such a link.
pub(super) fn refuse_foreign_link(path: &Path) -> Result<(), Failure> {
    let found = foreign_link(path).map_err(|error| Failure::io("read", path, &error))?;
    let Some((link, owner)) = found else { return Ok(()) };
    let text = format!(
        "{} is a symbolic link of another user (uid {owner}) in a folder that anyone may write to",
        link.display()
    );
    Err(Failure::new(text).hint("give the name of the file itself, or remove the link"))
}

/// Returns the first such link with its owner. What this cannot resolve, the caller cannot open.
fn foreign_link(path: &Path) -> io::Result<Option<(PathBuf, u32)>> {
    let mut path = std::path::absolute(path)?;
    for _ in 0..MAX_LINKS {
        let Some((link, rest)) = first_link(&path) else { break };
        let folder = folder(&link);
        let (status, of_folder) = (fs::symlink_metadata(&link)?, fs::metadata(folder)?);
        if let Some(owner) = foreign_owner_of_link(&status, &of_folder) {
            return Ok(Some((link, owner)));
        }
        path = folder.join(fs::read_link(&link)?).join(rest);
    }
    Ok(None)
}

/// Splits a path after its first symbolic link.
fn first_link(path: &Path) -> Option<(PathBuf, PathBuf)> {
    let mut names = path.components();
    let mut known = PathBuf::new();
    while let Some(name) = names.next() {
        known.push(name);
        if known.is_symlink() {
            return Some((known, names.as_path().to_owned()));
        }
    }
    None
}
