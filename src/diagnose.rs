//! Why a secret does not match a digest.
//!
//! First the two texts are examined: roles, quotes, labels, the rest of expanded `$` fields. Then
//! the usual changes to a secret are undone or repeated, and the resulting candidates are hashed,
//! side by side in the lanes of the CPU, the likeliest first.

mod application;
mod candidates;
mod character;
mod client;
pub(crate) mod digest_text;
mod effort;
mod encoding;
mod escape;
mod expand;
mod foreign;
mod general;
mod neighbours;
mod partial;
mod search;
mod specific;
mod step;
mod surroundings;

pub use client::{diagnose_client, place_of, redirect_mismatch};
pub use effort::Effort;
pub use neighbours::{equal_digests, matching_digests};

use std::time::Duration;

use subtle::ConstantTimeEq;

use crate::cost::{Limits, estimate, estimate_many};
use crate::digest::{Digest, FormatStatus};
use crate::error::{DeriveError, Error};
use crate::finding::{Code, Finding};
use crate::inspect::{SECRET_LENGTH, inspect, truncated_secret};
use crate::provider::Dialect;
use crate::provider::foreign::{Content, Foreign, recognise};
use crate::random::is_unreserved;
use crate::secret::Secret;
use crate::verify::{Verdict, verify};
use candidates::candidates;
use digest_text::Reading;
use search::{pairs_per_round, verify_in_rounds};
use step::Change;

/// The result of a diagnosis.
#[derive(Debug)]
#[non_exhaustive]
pub struct Diagnosis {
    /// Whether the secret matches the digest, both as given; an error if the digest cannot
    /// be read, or costs more than the limits.
    pub verdict: Result<Verdict, Error>,
    /// The findings, the likeliest reason first.
    pub findings: Vec<Finding>,
    /// Whether the first finding is proved: the secret matches once the change is undone.
    pub is_proved: bool,
}

/// Compares a secret with the text of a digest, and explains a mismatch, with the normal effort.
///
/// If the secret matches only after a change is undone, the verdict is [`Verdict::Mismatch`] all
/// the same.
///
/// It tries variants of the secret, and parts of them stay in freed memory unless the allocator of the program wipes
/// it, as that of the command line does. [`crate::hash()`] and [`verify`] need no such allocator.
///
/// ```
/// use oidc_secret::{Limits, Secret, Verdict, diagnose};
///
/// let digest = "$2b$04$55New.8h1Q2ysvHdSrQMNOv3j4tRGU4cqk7AkM8ZBXoPdLbtSxQYe";
/// let secret = Secret::from("insecure_secret\n".to_owned());
/// let diagnosis = diagnose(&secret, digest, &Limits::default());
/// assert_eq!(diagnosis.verdict, Ok(Verdict::Mismatch));
/// assert!(diagnosis.findings[0].message.contains("after removing one trailing newline"));
/// ```
#[must_use]
pub fn diagnose(secret: &Secret, text: &str, limits: &Limits) -> Diagnosis {
    diagnose_with(secret, text, limits, Effort::default(), &mut |_, _| {})
}

/// Compares a secret with the text of a digest, and explains a mismatch, as [`diagnose`] does.
///
/// After each round of candidates that are hashed, `progress` is called with the number of tried
/// candidates and of all; a match ends the search.
///
/// ```
/// use oidc_secret::{Code, Effort, Limits, Secret, diagnose_with};
///
/// let digest = "$2b$04$55New.8h1Q2ysvHdSrQMNOv3j4tRGU4cqk7AkM8ZBXoPdLbtSxQYe";
/// let secret = Secret::from("nsecure_secret".to_owned());
/// let mut tried = 0;
/// let mut progress = |now, _all| tried = now;
/// let diagnosis =
///     diagnose_with(&secret, digest, &Limits::default(), Effort::High, &mut progress);
/// assert_eq!(diagnosis.findings[0].code, Code::IncompleteSecret);
/// assert!(tried > Effort::Normal.max_secrets());
/// ```
#[must_use]
pub fn diagnose_with(
    secret: &Secret,
    text: &str,
    limits: &Limits,
    effort: Effort,
    progress: &mut dyn FnMut(usize, usize),
) -> Diagnosis {
    let reading = read(secret, text, limits);
    let role = role(secret, text, reading.digest.as_ref(), limits);
    let Some(digest) = reading.digest else {
        let (findings, is_proved) = match role.or_else(|| same_text(secret, text)) {
            // If the two are swapped, that the secret is not a digest adds nothing.
            Some(role) => (vec![role], false),
            None => named(secret, text, reading.findings, limits, effort),
        };
        return Diagnosis { verdict: Err(unread(text)), findings, is_proved };
    };
    let mut findings = reading.findings;
    let compared = compare(secret, &digest, limits, effort, progress);
    let changes = compared.as_ref().ok().and_then(|changes| changes.as_deref());
    let is_match = as_given(changes) == Verdict::Match;
    if is_match {
        confirm(&mut findings);
    }
    findings.extend(role.filter(|role| is_possible(role.code, changes)));
    match changes {
        Some(changes) => findings.splice(0..0, step::finding(changes)).for_each(drop),
        None if compared.is_ok() && findings.is_empty() => findings.extend(secret_text(secret)),
        None => {}
    }
    findings.extend(truncated_secret(secret.expose().len(), &digest));
    findings.extend(digest_findings(&digest, is_match));
    if is_match && recognise(text).is_some() {
        // Other software has shorter keys than our formats, such as 32 bytes of SHA-512.
        findings.retain(|finding| finding.code != Code::KeyTruncated);
    }
    let is_matched = changes.is_some();
    let verdict = match text.parse::<Digest>() {
        Ok(own) if own != digest => verify(secret, &own, limits),
        own => compared.and_then(|changes| Ok(own.map(|_| as_given(changes.as_deref()))?)),
    };
    if verdict == Ok(Verdict::Mismatch) && !findings.iter().any(is_cause) {
        findings.extend(unusual_length(secret));
        findings.push(nothing_matches());
    }
    Diagnosis { is_proved: is_matched && verdict != Ok(Verdict::Match), verdict, findings }
}

/// Whether a finding can be the cause of a mismatch.
fn is_cause(finding: &Finding) -> bool {
    const OTHERS: [Code; 4] =
        [Code::KnownExample, Code::OverLimits, Code::SecretTruncated, Code::Slow];
    !OTHERS.contains(&finding.code)
}

/// Finds that the text of a digest is the secret itself.
fn same_text(secret: &Secret, text: &str) -> Option<Finding> {
    let is_same = bool::from(secret.expose().ct_eq(text.trim().as_bytes()));
    is_same.then(|| {
        let message = "this is the secret itself, not a digest of it".to_owned();
        Finding::new(Code::PlaintextSecret, message, "make a digest with `oidc-secret hash`")
    })
}

/// Returns a finding on a secret that `client_secret_basic` does not send as it is.
///
/// ```
/// use oidc_secret::{Secret, reserved_characters};
///
/// assert!(reserved_characters(&Secret::from("a+b".to_owned())).is_some());
/// assert!(reserved_characters(&Secret::from("a-b".to_owned())).is_none());
/// ```
#[must_use]
pub fn reserved_characters(secret: &Secret) -> Option<Finding> {
    let is_reserved = |byte: &u8| !is_unreserved(char::from(*byte));
    secret.expose().iter().any(is_reserved).then(|| {
        let code = Code::ReservedCharacters;
        Finding::new(code, code.meaning().to_owned(), code.fix())
    })
}

/// Examines a secret that there is no digest for: it may be a digest, a placeholder, or have characters
/// that are easily lost.
///
/// ```
/// use oidc_secret::{Code, Secret, diagnose_secret};
///
/// let findings = diagnose_secret(&Secret::from("${KASM_SECRET}".to_owned()));
/// assert_eq!(findings[0].code, Code::Placeholder);
/// ```
#[must_use]
pub fn diagnose_secret(secret: &Secret) -> Vec<Finding> {
    let text = std::str::from_utf8(secret.expose()).unwrap_or_default();
    let is_digest = digest_text::read(text)
        .digest
        .is_some_and(|digest| digest.algorithm().format().status != FormatStatus::Plaintext);
    let role = if is_digest {
        let message = "this is a digest, not a secret".to_owned();
        Some(Finding::new(Code::DigestAsSecret, message, Code::DigestAsSecret.fix()))
    } else {
        digest_text::placeholder(text, "secret").or_else(|| expanded_digest(text))
    };
    let mut findings = Vec::from_iter(role);
    if findings.is_empty() {
        findings.extend(secret_text(secret));
        findings.extend(unusual_length(secret));
    }
    findings
}

/// Reads the text of a digest. In an ambiguous one of other software, the digest that the secret matches
/// counts.
fn read(secret: &Secret, text: &str, limits: &Limits) -> Reading {
    // Marked digests with white space around them are read as damaged ones, with a finding on it.
    let unmarked = || recognise(text.trim()).filter(|foreign| !foreign.is_marked);
    let foreign = recognise(text).or_else(unmarked);
    let Some(Foreign { software, content: Content::Digests(mut digests), .. }) = foreign else {
        return digest_text::read(text);
    };
    let is_of = |digest: &Digest| verify(secret, digest, limits) == Ok(Verdict::Match);
    // A single digest is compared later, with the other candidates.
    let found = if digests.len() > 1 { digests.iter().position(is_of) } else { None };
    let index = found.unwrap_or_default();
    let digest = digests.swap_remove(index);
    let finding = foreign::rewritable(text, &digest, Dialect::Foreign(software), index == 0);
    Reading { digest: Some(digest), findings: vec![finding] }
}

/// Returns the verdict on the given secret if the digest was found to match after these changes.
fn as_given(changes: Option<&[Change]>) -> Verdict {
    match changes {
        Some([]) => Verdict::Match,
        _ => Verdict::Mismatch,
    }
}

/// Whether the role of a secret that matches after these changes can be the cause.
fn is_possible(role: Code, changes: Option<&[Change]>) -> bool {
    match changes {
        // A secret that matches is not a placeholder, even if it looks like one.
        Some([]) => role != Code::Placeholder,
        // A text in which the secret was found is not a digest as a whole.
        Some(_) => role != Code::DigestAsSecret,
        None => true,
    }
}

/// Replaces the finding on a text that cannot be read by one that names its software; the second value is
/// true if the secret is proved to be the right one. The audit does not do this: there such a text may as
/// well be a plaintext secret.
fn named(
    secret: &Secret,
    text: &str,
    findings: Vec<Finding>,
    limits: &Limits,
    effort: Effort,
) -> (Vec<Finding>, bool) {
    let is_unknown =
        |finding: &Finding| matches!(finding.code, Code::Malformed | Code::OtherDialect);
    if !findings.iter().all(is_unknown) {
        return (findings, false);
    }
    let found = foreign::finding(secret, text, limits, effort);
    found.map_or((findings, false), |(finding, is_proved)| (vec![finding], is_proved))
}

/// Returns the error of parsing a text that is not a digest.
fn unread(text: &str) -> Error {
    text.parse::<Digest>()
        .err()
        .map_or_else(|| DeriveError::Refused("the digest was not compared").into(), Error::from)
}

/// Returns a finding if the secret is a digest or a placeholder.
fn role(secret: &Secret, text: &str, digest: Option<&Digest>, limits: &Limits) -> Option<Finding> {
    let secret = std::str::from_utf8(secret.expose()).ok()?;
    let as_digest = digest_text::read(secret).digest;
    let as_digest =
        as_digest.filter(|digest| digest.algorithm().format().status != FormatStatus::Plaintext);
    let Some(as_digest) = as_digest else {
        return digest_text::placeholder(secret, "secret").or_else(|| expanded_digest(secret));
    };
    let (code, message, fix) = if digest.is_none() {
        let other = Secret::from(text.to_owned());
        let confirmed = match verify(&other, &as_digest, limits) {
            Ok(Verdict::Match) => " (and they match)",
            _ => "",
        };
        let message = format!("secret and digest are swapped{confirmed}");
        let fix = "give the secret to the application, and the digest to the provider";
        (Code::Swapped, message, fix)
    } else {
        let same = secret.trim() == text.trim();
        let what = if same { "this digest" } else { "a digest" };
        let message =
            format!("the secret is {what}; the application needs the secret that it was made from");
        let fix = "give the application the secret; if it is lost, make both again with \
                   `oidc-secret new`";
        (Code::DigestAsSecret, message, fix)
    };
    Some(Finding::new(code, message, fix))
}

/// Returns a finding if the secret is the rest of an expanded digest.
fn expanded_digest(secret: &str) -> Option<Finding> {
    digest_text::is_expanded_digest(secret).then(|| {
        let message =
            "the secret is the rest of a digest that a shell, Compose or a similar program expanded; \
             the application needs the secret that the digest was made from"
                .to_owned();
        let fix = "give the application the secret; if it is lost, make both again with \
                   `oidc-secret new`";
        Finding::new(Code::DigestAsSecret, message, fix)
    })
}

/// Returns the changes after which the secret matches, an empty list if it matches as given; `None`
/// if it does not match.
fn compare(
    secret: &Secret,
    digest: &Digest,
    limits: &Limits,
    effort: Effort,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Option<Vec<Change>>, Error> {
    limits.check(digest, secret.expose().len())?;
    let max = affordable(digest, secret.expose().len(), limits, effort.max_secrets());
    let mut candidates = candidates(secret, max);
    let pairs: Vec<_> = candidates.iter().map(|candidate| (&candidate.secret, digest)).collect();
    let is_match = |verdict: &Result<Verdict, Error>| *verdict == Ok(Verdict::Match);
    // The first error is that of the given secret, such as a lack of memory.
    let is_done =
        |verdicts: &[Result<Verdict, Error>]| verdicts[0].is_err() || verdicts.iter().any(is_match);
    let verdicts = verify_in_rounds(&pairs, limits, is_done, progress);
    if let Some(Err(error)) = verdicts.first() {
        return Err(error.clone());
    }
    let found = verdicts.iter().position(is_match);
    Ok(found.map(|index| candidates.swap_remove(index).changes))
}

/// Returns how many secrets of at most `max` can be hashed within the time limit of one digest, but at least
/// one: the given secret. A key of a few bytes matches others by chance, which would prove nothing.
fn affordable(digest: &Digest, secret_length: usize, limits: &Limits, max: usize) -> usize {
    const PROOF: usize = 4;
    if digest.key().len() < PROOF && digest.algorithm().format().status != FormatStatus::Plaintext {
        return 1;
    }
    let fits = |each: Duration, count: usize| {
        let count = limits.time.as_nanos().saturating_mul(count as u128) / each.as_nanos().max(1);
        usize::try_from(count).unwrap_or(usize::MAX).clamp(1, max)
    };
    // Side by side they take at most as long, and a sample of a round takes time.
    if fits(estimate(digest, secret_length), 1) == max {
        return max;
    }
    let round = pairs_per_round();
    fits(estimate_many(digest, round, secret_length), round)
}

/// Adds that the secret matches the repaired digest.
fn confirm(findings: &mut [Finding]) {
    if let Some(finding) = findings.first_mut() {
        finding.message.push_str("; once that is undone, the secret matches");
    }
}

/// Adds that the secret matches what is left of a truncated key: it is the beginning of the whole one.
fn prove_by_rest(findings: &mut [Finding], digest: &Digest) {
    let is_truncated =
        |finding: &&mut Finding| matches!(finding.code, Code::KeyTruncated | Code::KeyTooShort);
    if matches!(digest, Digest::Pbkdf2(_))
        && let Some(finding) = findings.iter_mut().find(is_truncated)
    {
        finding.message.push_str("; the secret matches what is left of it");
    }
}

/// Returns a finding on the first character of a secret that is easily lost or changed.
fn secret_text(secret: &Secret) -> Option<Finding> {
    let text = std::str::from_utf8(secret.expose()).ok()?;
    let odd = |(_, character): &(usize, char)| !matches!(character, ' '..='~');
    let (index, character) = text.chars().enumerate().find(odd)?;
    let name = character::name(character);
    let position = index + 1;
    Some(Finding::new(
        Code::Characters,
        format!(
            "the secret has {name} (U+{:04X}) at position {position}, outside what RFC 6749 allows",
            u32::from(character)
        ),
        "copy the secret from its source, or make one of ASCII characters with `oidc-secret new`",
    ))
}

/// Returns the findings on the digest itself that may explain a mismatch or limit a match.
fn digest_findings(digest: &Digest, is_match: bool) -> Vec<Finding> {
    const CODES: [Code; 6] = [
        Code::KnownExample,
        Code::KeyTooShort,
        Code::KeyTruncated,
        Code::NotPortable,
        Code::Slow,
        Code::OverLimits,
    ];
    let findings = inspect(&digest.to_string()).map(|inspection| inspection.findings);
    let mut findings = findings.unwrap_or_default();
    findings.retain(|finding| CODES.contains(&finding.code));
    if is_match {
        prove_by_rest(&mut findings, digest);
    }
    findings
}

/// Returns a finding on a secret that looks like one of `new`, but has another length.
fn unusual_length(secret: &Secret) -> Option<Finding> {
    const SHORTEST: usize = 16;
    let text = std::str::from_utf8(secret.expose()).ok()?;
    let has = |is_kind: fn(&char) -> bool| text.chars().any(|c| is_kind(&c));
    let is_random = text.chars().all(is_unreserved)
        && has(char::is_ascii_lowercase)
        && has(char::is_ascii_uppercase)
        && has(char::is_ascii_digit);
    let length = text.len();
    (is_random && length >= SHORTEST && length != SECRET_LENGTH).then(|| {
        let message = format!(
            "the secret has {length} characters; secrets made by `new` have {SECRET_LENGTH}"
        );
        let fix = "copy the whole secret again, unless it was made with another length";
        Finding::new(Code::UnusualLength, message, fix)
    })
}

fn nothing_matches() -> Finding {
    Finding::new(
        Code::NothingMatches,
        "no known cause explains the mismatch: this is another secret, or the digest of another \
         client"
            .to_owned(),
        "try other candidates, or make both again with `oidc-secret new`",
    )
}
