//! The applications of the binary and those of the user's files.

use std::path::{Path, PathBuf};

use oidc_secret::catalogue::{self, Application};

use crate::cli::failure::Failure;
use crate::cli::terminal::output::warn;

/// Returns the application with this slug. A file of the user replaces one of the binary.
pub(crate) fn find(slug: &str) -> Result<Application, Failure> {
    if let Some(path) = own_files()?.into_iter().find(|path| name(path) == Some(slug)) {
        return read(&path);
    }
    catalogue::application(slug).map_err(|error| {
        Failure::from(error)
            .hint("`oidc-secret apps` lists the applications; `oidc-secret apps WORD` searches")
    })
}

/// Returns all applications, sorted by slug. A file of the user that cannot be read is left out with a
/// warning, because one bad file must not hide every application.
pub(crate) fn all() -> Result<Vec<Application>, Failure> {
    let mut own = Vec::new();
    for path in own_files()? {
        match read(&path) {
            Ok(application) => own.push(application),
            Err(failure) => warn(&failure.to_string()),
        }
    }
    let is_own = |application: &Application| own.iter().any(|own| own.slug == application.slug);
    let mut all: Vec<_> = catalogue::applications().filter(|app| !is_own(app)).collect();
    all.extend(own);
    all.sort_by(|a, b| a.slug.cmp(&b.slug));
    Ok(all)
}

/// Returns the folder of the user's files; `None` without a home directory.
pub(crate) fn folder() -> Option<PathBuf> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    // The XDG Base Directory Specification requires that relative paths are ignored.
    let config = set("XDG_CONFIG_HOME").filter(|path| path.is_absolute());
    let config = config.or_else(|| Some(set("HOME")?.join(".config")))?;
    Some(config.join("oidc-secret").join("apps"))
}

fn own_files() -> Result<Vec<PathBuf>, Failure> {
    let Some(folder) = folder() else { return Ok(Vec::new()) };
    let entries = match std::fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Failure::io("read", &folder, &error)),
    };
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let is_file = |path: &PathBuf| {
        let is_hidden = name(path).is_some_and(|name| name.starts_with('.'));
        path.extension().is_some_and(|extension| extension == "toml") && !is_hidden
    };
    Ok(paths.filter(is_file).collect())
}

/// Returns the slug of an application, which is the name of its file.
fn name(path: &Path) -> Option<&str> {
    path.file_stem()?.to_str()
}

fn read(path: &Path) -> Result<Application, Failure> {
    /// More than any application needs. A larger file is a mistake, and would fill the memory.
    const MAX_SIZE: u64 = 1 << 20;
    let unreadable = |error| Failure::io("read", path, &error);
    let metadata = std::fs::metadata(path).map_err(unreadable)?;
    if !metadata.is_file() || metadata.len() > MAX_SIZE {
        return Err(Failure::new("not a regular file of at most 1 MiB").at(path.display()));
    }
    let text = std::fs::read_to_string(path).map_err(unreadable)?;
    let slug = name(path).unwrap_or_default();
    let parsed = Application::parse(slug, &text).map_err(Failure::from);
    parsed.map_err(|failure| failure.at(path.display()))
}
