//! The standard streams without the standard library's buffers, where secrets would stay unwiped.

use std::fs::File;
use std::io::{self, IsTerminal, Stdout, Write, stderr, stdin, stdout};
use std::os::windows::io::AsHandle;

/// Standard output for what may be a secret.
pub(crate) enum Output {
    /// A console takes UTF-16, which the standard library writes. Its buffer keeps the last line until the process
    /// ends.
    Console(Stdout),
    File(File),
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Console(console) => console.write(bytes),
            Self::File(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Console(console) => console.flush(),
            Self::File(file) => file.flush(),
        }
    }
}

/// Returns a copy of standard input.
pub(crate) fn input() -> io::Result<File> {
    stdin().as_handle().try_clone_to_owned().map(File::from)
}

/// Returns a copy of standard output.
pub(crate) fn output() -> io::Result<Output> {
    let stdout = stdout();
    if stdout.is_terminal() { Ok(Output::Console(stdout)) } else { output_file().map(Output::File) }
}

/// Returns a copy of standard output, to compare it with a file.
pub(crate) fn output_file() -> io::Result<File> {
    stdout().as_handle().try_clone_to_owned().map(File::from)
}

/// Returns a copy of standard error, to compare it with a file.
pub(crate) fn error_file() -> io::Result<File> {
    stderr().as_handle().try_clone_to_owned().map(File::from)
}

/// Always `false`: a process without standard output is not recognised here.
pub(crate) fn is_output_closed() -> bool {
    false
}

/// Always `false`: a process without standard error is not recognised here.
pub(crate) fn is_error_closed() -> bool {
    false
}
