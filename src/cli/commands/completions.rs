//! `completions`: prints shell completions.

use std::process::ExitCode;

use clap_complete::Shell;

use crate::cli::failure::Failure;
use crate::cli::terminal::output::Stdout;

/// The environment variable with which a shell asks for completions. The usual `COMPLETE` may be set for
/// another program.
pub(crate) const VARIABLE: &str = "OIDC_SECRET_COMPLETE";

/// Print the completions for a shell
#[derive(clap::Args)]
#[command(after_long_help = "\
In bash, zsh and fish, TAB also completes the applications of --app with their --settings, --variant \
and --set, and the ids of the clients in the configuration on the line. Its templates are not resolved, \
and a configuration of more than 512 KiB is not read. These scripts run the oidc-secret in PATH at each \
TAB, and need no update with a new version. Those for PowerShell and elvish complete commands and flags.

Examples:
  oidc-secret completions bash > ~/.local/share/bash-completion/completions/oidc-secret
  oidc-secret completions zsh > ~/.zfunc/_oidc-secret
  oidc-secret completions fish > ~/.config/fish/completions/oidc-secret.fish")]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

pub(crate) fn run(args: &CompletionsArgs, root: clap::Command) -> Result<ExitCode, Failure> {
    Stdout::for_result()?.write(&script(args.shell, root))?;
    Ok(ExitCode::SUCCESS)
}

/// Returns the script for a shell. The script that the program prints when it is asked with [`VARIABLE`]
/// is not stable between versions of `clap_complete`, so a file only has the line that asks for it.
fn script(shell: Shell, mut root: clap::Command) -> Vec<u8> {
    match shell {
        Shell::Bash => include_bytes!("completions/loader.bash").to_vec(),
        Shell::Fish => include_bytes!("completions/loader.fish").to_vec(),
        Shell::Zsh => include_bytes!("completions/loader.zsh").to_vec(),
        other => {
            let mut script = Vec::new();
            clap_complete::generate(other, &mut root, "oidc-secret", &mut script);
            script
        }
    }
}
