//! Atomic replacement of a user's file. Mode, owner, extended attributes and symbolic links to it
//! are kept. The steps are in `files.rs`.

use std::collections::HashSet;
use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempPath;
use zeroize::Zeroizing;

use crate::cli::failure::{Failure, reason};
use crate::cli::files::links::refuse_foreign_link;
use crate::cli::files::secret_file::{Batch, link_previous, previous_versions};
use crate::cli::files::stream::refuse_stream;
use crate::cli::files::sync::{sync, sync_folder_of};
use crate::cli::files::temporary::{Busy, Temporary, folder};
use crate::cli::input;
use crate::cli::platform::attributes::copy_attributes;
use crate::cli::platform::mount::is_mounted;
use crate::cli::platform::path::real_path;
use crate::cli::platform::permissions::{copy_mode, copy_owner};
use crate::cli::platform::status::Status;
use crate::cli::terminal::output::warn;

/// Time to wait for another process that is changing the same file.
const PATIENCE: Duration = Duration::from_secs(60);

/// A file that will be replaced. Until this is dropped no other run replaces it.
pub(crate) struct Replacement {
    /// Real path, with symbolic links resolved.
    path: PathBuf,
    temporary: Temporary,
    old: Zeroizing<String>,
}

impl Replacement {
    /// Locks the file and reads it.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let real = regular_file(path)?;
        if is_mounted(&real, folder(&real)) {
            return Err(Failure::new(format!("{} cannot be replaced", path.display()))
                .hint("it is a mount point: change the file that is mounted"));
        }
        let temporary = Temporary::create(&real, Busy::Wait(PATIENCE))?;
        // A previous version of the backup holds no secret that is in use.
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

    /// Refuses to write files, each with its flag, over the file itself, over its backup, or over one of
    /// `others`.
    pub(crate) fn refuse_own_files<'p>(
        &self,
        files: impl Iterator<Item = (&'static str, &'p Path)>,
        is_kept: bool,
        others: &[&Path],
    ) -> Result<(), Failure> {
        let backup = backup(&self.path);
        let is_other = |found: Metadata| !found.is_file();
        if is_kept && fs::symlink_metadata(&backup).is_ok_and(is_other) {
            return Err(Failure::new(format!("{} is not a regular file", backup.display()))
                .hint("move it, or leave out --backup"));
        }
        if is_kept {
            refuse_stream(&backup)?;
        }
        let others: HashSet<PathBuf> = others.iter().map(|other| target(other)).collect();
        for (flag, path) in files {
            let target = target(path);
            let is_other = others.contains(&target);
            if target == self.path || is_other || (is_kept && target == backup) {
                return Err(would_overwrite(flag, path));
            }
        }
        Ok(())
    }

    /// Contents of the file.
    pub(crate) fn text(&self) -> &str {
        &self.old
    }

    /// Writes the new contents to the temporary file, and syncs it.
    pub(crate) fn stage(&self, text: &str) -> Result<(), Failure> {
        let fail = |error: io::Error| Failure::io("write", &self.path, &error);
        let old = input::open(&self.path)?;
        let metadata = old.metadata().map_err(fail)?;
        let mut new = &self.temporary.file;
        new.write_all(text.as_bytes()).map_err(fail)?;
        copy_permissions(new, &metadata, &self.path)?;
        copy_attributes(&old, new);
        sync(new).map_err(fail)
    }

    /// Reads the temporary file again.
    pub(crate) fn staged(&self) -> Result<Zeroizing<String>, Failure> {
        input::config_file(self.temporary.path())
    }

    /// Commits the secrets' files and then replaces the file, which is kept as `FILE.bak` if
    /// `backup` is set: all of them or none.
    ///
    /// The secrets come first: a kill in between leaves a secret that is not in use yet, and never
    /// a digest whose secret is lost.
    pub(crate) fn commit(self, secrets: Batch, backup: bool) -> Result<(), Failure> {
        secrets.commit_before(|| self.put(backup))
    }

    fn put(self, is_kept: bool) -> Result<(), Failure> {
        let Self { path, temporary, old } = self;
        if input::config_file(&path)? != old {
            return Err(Failure::new(format!("{} was changed by another process", path.display()))
                .hint("nothing was written; run it again"));
        }
        // The new contents may have taken seconds, in which somebody has protected the file.
        let metadata = fs::metadata(&path).map_err(|error| Failure::io("read", &path, &error))?;
        copy_permissions(&temporary.file, &metadata, &path)?;
        let kept = if is_kept { Some(Kept::of(&path)?) } else { None };
        if let Err(error) = temporary.persist(&path, true) {
            kept.into_iter().for_each(Kept::undo);
            return Err(unrenamed(&path, &error));
        }
        drop(kept);
        sync_folder_of(&path);
        Ok(())
    }
}

/// Gives a new file the owner, the group and the mode of the one that it replaces.
fn copy_permissions(new: &File, old: &Metadata, path: &Path) -> Result<(), Failure> {
    let unkept = |what: &str, error: &io::Error| {
        let path = path.display();
        Failure::new(format!("cannot keep the {what} of {path}: {}", reason(error)))
            .hint("run it as root, or as the owner of the file")
    };
    copy_owner(new, old).map_err(|error| unkept("owner and the group", &error))?;
    copy_mode(new, old).map_err(|error| unkept("mode", &error))
}

/// Failure of the rename over a file. Writing into the file instead could leave half of it.
fn unrenamed(path: &Path, error: &io::Error) -> Failure {
    let failure = Failure::io("replace", path, error);
    match error.kind() {
        ErrorKind::CrossesDevices | ErrorKind::ResourceBusy => failure.hint(
            "its folder does not allow the rename that replaces it: change a copy in another folder",
        ),
        _ => failure,
    }
}

/// Returns the real path of a regular file. Anything else cannot be replaced, and reading it may
/// block.
pub(crate) fn regular_file(path: &Path) -> Result<PathBuf, Failure> {
    refuse_foreign_link(path)?;
    let real = real_path(path).map_err(|error| Failure::io("read", path, &error))?;
    if real.is_file() {
        Ok(real)
    } else {
        let failure = Failure::new(format!("{} is not a regular file", path.display()));
        Err(if real.is_dir() {
            failure.hint("give the file in it that has the clients")
        } else {
            failure
        })
    }
}

/// Refuses to write files, each with its flag, over a file that will be created.
pub(crate) fn refuse_new_file<'p>(
    path: &Path,
    mut files: impl Iterator<Item = (&'static str, &'p Path)>,
) -> Result<(), Failure> {
    let same = files.find(|(_, file)| target(file) == target(path));
    same.map_or(Ok(()), |(flag, same)| Err(would_overwrite(flag, same)))
}

fn would_overwrite(flag: &str, path: &Path) -> Failure {
    Failure::new(format!("{flag} would write over {}", path.display())).hint("choose another name")
}

/// Returns the real path of a file that may not exist yet, and whose folders may not exist either.
fn target(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let real = path.ancestors().find_map(|known| {
        let missing = path.strip_prefix(known).ok()?;
        Some(real_path(known).ok()?.join(missing))
    });
    real.unwrap_or(path)
}

/// Counts the other hard links of a file, without its backup's.
fn other_links(path: &Path) -> u64 {
    let Ok(status) = Status::of_target(path) else { return 0 };
    let is_kept = Status::of_name(&backup(path)).is_ok_and(|kept| kept.is_same(&status));
    status.links().saturating_sub(1 + u64::from(is_kept))
}

/// A file that was kept as its backup.
struct Kept {
    backup: PathBuf,
    /// Previous version of the backup, removed when dropped.
    previous: Option<TempPath>,
    is_new: bool,
}

impl Kept {
    fn of(path: &Path) -> Result<Self, Failure> {
        let backup = backup(path);
        let fail = |error: io::Error| Failure::io("write", &backup, &error);
        let kept = Status::of_name(&backup).ok();
        let old = Status::of_name(path).map_err(fail)?;
        if kept.as_ref().is_some_and(|kept| kept.is_same(&old)) {
            // A killed run has linked it already. Renaming one link of a file to another does
            // nothing (`rename(2)`).
            return Ok(Self { backup, previous: None, is_new: false });
        }
        let previous = if kept.is_some() { Some(link_previous(&backup, &backup)?) } else { None };
        let second = link_previous(path, &backup)?;
        second.persist(&backup).map_err(|error| fail(error.error))?;
        Ok(Self { backup, previous, is_new: true })
    }

    /// Undoes what it can. The failure that led here is the one to report, so further errors are
    /// ignored.
    fn undo(self) {
        let _ = match self.previous {
            Some(previous) => previous.persist(&self.backup).map_err(|error| error.error),
            None if self.is_new => fs::remove_file(&self.backup),
            None => Ok(()),
        };
    }
}

/// Returns the path of a file's backup.
fn backup(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".bak");
    PathBuf::from(name)
}
