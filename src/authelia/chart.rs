//! The form that Authelia's Helm chart has a client's secret in: `client_secret: {value: …}` or
//! `client_secret: {path: …}`, of which the second one counts. A text is also accepted.

use super::document::Node;
use super::error::EditError;

/// The pair that holds the secret in a mapping of the chart, and whether it is the path of a file.
///
/// # Errors
/// [`EditError::RepeatedKey`] if a key occurs twice.
pub(super) fn chart_secret<'n>(written: &'n Node<'n>) -> Result<(OwnPair<'n>, bool), EditError> {
    let pair = |name| {
        let pair = written.get_alone(name)?;
        Ok::<_, EditError>(pair.filter(|(_, value)| !value.is_null()))
    };
    let (path, value) = (pair("path")?, pair("value")?);
    Ok((path.or(value).map(|(key, value)| (key, value)), path.is_some()))
}

/// A key and its value, if there are any.
pub(super) type OwnPair<'n> = Option<(&'n Node<'n>, &'n Node<'n>)>;

/// Returns the template that the chart makes of the path of a file.
pub(super) fn chart_template(path: &str) -> String {
    format!("{{{{ secret \"{path}\" }}}}")
}
