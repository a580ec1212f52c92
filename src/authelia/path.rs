//! The path of the list of clients in Authelia's configuration.

use super::document::{Kind, Node};
use super::error::EditError;
use crate::error::Error;

/// The path of the list of clients.
pub(super) const PATH: [&str; 3] = ["identity_providers", "oidc", "clients"];

/// Finds the nodes along a path, as many as there are.
pub(super) fn find<'n>(root: &'n Node<'n>, path: &[&str]) -> Result<Vec<&'n Node<'n>>, Error> {
    let mut found = Vec::new();
    let mut node = root;
    for (depth, name) in path.iter().enumerate() {
        if !matches!(node.kind, Kind::Mapping { .. }) && !node.is_null() {
            let key = if depth == 0 { "the document".to_owned() } else { path[..depth].join(".") };
            return Err(match node.kind {
                Kind::Alias(_) => EditError::Shared { key },
                _ => EditError::NotAMapping { key },
            }
            .into());
        }
        let Some((_, value)) = node.get_alone(name)? else {
            return match node.get("<<") {
                // The key that is missing here may be there.
                Some(_) => Err(EditError::Merged { key: path[..=depth].join(".") }.into()),
                None => Ok(found),
            };
        };
        found.push(value);
        node = value;
    }
    match node.kind {
        Kind::Alias(_) => Err(EditError::Shared { key: path.join(".") }.into()),
        _ if path == PATH && !matches!(node.kind, Kind::List { .. }) && !node.is_null() => {
            Err(EditError::NotAList { key: path.join(".") }.into())
        }
        _ => Ok(found),
    }
}
