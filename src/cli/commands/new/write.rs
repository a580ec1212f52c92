//! `new --write`: adds the clients to Authelia's configuration.

use std::path::{Path, PathBuf};

use oidc_secret::Secret;
use oidc_secret::authelia::edit::{Edited, Editor};
use oidc_secret::authelia::{NewEntry, Schema};
use oidc_secret::error::{EditError, Error};
use zeroize::Zeroizing;

use super::args::NewArgs;
use super::created::{CreatedClient, Format};
use super::output::{print, stage};
use crate::cli::args::configuration_files::sibling_with_clients;
use crate::cli::configuration::{
    edit_failure, parsed, say_location, verify_edit, verify_in, warn_of_unread,
};
use crate::cli::failure::Failure;
use crate::cli::file_kind::FileKind;
use crate::cli::files::diff;
use crate::cli::files::replace::{Replacement, regular_file};
use crate::cli::files::secret_file::Batch;
use crate::cli::input;
use crate::cli::terminal::output::{Stdout, hint, warn};
use crate::cli::terminal::questions;

/// A configuration, and the clients that will be added to it.
pub(super) struct Written {
    path: PathBuf,
    /// The locked file; `None` for a dry run.
    file: Option<Replacement>,
    /// Text of the file in a dry run, which locks nothing.
    read: Zeroizing<String>,
    pub(super) clients: Vec<CreatedClient>,
}

impl Written {
    /// Reads the configuration, and locks it unless this is a dry run.
    pub(super) fn open(path: &Path, args: &NewArgs) -> Result<Self, Failure> {
        regular_file(path)?;
        let file = if args.dry_run { None } else { Some(Replacement::open(path)?) };
        let read = if args.dry_run { input::config_file(path)? } else { Zeroizing::default() };
        Ok(Self { path: path.to_owned(), file, read, clients: Vec::new() })
    }

    /// Prints the clients and adds them to the configuration: all of them or none.
    pub(super) fn finish(self, args: &NewArgs, stdout: &mut Stdout) -> Result<(), Failure> {
        let Self { path, file, read, mut clients } = self;
        let Some(file) = file else {
            return stdout.write(difference(args, &path, &read, &clients)?.as_bytes());
        };
        let new_files = clients
            .iter()
            .filter_map(|client| client.secret_file.as_deref().or(client.settings_file()));
        file.refuse_own_files(new_files.map(Path::new), args.backup, &[])?;
        let (schema, difference) = stage_entries(args, &path, &file, &clients)?;
        confirm(args, &path, &difference, stdout)?;
        let mut files = Batch::default();
        for client in &clients {
            stage(args, client)?.into_iter().for_each(|file| files.add(file));
        }
        // The check is repeated, because two paths may be the same file once the missing folders
        // exist.
        file.refuse_own_files(files.paths(), args.backup, &[])?;
        for (index, client) in clients.iter_mut().enumerate() {
            client.schema = schema;
            client.written = Some(path.display().to_string());
            print(args, client, index == 0, stdout).map_err(Failure::before_change)?;
        }
        file.commit(files, args.backup)
            .map_err(|failure| failure.at("the printed secrets are not in use"))?;
        announce(&path, &clients, args.format);
        Ok(())
    }
}

/// Warns of a list in another file, which Authelia may take instead of a new one.
fn warn_of_other_list(config: &Editor<'_>, path: &Path) -> Result<(), Failure> {
    if !config.location().is_own()
        || config.document().map_err(|error| edit_failure(error, path))? > 0
    {
        return Ok(());
    }
    if let Some(other) = sibling_with_clients(path) {
        let (path, other) = (path.display(), other.display());
        warn(&format!(
            "{path} has no clients, but {other} has: of several files, Authelia takes only the last \
             list"
        ));
    }
    Ok(())
}

/// Adds the clients' entries. Their keys have the same names as those of the other clients, unless
/// a schema is given.
fn added<'e>(
    args: &NewArgs,
    path: &Path,
    text: &str,
    config: &'e Editor<'_>,
    clients: &[CreatedClient],
) -> Result<(Schema, Edited<'e>), Failure> {
    let explain = |error| match error {
        Error::Edit(EditError::NotAnAutheliaConfig) => {
            let failure = edit_failure(error, path);
            match FileKind::guess(text) {
                Some(kind) => failure.hint(format!("{kind}: {}", kind.hint())),
                None => failure,
            }
        }
        error => edit_failure(error, path),
    };
    let schema = args.schema.map_or_else(|| config.schema(), Ok).map_err(explain)?;
    let entries: Vec<NewEntry> = clients.iter().map(|client| client.entry.clone()).collect();
    Ok((schema, config.add(&entries, schema).map_err(explain)?))
}

/// Returns the change as a diff.
fn difference(
    args: &NewArgs,
    path: &Path,
    text: &str,
    clients: &[CreatedClient],
) -> Result<String, Failure> {
    let config = parsed(text, path, args.at.path())?;
    say_location(config.location(), path);
    warn_of_other_list(&config, path)?;
    let (_, edited) = added(args, path, text, &config, clients)?;
    let new = verify_edit(&edited, edited.text(), path)?;
    Ok(diff::unified(path, &config.redacted()?, &new.redacted()?))
}

/// Writes the changed configuration to its temporary file, and verifies the secrets against it. Returns the
/// names of the keys, and the change if it will be asked for.
fn stage_entries(
    args: &NewArgs,
    path: &Path,
    file: &Replacement,
    clients: &[CreatedClient],
) -> Result<(Schema, String), Failure> {
    let config = parsed(file.text(), path, args.at.path())?;
    say_location(config.location(), path);
    warn_of_other_list(&config, path)?;
    let (schema, edited) = added(args, path, file.text(), &config, clients)?;
    file.stage(edited.text())?;
    let written = file.staged()?;
    let new = verify_edit(&edited, &written, path)?;
    warn_of_unread(&new, path)?;
    verify_in(&new, &secrets(clients))?;
    let difference = if asks(args) {
        diff::unified(path, &config.redacted()?, &new.redacted()?)
    } else {
        String::new()
    };
    Ok((schema, difference))
}

/// Whether the change is shown and asked for before it is made.
fn asks(args: &NewArgs) -> bool {
    !args.no_input && questions::can_ask()
}

/// On a terminal, shows the change and asks for it.
fn confirm(
    args: &NewArgs,
    path: &Path,
    difference: &str,
    stdout: &mut Stdout,
) -> Result<(), Failure> {
    if !asks(args) {
        return Ok(());
    }
    stdout.write(format!("{difference}\n").as_bytes())?;
    if questions::confirm(&format!("Change {}?", path.display()))? {
        return Ok(());
    }
    Err(Failure::new("nothing was changed: the answer was no"))
}

/// Returns the secrets with the ids of their clients.
fn secrets(clients: &[CreatedClient]) -> Vec<(&str, Secret)> {
    let secret = |client: &CreatedClient| {
        let credentials = client.credentials.as_ref()?;
        Some(Secret::from(credentials.secret.to_string()))
    };
    clients.iter().filter_map(|client| Some((&*client.id, secret(client)?))).collect()
}

/// Prints what was done and what to do next.
fn announce(path: &Path, clients: &[CreatedClient], format: Format) {
    let path = path.display();
    let (count, them) = match clients.len() {
        1 => ("client added".to_owned(), "it"),
        count => (format!("{count} clients added"), "them"),
    };
    let needs_more = clients.iter().any(|client| {
        client.application.as_ref().is_some_and(|application| application.extra_config.is_some())
    });
    if needs_more {
        let printed = match format {
            Format::Text => "printed under `Authelia, elsewhere in its configuration`",
            _ => "that --format text prints",
        };
        hint(&format!("{path}: {count} and verified"));
        warn(&format!(
            "{path}: before you restart Authelia, add the YAML {printed}; otherwise it refuses {them}"
        ));
    } else {
        hint(&format!("{path}: {count} and verified; restart Authelia"));
    }
    let is_bare = |client: &&CreatedClient| client.entry.get("redirect_uris").is_none();
    if let Some(bare) = clients.iter().find(is_bare) {
        let id = &bare.id;
        warn(&format!(
            "{path}: add redirect_uris to the entry of {id}; without them every sign-in fails"
        ));
    }
}
