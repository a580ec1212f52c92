//! Temporary files beside the files that they become. The name follows from the file's name, so that
//! the next run finds a stale one, and it is locked, so that two processes do not write the same file.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, OFlags, flock};
use rustix::io::Errno;
use rustix::process::geteuid;
use sha2::{Digest, Sha256};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;
use tempfile::TempPath;

use crate::cli::failure::Failure;
use crate::cli::terminal::output::hint;

/// A temporary file, removed when dropped.
pub(crate) struct Temporary {
    /// Dropped before the lock: another process's file of this name must not be removed.
    name: Name,
    /// Open, and locked as long as it is.
    pub(crate) file: File,
}

/// What to do while another process writes the same file.
#[derive(Clone, Copy)]
pub(crate) enum Busy {
    Wait(Duration),
    Fail,
}

impl Temporary {
    /// Creates the temporary file of `path`, of mode 0600. A stale one is replaced.
    pub(crate) fn create(path: &Path, busy: Busy) -> Result<Self, Failure> {
        let name = name(path);
        let fail = |error: io::Error| unusable(path, &name, &error);
        remove_on_signals().map_err(fail)?;
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
        // No signal may come between the creation and the entry in the list.
        let mut names = names();
        let mut options = OpenOptions::new();
        let file = match options.read(true).write(true).create_new(true).mode(0o600).open(name) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => return Ok(None),
            opened => opened?,
        };
        match lock(&file) {
            Ok(true) if is_same(&file, name) => {}
            // Before it was locked, another process has taken it for a stale one.
            Ok(_) => return Ok(None),
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

    /// Gives the file its real name, under which another file is replaced or, if not to be, kept.
    pub(crate) fn persist(self, path: &Path, replace: bool) -> io::Result<File> {
        let Self { name, file } = self;
        // From here on the temporary name may be another process's.
        names().remove(&name.0);
        let name = TempPath::try_from_path(&name.0)?;
        let persisted = if replace { name.persist(path) } else { name.persist_noclobber(path) };
        persisted.map_err(|error| error.error)?;
        Ok(file)
    }
}

/// The name of a temporary file of this process. Dropping it removes the file, if it is still listed.
struct Name(PathBuf);

impl Drop for Name {
    fn drop(&mut self) {
        // Under one lock: after the removal another process may use the name, and a signal must not
        // remove its file.
        let mut names = names();
        if names.remove(&self.0) {
            let _ = fs::remove_file(&self.0);
        }
    }
}

/// Removes a stale temporary file; `false` if another process has locked it.
fn clear(path: &Path, name: &Path) -> Result<bool, Failure> {
    let fail = |error: io::Error| unusable(path, name, &error);
    // Before it is opened: another user's file may not even be readable.
    let found = match fs::symlink_metadata(name) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(true),
        found => found.map_err(fail)?,
    };
    refuse_foreign(path, name, &found)?;
    let flags = i32::try_from((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits()).unwrap_or(0);
    let file = match OpenOptions::new().read(true).custom_flags(flags).open(name) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(true),
        opened => opened.map_err(fail)?,
    };
    if !lock(&file).map_err(fail)? {
        return Ok(false);
    }
    if is_same(&file, name) {
        refuse_foreign(path, name, &file.metadata().map_err(fail)?)?;
        fs::remove_file(name).map_err(fail)?;
    }
    Ok(true)
}

/// Refuses a file that has the temporary name of `path` and cannot be a stale one of this program.
fn refuse_foreign(path: &Path, name: &Path, found: &Metadata) -> Result<(), Failure> {
    let target = fs::symlink_metadata(path).ok();
    // Where a rename cannot refuse to replace, a file is linked to its real name, and then loses the
    // temporary one: a run that is killed between the two leaves both.
    if target.as_ref().is_some_and(|target| identity(target) == identity(found)) {
        return Ok(());
    }
    // Root gives the new file to the owner of the old one before it is renamed.
    refuse_foreign_owner(name, found, target.map(|target| target.uid()))?;
    match found.nlink() {
        1 => Ok(()),
        _ => Err(refused(name, "has other hard links")),
    }
}

/// Refuses anything but a regular file of this user or, for root, of another one.
pub(crate) fn refuse_foreign_owner(
    name: &Path,
    found: &Metadata,
    other: Option<u32>,
) -> Result<(), Failure> {
    let (user, owner) = (geteuid(), found.uid());
    if !found.is_file() {
        return Err(refused(name, "is not a regular file"));
    }
    if owner != user.as_raw() && !(user.is_root() && other == Some(owner)) {
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

/// A failure at the temporary name of `path`, which is the name that the user knows.
pub(crate) fn unusable(path: &Path, name: &Path, error: &io::Error) -> Failure {
    if error.kind() == ErrorKind::InvalidFilename {
        let text = format!("the file name of {} is too long", path.display());
        return Failure::new(text)
            .hint("the name of the temporary file beside it is about 40 bytes longer");
    }
    let hint = format!("the contents go to {} first", name.display());
    Failure::io("write", path, error).hint(hint)
}

/// Waits a moment for another process that writes the file, at most until `end`.
fn wait(path: &Path, name: &Path, busy: Busy, end: &mut Option<Instant>) -> Result<(), Failure> {
    /// Between two attempts: a blocking `flock` has no time limit.
    const PAUSE: Duration = Duration::from_millis(20);
    let Busy::Wait(limit) = busy else {
        let text = format!("cannot write {}: another process is writing it", path.display());
        return Err(Failure::new(text).hint("run this again when that process has ended"));
    };
    let seconds = limit.as_secs();
    let end = *end.get_or_insert_with(|| {
        hint(&format!("another process is changing the file: waiting for up to {seconds} seconds"));
        Instant::now() + limit
    });
    if Instant::now() < end {
        std::thread::sleep(PAUSE);
        return Ok(());
    }
    let (path, name) = (path.display(), name.display());
    Err(Failure::new(format!(
        "cannot write {path}: after {seconds} seconds {name} is still locked"
    ))
    .hint("wait for the process that holds the lock, or end it, then run this again"))
}

/// Locks a file; `false` if another process has locked it.
fn lock(file: &File) -> io::Result<bool> {
    match flock(file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(true),
        Err(Errno::WOULDBLOCK) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Whether the name is that of the open file.
pub(crate) fn is_same(file: &File, name: &Path) -> bool {
    let (Ok(open), Ok(named)) = (file.metadata(), fs::symlink_metadata(name)) else {
        return false;
    };
    identity(&open) == identity(&named)
}

/// Equal for two names of one file.
pub(crate) fn identity(found: &Metadata) -> (u64, u64) {
    (found.dev(), found.ino())
}

/// Between a file's name and the tag in the name of its temporary file.
const MARK: &str = ".oidc-secret-";

/// The name of the temporary file of `path`.
pub(crate) fn name(path: &Path) -> PathBuf {
    let file = path.file_name().unwrap_or_default();
    let mut name = OsString::from(".");
    name.push(file);
    name.push(MARK);
    name.push(tag(file));
    folder(path).join(name)
}

/// Whether a name is that of a temporary file, or of a previous version that is kept for a while.
pub(crate) fn is_ours(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().as_bytes();
    let mut marks = name.windows(MARK.len());
    let Some(mark) = marks.rposition(|bytes| bytes == MARK.as_bytes()) else { return false };
    let (file, end) = name.split_at(mark);
    let is_tagged = |file| end[MARK.len()..].starts_with(tag(OsStr::from_bytes(file)).as_bytes());
    file.strip_prefix(b".").is_some_and(is_tagged)
}

/// A tag that no other program puts after the file's name: with it a stale file is known to be ours.
fn tag(file: &OsStr) -> String {
    let hash =
        Sha256::new_with_prefix("oidc-secret temporary file\0").chain_update(file.as_bytes());
    let start = hash.finalize().first_chunk().map_or(0, |start| u64::from_be_bytes(*start));
    format!("{start:016x}")
}

/// The folder that a file is in.
pub(crate) fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Lets signals wait as long as the guard lives, for several files that belong together.
pub(crate) fn hold_signals() -> MutexGuard<'static, ()> {
    static HELD: Mutex<()> = Mutex::new(());
    HELD.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The names of the temporary files of this process. Signals wait as long as the guard lives.
fn names() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    static NAMES: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
    NAMES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes the temporary files when the process is interrupted, before it ends.
fn remove_on_signals() -> io::Result<()> {
    static STARTED: Once = Once::new();
    let mut result = Ok(());
    STARTED.call_once(|| {
        result = Signals::new([SIGINT, SIGTERM, SIGHUP, SIGQUIT]).map(|mut signals| {
            std::thread::spawn(move || {
                for signal in signals.forever() {
                    let _undisturbed = hold_signals();
                    let names = names();
                    for name in names.iter() {
                        let _ = fs::remove_file(name);
                    }
                    let _ = signal_hook::low_level::emulate_default_handler(signal);
                }
            });
        });
    });
    result
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
        assert!(failure.contains(&name) && failure.contains("still locked"), "{failure}");
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
        // A second name of the file itself, as a killed run can leave it.
        fs::rename(&other, &path).unwrap();
        Temporary::create(&path, Busy::Fail).unwrap();
        assert!(path.exists() && !name.exists());
    }

    /// A signal then removes nothing of another process's.
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
