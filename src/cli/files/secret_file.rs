//! Files that hold one secret or digest: mode 0600, written completely or not at all. The steps are in
//! `files.rs`.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf, is_separator};

use tempfile::TempPath;
use zeroize::Zeroizing;

use crate::cli::failure::{Failure, reason};
use crate::cli::files::links::refuse_foreign_link;
use crate::cli::files::sync::{sync, sync_folder_of};
use crate::cli::files::temporary::{self, Busy, Temporary, folder, hold_signals};
use crate::cli::input;
use crate::cli::platform::path::real_path;
use crate::cli::platform::permissions::{
    copy_mode, copy_owner, create_private, create_private_folder,
};
use crate::cli::terminal::output::hint;

/// A file that is written to its temporary name and synced. Dropping it without a commit removes
/// it.
pub(crate) struct Staged {
    temporary: Temporary,
    path: PathBuf,
    replace: bool,
    /// Previous versions left by killed runs.
    previous: Vec<PathBuf>,
    folders: Folders,
}

impl Staged {
    /// Writes the contents, without a line end, to a temporary file of mode 0600 beside `path`.
    /// Missing folders are created with mode 0700.
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
        sync(&temporary.file).map_err(fail)?;
        Ok(Self { temporary, path, replace, previous, folders })
    }

    /// Reads the file again.
    pub(crate) fn contents(&self) -> Result<Zeroizing<String>, Failure> {
        input::config_file(self.temporary.path())
    }

    /// Renames the file to its path, and keeps the file that it replaces as a previous version. A file
    /// that has been created there since then is kept, unless it may be replaced.
    fn put(self) -> Result<Put, Failure> {
        let Self { temporary, path, replace, previous, .. } = self;
        let old = if path.exists() { Some(link_previous(&path, &path)?) } else { None };
        // A file that was created since then has no previous version, so it could not be restored.
        let persisted = temporary.persist(&path, replace && old.is_some());
        let file = persisted.map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists if !replace => exists(&path),
            _ => Failure::io("write", &path, &error),
        })?;
        sync_folder_of(&path);
        Ok(Put { path, file, old, previous })
    }
}

/// Files that belong together: all of them are committed, or none.
#[derive(Default)]
pub(crate) struct Batch {
    files: Vec<Staged>,
    /// Dropped last, since a folder can only be removed when it is empty.
    folders: Folders,
}

impl Batch {
    pub(crate) fn add(&mut self, mut file: Staged) {
        self.folders.0.append(&mut file.folders.0);
        self.files.push(file);
    }

    /// Paths of the files.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(|file| &*file.path)
    }

    /// Commits all of the files. If one fails, those before it are undone.
    pub(crate) fn commit(self) -> Result<(), Failure> {
        self.commit_before(|| Ok(()))
    }

    /// Commits all of the files and then calls `then`. If anything fails, all of it is undone.
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

/// A file that was renamed to its path, and can be undone.
struct Put {
    path: PathBuf,
    file: File,
    /// Previous version of the file that was replaced, removed when dropped.
    old: Option<TempPath>,
    /// Previous versions left by killed runs.
    previous: Vec<PathBuf>,
}

impl Put {
    /// Removes the previous versions that existed while the file was locked. Later ones belong to
    /// another process, which may be replacing the file by now.
    fn keep(self) {
        drop(self.old);
        // The last one first: the search starts at 1 and stops at the first missing number, so that
        // a kill in this loop leaves none unfound.
        for name in self.previous.iter().rev() {
            let _ = fs::remove_file(name);
        }
    }

    /// Undoes what it can. The failure that led here is the one to report, so further errors are
    /// ignored.
    fn undo(self) {
        // Another process has replaced the file since then.
        if !temporary::is_same(&self.file, &self.path) {
            return;
        }
        let _ = match self.old {
            Some(old) => old.persist(&self.path).map_err(|error| error.error),
            None => fs::remove_file(&self.path),
        };
    }
}

/// Links a file to the first free name for previous versions of `of`. Names left by killed runs are
/// not reused: such a file may hold the secret that is in use.
pub(crate) fn link_previous(path: &Path, of: &Path) -> Result<TempPath, Failure> {
    let fail = |error: io::Error| Failure::io("replace", of, &error);
    for name in previous_names(of) {
        let linked = fs::hard_link(path, &name).or_else(|error| match error.kind() {
            ErrorKind::AlreadyExists => Err(error),
            _ => copy(path, &name),
        });
        match linked {
            Ok(()) => return TempPath::try_from_path(name).map_err(fail),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(fail(error)),
        }
    }
    Err(Failure::new(format!("{} has too many previous versions", of.display())))
}

/// Copies a file that cannot be linked: some file systems have no hard links or a limit to their number,
/// some refuse them between folders, and Linux forbids links to other users' files
/// (`protected_hardlinks`). The errors differ, so that none of them is looked for.
fn copy(path: &Path, name: &Path) -> io::Result<()> {
    let mut old = File::open(path)?;
    let mut new = create_private(name)?;
    let name = TempPath::try_from_path(name)?;
    io::copy(&mut old, &mut new)?;
    let metadata = old.metadata()?;
    // Under another owner the same mode would let other users read it.
    if copy_owner(&new, &metadata).is_ok() {
        copy_mode(&new, &metadata)?;
    }
    sync(&new)?;
    Ok(name.keep().map(drop)?)
}

/// Returns the previous versions left by killed runs. Any other file of such a name is refused.
pub(crate) fn previous_versions(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut previous = Vec::new();
    for name in previous_names(path) {
        let found = match fs::symlink_metadata(&name) {
            Err(error) if error.kind() == ErrorKind::NotFound => break,
            found => found.map_err(|error| temporary::unusable(path, &name, &error))?,
        };
        // It has the owner of the file that was replaced, which may be any user if this is root.
        temporary::refuse_foreign_owner(&name, &found, Some(&found))?;
        previous.push(name);
    }
    Ok(previous)
}

/// Prints where a killed run has left an old secret or digest, which may be the one in use.
fn tell_of_previous(name: &Path, path: &Path) {
    let (name, path) = (name.display(), path.display());
    hint(&format!(
        "{name} is a previous version of {path}, left by a run that was killed: it may be in use until this \
         run has replaced it"
    ));
}

/// Returns the names for previous versions of a file, in order.
fn previous_names(path: &Path) -> impl Iterator<Item = PathBuf> {
    let name = temporary::name(path).into_os_string();
    (1..u32::MAX).map(move |number| {
        let mut name = name.clone();
        name.push(format!("-old-{number}"));
        PathBuf::from(name)
    })
}

/// Returns the path to write: for a symbolic link that may be replaced, the file that it points to.
fn target(path: &Path, replace: bool) -> Result<PathBuf, Failure> {
    if path.file_name().is_none() || ends_with_separator(path) {
        return Err(Failure::new(format!("{} is not the name of a file", path.display())));
    }
    if path.as_os_str() == "-" {
        return Err(Failure::new("`-` is not the name of a file")
            .hint("leave out the flag to have it printed; ./- is a file of this name"));
    }
    if temporary::is_ours(path) {
        return Err(Failure::new(format!("{} is the name of a temporary file", path.display()))
            .hint("choose another name"));
    }
    refuse_foreign_link(path)?;
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(path.to_owned()),
        Err(error) => Err(Failure::io("write", path, &error)),
        Ok(_) if !replace => Err(exists(path)),
        Ok(_) => {
            let path = real_path(path).map_err(|error| Failure::io("replace", path, &error))?;
            if path.is_file() {
                Ok(path)
            } else {
                Err(Failure::new(format!("{} is not a regular file", path.display())))
            }
        }
    }
}

fn ends_with_separator(path: &Path) -> bool {
    path.as_os_str().as_encoded_bytes().last().is_some_and(|byte| is_separator(char::from(*byte)))
}

fn exists(path: &Path) -> Failure {
    Failure::new(format!("{} already exists", path.display()))
        .hint("choose another name, or add --force to replace it")
}

/// Folders that were created for a file. Dropping them removes them, unless they are kept.
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
            match create_private_folder(folder) {
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
            // A folder that is no longer empty holds another program's file.
            let _ = fs::remove_dir(folder);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::platform::permissions::make_public;

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
        make_public(&File::open(path("a")).unwrap()).unwrap();
        copy(&path("a"), &path("b")).unwrap();
        assert_eq!(contents(&path("b")), "secret");
        let permissions = |name| fs::metadata(path(name)).unwrap().permissions();
        assert_eq!(permissions("b"), permissions("a"));
        let error = copy(&path("a"), &path("b")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AlreadyExists);
    }

    #[test]
    fn a_file_that_comes_meanwhile_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let staged = Staged::new(&path, "secret", false).unwrap();
        fs::write(&path, "other").unwrap();
        assert!(batch([staged]).commit().is_err());
        assert_eq!(contents(&path), "other");
        assert_eq!(names_in(folder.path()), ["file"]);
    }
}
