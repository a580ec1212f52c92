//! A client's secret in a configuration: a digest, plaintext, or a damaged form of either.

use super::report::{finding, unresolved};
use crate::authelia::{self, ClientEntry, Text, is_reference};
use crate::diagnose::digest_text;
use crate::digest::{Digest, FormatStatus};
use crate::finding::{Code, Finding};
use crate::inspect::findings as judge_digest;

/// The digest that a client's secret is, if it is one, and the findings about it.
#[derive(Default)]
pub(super) struct Checked {
    pub(super) digest: Option<Digest>,
    pub(super) findings: Vec<Finding>,
}

pub(super) fn check(entry: &ClientEntry) -> Checked {
    let Some((secret, _)) = entry.secret().filter(|(secret, _)| !secret.value.is_empty()) else {
        return Checked::default();
    };
    let text = &**secret.value;
    if is_reference(text) {
        return Checked { digest: None, findings: vec![unresolved(entry, "the secret", text)] };
    }
    let mut checked = read(text);
    if let Some(key) = needs_plaintext(entry) {
        plaintext_needed(key, &mut checked);
    }
    checked.findings.extend(unquoted(secret, "secret"));
    checked
}

fn read(text: &str) -> Checked {
    if let Ok(digest) = text.parse::<Digest>()
        && text.starts_with('$')
        && !digest_text::is_of_other_software(text)
    {
        let findings = judge_digest(text, &digest);
        return Checked { digest: Some(digest), findings };
    }
    let reading = digest_text::read(text);
    let is_mended = reading.digest.is_some();
    let is_about_a_digest = |finding: &Finding| finding.code != Code::Malformed;
    if is_mended || text.starts_with('$') || reading.findings.iter().any(is_about_a_digest) {
        return Checked { digest: None, findings: reading.findings };
    }
    let message = "this is the plaintext secret, not a digest".to_owned();
    // To Authelia the two forms of a plaintext secret are the same.
    let digest = format!("$plaintext${text}").parse().ok();
    Checked { digest, findings: vec![finding(Code::PlaintextSecret, message)] }
}

/// The key that makes Authelia need the secret itself.
fn needs_plaintext(entry: &ClientEntry) -> Option<&'static str> {
    let method = ("token_endpoint_auth_method", entry.auth_method());
    authelia::needs_plaintext(std::iter::once(method).chain(entry.algorithms()))
}

fn plaintext_needed(key: &str, checked: &mut Checked) {
    let is_plaintext =
        |digest: &Digest| digest.algorithm().format().status == FormatStatus::Plaintext;
    if checked.digest.as_ref().is_some_and(|digest| !is_plaintext(digest)) {
        let message = format!("{key} needs the secret itself, not a digest");
        checked.findings.push(finding(Code::PlaintextNeeded, message));
    }
    // Authelia warns where only encryption and request objects need it.
    if key == "token_endpoint_auth_method" || key.contains("_signed_response_alg") {
        checked.findings.retain(|finding| finding.code != Code::PlaintextSecret);
    }
}

/// Finds a text without quotes that YAML reads as a number, a date or the like.
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
