//! Every client of a provider's configuration, judged.

mod guess;
mod rules;
mod secrets;

use std::collections::BTreeMap;

use crate::authelia::{Configuration, Entry, Text};
use crate::digest::Digest;
use crate::finding::{Code, Finding};

pub use guess::{Guess, Guessed, guesses};

/// A finding, and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// What was found.
    pub finding: Finding,
    /// Where.
    pub place: Place,
}

/// A place in a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file, by the name that it was given.
    pub file: String,
    /// The line, counted from 1.
    pub line: u64,
    /// The client's id.
    pub client: String,
    /// The key, as the configuration has it.
    pub key: &'static str,
}

/// What was found of a client.
#[derive(Debug, Clone)]
pub struct Client {
    /// Its id.
    pub id: String,
    /// Its name, if it has one.
    pub name: Option<String>,
    /// Whether it is public: without a secret.
    pub public: bool,
    /// How it authenticates at the token endpoint.
    pub auth_method: String,
    /// The digest of its secret, if it has one that Authelia reads.
    pub digest: Option<Digest>,
    /// Where its secret stands.
    pub place: Place,
    /// What was found, the worst first.
    pub findings: Vec<Located>,
}

/// What was found in a configuration.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// The clients, in their order.
    pub clients: Vec<Client>,
    /// What concerns no client alone.
    pub findings: Vec<Located>,
}

/// Judges every client of a configuration, which may be several files: as for Authelia, the last
/// one that has a list of clients counts.
///
/// ```
/// use oidc_secret::{audit, authelia::Configuration};
///
/// let yaml = "identity_providers: {oidc: {clients: [{client_id: kasm, client_secret: hunter2, \
///             redirect_uris: ['https://kasm.example.com/api/oidc_callback']}]}}";
/// let report = audit(&[Configuration::parse("configuration.yml", yaml)?]);
/// assert_eq!(report.clients[0].findings[0].finding.code.name(), "plaintext-secret");
/// # Ok::<(), oidc_secret::Error>(())
/// ```
#[must_use]
pub fn audit(files: &[Configuration]) -> Report {
    let mut report = Report::default();
    let with_clients: Vec<_> = files.iter().filter(|file| file.clients().is_some()).collect();
    let Some((last, earlier)) = with_clients.split_last() else {
        return report;
    };
    for file in earlier {
        let line = file.clients().and_then(<[Entry]>::first).map_or(0, Entry::line);
        let message = format!("Authelia takes the clients of {} instead of these", last.name());
        let place =
            Place { file: file.name().to_owned(), line, client: String::new(), key: "clients" };
        report.findings.push(Located { finding: of(Code::Overridden, message), place });
    }
    if last.document() > 1 {
        let line = last.clients().and_then(<[Entry]>::first).map_or(0, Entry::line);
        let message = format!(
            "the clients are in YAML document {}, but Authelia reads only the first one",
            last.document()
        );
        let place =
            Place { file: last.name().to_owned(), line, client: String::new(), key: "clients" };
        report.findings.push(Located { finding: of(Code::Overridden, message), place });
    }
    let known = rules::Known {
        policies: files.iter().flat_map(Configuration::policies).collect(),
        scopes: files.iter().flat_map(Configuration::scopes).collect(),
    };
    let entries = last.clients().unwrap_or_default();
    report.clients = entries.iter().map(|entry| client(last, entry, &known)).collect();
    twice(&mut report.clients, entries);
    for client in &mut report.clients {
        client.findings.sort_by_key(|located| located.finding.code.severity());
    }
    report
}

/// A finding whose remedy is that of its kind.
fn of(code: Code, message: String) -> Finding {
    Finding::new(code, message, code.fix())
}

fn client(file: &Configuration, entry: &Entry, known: &rules::Known<'_>) -> Client {
    let id = entry.id().map_or_else(String::new, |id| id.value.to_string());
    let place = |line, key| Place { file: file.name().to_owned(), line, client: id.clone(), key };
    let secret = secrets::judge(entry);
    let mut findings: Vec<Located> = Vec::new();
    let mut add = |key: &'static str, line: u64, finding: Finding| {
        let line = if line == 0 { entry.line() } else { line };
        findings.push(Located { finding, place: place(line, key) });
    };
    rules::check(entry, known, &mut add);
    if let Some(text) = entry.id()
        && let Some(finding) = secrets::unquoted(text, "id")
    {
        add(entry.id_key(), text.line, finding);
    }
    let (line, key) = entry.secret().map_or((0, "client_secret"), |(s, key)| (s.line, key));
    for finding in secret.findings {
        add(key, line, finding);
    }
    let secret_line = if line == 0 { entry.line() } else { line };
    Client {
        name: entry.name().map(ToOwned::to_owned),
        public: entry.is_public(),
        auth_method: entry.auth_method().to_owned(),
        digest: secret.digest,
        place: place(secret_line, key),
        findings,
        id,
    }
}

/// Finds ids and secrets that stand more than once.
fn twice(clients: &mut [Client], entries: &[Entry]) {
    let (mut ids, mut secrets) = (BTreeMap::new(), BTreeMap::new());
    for (client, entry) in clients.iter_mut().zip(entries) {
        let id = entry.id().map(Text::as_read).unwrap_or_default();
        let first = ids.entry(id).or_insert_with(|| entry.line());
        if *first != entry.line() && !client.id.is_empty() {
            let message = format!("the id {} is already used in line {first}", client.id);
            let key = entry.id_key();
            let place = Place { line: entry.line(), key, ..client.place.clone() };
            client.findings.push(Located { finding: of(Code::DuplicateClientId, message), place });
        }
        let Some((secret, _)) = entry.secret() else { continue };
        // An empty secret or a template is no secret that two could share.
        if secret.value.is_empty() || secrets::is_reference(&secret.value) {
            continue;
        }
        let first = secrets.entry(&*secret.value).or_insert_with(|| client.id.clone());
        if *first != client.id {
            let message = format!("the client {first} has the same secret");
            let place = client.place.clone();
            client.findings.push(Located { finding: of(Code::SameSecret, message), place });
        }
    }
}
