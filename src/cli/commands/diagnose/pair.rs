//! The secret against the digest.

use oidc_secret::authelia::ClientSecret;
use oidc_secret::error::Error;
use oidc_secret::{
    Code, Diagnosis, Digest, Finding, Secret, Verdict, diagnose_secret, diagnose_with, inspect,
};

use super::args::DiagnoseArgs;
use super::candidates;
use super::cause::{Cause, Evidence};
use super::inputs::Inputs;
use crate::cli::args::digest_source::SourcedDigest;
use crate::cli::failure::Failure;
use crate::cli::machine::memory_limit;
use crate::cli::terminal::progress::Progress;

/// The result of a comparison.
#[derive(Default)]
pub(super) struct Compared {
    /// `None` if there is no secret or no digest.
    pub(super) verdict: Option<Result<Verdict, Error>>,
    pub(super) causes: Vec<Cause>,
}

/// Compares what there is of secret and digest.
pub(super) fn compare(args: &DiagnoseArgs, inputs: &Inputs) -> Result<Compared, Failure> {
    let mut compared = match (&inputs.secret, &inputs.digest) {
        (Some(secret), Some(digest)) => diagnosed(args, inputs, secret, digest)?,
        (Some(secret), None) => Compared { verdict: None, causes: alone(inputs, secret) },
        (None, _) => Compared::default(),
    };
    if let Some(digest) = inputs.digest.as_ref().filter(|_| inputs.is_digest_given) {
        compared.causes.extend(misplaced(inputs, digest));
    }
    Ok(compared)
}

/// Examines a secret that there is no digest for.
fn alone(inputs: &Inputs, secret: &Secret) -> Vec<Cause> {
    // The client has no digest of its own, or several entries have its id.
    match inputs.owner(secret, None) {
        Some(owner) => vec![of_other_client(inputs, owner)],
        None => diagnose_secret(secret).into_iter().map(shown).collect(),
    }
}

fn diagnosed(
    args: &DiagnoseArgs,
    inputs: &Inputs,
    secret: &Secret,
    SourcedDigest { text, .. }: &SourcedDigest,
) -> Result<Compared, Failure> {
    let Diagnosis { mut verdict, mut findings, mut is_proved, .. } =
        diagnosis(args, inputs, secret, text);
    if inputs.is_configured()
        && let Some((text, finding)) = args.source.plaintext(text)
    {
        let read = diagnosis(args, inputs, secret, &text);
        // A damaged digest is explained as one, although Authelia reads it as plaintext too.
        let is_unknown = findings.iter().all(|finding| finding.code == Code::Malformed);
        if is_unknown || read.verdict == Ok(Verdict::Match) {
            Diagnosis { verdict, findings, is_proved, .. } = read;
            findings.push(finding);
        }
    }
    if inputs.is_configured()
        && let Err(error @ Error::NotReadByAuthelia(_)) = args.source.parse(text, false)
    {
        verdict = Err(error);
    }
    let mut causes = Vec::new();
    if verdict != Ok(Verdict::Match) && !is_proved {
        if let (Some(path), Ok(digest)) = (&args.candidates, text.parse::<Digest>()) {
            let found = candidates::matching(path, &digest, &inputs.limits)?;
            causes.extend(found.map(|finding| Cause::new(Evidence::Proof, finding)));
        }
        let owner = inputs.owner(secret, inputs.client.as_deref());
        causes.extend(owner.map(|owner| of_other_client(inputs, owner)));
        if !causes.is_empty() {
            findings.retain(|finding| finding.code != Code::NothingMatches);
        }
    }
    findings.extend(over_memory(text));
    let place = inputs.place_of_secret();
    let found = findings.into_iter().enumerate().map(|(index, finding)| {
        let evidence = if is_proved && index == 0 { Evidence::Proof } else { Evidence::Text };
        let place = place.clone().filter(|_| is_about_digest(finding.code));
        Cause { place, ..Cause::new(evidence, finding) }
    });
    causes.extend(found);
    Ok(Compared { verdict: Some(verdict), causes })
}

fn diagnosis(args: &DiagnoseArgs, inputs: &Inputs, secret: &Secret, text: &str) -> Diagnosis {
    let mut progress = Progress::new("secrets", None);
    diagnose_with(secret, text, &inputs.limits, args.effort, &mut |now, _| progress.set(now))
}

/// Whether a finding is about the digest, so that the configuration is the place to change.
fn is_about_digest(code: Code) -> bool {
    matches!(
        code,
        Code::DoubledDollars
            | Code::Expanded
            | Code::KeyTooShort
            | Code::KeyTruncated
            | Code::KnownExample
            | Code::LostDollar
            | Code::Malformed
            | Code::NotPortable
            | Code::NotReadByAuthelia
            | Code::OtherDialect
            | Code::OverLimits
            | Code::OverMemory
            | Code::PlaintextSecret
            | Code::Slow
            | Code::Swapped
            | Code::TakenAsPlaintext
    )
}

/// Finds that a digest needs more memory than this machine has.
fn over_memory(text: &str) -> Option<Finding> {
    let (needed, available) = (inspect(text).ok()?.memory, memory_limit() << 10);
    (needed > available).then(|| Finding::over_memory(needed, available))
}

/// Finds that a digest is not the one that the configuration has for the client.
fn misplaced(inputs: &Inputs, SourcedDigest { text, .. }: &SourcedDigest) -> Option<Cause> {
    let digest: Digest = text.parse().ok()?;
    let client = inputs.client.as_deref()?;
    if inputs.clients.is_empty() {
        return None;
    }
    let owners = inputs.with_digest(&digest);
    if owners.iter().any(|owner| owner.id == client) {
        return None;
    }
    let owner = owners.first().map(|owner| described(inputs, owner));
    Some(shown(Finding::other_digest(client, owner.as_deref())))
}

fn of_other_client(inputs: &Inputs, owner: &ClientSecret) -> Cause {
    let mut finding = Finding::other_client(&described(inputs, owner));
    if inputs.client.as_ref() == Some(&owner.id) {
        finding.fix = "Keep this entry, and give the other one with this id another id.".into();
    } else if !inputs.has_client() {
        finding.fix =
            "Use the id of that client in the application, if it is the one that is meant.".into();
    }
    Cause::new(Evidence::Proof, finding)
}

/// Describes a client by its id, its file and its line.
fn described(inputs: &Inputs, client: &ClientSecret) -> String {
    format!("{} ({}, line {})", client.id, inputs.file_name(), client.line)
}

fn shown(finding: Finding) -> Cause {
    Cause::new(Evidence::Text, finding)
}
