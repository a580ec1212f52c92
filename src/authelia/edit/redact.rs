//! Redaction: a configuration without its secrets, for display.

use std::collections::HashSet;
use std::ops::Range;

use granit_parser::ScalarStyle;

use super::super::document::{Kind, Node};
use super::super::lines::next_line;
use super::super::source::Source;
use super::super::template::{Found, first_template, reference, whole_reference};
use crate::digest::Digest;

/// The text shown instead of a secret.
const REDACTED: &str = "(not shown)";

/// Shows a configuration with `(not shown)` instead of each secret.
pub(super) fn redacted(source: &Source<'_>) -> String {
    let text = without(&source.documents().text, Secrets::of(source), without_contents);
    without_passwords(&without_templates(&text))
}

/// Returns the text with each range replaced by a text that hides it; ranges may overlap.
fn without(text: &str, mut places: Vec<Range<usize>>, hidden: impl Fn(&str) -> String) -> String {
    places.sort_by_key(|place| place.start);
    let mut joined: Vec<Range<usize>> = Vec::with_capacity(places.len());
    for place in places {
        match joined.last_mut() {
            Some(last) if place.start <= last.end => last.end = last.end.max(place.end),
            _ => joined.push(place),
        }
    }
    let (mut shown, mut copied) = (String::with_capacity(text.len()), 0);
    for place in joined {
        shown.push_str(&text[copied..place.start]);
        shown.push_str(&hidden(&text[place.clone()]));
        copied = place.end;
    }
    shown + &text[copied..]
}

/// Returns the lines of a text, each with its line end: LF, CR LF or CR (YAML 1.2.2 §5.4).
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (line, after) = rest.split_at(next_line(rest, 0));
        rest = after;
        (!line.is_empty()).then_some(line)
    })
}

/// The places of secrets in a text.
#[derive(Default)]
struct Secrets<'a> {
    yaml: &'a str,
    places: Vec<Range<usize>>,
    /// The places of the scalars.
    scalars: Vec<Range<usize>>,
    /// The anchors that keys for secrets refer to by an alias.
    anchors: HashSet<usize>,
    /// The byte of the scalar whose text is read as YAML of its own.
    opened: Option<usize>,
}

impl<'a> Secrets<'a> {
    /// Returns the places of all secrets and comments.
    fn of(source: &'a Source<'_>) -> Vec<Range<usize>> {
        let mut secrets = Self { yaml: &source.documents().text, ..Self::default() };
        for (documents, scalar) in source.levels() {
            // A text that is decoded is shown without the rest of the file.
            if source.is_decoded() && scalar.is_some() {
                continue;
            }
            (secrets.anchors, secrets.opened) = (HashSet::new(), scalar);
            for root in &documents.roots {
                secrets.aliases(root, false);
            }
            for root in &documents.roots {
                secrets.visit(root, false);
            }
        }
        secrets.comments();
        secrets.places
    }

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
            self.aliases(key, is_for_secret);
            self.aliases(value, is_for_secret || key.text().is_some_and(is_secret_key));
        }
    }

    /// Finds the secrets below a node.
    fn visit(&mut self, node: &Node, is_for_secret: bool) {
        let is_for_secret = is_for_secret || self.anchors.contains(&node.anchor());
        for item in node.items() {
            self.visit(item, is_for_secret);
        }
        for (key, value) in node.pairs() {
            match key.kind {
                // A scalar that is a key is a name, whatever the mapping is for.
                Kind::Scalar { .. } => self.scalars.push(key.place()),
                _ => self.visit(key, is_for_secret),
            }
            self.visit(value, is_for_secret || key.text().is_some_and(is_secret_key));
        }
        let Kind::Scalar { text, style } = &node.kind else { return };
        if self.opened == Some(node.place().start) {
            return;
        }
        self.scalars.push(node.place());
        let raw = &self.yaml[node.place()];
        let is_secret = match text.trim().parse::<Digest>() {
            Ok(digest) => digest.is_plain(),
            Err(_) if is_for_secret => !node.is_null() && whole_reference(raw).is_none(),
            Err(_) => holds_secret_key(text),
        };
        // The text of a variable in a Compose file is empty, but its source may be a secret.
        let is_empty = text.trim().is_empty() && !raw.contains('$');
        if is_secret && !is_empty {
            let indent = raw.len() - raw.trim_start().len();
            let is_block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
            let start = node.place().start + if is_block { indent } else { 0 };
            self.places.push(start..node.place().end);
        }
    }

    /// Finds the comments.
    fn comments(&mut self) {
        self.scalars.sort_by_key(|place| place.start);
        let mut start = 0;
        for line in lines(self.yaml) {
            let comment = line.match_indices('#').find(|(at, _)| self.is_free(start, line, *at));
            if let Some((at, _)) = comment {
                self.places.push(start + at + 1..start + line.len());
            }
            start += line.len();
        }
    }

    /// Whether a comment may begin there in a line: after white space, and in no scalar.
    fn is_free(&self, start: usize, line: &str, at: usize) -> bool {
        let before = line[..at].chars().next_back();
        let after = self.scalars.partition_point(|place| place.start <= start + at);
        let scalar = after.checked_sub(1).map(|index| &self.scalars[index]);
        before.is_none_or(char::is_whitespace) && scalar.is_none_or(|place| place.end <= start + at)
    }
}

const NAMES: [&str; 14] = [
    "secret",
    "pwd",
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

/// Whether a text contains a key for a secret, as in `SESSION_SECRET=x`.
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

/// Returns the same lines, without their contents.
fn without_contents(text: &str) -> String {
    let line = |line: &str| {
        let contents = line.trim();
        if contents.is_empty() {
            return line.to_owned();
        }
        line.replacen(contents, REDACTED, 1)
    };
    lines(text).map(line).collect()
}

/// Returns the text without the contents of templates that are more than a reference.
fn without_templates(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(Found { before, inside, is_closed, after }) = first_template(rest) {
        let has_text = inside.contains(['"', '`', '\'']) || inside.contains("/*");
        shown.extend([before, "{{"]);
        if has_text && reference(inside).is_none() {
            shown.push_str(&without_contents(inside));
        } else {
            shown.push_str(inside);
        }
        shown.push_str(if is_closed { "}}" } else { "" });
        rest = after;
    }
    shown + rest
}

/// Returns the text without the passwords of URLs, as in `scheme://user:password@host`.
fn without_passwords(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, authority_on)) = rest.split_once("://") {
        shown.extend([before, "://"]);
        let end = authority_on.find(|c: char| c.is_whitespace() || "/'\"".contains(c));
        let authority = &authority_on[..end.unwrap_or(authority_on.len())];
        let password = authority.rsplit_once('@').and_then(|(user, _)| user.split_once(':'));
        rest = match password {
            Some((user, password)) => {
                shown.extend([user, ":", REDACTED]);
                &authority_on[user.len() + 1 + password.len()..]
            }
            None => authority_on,
        };
    }
    shown + rest
}

#[cfg(test)]
mod tests {
    use super::super::super::embedded::Templates;
    use super::*;
    use crate::error::Error;

    fn redacted(yaml: &str) -> Result<String, Error> {
        Ok(super::redacted(&Source::parse(yaml, None, Templates::Hidden)?))
    }

    const DIGEST: &str = "$6$abcdefgh$yVfUwsw5T.JApa8POvClA1pQ5peiq97DUNyXCZN5IrF.BMSkiaLQ5kvpuEm/VQ1Tvh/KV2TcaWh8qinoW5dhA1";

    #[test]
    fn secrets_are_redacted_wherever_they_are() {
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
            let shown = redacted(yaml).unwrap();
            assert!(!shown.contains("hunter2"), "{shown}");
            assert_eq!(shown.lines().count(), yaml.lines().count(), "{shown}");
            assert!(shown.contains(REDACTED), "{shown}");
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
            let shown = redacted(yaml).unwrap();
            assert!(!shown.contains(REDACTED) || shown.contains("# no"), "{shown}");
        }
        let shown = redacted("a: 'b # c'  # d\n").unwrap();
        assert_eq!(shown, "a: 'b # c'  # (not shown)\n");
    }

    /// Comments that end in a lone CR, which YAML takes for a line end.
    #[test]
    fn a_carriage_return_ends_a_line() {
        for yaml in [
            "# x\rjwt_secret: 'a'\rtoken: 'b'\r# old one was hunter2-hunter2\r",
            "# x\rtoken: 'a'\rpassword: 'b' # was hunter2\na: 1\n",
            "# x\rclient_secret: 'hunter2'\r",
            "# x\r  \rsession:\r  secret: \"hunter2\"\r",
        ] {
            let shown = redacted(yaml).unwrap();
            assert!(!shown.contains("hunter2"), "{shown:?}");
            assert_eq!(shown.matches('\r').count(), yaml.matches('\r').count(), "{shown:?}");
        }
        let shown = redacted("# x\rname: 'shown'\rtoken: 'b'\r").unwrap();
        assert_eq!(shown, "# (not shown)\rname: 'shown'\rtoken: (not shown)\r");
    }

    #[test]
    fn a_string_in_a_template_may_contain_braces() {
        let shown = redacted("a: {{ default \"}} hunter2\" (env `X`) }}\n").unwrap();
        assert!(!shown.contains("hunter2"), "{shown}");
    }

    /// Parts of a configuration; `MARK` must never be shown.
    const PARTS: [&[&str]; 11] = [
        &["session:", "  secret: 'MARK'", "  password: MARK # MARK", "  name: \"x\" # MARK"],
        &["# MARK"],
        &["  # MARK 'it''s"],
        &["jwks:", "  - key: |", "      MARK", "      # MARK"],
        &["passwords:", "  - MARK", "  - 'MARK'"],
        &["text: 'a # b' # MARK"],
        &["other: \"# b\""],
        &["folded: \"a", "  b\" # MARK"],
        &["more: {token: MARK, x: [1, 2]} # MARK"],
        &["? {secret: MARK}", ": x # MARK"],
        &["hmac_secret: >-", "  MARK", "", "  MARK"],
    ];

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(3000))]

        /// Documents of such parts with any line ends: those that are read at all are shown without
        /// their secrets, wherever Authelia ends a line.
        #[test]
        fn no_secret_and_no_comment_is_shown(
            parts in proptest::collection::vec(0..PARTS.len(), 1..6),
            ends in proptest::collection::vec(0..12_usize, 24),
        ) {
            // Most are usual, or hardly any document would be valid.
            const ENDS: [&str; 12] = [
                "\n", "\n", "\n", "\r\n", "\r\n", "\r", "\r", "\n\r", "\u{85}", "\u{2028}",
                "\u{2029}", "\n\n",
            ];
            let lines = parts.iter().flat_map(|part| PARTS[*part]).zip(ends);
            let yaml: String =
                lines.map(|(line, end)| line.replace("MARK", "hunter2") + ENDS[end]).collect();
            if let Ok(shown) = redacted(&yaml) {
                proptest::prop_assert!(!shown.contains("hunter2"), "{yaml:?} -> {shown:?}");
            }
        }
    }
}
