//! Messages after a rotation: the result, and the next steps.

use std::path::Path;

use super::destination::line;
use super::out::OutArgs;
use super::rotated::Rotated;
use crate::cli::terminal::output::hint;

/// Prints the result and the next steps. Authelia reads its own configuration when it starts; any other
/// file must be applied before.
pub(super) fn announce(
    path: &Path,
    out: &OutArgs,
    is_several: bool,
    rotated: &[Rotated],
    is_own: bool,
) {
    let file = path.display();
    let step = if is_own { " and" } else { ", apply the file, and" };
    let (what, them, applications) = match rotated {
        [one] => {
            let application = one.destination.application.unwrap_or("the application");
            (format!(", line {}: {}: secret", one.line, one.id), "it", application)
        }
        many => (format!(": {} secrets", many.len()), "them", "the applications"),
    };
    let from = match &out.secret_out {
        Some(path) => format!(" (from {})", path.display()),
        None => String::new(),
    };
    hint(&format!(
        "{file}{what} replaced and verified; now set {them}{from} in {applications}{step} restart \
         Authelia"
    ));
    // The sheet has the places of several clients.
    if let ([one], false) = (rotated, is_several) {
        say_places(one);
    }
    if let Some(path) = &out.digest_out {
        let values = if is_several { "values" } else { "value" };
        hint(&format!("{}: the new {values} of client_secret", path.display()));
    }
}

/// Prints where a client's application has the secret.
fn say_places(client: &Rotated) {
    let (Some(application), Some((first, rest))) =
        (client.destination.application, client.destination.settings.split_first())
    else {
        return;
    };
    let rest = rest.iter().map(|setting| {
        let word = if setting.alternative { "or" } else { "and" };
        format!("; {word} in {}", line(setting))
    });
    hint(&format!("{application} has it in {}{}", line(first), rest.collect::<String>()));
}
