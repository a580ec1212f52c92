//! Completion of the line that a user types into bash, fish or zsh. The shell's script runs the program
//! at each TAB, with the words of the line and a variable in its environment.

mod applications;
mod bash;
mod candidate;
mod clients;
mod line;

use std::ffi::OsStr;
use std::path::Path;
use std::process::ExitCode;

use clap::{ArgMatches, Command, CommandFactory};
use clap_complete::CompleteEnv;
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate};
use clap_complete::env::{EnvCompleter, Fish, Shells, Zsh};

use crate::cli::commands::Cli;
use crate::cli::commands::completions::VARIABLE;
use crate::cli::failure::Failure;
use crate::cli::terminal::output::{self, Color};
use bash::Bash;

/// Returns the values that fit the arguments of a command.
type Values = fn(&ArgMatches) -> Vec<CompletionCandidate>;

/// The arguments whose values depend on the machine or on the rest of the line, with their commands.
///
/// They are listed here because an argument that named its own completer would import this module,
/// which imports all commands.
const ARGUMENTS: [(&str, &str, Values); 12] = [
    ("new", "app", applications::slugs),
    ("new", "settings", applications::formats),
    ("new", "variant", applications::variants),
    ("new", "set", applications::inputs),
    ("apps", "name", applications::slugs),
    ("diagnose", "app", applications::slugs),
    ("diagnose", "client", clients::ids),
    ("verify", "client", clients::ids),
    ("inspect", "client", clients::ids),
    ("convert", "client", clients::ids),
    ("rotate", "client", clients::plain_ids),
    ("rotate", "more", clients::plain_ids),
];

/// Answers a shell that asks for a script or for the completions of a line. `None` for an ordinary run,
/// which costs one look into the environment.
pub(crate) fn answer() -> Option<Result<ExitCode, Failure>> {
    let value = std::env::var_os(VARIABLE)?;
    // PowerShell's script would evaluate the line at each TAB, and with it what is in `$(…)`.
    let adapters: [&dyn EnvCompleter; 3] = [&Bash, &Fish, &Zsh];
    let name = Path::new(&value).file_stem().and_then(OsStr::to_str);
    let is_known = name.is_some_and(|name| Shells(&adapters).completer(name).is_some());
    let folder = std::env::current_dir().ok();
    let answered = CompleteEnv::with_factory(command)
        .var(VARIABLE)
        .shells(Shells(&adapters))
        .try_complete(std::env::args_os(), folder.as_deref());
    match answered {
        Ok(false) => None,
        Ok(true) => Some(Ok(ExitCode::SUCCESS)),
        // The message would be printed into the line that the user is typing. The scripts only send the
        // names of known shells, so that another one was not set by them.
        Err(_) if is_known && std::env::args_os().len() > 1 => Some(Ok(ExitCode::from(2))),
        Err(error) => Some(Err(refusal(&error))),
    }
}

/// Describes why there is no script. The parser's message has a label of its own.
fn refusal(error: &clap::Error) -> Failure {
    let text = error.to_string();
    Failure::new(text.trim_start_matches("error: ").trim_end()).at(VARIABLE)
}

/// Returns the command line with its completers. Warnings, as of an application's file that cannot be
/// read, would be printed into the line that the user is typing.
fn command() -> Command {
    output::set_up(Color::Never, true);
    ARGUMENTS.into_iter().fold(Cli::command(), |root, (command, argument, values)| {
        let completer = ArgValueCandidates::new(move || {
            line::arguments(Cli::command()).map(|given| values(&given)).unwrap_or_default()
        });
        root.mut_subcommand(command, |command| {
            command.mut_arg(argument, |argument| argument.add(completer))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_completer_has_an_argument() {
        // A misspelt name would add an argument instead.
        let count = |root: &Command| -> usize {
            root.get_subcommands().map(|command| command.get_arguments().count()).sum()
        };
        assert_eq!(count(&command()), count(&Cli::command()));
        command().debug_assert();
    }
}
