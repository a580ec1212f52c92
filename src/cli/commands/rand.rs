//! `rand`: prints random values.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use oidc_secret::urlencoding;
use zeroize::Zeroizing;

use crate::cli::args::alphabet::AlphabetArgs;
use crate::cli::failure::Failure;
use crate::cli::files::secret_file::{Batch, Staged};
use crate::cli::terminal::output::{Stdout, hint};

/// Print random values
#[derive(clap::Args)]
#[command(after_long_help = "\
Each character is equally likely and comes from the system's random number generator. OAuth 2.0 \
sends secrets in a form (application/x-www-form-urlencoded). If a value is encoded differently \
there, the encoded value is printed on standard error.

Examples:
  oidc-secret rand
  oidc-secret rand --length 32 --charset alphanumeric --count 5
  oidc-secret rand --out secrets/jwt secrets/session secrets/storage")]
pub(crate) struct RandArgs {
    /// Length of a value
    #[arg(long, short = 'n', value_name = "N", default_value_t = 72,
          value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    length: u32,
    #[command(flatten)]
    alphabet: AlphabetArgs,
    /// Number of values
    #[arg(long, short, value_name = "N", default_value_t = 1,
          value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    count: u64,
    /// Write one value to each of these files (mode 0600) instead of printing them
    ///
    /// Missing folders are created with mode 0700. The files have no trailing line end. If one
    /// cannot be written, none is left behind.
    #[arg(long, alias = "file", value_name = "PATH", num_args = 1.., conflicts_with = "count")]
    out: Vec<PathBuf>,
    /// Replace files that exist
    #[arg(long, requires = "out")]
    force: bool,
}

pub(crate) fn run(args: &RandArgs) -> Result<ExitCode, Failure> {
    let alphabet = args.alphabet.alphabet();
    let value = || alphabet.random(args.length as usize);
    if !args.out.is_empty() {
        let mut seen = HashSet::new();
        if let Some(twice) = args.out.iter().find(|path| !seen.insert(*path)) {
            return Err(Failure::new(format!("{} is given twice", twice.display())));
        }
        let mut files = Batch::default();
        for path in &args.out {
            files.add(Staged::new(path, &value()?, args.force)?);
        }
        files.commit()?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut stdout = Stdout::for_result()?;
    for _ in 0..args.count {
        let value = value()?;
        let mut line = Zeroizing::new(String::with_capacity(value.len() + 1));
        let _ = writeln!(line, "{}", *value);
        stdout.write(line.as_bytes())?;
        let encoded = urlencoding::encode(&value);
        if encoded != value {
            hint(&format!("as sent in an OAuth 2.0 form: {}", *encoded));
        }
    }
    Ok(ExitCode::SUCCESS)
}
