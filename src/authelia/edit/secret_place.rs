//! The place of a client's secret in a text.

use std::ops::Range;

use zeroize::Zeroizing;

use super::super::chart::chart_template;
use super::super::error::EditError;
use super::super::style::{Style, written};
use super::super::template::{Reference, has_template, is_expanded, whole_reference};
use super::clients::{ClientNode, SecretNode};

/// The place of a client's secret in a text.
#[non_exhaustive]
pub struct SecretPlace {
    /// The line, counted from 1.
    pub line: usize,
    /// The key that it is the value of.
    pub key: String,
    /// The value: a digest, a plaintext secret, or a template that inserts one.
    pub value: Zeroizing<String>,
    /// The key of the client that makes Authelia need the secret itself instead of a digest.
    pub plaintext_for: Option<String>,
    /// Whether the client is public, so that Authelia refuses its secret.
    pub is_public: bool,
    /// The bytes to replace.
    pub(super) place: Range<usize>,
    /// The byte that the value's node begins at.
    pub(super) node: usize,
    pub(super) style: Style,
    /// Whether the value in the text is the path of a file, from which the template is made.
    pub(super) is_file: bool,
}

impl SecretPlace {
    /// Returns the file or variable that Authelia reads the secret from when it starts.
    #[must_use]
    pub fn reference(&self) -> Option<Reference<'_>> {
        whole_reference(&self.value)
    }

    /// Whether it has a template or a variable, in a form that is understood here or not.
    #[must_use]
    pub fn is_template(&self) -> bool {
        is_expanded(&self.value)
    }
}

/// Leaves the value out: it may be the secret itself.
impl std::fmt::Debug for SecretPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { line, key, .. } = self;
        f.debug_struct("SecretPlace").field("line", line).field("key", key).finish_non_exhaustive()
    }
}

pub(super) fn place_of(yaml: &str, client: &ClientNode<'_>) -> Result<SecretPlace, EditError> {
    client.ensure_unshared()?;
    let SecretNode { key, value, line, is_file, .. } = client.secret()?;
    let node = value.place().start;
    let (place, style) = written(yaml, value, client.entry.is_flow());
    let raw = &yaml[value.place()];
    let value = match value.text() {
        Some(path) if is_file => chart_template(path),
        Some(text) if !has_template(raw) => text.to_owned(),
        _ => raw.to_owned(),
    };
    Ok(SecretPlace {
        line,
        key: key.text().unwrap_or_default().to_owned(),
        value: Zeroizing::new(value),
        is_file,
        plaintext_for: client.plaintext_for().map(ToOwned::to_owned),
        is_public: client.is_public(),
        place,
        node,
        style,
    })
}
