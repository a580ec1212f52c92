//! Output of rotated clients.

use std::path::Path;

use clap::ValueEnum;
use zeroize::Zeroizing;

use super::rotated::Rotated;
use super::sheet;
use crate::cli::failure::Failure;
use crate::cli::terminal::output::Stdout;

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// The secret itself; for several clients, where each secret goes
    Text,
    /// A JSON object, for one client
    Json,
    /// A JSON object a line
    Jsonl,
    /// Comma-separated values with a header: where each secret goes
    Csv,
}

/// Prints the secrets, or where they are and where they go; `bits` is the entropy of each.
pub(super) fn print(
    format: Format,
    is_several: bool,
    path: &Path,
    rotated: &[Rotated],
    bits: f64,
) -> Result<(), Failure> {
    let mut output = Zeroizing::new(Vec::new());
    match format {
        Format::Csv => output.extend(sheet::table(rotated).into_bytes()),
        Format::Text if is_several => output.extend(sheet::text(rotated).into_bytes()),
        _ => rotated.iter().try_for_each(|client| {
            output.extend(one(format, client, path, bits)?);
            Ok::<_, Failure>(())
        })?,
    }
    if output.is_empty() {
        return Ok(());
    }
    Stdout::for_result()?.write(&output).map_err(Failure::before_change)
}

fn one(format: Format, client: &Rotated, path: &Path, bits: f64) -> Result<Vec<u8>, Failure> {
    match format {
        Format::Json | Format::Jsonl => client.json(path, bits),
        _ if client.secret_file.is_some() => Ok(Vec::new()),
        _ => Ok(format!("{}\n", *client.secret).into_bytes()),
    }
}
