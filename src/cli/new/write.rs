//! `new --write`: the clients' entries in the provider's configuration.

use std::path::{Path, PathBuf};

use oidc_secret::Secret;
use oidc_secret::authelia::{ClientEntry, Schema, edit};
use zeroize::Zeroizing;

use super::{NewArgs, print, stage};
use crate::cli::client::{Client, Format};
use crate::cli::configuration::{digests, explained, warn_of_document};
use crate::cli::failure::Failure;
use crate::cli::file::Batch;
use crate::cli::output::{Stdout, hint, warn};
use crate::cli::replace::{Replacement, regular_file};
use crate::cli::{diff, input};

/// A configuration, and the clients that are to be added to it.
pub(super) struct Written {
    path: PathBuf,
    /// Where the entries go; `None` to show them only.
    replacement: Option<Replacement>,
    old: Zeroizing<String>,
    schema: Schema,
    pub(super) clients: Vec<Client>,
}

impl Written {
    /// Reads the configuration, which is locked from now on if it is to be changed.
    pub(super) fn open(path: &Path, args: &NewArgs) -> Result<Self, Failure> {
        regular_file(path)?;
        let replacement = if args.dry_run { None } else { Some(Replacement::open(path)?) };
        let old = match &replacement {
            Some(replacement) => Zeroizing::new(replacement.text().to_owned()),
            None => input::config_file(path)?,
        };
        let is_legacy = edit::is_legacy(&old).map_err(|error| explained(error, path))?;
        let usual = if is_legacy { Schema::Legacy } else { Schema::Current };
        let schema = args.schema.unwrap_or(usual);
        Ok(Self { path: path.to_owned(), replacement, old, schema, clients: Vec::new() })
    }

    /// Prints the clients, and adds them to the configuration: all of them or none.
    pub(super) fn finish(self, args: &NewArgs, stdout: &mut Stdout) -> Result<(), Failure> {
        let Self { path, replacement, old, schema, mut clients } = self;
        let entries: Vec<ClientEntry> = clients.iter().map(|client| client.entry.clone()).collect();
        let new =
            edit::add_clients(&old, &entries, schema).map_err(|error| explained(error, &path))?;
        let Some(mut replacement) = replacement else {
            let (old, new) = (edit::concealed(&old)?, edit::concealed(&new)?);
            return stdout.write(diff::unified(&path, &old, &new).as_bytes());
        };
        warn_of_document(&new, &path)?;
        let secret_files = clients.iter().filter_map(|client| client.secret_file.as_deref());
        replacement.refuse_own_files(secret_files.map(Path::new), args.backup, &[])?;
        replacement.stage(&new)?;
        verify(&replacement, &clients)?;
        let mut files = Batch::default();
        for client in &clients {
            stage(args, client)?.into_iter().for_each(|file| files.add(file));
        }
        // Once the folders are there the names may come to be the same.
        replacement.refuse_own_files(files.paths(), args.backup, &[])?;
        for (index, client) in clients.iter_mut().enumerate() {
            client.schema = schema;
            client.written = Some(path.display().to_string());
            print(args, client, index == 0, stdout).map_err(Failure::before_change)?;
        }
        replacement
            .commit(files, args.backup)
            .map_err(|failure| failure.at("what was printed is not in use"))?;
        announce(&path, &clients, args.format);
        Ok(())
    }
}

/// Verifies each secret against what was staged.
fn verify(replacement: &Replacement, clients: &[Client]) -> Result<(), Failure> {
    let secret = |client: &Client| {
        let credentials = client.credentials.as_ref()?;
        Some(Secret::from(credentials.secret.to_string()))
    };
    let secrets: Vec<_> =
        clients.iter().filter_map(|client| Some((&*client.id, secret(client)?))).collect();
    replacement.verify(&secrets, digests)
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
