//! The form that Authelia's Helm chart has a client's secret in: `client_secret: {value: …}` or
//! `client_secret: {path: …}`, of which the second one counts. A text is also accepted.

use super::document::Node;

/// The pair that holds the secret in a mapping of the chart, and whether it is the path of a file.
pub(super) fn chart_secret<'n>(
    written: &'n Node<'n>,
) -> (Option<(&'n Node<'n>, &'n Node<'n>)>, bool) {
    let pair = |name| written.get(name).filter(|(_, value)| !value.is_null());
    let (path, value) = (pair("path"), pair("value"));
    (path.or(value).map(|(key, value)| (key, value)), path.is_some())
}

/// Returns the template that the chart makes of the path of a file.
pub(super) fn chart_template(path: &str) -> String {
    format!("{{{{ secret \"{path}\" }}}}")
}
