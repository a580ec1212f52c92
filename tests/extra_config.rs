//! The parts of the catalogue merged into random configurations: the result has what the clients need,
//! and nothing else differs, according to another reader of YAML.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]
#![allow(clippy::format_push_string, reason = "short is clearer than fast here")]

use std::sync::LazyLock;

use oidc_secret::authelia::ExtraConfig;
use oidc_secret::authelia::edit::Editor;
use oidc_secret::catalogue::{ClientTemplate, applications};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// The parts of every client in the catalogue, as they are merged: those that decide about other
/// applications are left out.
static PARTS: LazyLock<Vec<(ExtraConfig, Value)>> = LazyLock::new(|| {
    let of = |client: ClientTemplate| [client.extra_config, client.claims];
    let texts = applications().flat_map(|application| application.clients).flat_map(of);
    let parts: Vec<_> = texts.flatten().filter_map(|yaml| parts(&yaml)).collect();
    assert!(parts.len() > 20, "{}", parts.len());
    parts
});

fn parts(yaml: &str) -> Option<(ExtraConfig, Value)> {
    if yaml.starts_with("server:") {
        return None;
    }
    let mut parts = ExtraConfig::parse(yaml).unwrap();
    parts.take_claims_policy();
    let value = serde_saphyr::from_str(&parts.yaml()).unwrap();
    Some((parts, value))
}

/// Random decisions.
struct Decisions<'d>(std::slice::Iter<'d, u8>);

impl Decisions<'_> {
    fn one_of(&mut self, count: u8) -> u8 {
        self.0.next().map_or(0, |byte| byte % count)
    }
}

/// Returns a part of what is needed: without some keys, with others, and with empty values.
fn part_of(needed: &Value, decisions: &mut Decisions<'_>) -> Option<Value> {
    match (needed, decisions.one_of(8)) {
        (_, 0) => None,
        (_, 1) => Some(Value::Null),
        (Value::Object(_), 2) => Some(json!({})),
        (Value::Object(pairs), _) => {
            let mut part = Map::new();
            for (key, value) in pairs {
                if let Some(value) = part_of(value, decisions) {
                    part.insert(key.clone(), value);
                }
            }
            if decisions.one_of(3) == 0 {
                part.insert("another".to_owned(), json!({"a": ["x", 1], "b": "it's # {x}"}));
            }
            if decisions.one_of(5) == 0 {
                part.insert("zero".to_owned(), Value::Null);
            }
            Some(part.into())
        }
        (leaf, _) => Some(leaf.clone()),
    }
}

fn merged(old: &Value, needed: &Value) -> Value {
    match (old, needed) {
        (Value::Null, needed) => needed.clone(),
        (Value::Object(old), Value::Object(needed)) => {
            let mut result = old.clone();
            for (key, value) in needed {
                let value = merged(old.get(key).unwrap_or(&Value::Null), value);
                result.insert(key.clone(), value);
            }
            result.into()
        }
        (old, _) => old.clone(),
    }
}

/// The style of a text.
#[derive(Debug, Clone)]
struct Style {
    step: usize,
    list: usize,
    has_comments: bool,
    null: &'static str,
    quote: u8,
}

impl Style {
    fn pairs(&self, pairs: &Map<String, Value>, column: usize, out: &mut String) {
        for (key, value) in pairs {
            let pad = " ".repeat(column);
            if self.has_comments {
                out.push_str(&format!("{pad}# the {key}\n"));
            }
            let comment = if self.has_comments { "  # x" } else { "" };
            match value {
                Value::Object(pairs) if !pairs.is_empty() => {
                    out.push_str(&format!("{pad}{key}:{comment}\n"));
                    self.pairs(pairs, column + self.step, out);
                }
                Value::Array(items) if !items.is_empty() => {
                    out.push_str(&format!("{pad}{key}:{comment}\n"));
                    for item in items {
                        let dash = column + self.list;
                        out.push_str(&format!("{:dash$}- {}\n", "", self.scalar(item)));
                    }
                }
                value => out.push_str(&format!("{pad}{key}:{}{comment}\n", self.value(value))),
            }
        }
    }

    fn value(&self, value: &Value) -> String {
        match value {
            Value::Null => self.null.to_owned(),
            value => format!(" {}", self.scalar(value)),
        }
    }

    fn scalar(&self, value: &Value) -> String {
        match value {
            Value::String(text) if self.quote == 0 => format!("'{}'", text.replace('\'', "''")),
            Value::String(text)
                if self.quote == 1 && text.chars().all(|c| c.is_alphanumeric() || c == '_') =>
            {
                text.clone()
            }
            value => value.to_string(),
        }
    }
}

fn style() -> impl Strategy<Value = Style> {
    let null = prop_oneof![Just(""), Just(" ~"), Just(" null")];
    (1..5_usize, 0..2_usize, any::<bool>(), null, 0..3_u8).prop_map(
        |(step, list, has_comments, null, quote)| {
            let list = if list == 0 { 0 } else { step };
            Style { step, list, has_comments, null, quote }
        },
    )
}

/// The file that the configuration is in.
#[derive(Debug, Clone, Copy)]
enum File {
    Own,
    Json,
    PrettyJson,
    Chart,
    ConfigMap,
    Encoded,
}

impl File {
    /// Whether only a list of clients shows where the configuration is.
    fn needs_clients(self) -> bool {
        matches!(self, Self::Chart | Self::ConfigMap | Self::Encoded)
    }

    fn text(self, configuration: &Value, style: &Style) -> String {
        let (pairs, mut text) = (configuration.as_object().unwrap(), String::new());
        match self {
            Self::Json => return configuration.to_string(),
            Self::PrettyJson => return serde_json::to_string_pretty(configuration).unwrap(),
            Self::Own => style.pairs(pairs, 0, &mut text),
            Self::Chart => {
                text.push_str("configMap:\n");
                style.pairs(pairs, style.step, &mut text);
                text.push_str("\n# the end\nother: 1\n");
            }
            Self::ConfigMap => {
                text.push_str("kind: ConfigMap\ndata:\n  configuration.yml: |\n");
                style.pairs(pairs, 4, &mut text);
                text.push_str("  other: x\n");
            }
            Self::Encoded => {
                style.pairs(pairs, 0, &mut text);
                return json!({"kind": "ConfigMap", "data": {"c.yml": text}}).to_string();
            }
        }
        text
    }

    fn configuration(self, text: &str) -> Value {
        let file: Value = serde_saphyr::from_str(text).unwrap();
        let inside = |text: &Value| serde_saphyr::from_str(text.as_str().unwrap()).unwrap();
        match self {
            Self::Own | Self::Json | Self::PrettyJson => file,
            Self::Chart => file["configMap"].clone(),
            Self::ConfigMap => inside(&file["data"]["configuration.yml"]),
            Self::Encoded => inside(&file["data"]["c.yml"]),
        }
    }
}

fn file() -> impl Strategy<Value = File> {
    prop_oneof![
        3 => Just(File::Own),
        1 => Just(File::Json),
        1 => Just(File::PrettyJson),
        1 => Just(File::Chart),
        1 => Just(File::ConfigMap),
        1 => Just(File::Encoded),
    ]
}

/// Gives a configuration a list of clients.
fn add_clients(configuration: &mut Value) {
    let mut node = configuration;
    for key in ["identity_providers", "oidc", "clients"] {
        if !node.is_object() {
            *node = json!({});
        }
        node = node.as_object_mut().unwrap().entry(key).or_insert(Value::Null);
    }
    *node = json!([{"client_id": "a", "client_secret": "x"}]);
}

/// Returns a text with the parts, checked.
fn added(text: &str, parts: &ExtraConfig) -> Result<(String, Vec<String>), oidc_secret::Error> {
    let editor = Editor::parse(text)?;
    let merged = editor.merge(parts)?;
    assert!(merged.left.is_empty() && merged.kept.is_empty(), "{text}");
    merged.edited.check(merged.edited.text())?;
    Ok((merged.edited.text().to_owned(), merged.added))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn parts_are_merged_and_nothing_else_changes(
        (number, decisions) in (any::<prop::sample::Index>(), prop::collection::vec(any::<u8>(), 60)),
        (style, file) in (style(), file()),
        (has_crlf, has_end, has_clients) in (any::<bool>(), any::<bool>(), any::<bool>()),
    ) {
        let (parts, needed) = &PARTS[number.index(PARTS.len())];
        let mut decisions = Decisions(decisions.iter());
        let mut old = part_of(needed, &mut decisions).unwrap_or_else(|| json!({}));
        if !old.is_object() {
            old = json!({});
        }
        if file.needs_clients() || has_clients {
            add_clients(&mut old);
        }
        // Without a key of Authelia's it is not taken for a configuration.
        old["theme"] = json!("dark");
        let mut text = file.text(&old, &style);
        if matches!(file, File::Own) && has_crlf {
            text = text.replace('\n', "\r\n");
        }
        if !has_end && !matches!(file, File::ConfigMap) {
            text.truncate(text.trim_end().len());
        }
        let (new, keys) = added(&text, parts).unwrap_or_else(|error| panic!("{error}: {text}"));
        prop_assert_eq!(file.configuration(&new), merged(&old, needed), "{} -> {}", text, new);
        prop_assert_eq!(keys.is_empty(), new == text);
        // A second time nothing is missing.
        prop_assert_eq!(added(&new, parts).unwrap(), (new.clone(), Vec::new()));
    }
}

/// Comments, templates and trailing commas stay, and new keys come after those of their mapping.
#[test]
fn every_line_of_the_text_stays() {
    let yaml = "identity_providers: {oidc: {scopes: {a: {claims: [a]}}, lifespans: {custom: {}}}}";
    let parts = ExtraConfig::parse(yaml).unwrap();
    for (old, new) in [
        (
            "identity_providers:\n  oidc:\n    scopes:\n      b:\n        claims: [b]\n      # last\n\n\
             # next\nsession: {}\n",
            "identity_providers:\n  oidc:\n    scopes:\n      b:\n        claims: [b]\n      a:\n        \
             claims:\n          - 'a'\n      # last\n    lifespans:\n      custom: {}\n\n# next\nsession: \
             {}\n",
        ),
        (
            "identity_providers:\n  oidc:\n    {{ if true }}\n    cors: {}\n    {{ end }}\ntheme: x\n",
            "identity_providers:\n  oidc:\n    {{ if true }}\n    cors: {}\n    {{ end }}\n    scopes:\n      \
             a:\n        claims:\n          - 'a'\n    lifespans:\n      custom: {}\ntheme: x\n",
        ),
        (
            "identity_providers: {oidc: {cors: {}, }}  # x\n",
            "identity_providers: {oidc: {cors: {}, \"scopes\": {\"a\": {\"claims\": [\"a\"]}}, \
             \"lifespans\": {\"custom\": {}}, }}  # x\n",
        ),
    ] {
        assert_eq!(added(old, &parts).unwrap().0, new);
    }
}

/// A place that a template trims or repeats is left as it is.
#[test]
fn an_uncertain_change_is_refused() {
    let parts = ExtraConfig::parse("identity_providers: {oidc: {scopes: {a: {}}}}").unwrap();
    for text in [
        "identity_providers:\n  oidc:\n    cors: {}\n{{- if true }}\ntheme: x\n{{ end }}\n",
        "identity_providers:\n  oidc:\n{{ range list 1 }}\n    cors: {}\n    x: y\n",
    ] {
        assert!(added(text, &parts).is_err(), "{text}");
    }
    let template = ExtraConfig::parse("definitions: {user_attributes: {a: '{{ x }}'}}").unwrap();
    let error = added("theme: x\n", &template).unwrap_err().to_string();
    assert!(error.contains("which Authelia would fill in"), "{error}");
}
