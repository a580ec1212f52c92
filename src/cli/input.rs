//! Reading of secrets, digests and configurations.

use std::fs::File;
use std::io::{self, ErrorKind, IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use oidc_secret::authelia::Encryption;
use zeroize::Zeroizing;

use crate::cli::failure::{Failure, reason};
use crate::cli::platform::file_type::{is_device, is_fifo, is_socket};
use crate::cli::platform::streams;

/// Size limit of a secret and of a digest, in bytes: more than any system accepts.
const MAX_SECRET: usize = 64 << 10;
/// Size limit of a configuration, in bytes.
const MAX_CONFIG: usize = 256 << 20;
/// Size limit of an application's file, in bytes: more than any application needs.
const MAX_APPLICATION: usize = 1 << 20;
/// First buffer for a stream of unknown size, in bytes.
const FIRST: usize = 64 << 10;
/// Time to wait for another process to open a FIFO for writing.
const PATIENCE: Duration = Duration::from_secs(10);

/// Reads a digest from a file, without one trailing line end.
pub(crate) fn digest_file(path: &Path) -> Result<String, Failure> {
    let (file, place) = named(path)?;
    let bytes = limited_secret(file, &place)?;
    let text = text(without_line_end(bytes), &place)?;
    encrypted(text.as_bytes(), &place).map_or(Ok(()), Err)?;
    Ok(text.to_string())
}

/// Reads a configuration; `-` is standard input.
pub(crate) fn config_file(path: &Path) -> Result<Zeroizing<String>, Failure> {
    let (file, place) = named(path)?;
    config(file, &place)
}

/// Reads the file of an application; `-` is standard input.
pub(crate) fn application_file(path: &Path) -> Result<Zeroizing<String>, Failure> {
    let (file, place) = named(path)?;
    text(limited(file, FIRST, MAX_APPLICATION, &place)?, &place)
}

/// Reads a file that a configuration refers to. Here `-` is an ordinary file name.
pub(crate) fn referenced_file(path: &Path) -> Result<Zeroizing<String>, Failure> {
    let place = path.display().to_string();
    let text = config(open(path)?, &place)?;
    encrypted(text.as_bytes(), &place).map_or(Ok(text), Err)
}

fn config(file: File, place: &str) -> Result<Zeroizing<String>, Failure> {
    // Pipes have no size, and files in /proc report 0.
    let size = file.metadata().map_or(0, |metadata| metadata.len());
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    text(limited(file, size.max(FIRST), MAX_CONFIG, place)?, place)
}

/// Opens a file that will be read to its end. Some devices, such as /dev/zero, have no end.
pub(crate) fn bounded(path: &Path) -> Result<File, Failure> {
    let file = open(path)?;
    let is_device = file.metadata().is_ok_and(|metadata| is_device(metadata.file_type()));
    if is_device && !file.is_terminal() && path != Path::new("/dev/null") {
        return Err(Failure::new(format!("{} is a device", path.display())));
    }
    Ok(file)
}

/// Returns a failure that names the tool with which a file is encrypted; `None` if it is not
/// encrypted.
pub(crate) fn encrypted(contents: &[u8], place: &str) -> Option<Failure> {
    let tool = Encryption::of(contents)?;
    let failure = Failure::new(format!("{place}: encrypted with {tool}"));
    Some(failure.hint("decrypt it first, and give the decrypted file"))
}

/// Returns the name of a file for messages; `-` is standard input.
pub(crate) fn name(path: &Path) -> String {
    if path.as_os_str() == "-" { "standard input".to_owned() } else { path.display().to_string() }
}

/// Opens a file, and returns the name for messages; `-` is standard input.
fn named(path: &Path) -> Result<(File, String), Failure> {
    let file = if path.as_os_str() == "-" { stdin()? } else { open(path)? };
    Ok((file, name(path)))
}

/// Returns standard input for a batch. On a terminal it is refused, because typed secrets would be
/// echoed.
pub(crate) fn batch() -> Result<File, Failure> {
    if io::stdin().is_terminal() {
        return Err(Failure::new("--batch reads standard input, which is the terminal")
            .hint("redirect a file to it, or use a pipe"));
    }
    stdin()
}

/// Returns standard input without the standard library's buffer, where secrets would stay unwiped.
pub(crate) fn stdin() -> Result<File, Failure> {
    streams::input().map_err(|error| unreadable(&error))
}

/// Failure while reading standard input.
pub(crate) fn unreadable(error: &io::Error) -> Failure {
    Failure::new(format!("cannot read standard input: {}", reason(error)))
}

/// Opens a file that the user names.
pub(crate) fn open(path: &Path) -> Result<File, Failure> {
    let fail = |error: io::Error| Failure::io("read", path, &error);
    let kind = std::fs::metadata(path).map_err(fail)?.file_type();
    let not_a_file = |what: &str| {
        let text = format!("cannot read {}: it is a {what}", path.display());
        Err(Failure::new(text).hint("give the name of a file"))
    };
    if kind.is_dir() {
        not_a_file("folder")
    } else if is_socket(kind) {
        not_a_file("socket")
    } else if is_fifo(kind) {
        open_fifo(path, PATIENCE)
    } else {
        File::open(path).map_err(fail)
    }
}

/// Opens a FIFO. This blocks until another process opens it for writing, so it happens in a thread,
/// with a time limit.
///
/// With `O_NONBLOCK` it would not block, and `poll` could wait for data. But while a FIFO is empty,
/// nothing that leaves its data unread tells whether it has a writer: a password manager may be
/// asking for its PIN.
fn open_fifo(path: &Path, patience: Duration) -> Result<File, Failure> {
    let fail = |error: io::Error| Failure::io("read", path, &error);
    let (sender, opened) = mpsc::channel();
    let name = PathBuf::from(path);
    // If no writer comes, this thread ends with the process.
    let thread = std::thread::Builder::new().spawn(move || sender.send(File::open(name)));
    thread.map_err(fail)?;
    opened.recv_timeout(patience).map_or_else(
        |_| {
            let text = format!("{} is a FIFO that no process writes to", path.display());
            Err(Failure::new(text).hint("start the program that writes to it first"))
        },
        |file| file.map_err(fail),
    )
}

fn text(mut bytes: Zeroizing<Vec<u8>>, place: &str) -> Result<Zeroizing<String>, Failure> {
    String::from_utf8(std::mem::take(&mut *bytes)).map(Zeroizing::new).map_err(|error| {
        let byte = error.utf8_error().valid_up_to() + 1;
        let bytes = Zeroizing::new(error.into_bytes());
        if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
            return Failure::new(format!("{place}: this is UTF-16")).hint("save it as UTF-8");
        }
        encrypted(&bytes, place)
            .unwrap_or_else(|| Failure::new(format!("{place}: invalid UTF-8 from byte {byte} on")))
    })
}

/// Reads a secret or a digest into one buffer that is never reallocated.
pub(crate) fn limited_secret(
    reader: impl Read,
    place: &str,
) -> Result<Zeroizing<Vec<u8>>, Failure> {
    limited(reader, MAX_SECRET, MAX_SECRET, place)
}

/// Reads to the end, and refuses more than `limit` bytes. The buffer is reallocated only if there
/// is more than expected.
fn limited(
    mut reader: impl Read,
    expected: usize,
    limit: usize,
    place: &str,
) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let mut buffer = Zeroizing::new(vec![0; expected.min(limit) + 1]);
    let mut length = 0;
    while length <= limit {
        if length == buffer.len() {
            buffer = larger(&buffer, limit + 1);
        }
        match reader.read(&mut buffer[length..]) {
            Ok(0) => {
                buffer.truncate(length);
                return Ok(buffer);
            }
            Ok(count) => length += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => {
                return Err(Failure::new(format!("cannot read {place}: {}", reason(&error))));
            }
        }
    }
    let limit = if limit < 1 << 20 {
        format!("{} KiB", limit >> 10)
    } else {
        format!("{} MiB", limit >> 20)
    };
    Err(Failure::new(format!("{place} is larger than {limit}, the maximum")))
}

/// Copies the bytes to a buffer of twice the size. `Vec` would not wipe the old one.
fn larger(bytes: &[u8], limit: usize) -> Zeroizing<Vec<u8>> {
    let mut larger = Zeroizing::new(vec![0; (2 * bytes.len()).min(limit)]);
    larger[..bytes.len()].copy_from_slice(bytes);
    larger
}

pub(crate) fn without_line_end(mut bytes: Zeroizing<Vec<u8>>) -> Zeroizing<Vec<u8>> {
    let kept = bytes.strip_suffix(b"\n").map(|rest| rest.strip_suffix(b"\r").unwrap_or(rest));
    if let Some(length) = kept.map(<[u8]>::len) {
        bytes.truncate(length);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_end_is_dropped() {
        for (given, kept) in [
            ("a\n", "a"),
            ("a\r\n", "a"),
            ("a\n\n", "a\n"),
            ("a\r", "a\r"),
            (" a ", " a "),
            ("\n", ""),
            ("", ""),
        ] {
            let bytes = Zeroizing::new(given.as_bytes().to_vec());
            assert_eq!(*without_line_end(bytes), kept.as_bytes(), "{given:?}");
        }
    }
}
