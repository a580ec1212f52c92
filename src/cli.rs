//! The command line: parses the arguments, runs the command and reports a failure. Everything that
//! reads arguments, prompts, prints or exits is below this module.

mod args;
mod batch;
mod catalogue;
mod commands;
mod complete;
mod configuration;
mod csv;
mod failure;
mod file_kind;
mod files;
mod input;
mod json;
mod lines;
mod live;
mod machine;
mod platform;
mod strength;
mod terminal;
mod usage;
mod verdict;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};
use oidc_secret::kernel::stack::with_wiped_stack;
use oidc_secret::{Kernel, Secret};

use args::secret::refuse_secrets;
use commands::{
    Cli, Command, apps, audit, completions, convert, diagnose, hash, inspect, list, man, new, rand,
    rotate, tune, verify, version,
};
use failure::Failure;
use platform::{core_dump, signals};
use terminal::output::{self, Stdout};

/// Returns the arguments with `help COMMAND -h` as `COMMAND -h`, because clap's own `help` takes no
/// flag.
fn with_help_last(mut arguments: Vec<OsString>) -> Vec<OsString> {
    let is_help = |arg: &OsString| arg == "-h" || arg == "--help";
    if arguments.get(1).is_some_and(|arg| arg == "help") && arguments.iter().any(is_help) {
        arguments.remove(1);
    }
    arguments
}

fn help(error: &clap::Error) -> Result<ExitCode, Failure> {
    let text = error.render();
    let text = if output::colours() { text.ansi().to_string() } else { text.to_string() };
    Stdout::for_result()?.write(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// Runs the command that the arguments name, or answers a shell that completes a line, and reports a
/// failure.
pub(crate) fn run() -> ExitCode {
    core_dump::forbid();
    signals::survive_file_size_limit();
    // Parsers and formatters have secrets on the stack too.
    with_wiped_stack(|| complete::answer().unwrap_or_else(dispatch).unwrap_or_else(report))
}

/// Prints a failure and returns its exit code: 2, or for a signal 128 and its number, as shells do.
fn report(failure: Failure) -> ExitCode {
    match failure {
        Failure::BrokenPipe => ExitCode::SUCCESS,
        Failure::Interrupted { signal } => ExitCode::from(u8::try_from(128 + signal).unwrap_or(2)),
        Failure::Message { text, hint } => {
            output::message("error", &text);
            if let Some(hint) = hint {
                output::hint(&hint);
            }
            ExitCode::from(2)
        }
    }
}

fn dispatch() -> Result<ExitCode, Failure> {
    refuse_secrets(std::env::args_os())?;
    let cli = match Cli::try_parse_from(with_help_last(std::env::args_os().collect())) {
        Ok(cli) => cli,
        Err(error) if error.kind() == ErrorKind::DisplayHelp => return help(&error),
        Err(error) => return Err(usage::failure(&error, &Cli::command())),
    };
    output::set_up(cli.color, cli.quiet);
    if let Some(name) = cli.kernel.as_deref().filter(|name| !name.is_empty()) {
        Kernel::choose(name)?;
    }
    if cli.version {
        return version::print(cli.verbose);
    }
    let Some(command) = cli.command else {
        let commands = usage::command_names(&Cli::command());
        return Err(Failure::new(format!("a command is missing: {commands}"))
            .hint("see `oidc-secret --help`"));
    };
    // The hash maps of the standard library panic if the system's generator fails.
    Secret::random(1)?;
    match command {
        Command::New(args) => new::run(&args),
        Command::Rand(args) => rand::run(&args),
        Command::Hash(args) => hash::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Diagnose(args) => diagnose::run(&args),
        Command::Inspect(args) => inspect::run(&args),
        Command::List(args) => list::run(&args),
        Command::Audit(args) => audit::run(&args),
        Command::Rotate(args) => rotate::run(&args),
        Command::Convert(args) => convert::run(&args),
        Command::Tune(args) => tune::run(&args),
        Command::Apps(args) => apps::run(&args),
        Command::Completions(args) => completions::run(&args, Cli::command()),
        Command::Man(args) => man::run(&args, Cli::command()),
    }
}
