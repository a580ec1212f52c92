//! A program that prints the secret, such as a password manager.

use std::io::{self, IsTerminal};
use std::process::{Command, ExitStatus, Stdio};

use zeroize::Zeroizing;

use crate::cli::failure::{Failure, reason};
use crate::cli::input::limited_secret;

/// The name of its output in messages. The words themselves are not shown: they may be the secret, by mistake.
pub(crate) const PLACE: &str = "output of --secret-cmd";

/// Runs a command without a shell, and returns what it prints on standard output.
///
/// Words are separated as in a shell. Its messages and questions go to the terminal as usual. Standard input is
/// its own only on a terminal: elsewhere it may be the configuration.
pub(crate) fn output(command: &str) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let words =
        shlex::split(command).ok_or_else(|| Failure::new("--secret-cmd: a quote is not closed"))?;
    let (program, args) =
        words.split_first().ok_or_else(|| Failure::new("--secret-cmd: the command is empty"))?;
    let stdin = if io::stdin().is_terminal() { Stdio::inherit() } else { Stdio::null() };
    let child = Command::new(program).args(args).stdin(stdin).stdout(Stdio::piped()).spawn();
    let mut child = child.map_err(|error| {
        Failure::new(format!("--secret-cmd: cannot run the program: {}", reason(&error)))
            .hint("give the program and its arguments; a pipe or a variable needs sh -c '…'")
    })?;
    let secret = match child.stdout.take() {
        Some(stdout) => limited_secret(stdout, PLACE),
        None => Ok(Zeroizing::default()),
    };
    // A program whose output is refused may still want to write. It cannot, since its pipe is closed.
    let status = child.wait().map_err(|error| {
        Failure::new(format!("--secret-cmd: cannot wait for the program: {}", reason(&error)))
    })?;
    let secret = secret?;
    if !status.success() {
        return Err(Failure::new(format!("--secret-cmd: the program {}", ending(status)))
            .hint("run it without oidc-secret to see why"));
    }
    Ok(secret)
}

fn ending(status: ExitStatus) -> String {
    status
        .code()
        .map_or("was ended by a signal".to_owned(), |code| format!("ended with exit code {code}"))
}
