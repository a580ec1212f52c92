//! The texts in any YAML, for those who look for one of them and not for a configuration.

use super::document::{Documents, Node};
use super::error::EditError;
use crate::error::Error;

/// Returns the texts of all scalars, keys included.
///
/// # Errors
/// [`Error::Config`] for text that is not YAML, and [`EditError::RepeatedKey`] for a key that a mapping
/// has twice: readers differ in which of the two counts.
pub(crate) fn yaml_texts(yaml: &str) -> Result<Vec<String>, Error> {
    let documents = Documents::read(yaml)?;
    let mut texts = Vec::new();
    for root in &documents.roots {
        if let Some(key) = root.repeated_key().and_then(Node::text) {
            return Err(EditError::RepeatedKey { key: key.to_owned() }.into());
        }
        root.each(None, &mut |node, _| texts.extend(node.text().map(ToOwned::to_owned)));
    }
    Ok(texts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_found_once_and_repeated_keys_are_refused() {
        let yaml = "a: [b, 'it''s']\nc:\n  d: |\n    e\n---\nf: 1\n";
        assert_eq!(yaml_texts(yaml).unwrap(), ["a", "b", "it's", "c", "d", "e\n", "f", "1"]);
        assert!(yaml_texts("a: [").is_err());
        assert!(yaml_texts("a: {b: 1, b: 2}").unwrap_err().to_string().contains('b'));
    }
}
