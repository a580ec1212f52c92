//! A configuration as it may be shown: without what is secret in it.

use std::collections::HashSet;
use std::ops::Range;

use granit_parser::ScalarStyle;

use super::super::document::{Documents, Kind, Node};
use crate::digest::Digest;
use crate::error::Error;

/// What stands in the place of a secret.
const CONCEALED: &str = "(not shown)";

/// The text with `(not shown)` in the place of each secret: of the values whose keys are called
/// `secret`, `password`, `key` or the like, also where they are commented out, of the comments behind
/// them, of plaintext secrets wherever they stand, and of passwords in URLs. Digests, and what is
/// filled in when Authelia starts, are no secrets. All lines stay.
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
    let mut found = Found { yaml, ..Found::default() };
    for root in &documents.roots {
        found.visit(root, false);
    }
    found.comments();
    let mut places = found.places;
    // From the last one on, so that those before keep their places.
    places.sort_by_key(|place| std::cmp::Reverse(place.start));
    let mut text = yaml.to_owned();
    for place in places {
        let shown = without_contents(&yaml[place.clone()]);
        text.replace_range(place, &shown);
    }
    Ok(without_passwords(&text))
}

/// The places of secrets in a text.
#[derive(Default)]
struct Found<'a> {
    yaml: &'a str,
    places: Vec<Range<usize>>,
    /// Where the scalars are, in order.
    scalars: Vec<Range<usize>>,
    /// The lines in which values for secrets end.
    lines: HashSet<usize>,
}

impl Found<'_> {
    /// Finds those below a node, which stands behind a key that is for a secret or not.
    fn visit(&mut self, node: &Node, is_for_secret: bool) {
        for item in node.items() {
            self.visit(item, is_for_secret);
        }
        for (key, value) in node.pairs() {
            self.visit(key, false);
            self.visit(value, key.text().is_some_and(is_secret_key));
        }
        let Kind::Scalar { text, style } = &node.kind else { return };
        self.scalars.push(node.place.clone());
        let raw = &self.yaml[node.place.clone()];
        let is_filled_in = raw.contains("{{") || raw.contains("${");
        let digest = text.trim().parse::<Digest>();
        let is_plain = digest.as_ref().is_ok_and(Digest::is_plain);
        let is_unknown = digest.is_err() && is_for_secret && !node.is_null() && !is_filled_in;
        if is_for_secret || is_plain {
            self.lines.insert(line_start(self.yaml, node.place.end));
        }
        if (is_plain || is_unknown) && !text.trim().is_empty() {
            let indent = raw.len() - raw.trim_start().len();
            let is_block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
            let start = node.place.start + if is_block { indent } else { 0 };
            self.places.push(start..node.place.end);
        }
    }

    /// Finds those in comments.
    fn comments(&mut self) {
        self.scalars.sort_by_key(|place| place.start);
        // The indentation of a key that was commented out, behind which a block begins.
        let mut block: Option<usize> = None;
        let mut at = 0;
        for line in self.yaml.split_inclusive('\n') {
            let start = at;
            at += line.len();
            let Some(comment) = self.comment(start, line) else {
                block = None;
                continue;
            };
            let text = &self.yaml[comment.start..start + line.trim_end().len()];
            let indent = text.len() - text.trim_start_matches(['#', ' ', '\t', '-']).len();
            let is_behind_secret = self.lines.contains(&start);
            let value = assigned_secret(text);
            let from = match value {
                _ if is_behind_secret => 1,
                _ if block.is_some_and(|key| indent > key) => indent,
                Some(value) => value,
                None => {
                    block = None;
                    continue;
                }
            };
            if let Some(value) = value.filter(|_| !is_behind_secret) {
                let is_block = text[value..].trim().trim_matches(['|', '>', '-', '+']).is_empty();
                block = is_block.then_some(indent);
            }
            self.places.push(comment.start + from..comment.start + text.len());
        }
    }

    /// The comment of a line that begins at a byte.
    fn comment(&self, start: usize, line: &str) -> Option<Range<usize>> {
        let is_free = |at: usize| {
            let before = line[..at].chars().next_back();
            let behind = self.scalars.partition_point(|place| place.start <= start + at);
            let scalar = behind.checked_sub(1).map(|index| &self.scalars[index]);
            before.is_none_or(char::is_whitespace)
                && scalar.is_none_or(|place| place.end <= start + at)
        };
        let at = line.match_indices('#').map(|(at, _)| at).find(|at| is_free(*at))?;
        Some(start + at..start + line.len())
    }
}

const NAMES: [&str; 5] = ["secret", "password", "passphrase", "token", "key"];

fn is_secret_key(key: &str) -> bool {
    let key = key.to_lowercase();
    NAMES.iter().any(|name| key == *name || key.ends_with(&format!("_{name}")))
}

/// Where the value begins of a key for a secret that stands in a comment, as in `# secret: x`.
fn assigned_secret(comment: &str) -> Option<usize> {
    let lower = comment.to_ascii_lowercase();
    let behind = |name: &&str| {
        lower.match_indices(*name).find_map(|(at, _)| {
            let end = at + name.len();
            let rest = lower[end..].trim_start_matches(['\'', '"']).trim_start();
            rest.starts_with([':', '=']).then(|| lower.len() - rest.len() + 1)
        })
    };
    NAMES.iter().filter_map(behind).min()
}

fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |end| end + 1)
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

/// The text without the passwords of URLs, as in `scheme://user:password@host`.
fn without_passwords(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("://") {
        shown.extend([before, "://"]);
        let end = behind.find(|c: char| c.is_whitespace() || "/'\"".contains(c));
        let authority = &behind[..end.unwrap_or(behind.len())];
        let password = authority.rsplit_once('@').and_then(|(user, _)| user.split_once(':'));
        rest = match password {
            Some((user, password)) if !password.contains("{{") => {
                shown.extend([user, ":", CONCEALED]);
                &behind[user.len() + 1 + password.len()..]
            }
            _ => behind,
        };
    }
    shown + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "$6$abcdefgh$yVfUwsw5T.JApa8POvClA1pQ5peiq97DUNyXCZN5IrF.BMSkiaLQ5kvpuEm/VQ1Tvh/KV2TcaWh8qinoW5dhA1";

    #[test]
    fn secrets_are_concealed_and_all_else_is_shown() {
        let yaml = format!(
            "# top: of it\nsession:\n  secret: \"hunter2\"  # was hunter2\n  name: hunter  # why\r\nstorage: \
             {{encryption_key: 'hunter2', local: {{path: /key}}}}\nidentity_providers:\n  oidc:\n    \
             hmac_secret: >-\n      hunter2\n\n      hunter2\n    clients:\n      - id: a\n        secret: \
             '{DIGEST}'  # of hunter2\n      - id: b\n        secret: '$plaintext$hunter2'\n      - id: c\n        \
             client_secret: {{{{ secret \"/run/c\" }}}}\n      - id: d\n        client_secret: &x \
             hunter2\n      # - id: e\n      #   client_secret: 'hunter2'\n      # then: 'b # c'\nanchors: [&y \
             $plaintext$hunter2]\n# jwks:\n#   - key: |\n#       hunter2\n#       hunter2\n#     use: \
             sig\nurl: 'postgres://user:hunter2@db/x'\njwt_secret:\n",
        );
        let shown = concealed(&yaml).unwrap();
        assert!(!shown.contains("hunter2"), "{shown}");
        assert_eq!(shown.lines().count(), yaml.lines().count());
        for kept in [
            "# top: of it\n",
            "name: hunter  # why\r\n",
            DIGEST,
            "{{ secret \"/run/c\" }}\n",
            "path: /key",
            ">-\n",
            "      #   client_secret: (not shown)\n      # then: 'b # c'\n",
            "#     use: sig\n",
            "'postgres://user:(not shown)@db/x'",
        ] {
            assert!(shown.contains(kept), "{kept}: {shown}");
        }
    }
}
