//! A configuration with its templates and variables resolved.

use std::ops::RangeInclusive;

use zeroize::Zeroizing;

use super::error::TemplateError;
use super::lines::Lines;

/// A configuration with its templates and variables resolved, as far as they can be. A template
/// without a known value stays, quoted so that YAML reads it as text.
#[derive(Default)]
pub struct Resolved {
    pub(super) text: Zeroizing<String>,
    pub(super) lines: Lines,
    pub(super) unresolved: Vec<Unresolved>,
    pub(super) notes: Vec<ExpansionNote>,
    pub(super) culprits: Vec<Culprit>,
}

/// A template that can make the text invalid YAML.
pub(super) struct Culprit {
    /// The lines of the text in which the YAML would then be invalid, counted from 1.
    pub(super) lines: RangeInclusive<usize>,
    pub(super) error: TemplateError,
}

/// A template or a variable without a known value.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unresolved {
    /// Its line in the original, counted from 1.
    pub line: u64,
    /// The reason.
    pub reason: String,
}

/// A value that is not what its author expects.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExpansionNote {
    /// Its line in the original, counted from 1.
    pub line: u64,
    /// The problem.
    pub problem: ExpansionProblem,
}

/// The problem of a value that Authelia reads without an error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExpansionProblem {
    /// The text of a template is the value.
    #[error(
        "Authelia reads the text of the template as the value, since its filter template is off"
    )]
    LiteralTemplate,
    /// The text of a variable is the value.
    #[error("Authelia does not expand the variable, since its filter expand-env is off")]
    LiteralVariable,
    /// The text that a template inserts has a template in it.
    #[error("the inserted text has a template in it, which Authelia does not fill in")]
    InsertedTemplate,
    /// The variable is one of Authelia's own secrets.
    #[error(
        "Authelia leaves {0} empty here: it hides its own secrets from templates and variables"
    )]
    HiddenVariable(String),
    /// The filter expand-env removes parts of a digest.
    #[error("the filter expand-env removes `{0}` and every other part that begins with `$`")]
    Eaten(String),
}

impl ExpansionProblem {
    /// Whether nothing or another value is left, instead of a template or a variable.
    #[must_use]
    pub const fn destroys(&self) -> bool {
        matches!(self, Self::HiddenVariable(_) | Self::Eaten(_))
    }

    /// Returns what to do, as an imperative sentence.
    #[must_use]
    pub const fn fix(&self) -> &'static str {
        match self {
            Self::LiteralTemplate => {
                "Start Authelia with X_AUTHELIA_CONFIG_FILTERS=template, or write the digest itself."
            }
            Self::LiteralVariable => {
                "Write the digest itself, or read it from a file with the filter template."
            }
            Self::InsertedTemplate => "Write the digest itself to the file or the variable.",
            Self::HiddenVariable(_) => {
                "Use a variable whose name does not begin with AUTHELIA_, or a file."
            }
            Self::Eaten(_) => {
                "Remove the filter expand-env, which is deprecated, or write each `$` twice."
            }
        }
    }
}

/// Leaves the text out: it has secrets.
impl std::fmt::Debug for Resolved {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { unresolved, notes, .. } = self;
        f.debug_struct("Resolved")
            .field("unresolved", unresolved)
            .field("notes", notes)
            .finish_non_exhaustive()
    }
}

impl Resolved {
    /// A text that is read as it is. Its templates are in a text that is encoded in it, and are resolved
    /// once that is decoded.
    #[must_use]
    pub fn literal(text: &str) -> Self {
        Self { text: Zeroizing::new(text.to_owned()), ..Self::default() }
    }

    /// The resolved text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the line of the original that a line of the text comes from, both counted from 1.
    #[must_use]
    pub fn line(&self, line: u64) -> u64 {
        self.lines.original(line)
    }

    /// The templates and variables without a known value.
    #[must_use]
    pub fn unresolved(&self) -> &[Unresolved] {
        &self.unresolved
    }

    pub(crate) fn add_unresolved(&mut self, line: u64, reason: String) {
        self.unresolved.push(Unresolved { line, reason });
    }

    /// The values that are not what their author expects.
    #[must_use]
    pub fn notes(&self) -> &[ExpansionNote] {
        &self.notes
    }

    /// Returns the template that makes the text invalid YAML in one of its lines.
    pub(crate) fn culprit(&self, line: u64) -> Option<TemplateError> {
        let line = usize::try_from(line).ok()?;
        let culprit = self.culprits.iter().rev().find(|culprit| culprit.lines.contains(&line));
        culprit.map(|culprit| culprit.error.clone())
    }
}
