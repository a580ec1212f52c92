//! What Authelia's log shows.

use std::cmp::Reverse;

use oidc_secret::log::{Cause as LogCause, Group};
use oidc_secret::{diagnose_client, place_of, redirect_mismatch};

use super::cause::{Cause, Evidence};
use super::inputs::{Inputs, LogFile};
use crate::cli::terminal::output::hint;

/// Returns the causes that the log gives for the client, or for all if there is none, the latest first.
pub(super) fn causes(inputs: &Inputs, is_match: bool) -> Vec<Cause> {
    let Some(file) = &inputs.log else { return Vec::new() };
    let groups = file.log.groups().iter().filter(|group| is_about(inputs, group));
    let mut groups: Vec<&Group> = groups.collect();
    groups.sort_by_key(|group| Reverse(group.last_line));
    groups.into_iter().map(|group| cause(inputs, group, is_match)).collect()
}

/// Says how much of the log was of use.
pub(super) fn say_ignored(inputs: &Inputs, causes: &[Cause]) {
    let Some(LogFile { name, log }) = &inputs.log else { return };
    let shown: u64 = causes.iter().filter_map(|cause| Some(cause.group.as_ref()?.count)).sum();
    let ignored = log.ignored();
    let others = log.lines() - ignored - shown;
    let others = if others == 0 { "" } else { &format!(", {others} about other clients") };
    let lines = if log.lines() == 1 { "line" } else { "lines" };
    hint(&format!("{name}: {} {lines}, {ignored} ignored{others}", log.lines()));
}

/// Whether a refused request may be one of the client. The line of a wrong secret names no client, and
/// an unknown id may be this client's with a mistake in it.
fn is_about(inputs: &Inputs, group: &Group) -> bool {
    let (Some(id), Some(named)) = (&inputs.client, &group.first.client) else { return true };
    let is_known = inputs.clients.iter().any(|client| client.id == named.as_ref());
    let is_unknown = group.first.cause == LogCause::UnknownClient && !is_known;
    named.as_ref() == id || (is_unknown && !inputs.clients.is_empty())
}

fn cause(inputs: &Inputs, group: &Group, is_match: bool) -> Cause {
    let logged = &group.first.cause;
    let id = group.first.client.as_ref().map(AsRef::as_ref).or(inputs.client.as_deref());
    let mut cause = Cause::new(Evidence::Log, logged.finding());
    cause.place = id.and_then(|id| place_of(logged, &inputs.files, id));
    cause.group = Some(group.clone());
    match logged {
        _ if is_outdated(inputs, logged, id) => cause.finding.fix = RESTART.into(),
        LogCause::UnknownClient if cause.place.is_some() => {
            cause.finding.fix = RESTART.into();
        }
        LogCause::UnknownClient => {
            let found = id.map(|id| diagnose_client(&inputs.files, id, None)).into_iter().flatten();
            if let Some(located) = found.into_iter().next() {
                cause.finding.message = located.finding.message;
                cause.place = Some(located.place);
            }
        }
        LogCause::WrongSecret if is_match => {
            cause.finding.fix = "The secret given here is right: check which one the application \
                                 has, and restart Authelia if its file was changed."
                .into();
        }
        LogCause::WrongSecret if inputs.secret.is_some() => {
            cause.finding.fix = "See the other findings: the secret was compared.".into();
        }
        _ => {}
    }
    cause
}

const RESTART: &str = "Restart Authelia: it runs with another configuration than this one.";

/// Whether the configuration differs from the one that Authelia had when it wrote the line.
fn is_outdated(inputs: &Inputs, logged: &LogCause, id: Option<&str>) -> bool {
    let Some(client) = inputs.clients.iter().find(|client| Some(&*client.id) == id) else {
        return false;
    };
    match logged {
        LogCause::WrongMethod {
            key: "token_endpoint_auth_method",
            registered: Some(method),
            ..
        } => client.auth_method != *method,
        LogCause::SecretForPublicClient { .. } => !client.public,
        LogCause::NoSecretSent { .. } => client.public,
        LogCause::RedirectUri { requested: Some(uri) } => {
            redirect_mismatch(&inputs.files, &client.id, uri).is_none()
        }
        _ => false,
    }
}
