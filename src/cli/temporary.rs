//! Temporary files beside the files that they become: one for each, so that what a killed process has
//! left is found again, and locked, so that two processes do not write the same file.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use rustix::fs::{FlockOperation, OFlags, flock};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;
use tempfile::TempPath;

use super::output::hint;

/// A temporary file, gone when it is dropped.
pub(crate) struct Temporary {
    /// Dropped before the lock is: another process's file of this name must not be removed.
    pub(crate) path: TempPath,
    /// Open, and locked as long as it is.
    pub(crate) file: File,
}

/// What to do about another process that is writing the same file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Busy {
    Wait,
    Fail,
}

impl Temporary {
    /// Creates the temporary file of `path`, of mode 0600. One that nobody is writing any more is
    /// replaced.
    pub(crate) fn create(path: &Path, busy: Busy) -> io::Result<Self> {
        let name = name(path);
        remove_on_signals()?;
        let mut is_waiting = false;
        loop {
            // Between the creation and the list of names no signal may come.
            let mut names = names();
            match OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&name)
            {
                Ok(file) => {
                    names.push(name.clone());
                    drop(names);
                    let path = TempPath::try_from_path(&name)?;
                    flock(&file, FlockOperation::LockExclusive)?;
                    if is_same(&file, &name) {
                        return Ok(Self { path, file });
                    }
                    // Somebody took it for a leftover in the moment before it was locked.
                    path.keep()?;
                }
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                    drop(names);
                    clear(&name, busy, &mut is_waiting)?;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Gives the file its real name, under which another file is replaced or, if not to be, kept.
    pub(crate) fn persist(self, path: &Path, replace: bool) -> io::Result<()> {
        // From here on the temporary name may be another process's.
        let mut names = names();
        names.retain(|name| **name != *self.path);
        let persisted =
            if replace { self.path.persist(path) } else { self.path.persist_noclobber(path) };
        persisted.map_err(|error| error.error)
    }
}

/// Removes the temporary files that killed processes have left in a folder. One that is in use, or
/// another name of a file, is none, unless it is the caller's own.
pub(crate) fn sweep(folder: &Path, own: Option<&Path>) {
    for path in ours(folder).filter(|path| path.to_string_lossy().ends_with(SUFFIX)) {
        let is_alone = fs::symlink_metadata(&path).is_ok_and(|found| found.nlink() == 1);
        if is_alone || Some(&*path) == own {
            let _ = clear(&path, Busy::Fail, &mut false);
        }
    }
}

/// Says where killed processes have left an old secret, which may be the one in use.
pub(crate) fn tell_of_kept(folder: &Path) {
    for path in ours(folder).filter(|path| !path.to_string_lossy().ends_with(SUFFIX)) {
        let path = path.display();
        hint(&format!(
            "{path} is a file that was to be replaced when a run was killed: its secret may be in use"
        ));
    }
}

fn ours(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| is_ours(path))
}

/// How the names of temporary files end.
const SUFFIX: &str = ".oidc-secret";

/// Whether a name is that of a temporary file, or of an old one that is kept for a while.
pub(crate) fn is_ours(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let is_kept = || name.contains(&format!("{SUFFIX}-old-"));
    name.starts_with('.') && (name.ends_with(SUFFIX) || is_kept())
}

/// Removes a leftover, once its lock can be had.
fn clear(name: &Path, busy: Busy, is_waiting: &mut bool) -> io::Result<()> {
    // What is no file of ours must neither be followed nor waited for.
    let flags = i32::try_from((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits()).unwrap_or(0);
    let file = match OpenOptions::new().read(true).custom_flags(flags).open(name) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    if flock(&file, FlockOperation::NonBlockingLockExclusive).is_err() {
        if busy == Busy::Fail {
            return Err(io::Error::new(ErrorKind::ResourceBusy, "another process is writing it"));
        }
        if !*is_waiting {
            hint("another process is changing the file: waiting for it");
            *is_waiting = true;
        }
        flock(&file, FlockOperation::LockExclusive)?;
    }
    if is_same(&file, name) {
        fs::remove_file(name)?;
    }
    Ok(())
}

/// Whether the name is that of the open file.
fn is_same(file: &File, name: &Path) -> bool {
    let (Ok(open), Ok(named)) = (file.metadata(), fs::symlink_metadata(name)) else {
        return false;
    };
    (open.dev(), open.ino()) == (named.dev(), named.ino())
}

/// The name of the temporary file of `path`.
pub(crate) fn name(path: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(SUFFIX);
    folder(path).join(name)
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

/// The temporary names that this process has used. Who holds the lock is not interrupted.
fn names() -> MutexGuard<'static, Vec<PathBuf>> {
    static NAMES: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());
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
