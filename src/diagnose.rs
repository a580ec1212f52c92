//! Why a secret does not match a digest.
//!
//! First the two texts are examined: roles, quotes, labels, the rest of expanded `$` fields. Then
//! the usual changes to a secret are undone or repeated, and the resulting candidates are hashed,
//! all together in the lanes of the CPU.

mod character;
pub(crate) mod digest_text;
mod expand;
mod foreign;
mod step;

use std::num::NonZero;
use std::thread::available_parallelism;

use zeroize::Zeroizing;

use crate::cost::{Limits, estimate};
use crate::digest::{Digest, FormatStatus};
use crate::error::{DeriveError, Error};
use crate::finding::{Code, Finding};
use crate::inspect::{inspect, truncated_secret};
use crate::secret::Secret;
use crate::verify::{Verdict, verify, verify_many};
use step::{STEPS, Step};

/// The result of a diagnosis.
#[derive(Debug)]
#[non_exhaustive]
pub struct Diagnosis {
    /// Whether the secret matches the digest, both as given; an error if the digest cannot
    /// be read, or costs more than the limits.
    pub verdict: Result<Verdict, Error>,
    /// The findings, the likeliest reason first.
    pub findings: Vec<Finding>,
}

/// The maximum number of secrets that are hashed besides the given one: together they fill the
/// eight lanes that AVX-512 has for SHA-512 three times.
const MAX_CANDIDATES: usize = 23;

/// Compares a secret with the text of a digest, and explains a mismatch.
///
/// If the secret matches only after a change is undone, the verdict is [`Verdict::Mismatch`] all
/// the same.
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
    let reading = digest_text::read(text);
    let role = role(secret, text, reading.digest.as_ref(), limits);
    let Some(digest) = reading.digest else {
        // If the two are swapped, that the secret is not a digest adds nothing.
        let findings = role.map_or_else(|| named(text, reading.findings), |role| vec![role]);
        return Diagnosis { verdict: Err(unread(text)), findings };
    };
    let mut findings = reading.findings;
    let compared = compare(secret, &digest, limits);
    if compared.as_ref().is_ok_and(|steps| steps.as_ref().is_some_and(Vec::is_empty)) {
        confirm(&mut findings);
    }
    // A text in which the secret was found is not a digest as a whole.
    let is_found = matches!(&compared, Ok(Some(steps)) if !steps.is_empty());
    findings.extend(role.filter(|role| !(is_found && role.code == Code::DigestAsSecret)));
    match &compared {
        Ok(Some(steps)) if steps.is_empty() => {}
        Ok(Some(steps)) => findings.splice(0..0, step::finding(steps)).for_each(drop),
        Ok(None) if findings.is_empty() => findings.extend(secret_text(secret)),
        Ok(None) | Err(_) => {}
    }
    findings.extend(truncated_secret(secret.expose().len(), &digest));
    findings.extend(digest_findings(&digest));
    let verdict = match text.parse::<Digest>() {
        Ok(own) if own != digest => verify(secret, &own, limits),
        Ok(_) => compared.map(|steps| match steps {
            Some(steps) if steps.is_empty() => Verdict::Match,
            _ => Verdict::Mismatch,
        }),
        Err(error) => compared.and(Err(error.into())),
    };
    if verdict == Ok(Verdict::Mismatch) && findings.is_empty() {
        findings.push(foreign::hex_key(text).unwrap_or_else(nothing_matches));
    }
    Diagnosis { verdict, findings }
}

/// Replaces the finding on a text that cannot be read by one that names its software. The audit does not
/// do this: there such a text may as well be a plaintext secret.
fn named(text: &str, findings: Vec<Finding>) -> Vec<Finding> {
    if findings.iter().any(|finding| finding.code != Code::Malformed) {
        return findings;
    }
    foreign::finding(text).map_or(findings, |finding| vec![finding])
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

/// Returns the steps after which the secret matches, an empty list if it matches as given; `None`
/// if it does not match.
fn compare(
    secret: &Secret,
    digest: &Digest,
    limits: &Limits,
) -> Result<Option<Vec<&'static Step>>, Error> {
    limits.check(digest, secret.expose().len())?;
    let mut candidates = vec![(secret.clone(), Vec::new())];
    candidates.extend(changed(secret, affordable(digest, secret.expose().len(), limits)));
    let pairs: Vec<_> = candidates.iter().map(|(secret, _)| (secret, digest)).collect();
    let verdicts = verify_many(&pairs, limits);
    if let Some(Err(error)) = verdicts.first() {
        return Err(error.clone());
    }
    let found = verdicts.iter().position(|verdict| *verdict == Ok(Verdict::Match));
    Ok(found.map(|index| candidates[index].1.clone()))
}

/// Returns how many candidates can be hashed within the time limit of one digest.
fn affordable(digest: &Digest, secret_length: usize, limits: &Limits) -> usize {
    let cores = available_parallelism().map_or(1, NonZero::get) as u128;
    let each = estimate(digest, secret_length).as_nanos().max(1);
    let count = limits.time.as_nanos().saturating_mul(cores) / each;
    usize::try_from(count).map_or(MAX_CANDIDATES, |count| count.min(MAX_CANDIDATES))
}

/// Returns candidates for the original secret, with the steps that lead there: first one step, then
/// two of the likely ones.
fn changed(secret: &Secret, most: usize) -> Vec<(Secret, Vec<&'static Step>)> {
    let mut found: Vec<(Secret, Vec<&'static Step>)> = Vec::new();
    let add = |bytes: Zeroizing<Vec<u8>>, steps: Vec<&'static Step>, found: &mut Vec<_>| {
        let is_new = |(other, _): &(Secret, _)| other.expose() != &**bytes;
        if found.len() < most && *bytes != *secret.expose() && found.iter().all(is_new) {
            found.push((Secret::from(bytes), steps));
        }
    };
    for step in &STEPS {
        if let Some(bytes) = step.apply(secret.expose()) {
            add(bytes, vec![step], &mut found);
        }
    }
    let likely = || STEPS.iter().filter(|step| step.is_likely);
    for first in likely() {
        let Some(bytes) = first.apply(secret.expose()) else { continue };
        for second in likely() {
            if let Some(bytes) = second.apply(&bytes) {
                add(bytes, vec![first, second], &mut found);
            }
        }
    }
    found
}

/// Adds that the secret matches the repaired digest.
fn confirm(findings: &mut [Finding]) {
    if let Some(finding) = findings.first_mut() {
        finding.message.push_str("; once that is undone, the secret matches");
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

/// Returns the findings on the digest itself that may explain a mismatch.
fn digest_findings(digest: &Digest) -> Vec<Finding> {
    const CODES: [Code; 6] = [
        Code::KnownExample,
        Code::KeyTooShort,
        Code::KeyTruncated,
        Code::NotPortable,
        Code::Slow,
        Code::OverLimits,
    ];
    let findings = inspect(&digest.to_string()).map(|inspection| inspection.findings);
    findings.unwrap_or_default().into_iter().filter(|f| CODES.contains(&f.code)).collect()
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
