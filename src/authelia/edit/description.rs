//! The name and the redirect URIs of a client, which tell people what it is for.

use super::super::anchors::Pair;
use super::super::document::{Kind, Node};
use super::super::template::has_template;
use super::clients::ClientNode;

/// The name and the redirect URIs of a client.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ClientDescription {
    /// The name that people see; `None` if a template inserts it.
    pub name: Option<String>,
    /// The redirect URIs. Templates in them are replaced by the letter `x`, so that the path after a
    /// templated host can still be recognised. A URI that is a template as a whole is left out.
    pub redirect_uris: Vec<String>,
    /// The host of the first redirect URI that has one and has no template.
    pub redirect_host: Option<String>,
}

/// Describes a client by its own keys and the merged ones.
pub(super) fn describe(yaml: &str, client: &ClientNode<'_>) -> ClientDescription {
    let pairs = client.pairs();
    let value = |key: &str| pairs.iter().find(|pair| pair.key == key).map(|pair: &Pair| pair.value);
    let is_literal = |node: &&Node| !has_template(&yaml[node.place()]);
    let name = value("client_name").or_else(|| value("description")).filter(is_literal);
    let uris = value("redirect_uris").map_or(&[][..], items);
    let mut literal = uris.iter().filter(is_literal).flat_map(texts);
    let known = uris
        .iter()
        .flat_map(|item| texts(item).filter(move |text| is_literal(&item) || text.contains("://")));
    ClientDescription {
        name: name.and_then(Node::text).map(ToOwned::to_owned),
        redirect_host: literal.find_map(host).map(ToOwned::to_owned),
        redirect_uris: known.map(ToOwned::to_owned).collect(),
    }
}

/// Returns the items of a list. A single text is one item.
fn items<'n>(node: &'n Node<'n>) -> &'n [Node<'n>] {
    match &node.kind {
        Kind::List { items, .. } => items,
        _ => std::slice::from_ref(node),
    }
}

/// Returns the texts of an item, which Authelia divides at commas if it is the only one.
fn texts<'n>(item: &'n Node<'n>) -> impl Iterator<Item = &'n str> {
    item.text().into_iter().flat_map(|text| text.split(',')).filter(|text| !text.is_empty())
}

/// Returns the host of a URL of a web page, with its port.
fn host(uri: &str) -> Option<&str> {
    let rest = uri.strip_prefix("https://").or_else(|| uri.strip_prefix("http://"))?;
    let authority = rest.split(['/', '?', '#']).next()?;
    // A password may be before the host.
    let host = authority.rsplit('@').next()?;
    (!host.is_empty()).then_some(host)
}

#[cfg(test)]
mod tests {
    use crate::authelia::edit::Editor;

    #[test]
    fn merged_keys_old_names_and_templates_are_read() {
        let yaml = "\
x: &x {redirect_uris: ['https://u:p@a.example.com:8443/cb', 'app://x']}
identity_providers:
  oidc:
    clients:
      - {client_id: merged, client_name: 'A, B', <<: *x}
      - id: old
        description: Old
        redirect_uris: https://b.example.com/x,https://c.example.com/y
      - client_id: template
        client_name: '{{ env \"NAME\" }}'
        redirect_uris: ['{{ env \"URI\" }}', 'https://d.{{ env \"DOMAIN\" }}/login/generic_oauth']
";
        let editor = Editor::parse(yaml).unwrap();
        let found = editor.descriptions(&["merged", "old", "template", "missing"]).unwrap();
        assert_eq!(found.len(), 3);
        let merged = &found["merged"];
        assert_eq!(merged.name.as_deref(), Some("A, B"));
        assert_eq!(merged.redirect_host.as_deref(), Some("a.example.com:8443"));
        assert_eq!(merged.redirect_uris.len(), 2);
        let old = &found["old"];
        assert_eq!(old.name.as_deref(), Some("Old"));
        assert_eq!(old.redirect_uris, ["https://b.example.com/x", "https://c.example.com/y"]);
        let template = &found["template"];
        assert_eq!((&template.name, &template.redirect_host), (&None, &None));
        assert_eq!(template.redirect_uris.len(), 1);
        assert!(template.redirect_uris[0].ends_with("/login/generic_oauth"));
    }
}
