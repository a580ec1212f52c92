//! The URLs at which users reach Authelia, as its configuration has them.

use super::document::{Documents, Node};
use super::embedded::Templates;
use super::source::Source;
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

/// Returns the portals of a configuration, wherever it is in a file: values of Authelia's Helm chart and
/// manifests have the same keys. Entries with templates are left out.
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
    let mut portals = Vec::new();
    // The clients are in the same text as the session, if the file has clients.
    if let Ok(source) = Source::parse(resolved.text(), None, Templates::Resolved) {
        add_portals(source.documents(), &mut portals);
    } else if let Ok(documents) = Documents::read(resolved.text()) {
        add_portals(&documents, &mut portals);
    }
    portals
}

fn add_portals(documents: &Documents<'_>, portals: &mut Vec<Portal>) {
    for root in &documents.roots {
        root.each(None, &mut |node, _| {
            let cookies = value(node, "session").and_then(|session| value(session, "cookies"));
            portals.extend(cookies.into_iter().flat_map(Node::items).filter_map(portal));
        });
    }
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
        let release = format!("spec: {{values: {{{chart}}}}}");
        assert_eq!(portals(&release), expected[..1]);
        let clients = "identity_providers: {oidc: {clients: [{client_id: a}]}}";
        let indented = format!("{yaml}{clients}\n").replace('\n', "\n    ");
        let map = format!("kind: ConfigMap\ndata:\n  c.yml: |\n    {indented}\n");
        assert_eq!(portals(&map), expected);
        for text in
            ["", "session: 5", "session: {cookies: 5}", "session: {cookies: [5, {}]}", "a: ["]
        {
            assert_eq!(portals(text), [], "{text}");
        }
    }
}
