//! `new --write`: the clients' entries in the provider's configuration.

use std::path::{Path, PathBuf};

use oidc_secret::Secret;
use oidc_secret::authelia::edit::{Edited, Editor};
use oidc_secret::authelia::{NewEntry, Schema};
use zeroize::Zeroizing;

use super::{NewArgs, print, stage};
use crate::cli::client::{Client, Format};
use crate::cli::configuration::{explained, parsed, verify_edit, verify_in, warn_of_document};
use crate::cli::failure::Failure;
use crate::cli::file::Batch;
use crate::cli::output::{Stdout, hint, warn};
use crate::cli::replace::{Replacement, regular_file};
use crate::cli::{diff, input};

/// A configuration, and the clients that are to be added to it.
pub(super) struct Written {
    path: PathBuf,
    /// The file, locked; `None` if the entries are only to be shown.
    file: Option<Replacement>,
    /// The text of a file that is not locked.
    read: Zeroizing<String>,
    pub(super) clients: Vec<Client>,
}

impl Written {
    /// Reads the configuration, which is locked from now on if it is to be changed.
    pub(super) fn open(path: &Path, args: &NewArgs) -> Result<Self, Failure> {
        regular_file(path)?;
        let file = if args.dry_run { None } else { Some(Replacement::open(path)?) };
        let read = if args.dry_run { input::config_file(path)? } else { Zeroizing::default() };
        Ok(Self { path: path.to_owned(), file, read, clients: Vec::new() })
    }

    /// Prints the clients, and adds them to the configuration: all of them or none.
    pub(super) fn finish(self, args: &NewArgs, stdout: &mut Stdout) -> Result<(), Failure> {
        let Self { path, file, read, mut clients } = self;
        let Some(file) = file else {
            return stdout.write(difference(args, &path, &read, &clients)?.as_bytes());
        };
        let secret_files = clients.iter().filter_map(|client| client.secret_file.as_deref());
        file.refuse_own_files(secret_files.map(Path::new), args.backup, &[])?;
        let schema = stage_entries(args, &path, &file, &clients)?;
        let mut files = Batch::default();
        for client in &clients {
            stage(args, client)?.into_iter().for_each(|file| files.add(file));
        }
        // Once the folders are there the names may come to be the same.
        file.refuse_own_files(files.paths(), args.backup, &[])?;
        for (index, client) in clients.iter_mut().enumerate() {
            client.schema = schema;
            client.written = Some(path.display().to_string());
            print(args, client, index == 0, stdout).map_err(Failure::before_change)?;
        }
        file.commit(files, args.backup)
            .map_err(|failure| failure.at("what was printed is not in use"))?;
        announce(&path, &clients, args.format);
        Ok(())
    }
}

/// The configuration with the clients' entries, whose keys have the names that those of the other
/// clients have, unless others are asked for.
fn added<'e>(
    args: &NewArgs,
    path: &Path,
    config: &'e Editor<'_>,
    clients: &[Client],
) -> Result<(Schema, Edited<'e>), Failure> {
    let explain = |error| explained(error, path);
    let schema = args.schema.map_or_else(|| config.schema(), Ok).map_err(explain)?;
    let entries: Vec<NewEntry> = clients.iter().map(|client| client.entry.clone()).collect();
    Ok((schema, config.add(&entries, schema).map_err(explain)?))
}

/// What would be changed, as a diff.
fn difference(
    args: &NewArgs,
    path: &Path,
    text: &str,
    clients: &[Client],
) -> Result<String, Failure> {
    let config = parsed(text, path)?;
    let (_, edited) = added(args, path, &config, clients)?;
    let new = verify_edit(&edited, edited.text(), path)?;
    Ok(diff::unified(path, &config.redacted()?, &new.redacted()?))
}

/// Writes the configuration with the new entries beside the old one, and verifies what is there.
fn stage_entries(
    args: &NewArgs,
    path: &Path,
    file: &Replacement,
    clients: &[Client],
) -> Result<Schema, Failure> {
    let config = parsed(file.text(), path)?;
    let (schema, edited) = added(args, path, &config, clients)?;
    file.stage(edited.text())?;
    let written = file.staged()?;
    let new = verify_edit(&edited, &written, path)?;
    warn_of_document(&new, path)?;
    verify_in(&new, &secrets(clients))?;
    Ok(schema)
}

/// The secrets with the ids of their clients.
fn secrets(clients: &[Client]) -> Vec<(&str, Secret)> {
    let secret = |client: &Client| {
        let credentials = client.credentials.as_ref()?;
        Some(Secret::from(credentials.secret.to_string()))
    };
    clients.iter().filter_map(|client| Some((&*client.id, secret(client)?))).collect()
}

/// Says what was done, and what is to be done.
fn announce(path: &Path, clients: &[Client], format: Format) {
    let path = path.display();
    let (count, them) = match clients.len() {
        1 => ("the client is added".to_owned(), "it"),
        count => (format!("{count} clients are added"), "them"),
    };
    let needs_more = clients.iter().any(|client| {
        client.application.as_ref().is_some_and(|application| application.also.is_some())
    });
    if needs_more {
        let printed = match format {
            Format::Text => "printed under `Authelia, elsewhere in its configuration`",
            _ => "printed with --format text",
        };
        hint(&format!("{path}: {count} and verified"));
        warn(&format!(
            "{path}: add what is {printed} before you restart Authelia, which refuses {them} without"
        ));
    } else {
        hint(&format!("{path}: {count} and verified; restart Authelia"));
    }
    let is_bare = |client: &&Client| client.entry.get("redirect_uris").is_none();
    if let Some(bare) = clients.iter().find(is_bare) {
        let id = &bare.id;
        warn(&format!(
            "{path}: add redirect_uris to the entry of {id}, without which Authelia refuses it"
        ));
    }
}
