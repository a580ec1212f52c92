//! Definition of the command line: the global flags, and the commands. Each command has a file or a
//! folder of its own, with its arguments.

pub(crate) mod apps;
pub(crate) mod audit;
pub(crate) mod completions;
pub(crate) mod convert;
pub(crate) mod diagnose;
pub(crate) mod hash;
pub(crate) mod inspect;
pub(crate) mod list;
pub(crate) mod man;
pub(crate) mod new;
pub(crate) mod rand;
pub(crate) mod rotate;
pub(crate) mod tune;
pub(crate) mod verify;
pub(crate) mod version;

use clap::{Parser, Subcommand};

use super::terminal::output::Color;

/// Create OpenID Connect client ids and secrets, hash secrets, verify them
#[derive(Parser)]
#[command(
    name = "oidc-secret",
    version,
    disable_version_flag = true,
    max_term_width = 100,
    long_about = "Create client ids and secrets for an OpenID Connect provider, turn secrets into \
                  digests, and check a secret against a digest. The main provider is Authelia.\n\nA secret is never an argument, since other users of the machine \
                  could see it. It comes from --secret-file, --secret-env, --secret-cmd, a pipe, or a prompt.",
    after_long_help = "\
Examples:
  oidc-secret new kasm                        create a client: id, secret and digest
  oidc-secret apps kasm                       find an application in the catalogue
  oidc-secret hash < secret.txt               hash a secret
  oidc-secret verify --secret-file s.txt --config configuration.yml --client kasm
  oidc-secret diagnose --log authelia.log     find out why users cannot sign in
  oidc-secret list configuration.yml          list the clients
  oidc-secret rotate configuration.yml kasm   replace a client's secret

Exit codes:
  0  success (verify: the secret matches; diagnose: nothing is wrong; audit: no finding that
     --fail-on counts)
  1  verify: the secret does not match; diagnose: something is wrong; audit: there are such findings
  2  any error: usage, unreadable input, malformed digest, I/O
  130  interrupted with Ctrl-C

Only results are printed on standard output. Messages go to standard error; each line starts \
with `oidc-secret: error:`, `warning:` or `hint:`, or, where a format has no place for a secret or \
a digest, with `secret:` or `digest:`."
)]
pub(crate) struct Cli {
    /// Print the version; with --verbose also the kernel in use
    #[arg(long, short = 'V')]
    pub(crate) version: bool,
    #[arg(
        long,
        requires = "version",
        hide_short_help = true,
        long_help = "With --version: also print build details"
    )]
    pub(crate) verbose: bool,
    /// When to use colours
    #[arg(
        long,
        value_name = "WHEN",
        global = true,
        default_value = "auto",
        hide_short_help = true,
        help_heading = "Output"
    )]
    pub(crate) color: Color,
    /// Print errors and results only: no warnings and no hints
    #[arg(long, short, global = true, hide_short_help = true, help_heading = "Output")]
    pub(crate) quiet: bool,
    #[arg(
        long,
        long_help = "Compute digests with this kernel instead of the fastest that the CPU has",
        global = true,
        value_name = "NAME",
        env = "OIDC_SECRET_KERNEL",
        help_heading = "Advanced",
        hide_short_help = true
    )]
    pub(crate) kernel: Option<String>,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    New(Box<new::NewArgs>),
    Rand(rand::RandArgs),
    Hash(hash::HashArgs),
    Verify(verify::VerifyArgs),
    Diagnose(Box<diagnose::DiagnoseArgs>),
    Inspect(inspect::InspectArgs),
    List(list::ListArgs),
    Audit(audit::AuditArgs),
    Rotate(Box<rotate::RotateArgs>),
    Convert(convert::ConvertArgs),
    Tune(tune::TuneArgs),
    Apps(apps::AppsArgs),
    Completions(completions::CompletionsArgs),
    Man(man::ManArgs),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        Cli::command().debug_assert();
    }
}
