//! Files that hold a secret: readable by their owner only, whole or not there at all.

use std::fs::{self, DirBuilder, File};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::failure::{Failure, reason};

/// A file that is written and synced beside its place, and gone if it is not committed.
///
/// The temporary name is in the same folder, since only a rename within it is atomic.
pub(crate) struct Staged {
    file: NamedTempFile,
    path: PathBuf,
    replace: bool,
    folders: Folders,
}

impl Staged {
    /// Writes the contents, without a line end, to a file of mode 0600 beside `path`; missing
    /// folders are made with mode 0700.
    pub(crate) fn new(path: &Path, contents: &str, replace: bool) -> Result<Self, Failure> {
        let path = target(path, replace)?;
        let folders = Folders::create(&path)?;
        let fail = |error: std::io::Error| Failure::io("write", &path, &error);
        // The crate creates files with mode 0600, and exclusively.
        let mut file = tempfile::Builder::new()
            .prefix(".oidc-secret-")
            .tempfile_in(folder(&path))
            .map_err(fail)?;
        file.write_all(contents.as_bytes()).map_err(fail)?;
        file.as_file().sync_all().map_err(fail)?;
        Ok(Self { file, path, replace, folders })
    }

    /// Puts the file in its place. A file that has come there meanwhile is kept, unless it is to
    /// be replaced.
    pub(crate) fn commit(self) -> Result<Committed, Failure> {
        let Self { file, path, replace, mut folders } = self;
        let persisted = if replace { file.persist(&path) } else { file.persist_noclobber(&path) };
        persisted.map_err(|error| match error.error.kind() {
            ErrorKind::AlreadyExists => exists(&path),
            _ => Failure::io("write", &path, &error.error),
        })?;
        folders.keep();
        // Makes the name durable; a file system that cannot sync a folder does not need it.
        let _ = File::open(folder(&path)).and_then(|folder| folder.sync_all());
        Ok(Committed(path))
    }
}

/// A file that is in its place.
pub(crate) struct Committed(PathBuf);

impl Committed {
    /// Takes the file away again, because a later step failed.
    pub(crate) fn undo(self) -> Result<(), Failure> {
        fs::remove_file(&self.0).map_err(|error| Failure::io("remove", &self.0, &error))
    }
}

/// Commits all of the files or, if one fails, none.
pub(crate) fn commit_all(files: Vec<Staged>) -> Result<(), Failure> {
    let mut done = Vec::new();
    for file in files {
        match file.commit() {
            Ok(file) => done.push(file),
            Err(failure) => {
                for file in done {
                    file.undo()?;
                }
                return Err(failure);
            }
        }
    }
    Ok(())
}

/// The place of the file: behind a symbolic link that is to be replaced stands the real one.
fn target(path: &Path, replace: bool) -> Result<PathBuf, Failure> {
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

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Folders that were made for a file, and are removed again unless they are kept.
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
