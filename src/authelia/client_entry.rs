//! A client of a configuration: its values, each read as the type of its key.

use zeroize::Zeroizing;

use super::anchors::Pair;
use super::client_keys::{self, Type};
use super::document::{Kind, Node};
use super::fields::Fields;
use super::location::Form;
use super::scalar::Plain;
use super::template::is_reference;
use super::text::Text;

/// A value of another type than its key has in Authelia. It concerns only its own client: the others
/// are still read.
pub(crate) struct WrongType {
    pub(crate) key: String,
    /// The line, counted from 1.
    pub(crate) line: u64,
    /// The values that Authelia accepts.
    pub(crate) expected: &'static str,
    /// The value that Authelia reads it as, if it accepts it at all.
    pub(crate) taken_as: Option<bool>,
}

/// A client, parsed from a configuration, by the keys of both generations.
pub(crate) struct ClientEntry {
    pub(super) client_id: Option<Text>,
    id: Option<Text>,
    name: Option<Text>,
    pub(super) client_secret: Option<Text>,
    secret: Option<Text>,
    public: Option<bool>,
    pub(crate) token_endpoint_auth_method: Option<Text>,
    pub(crate) redirect_uris: Option<Vec<Text>>,
    pub(crate) scopes: Option<Vec<Text>>,
    pub(crate) grant_types: Option<Vec<Text>>,
    pub(crate) response_types: Option<Vec<Text>>,
    pub(crate) response_modes: Option<Vec<Text>>,
    pub(crate) authorization_policy: Option<Text>,
    algorithms: Vec<(&'static str, Text)>,
    /// All keys and values.
    pub(crate) fields: Fields,
    wrong_types: Vec<WrongType>,
    /// The line that the entry begins in.
    line: u64,
    is_mapping: bool,
    form: Form,
}

/// The keys of the algorithms that sign or encrypt something for a client, and of the methods of all
/// endpoints but the token endpoint: each may need the secret itself.
const ALGORITHMS: [&str; 17] = [
    "authorization_signed_response_alg",
    "authorization_encrypted_response_alg",
    "id_token_signed_response_alg",
    "id_token_encrypted_response_alg",
    "access_token_signed_response_alg",
    "access_token_encrypted_response_alg",
    "userinfo_signed_response_alg",
    "userinfo_signing_algorithm",
    "userinfo_encrypted_response_alg",
    "introspection_signed_response_alg",
    "introspection_encrypted_response_alg",
    "request_object_signing_alg",
    "request_object_encryption_alg",
    "token_endpoint_auth_signing_alg",
    "revocation_endpoint_auth_method",
    "introspection_endpoint_auth_method",
    "pushed_authorization_request_endpoint_auth_method",
];

impl ClientEntry {
    pub(crate) fn id(&self) -> Option<&Text> {
        self.client_id.as_ref().or(self.id.as_ref())
    }

    /// The key that the id has, or should have.
    pub(crate) fn id_key(&self) -> &'static str {
        if self.client_id.is_none() && self.id.is_some() { "id" } else { "client_id" }
    }

    pub(crate) fn name(&self) -> Option<&str> {
        self.name.as_ref().map(|name| &**name.value)
    }

    /// The secret, and its key.
    pub(crate) fn secret(&self) -> Option<(&Text, &'static str)> {
        let old = || self.secret.as_ref().map(|secret| (secret, "secret"));
        self.client_secret.as_ref().map(|secret| (secret, "client_secret")).or_else(old)
    }

    pub(crate) fn is_public(&self) -> bool {
        self.public == Some(true)
    }

    /// The method of authentication: Authelia's default if the entry has none.
    pub(crate) fn auth_method(&self) -> &str {
        match &self.token_endpoint_auth_method {
            Some(method) if !method.value.is_empty() => &method.value,
            _ if self.is_public() => "none",
            _ => "client_secret_basic",
        }
    }

    pub(crate) fn redirect_uris(&self) -> impl Iterator<Item = &Text> {
        self.redirect_uris.iter().flatten()
    }

    /// The algorithms that sign or encrypt something for the client, with their keys.
    pub(crate) fn algorithms(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.algorithms.iter().map(|(key, text)| (*key, &**text.value))
    }

    /// The values of another type than their keys have.
    pub(crate) fn wrong_types(&self) -> &[WrongType] {
        &self.wrong_types
    }

    /// Whether Authelia cannot read the value of a key.
    pub(crate) fn is_unreadable(&self, key: &str) -> bool {
        self.wrong_types.iter().any(|wrong| wrong.key == key && wrong.taken_as.is_none())
    }

    /// The form that the file has it in.
    pub(crate) fn form(&self) -> Form {
        self.form
    }

    /// Whether it is a mapping of keys to values.
    pub(crate) fn is_mapping(&self) -> bool {
        self.is_mapping
    }

    /// The line of the id, or of the first other value there is; counted from 1.
    pub(crate) fn line(&self) -> u64 {
        let text = self.id().or(self.secret().map(|(secret, _)| secret));
        let text = text.or(self.redirect_uris().next()).or(self.authorization_policy.as_ref());
        text.map_or(self.line, |text| text.line)
    }

    pub(super) fn read(
        pairs: Vec<Pair<'_>>,
        fields: Fields,
        item: &Node,
        is_mapping: bool,
        path: Option<Text>,
        form: Form,
    ) -> Self {
        let reader = Reader { pairs };
        let text = |key| reader.text(key);
        let name = text("client_name").or_else(|| text("description"));
        let algorithms = ALGORITHMS.into_iter().filter_map(|key| Some((key, text(key)?))).collect();
        Self {
            client_id: reader.text("client_id"),
            id: reader.text("id"),
            name,
            client_secret: path.or_else(|| reader.text("client_secret")),
            secret: reader.text("secret"),
            public: reader.flag("public"),
            token_endpoint_auth_method: reader.text("token_endpoint_auth_method"),
            redirect_uris: reader.texts("redirect_uris"),
            scopes: reader.texts("scopes"),
            grant_types: reader.texts("grant_types"),
            response_types: reader.texts("response_types"),
            response_modes: reader.texts("response_modes"),
            authorization_policy: reader.text("authorization_policy"),
            algorithms,
            wrong_types: reader.wrong_types(),
            fields,
            line: item.line() as u64,
            is_mapping,
            form,
        }
    }
}

/// The values of an entry, each read as the type of its key.
struct Reader<'n> {
    pairs: Vec<Pair<'n>>,
}

impl<'n> Reader<'n> {
    /// The value of a key, unless it is null.
    fn value(&self, key: &str) -> Option<Pair<'n>> {
        let pair = self.pairs.iter().find(|pair| pair.key == key);
        pair.filter(|pair| !pair.value.is_null()).copied()
    }

    fn text(&self, key: &str) -> Option<Text> {
        let Pair { value, written, .. } = self.value(key)?;
        Text::of(value, written)
    }

    fn flag(&self, key: &str) -> Option<bool> {
        self.text(key)?.as_boolean()
    }

    /// A list of texts, which may also be one text with commas. Null in a list is an empty text.
    fn texts(&self, key: &str) -> Option<Vec<Text>> {
        let Pair { value, written, .. } = self.value(key)?;
        if let Some(Text { value, line, is_plain }) = Text::of(value, written) {
            let one = |part: &str| Text { value: Zeroizing::new(part.to_owned()), line, is_plain };
            return Some(value.split(',').filter(|part| !part.is_empty()).map(one).collect());
        }
        let Kind::List { items, .. } = &value.kind else { return None };
        let empty = |item: &Node| Text {
            value: Zeroizing::default(),
            line: item.line() as u64,
            is_plain: true,
        };
        let text = |item: &Node| {
            if item.is_null() { Some(empty(item)) } else { Text::of(item, item) }
        };
        Some(items.iter().filter_map(text).collect())
    }

    /// The values of other types than their keys have.
    fn wrong_types(&self) -> Vec<WrongType> {
        let wrong = |pair: &Pair<'_>| {
            let kind = client_keys::type_of(pair.key)?;
            // Only Authelia knows what a template or a variable is replaced by.
            if pair.value.text().is_some_and(is_reference) {
                return None;
            }
            let line = pair.written.line() as u64;
            let (expected, taken_as) = wrong_type(kind, pair)?;
            Some(WrongType { key: pair.key.to_owned(), line, expected, taken_as })
        };
        let pairs = self.pairs.iter().filter(|pair| !pair.value.is_null());
        pairs.filter_map(wrong).collect()
    }
}

/// The values that Authelia accepts, and the one that it reads this as, if it is of another type.
fn wrong_type(kind: Type, pair: &Pair<'_>) -> Option<(&'static str, Option<bool>)> {
    let text = Text::of(pair.value, pair.written);
    let plain = text.as_ref().map(Text::kind);
    let expected = match kind {
        Type::Text if matches!(plain, None | Some(Plain::Date)) => "a text",
        Type::Secret if plain != Some(Plain::Text) => "a text",
        Type::Texts if plain.is_none() && !is_list_of(pair.value, |item| item.text().is_some()) => {
            "a list of texts"
        }
        Type::Keys if !is_list_of(pair.value, |item| item.text().is_none()) => "a list of keys",
        Type::Duration if !text.as_ref().is_some_and(is_duration) => {
            "a duration, such as 1 week or 1h30m"
        }
        Type::Boolean => {
            let flag = text.as_ref().and_then(Text::as_boolean);
            let is_usual = text
                .as_ref()
                .is_some_and(|text| matches!(&*text.value.to_lowercase(), "true" | "false"));
            return (flag.is_none() || !is_usual).then_some(("true or false", flag));
        }
        _ => return None,
    };
    Some((expected, None))
}

/// Whether it is a list of such items. An alias is accepted, because its value is not known here.
fn is_list_of(node: &Node, is_wanted: impl Fn(&Node) -> bool) -> bool {
    let Kind::List { items, .. } = &node.kind else { return false };
    items.iter().all(|item| matches!(item.kind, Kind::Alias(_)) || is_wanted(item))
}

/// Whether Authelia reads it as a duration: a number of seconds, or numbers with units.
pub(crate) fn is_duration(text: &Text) -> bool {
    const UNITS: [&str; 24] = [
        "y",
        "year",
        "years",
        "M",
        "month",
        "months",
        "w",
        "week",
        "weeks",
        "d",
        "day",
        "days",
        "h",
        "hour",
        "hours",
        "m",
        "minute",
        "minutes",
        "s",
        "second",
        "seconds",
        "ms",
        "millisecond",
        "milliseconds",
    ];
    let value = text.value.replace(" and ", "").replace(' ', "");
    if text.kind() == Plain::Number || value.bytes().all(|byte| byte.is_ascii_digit()) {
        return true;
    }
    let is_digit = |c: char| c.is_ascii_digit();
    let units = value.split(is_digit).filter(|unit| !unit.is_empty());
    value.starts_with(is_digit)
        && !value.ends_with(is_digit)
        && units.into_iter().all(|unit| UNITS.contains(&unit))
}
