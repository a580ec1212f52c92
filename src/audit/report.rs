//! The report of an audit.

use crate::authelia::{ClientEntry, Form, Reference, has_template, whole_reference};
use crate::digest::Digest;
use crate::finding::{Code, Finding};

/// A finding, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Located {
    /// The finding.
    pub finding: Finding,
    /// Its place.
    pub place: Place,
}

/// A place in a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// The file, by the name given to it.
    pub file: String,
    /// The line, counted from 1.
    pub line: u64,
    /// The client's id.
    pub client: String,
    /// The key, as the configuration has it.
    pub key: String,
}

/// An audited client.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ClientReport {
    /// Its id.
    pub id: String,
    /// Its name, if it has one.
    pub name: Option<String>,
    /// Whether it is public: without a secret.
    pub public: bool,
    /// Its method of authentication at the token endpoint.
    pub auth_method: String,
    /// The digest of its secret, if it is one that Authelia accepts; a plaintext secret is one too.
    pub digest: Option<Digest>,
    /// The place of its secret.
    pub place: Place,
    /// The findings, the worst first.
    pub findings: Vec<Located>,
}

/// The report on a configuration.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Report {
    /// The clients, in their order.
    pub clients: Vec<ClientReport>,
    /// Findings about the configuration as a whole.
    pub findings: Vec<Located>,
}

/// Takes a finding, with its key and its line (0 for the client's own).
pub(super) type Add<'a> = &'a mut dyn FnMut(&str, u64, Finding);

/// A finding with the fix of its code.
pub(super) fn finding(code: Code, message: String) -> Finding {
    Finding::new(code, message, code.fix())
}

/// The finding that something is missing, such as a key.
pub(super) fn missing(message: String, missing: &str) -> Finding {
    Finding::new(Code::MissingValue, message, format!("Add {missing}."))
}

/// Creates the finding on a value that only Authelia knows, and only with the filter for its form, or
/// that another program inserts.
pub(super) fn unresolved(entry: &ClientEntry, what: &str, value: &str) -> Finding {
    let (kind, filter) =
        if has_template(value) { ("template", "template") } else { ("variable", "expand-env") };
    let message = match (entry.form(), whole_reference(value)) {
        (Form::Chart, Some(Reference::File(path))) => format!("{what} is read from {path}"),
        (Form::List, _) => format!("{what} is a {kind}, and its value is not in this file"),
        (Form::Compose, _) if kind == "variable" => {
            format!("{what} is a variable, which Compose replaces")
        }
        _ => {
            format!("{what} is a {kind}, which Authelia resolves only if its filter {filter} is on")
        }
    };
    finding(Code::Unresolved, message)
}
