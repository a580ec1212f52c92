//! The causes of failed sign-ins that a configuration shows for one client.

use super::application;
use crate::audit::{Located, Place, Report, audit};
use crate::authelia::{ClientEntry, Configuration, Text, effective, is_reference};
use crate::catalogue::Application;
use crate::finding::{Code, Finding, Severity};
use crate::log::Cause;

/// Findings that are not errors, but can keep users from signing in. The other warnings are about
/// strength or style.
const CAUSES: [Code; 12] = [
    Code::HashedSecret,
    Code::KeyTruncated,
    Code::MethodMismatch,
    Code::NoRedirectUri,
    Code::NotPortable,
    Code::OverLimits,
    Code::OverMemory,
    Code::PublicApplication,
    Code::Slow,
    Code::Unquoted,
    Code::Unresolved,
    Code::UnusedGrant,
];

/// Returns what in a configuration can keep a client's users from signing in, the worst first.
///
/// The files are those of [`audit`]. With the application that the client is for, the entry is also
/// compared with the application's entry in the catalogue.
///
/// ```
/// use oidc_secret::{Code, authelia::Configuration, diagnose_client};
///
/// let yaml = "identity_providers: {oidc: {clients: [{client_id: kasm, public: true, \
///             redirect_uris: ['https://kasm.example.com/api/oidc_callback']}]}}";
/// let files = [Configuration::parse("configuration.yml", yaml)?];
/// assert_eq!(diagnose_client(&files, "kasn", None)[0].finding.code, Code::UnknownClient);
/// # Ok::<(), oidc_secret::Error>(())
/// ```
#[must_use]
pub fn diagnose_client(
    files: &[Configuration],
    id: &str,
    application: Option<&Application>,
) -> Vec<Located> {
    let Some(index) = effective(files) else { return Vec::new() };
    let (file, earlier) = (&files[index], &files[..index]);
    let mut findings: Vec<Located> =
        earlier.iter().filter_map(|other| overridden(other, file, id)).collect();
    let entries: Vec<_> = entries(file, id).collect();
    if entries.is_empty() {
        if findings.is_empty() {
            findings.push(unknown(file, id));
        }
        return findings;
    }
    findings.extend(audited(&audit(files), id));
    if let Some(application) = application {
        // The application is known now, so that the guess by the redirect URI no longer counts.
        findings.retain(|located| !is_guessed(located.finding.code));
        for entry in entries {
            application::check(entry, application, &mut |key, line, finding| {
                findings.push(Located { finding, place: place(file, entry, key, line) });
            });
        }
    }
    findings.sort_by_key(|located| located.finding.code.severity());
    findings
}

/// Returns the place in a configuration to change for the cause of a refused request; `None` if the
/// cause is elsewhere, or the client is not in the configuration.
///
/// If the client has no such key, the place is the beginning of its entry.
#[must_use]
pub fn place_of(cause: &Cause, files: &[Configuration], id: &str) -> Option<Place> {
    let file = &files[effective(files)?];
    let entry = entries(file, id).next()?;
    let key = match cause {
        Cause::WrongSecret | Cause::NoRegisteredSecret => {
            let (line, key) = entry.secret().map_or((0, "client_secret"), |(s, key)| (s.line, key));
            return Some(place(file, entry, key, line));
        }
        Cause::UnknownClient => {
            return Some(place(file, entry, entry.id_key(), 0));
        }
        Cause::WrongMethod { key, .. } | Cause::NoSecretSent { key, .. } => key,
        Cause::SecretForPublicClient { .. } => "public",
        Cause::RedirectUri { .. } => "redirect_uris",
        Cause::Scope { .. } => "scopes",
        Cause::Grant { .. } => "grant_types",
        Cause::PkceMissing => "require_pkce",
        Cause::PkceMethod { .. } => "pkce_challenge_method",
        _ => return None,
    };
    Some(place(file, entry, key, entry.fields.get(key).map_or(0, |field| field.line)))
}

/// Returns the finding on a redirect URI that a client's entry does not have; `None` if it has it, or
/// if the client is not in the configuration.
#[must_use]
pub fn redirect_mismatch(files: &[Configuration], id: &str, uri: &str) -> Option<Located> {
    let file = &files[effective(files)?];
    let entry = entries(file, id).next()?;
    let mut uris = entry.redirect_uris();
    if uris.any(|text| *text.value == uri || is_reference(&text.value)) {
        return None;
    }
    let message = "the given redirect URI is not in redirect_uris".to_owned();
    let finding = Finding::new(Code::RedirectMismatch, message, Code::RedirectMismatch.fix());
    let line = entry.redirect_uris().next().map_or(0, |text| text.line);
    Some(Located { finding, place: place(file, entry, "redirect_uris", line) })
}

fn entries<'f>(file: &'f Configuration, id: &str) -> impl Iterator<Item = &'f ClientEntry> {
    let is_client = move |entry: &&ClientEntry| entry.id().is_some_and(|own| own.as_read() == id);
    file.clients().unwrap_or_default().iter().filter(is_client)
}

fn place(file: &Configuration, entry: &ClientEntry, key: &str, line: u64) -> Place {
    Place {
        file: file.name().to_owned(),
        line: if line == 0 { entry.line() } else { line },
        client: entry.id().map_or_else(String::new, |id| id.value.to_string()),
        key: key.to_owned(),
    }
}

/// Finds an entry of the client in a file whose clients Authelia does not take.
fn overridden(file: &Configuration, last: &Configuration, id: &str) -> Option<Located> {
    let entry = entries(file, id).next()?;
    let message = if entries(last, id).next().is_some() {
        format!("Authelia takes the entry in {} instead of this one", last.name())
    } else {
        format!(
            "Authelia does not have this client: it takes the clients of {} instead of these",
            last.name()
        )
    };
    let finding = Finding::new(Code::Overridden, message, Code::Overridden.fix());
    Some(Located { finding, place: place(file, entry, entry.id_key(), 0) })
}

/// Describes that no client has the id, at the client with the most similar one.
fn unknown(file: &Configuration, id: &str) -> Located {
    /// With fewer letters in common, ids are similar by chance.
    const SIMILAR: f64 = 0.75;
    let clients = file.clients().unwrap_or_default();
    let (wanted, own) = (id.to_lowercase(), |own: &Text| own.as_read().to_lowercase());
    let similarity = |entry: &ClientEntry| {
        entry.id().map_or(0.0, |id| strsim::normalized_damerau_levenshtein(&own(id), &wanted))
    };
    let nearest = clients.iter().max_by(|a, b| similarity(a).total_cmp(&similarity(b)));
    let similar = nearest.filter(|entry| similarity(entry) >= SIMILAR).and_then(|e| e.id());
    let count = match clients.len() {
        1 => "the only client of the configuration has another id".to_owned(),
        count => format!("none of the {count} clients of the configuration has the id {id}"),
    };
    let message = match similar {
        Some(similar) => format!("{count}; {} is similar", similar.as_read()),
        None => count,
    };
    let fix = if similar.is_some() {
        Code::UnknownClient.fix()
    } else {
        "Add the client to the configuration, or correct the id in the application."
    };
    let finding = Finding::new(Code::UnknownClient, message, fix);
    let place = Place {
        file: file.name().to_owned(),
        line: similar.map_or_else(|| clients.first().map_or(0, ClientEntry::line), |id| id.line),
        client: id.to_owned(),
        key: "clients".to_owned(),
    };
    Located { finding, place }
}

/// Returns the findings of an audit that can be the cause for a client.
fn audited(report: &Report, id: &str) -> Vec<Located> {
    let is_cause = |located: &&Located| {
        let code = located.finding.code;
        code.severity() == Severity::Error || CAUSES.contains(&code)
    };
    let own = report.clients.iter().filter(|client| client.id == id);
    let own = own.flat_map(|client| &client.findings);
    report.findings.iter().chain(own).filter(is_cause).cloned().collect()
}

fn is_guessed(code: Code) -> bool {
    matches!(code, Code::MethodMismatch | Code::PublicApplication)
}
