//! Clients whose application is in the catalogue, against the catalogue's entry.

use crate::authelia::ClientEntry;
use crate::catalogue::recognise;
use crate::finding::{Code, Finding};

use super::report::{Add, finding};

pub(super) fn check(entry: &ClientEntry, add: Add<'_>) {
    let id = entry.id().map_or("", |id| &id.value);
    let known = entry.redirect_uris().find_map(|uri| recognise(&uri.value, id, entry.name()));
    // A public client needs no method, and an application that can keep a secret may be one.
    let Some(known) = known.filter(|_| !entry.is_public()) else { return };
    if known.is_public {
        let line = entry.fields.get("public").map_or(0, |field| field.line);
        let message = format!(
            "{} (recognised by its redirect URI) is known as a public client, but the configuration \
             has a confidential one",
            known.name
        );
        add("public", line, finding(Code::PublicApplication, message));
    } else if known.method != entry.auth_method() {
        let line = entry.token_endpoint_auth_method.as_ref().map_or(0, |method| method.line);
        let name = format!("{} (recognised by its redirect URI)", known.name);
        let is_configurable = known.has_configurable_method;
        let finding = method_mismatch(&name, known.method, entry.auth_method(), is_configurable);
        add("token_endpoint_auth_method", line, finding);
    }
}

/// The finding on another method than the catalogue's. Where the application has a setting for it, or
/// where its versions differ, either side may be right.
pub(crate) fn method_mismatch(
    application: &str,
    usual: &str,
    method: &str,
    is_configurable: bool,
) -> Finding {
    if is_configurable {
        let message = format!(
            "{application} may use {usual} or another method: {method} must equal the application's \
             own setting"
        );
        let fix = "Check that it equals the application's own setting; the default depends on the \
                   application's version.";
        return Finding::new(Code::MethodMismatch, message, fix);
    }
    let message = format!("{application} uses {usual}, but the configuration says {method}");
    let fix = format!(
        "Set token_endpoint_auth_method to {usual}, unless the application is configured differently."
    );
    Finding::new(Code::MethodMismatch, message, fix)
}
