//! `apps --check`: checks your own files for the catalogue.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use oidc_secret::catalogue::{self, Application};
use oidc_secret::error::{CatalogueError, Error};
use oidc_secret::{ApplicationProblem, check_application};
use serde::Serialize;
use serde_json::json;

use crate::cli::args::values::Format;
use crate::cli::catalogue::folder;
use crate::cli::failure::Failure;
use crate::cli::terminal::output::{Stdout, hint};
use crate::cli::terminal::visible::visible;
use crate::cli::{input, json};

/// A checked file.
struct CheckedFile<'a> {
    path: &'a Path,
    slug: String,
    /// The application, if the file can be parsed.
    application: Option<Application>,
    problems: Vec<Problem>,
}

/// A problem and its place: a line if the parser reports it, or a part of the file.
#[derive(Serialize)]
struct Problem {
    line: Option<usize>,
    place: Option<String>,
    message: String,
}

pub(super) fn run(paths: &[PathBuf], format: Format) -> Result<ExitCode, Failure> {
    // A file that cannot be read is an error, so that it must not follow half of the results.
    let read = |path| Ok((path, slug(path), input::application_file(path)?));
    let texts = paths.iter().map(|path| read(&**path)).collect::<Result<Vec<_>, Failure>>()?;
    let checked: Vec<_> =
        texts.into_iter().map(|(path, slug, text)| checked(path, slug, &text)).collect();
    let bytes = match format {
        Format::Text => checked.iter().map(lines).collect::<String>().into_bytes(),
        Format::Json => {
            let files: Vec<_> = checked.iter().map(object).collect();
            json::line(&json!({"version": 1, "files": files}))?
        }
    };
    let fails = checked.iter().any(|file| !file.problems.is_empty());
    match Stdout::for_result()?.write(&bytes) {
        // If the output was closed early, the exit code still tells the verdict.
        Err(Failure::BrokenPipe) if fails => {}
        other => other?,
    }
    checked.iter().filter(|file| file.problems.is_empty()).for_each(name_folder);
    Ok(u8::from(fails).into())
}

/// Returns the slug, which is the name of the file. Standard input has none, and gets a common one. A name
/// that cannot be a slug is a problem of the file, which the parser reports.
fn slug(path: &Path) -> String {
    if path.as_os_str() == "-" {
        return "app".to_owned();
    }
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn checked<'a>(path: &'a Path, slug: String, text: &str) -> CheckedFile<'a> {
    let (application, problems) = match Application::parse(&slug, text) {
        Ok(application) => {
            let problems = check_application(&application);
            (Some(application), problems.into_iter().map(Problem::from).collect())
        }
        Err(error) => (None, vec![error.into()]),
    };
    CheckedFile { path, slug, application, problems }
}

impl From<ApplicationProblem> for Problem {
    fn from(problem: ApplicationProblem) -> Self {
        let ApplicationProblem { place, message, .. } = problem;
        Self { line: None, place: Some(place), message }
    }
}

/// The message of a file that cannot be parsed names the file, which here is before every problem.
impl From<CatalogueError> for Problem {
    fn from(error: CatalogueError) -> Self {
        match error {
            CatalogueError::Malformed { line, message, .. } => {
                Self { line: Some(line).filter(|line| *line > 0), place: None, message }
            }
            other => Self { line: None, place: None, message: Error::from(other).to_string() },
        }
    }
}

/// Returns a line for a file, or one for each of its problems.
fn lines(file: &CheckedFile<'_>) -> String {
    let name = visible(&input::name(file.path));
    let problems = file.problems.iter().map(|Problem { line, place, message }| {
        let line = line.map(|line| format!("{line}:")).unwrap_or_default();
        let place = place.as_ref().map(|place| format!("{place}: ")).unwrap_or_default();
        format!("{name}:{line} {}{}\n", visible(&place), visible(message))
    });
    match &file.application {
        Some(application) if file.problems.is_empty() => format!("{name}: {}\n", ok(application)),
        _ => problems.collect(),
    }
}

fn ok(application: &Application) -> String {
    let clients = match application.clients.len() {
        1 => "1 client".to_owned(),
        count => format!("{count} clients"),
    };
    match &formats(application)[..] {
        [] => format!("ok, {clients}, no settings"),
        forms => format!("ok, {clients}, forms: {}", forms.join(", ")),
    }
}

fn formats(application: &Application) -> Vec<String> {
    application.formats().iter().map(ToString::to_string).collect()
}

fn object(file: &CheckedFile<'_>) -> serde_json::Value {
    let application = file.application.as_ref();
    json!({
        "file": file.path.display().to_string(),
        "slug": file.slug,
        "clients": application.map(|application| application.clients.len()),
        "settings": application.map(formats).unwrap_or_default(),
        "problems": file.problems,
    })
}

/// Says where a file must be for `new --app`, if it is elsewhere.
fn name_folder(file: &CheckedFile<'_>) {
    let Some(folder) = folder().filter(|folder| !is_in(file.path, folder)) else { return };
    let is_stdin = file.path.as_os_str() == "-";
    let (verb, slug) = if is_stdin { ("save", "SLUG") } else { ("copy", &*file.slug) };
    let path = folder.join(format!("{slug}.toml"));
    let replaces = match catalogue::application(slug) {
        Ok(application) => format!("; there it replaces {} of the catalogue", application.name),
        Err(_) => String::new(),
    };
    let path = path.display();
    hint(&format!(
        "`new --app {slug}` needs the file in your folder: {verb} it to {path}{replaces}"
    ));
}

/// Whether a file is one of the user's folder.
fn is_in(path: &Path, folder: &Path) -> bool {
    let parent = path.canonicalize().ok().and_then(|path| path.parent().map(Path::to_owned));
    parent.is_some()
        && parent == folder.canonicalize().ok()
        && path.extension().is_some_and(|extension| extension == "toml")
}
