//! `new --write`: adds the clients to Authelia's configuration.

use std::path::{Path, PathBuf};

use oidc_secret::audit::{Located, audit};
use oidc_secret::authelia::edit::{Edited, Editor};
use oidc_secret::authelia::{Configuration, NewEntry, Schema, Value};
use oidc_secret::error::{EditError, Error};
use oidc_secret::{Secret, Severity};
use zeroize::Zeroizing;

use super::args::NewArgs;
use super::created::CreatedClient;
use super::creation::is_created;
use super::output::{print, stage};
use super::parts::{Parts, with_parts};
use crate::cli::args::configuration_files::sibling_with_clients;
use crate::cli::configuration::{
    edit_failure, parsed, say_location, verify_edit, verify_in, warn_of_unread,
};
use crate::cli::failure::Failure;
use crate::cli::file_kind::FileKind;
use crate::cli::files::diff;
use crate::cli::files::replace::{Replacement, refuse_new_file, regular_file};
use crate::cli::files::secret_file::{Batch, Staged};
use crate::cli::input;
use crate::cli::terminal::output::{Stdout, hint, warn};
use crate::cli::terminal::questions;

/// A configuration, and the clients that will be added to it.
pub(super) struct Written {
    path: PathBuf,
    target: Target,
    pub(super) clients: Vec<CreatedClient>,
}

/// The file that the clients are added to.
enum Target {
    /// A file that is locked.
    Existing(Replacement),
    /// A file that is created.
    New,
    /// The text of a file in a dry run, which locks nothing.
    DryRun(Zeroizing<String>),
}

impl Written {
    /// Reads the configuration, and locks it unless this is a dry run.
    pub(super) fn open(path: &Path, args: &NewArgs) -> Result<Self, Failure> {
        let target = match (is_created(path, args)?, args.dry_run) {
            (true, true) => Target::DryRun(Zeroizing::default()),
            (true, false) => Target::New,
            (false, true) => {
                regular_file(path)?;
                Target::DryRun(input::config_file(path)?)
            }
            (false, false) => {
                regular_file(path)?;
                Target::Existing(Replacement::open(path)?)
            }
        };
        Ok(Self { path: path.to_owned(), target, clients: Vec::new() })
    }

    /// Prints the clients and adds them to the configuration: all of them or none.
    pub(super) fn finish(self, args: &NewArgs, stdout: &mut Stdout) -> Result<(), Failure> {
        let Self { path, target, clients } = self;
        match target {
            Target::DryRun(text) => {
                stdout.write(difference(args, &path, &text, &clients)?.as_bytes())
            }
            Target::New => create(args, &path, clients, stdout),
            Target::Existing(file) => change(args, &path, file, clients, stdout),
        }
    }
}

/// Adds the clients to a file that is locked.
fn change(
    args: &NewArgs,
    path: &Path,
    file: Replacement,
    mut clients: Vec<CreatedClient>,
    stdout: &mut Stdout,
) -> Result<(), Failure> {
    file.refuse_own_files(new_files(&clients), args.file.backup, &[])?;
    let (schema, parts, difference) = stage_entries(args, path, &file, &clients)?;
    confirm(args, path, &difference, stdout)?;
    let files = stage_files(args, &clients)?;
    // The check is repeated, because two paths may be the same file once the missing folders
    // exist.
    file.refuse_own_files(new_files(&clients), args.file.backup, &[])?;
    parts.leave(&mut clients)?;
    print_all(args, path, schema, &mut clients, stdout)?;
    file.commit(files, args.file.backup)
        .map_err(|failure| failure.at("the printed secrets are not in use"))?;
    announce(args, path, &clients, &parts, "; restart Authelia");
    Ok(())
}

/// Returns the files that get secrets, digests or settings, with their flags.
fn new_files(clients: &[CreatedClient]) -> impl Iterator<Item = (&'static str, &Path)> {
    let files = clients.iter().flat_map(|client| {
        [
            ("--secret-out", client.secret_file.as_deref()),
            ("--digest-out", client.digest_file.as_deref()),
            ("--out", client.settings_file()),
        ]
    });
    files.filter_map(|(flag, path)| Some((flag, Path::new(path?))))
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

/// Creates a file with the clients.
fn create(
    args: &NewArgs,
    path: &Path,
    mut clients: Vec<CreatedClient>,
    stdout: &mut Stdout,
) -> Result<(), Failure> {
    refuse_new_file(path, new_files(&clients))?;
    let config = parsed("", path, None)?;
    warn_of_other_list(&config, path)?;
    let explain = |error| edit_failure(error, path);
    let ((schema, file), parts) = with_parts(&config, &clients, path, explain, |config| {
        let (schema, edited) = added(args, path, "", config, &clients)?;
        let file = Staged::new(path, edited.text(), false)?;
        let written = file.contents()?;
        let new = verify_edit(&edited, &written, path)?;
        verify_in(&new, &secrets(&clients))?;
        Ok((schema, file))
    })?;
    let mut files = stage_files(args, &clients)?;
    // The last one: a kill before it leaves secrets that are not in use.
    files.add(file);
    parts.leave(&mut clients)?;
    print_all(args, path, schema, &mut clients, stdout)?;
    files.commit().map_err(|failure| failure.at("the printed secrets are not in use"))?;
    announce(args, path, &clients, &parts, "");
    hint(&format!(
        "{}: created with the clients only; add hmac_secret and jwks to identity_providers.oidc, and the \
         rest of Authelia's configuration to this file or to another one",
        path.display()
    ));
    Ok(())
}

/// Writes secrets, digests and settings to their temporary files.
fn stage_files(args: &NewArgs, clients: &[CreatedClient]) -> Result<Batch, Failure> {
    let mut files = Batch::default();
    for client in clients {
        stage(args, client, &mut files)?;
    }
    Ok(files)
}

fn print_all(
    args: &NewArgs,
    path: &Path,
    schema: Schema,
    clients: &mut [CreatedClient],
    stdout: &mut Stdout,
) -> Result<(), Failure> {
    for (index, client) in clients.iter_mut().enumerate() {
        // The output formats have their own form of a secret.
        client.schema = if schema == Schema::Chart { Schema::Current } else { schema };
        client.written = Some(path.display().to_string());
        print(args, client, index == 0, stdout).map_err(Failure::before_change)?;
    }
    Ok(())
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
    let explain = |error| explained(error, path, text);
    let schema = args.schema.map_or_else(|| config.schema(), Ok).map_err(explain)?;
    let entries: Vec<NewEntry> = clients.iter().map(|client| client.entry.clone()).collect();
    Ok((schema, config.add(&entries, schema).map_err(explain)?))
}

/// Describes why clients cannot be added to a text, which may be another kind of file.
fn explained(error: Error, path: &Path, text: &str) -> Failure {
    let is_other = matches!(error, Error::Edit(EditError::NotAnAutheliaConfig));
    let failure = edit_failure(error, path);
    match FileKind::guess(text).filter(|_| is_other) {
        Some(kind) => failure.hint(format!("{kind}: {}", kind.hint())),
        None => failure,
    }
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
    let explain = |error| explained(error, path, text);
    let (new, parts) = with_parts(&config, clients, path, explain, |config| {
        let (_, edited) = added(args, path, text, config, clients)?;
        Ok(verify_edit(&edited, edited.text(), path)?.redacted())
    })?;
    parts.warn_of_differences(path, "that is printed without --dry-run", whom(clients));
    Ok(diff::unified(path, &config.redacted(), &new))
}

/// Writes the changed configuration to its temporary file, and verifies the secrets against it. Returns the
/// names of the keys, the other parts, and the change if it will be asked for.
fn stage_entries(
    args: &NewArgs,
    path: &Path,
    file: &Replacement,
    clients: &[CreatedClient],
) -> Result<(Schema, Parts, String), Failure> {
    let text = file.text();
    let config = parsed(text, path, args.at.path())?;
    say_location(config.location(), path);
    warn_of_other_list(&config, path)?;
    let explain = |error| explained(error, path, text);
    let ((schema, new), parts) = with_parts(&config, clients, path, explain, |config| {
        let (schema, edited) = added(args, path, text, config, clients)?;
        file.stage(edited.text())?;
        let written = file.staged()?;
        let new = verify_edit(&edited, &written, path)?;
        warn_of_unread(&new, path)?;
        verify_in(&new, &secrets(clients))?;
        let shown = if asks(args) { new.redacted() } else { String::new() };
        Ok((schema, shown))
    })?;
    let is_shown = !new.is_empty();
    let difference =
        if is_shown { diff::unified(path, &config.redacted(), &new) } else { String::new() };
    Ok((schema, parts, difference))
}

/// Returns the secrets with the ids of their clients.
fn secrets(clients: &[CreatedClient]) -> Vec<(&str, Secret)> {
    let secret = |client: &CreatedClient| {
        let credentials = client.credentials.as_ref()?;
        Some(Secret::from(credentials.secret.to_string()))
    };
    clients.iter().filter_map(|client| Some((&*client.id, secret(client)?))).collect()
}

/// Returns the words for the clients.
fn whom(clients: &[CreatedClient]) -> &'static str {
    if clients.len() == 1 { "the client" } else { "the clients" }
}

/// Prints what was done and what to do next.
fn announce(args: &NewArgs, path: &Path, clients: &[CreatedClient], parts: &Parts, next: &str) {
    let count = match clients.len() {
        1 => "client added".to_owned(),
        count => format!("{count} clients added"),
    };
    let next = if parts.is_complete() { next } else { "" };
    hint(&format!("{}: {count} and verified{next}", path.display()));
    parts.announce(path, args.format, whom(clients));
    if parts.is_complete() {
        warn_of_errors(path, clients);
    }
    let is_bare = |client: &&CreatedClient| {
        let grants = client.entry.get("grant_types");
        let needs_none =
            matches!(grants, Some(Value::List(grants)) if grants[..] == ["client_credentials"]);
        client.entry.get("redirect_uris").is_none() && !needs_none
    };
    if let Some(bare) = clients.iter().find(is_bare) {
        let id = &bare.id;
        let path = path.display();
        warn(&format!(
            "{path}: add redirect_uris to the entry of {id}; without them every sign-in fails"
        ));
    }
}

/// Warns of what Authelia refuses in the new entries, such as a policy that does not exist. It is not refused
/// here, because another file may define it.
fn warn_of_errors(path: &Path, clients: &[CreatedClient]) {
    let name = path.display().to_string();
    let parsed = input::config_file(path).map(|text| Configuration::parse(&name, &text));
    let Ok(Ok(configuration)) = parsed else { return };
    let is_new = |id: &str| clients.iter().any(|client| client.id == id);
    let reports = audit(&[configuration]).clients.into_iter().filter(|report| is_new(&report.id));
    let is_error = |located: &Located| located.finding.code.severity() == Severity::Error;
    for located in reports.flat_map(|report| report.findings).filter(is_error) {
        let (line, key) = (located.place.line, &located.place.key);
        warn(&format!("{name}: line {line}: {key}: {}", located.finding.message));
    }
}
