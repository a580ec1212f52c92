//! Findings on digests and tokens of other software.

use super::candidates::candidates;
use super::effort::Effort;
use super::step::{Change, described};
use crate::cost::Limits;
use crate::digest::Digest;
use crate::finding::{Code, Finding};
use crate::kernel::stack::with_wiped_stack;
use crate::provider::foreign::{Content, Proof, recognise};
use crate::provider::{Dialect, Provider, Software};
use crate::secret::Secret;

/// The fix that works for every digest, because the secret is at hand.
const HASH: &str = "make a new digest from the secret with `oidc-secret hash`";
const CONVERT: &str = "rewrite it in Authelia's format with `oidc-secret convert`";

/// Returns the finding on a digest that is written for another system and that we read. `is_first` is
/// false if the text is ambiguous and `convert` reads another digest in it.
pub(super) fn rewritable(text: &str, digest: &Digest, dialect: Dialect, is_first: bool) -> Finding {
    let form = match dialect {
        Dialect::Foreign(software) => format!("has the form of {}", software.title),
        _ => format!("is {}", dialect.description()),
    };
    let effect = if !text.starts_with('$') {
        "which Authelia reads as a plaintext secret"
    } else if text.parse::<Digest>().is_ok_and(|own| own.read_by_authelia()) {
        "in which Authelia reads another key"
    } else {
        "which Authelia refuses"
    };
    let message = format!("the digest is written for another system: it {form}, {effect}");
    let fix = if is_first && Provider::Authelia.write(digest).is_ok() { CONVERT } else { HASH };
    Finding::new(Code::OtherDialect, message, fix)
}

/// Returns the finding on a digest that cannot be rewritten: it is another function of the secret, or
/// its parameters are not in the text.
pub(super) fn not_rewritable(software: Software) -> Finding {
    let message = format!(
        "the digest is written for another system: it has the form of {}, which cannot be rewritten for \
         Authelia",
        software.title
    );
    Finding::new(Code::OtherDialect, message, HASH)
}

/// Returns the finding on a text that is not a digest of ours, and whether the secret is proved to be the
/// one that it was made from.
pub(super) fn finding(
    secret: &Secret,
    text: &str,
    limits: &Limits,
    effort: Effort,
) -> Option<(Finding, bool)> {
    let text = text.trim();
    if is_token(text) {
        let message = "this is a JSON Web Token, not a digest".to_owned();
        let fix = "write the digest of the client's secret, made with `oidc-secret hash`";
        return Some((Finding::new(Code::Malformed, message, fix), false));
    }
    let foreign = recognise(text)?;
    let mut finding = not_rewritable(foreign.software);
    let Content::Proof(proof) = &foreign.content else { return Some((finding, false)) };
    let proved = match with_wiped_stack(|| prove(proof, secret, limits, effort)) {
        Answer::Proved(changes) => {
            finding.message = proved(foreign.software, &changes);
            true
        }
        Answer::Disproved => {
            finding.message.push_str("; the secret does not match it");
            false
        }
        Answer::TooExpensive => false,
    };
    Some((finding, proved))
}

/// The result of a proof.
enum Answer {
    /// The secret is the right one after these changes.
    Proved(Vec<Change>),
    Disproved,
    /// The proof costs more than the limits.
    TooExpensive,
}

/// Checks the secret. If the proof is fast, also the usual changes of it.
fn prove(proof: &Proof, secret: &Secret, limits: &Limits, effort: Effort) -> Answer {
    let length = secret.expose().len();
    if proof.digest().is_some_and(|digest| limits.check(digest, length).is_err()) {
        return Answer::TooExpensive;
    }
    let max = if proof.is_fast() { effort.max_secrets() } else { 1 };
    for candidate in candidates(secret, max) {
        match proof.is_of(candidate.secret.expose()) {
            Ok(true) => return Answer::Proved(candidate.changes),
            Ok(false) => {}
            Err(_) => return Answer::TooExpensive,
        }
    }
    Answer::Disproved
}

fn proved(software: Software, changes: &[Change]) -> String {
    let after = match changes {
        [] => String::new(),
        changes => format!(", after {}", described(changes)),
    };
    match software.title.split_once(" in ") {
        Some((hash, encoding)) if hash.starts_with("MD5") || hash.starts_with("SHA-") => {
            format!(
                "the digest is the {hash} of the secret in {encoding}{after}; Authelia does not read it"
            )
        }
        _ => format!(
            "the digest is written for another system: it has the form of {}, and was made from this \
             secret{after}; it cannot be rewritten for Authelia",
            software.title
        ),
    }
}

/// Whether a text is a JSON Web Token: a header in JSON, a payload and a signature.
fn is_token(text: &str) -> bool {
    text.starts_with("eyJ") && text.matches('.').count() == 2 && !text.contains([' ', '$'])
}
