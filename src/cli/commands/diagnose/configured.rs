//! What the client's entry in the configuration shows.

use oidc_secret::log::Cause as LogCause;
use oidc_secret::{diagnose_client, place_of};

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
    causes.extend(unexpected_secret(inputs, id));
    causes
}

/// Finds that there is a secret for a client that is registered as public.
fn unexpected_secret(inputs: &Inputs, id: &str) -> Option<Cause> {
    let client = inputs.clients.iter().find(|client| client.id == *id)?;
    if inputs.secret.is_none() || !client.public {
        return None;
    }
    let cause = LogCause::SecretForPublicClient { sent: None };
    let place = place_of(&cause, &inputs.files, id);
    Some(Cause { place, ..Cause::new(Evidence::Text, cause.finding()) })
}
