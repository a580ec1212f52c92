//! Grant types, against scopes, response types and the client's kind.

use crate::authelia::{ClientEntry, Text};
use crate::finding::Code;

use super::report::{Add, finding};

/// The scopes that ask for refresh tokens.
const OFFLINE: [&str; 2] = ["offline_access", "offline"];

pub(super) fn check(entry: &ClientEntry, add: Add<'_>) {
    client_credentials(entry, add);
    refresh_token(entry, add);
    flows(entry, add);
}

/// The line of the first of these values in a list.
pub(super) fn line_of(values: Option<&Vec<Text>>, wanted: &[&str]) -> Option<u64> {
    let mut values = values.into_iter().flatten();
    values.find(|value| wanted.contains(&&**value.value)).map(|value| value.line)
}

/// Whether a grant of the client sends the user back to the application.
pub(super) fn redirects(entry: &ClientEntry) -> bool {
    let is_default = entry.grant_types.as_ref().is_none_or(Vec::is_empty);
    let has = line_of(entry.grant_types.as_ref(), &["authorization_code", "implicit"]).is_some();
    (is_default || has) && !entry.is_unreadable("grant_types")
}

fn client_credentials(entry: &ClientEntry, add: Add<'_>) {
    let Some(line) = line_of(entry.grant_types.as_ref(), &["client_credentials"]) else { return };
    let about_a_user = line_of(entry.scopes.as_ref(), &["openid", "offline_access", "offline"]);
    let message = match (about_a_user, &entry.authorization_policy) {
        _ if entry.is_public() => "client_credentials needs a secret, and the client is public",
        (Some(_), _) => {
            "client_credentials concerns no user and does not allow openid or offline_access"
        }
        (_, Some(policy)) if !["", "one_factor"].contains(&&**policy.value) => {
            "client_credentials allows no authorization_policy other than one_factor"
        }
        _ => return,
    };
    add("grant_types", line, finding(Code::ClientCredentials, message.to_owned()));
}

fn refresh_token(entry: &ClientEntry, add: Add<'_>) {
    let offline = line_of(entry.scopes.as_ref(), &OFFLINE);
    let grant = line_of(entry.grant_types.as_ref(), &["refresh_token"]);
    if let Some(line) = grant.filter(|_| offline.is_none()) {
        let message = "refresh_token is granted without the scope offline_access".to_owned();
        add("grant_types", line, finding(Code::RefreshToken, message));
    }
    if let Some(line) =
        offline.filter(|_| !has_response_type(entry, |words| words.contains(&"code")))
    {
        let message = "offline_access is a scope, but no response type has code".to_owned();
        add("scopes", line, finding(Code::RefreshToken, message));
    }
}

/// Whether a response type that is written has these words. Authelia checks this before it adds the
/// default, `code`.
fn has_response_type(entry: &ClientEntry, is_wanted: impl Fn(&[&str]) -> bool) -> bool {
    let words = |value: &Text| is_wanted(&value.value.split(' ').collect::<Vec<_>>());
    entry.response_types.iter().flatten().any(words)
}

/// Finds grants that no response type uses.
fn flows(entry: &ClientEntry, add: Add<'_>) {
    let is_default = entry.response_types.as_ref().is_none_or(Vec::is_empty);
    let with_code = is_default || has_response_type(entry, |words| words.contains(&"code"));
    let with_more = has_response_type(entry, |words| words != ["code"]);
    for (grant, is_used) in [("authorization_code", with_code), ("implicit", with_more)] {
        if let Some(line) = line_of(entry.grant_types.as_ref(), &[grant]).filter(|_| !is_used) {
            let message = format!("no response type uses the grant {grant}");
            add("grant_types", line, finding(Code::UnusedGrant, message));
        }
    }
}
