//! `completions`: shell completions.

use std::process::ExitCode;

use clap::CommandFactory;
use clap_complete::Shell;

use super::args::Cli;
use super::failure::Failure;
use super::output::Stdout;

/// Print the completions for a shell
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  oidc-secret completions bash > ~/.local/share/bash-completion/completions/oidc-secret
  oidc-secret completions zsh > ~/.zfunc/_oidc-secret
  oidc-secret completions fish > ~/.config/fish/completions/oidc-secret.fish")]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

pub(crate) fn run(args: &CompletionsArgs) -> Result<ExitCode, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "oidc-secret", &mut script);
    Stdout::open()?.write(&script)?;
    Ok(ExitCode::SUCCESS)
}
