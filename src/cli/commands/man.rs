//! `man`: the man pages, generated from the arguments' definitions.

use std::path::PathBuf;
use std::process::ExitCode;

use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};
use oidc_secret::Code;

use crate::cli::failure::Failure;
use crate::cli::terminal::output::Stdout;
use crate::cli::usage::command_names;

const SOURCE: &str = concat!("oidc-secret ", env!("CARGO_PKG_VERSION"));
const FINDINGS: &str = "oidc-secret-findings.7";

/// Print a man page, or write all of them
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  oidc-secret man | man -l -
  oidc-secret man verify | man -l -
  oidc-secret man findings | man -l -
  oidc-secret man --out ~/.local/share/man/man1")]
pub(crate) struct ManArgs {
    /// The command that the page is about, or `findings` [default: the program itself]
    #[arg(value_name = "COMMAND", conflicts_with = "out")]
    command: Option<String>,
    /// Write every page to this folder
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

pub(crate) fn run(args: &ManArgs, root: clap::Command) -> Result<ExitCode, Failure> {
    if let Some(folder) = &args.out {
        for (name, page) in pages(root)? {
            let path = folder.join(name);
            std::fs::write(&path, page).map_err(|error| Failure::io("write", &path, &error))?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let wanted = match &args.command {
        Some(topic) if topic == "findings" => FINDINGS.to_owned(),
        Some(command) => format!("oidc-secret-{command}.1"),
        None => "oidc-secret.1".to_owned(),
    };
    let commands = command_names(&root);
    let page = pages(root)?.into_iter().find(|(name, _)| *name == wanted);
    let (_, page) = page
        .ok_or_else(|| Failure::new(format!("there is no such command; there are: {commands}")))?;
    Stdout::open()?.write(&page)?;
    Ok(ExitCode::SUCCESS)
}

/// The page on findings, whose codes several commands have.
fn findings() -> Vec<u8> {
    let mut page = Roff::new();
    page.control("TH", ["oidc-secret-findings", "7", "", SOURCE]);
    page.control("SH", ["NAME"]);
    page.text([roman("oidc-secret-findings - what oidc-secret finds, by code")]);
    page.control("SH", ["DESCRIPTION"]);
    page.text([roman(
        "The findings of verify --diagnose, inspect and audit. An error does not work or protects nothing, \
         a warning should be changed, a note is good to know. The codes are stable.",
    )]);
    page.control("SH", ["FINDINGS"]);
    for code in Code::ALL {
        page.control("TP", []);
        page.text([bold(code.name()), roman(format!(" ({})", code.severity().name()))]);
        page.text([roman(format!("{}.", code.meaning()))]);
        page.text([roman(format!("Cause: {}", code.cause()))]);
        page.text([roman(format!("Fix: {}", code.fix()))]);
    }
    page.render().into_bytes()
}

/// Every page, with its file name.
fn pages(root: clap::Command) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let mut root = root.disable_help_subcommand(true);
    root.build();
    let commands = [root.clone()].into_iter().chain(root.get_subcommands().cloned());
    let commands = commands.map(|command| {
        let man = Man::new(command).source(SOURCE);
        let mut page = Vec::new();
        man.render(&mut page).map_err(|error| Failure::new(error.to_string()))?;
        Ok((man.get_filename(), page))
    });
    commands.chain([Ok((FINDINGS.to_owned(), findings()))]).collect()
}
