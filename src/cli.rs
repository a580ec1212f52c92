//! Everything that reads arguments, prompts, prints or exits; one file a command.

#[cfg(not(unix))]
compile_error!(
    "the command line needs a Unix system; the library alone builds with --no-default-features"
);

mod args;
mod completions;
mod failure;
mod file;
mod hash;
mod input;
mod lines;
mod man;
mod new;
mod output;
mod prompt;
mod rand;
mod record;
mod verify;

use std::process::ExitCode;

use clap::Parser;

use args::{Cli, Command};
use failure::Failure;

/// Runs the command that the arguments name.
pub(crate) fn run() -> Result<ExitCode, Failure> {
    args::refuse_secrets(std::env::args_os())?;
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return Failure::usage(&error),
    };
    match cli.command {
        Command::New(args) => new::run(&args),
        Command::Rand(args) => rand::run(&args),
        Command::Hash(args) => hash::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Completions(args) => completions::run(&args),
        Command::Man(args) => man::run(&args),
    }
}
