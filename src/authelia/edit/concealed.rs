//! A configuration as it may be shown: without what is secret in it.

use std::collections::HashSet;
use std::ops::Range;

use granit_parser::ScalarStyle;

use super::super::document::{Documents, Kind, Node};
use super::super::{reference, whole_reference};
use crate::digest::Digest;
use crate::error::Error;

/// What stands in the place of a secret.
const CONCEALED: &str = "(not shown)";

/// The text with `(not shown)` in the place of each secret: of the values whose keys are called
/// `secret`, `password`, `key` or the like, of texts that hold such a key themselves, of plaintext
/// secrets and passwords in URLs, and of comments and templates, which may hold anything. Digests and
/// references to files and variables are no secrets. All lines stay.
///
/// ```
/// use oidc_secret::authelia::edit::concealed;
///
/// let yaml = "session: {secret: 'x'}  # was y\njwks:\n  - key: |\n      -----BEGIN\n      MII\n";
/// let shown = "session: {secret: (not shown)}  # (not shown)\njwks:\n  - key: |\n      (not shown)\n      \
///              (not shown)\n";
/// assert_eq!(concealed(yaml)?, shown);
/// # Ok::<(), oidc_secret::Error>(())
/// ```
///
/// # Errors
/// [`Error::Config`] for text that is not YAML.
pub fn concealed(yaml: &str) -> Result<String, Error> {
    let documents = Documents::parse(yaml)?;
    let mut secrets = Secrets { yaml, ..Secrets::default() };
    for root in &documents.roots {
        secrets.aliases(root, false);
        secrets.visit(root, false);
    }
    secrets.comments();
    let mut places = secrets.places;
    // From the last one on, so that those before keep their places.
    places.sort_by_key(|place| std::cmp::Reverse(place.start));
    let mut text = yaml.to_owned();
    for place in places {
        let shown = without_contents(&yaml[place.clone()]);
        text.replace_range(place, &shown);
    }
    Ok(without_passwords(&without_templates(&text)))
}

/// The places of secrets in a text.
#[derive(Default)]
struct Secrets<'a> {
    yaml: &'a str,
    places: Vec<Range<usize>>,
    /// Where the scalars are.
    scalars: Vec<Range<usize>>,
    /// The anchors of what aliases bring to keys for secrets.
    anchors: HashSet<usize>,
}

impl Secrets<'_> {
    fn aliases(&mut self, node: &Node, is_for_secret: bool) {
        if let Kind::Alias(anchor) = node.kind
            && is_for_secret
        {
            self.anchors.insert(anchor);
        }
        for item in node.items() {
            self.aliases(item, is_for_secret);
        }
        for (key, value) in node.pairs() {
            self.aliases(value, is_for_secret || key.text().is_some_and(is_secret_key));
        }
    }

    /// Finds those below a node, which stands behind a key that is for secrets or not.
    fn visit(&mut self, node: &Node, is_for_secret: bool) {
        let is_for_secret = is_for_secret || self.anchors.contains(&node.anchor);
        for item in node.items() {
            self.visit(item, is_for_secret);
        }
        for (key, value) in node.pairs() {
            self.scalars.push(key.place.clone());
            self.visit(value, is_for_secret || key.text().is_some_and(is_secret_key));
        }
        let Kind::Scalar { text, style } = &node.kind else { return };
        self.scalars.push(node.place.clone());
        let raw = &self.yaml[node.place.clone()];
        let is_secret = match text.trim().parse::<Digest>() {
            Ok(digest) => digest.is_plain(),
            Err(_) if is_for_secret => !node.is_null() && whole_reference(raw).is_none(),
            Err(_) => holds_secret_key(text),
        };
        if is_secret && !text.trim().is_empty() {
            let indent = raw.len() - raw.trim_start().len();
            let is_block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
            let start = node.place.start + if is_block { indent } else { 0 };
            self.places.push(start..node.place.end);
        }
    }

    /// Finds the comments.
    fn comments(&mut self) {
        self.scalars.sort_by_key(|place| place.start);
        let mut start = 0;
        for line in self.yaml.split_inclusive('\n') {
            let comment = line.match_indices('#').find(|(at, _)| self.is_free(start, line, *at));
            if let Some((at, _)) = comment {
                self.places.push(start + at + 1..start + line.len());
            }
            start += line.len();
        }
    }

    /// Whether a comment may begin there in a line: behind white space, and in no scalar.
    fn is_free(&self, start: usize, line: &str, at: usize) -> bool {
        let before = line[..at].chars().next_back();
        let behind = self.scalars.partition_point(|place| place.start <= start + at);
        let scalar = behind.checked_sub(1).map(|index| &self.scalars[index]);
        before.is_none_or(char::is_whitespace) && scalar.is_none_or(|place| place.end <= start + at)
    }
}

const NAMES: [&str; 13] = [
    "secret",
    "password",
    "passphrase",
    "passwd",
    "pass",
    "pw",
    "token",
    "key",
    "bearer",
    "authorization",
    "credential",
    "private",
    "plaintext",
];
/// The secret members of a key in JSON (RFC 7518 §6).
const MEMBERS: [&str; 7] = ["d", "p", "q", "dp", "dq", "qi", "k"];

fn is_secret_key(key: &str) -> bool {
    let key = key.to_lowercase().replace('-', "_");
    let one = key.strip_suffix('s').unwrap_or(&key);
    let is_name = |name: &&'static str| {
        [&*key, one].iter().any(|key| key == name || key.ends_with(&format!("_{name}")))
    };
    NAMES.iter().any(is_name) || MEMBERS.contains(&&*key)
}

/// Whether a text holds a key for a secret itself, as in `SESSION_SECRET=x`.
fn holds_secret_key(text: &str) -> bool {
    let lower = text.to_lowercase();
    let holds = |name: &&'static str| {
        lower.match_indices(*name).any(|(at, _)| {
            let rest = lower[at + name.len()..].trim_start_matches(['\'', '"']).trim_start();
            rest.starts_with([':', '=']) || (*name == "bearer" && !rest.is_empty())
        })
    };
    NAMES.iter().any(holds) || lower.contains("-----begin")
}

/// The same lines, and nothing of what stands in them.
fn without_contents(text: &str) -> String {
    let line = |line: &str| {
        let contents = line.trim();
        if contents.is_empty() {
            return line.to_owned();
        }
        line.replacen(contents, CONCEALED, 1)
    };
    text.split_inclusive('\n').map(line).collect()
}

/// The text without the contents of templates that are more than a reference.
fn without_templates(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("{{") {
        shown.extend([before, "{{"]);
        let (inside, after) = behind.split_once("}}").unwrap_or((behind, ""));
        let has_text = inside.contains(['"', '`', '\'']);
        if has_text && reference(inside).is_none() {
            shown.push_str(&without_contents(inside));
        } else {
            shown.push_str(inside);
        }
        if behind.len() > inside.len() {
            shown.push_str("}}");
        }
        rest = after;
    }
    shown + rest
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
            Some((user, password)) => {
                shown.extend([user, ":", CONCEALED]);
                &behind[user.len() + 1 + password.len()..]
            }
            None => behind,
        };
    }
    shown + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "$6$abcdefgh$yVfUwsw5T.JApa8POvClA1pQ5peiq97DUNyXCZN5IrF.BMSkiaLQ5kvpuEm/VQ1Tvh/KV2TcaWh8qinoW5dhA1";

    #[test]
    fn secrets_are_concealed_wherever_they_stand() {
        for yaml in [
            "session:\n  secret: \"hunter2\"  # was hunter2\n  name: x\n",
            "storage: {encryption_key: 'hunter2', local: {path: /key}}\n",
            "hmac_secret: >-\n  hunter2\n\n  hunter2\n",
            "clients: [{id: b, secret: '$plaintext$hunter2'}]\n",
            "client_secret: &x hunter2\n",
            "#   client_secret: 'hunter2'\n# -----BEGIN\n# hunter2\na: 1 # hunter2\n",
            "anchors: [&y $plaintext$hunter2]\n",
            "x: &x 'hunter2'\nclient_secret: *x\n",
            "url: 'postgres://user:hunter2@db/x'\n",
            "client_secret: '{{ env \"B\" | default \"hunter2\" }}'\n",
            "client_secret: {{ env \"B\" | default \"hunter2\" }}\n",
            "client_secret: 'hunter2{{ env \"B\" }}'\n",
            "client_secret: '${B:-hunter2}'\n",
            "{{- $pw := \"hunter2\" }}\na: b\n",
            "secrets: [hunter2, 'hunter2']\npasswords: {a: hunter2}\n",
            "environment:\n  - AUTHELIA_SESSION_SECRET=hunter2\n",
            "json: '{\"client_secret\":\"hunter2\"}'\nuri: 'https://x/?token=hunter2'\n",
            "header: 'Bearer hunter2'\njwks: [{k: hunter2, d: hunter2}]\n",
            "Client-Secret: hunter2\ntext: |\n  -----BEGIN X\n  hunter2\n",
        ] {
            let shown = concealed(yaml).unwrap();
            assert!(!shown.contains("hunter2"), "{shown}");
            assert_eq!(shown.lines().count(), yaml.lines().count(), "{shown}");
            assert!(shown.contains(CONCEALED), "{shown}");
        }
    }

    #[test]
    fn all_else_is_shown() {
        for yaml in [
            &*format!("- id: a\r\n  secret: '{DIGEST}'\r\n  name: it's#1\r\n"),
            "client_secret: {{ secret \"/run/c\" }}\nsecret: '${SECRET}'\nkey: \njwt_secret: null\n",
            "address: 'tcp://:9091'\nredirect_uris:\n  - 'https://a.example.com/cb#x'\n",
            "path: /key\ntext: |\n  # no comment\n{{ if .X }}\n{{ end }}\n",
        ] {
            let shown = concealed(yaml).unwrap();
            assert!(!shown.contains(CONCEALED) || shown.contains("# no"), "{shown}");
        }
        let shown = concealed("a: 'b # c'  # d\n").unwrap();
        assert_eq!(shown, "a: 'b # c'  # (not shown)\n");
    }
}
