//! Audit of the clients in an Authelia configuration.

mod algorithms;
mod bearer;
mod client_jwks;
mod endpoints;
mod expansions;
mod grants;
mod guess;
mod keys;
mod known;
mod provider;
mod public_key;
mod report;
mod rules;
mod secrets;
mod uris;

use std::collections::BTreeMap;

use crate::authelia::{ClientEntry, Configuration, Text, is_reference};
use crate::finding::{Code, Finding};

use known::Known;
use report::finding;

pub use guess::{Guess, Guessed, guesses};
pub use report::{ClientReport, Located, Place, Report};

/// Checks every client of a configuration, which may be several files: as in Authelia, the last one with
/// a list of clients counts.
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
        let message = format!("Authelia takes the clients of {} instead of these", last.name());
        report.findings.push(overridden(file, message));
    }
    if last.document() > 1 {
        let message = format!(
            "the clients are in YAML document {}, but Authelia reads only the first one",
            last.document()
        );
        report.findings.push(overridden(last, message));
    }
    let known = Known::of(files);
    for file in files {
        provider::check(file, &known, &mut |key, line, finding| {
            let (file, client) = (file.name().to_owned(), String::new());
            let place = Place { file, line, client, key: key.to_owned() };
            report.findings.push(Located { finding, place });
        });
    }
    let entries = last.clients().unwrap_or_default();
    report.clients = entries.iter().map(|entry| client(last, entry, &known)).collect();
    duplicates(&mut report.clients, entries);
    expansions::check(last, &mut report.clients);
    for client in &mut report.clients {
        client.findings.sort_by_key(|located| located.finding.code.severity());
    }
    report
}

/// The finding on clients that Authelia does not read, at the first of them.
fn overridden(file: &Configuration, message: String) -> Located {
    let line = file.clients().and_then(<[ClientEntry]>::first).map_or(0, ClientEntry::line);
    let (file, client, key) = (file.name().to_owned(), String::new(), "clients".to_owned());
    let place = Place { file, line, client, key };
    Located { finding: finding(Code::Overridden, message), place }
}

fn client(file: &Configuration, entry: &ClientEntry, known: &Known<'_>) -> ClientReport {
    let id = entry.id().map_or_else(String::new, |id| id.value.to_string());
    let place = |line, key: &str| {
        let (file, client) = (file.name().to_owned(), id.clone());
        Place { file, line, client, key: key.to_owned() }
    };
    let secret = secrets::check(entry);
    let mut findings: Vec<Located> = Vec::new();
    let mut add = |key: &str, line: u64, finding: Finding| {
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
    ClientReport {
        name: entry.name().map(ToOwned::to_owned),
        public: entry.is_public(),
        auth_method: entry.auth_method().to_owned(),
        digest: secret.digest,
        place: place(secret_line, key),
        findings,
        id,
    }
}

/// Finds ids and secrets that several clients have.
fn duplicates(clients: &mut [ClientReport], entries: &[ClientEntry]) {
    let (mut ids, mut secrets) = (BTreeMap::new(), BTreeMap::new());
    for (client, entry) in clients.iter_mut().zip(entries) {
        let id = entry.id().map(Text::as_read).unwrap_or_default();
        let first = ids.entry(id).or_insert_with(|| entry.line());
        if *first != entry.line() && !client.id.is_empty() {
            let message = format!("the id {} is already used in line {first}", client.id);
            let key = entry.id_key().to_owned();
            let place = Place { line: entry.line(), key, ..client.place.clone() };
            client
                .findings
                .push(Located { finding: finding(Code::DuplicateClientId, message), place });
        }
        let Some((secret, _)) = entry.secret() else { continue };
        // Neither an empty text nor a template is a secret.
        if secret.value.is_empty() || is_reference(&secret.value) {
            continue;
        }
        let first = secrets.entry(&*secret.value).or_insert_with(|| client.id.clone());
        if *first != client.id {
            let message = format!("the client {first} has the same secret");
            let place = client.place.clone();
            client.findings.push(Located { finding: finding(Code::SameSecret, message), place });
        }
    }
}
