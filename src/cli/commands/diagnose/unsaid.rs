//! What cannot be said, and what else could be given.

use oidc_secret::Verdict;
use oidc_secret::error::Error;

use super::inputs::{Inputs, nothing};
use crate::cli::failure::Failure;
use crate::cli::terminal::output::hint;

/// Describes why it cannot be said whether something is wrong.
pub(super) fn failure(inputs: &mut Inputs, verdict: Option<&Result<Verdict, Error>>) -> Failure {
    if let Some(Err(error)) = verdict {
        return Failure::from(error.clone());
    }
    if let Some(file) = inputs.log.as_ref().filter(|_| inputs.secret.is_none()) {
        let (name, lines) = (&file.name, file.log.lines());
        let whose = inputs.client.as_ref().map_or_else(String::new, |id| format!(" of {id}"));
        let lines = if lines == 1 { "1 line".to_owned() } else { format!("{lines} lines") };
        return Failure::new(format!("{name}: no refused request{whose} in {lines}")).hint(
            "give the log of the time when the sign-in failed, with the level error or lower",
        );
    }
    if let Some(failure) = inputs.unusable.take() {
        return failure;
    }
    match (&inputs.secret, &inputs.digest) {
        (Some(_), None) => Failure::new("nothing is wrong with the secret alone")
            .hint("to compare it, give the digest, or --config FILE and --client ID"),
        (None, _) if !inputs.files.is_empty() => {
            Failure::new("nothing is wrong with the client's entry alone; no secret was compared")
                .hint("give the secret of the application with --secret-file PATH or a pipe")
        }
        _ => nothing(),
    }
}

/// Describes that nothing could tell whether a redirect URI is registered.
pub(super) fn redirect_uri() -> Failure {
    Failure::new(
        "the redirect URI was not checked: the provider has no pushed authorization requests",
    )
    .hint("add --config FILE, with which it is compared")
}

/// Says what else could be given, if nothing was found.
pub(super) fn say_unused(inputs: &Inputs) {
    if inputs.client.is_none() || inputs.files.is_empty() {
        return;
    }
    let others = [
        (inputs.application.is_none(), "its application (--app SLUG)"),
        (inputs.log.is_none(), "Authelia's log (--log FILE)"),
    ];
    let others: Vec<_> = others.iter().filter(|(is_left, _)| *is_left).map(|(_, n)| *n).collect();
    if !others.is_empty() {
        hint(&format!("not looked at: {}", others.join(", ")));
    }
}
