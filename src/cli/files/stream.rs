//! Files that are also a standard stream of this process, as with `> FILE`.

use std::fs::File;
use std::io;
use std::path::Path;

use crate::cli::failure::Failure;
use crate::cli::platform::status::Status;
use crate::cli::platform::streams;

/// Refuses to replace a file that standard output or standard error is written to: what is printed would
/// be lost with the old file.
pub(crate) fn refuse_stream(path: &Path) -> Result<(), Failure> {
    let Ok(file) = Status::of_target(path) else { return Ok(()) };
    let is_file = |stream: io::Result<File>| {
        stream.and_then(|stream| Status::of_file(&stream)).is_ok_and(|found| found.is_same(&file))
    };
    let stream = match () {
        () if is_file(streams::output_file()) => "standard output",
        () if is_file(streams::error_file()) => "standard error",
        () => return Ok(()),
    };
    let path = path.display();
    let text =
        format!("{stream} goes into {path}, which this run replaces: the output would be lost");
    Err(Failure::new(text).hint("redirect it to another file"))
}
