//! Standard output for results, standard error for messages.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{ErrorKind, IsTerminal, Write};
use std::os::fd::AsFd;

use oidc_secret::{Finding, Severity};
use rustix::fs::OFlags;

use super::failure::{Failure, reason};
use super::visible::{is_invisible, visible};

/// Standard output without the standard library's buffer, in which secrets would stay behind.
pub(crate) struct Stdout(File);

impl Stdout {
    /// For a result that must not be lost: refuses a standard output that was closed.
    pub(crate) fn for_result() -> Result<Self, Failure> {
        if was_closed(&std::io::stdout()) {
            let text = "standard output is closed, or /dev/null opened for reading too: the result would \
                        be lost";
            return Err(Failure::new(text).hint("to discard it, use `> /dev/null`"));
        }
        Self::open()
    }

    pub(crate) fn open() -> Result<Self, Failure> {
        let fd = std::io::stdout().as_fd().try_clone_to_owned();
        fd.map(|fd| Self(fd.into())).map_err(|error| unwritable(&error))
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.0.write_all(bytes).map_err(|error| match error.kind() {
            ErrorKind::BrokenPipe => Failure::BrokenPipe,
            _ => unwritable(&error),
        })
    }
}

fn unwritable(error: &std::io::Error) -> Failure {
    Failure::new(format!("cannot write to standard output: {}", reason(error)))
}

/// Whether standard output was closed when the process began.
///
/// Rust's runtime opens `/dev/null` for reading and writing in the place of a closed descriptor,
/// so that what is written there vanishes and nothing fails. `> /dev/null` opens it for writing
/// only, which tells a wish from an accident.
fn was_closed(stdout: &std::io::Stdout) -> bool {
    let Ok(flags) = rustix::fs::fcntl_getfl(stdout) else {
        return true;
    };
    let (Ok(ours), Ok(null)) = (rustix::fs::fstat(stdout), rustix::fs::stat("/dev/null")) else {
        return false;
    };
    flags & OFlags::RWMODE == OFlags::RDWR && ours.st_rdev == null.st_rdev && null.st_rdev != 0
}

/// Whether what is printed may be coloured.
pub(crate) fn colours() -> bool {
    let forbidden = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    std::io::stdout().is_terminal() && !forbidden
}

/// What was found, for people: an empty line before each.
pub(crate) fn findings(findings: &[Finding]) -> String {
    let mut text = String::new();
    for finding in findings {
        let severity = painted(finding.code.severity());
        let (code, message, fix) = (finding.code, visible(&finding.message), finding.fix);
        // Writing to a string cannot fail.
        let _ = writeln!(text, "\n{severity} {code}: {message}");
        if let Some((digest, position)) = &finding.mark {
            // A place for each character, or the mark would be under another one.
            let shown = digest.replace(is_invisible, "\u{fffd}");
            let _ = writeln!(text, "  {shown}\n  {:>width$}", "^", width = position + 1);
        }
        let _ = writeln!(text, "  {fix}");
    }
    text
}

fn painted(severity: Severity) -> String {
    let (name, colour) = match severity {
        Severity::Error => ("error", 31),
        Severity::Warning => ("warning", 33),
        Severity::Note => ("note", 36),
    };
    if colours() { format!("\x1b[1;{colour}m{name}\x1b[0m") } else { name.to_owned() }
}

/// One line on standard error. If that fails there is nobody left to tell.
pub(crate) fn message(kind: &str, text: &str) {
    let _ = say(kind, text);
}

/// One line on standard error that is part of the result.
pub(crate) fn must_say(kind: &str, text: &str) -> Result<(), Failure> {
    say(kind, text).map_err(|error| {
        Failure::new(format!("cannot write to standard error: {}", reason(&error)))
    })
}

fn say(kind: &str, text: &str) -> std::io::Result<()> {
    let line = format!("oidc-secret: {kind}: {}\n", visible(text));
    std::io::stderr().write_all(line.as_bytes())
}

/// Something that is likely wrong, though it works.
pub(crate) fn warn(text: &str) {
    message("warning", text);
}

/// Something that is good to know.
pub(crate) fn hint(text: &str) {
    message("hint", text);
}
