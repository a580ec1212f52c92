//! Authelia's configuration: the clients of `identity_providers.oidc.clients`.

use serde::Deserialize;
use serde_saphyr::Spanned;

use crate::error::{ConfigError, Error};

/// A client as the configuration has it.
#[derive(Clone)]
pub struct Client {
    /// The id: `client_id`, or `id` before version 4.38.
    pub id: String,
    /// The digest (or plaintext secret): `client_secret`, or `secret` before version 4.38.
    pub secret: Option<String>,
    /// The line of the id, counted from 1.
    pub line: u64,
}

/// Leaves the secret out: it may be the plaintext.
impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { id, line, .. } = self;
        f.debug_struct("Client").field("id", id).field("line", line).finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct Document {
    identity_providers: Option<IdentityProviders>,
}

#[derive(Deserialize)]
struct IdentityProviders {
    oidc: Option<Oidc>,
}

#[derive(Deserialize)]
struct Oidc {
    clients: Option<Vec<Entry>>,
}

/// One entry, in the keys of both generations.
#[derive(Deserialize)]
struct Entry {
    client_id: Option<Spanned<String>>,
    id: Option<Spanned<String>>,
    client_secret: Option<String>,
    secret: Option<String>,
}

/// Reads the clients of a configuration, from each of its YAML documents, in order. A client
/// without an id is left out.
///
/// ```
/// let clients = oidc_secret::authelia::clients(
///     "identity_providers: {oidc: {clients: [{client_id: kasm, client_secret: '$plaintext$x'}]}}",
/// )?;
/// assert_eq!(clients[0].id, "kasm");
/// # Ok::<(), oidc_secret::Error>(())
/// ```
///
/// # Errors
/// [`ConfigError::Yaml`] for text that is not YAML (or too deeply nested), and
/// [`ConfigError::Shape`] for a list or a mapping where the configuration has another.
pub fn clients(yaml: &str) -> Result<Vec<Client>, Error> {
    let options = serde_saphyr::options! { with_snippet: false };
    let documents: Vec<Document> =
        serde_saphyr::from_multiple_with_options(yaml, options).map_err(|error| located(&error))?;
    let entries = documents
        .into_iter()
        .filter_map(|document| document.identity_providers?.oidc?.clients)
        .flatten();
    Ok(entries.filter_map(client).collect())
}

fn client(entry: Entry) -> Option<Client> {
    let id = entry.client_id.or(entry.id)?;
    let secret = entry.client_secret.or(entry.secret);
    Some(Client { id: id.value, secret, line: id.referenced.line() })
}

/// Keeps of the parser's error what quotes nothing: a configuration holds secrets.
fn located(error: &serde_saphyr::Error) -> ConfigError {
    use serde_saphyr::Error as Yaml;
    let error = error.without_snippet();
    let (line, column) = error.location().map_or((0, 0), |at| (at.line(), at.column()));
    let message = match error {
        Yaml::ExternalMessage { msg, .. } => msg.clone(),
        Yaml::DuplicateMappingKey { .. } => "a key stands twice in the same mapping".to_owned(),
        Yaml::Budget { .. } => "too large or too deeply nested to be a configuration".to_owned(),
        _ => return ConfigError::Shape { line, column },
    };
    ConfigError::Yaml { line, column, message }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_generations_of_keys_and_several_documents_are_read() {
        let yaml = "\
---
server: {address: 'tcp://:9091'}
---
identity_providers:
  oidc:
    clients:
      - client_id: new
        client_secret: '$a'
      - id: \"old\"
        secret: >-
          $b
      - client_id: 123
      - client_name: no id
---
identity_providers: {oidc: {clients: [{client_id: flow, client_secret: &x $c}]}}
---
identity_providers:
";
        let read: Vec<_> =
            clients(yaml).unwrap().into_iter().map(|c| (c.id, c.secret, c.line)).collect();
        let entry = |id: &str, secret: Option<&str>, line| {
            (id.to_owned(), secret.map(ToOwned::to_owned), line)
        };
        assert_eq!(
            read,
            [
                entry("new", Some("$a"), 7),
                entry("old", Some("$b"), 9),
                entry("123", None, 12),
                entry("flow", Some("$c"), 15),
            ]
        );
        assert!(clients("").unwrap().is_empty());
    }

    #[test]
    fn what_is_no_configuration_is_located_and_not_quoted() {
        for yaml in [
            "identity_providers: {oidc: {clients: [{client_id: hunter2, client_secret: [hunter2]}]}}",
            "identity_providers: {oidc: {clients: hunter2}}",
            "hunter2",
            "a: hunter2\na: hunter2",
            "a: 'hunter2",
            "identity_providers: {oidc: {clients: [{id: a, secret: {{ hunter2 }}}]}}",
            "a: &x [hunter2, *y]",
            "hunter2: [",
            "\u{0}hunter2",
        ] {
            let message = clients(yaml).unwrap_err().to_string();
            assert!(!message.contains("hunter2"), "{message}");
            assert!(message.starts_with("line "), "{message}");
        }
    }

    #[test]
    fn a_bomb_is_refused() {
        let mut yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let alias = format!("*a{},", level - 1).repeat(10);
            yaml = format!("{yaml}a{level}: &a{level} [{alias}]\n");
        }
        assert!(clients(&yaml).is_err());
        assert!(clients(&"[".repeat(1_000_000)).is_err());
    }
}
