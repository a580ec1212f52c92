//! Temporary files. The name follows from that of the file that they will become, so that the next
//! run finds a stale one; a lock on it excludes other runs. The steps are in `files.rs`.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};
use tempfile::TempPath;

use crate::cli::failure::Failure;
use crate::cli::files::rename::rename_new;
use crate::cli::files::stream::refuse_stream;
use crate::cli::platform::lock::{self, Lock, holder, lock};
use crate::cli::platform::ownership::foreign_owner;
use crate::cli::platform::signals::before_end;
use crate::cli::platform::status::Status;
use crate::cli::terminal::output::hint;

/// A temporary file, removed when dropped.
pub(crate) struct Temporary {
    /// Dropped before the lock is released: after that, another process's file may have this name.
    name: Name,
    /// Open and locked until dropped.
    pub(crate) file: File,
}

/// Behaviour while another process holds the lock.
#[derive(Clone, Copy)]
pub(crate) enum Busy {
    Wait(Duration),
    Fail,
}

impl Temporary {
    /// Creates the temporary file of `path` with mode 0600. A stale one is replaced.
    pub(crate) fn create(path: &Path, busy: Busy) -> Result<Self, Failure> {
        refuse_stream(path)?;
        let name = name(path);
        let fail = |error: io::Error| unusable(path, &name, &error);
        before_end("temporary files", remove_all).map_err(fail)?;
        let mut end = None;
        loop {
            if let Some(new) = Self::new(&name).map_err(fail)? {
                return Ok(new);
            }
            if !clear(path, &name)? {
                wait(path, &name, busy, &mut end)?;
            }
        }
    }

    /// Creates and locks a file, unless the name is taken.
    fn new(name: &Path) -> io::Result<Option<Self>> {
        // The list is locked so that no signal comes between the creation and the entry in it.
        let mut names = names();
        let file = match lock::create(name) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => return Ok(None),
            opened => opened?,
        };
        match lock(&file) {
            // Another process removed it as stale before it was locked.
            Ok(Lock::Held) if !is_same(&file, name) => return Ok(None),
            Ok(Lock::Busy) => return Ok(None),
            // Without locks the name excludes other runs, since `clear` does not remove a file then.
            Ok(Lock::Held | Lock::Unsupported) => {}
            Err(error) => {
                fs::remove_file(name)?;
                return Err(error);
            }
        }
        names.insert(name.to_owned());
        Ok(Some(Self { name: Name(name.to_owned()), file }))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.name.0
    }

    /// Renames the file to `path`. A file of that name is replaced if `replace` is set, and is an
    /// error otherwise.
    pub(crate) fn persist(self, path: &Path, replace: bool) -> io::Result<File> {
        let Self { name, file } = self;
        // After the rename, another process may use the temporary name.
        names().remove(&name.0);
        let name = TempPath::try_from_path(&name.0)?;
        if replace {
            name.persist(path).map_err(|error| error.error)?;
        } else {
            rename_new(name, path)?;
        }
        Ok(file)
    }
}

/// Name of a temporary file of this process. Dropping it removes the file if it is still listed.
struct Name(PathBuf);

impl Drop for Name {
    fn drop(&mut self) {
        // Both happen under one lock: after the removal another process may use the name, and a
        // signal must not remove that process's file.
        let mut names = names();
        if names.remove(&self.0) {
            let _ = fs::remove_file(&self.0);
        }
    }
}

/// Removes a stale temporary file; returns `false` if another process has locked it.
fn clear(path: &Path, name: &Path) -> Result<bool, Failure> {
    let fail = |error: io::Error| unusable(path, name, &error);
    // Checked before the file is opened, since another user's file may not be readable.
    let found = match Status::of_name(name) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(true),
        found => found.map_err(fail)?,
    };
    refuse_foreign(path, name, &found)?;
    let file = match lock::open(name) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(true),
        Err(error) if lock::is_busy(&error) => return Ok(false),
        opened => opened.map_err(fail)?,
    };
    match lock(&file).map_err(fail)? {
        Lock::Held => {}
        Lock::Busy => return Ok(false),
        Lock::Unsupported => {
            return Err(refused(name, "may be in use, and its file system has no locks"));
        }
    }
    if is_same(&file, name) {
        refuse_foreign(path, name, &Status::of_file(&file).map_err(fail)?)?;
        fs::remove_file(name).map_err(fail)?;
    }
    Ok(true)
}

/// Refuses a file that has the temporary name of `path` and was not made by this program.
fn refuse_foreign(path: &Path, name: &Path, found: &Status) -> Result<(), Failure> {
    let target = Status::of_name(path).ok();
    // Without `renameat2`, a rename that must not replace is a link to the new name and a removal
    // of the old one. A run killed in between leaves both links.
    if target.as_ref().is_some_and(|target| target.is_same(found)) {
        return Ok(());
    }
    // Run as root, the new file gets the owner of the old one before it is renamed.
    refuse_foreign_owner(name, found.metadata(), target.as_ref().map(Status::metadata))?;
    match found.links() {
        1 => Ok(()),
        _ => Err(refused(name, "has other hard links")),
    }
}

/// Refuses anything but a regular file of this user or, for root, of the owner of `other`.
pub(crate) fn refuse_foreign_owner(
    name: &Path,
    found: &Metadata,
    other: Option<&Metadata>,
) -> Result<(), Failure> {
    if !found.is_file() {
        return Err(refused(name, "is not a regular file"));
    }
    if let Some(owner) = foreign_owner(found, other) {
        return Err(refused(name, &format!("belongs to another user (uid {owner})")));
    }
    Ok(())
}

fn refused(name: &Path, reason: &str) -> Failure {
    let text = format!("the name of a temporary file is taken: {} {reason}", name.display());
    Failure::new(text).hint(
        "unless another process is using it, move or remove that file, or choose another folder",
    )
}

/// Failure at the temporary name of `path`. The user knows only the latter.
pub(crate) fn unusable(path: &Path, name: &Path, error: &io::Error) -> Failure {
    if error.kind() == ErrorKind::InvalidFilename {
        let text = format!("the file name of {} is too long", path.display());
        return Failure::new(text)
            .hint("the name of the temporary file beside it is about 40 bytes longer");
    }
    let hint = format!("the contents are first written to {}", name.display());
    Failure::io("write", path, error).hint(hint)
}

/// Waits a moment for another process that holds the lock, at most until `end`.
fn wait(path: &Path, name: &Path, busy: Busy, end: &mut Option<Instant>) -> Result<(), Failure> {
    /// Pause between two attempts. A blocking `flock` is not used because it has no time limit.
    const PAUSE: Duration = Duration::from_millis(20);
    let Busy::Wait(limit) = busy else {
        let text = format!("cannot write {}: {} is writing it", path.display(), other(name));
        return Err(Failure::new(text).hint("run this again when that process has ended"));
    };
    let seconds = limit.as_secs();
    let end = *end.get_or_insert_with(|| {
        let (other, path) = (other(name), path.display());
        hint(&format!("{other} is changing {path}: waiting for up to {seconds} seconds"));
        Instant::now() + limit
    });
    if Instant::now() < end {
        std::thread::sleep(PAUSE);
        return Ok(());
    }
    let (other, path, name) = (other(name), path.display(), name.display());
    let text = format!(
        "cannot write {path}: {other} still has the lock of {name} after {seconds} seconds"
    );
    Err(Failure::new(text).hint("wait for that process, or end it, then run this again"))
}

/// Names the process that holds the lock of a temporary file.
fn other(name: &Path) -> String {
    // Two paths of one run can lead to one file.
    match holder(name).filter(|process| *process != std::process::id()) {
        Some(process) => format!("another process (pid {process})"),
        None => "another process".to_owned(),
    }
}

/// Whether `name` is still a name of the open file.
pub(crate) fn is_same(file: &File, name: &Path) -> bool {
    let open = Status::of_file(file);
    open.is_ok_and(|open| Status::of_name(name).is_ok_and(|named| named.is_same(&open)))
}

/// Mark between a file's name and the tag in the name of its temporary file.
const MARK: &str = ".oidc-secret-";

/// Returns the name of the temporary file of `path`.
pub(crate) fn name(path: &Path) -> PathBuf {
    let file = path.file_name().unwrap_or_default();
    let mut name = OsString::from(".");
    name.push(file);
    name.push(MARK);
    name.push(tag(file.as_encoded_bytes()));
    folder(path).join(name)
}

/// Whether a name is that of a temporary file or of a previous version.
pub(crate) fn is_ours(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().as_encoded_bytes();
    let mut marks = name.windows(MARK.len());
    let Some(mark) = marks.rposition(|bytes| bytes == MARK.as_bytes()) else { return false };
    let (file, end) = name.split_at(mark);
    let is_tagged = |file| end[MARK.len()..].starts_with(tag(file).as_bytes());
    file.strip_prefix(b".").is_some_and(is_tagged)
}

/// Returns a tag that no other program appends to this file name, so that a stale file is known to
/// be ours.
fn tag(file: &[u8]) -> String {
    let hash = Sha256::new_with_prefix("oidc-secret temporary file\0").chain_update(file);
    let start = hash.finalize().first_chunk().map_or(0, |start| u64::from_be_bytes(*start));
    format!("{start:016x}")
}

/// Returns the folder that contains a file.
pub(crate) fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Holds back signals until the guard is dropped, for several files that belong together.
pub(crate) fn hold_signals() -> MutexGuard<'static, ()> {
    static HELD: Mutex<()> = Mutex::new(());
    HELD.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Locks the list of this process's temporary files. Signals wait until the guard is dropped.
fn names() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    static NAMES: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
    NAMES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes the temporary files before a signal ends the process.
fn remove_all() {
    let (held, names) = (hold_signals(), names());
    for name in names.iter() {
        let _ = fs::remove_file(name);
    }
    // Both stay locked, so that no other thread creates a file before the process ends.
    std::mem::forget((held, names));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(result: Result<Temporary, Failure>) -> String {
        result.map(drop).unwrap_err().to_string()
    }

    #[test]
    fn a_lock_is_waited_for_only_so_long() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let first = Temporary::create(&path, Busy::Fail).unwrap();
        let failure = message(Temporary::create(&path, Busy::Wait(Duration::from_millis(50))));
        let name = first.path().display().to_string();
        assert!(failure.contains(&name) && failure.contains("still has the lock"), "{failure}");
        assert!(message(Temporary::create(&path, Busy::Fail)).contains("another process"));
        drop(first);
        Temporary::create(&path, Busy::Fail).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn only_a_file_of_one_link_is_taken_for_a_stale_one() {
        let folder = tempfile::tempdir().unwrap();
        let (path, other) = (folder.path().join("file"), folder.path().join("other"));
        let name = name(&path);
        fs::write(&other, "the user's own").unwrap();
        fs::hard_link(&other, &name).unwrap();
        let failure = message(Temporary::create(&path, Busy::Fail));
        assert!(failure.ends_with("has other hard links"), "{failure}");
        // A second link to the file itself, as a killed run can leave it.
        fs::rename(&other, &path).unwrap();
        Temporary::create(&path, Busy::Fail).unwrap();
        assert!(path.exists() && !name.exists());
    }

    /// A signal must not remove another process's file.
    #[test]
    fn a_dropped_temporary_file_is_not_listed_any_more() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        drop(Temporary::create(&path, Busy::Fail).unwrap());
        Temporary::create(&path, Busy::Fail).unwrap().persist(&path, true).unwrap();
        assert!(!names().contains(&name(&path)));
    }

    #[test]
    fn the_name_of_a_temporary_file_has_a_tag() {
        // The tag is from Python's hashlib.
        let ours = ".c.yml.oidc-secret-1abf579ec8ed6d18";
        assert_eq!(name("c.yml".as_ref()), Path::new("./").join(ours));
        for name in [
            ours,
            ".c.yml.oidc-secret-1abf579ec8ed6d18-old-1",
            "a/.c.yml.oidc-secret-1abf579ec8ed6d18",
        ] {
            assert!(is_ours(name.as_ref()), "{name}");
        }
        for name in [
            ".c.yml.oidc-secret",
            ".d.yml.oidc-secret-1abf579ec8ed6d18",
            "c.yml.oidc-secret-1abf579ec8ed6d18",
            "",
        ] {
            assert!(!is_ours(name.as_ref()), "{name}");
        }
    }
}
