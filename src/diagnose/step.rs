//! One change of a secret on its way to the application or to the digest.

use std::borrow::Cow;

use zeroize::Zeroizing;

use super::character;
use super::encoding::Bytes;
use crate::finding::{Code, Finding};

/// A change of a secret, and the finding if the secret matches after it.
#[derive(Debug, Clone)]
pub(super) struct Change {
    pub(super) code: Code,
    /// The change, in words that follow "matches after".
    pub(super) words: Cow<'static, str>,
    /// The conclusion.
    pub(super) tells: Cow<'static, str>,
    /// The remedy, and the side that needs it.
    pub(super) fix: &'static str,
}

/// A change that is the same for every secret that it applies to.
pub(super) struct Step {
    change: Change,
    /// Whether it is likely enough to be combined with another.
    pub(super) is_likely: bool,
    apply: fn(&[u8]) -> Option<Bytes>,
}

/// The usual remedy if the digest was not made from the secret alone.
pub(super) const NEW_DIGEST: &str =
    "make the digest again from the secret alone: `oidc-secret hash --raw --secret-file FILE`";
pub(super) const EDITOR: &str = "a document or an editor changed the characters of one of the two";
pub(super) const PLAIN: &str = "copy the secret as plain text from its source";

pub(super) const fn step(
    code: Code,
    is_likely: bool,
    words: &'static str,
    tells: &'static str,
    fix: &'static str,
    apply: fn(&[u8]) -> Option<Bytes>,
) -> Step {
    let (words, tells) = (Cow::Borrowed(words), Cow::Borrowed(tells));
    Step { change: Change { code, words, tells, fix }, is_likely, apply }
}

impl Step {
    /// Returns the change and the changed secret; `None` if there is nothing to change.
    pub(super) fn apply(&self, secret: &[u8]) -> Option<(Change, Bytes)> {
        let changed = (self.apply)(secret);
        let changed = changed.filter(|changed| !changed.is_empty() && **changed != *secret)?;
        let mut change = self.change.clone();
        if matches!(change.code, Code::Characters | Code::Space)
            && let (Ok(before), Ok(after)) =
                (std::str::from_utf8(secret), std::str::from_utf8(&changed))
            && let Some(character) = character::first_changed(before, after)
        {
            change.words = Cow::Owned(format!("{} ({character})", change.words));
        }
        Some((change, changed))
    }
}

/// Returns the finding on a secret that matches after these changes.
pub(super) fn finding(changes: &[Change]) -> Option<Finding> {
    let first = changes.first()?;
    let message = format!("the secret matches after {}: {}", described(changes), first.tells);
    Some(Finding::new(first.code, message, first.fix))
}

/// Returns the words for changes that follow each other.
pub(super) fn described(changes: &[Change]) -> String {
    let words: Vec<_> = changes.iter().map(|change| &*change.words).collect();
    words.join(" and then ")
}

/// Changes a secret that is text.
pub(super) fn on_text(secret: &[u8], change: impl Fn(&str) -> Option<String>) -> Option<Bytes> {
    Some(text(change(std::str::from_utf8(secret).ok()?)?))
}

/// Takes a part of a secret that is text.
pub(super) fn part(secret: &[u8], part: impl Fn(&str) -> Option<&str>) -> Option<Bytes> {
    on_text(secret, |secret| part(secret).map(ToOwned::to_owned))
}

pub(super) fn bytes(bytes: &[u8]) -> Bytes {
    Zeroizing::new(bytes.to_vec())
}

pub(super) fn text(text: String) -> Bytes {
    Zeroizing::new(text.into_bytes())
}

pub(super) fn joined(parts: &[&[u8]]) -> Bytes {
    Zeroizing::new(parts.concat())
}
