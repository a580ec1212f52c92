//! A client's secret in a configuration: a digest, the plaintext, or what something made of either.

use super::report::finding;
use crate::authelia::{self, ClientEntry, Text, is_reference};
use crate::diagnose::digest_text;
use crate::digest::{Digest, FormatStatus};
use crate::finding::{Code, Finding};
use crate::inspect::findings as judge_digest;

/// What a client's secret turned out to be.
#[derive(Default)]
pub(super) struct Judged {
    pub(super) digest: Option<Digest>,
    pub(super) findings: Vec<Finding>,
}

pub(super) fn judge(entry: &ClientEntry) -> Judged {
    let Some((secret, _)) = entry.secret().filter(|(secret, _)| !secret.value.is_empty()) else {
        return Judged::default();
    };
    let text = &**secret.value;
    if is_reference(text) {
        let message = "the secret is a template or a variable, which Authelia fills in".to_owned();
        return Judged { digest: None, findings: vec![finding(Code::Unresolved, message)] };
    }
    let mut judged = read(text);
    if let Some(key) = needs_plaintext(entry) {
        plaintext_needed(key, &mut judged);
    }
    judged.findings.extend(unquoted(secret, "secret"));
    judged
}

fn read(text: &str) -> Judged {
    if let Ok(digest) = text.parse::<Digest>()
        && text.starts_with('$')
    {
        let findings = judge_digest(text, &digest);
        return Judged { digest: Some(digest), findings };
    }
    let reading = digest_text::read(text);
    let is_mended = reading.digest.is_some();
    let is_about_a_digest = |finding: &Finding| finding.code != Code::Malformed;
    if is_mended || text.starts_with('$') || reading.findings.iter().any(is_about_a_digest) {
        return Judged { digest: None, findings: reading.findings };
    }
    let message = "this is the plaintext secret, not a digest".to_owned();
    Judged { digest: None, findings: vec![finding(Code::PlaintextSecret, message)] }
}

/// The key that says so, if Authelia must have the secret itself.
fn needs_plaintext(entry: &ClientEntry) -> Option<&'static str> {
    let method = ("token_endpoint_auth_method", entry.auth_method());
    authelia::needs_plaintext(std::iter::once(method).chain(entry.algorithms()))
}

fn plaintext_needed(key: &str, judged: &mut Judged) {
    let is_plaintext =
        |digest: &Digest| digest.algorithm().format().status == FormatStatus::Plaintext;
    if judged.digest.as_ref().is_some_and(|digest| !is_plaintext(digest)) {
        let message = format!("{key} needs the secret itself, not a digest");
        judged.findings.push(finding(Code::PlaintextNeeded, message));
    }
    judged.findings.retain(|finding| finding.code != Code::PlaintextSecret);
}

/// A text without quotes that YAML takes for a number, a date or the like.
pub(super) fn unquoted(value: &Text, what: &str) -> Option<Finding> {
    let text = &**value.value;
    let is_word = matches!(text, "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "~");
    let is_number = text.parse::<f64>().is_ok() || text.starts_with("0x") || text.starts_with("0o");
    let is_date = text.len() == 10
        && text
            .char_indices()
            .all(|(i, c)| if i == 4 || i == 7 { c == '-' } else { c.is_ascii_digit() });
    ((is_word || is_number || is_date) && value.is_plain).then(|| {
        let message = format!("the {what} is not quoted, and YAML does not read it as a string");
        finding(Code::Unquoted, message)
    })
}
