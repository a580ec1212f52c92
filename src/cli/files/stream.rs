//! Files that are also a standard stream of this process, as with `> FILE`.

use std::fs;
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use crate::cli::failure::Failure;

/// Refuses to replace a file that standard output or standard error is written to: what is printed would
/// be lost with the old file.
pub(crate) fn refuse_stream(path: &Path) -> Result<(), Failure> {
    let Ok(file) = fs::metadata(path) else { return Ok(()) };
    let is_file = |stream: &dyn AsFd| {
        rustix::fs::fstat(stream.as_fd())
            .is_ok_and(|found| (found.st_dev, found.st_ino) == (file.dev(), file.ino()))
    };
    let stream = match () {
        () if is_file(&std::io::stdout()) => "standard output",
        () if is_file(&std::io::stderr()) => "standard error",
        () => return Ok(()),
    };
    let path = path.display();
    let text =
        format!("{stream} goes into {path}, which this run replaces: the output would be lost");
    Err(Failure::new(text).hint("redirect it to another file"))
}
