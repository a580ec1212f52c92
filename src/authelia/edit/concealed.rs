//! A configuration as it may be shown: without what is secret in it.

use std::ops::Range;

use granit_parser::ScalarStyle;

use super::super::document::{Documents, Kind, Node};
use crate::digest::Digest;
use crate::error::Error;

/// What stands in the place of a secret.
const CONCEALED: &str = "(not shown)";

/// The text with `(not shown)` in the place of each secret: of the values whose keys are called
/// `secret`, `password`, `key` or the like, and of plaintext secrets wherever they stand. Digests, and
/// what is filled in when Authelia starts, are no secrets. Comments and all lines stay.
///
/// ```
/// use oidc_secret::authelia::edit::concealed;
///
/// let yaml = "session: {secret: 'x'}\njwks:\n  - key: |\n      -----BEGIN\n      MII\n";
/// let shown = "session: {secret: (not shown)}\njwks:\n  - key: |\n      (not shown)\n      (not shown)\n";
/// assert_eq!(concealed(yaml)?, shown);
/// # Ok::<(), oidc_secret::Error>(())
/// ```
///
/// # Errors
/// [`Error::Config`] for text that is not YAML.
pub fn concealed(yaml: &str) -> Result<String, Error> {
    let documents = Documents::parse(yaml)?;
    let mut places = Vec::new();
    for root in &documents.roots {
        find(yaml, root, false, &mut places);
    }
    // From the last one on, so that those before keep their places.
    places.sort_by_key(|place| std::cmp::Reverse(place.start));
    let mut text = yaml.to_owned();
    for place in places {
        let shown = without_contents(&yaml[place.clone()]);
        text.replace_range(place, &shown);
    }
    Ok(text)
}

/// Finds the places of secrets below a node, which stands behind a key that is for a secret or not.
fn find(yaml: &str, node: &Node, is_for_secret: bool, places: &mut Vec<Range<usize>>) {
    for item in node.items() {
        find(yaml, item, is_for_secret, places);
    }
    for (key, value) in node.pairs() {
        find(yaml, value, key.text().is_some_and(is_secret_key), places);
    }
    let Kind::Scalar { text, style } = &node.kind else { return };
    let raw = &yaml[node.place.clone()];
    let is_filled_in = raw.contains("{{") || raw.contains("${");
    let is_secret = match text.trim().parse::<Digest>() {
        Ok(digest) => digest.is_plain(),
        Err(_) => is_for_secret && !node.is_null() && !is_filled_in,
    };
    if is_secret && !text.trim().is_empty() {
        let indent = raw.len() - raw.trim_start().len();
        let is_block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        let start = node.place.start + if is_block { indent } else { 0 };
        places.push(start..node.place.end);
    }
}

fn is_secret_key(key: &str) -> bool {
    const NAMES: [&str; 5] = ["secret", "password", "passphrase", "token", "key"];
    let key = key.to_lowercase();
    NAMES.iter().any(|name| key == *name || key.ends_with(&format!("_{name}")))
}

/// The same lines, and nothing of what stands in them.
fn without_contents(text: &str) -> String {
    let line = |line: &str| {
        let contents = line.trim();
        if contents.is_empty() {
            return line.to_owned();
        }
        line.replace(contents, CONCEALED)
    };
    text.split_inclusive('\n').map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "$6$abcdefgh$yVfUwsw5T.JApa8POvClA1pQ5peiq97DUNyXCZN5IrF.BMSkiaLQ5kvpuEm/VQ1Tvh/KV2TcaWh8qinoW5dhA1";

    #[test]
    fn secrets_are_concealed_and_all_else_is_shown() {
        let yaml = format!(
            "# top\nsession:\n  secret: \"hunter2\"  # why\n  name: hunter\r\nstorage: \
             {{encryption_key: 'hunter2', local: {{path: /key}}}}\nidentity_providers:\n  oidc:\n    \
             hmac_secret: >-\n      hunter2\n\n      hunter2\n    clients:\n      - id: a\n        secret: \
             '{DIGEST}'\n      - id: b\n        secret: '$plaintext$hunter2'\n      - id: c\n        \
             client_secret: {{{{ secret \"/run/c\" }}}}\n      - id: d\n        client_secret: &x \
             hunter2\nanchors: [&y $plaintext$hunter2]\njwt_secret:\n",
        );
        let shown = concealed(&yaml).unwrap();
        assert!(!shown.contains("hunter2"), "{shown}");
        assert_eq!(shown.lines().count(), yaml.lines().count());
        for kept in
            ["# why", "name: hunter\r\n", DIGEST, "{{ secret \"/run/c\" }}", "path: /key", ">-\n"]
        {
            assert!(shown.contains(kept), "{kept}: {shown}");
        }
        assert_eq!(shown.matches(CONCEALED).count(), 7);
    }
}
