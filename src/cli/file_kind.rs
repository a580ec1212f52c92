//! Guesses at files that are taken for Authelia's configuration, for the error on a file without
//! clients. Only the file's own text counts: a name such as `values.yaml` says little.

use std::fmt;

use oidc_secret::authelia::is_misspelt_root;

/// The key that Authelia's clients are below.
const ROOT: &str = "identity_providers";

/// What to do about clients that are in the file, but are not found.
const AT: &str = "--at PATH names a list of clients elsewhere";

/// A file that is not an Authelia configuration with clients, but is often taken for one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FileKind {
    /// A top-level key that is nearly `identity_providers`.
    Misspelt(String),
    /// `oidc` or `clients` without the keys above it.
    Fragment(&'static str),
    /// Authelia's database of users.
    UsersDatabase,
    /// Values of a Helm chart.
    HelmValues,
    /// A Kubernetes manifest of this kind.
    Kubernetes(String),
    /// A Compose file, with the line of the first digest that Compose would change.
    Compose(Option<usize>),
    /// A file of environment variables, with the line of the first digest that a reader would change.
    Environment(Option<usize>),
    /// An expression in the Nix language.
    Nix,
    /// Authelia's log.
    Log,
    /// A template in the Jinja language.
    Jinja,
    /// An Authelia configuration without clients.
    NoClients,
}

impl FileKind {
    /// Guesses what a text is. The text may have no valid YAML: its lines are enough.
    pub(crate) fn guess(text: &str) -> Option<Self> {
        if is_log(text) {
            return Some(Self::Log);
        }
        if text.contains("{%") {
            return Some(Self::Jinja);
        }
        if lines(text).all(is_assignment) && lines(text).next().is_some() {
            return Some(Self::Environment(expanded_variable(text)));
        }
        if is_nix(text) {
            return Some(Self::Nix);
        }
        of_keys(&top_level_keys(text), text)
    }

    /// Whether it is no YAML, so that an error in the YAML says nothing.
    pub(crate) fn is_no_yaml(&self) -> bool {
        matches!(self, Self::Environment(_) | Self::Nix | Self::Log | Self::Jinja)
    }

    /// Returns what to do instead.
    pub(crate) fn hint(&self) -> String {
        match self {
            Self::Misspelt(key) => format!("write {ROOT} instead of {key}"),
            Self::Fragment(key) => {
                format!("put {key} where Authelia reads it: {ROOT}.oidc.clients")
            }
            Self::UsersDatabase => {
                "the clients are in Authelia's configuration, usually configuration.yml".to_owned()
            }
            Self::HelmValues => {
                format!("the chart's clients are in configMap.{ROOT}.oidc.clients; {AT}")
            }
            Self::Kubernetes(_) => {
                format!("give the manifest with Authelia's configuration or Helm values; {AT}")
            }
            Self::Compose(line) => {
                let hint = "give the configuration file that the Authelia service mounts";
                let also =
                    |line| format!("; in line {line}, double each $ of the digest for Compose");
                format!("{hint}{}; {AT}", line.map_or_else(String::new, also))
            }
            Self::Environment(line) => {
                let hint =
                    "Authelia cannot read clients from variables; give its configuration file";
                let also = |line| {
                    format!(
                        "; in line {line}, put the digest between single quotes, or its $ fields are \
                         replaced"
                    )
                };
                format!("{hint}{}", line.map_or_else(String::new, also))
            }
            Self::Nix => "give the configuration that it generates".to_owned(),
            Self::Log => "give Authelia's configuration file".to_owned(),
            Self::Jinja => "give the file that is rendered from it".to_owned(),
            Self::NoClients => format!("add the clients below {ROOT}.oidc.clients"),
        }
    }
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Misspelt(key) => write!(f, "unknown key {key}; did you mean {ROOT}?"),
            Self::Fragment(key) => {
                write!(f, "this has {key} at the top level, where Authelia ignores it")
            }
            Self::UsersDatabase => f.write_str("this is Authelia's database of users"),
            Self::HelmValues => f.write_str("these are values of a Helm chart"),
            Self::Kubernetes(kind) => write!(f, "this is a Kubernetes manifest of the kind {kind}"),
            Self::Compose(_) => f.write_str("this is a Compose file"),
            Self::Environment(_) => f.write_str("this is a file of environment variables"),
            Self::Nix => f.write_str("this is written in the Nix language"),
            Self::Log => f.write_str("this is a log"),
            Self::Jinja => f.write_str("this is a Jinja template"),
            Self::NoClients => f.write_str("this Authelia configuration has no clients"),
        }
    }
}

/// Returns the lines that are neither empty nor comments.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| {
        let line = line.trim_start();
        !line.is_empty() && !line.starts_with('#')
    })
}

/// Whether a text begins as Authelia's log does, in its text format or in JSON.
fn is_log(text: &str) -> bool {
    lines(text).next().is_some_and(|line| {
        let is_json =
            line.starts_with('{') && line.contains("\"level\":") && line.contains("\"msg\":");
        is_json || (line.contains("level=") && line.contains("msg="))
    })
}

/// Whether a line sets an environment variable.
fn is_assignment(line: &str) -> bool {
    let line = line.trim_start().strip_prefix("export ").unwrap_or(line.trim_start());
    line.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    })
}

/// Beginnings of digests, whose `$` a program may take as that of a variable.
const DIGESTS: [&str; 4] = ["$pbkdf2", "$argon2", "$2", "$bcrypt"];

/// Returns the line of the first digest in a Compose file whose `$` are not doubled.
fn expanded_in_compose(text: &str) -> Option<usize> {
    let is_single = |line: &str| {
        DIGESTS.iter().any(|start| {
            line.find(start).is_some_and(|at| !line[..at].ends_with('$'))
                && line.matches('$').count() > 2
        })
    };
    (1..).zip(text.lines()).find(|(_, line)| is_single(line)).map(|(number, _)| number)
}

/// Returns the line of the first digest that is the value of a variable without single quotes.
fn expanded_variable(text: &str) -> Option<usize> {
    let is_bare = |line: &str| {
        let value = line.split_once('=').map_or("", |(_, value)| value.trim_start_matches('"'));
        DIGESTS.iter().any(|start| value.starts_with(start)) && value.matches('$').count() > 2
    };
    (1..).zip(text.lines()).find(|(_, line)| is_bare(line)).map(|(number, _)| number)
}

/// Whether a text has the assignments of Nix: `name = value;`. YAML has neither the blanks around `=`
/// nor the semicolon, so that two of them are enough.
fn is_nix(text: &str) -> bool {
    let bindings = |line: &str| {
        let ends = line.split_inclusive([';', '{', '[']);
        ends.filter(|part| part.contains(" = ") && part.ends_with([';', '{', '['])).count()
    };
    lines(text).map(bindings).sum::<usize>() >= 2
}

/// Returns the keys at the beginning of a line, without quotes.
fn top_level_keys(text: &str) -> Vec<&str> {
    lines(text)
        .filter(|line| !line.starts_with([' ', '\t', '-', '{', '}']))
        .filter_map(|line| line.split_once(':'))
        .map(|(key, _)| key.trim().trim_matches(['"', '\'']))
        .collect()
}

/// Returns a key that is nearly `identity_providers`. It may be indented, in the text of a `ConfigMap`.
fn misspelt_root(text: &str) -> Option<&str> {
    let keys = lines(text).filter_map(|line| line.split_once(':'));
    let mut keys = keys.map(|(key, _)| key.trim().trim_matches(['"', '\'']));
    keys.find(|key| is_misspelt_root(key))
}

fn of_keys(keys: &[&str], text: &str) -> Option<FileKind> {
    let has = |key: &str| keys.contains(&key);
    if has(ROOT) {
        return Some(FileKind::NoClients);
    }
    if let Some(key) = misspelt_root(text) {
        return Some(FileKind::Misspelt(key.to_owned()));
    }
    if has("apiVersion") && has("kind") {
        let kind = lines(text).find_map(|line| line.strip_prefix("kind:"));
        return Some(FileKind::Kubernetes(kind.unwrap_or_default().trim().to_owned()));
    }
    if has("users") && text.contains("password:") {
        return Some(FileKind::UsersDatabase);
    }
    if has("services") {
        return Some(FileKind::Compose(expanded_in_compose(text)));
    }
    if has("configMap") {
        return Some(FileKind::HelmValues);
    }
    ["oidc", "clients"].into_iter().find(|key| has(key)).map(FileKind::Fragment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_apart_by_their_text() {
        for (text, kind) in [
            ("identify_providers:\n  oidc: {}\n", FileKind::Misspelt("identify_providers".into())),
            ("'identity_provider':\n  oidc: {}\n", FileKind::Misspelt("identity_provider".into())),
            ("identity_providers:\n  oidc: {}\n", FileKind::NoClients),
            ("oidc:\n  clients: []\n", FileKind::Fragment("oidc")),
            ("clients:\n  - client_id: a\n", FileKind::Fragment("clients")),
            ("# db\nusers:\n  joe:\n    password: 'x'\n", FileKind::UsersDatabase),
            ("configMap:\n  identity_providers: {}\n", FileKind::HelmValues),
            (
                "apiVersion: v1\nkind: ConfigMap\ndata: {}\n",
                FileKind::Kubernetes("ConfigMap".into()),
            ),
            ("services:\n  authelia: {}\n", FileKind::Compose(None)),
            ("# x\nA_B=1\nexport C='$x'\n\n", FileKind::Environment(None)),
            ("{ config, ... }:\n{\n  services.x = {\n    a = 1;\n  };\n}\n", FileKind::Nix),
            ("time=\"2026-01-02\" level=error msg=\"x\"\n", FileKind::Log),
            ("{\"level\":\"error\",\"msg\":\"x\",\"time\":\"t\"}\n", FileKind::Log),
            ("a:\n{% for x in y %}\n", FileKind::Jinja),
        ] {
            assert_eq!(FileKind::guess(text), Some(kind), "{text}");
        }
        for text in ["", "# only a comment\n", "server:\n  address: tcp://:9091\n", "just words"] {
            assert_eq!(FileKind::guess(text), None, "{text}");
        }
    }
}
