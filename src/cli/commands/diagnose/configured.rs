//! What the client's entry in the configuration shows.

use oidc_secret::log::Cause as LogCause;
use oidc_secret::{
    Code, Digest, Verdict, diagnose_client, place_of, redirect_mismatch, reserved_characters,
    verify,
};

use super::cause::{Cause, Evidence};
use super::inputs::Inputs;

/// Returns the causes that the client's entry shows, without those that are known already.
pub(super) fn causes(inputs: &Inputs, known: &[Cause]) -> Vec<Cause> {
    let Some(id) = &inputs.client else { return Vec::new() };
    let found = diagnose_client(&inputs.files, id, inputs.application.as_ref());
    let is_known = |code| known.iter().any(|cause| cause.finding.code == code);
    let found = found.into_iter().filter(|located| !is_known(located.finding.code));
    let mut causes: Vec<_> = found.map(Cause::from).collect();
    if !inputs.has_client() {
        for cause in &mut causes {
            cause.evidence = Evidence::NoClient;
        }
    }
    for cause in &mut causes {
        prove_overridden(inputs, cause);
    }
    let has = |code| causes.iter().any(|cause| cause.finding.code == code);
    if !has(Code::UnexpectedSecret) {
        causes.extend(unexpected_secret(inputs, id));
    }
    causes
}

/// Proves that a secret is that of an entry that Authelia does not take.
fn prove_overridden(inputs: &Inputs, cause: &mut Cause) {
    let Some(place) = cause.place.as_ref().filter(|_| cause.finding.code == Code::Overridden)
    else {
        return;
    };
    let file = inputs.files.iter().find(|file| file.name() == place.file);
    let clients = file.and_then(|file| file.client_secrets().ok()).unwrap_or_default();
    let entry = clients.iter().find(|client| client.id == place.client);
    let digest = entry.and_then(|client| client.secret.as_ref()?.parse::<Digest>().ok());
    if let (Some(secret), Some(digest)) = (&inputs.secret, digest)
        && verify(secret, &digest, &inputs.limits) == Ok(Verdict::Match)
    {
        cause.finding.message.push_str("; the secret is that of this one");
        cause.evidence = cause.evidence.min(Evidence::Proof);
    }
}

/// Finds that the given redirect URI is not registered.
pub(super) fn redirect_uri(inputs: &Inputs, uri: Option<&str>) -> Option<Cause> {
    redirect_mismatch(&inputs.files, inputs.client.as_ref()?, uri?).map(Cause::from)
}

/// Finds that the secret must be form-encoded for the client's method.
pub(super) fn encoding(inputs: &Inputs) -> Option<Cause> {
    let client = inputs.entry()?;
    let finding = reserved_characters(inputs.secret.as_ref()?)?;
    (client.auth_method == "client_secret_basic").then(|| Cause::new(Evidence::Text, finding))
}

/// Finds that there is a secret for a client that is registered as public.
fn unexpected_secret(inputs: &Inputs, id: &str) -> Option<Cause> {
    if inputs.secret.is_none() || !inputs.is_public() {
        return None;
    }
    let cause = LogCause::SecretForPublicClient { sent: None };
    let place = place_of(&cause, &inputs.files, id);
    let mut finding = cause.finding();
    "there is a secret, but the client is public".clone_into(&mut finding.message);
    Some(Cause { place, ..Cause::new(Evidence::Text, finding) })
}
