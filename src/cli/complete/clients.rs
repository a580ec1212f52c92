//! Ids of the clients in the configuration that is on the line.

use std::fs::Metadata;
use std::path::PathBuf;

use clap::{ArgMatches, FromArgMatches};
use clap_complete::engine::CompletionCandidate;
use oidc_secret::authelia::ClientSecret;

use super::candidate::candidate;
use super::line::has_escape;
use crate::cli::args::at::AtArgs;
use crate::cli::args::configuration_files::{ConfigurationFiles, paths};
use crate::cli::args::resolve::ResolveArgs;

/// Size limit of a configuration, in bytes: one of this size has about 2,000 clients, and takes about
/// 50 milliseconds to parse. More would be felt at each TAB.
const MAX_SIZE: u64 = 512 << 10;

/// Returns the ids of the clients, with their names.
pub(super) fn ids(given: &ArgMatches) -> Vec<CompletionCandidate> {
    let clients = clients(given).unwrap_or_default();
    clients.iter().filter_map(|client| candidate(&client.id, client.name.as_deref())).collect()
}

/// Returns the ids for an argument that is not the value of a flag: those that begin with a hyphen would be
/// flags, unless `--` is before them.
pub(super) fn plain_ids(given: &ArgMatches) -> Vec<CompletionCandidate> {
    let is_flag = |id: &CompletionCandidate| id.get_value().as_encoded_bytes().starts_with(b"-");
    let is_escaped = has_escape();
    ids(given).into_iter().filter(|id| is_escaped || !is_flag(id)).collect()
}

/// Returns the clients of the configuration. Templates are not resolved, since a TAB has no business with
/// the files of secrets.
fn clients(given: &ArgMatches) -> Option<Vec<ClientSecret>> {
    let paths = paths(&configuration(given)).ok()?;
    // A FIFO would wait for its writer, and standard input is the terminal.
    let size = |path: &PathBuf| Some(path.metadata().ok().filter(Metadata::is_file)?.len());
    let sizes: Vec<u64> = paths.iter().map(size).collect::<Option<_>>()?;
    if sizes.iter().sum::<u64>() > MAX_SIZE {
        return None;
    }
    let at = AtArgs::from_arg_matches(given).ok()?;
    let files = ConfigurationFiles::read(&paths, &at, &ResolveArgs::default()).ok()?;
    let (file, _) = files.effective()?;
    file.client_secrets().ok()
}

/// Returns the files and folders of `--config`, or the first argument of `rotate`. Each command has one of
/// the two, and asking for the other is an error.
fn configuration(given: &ArgMatches) -> Vec<PathBuf> {
    let of = |argument| given.try_get_many::<PathBuf>(argument).ok().flatten();
    of("config").or_else(|| of("file")).into_iter().flatten().cloned().collect()
}
