//! Files that hold a secret: readable by their owner only, whole or not there at all.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use tempfile::TempPath;

use crate::cli::failure::{Failure, reason};
use crate::cli::files::temporary::{self, Busy, Temporary, folder, hold_signals};
use crate::cli::terminal::output::hint;

/// A file that is written and synced beside its place, and gone if it is not committed.
///
/// The temporary name is in the same folder, since only a rename within it is atomic.
pub(crate) struct Staged {
    temporary: Temporary,
    path: PathBuf,
    replace: bool,
    /// Previous versions that killed runs have left.
    previous: Vec<PathBuf>,
    folders: Folders,
}

impl Staged {
    /// Writes the contents, without a line end, to a file of mode 0600 beside `path`; missing
    /// folders are made with mode 0700.
    pub(crate) fn new(path: &Path, contents: &str, replace: bool) -> Result<Self, Failure> {
        let path = target(path, replace)?;
        let folders = Folders::create(&path)?;
        let fail = |error: io::Error| Failure::io("write", &path, &error);
        let mut temporary = Temporary::create(&path, Busy::Fail)?;
        let previous = previous_versions(&path)?;
        for name in &previous {
            tell_of_previous(name, &path);
        }
        temporary.file.write_all(contents.as_bytes()).map_err(fail)?;
        temporary.file.sync_all().map_err(fail)?;
        Ok(Self { temporary, path, replace, previous, folders })
    }

    /// Puts the file in its place. A file that has come there meanwhile is kept, unless it is to
    /// be replaced.
    pub(crate) fn commit(self) -> Result<(), Failure> {
        let mut one = Batch::default();
        one.add(self);
        one.commit()
    }

    /// Puts the file in its place and keeps what was there under another name.
    fn put(self) -> Result<Put, Failure> {
        let Self { temporary, path, replace, previous, .. } = self;
        let old = if path.exists() { Some(link_previous(&path, &path)?) } else { None };
        // A file that has come since then has no second name, so it could not be restored.
        let persisted = temporary.persist(&path, replace && old.is_some());
        let file = persisted.map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists if !replace => exists(&path),
            _ => Failure::io("write", &path, &error),
        })?;
        // Makes the name durable; a file system that cannot sync a folder does not need it.
        let _ = File::open(folder(&path)).and_then(|folder| folder.sync_all());
        Ok(Put { path, file, old, previous })
    }
}

/// Files that belong together: all of them are put in their places, or none.
#[derive(Default)]
pub(crate) struct Batch {
    files: Vec<Staged>,
    /// Dropped last, when what is in them is gone.
    folders: Folders,
}

impl Batch {
    pub(crate) fn add(&mut self, mut file: Staged) {
        self.folders.0.append(&mut file.folders.0);
        self.files.push(file);
    }

    /// Where the files go.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(|file| &*file.path)
    }

    /// Commits all of the files or, if one fails, none: what was replaced is put back.
    pub(crate) fn commit(self) -> Result<(), Failure> {
        self.commit_before(|| Ok(()))
    }

    /// Commits all of the files and then does something else or, if one of it fails, nothing of it.
    pub(crate) fn commit_before(
        self,
        then: impl FnOnce() -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let _undisturbed = hold_signals();
        let Self { files, mut folders } = self;
        let mut done = Vec::new();
        let put = files.into_iter().try_for_each(|file| {
            done.push(file.put()?);
            Ok(())
        });
        if let Err(failure) = put.and_then(|()| then()) {
            done.into_iter().for_each(Put::undo);
            return Err(failure);
        }
        done.into_iter().for_each(Put::keep);
        folders.keep();
        Ok(())
    }
}

/// A file that is in its place.
struct Put {
    path: PathBuf,
    file: File,
    /// Another name of the file that was replaced, which goes when dropped.
    old: Option<TempPath>,
    /// Previous versions that killed runs have left.
    previous: Vec<PathBuf>,
}

impl Put {
    /// Removes the previous versions that were there while the file was locked. By now another process
    /// may be replacing it, and need one of its own.
    fn keep(self) {
        drop(self.old);
        // The last one first, so that those that a kill leaves are found from the first one on.
        for name in self.previous.iter().rev() {
            let _ = fs::remove_file(name);
        }
    }

    /// As good as can be done: the failure that led here is the one to report.
    fn undo(self) {
        // Another process has replaced it since then.
        if !temporary::is_same(&self.file, &self.path) {
            return;
        }
        let _ = match self.old {
            Some(old) => old.persist(&self.path).map_err(|error| error.error),
            None => fs::remove_file(&self.path),
        };
    }
}

/// Gives a file a second name, one of those for previous versions of `of`. The names that killed runs
/// have left are not reused: they may hold the secret that is in use.
pub(crate) fn link_previous(path: &Path, of: &Path) -> Result<TempPath, Failure> {
    let fail = |error: io::Error| Failure::io("replace", of, &error);
    for name in previous_names(of) {
        match fs::hard_link(path, &name).or_else(|error| copy(path, &name, error)) {
            Ok(()) => return TempPath::try_from_path(name).map_err(fail),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(fail(error)),
        }
    }
    Err(Failure::new(format!("{} has too many old versions beside it", of.display())))
}

/// Copies a file that cannot be linked: some file systems have no hard links, and Linux forbids those
/// to another user's files.
fn copy(path: &Path, name: &Path, error: io::Error) -> io::Result<()> {
    if !matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::Unsupported) {
        return Err(error);
    }
    let mut old = File::open(path)?;
    let mut new = OpenOptions::new().write(true).create_new(true).mode(0o600).open(name)?;
    let name = TempPath::try_from_path(name)?;
    io::copy(&mut old, &mut new)?;
    new.set_permissions(old.metadata()?.permissions())?;
    new.sync_all()?;
    Ok(name.keep().map(drop)?)
}

/// The previous versions of a file that killed runs have left. Anything else of such a name is refused.
pub(crate) fn previous_versions(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut previous = Vec::new();
    for name in previous_names(path) {
        let found = match fs::symlink_metadata(&name) {
            Err(error) if error.kind() == ErrorKind::NotFound => break,
            found => found.map_err(|error| temporary::unusable(path, &name, &error))?,
        };
        // It still has the owner of the file that was replaced, which for root is any user.
        temporary::refuse_foreign_owner(&name, &found, Some(found.uid()))?;
        previous.push(name);
    }
    Ok(previous)
}

/// Tells where a killed run has left an old secret, which may be the one in use.
fn tell_of_previous(name: &Path, path: &Path) {
    let (name, path) = (name.display(), path.display());
    hint(&format!(
        "{name} is a previous version of {path}, left by a run that was killed: its secret may be in use \
         until this run has replaced it"
    ));
}

/// The names for previous versions of a file.
fn previous_names(path: &Path) -> impl Iterator<Item = PathBuf> {
    let name = temporary::name(path).into_os_string();
    (1..u32::MAX).map(move |number| {
        let mut name = name.clone();
        name.push(format!("-old-{number}"));
        PathBuf::from(name)
    })
}

/// The place of the file: behind a symbolic link that is to be replaced stands the real one.
fn target(path: &Path, replace: bool) -> Result<PathBuf, Failure> {
    if path.file_name().is_none() || path.as_os_str().as_bytes().ends_with(b"/") {
        return Err(Failure::new(format!("{} is not the name of a file", path.display())));
    }
    if path.as_os_str() == "-" {
        return Err(Failure::new("`-` is not the name of a file")
            .hint("without --secret-out the secret is printed; ./- is a file of this name"));
    }
    if temporary::is_ours(path) {
        return Err(Failure::new(format!("{} is the name of a temporary file", path.display()))
            .hint("choose another name"));
    }
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(path.to_owned()),
        Err(error) => Err(Failure::io("write", path, &error)),
        Ok(_) if !replace => Err(exists(path)),
        Ok(_) => {
            let path =
                fs::canonicalize(path).map_err(|error| Failure::io("replace", path, &error))?;
            if path.is_file() {
                Ok(path)
            } else {
                Err(Failure::new(format!("{} is not a regular file", path.display())))
            }
        }
    }
}

fn exists(path: &Path) -> Failure {
    Failure::new(format!("{} exists already", path.display()))
        .hint("choose another name, or add --force to replace it")
}

/// Folders that were made for a file, and are removed again unless they are kept.
#[derive(Default)]
struct Folders(Vec<PathBuf>);

impl Folders {
    fn create(path: &Path) -> Result<Self, Failure> {
        let missing: Vec<&Path> = folder(path)
            .ancestors()
            .take_while(|p| !p.as_os_str().is_empty() && !p.exists())
            .collect();
        let mut made = Self(Vec::new());
        for folder in missing.into_iter().rev() {
            match DirBuilder::new().mode(0o700).create(folder) {
                Ok(()) => made.0.push(folder.to_owned()),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => {
                    let text = format!("cannot create the folder {}", folder.display());
                    return Err(Failure::new(format!("{text}: {}", reason(&error))));
                }
            }
        }
        Ok(made)
    }

    fn keep(&mut self) {
        self.0.clear();
    }
}

impl Drop for Folders {
    fn drop(&mut self) {
        for folder in self.0.iter().rev() {
            // One that is no longer empty holds something of somebody else's.
            let _ = fs::remove_dir(folder);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn batch(files: impl IntoIterator<Item = Staged>) -> Batch {
        let mut batch = Batch::default();
        files.into_iter().for_each(|file| batch.add(file));
        batch
    }

    fn contents(path: &Path) -> String {
        fs::read_to_string(path).unwrap()
    }

    fn names_in(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// The last of three cannot be put in its place: a folder has come there.
    #[test]
    fn what_was_replaced_is_put_back_if_another_file_fails() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("old"), "old").unwrap();
        let staged = ["old", "new/file", "taken"]
            .map(|name| Staged::new(&path(name), "secret", true).unwrap());
        fs::create_dir(path("taken")).unwrap();
        assert!(batch(staged).commit().is_err());
        assert_eq!(contents(&path("old")), "old");
        assert_eq!(names_in(folder.path()), ["old", "taken"]);
    }

    #[test]
    fn all_are_put_in_their_places() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("old"), "old").unwrap();
        let staged =
            ["old", "new/file"].map(|name| Staged::new(&path(name), "secret", true).unwrap());
        batch(staged).commit().unwrap();
        assert_eq!(contents(&path("old")), "secret");
        assert_eq!(contents(&path("new/file")), "secret");
        assert_eq!(names_in(folder.path()), ["new", "old"]);
    }

    /// The folders go when the files that were to be in them are gone.
    #[test]
    fn what_is_not_committed_leaves_no_folder() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let staged = ["new/a/one", "new/a/two", "new/b/three"]
            .map(|name| Staged::new(&path(name), "secret", false).unwrap());
        drop(batch(staged));
        assert_eq!(names_in(folder.path()), [""; 0]);
        let staged =
            ["new/one", "new/two"].map(|name| Staged::new(&path(name), "secret", false).unwrap());
        let failure = || Err(Failure::new("something else failed"));
        assert!(batch(staged).commit_before(failure).is_err());
        assert_eq!(names_in(folder.path()), [""; 0]);
    }

    #[test]
    fn a_name_of_a_temporary_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = temporary::name(&folder.path().join("c"));
        assert!(Staged::new(&path, "secret", true).is_err());
    }

    /// Another process replaces or creates the files before this one fails.
    #[test]
    fn what_came_since_then_is_not_undone() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("old"), "old").unwrap();
        let staged = ["old", "new"].map(|name| Staged::new(&path(name), "secret", true).unwrap());
        let failure = batch(staged).commit_before(|| {
            for name in ["old", "new"] {
                fs::write(path("other"), "other").unwrap();
                fs::rename(path("other"), path(name)).unwrap();
            }
            Err(Failure::new("something else failed"))
        });
        assert!(failure.is_err());
        assert_eq!(["old", "new"].map(|name| contents(&path(name))), ["other", "other"]);
        assert_eq!(names_in(folder.path()), ["new", "old"]);
    }

    #[test]
    fn what_cannot_be_linked_is_copied() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("a"), "secret").unwrap();
        fs::set_permissions(path("a"), fs::Permissions::from_mode(0o640)).unwrap();
        let forbidden = || ErrorKind::PermissionDenied.into();
        copy(&path("a"), &path("b"), forbidden()).unwrap();
        assert_eq!(contents(&path("b")), "secret");
        assert_eq!(fs::metadata(path("b")).unwrap().mode() & 0o777, 0o640);
        let error = copy(&path("a"), &path("b"), forbidden()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AlreadyExists);
    }

    #[test]
    fn a_file_that_comes_meanwhile_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let staged = Staged::new(&path, "secret", false).unwrap();
        fs::write(&path, "other").unwrap();
        assert!(staged.commit().is_err());
        assert_eq!(contents(&path), "other");
        assert_eq!(names_in(folder.path()), ["file"]);
    }
}
