//! Redirect URIs, URIs of request objects and the sector identifier.

use std::collections::HashSet;

use crate::authelia::{ClientEntry, FieldValue, Text, Uri, is_expanded};
use crate::finding::Code;

use super::grants;
use super::report::{Add, finding, unresolved};

pub(super) fn check(entry: &ClientEntry, add: Add<'_>) {
    missing(entry, add);
    redirects(entry, add);
    requests(entry, add);
    sector(entry, add);
}

/// Authelia accepts a client without redirect URIs, but no request of it.
fn missing(entry: &ClientEntry, add: Add<'_>) {
    const KEY: &str = "redirect_uris";
    let has_none = entry.redirect_uris().next().is_none() && !entry.is_unreadable(KEY);
    if has_none && grants::redirects(entry) {
        let line = entry.fields.get(KEY).map_or(0, |field| field.line);
        let message = "the client has no redirect URI: Authelia starts, but every sign-in fails";
        add(KEY, line, finding(Code::NoRedirectUri, message.to_owned()));
    }
}

/// Whether a text has a placeholder of a documentation page: a shortcode of Hugo, which is not one of
/// Authelia's templates.
fn has_shortcode(text: &str) -> bool {
    text.contains("{{<") || text.contains("{{%")
}

fn redirects(entry: &ClientEntry, add: Add<'_>) {
    let mut seen = HashSet::new();
    for (number, uri) in (1..).zip(entry.redirect_uris()) {
        if has_shortcode(&uri.value) {
            let message = format!("entry {number} of the list has a placeholder ({{{{< … >}}}})");
            add("redirect_uris", uri.line, finding(Code::Placeholder, message));
            continue;
        }
        if is_expanded(&uri.value) {
            let what = format!("entry {number} of the list");
            add("redirect_uris", uri.line, unresolved(entry, &what, &uri.value));
            continue;
        }
        if let Some(problem) = redirect_problem(uri, entry.is_public()) {
            let message = format!("entry {number} of the list {problem}");
            add("redirect_uris", uri.line, finding(Code::RedirectUri, message));
        }
        if !seen.insert(&**uri.value) {
            let message = format!("entry {number} is a duplicate");
            add("redirect_uris", uri.line, finding(Code::DuplicateRedirectUri, message));
        }
    }
}

fn redirect_problem(text: &Text, is_public: bool) -> Option<&'static str> {
    /// Shows the code to the person instead of sending it to an application.
    const OUT_OF_BAND: &str = "urn:ietf:wg:oauth:2.0:oob";
    match Uri::parse(&text.value) {
        _ if *text.value == OUT_OF_BAND && !is_public => {
            Some("is out of band, which only a public client may use")
        }
        None => Some("is not a valid URI"),
        Some(uri) if uri.scheme.is_empty() => Some("has no scheme"),
        Some(_) => None,
    }
}

fn requests(entry: &ClientEntry, add: Add<'_>) {
    let mut seen = HashSet::new();
    let field = entry.fields.get("request_uris");
    let texts: Vec<&Text> = match field.map(|field| &field.value) {
        Some(FieldValue::Scalar(text)) => vec![text],
        Some(FieldValue::List(items)) => items.iter().filter_map(FieldValue::text).collect(),
        _ => Vec::new(),
    };
    let parts = texts.iter().flat_map(|text| text.value.split(',').map(|part| (part, text.line)));
    for (number, (uri, line)) in (1..).zip(parts.filter(|(uri, _)| !uri.is_empty())) {
        let problem = match Uri::parse(uri) {
            _ if !seen.insert(uri) => "is a duplicate",
            Some(uri) if uri.is_https() => continue,
            _ => "must be a URI that starts with https://",
        };
        add("request_uris", line, finding(Code::InvalidUri, format!("entry {number} {problem}")));
    }
}

fn sector(entry: &ClientEntry, add: Add<'_>) {
    for key in ["sector_identifier_uri", "sector_identifier"] {
        let Some(text) = entry.fields.text(key) else { continue };
        let (code, message) = match Uri::parse(&text.value) {
            Some(uri) if uri.has_fragment || uri.has_user => {
                (Code::InvalidUri, "it must have no fragment and no user")
            }
            Some(uri) if uri.scheme.is_empty() => {
                (Code::UnusualValue, "it is not a URI that starts with https://, and has no effect")
            }
            Some(uri) if uri.is_https() => continue,
            _ => (Code::InvalidUri, "it must be a URI that starts with https://"),
        };
        add(key, text.line, finding(code, message.to_owned()));
    }
}
