//! Everything that reads arguments, prompts, prints or exits; one file a command.

#[cfg(not(unix))]
compile_error!(
    "the command line needs a Unix system; the library alone builds with --no-default-features"
);

mod apps;
mod args;
mod audit;
mod catalogue;
mod client;
mod completions;
mod configuration;
mod convert;
mod diff;
mod digest_source;
mod failure;
mod file;
mod hash;
mod input;
mod inspect;
mod lines;
mod machine;
mod man;
mod new;
mod output;
mod progress;
mod prompt;
mod rand;
mod random_secret;
mod record;
mod replace;
mod report;
mod rotate;
mod temporary;
mod tune;
mod usage;
mod verify;
mod version;
mod visible;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;
use oidc_secret::Kernel;

use args::{Cli, Command};
use failure::Failure;
use output::Stdout;

/// The most digests that are computed together: enough to fill every lane of every core four times,
/// and few enough for results to come while the input goes on.
fn window() -> usize {
    const MOST_LANES: usize = 16;
    4 * MOST_LANES * machine::cores() as usize
}

/// The arguments, with `help COMMAND -h` as `COMMAND -h`: clap's own `help` takes no flag.
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
    Stdout::open()?.write(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// Runs the command that the arguments name.
pub(crate) fn run() -> Result<ExitCode, Failure> {
    args::refuse_secrets(std::env::args_os())?;
    let cli = match Cli::try_parse_from(with_help_last(std::env::args_os().collect())) {
        Ok(cli) => cli,
        Err(error) if error.kind() == ErrorKind::DisplayHelp => return help(&error),
        Err(error) => return Err(usage::failure(&error)),
    };
    output::set_up(cli.color, cli.quiet);
    if let Some(name) = cli.kernel.as_deref().filter(|name| !name.is_empty()) {
        Kernel::choose(name)?;
    }
    if cli.version {
        return version::print(cli.verbose);
    }
    let Some(command) = cli.command else {
        let text = format!("a command is missing: {}", man::commands());
        return Err(Failure::new(text).hint("see `oidc-secret --help`"));
    };
    match command {
        Command::New(args) => new::run(&args),
        Command::Rand(args) => rand::run(&args),
        Command::Hash(args) => hash::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Inspect(args) => inspect::run(&args),
        Command::Audit(args) => audit::run(&args),
        Command::Rotate(args) => rotate::run(&args),
        Command::Convert(args) => convert::run(&args),
        Command::Tune(args) => tune::run(&args),
        Command::Apps(args) => apps::run(&args),
        Command::Completions(args) => completions::run(&args),
        Command::Man(args) => man::run(&args),
    }
}
