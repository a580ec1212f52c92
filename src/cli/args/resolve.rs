//! Templates and variables in a configuration: whether they are resolved on this machine, and where
//! the files are that they name.

use std::path::{Component, Path, PathBuf};

use oidc_secret::Digest;
use oidc_secret::authelia::{
    Configuration, ExpansionNote, Filter, Filters, Reference, Resolved, has_template, is_reference,
    resolve_templates,
};
use oidc_secret::error::{ConfigError, Error};
use zeroize::Zeroizing;

use crate::cli::failure::Failure;
use crate::cli::input;

/// Files that templates name, on this machine.
#[derive(clap::Args, Default)]
pub(crate) struct FileArgs {
    /// Resolve {{ secret "PATH" }} and {{ env "NAME" }} on this machine
    #[arg(long)]
    resolve: bool,
    /// Folder with the files of Authelia's container; turns on --resolve
    ///
    /// It is put before every absolute path in a template that no --map covers.
    #[arg(long, hide_short_help = true, value_name = "DIR")]
    root: Option<PathBuf>,
    /// Path here for one in templates, as in /config=./authelia (repeatable)
    ///
    /// It also counts for everything below the path, and the longest path that fits is taken. It turns
    /// on --resolve.
    #[arg(long, value_name = "PATH=DIR", value_parser = mapping)]
    map: Vec<(PathBuf, PathBuf)>,
}

/// Resolving of templates and variables, as Authelia does it.
#[derive(clap::Args, Default)]
pub(crate) struct ResolveArgs {
    #[command(flatten)]
    files: FileArgs,
    /// Authelia's filters, in order, such as template; '' is none
    ///
    /// The filters are template and expand-env, as in `X_AUTHELIA_CONFIG_FILTERS`. Without this flag
    /// it is not known whether they are on: a template is taken for one, and `$` is kept except in
    /// ${NAME}.
    #[arg(long, hide_short_help = true, value_name = "LIST")]
    filters: Option<Filters>,
}

/// Parses a path in a template and the path here that replaces it.
fn mapping(text: &str) -> Result<(PathBuf, PathBuf), String> {
    match text.split_once('=') {
        Some((from, to)) if from.starts_with('/') && !to.is_empty() => Ok((from.into(), to.into())),
        _ => Err("write it as CONTAINER_PATH=LOCAL_PATH, such as /config=./authelia".to_owned()),
    }
}

impl FileArgs {
    /// Whether templates are resolved: the other flags have no use without it.
    pub(crate) fn is_on(&self) -> bool {
        self.resolve || self.root.is_some() || !self.map.is_empty()
    }

    /// Returns the path on this machine for one in a template, which is Authelia's.
    pub(crate) fn here(&self, path: &str) -> PathBuf {
        let path = Path::new(path);
        let inside = |(from, to): &(PathBuf, PathBuf)| {
            let rest = path.strip_prefix(from).ok()?;
            // Joining an empty path would add a slash, which a file does not have.
            let here = if rest.as_os_str().is_empty() { to.clone() } else { to.join(rest) };
            Some((from.components().count(), here))
        };
        let longest = self.map.iter().filter_map(inside).max_by_key(|(length, _)| *length);
        match (longest, &self.root) {
            (Some((_, here)), _) => here,
            (None, Some(root)) if path.is_absolute() => {
                let names = path.components().filter(|part| !matches!(part, Component::RootDir));
                root.join(names.collect::<PathBuf>())
            }
            _ => path.to_owned(),
        }
    }
}

impl FileArgs {
    /// Returns what to do about a file or a variable that is not there.
    pub(crate) fn hint(&self) -> &'static str {
        if self.root.is_some() || !self.map.is_empty() {
            "check --map and --root, or run it in Authelia's container"
        } else {
            "give the folder here for one in Authelia's container with --map, as in \
             --map /config=./authelia, or run it in the container"
        }
    }
}

impl ResolveArgs {
    pub(crate) fn is_on(&self) -> bool {
        self.files.is_on()
    }

    /// Whether any of the flags is given.
    pub(crate) fn is_given(&self) -> bool {
        self.is_on() || self.filters.is_some()
    }

    /// Resolves the templates of a configuration; without --resolve it only makes it readable. In a Compose
    /// file, each `$` of a value is doubled, as Compose has it in texts of its own.
    pub(crate) fn resolved(&self, text: &str, is_compose: bool) -> Result<Resolved, Error> {
        let filters = self.filters.as_ref().unwrap_or(&Filters::UNKNOWN);
        let value = |reference: Reference<'_>| {
            let value = self.value(reference)?;
            Ok(if is_compose { Zeroizing::new(value.replace('$', "$$")) } else { value })
        };
        Ok(resolve_templates(text, filters, &value).map_err(ConfigError::from)?)
    }

    /// Resolves the secrets in files that values of the Helm chart name.
    pub(crate) fn resolve_chart(&self, file: &mut Configuration, resolved: &mut Resolved) {
        if self.is_on() {
            file.resolve_chart(resolved, &|reference| self.value(reference));
        }
    }

    /// Reads what a template or a variable refers to.
    fn value(&self, reference: Reference<'_>) -> Result<Zeroizing<String>, String> {
        match reference {
            _ if !self.is_on() => Err("it is not resolved without --resolve".to_owned()),
            Reference::File(path) => {
                let text = input::referenced_file(&self.files.here(path));
                text.map_err(|failure| failure.to_string())
            }
            Reference::Variable(name) => std::env::var(name)
                .map(Zeroizing::new)
                .map_err(|_| format!("the environment variable {name} is not set")),
        }
    }

    /// Returns what to do about a file or a variable that is not there.
    pub(crate) fn hint(&self) -> &'static str {
        self.files.hint()
    }

    /// Describes why the secret of a client is not a digest that can be used, if a template or a
    /// variable is the reason.
    pub(crate) fn unusable(&self, secret: &str, line: u64, resolved: &Resolved) -> Option<Failure> {
        let is_template = has_template(secret);
        let is_left = is_template || is_reference(secret);
        let is_digest = secret.parse::<Digest>().is_ok();
        let applies = |note: &&ExpansionNote| {
            note.line == line && if note.problem.destroys() { !is_digest } else { is_left }
        };
        if let Some(note) = resolved.notes().iter().find(applies) {
            let what = if is_left { "the secret is a placeholder" } else { "no digest is left" };
            let text = format!("{what}: {}", note.problem);
            return Some(Failure::new(text).hint(uncapitalised(note.problem.fix())));
        }
        if !is_left {
            return None;
        }
        if let Some(unresolved) = resolved.unresolved().iter().find(|one| one.line == line)
            && self.is_on()
        {
            let text = format!("the secret cannot be resolved: {}", unresolved.reason);
            let is_file = unresolved.reason.starts_with("cannot read");
            let other = "run it in Authelia's container, or give the digest itself: --digest-file";
            return Some(Failure::new(text).hint(if is_file { self.hint() } else { other }));
        }
        let (form, filter) = if is_template {
            ("template", Filter::Template)
        } else {
            ("variable", Filter::ExpandEnv)
        };
        let text = format!(
            "the secret is a placeholder: it is a {form}, which Authelia resolves only if its filter \
             {filter} is on"
        );
        Some(Failure::new(text).hint("add --resolve, or give the digest itself: --digest-file"))
    }
}

/// Writes a sentence as a hint.
fn uncapitalised(sentence: &str) -> String {
    let mut characters = sentence.trim_end_matches('.').chars();
    let first = characters.next().map(|first| first.to_ascii_lowercase());
    first.into_iter().chain(characters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_map_counts_and_then_the_root() {
        let map = ["/config=a", "/config/secret/=b", "/x=c"].map(|text| mapping(text).unwrap());
        let files = FileArgs { resolve: false, root: Some("r".into()), map: map.to_vec() };
        assert!(files.is_on());
        for (path, here) in [
            ("/config", "a"),
            ("/config/y", "a/y"),
            ("/config/secret/y", "b/y"),
            ("/config/secret", "b"),
            ("/configuration/y", "r/configuration/y"),
            ("/x//y", "c/y"),
            ("y", "y"),
        ] {
            assert_eq!(files.here(path), Path::new(here), "{path}");
        }
        let files = FileArgs { root: None, ..files };
        assert_eq!(files.here("/run/y"), Path::new("/run/y"));
        for wrong in ["config=a", "/config", "/config="] {
            assert!(mapping(wrong).is_err(), "{wrong}");
        }
    }
}
