//! The report of an audit.

use crate::digest::Digest;
use crate::finding::{Code, Finding};

/// A finding, and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Located {
    /// What was found.
    pub finding: Finding,
    /// Where.
    pub place: Place,
}

/// A place in a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
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
#[non_exhaustive]
pub struct ClientReport {
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
#[non_exhaustive]
pub struct Report {
    /// The clients, in their order.
    pub clients: Vec<ClientReport>,
    /// What concerns no client alone.
    pub findings: Vec<Located>,
}

/// A finding with the fix of its code.
pub(super) fn finding(code: Code, message: String) -> Finding {
    Finding::new(code, message, code.fix())
}
