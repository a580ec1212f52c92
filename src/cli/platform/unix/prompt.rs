//! Prompt for a secret on the terminal, with echo off.
//!
//! However the prompt ends, neither echo nor a half-typed secret may be left behind. So it waits
//! for signals and the keyboard together, restores the terminal, and only then lets the signal end
//! the process.
//!
//! The crate rpassword is not used: run in a pseudo-terminal, its version 7.5.4 leaves echo off
//! after Ctrl-C, SIGTERM and SIGHUP, drops a tab, turns an invalid byte into U+FFFD (another
//! secret, without a word) and leaves type-ahead to the shell.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use zeroize::Zeroizing;

use crate::cli::failure::{Failure, reason};

/// Longest line that a terminal delivers at once (Linux: 4,096 bytes with the line end).
const MAX_LINE: usize = 4095;

/// Terminal with echo off, until dropped.
pub(crate) struct Prompt {
    terminal: File,
    before: Termios,
    quiet: Termios,
    signals: Signals,
}

impl Prompt {
    /// Opens `/dev/tty` and turns echo off.
    pub(crate) fn open() -> Result<Self, Failure> {
        let terminal = OpenOptions::new().read(true).write(true).open("/dev/tty");
        let terminal = terminal.map_err(|_| {
            Failure::new("no terminal to prompt for the secret")
                .hint("use --secret-file PATH, --secret-env NAME or a pipe")
        })?;
        let signals = Signals::catch().map_err(|error| unusable(&error))?;
        let before = tcgetattr(&terminal).map_err(|error| unusable(&error.into()))?;
        let mut quiet = before.clone();
        quiet.local_modes -= LocalModes::ECHO | LocalModes::ECHONL;
        quiet.local_modes |= LocalModes::ICANON | LocalModes::ISIG;
        // Ctrl-Z is off: a suspended prompt would leave the shell a terminal without echo.
        quiet.special_codes[SpecialCodeIndex::VSUSP] = 0;
        tcsetattr(&terminal, OptionalActions::Flush, &quiet)
            .map_err(|error| unusable(&error.into()))?;
        Ok(Self { terminal, before, quiet, signals })
    }

    /// Prints a question and reads the answer, without its line end.
    pub(crate) fn ask(&mut self, question: &str) -> Result<Zeroizing<Vec<u8>>, Failure> {
        self.print(question)?;
        let mut line = Zeroizing::new(vec![0; MAX_LINE + 1]);
        let length = self.read(question, &mut line)?;
        self.print("\n")?;
        match line[..length].split_last() {
            Some((b'\n', rest)) => {
                let length = rest.len();
                if length >= MAX_LINE {
                    return Err(Failure::new("the secret is too long to be typed on a terminal")
                        .hint("use --secret-file PATH"));
                }
                line.truncate(length);
                Ok(line)
            }
            // End of input (Ctrl-D): the text before it was not confirmed with Enter.
            _ => Err(Failure::new("no secret was entered")),
        }
    }

    fn print(&mut self, text: &str) -> Result<(), Failure> {
        self.terminal.write_all(text.as_bytes()).map_err(|error| unusable(&error))
    }

    /// Waits for a line or a signal.
    fn read(&mut self, question: &str, line: &mut [u8]) -> Result<usize, Failure> {
        loop {
            let mut waiting = [
                PollFd::new(&self.terminal, PollFlags::IN),
                PollFd::new(&self.signals.wake, PollFlags::IN),
            ];
            let typed = match poll(&mut waiting, None) {
                Err(error) if error == rustix::io::Errno::INTR => false,
                Err(error) => return Err(unusable(&error.into())),
                Ok(_) => !waiting[0].revents().is_empty(),
            };
            if let Some(signal) = self.signals.caught() {
                let _ = self.print("\n");
                return Err(Failure::Interrupted { signal });
            }
            if self.signals.continued() {
                // The shell has put its own settings in place of ours.
                tcsetattr(&self.terminal, OptionalActions::Flush, &self.quiet)
                    .map_err(|error| unusable(&error.into()))?;
                self.print(question)?;
            } else if typed {
                return self.terminal.read(line).map_err(|error| unusable(&error));
            }
        }
    }
}

impl Drop for Prompt {
    fn drop(&mut self) {
        // Type-ahead is dropped: the rest of a pasted secret must not become a command of the
        // shell. If the terminal is gone, nothing can be done.
        let _ = tcsetattr(&self.terminal, OptionalActions::Flush, &self.before);
    }
}

/// Signals that would end the process, held back while a prompt is open.
struct Signals {
    /// Readable once a signal has arrived.
    wake: UnixStream,
    /// Signal that arrived, or 0.
    which: Arc<AtomicUsize>,
    /// Whether the process was stopped and continued.
    continued: Arc<AtomicBool>,
    /// Set when the prompt is closed: signals have their usual effect again.
    over: Arc<AtomicBool>,
}

impl Signals {
    fn catch() -> std::io::Result<Self> {
        let (wake, waker) = UnixStream::pair()?;
        let which = Arc::new(AtomicUsize::new(0));
        let over = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM, SIGHUP, SIGQUIT] {
            let number = usize::try_from(signal).unwrap_or_default();
            signal_hook::flag::register_conditional_default(signal, Arc::clone(&over))?;
            signal_hook::flag::register_usize(signal, Arc::clone(&which), number)?;
            signal_hook::low_level::pipe::register(signal, waker.try_clone()?)?;
        }
        let continued = Arc::new(AtomicBool::new(false));
        signal_hook::flag::register(SIGCONT, Arc::clone(&continued))?;
        signal_hook::low_level::pipe::register(SIGCONT, waker)?;
        Ok(Self { wake, which, continued, over })
    }

    fn caught(&self) -> Option<i32> {
        match self.which.load(Ordering::SeqCst) {
            0 => None,
            number => i32::try_from(number).ok(),
        }
    }
}

impl Signals {
    /// Whether the process was continued since the last call. Empties the pipe.
    fn continued(&mut self) -> bool {
        let continued = self.continued.swap(false, Ordering::SeqCst);
        if continued {
            let _ = self.wake.read(&mut [0; 64]);
        }
        continued
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
    }
}

fn unusable(error: &std::io::Error) -> Failure {
    Failure::new(format!("cannot use the terminal: {}", reason(error)))
        .hint("use --secret-file PATH, --secret-env NAME or a pipe")
}
