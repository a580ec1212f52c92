//! Reports of `audit` as text, JSON, SARIF and GitHub's annotations.

use std::fmt::Write as _;

use oidc_secret::audit::{Located, Report};
use oidc_secret::{Code, Severity, urlencoding};
use serde::Serialize;
use serde_json::{Value, json};

use crate::cli::failure::Failure;
use crate::cli::json;
use crate::cli::terminal::output;
use crate::cli::terminal::visible::{visible, visible_lines};

/// Returns every finding of a report.
pub(crate) fn findings(report: &Report) -> impl Iterator<Item = &Located> {
    report.findings.iter().chain(report.clients.iter().flat_map(|client| &client.findings))
}

fn count(report: &Report, severity: Severity) -> usize {
    findings(report).filter(|located| located.finding.code.severity() == severity).count()
}

/// Formats a paragraph for each finding, and a line with the totals.
pub(crate) fn text(report: &Report) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    for located in findings(report) {
        let place = &located.place;
        let _ = write!(text, "{}:{}: ", visible(&place.file), place.line);
        if !place.client.is_empty() {
            let _ = write!(text, "client {}, ", visible(&place.client));
        }
        let paragraph = output::findings(std::slice::from_ref(&located.finding));
        let _ = writeln!(text, "{}{paragraph}", place.key);
    }
    let [errors, warnings, notes] =
        [Severity::Error, Severity::Warning, Severity::Note].map(|s| counted(report, s));
    let clients = report.clients.len();
    let clients = if clients == 1 { "1 client".to_owned() } else { format!("{clients} clients") };
    let _ = writeln!(text, "{clients}: {errors}, {warnings}, {notes}");
    text
}

fn counted(report: &Report, severity: Severity) -> String {
    match count(report, severity) {
        1 => format!("1 {}", severity.name()),
        count => format!("{count} {}s", severity.name()),
    }
}

#[derive(Serialize)]
struct Finding {
    #[serde(flatten)]
    finding: json::Finding,
    #[serde(rename = "where")]
    place: Value,
}

impl From<&Located> for Finding {
    fn from(located: &Located) -> Self {
        Self { finding: (&located.finding).into(), place: json::place(&located.place) }
    }
}

/// Formats a JSON object.
pub(crate) fn json(files: &[&str], report: &Report) -> Result<Vec<u8>, Failure> {
    let located = |findings: &[Located]| findings.iter().map(Finding::from).collect::<Vec<_>>();
    let clients: Vec<_> = report
        .clients
        .iter()
        .map(|client| {
            json!({
                "client_id": client.id,
                "public": client.public,
                "auth_method": client.auth_method,
                "digest": client.digest.as_ref().map(json::digest),
                "findings": located(&client.findings),
            })
        })
        .collect();
    json::line(&json!({
        "version": 1,
        "files": files,
        "clients": clients,
        "findings": located(&report.findings),
        "summary": {
            "clients": report.clients.len(),
            "errors": count(report, Severity::Error),
            "warnings": count(report, Severity::Warning),
            "notes": count(report, Severity::Note),
        },
    }))
}

/// Formats a log in the Static Analysis Results Interchange Format (SARIF), version 2.1.0 (OASIS).
pub(crate) fn sarif(report: &Report) -> Result<Vec<u8>, Failure> {
    let rules: Vec<_> = Code::ALL
        .iter()
        .map(|code| {
            json!({
                "id": code.name(),
                "shortDescription": {"text": code.meaning()},
                "fullDescription": {"text": code.cause()},
                "help": {"text": code.fix()},
                "defaultConfiguration": {"level": code.severity().name()},
            })
        })
        .collect();
    let results: Vec<_> = findings(report)
        .map(|located| {
            let (finding, place) = (&located.finding, &located.place);
            let client = if place.client.is_empty() { "" } else { &format!("{}: ", place.client) };
            let text = format!("{client}{}: {}", place.key, finding.message);
            json!({
                "ruleId": finding.code.name(),
                "level": finding.code.severity().name(),
                "message": {"text": text},
                "locations": [{"physicalLocation": {
                    "artifactLocation": {"uri": reference(&place.file)},
                    "region": {"startLine": place.line.max(1)},
                }}],
            })
        })
        .collect();
    json::line(&json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "oidc-secret",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "results": results,
        }],
    }))
}

/// Formats workflow commands of GitHub Actions, which become annotations of the lines:
/// `::error file=NAME,line=NUMBER,title=CODE::MESSAGE`.
pub(crate) fn github(report: &Report) -> String {
    let mut text = String::new();
    for located in findings(report) {
        let (finding, place) = (&located.finding, &located.place);
        let command = match finding.code.severity() {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "notice",
        };
        let (file, title) = (property(&place.file), finding.code.name());
        let client = if place.client.is_empty() { "" } else { &format!("{}: ", place.client) };
        let message = format!("{client}{}: {}\n{}", place.key, finding.message, finding.fix);
        let (line, message) = (place.line.max(1), data(&message));
        // Writing to a string cannot fail.
        let _ = writeln!(text, "::{command} file={file},line={line},title={title}::{message}");
    }
    text
}

/// Escapes the message of a workflow command, which is a line (`escapeData` of GitHub's `@actions/core`).
fn data(text: &str) -> String {
    visible_lines(text).replace('%', "%25").replace('\n', "%0A")
}

/// Escapes a property of a workflow command (`escapeProperty` of `@actions/core`).
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// Returns a path as a URI reference (RFC 3986 §4.1).
fn reference(path: &str) -> String {
    let segments = path.split('/').map(|segment| urlencoding::encode(segment).replace('+', "%20"));
    segments.collect::<Vec<_>>().join("/")
}
