//! The applications of the binary and those of the user's files.

use std::path::{Path, PathBuf};

use oidc_secret::catalogue::{self, Application};

use crate::cli::failure::Failure;
use crate::cli::input;
use crate::cli::terminal::output::warn;

/// Returns the application with this slug. A file of the user replaces one of the binary. Another word is
/// enough if it means one application only.
pub(crate) fn find(word: &str) -> Result<Application, Failure> {
    let own_files = own_files_or_warn();
    if let Some(path) = own_files.iter().find(|path| name(path) == Some(word)) {
        return read(path);
    }
    let error = match catalogue::application(word) {
        Ok(application) => return Ok(application),
        Err(error) => error,
    };
    let all = with_own(own_files, report);
    match best(&all, word)[..] {
        [meant] => Ok(meant.clone()),
        [] => Err(Failure::from(error)
            .hint("`oidc-secret apps` lists the applications; `oidc-secret apps WORD` searches")),
        ref several => {
            let slugs: Vec<_> = several.iter().map(|application| &*application.slug).collect();
            Err(Failure::new(format!("`{word}` may be one of several applications"))
                .hint(format!("use one of {}", slugs.join(", "))))
        }
    }
}

/// Returns the applications that a word may mean, which are those that it matches best. Files of the user
/// that cannot be read are left out silently: nothing was asked of them.
pub(crate) fn meant(word: &str) -> Vec<Application> {
    let all = with_own(own_files().unwrap_or_default(), |_| {});
    best(&all, word).into_iter().cloned().collect()
}

/// Returns the applications that a word matches best.
pub(crate) fn best<'a>(all: &'a [Application], word: &str) -> Vec<&'a Application> {
    let best = all.iter().filter_map(|application| application.matches(word)).min();
    let is_best = |app: &&Application| best.is_some() && app.matches(word) == best;
    all.iter().filter(is_best).collect()
}

/// Returns all applications, sorted by slug. A file of the user that cannot be read is left out with a
/// warning, because one bad file must not hide every application. Neither must the folder.
pub(crate) fn all() -> Vec<Application> {
    with_own(own_files_or_warn(), report)
}

fn report(failure: &Failure) {
    warn(&failure.to_string());
}

fn own_files_or_warn() -> Vec<PathBuf> {
    own_files().inspect_err(report).unwrap_or_default()
}

/// Returns the applications of these files and of the binary, sorted by slug.
fn with_own(files: Vec<PathBuf>, report: impl Fn(&Failure)) -> Vec<Application> {
    let read = |path: PathBuf| read(&path).inspect_err(&report).ok();
    let own: Vec<_> = files.into_iter().filter_map(read).collect();
    let is_own = |application: &Application| own.iter().any(|own| own.slug == application.slug);
    let mut all: Vec<_> = catalogue::applications().filter(|app| !is_own(app)).collect();
    all.extend(own);
    all.sort_by(|a, b| a.slug.cmp(&b.slug));
    all
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
    // A FIFO would wait for a writer in every command that reads the folder.
    let metadata = std::fs::metadata(path).map_err(|error| Failure::io("read", path, &error))?;
    if !metadata.is_file() {
        return Err(Failure::new("not a regular file").at(path.display()));
    }
    let text = input::application_file(path)?;
    let parsed = Application::parse(name(path).unwrap_or_default(), &text);
    parsed.map_err(|error| Failure::from(error).at(path.display()))
}
