//! The URLs at which users reach Authelia, as its configuration has them.

use super::document::{Documents, Node};
use super::template::{is_reference, unresolved};

/// A domain that Authelia protects, and its own URL there: an entry of `session.cookies`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Portal {
    /// The domain of the session cookie, such as `example.com`.
    pub domain: String,
    /// Authelia's URL below the domain; `None` if the entry does not have it.
    pub url: Option<String>,
}

/// Returns the portals of a configuration, or of the values of Authelia's Helm chart, which have the
/// same keys below `configMap`. Entries with templates are left out.
///
/// ```
/// use oidc_secret::authelia::portals;
///
/// let yaml = "session: {cookies: [{domain: example.com, authelia_url: 'https://auth.example.com'}]}";
/// assert_eq!(portals(yaml)[0].url.as_deref(), Some("https://auth.example.com"));
/// assert!(portals("session: {}").is_empty());
/// ```
#[must_use]
pub fn portals(yaml: &str) -> Vec<Portal> {
    let Ok(resolved) = unresolved(yaml) else { return Vec::new() };
    let Ok(documents) = Documents::read(resolved.text()) else { return Vec::new() };
    let roots = documents.roots.iter().flat_map(|root| [Some(root), value(root, "configMap")]);
    let sessions = roots.flatten().filter_map(|root| value(root, "session"));
    let cookies = sessions.filter_map(|session| value(session, "cookies"));
    cookies.flat_map(Node::items).filter_map(portal).collect()
}

fn value<'n, 't>(mapping: &'n Node<'t>, key: &str) -> Option<&'n Node<'t>> {
    mapping.get(key).map(|(_, value)| value)
}

fn portal(cookie: &Node<'_>) -> Option<Portal> {
    let text = |key: &str| {
        let text = value(cookie, key)?.text()?;
        (!text.is_empty() && !is_reference(text)).then(|| text.to_owned())
    };
    let domain = text("domain")?;
    // The chart has the name before the domain instead of the URL.
    let of_chart = || Some(format!("https://{}.{domain}", text("subdomain")?));
    let url = text("authelia_url").or_else(of_chart);
    Some(Portal { domain, url })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn portal(domain: &str, url: Option<&str>) -> Portal {
        Portal { domain: domain.to_owned(), url: url.map(ToOwned::to_owned) }
    }

    #[test]
    fn cookies_of_a_configuration_and_of_a_chart_are_read() {
        let yaml = "session:
  cookies:
    - domain: 'example.com'
      authelia_url: 'https://auth.example.com'
    - domain: example.org
    - domain: '{{ env \"DOMAIN\" }}'
      authelia_url: 'https://auth.example.net'
";
        let expected =
            [portal("example.com", Some("https://auth.example.com")), portal("example.org", None)];
        assert_eq!(portals(yaml), expected);
        let chart = "configMap: {session: {cookies: [{domain: example.com, subdomain: auth}]}}";
        assert_eq!(portals(chart), expected[..1]);
        for text in
            ["", "session: 5", "session: {cookies: 5}", "session: {cookies: [5, {}]}", "a: ["]
        {
            assert_eq!(portals(text), [], "{text}");
        }
    }
}
