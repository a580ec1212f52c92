//! A file of somebody's that is changed: whole and old or whole and new at every moment, and its
//! mode, owner, extended attributes and symbolic links are kept.

use std::fs::{self, File, Metadata};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

#[cfg(target_os = "linux")]
use rustix::fs::{AtFlags, CWD, StatxFlags, statx};
use rustix::fs::{Gid, Mode, Uid, XattrFlags, fchmod, fchown, fgetxattr, flistxattr, fsetxattr};
use tempfile::TempPath;
use zeroize::Zeroizing;

use crate::cli::failure::{Failure, reason};
use crate::cli::files::secret_file::{Batch, link_previous, previous_versions};
use crate::cli::files::temporary::{Busy, Temporary, folder, identity};
use crate::cli::input;
use crate::cli::terminal::output::warn;

/// Time for another process that changes the same file.
const PATIENCE: Duration = Duration::from_secs(60);

/// A file that is to be replaced. As long as this lives no other process replaces it.
pub(crate) struct Replacement {
    /// The real file, behind symbolic links.
    path: PathBuf,
    temporary: Temporary,
    old: Zeroizing<String>,
}

impl Replacement {
    /// Locks the file and reads it.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let real = regular_file(path)?;
        if is_mounted(&real) {
            return Err(Failure::new(format!("{} cannot be replaced", path.display()))
                .hint("it is mounted by itself: change it where it really is"));
        }
        let temporary = Temporary::create(&real, Busy::Wait(PATIENCE))?;
        // A previous version of the backup has no secret that is in use.
        for name in previous_versions(&backup(&real))?.iter().rev() {
            fs::remove_file(name).map_err(|error| Failure::io("remove", name, &error))?;
        }
        let old = input::config_file(&real)?;
        let others = other_links(&real);
        if others > 0 {
            warn(&format!(
                "{} has {others} more hard links, which keep the old contents",
                path.display()
            ));
        }
        Ok(Self { path: real, temporary, old })
    }

    /// Refuses to write a secret to the file itself, to what is kept of it, or to another file that
    /// must stay.
    pub(crate) fn refuse_own_files<'p>(
        &self,
        secret_files: impl Iterator<Item = &'p Path>,
        is_kept: bool,
        others: &[&Path],
    ) -> Result<(), Failure> {
        let backup = backup(&self.path);
        let is_other = |found: Metadata| !found.is_file();
        if is_kept && fs::symlink_metadata(&backup).is_ok_and(is_other) {
            return Err(Failure::new(format!("{} is not a regular file", backup.display()))
                .hint("move it, or leave out --backup"));
        }
        for path in secret_files {
            let target = target(path);
            let is_other = others.iter().any(|other| self::target(other) == target);
            if target == self.path || is_other || (is_kept && target == backup) {
                let text = format!("--secret-out would write over {}", path.display());
                return Err(Failure::new(text).hint("choose another name for the secret's file"));
            }
        }
        Ok(())
    }

    /// What is in the file.
    pub(crate) fn text(&self) -> &str {
        &self.old
    }

    /// Writes the new contents beside the file, durably.
    pub(crate) fn stage(&self, text: &str) -> Result<(), Failure> {
        let fail = |error: io::Error| Failure::io("write", &self.path, &error);
        let old = input::open(&self.path)?;
        let metadata = old.metadata().map_err(fail)?;
        let mut new = &self.temporary.file;
        new.write_all(text.as_bytes()).map_err(fail)?;
        copy_owner(new, &metadata).map_err(|error| {
            let text = format!("cannot keep the owner and the group of {}", self.path.display());
            Failure::new(format!("{text}: {}", reason(&error)))
                .hint("run it as root, or as the owner of the file")
        })?;
        fchmod(new, Mode::from_raw_mode(metadata.permissions().mode() & 0o7777))
            .map_err(|error| fail(error.into()))?;
        copy_attributes(&old, new);
        new.sync_all().map_err(fail)
    }

    /// What was staged, read again.
    pub(crate) fn staged(&self) -> Result<Zeroizing<String>, Failure> {
        input::config_file(self.temporary.path())
    }

    /// Puts the new file in the place of the old one, which is kept as `FILE.bak` if asked to, and the
    /// files with the new secrets in theirs: all of them or none.
    ///
    /// The secrets come first: what is in the configuration is never known to nobody.
    pub(crate) fn commit(self, secrets: Batch, backup: bool) -> Result<(), Failure> {
        secrets.commit_before(|| self.put(backup))
    }

    fn put(self, is_kept: bool) -> Result<(), Failure> {
        let Self { path, temporary, old } = self;
        let fail = |error: io::Error| Failure::io("replace", &path, &error);
        if input::config_file(&path)? != old {
            return Err(Failure::new(format!("{} was changed meanwhile", path.display()))
                .hint("nothing was written; run it again"));
        }
        let kept = if is_kept { Some(Kept::of(&path)?) } else { None };
        if let Err(error) = temporary.persist(&path, true) {
            kept.into_iter().for_each(Kept::undo);
            return Err(fail(error));
        }
        drop(kept);
        // Makes the name durable; a file system that cannot sync a folder does not need it.
        let _ = File::open(folder(&path)).and_then(|folder| folder.sync_all());
        Ok(())
    }
}

/// The real file behind a name. What is no regular file cannot be replaced, and reading it may not end.
pub(crate) fn regular_file(path: &Path) -> Result<PathBuf, Failure> {
    let real = fs::canonicalize(path).map_err(|error| Failure::io("read", path, &error))?;
    if real.is_file() {
        Ok(real)
    } else {
        Err(Failure::new(format!("{} is not a regular file", path.display())))
    }
}

/// Whether a file is mounted by itself, as containers do it: such a one cannot be replaced.
#[cfg(target_os = "linux")]
fn is_mounted(path: &Path) -> bool {
    let mount = |path: &Path| {
        let found = statx(CWD, path, AtFlags::empty(), StatxFlags::MNT_ID).ok()?;
        (found.stx_mask & StatxFlags::MNT_ID.bits() != 0).then_some(found.stx_mnt_id)
    };
    mount(path).zip(mount(folder(path))).is_some_and(|(file, folder)| file != folder)
}

#[cfg(not(target_os = "linux"))]
fn is_mounted(_: &Path) -> bool {
    false
}

/// The real name of a file that may not be there yet.
fn target(path: &Path) -> PathBuf {
    let real_folder = || fs::canonicalize(folder(path)).ok();
    let new = || Some(real_folder()?.join(path.file_name()?));
    fs::canonicalize(path).ok().or_else(new).unwrap_or_else(|| path.to_owned())
}

/// How many more names a file has; that of what was kept of it is none that counts.
fn other_links(path: &Path) -> u64 {
    let Ok(metadata) = fs::metadata(path) else { return 0 };
    let is_kept =
        fs::symlink_metadata(backup(path)).is_ok_and(|kept| identity(&kept) == identity(&metadata));
    metadata.nlink().saturating_sub(1 + u64::from(is_kept))
}

/// Only root can give a file away: for others it is theirs already, or stays impossible.
fn copy_owner(new: &File, old: &Metadata) -> io::Result<()> {
    let ours = new.metadata()?;
    if (ours.uid(), ours.gid()) == (old.uid(), old.gid()) {
        return Ok(());
    }
    let (owner, group) = (Uid::from_raw(old.uid()), Gid::from_raw(old.gid()));
    Ok(fchown(new, Some(owner), Some(group))?)
}

/// Labels, access lists and the like. A file system without them has none to copy, and some are the
/// system's own.
fn copy_attributes(old: &File, new: &File) {
    /// The most that Linux has of each.
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

/// An old file under the name that it is kept under.
struct Kept {
    backup: PathBuf,
    /// Another name of what was kept before, which goes when dropped.
    previous: Option<TempPath>,
    is_new: bool,
}

impl Kept {
    fn of(path: &Path) -> Result<Self, Failure> {
        let backup = backup(path);
        let fail = |error: io::Error| Failure::io("write", &backup, &error);
        let kept = fs::symlink_metadata(&backup).ok();
        let old = fs::symlink_metadata(path).map_err(fail)?;
        if kept.as_ref().is_some_and(|kept| identity(kept) == identity(&old)) {
            // A run that was killed has kept it already, and to rename the one to the other does
            // nothing.
            return Ok(Self { backup, previous: None, is_new: false });
        }
        let previous = if kept.is_some() { Some(link_previous(&backup, &backup)?) } else { None };
        let second = link_previous(path, &backup)?;
        second.persist(&backup).map_err(|error| fail(error.error))?;
        Ok(Self { backup, previous, is_new: true })
    }

    /// As good as can be done: the failure that led here is the one to report.
    fn undo(self) {
        let _ = match self.previous {
            Some(previous) => previous.persist(&self.backup).map_err(|error| error.error),
            None if self.is_new => fs::remove_file(&self.backup),
            None => Ok(()),
        };
    }
}

/// The name of what is kept of a file.
fn backup(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".bak");
    PathBuf::from(name)
}
