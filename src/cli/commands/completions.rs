//! `completions`: prints shell completions.

use std::process::ExitCode;

use clap_complete::Shell;

use crate::cli::failure::Failure;
use crate::cli::terminal::output::Stdout;

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

pub(crate) fn run(args: &CompletionsArgs, mut root: clap::Command) -> Result<ExitCode, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut root, "oidc-secret", &mut script);
    Stdout::open()?.write(&script)?;
    Ok(ExitCode::SUCCESS)
}
