//! `man`: the man pages, generated from the definition of the command line.

mod blocks;
mod findings;
mod install;
mod options;
mod page;
mod reference;
mod roff;
mod synopsis;

use std::path::PathBuf;
use std::process::ExitCode;

use crate::cli::failure::Failure;
use crate::cli::terminal::output::Stdout;
use crate::cli::usage::{is_name, is_similar};
use page::Page;

/// Print a man page, or write all of them
#[derive(clap::Args)]
#[command(after_long_help = "\
Without COMMAND and --out, the page on the program itself is printed.

With --out, the pages are written to FOLDER/man1 and FOLDER/man7, where `man -M FOLDER` finds them. \
Missing folders are created, and existing pages are replaced. In ~/.local/share/man they are found \
without -M if ~/.local/bin is in the PATH.

Examples:
  oidc-secret man | man -l -
  oidc-secret man verify | man -l -
  oidc-secret man findings | man -l -
  oidc-secret man --out ~/.local/share/man")]
pub(crate) struct ManArgs {
    /// The command that the page is about, or `findings` [default: the program itself]
    #[arg(value_name = "COMMAND", conflicts_with = "out")]
    command: Option<String>,
    /// Write every page to this folder
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

pub(crate) fn run(args: &ManArgs, root: clap::Command) -> Result<ExitCode, Failure> {
    let pages = page::all(root);
    match &args.out {
        Some(folder) => install::install(&pages, folder)?,
        None => {
            Stdout::for_result()?.write(find(&pages, args.command.as_deref())?.text.as_bytes())?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Finds the page on a topic; without one, the page on the program.
fn find<'p>(pages: &'p [Page], topic: Option<&str>) -> Result<&'p Page, Failure> {
    let is_wanted = |page: &&Page| page.topic() == topic;
    pages.iter().find(is_wanted).ok_or_else(|| unknown_topic(pages, topic.unwrap_or_default()))
}

fn unknown_topic(pages: &[Page], word: &str) -> Failure {
    let topics: Vec<_> = pages.iter().filter_map(Page::topic).collect();
    let hint = format!("the pages are {}", topics.join(", "));
    // As for the other arguments: a word that does not look like a name may be a secret.
    if !is_name(word) {
        return Failure::new("unknown man page").hint(hint);
    }
    let text = format!("unknown man page {word}");
    match topics.into_iter().find(|topic| is_similar(topic, word)) {
        Some(topic) => Failure::new(format!("{text}; did you mean {topic}?")),
        None => Failure::new(text),
    }
    .hint(hint)
}
