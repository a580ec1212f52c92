//! Audit of the clients in an Authelia configuration.

mod algorithms;
mod application;
mod bearer;
mod client_jwks;
mod definitions;
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
mod values;

use std::collections::BTreeMap;

use crate::authelia::{ClientEntry, Configuration, Form, Text, effective, is_reference};
use crate::finding::{Code, Finding};

pub(crate) use application::method_mismatch;
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
    let Some(index) = effective(files) else { return report };
    let (last, earlier) = (&files[index], &files[..index]);
    let has_clients = |file: &&Configuration| file.clients().is_some_and(|c| !c.is_empty());
    for file in earlier.iter().filter(has_clients) {
        let message = format!("Authelia takes the clients of {} instead of these", last.name());
        report.findings.push(about_clients(file, finding(Code::Overridden, message)));
    }
    if last.document() > 1 {
        let message = format!(
            "the clients are in YAML document {}, but Authelia reads only the first one",
            last.document()
        );
        report.findings.push(about_clients(last, finding(Code::UnreadDocument, message)));
    }
    if last.is_keyed_by_id() {
        report.findings.push(about_clients(last, keyed_by_id()));
    }
    let known = Known::of(files);
    // A chart has settings of its own there, from which it makes those of Authelia.
    let has_settings = |file: &&Configuration| file.location().form() != Form::Chart;
    for file in files.iter().filter(has_settings) {
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

/// The finding on clients in a mapping, whose keys are their ids.
fn keyed_by_id() -> Finding {
    let message =
        "this is the Helm chart's form, a mapping of ids to clients; Authelia reads a list";
    let fix = "Write each client as an item of the list, with its id as the client_id.";
    Finding::new(Code::UnknownValue, message.to_owned(), fix)
}

/// A finding on all clients of a file, at the first of them.
fn about_clients(file: &Configuration, finding: Finding) -> Located {
    let line = file.clients().and_then(<[ClientEntry]>::first).map_or(0, ClientEntry::line);
    let (file, client, key) = (file.name().to_owned(), String::new(), "clients".to_owned());
    let place = Place { file, line, client, key };
    Located { finding, place }
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
        if file.location().form() == Form::List && is_defined_elsewhere(key, finding.code) {
            return;
        }
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

/// Whether a key or a name may be defined by the program that makes the configuration from a list.
fn is_defined_elsewhere(key: &str, code: Code) -> bool {
    matches!(code, Code::UnknownKey | Code::UndefinedName)
        || (key == "authorization_policy" && code == Code::UnknownValue)
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
