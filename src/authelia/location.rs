//! Where a file has the list of clients.

use std::fmt;

use super::path::{PATH, Path, Step};

/// Where a file has the list of clients: in Authelia's own configuration, in Helm values, in a text
/// inside a Kubernetes manifest, ….
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The scalars that hold the configuration as text, from the outermost.
    pub(super) texts: Vec<Spot>,
    pub(super) list: Spot,
}

/// A path in one of the YAML documents of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spot {
    /// The document, counted from 0; `None` for any of them.
    pub(super) document: Option<usize>,
    pub(super) path: Path,
}

/// The form that a file has clients in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Form {
    /// Authelia's configuration.
    Authelia,
    /// Values of Authelia's Helm chart: the secret is in `client_secret.value`, or in the file of
    /// `client_secret.path`.
    Chart,
    /// A text in a Compose file, where each `$` is written twice.
    Compose,
    /// A list under another name, from which a program such as Ansible makes the configuration.
    List,
}

impl Location {
    /// The location in Authelia's own configuration.
    pub(super) fn own() -> Self {
        let list = Spot { document: None, path: Path::of_keys(&PATH) };
        Self { texts: Vec::new(), list }
    }

    /// Returns the form that the file has the clients in.
    #[must_use]
    pub fn form(&self) -> Form {
        let above = self.list.path.without_keys(&PATH);
        let text = self.texts.last().map(|spot| &spot.path.0[..]);
        match (above, text) {
            (_, Some([Step::Key(configs), _, Step::Key(content)]))
                if configs == "configs" && content == "content" =>
            {
                Form::Compose
            }
            (None, _) => Form::List,
            (Some(above), _) if above.last_key() == Some("configMap") => Form::Chart,
            _ => Form::Authelia,
        }
    }

    /// Whether this is the list of Authelia's own configuration, which is the whole file.
    #[must_use]
    pub fn is_own(&self) -> bool {
        *self == Self::own()
    }

    /// Whether a path that a person wrote means this one: with brackets or dots around the keys that
    /// have dots, as a whole or the beginning of it.
    pub(super) fn is_meant_by(&self, path: &str) -> bool {
        let plain = |text: &str| text.replace("[\"", ".").replace("\"]", "").replace('[', ".[");
        let ours = plain(&self.to_string());
        let is_first = without_document(&ours) == ours;
        let given = plain(if is_first { path.strip_prefix("1:").unwrap_or(path) } else { path });
        let (ours, given) = (ours.trim_start_matches('.'), given.trim_start_matches('.'));
        let has_document = given.split_once(':').is_some_and(|(n, _)| n.parse::<u32>().is_ok());
        let ours = if has_document { ours } else { without_document(ours) };
        ours.strip_prefix(given).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}

/// Returns a path without the number of its document.
fn without_document(path: &str) -> &str {
    match path.split_once(':') {
        Some((number, rest)) if number.parse::<u32>().is_ok() => rest.trim_start_matches('.'),
        _ => path,
    }
}

impl fmt::Display for Location {
    /// The path, through the text inside a scalar as if it were a part of the file. In a file of several
    /// documents the number of the document comes first: `2:data["configuration.yml"]`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let spots = || self.texts.iter().chain([&self.list]);
        if let Some(number) = spots().next().and_then(|spot| spot.document).filter(|n| *n > 0) {
            write!(f, "{}:", number + 1)?;
        }
        let path = spots().flat_map(|spot| spot.path.0.iter().cloned()).collect();
        write!(f, "{}", Path(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_meant_in_every_spelling() {
        let text = Path::of_keys(&["data", "configuration.yml"]);
        let location = Location {
            texts: vec![Spot { document: Some(1), path: text }],
            list: Spot { document: None, path: Path::of_keys(&PATH) },
        };
        let shown = "2:data[\"configuration.yml\"].identity_providers.oidc.clients";
        assert_eq!(location.to_string(), shown);
        for given in [
            shown,
            "data[\"configuration.yml\"].identity_providers.oidc.clients",
            "data[\"configuration.yml\"]",
            "data.configuration.yml",
            ".data",
            "2:data",
        ] {
            assert!(location.is_meant_by(given), "{given}");
        }
        for given in ["dat", "data.conf", "1:data", "3:data", "stringData", "identity_providers"] {
            assert!(!location.is_meant_by(given), "{given}");
        }
    }
}
