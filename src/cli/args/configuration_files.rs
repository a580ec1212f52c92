//! The files of a configuration, as Authelia reads them: one or several, each a file or a folder.

use std::path::{Path, PathBuf};

use oidc_secret::authelia::edit::Editor;
use oidc_secret::authelia::{Configuration, Form, Resolved, effective};
use oidc_secret::error::{ConfigError, Error};

use crate::cli::args::at::AtArgs;
use crate::cli::args::resolve::ResolveArgs;
use crate::cli::configuration::{no_clients, read_failure, say_location, warn_of_document};
use crate::cli::failure::Failure;
use crate::cli::file_kind::FileKind;
use crate::cli::input;
use crate::cli::terminal::output::warn;

/// The files of a configuration.
pub(crate) struct ConfigurationFiles {
    pub(crate) files: Vec<Configuration>,
    /// The text of each file with its templates resolved.
    resolved: Vec<Resolved>,
    /// What the first file without clients is instead.
    kind: Option<FileKind>,
}

impl ConfigurationFiles {
    /// Reads files, and the .yml and .yaml files of folders.
    pub(crate) fn read(
        given: &[PathBuf],
        at: &AtArgs,
        resolve: &ResolveArgs,
    ) -> Result<Self, Failure> {
        let paths = paths(given)?;
        let mut read = Self { files: Vec::new(), resolved: Vec::new(), kind: None };
        for path in &paths {
            let text = input::config_file(path)?;
            let (mut file, mut resolved) = match parsed(path, &text, at.path(), resolve) {
                // The list is in another of the files.
                Err(Error::Config(ConfigError::NoListAt { .. })) if paths.len() > 1 => {
                    parsed(path, &text, None, resolve)
                }
                other => other,
            }
            .map_err(|error| read_failure(error, path, &text))?;
            resolve.resolve_chart(&mut file, &mut resolved);
            // The text is gone after this.
            if !file.has_clients() && read.kind.is_none() {
                read.kind = FileKind::guess(&text);
            }
            read.files.push(file);
            read.resolved.push(resolved);
        }
        if let Some((file, _)) = read.effective().filter(|(file, _)| file.has_clients()) {
            say_location(file.location(), file.name().as_ref());
            if file.document() > 1 {
                warn_of_document(file.document(), file.name().as_ref());
            }
        }
        read.refuse_several()?;
        Ok(read)
    }

    /// Refuses several files with clients, if not all are Authelia's own: then none replaces another.
    fn refuse_several(&self) -> Result<(), Failure> {
        let with_clients: Vec<_> = self.files.iter().filter(|file| file.has_clients()).collect();
        let names: Vec<_> =
            with_clients.iter().map(|file| input::name(file.name().as_ref())).collect();
        match names.len() {
            0 | 1 => Ok(()),
            _ if with_clients.iter().all(|file| file.location().is_own()) => Ok(()),
            _ => Err(Failure::new(format!("several files have clients: {}", names.join(", ")))
                .hint("give one of them")),
        }
    }

    /// Returns the file whose clients Authelia takes, and its text.
    pub(crate) fn effective(&self) -> Option<(&Configuration, &Resolved)> {
        let index = effective(&self.files)?;
        Some((self.files.get(index)?, self.resolved.get(index)?))
    }

    /// Returns the names of the files, for a message.
    pub(crate) fn names(&self) -> String {
        let names: Vec<_> =
            self.files.iter().map(|file| input::name(file.name().as_ref())).collect();
        names.join(", ")
    }

    /// Describes that there is no client.
    pub(crate) fn no_clients(&self) -> Failure {
        let replaced = self.files.iter().find(|file| file.has_clients());
        match (self.effective(), replaced) {
            (Some((empty, _)), Some(replaced)) if !empty.has_clients() => {
                let (empty, replaced) = (input::name(empty.name().as_ref()), replaced.name());
                let text = format!(
                    "{empty}: the list of clients is empty, and replaces that of {replaced}"
                );
                Failure::new(text).hint(format!("remove the key clients from {empty}"))
            }
            _ => no_clients(&self.names(), self.kind.clone()),
        }
    }

    /// Warns of each template or variable that could not be resolved, and returns their number.
    pub(crate) fn warn_of_unresolved(&self) -> usize {
        let mut count = 0;
        for (file, resolved) in self.files.iter().zip(&self.resolved) {
            let name = file.name();
            for one in resolved.unresolved() {
                let (line, reason) = (one.line, &one.reason);
                warn(&format!(
                    "{name}, line {line}: a template or variable cannot be resolved: {reason}"
                ));
                count += 1;
            }
        }
        count
    }
}

/// Parses a file with its templates resolved. In an encoded text they can only be seen once it is decoded.
fn parsed(
    path: &Path,
    text: &str,
    at: Option<&str>,
    resolve: &ResolveArgs,
) -> Result<(Configuration, Resolved), Error> {
    let name = path.display().to_string();
    // What is inserted there is not read by Compose, which would take its `$` for variables.
    let is_compose = text.contains("content:")
        && Editor::parse_at(text, at).is_ok_and(|file| file.location().form() == Form::Compose);
    match resolve.resolved(text, is_compose) {
        Ok(resolved) => Ok((Configuration::of(&name, &resolved, at)?, resolved)),
        Err(error) => {
            let literal = Resolved::literal(text);
            let file = Configuration::of(&name, &literal, at).ok();
            let encoded = file.filter(Configuration::is_encoded);
            encoded.map(|file| (file, literal)).ok_or(error)
        }
    }
}

/// Returns the files, with those in folders sorted by name.
pub(crate) fn paths(given: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut paths = Vec::new();
    for path in given.iter().flat_map(|path| split(path)) {
        if path.is_dir() {
            paths.extend(in_folder(&path)?);
        } else {
            paths.push(path);
        }
    }
    Ok(paths)
}

/// Splits a list with commas, as Authelia's own `--config` has it, unless a file has the whole as its
/// name.
fn split(path: &Path) -> Vec<PathBuf> {
    match path.to_str() {
        Some(list) if list.contains(',') && !path.exists() => {
            list.split(',').map(|part| PathBuf::from(part.trim())).collect()
        }
        _ => vec![path.to_owned()],
    }
}

/// Returns another configuration with clients in the folder of a file, if there is one.
pub(crate) fn sibling_with_clients(path: &Path) -> Option<PathBuf> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let name = path.file_name();
    let siblings = in_folder(folder.unwrap_or(Path::new("."))).ok()?.into_iter();
    let has_clients = |sibling: &PathBuf| {
        let text = input::config_file(sibling).unwrap_or_default();
        let file = Configuration::parse("", &text);
        file.is_ok_and(|file| file.has_clients() && file.location().is_own())
    };
    siblings.filter(|sibling| sibling.file_name() != name).find(has_clients)
}

/// Returns the configurations in a folder, sorted by name as bytes.
fn in_folder(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let unreadable = |error| Failure::io("read", folder, &error);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let file = entry.map_err(unreadable)?.path();
        let is_yaml = file.extension().is_some_and(|end| end == "yml" || end == "yaml");
        if is_yaml && file.is_file() {
            files.push(file);
        } else if is_yaml && !file.is_dir() {
            warn(&format!("{} is not a regular file, and was left out", file.display()));
        }
    }
    if files.is_empty() {
        let text = format!("{}: there is no .yml or .yaml file in the folder", folder.display());
        return Err(Failure::new(text));
    }
    files.sort();
    Ok(files)
}
