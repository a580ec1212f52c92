//! Placeholders that are not replaced: unknown ones, and known ones at a place without a value for them.

use strsim::damerau_levenshtein;

use super::problem::ApplicationProblem;
use crate::authelia::Value;
use crate::catalogue::{Application, Settings, Template};

/// The placeholders without a parameter.
const KNOWN: [&str; 8] = [
    "app",
    "app_host",
    "authelia",
    "authelia_host",
    "domain",
    "client_id",
    "client_secret",
    "random",
];

/// Words that are in the name of a placeholder, and hardly in other text between braces.
const TELLING: [&str; 6] = ["app", "authelia", "client", "input", "issuer", "secret"];

/// A text of the file.
struct TextAt<'a> {
    place: String,
    text: &'a str,
    /// Whether the secret is inserted here.
    has_secret: bool,
}

pub(super) fn check(application: &Application) -> Vec<ApplicationProblem> {
    let mut problems = Vec::new();
    for TextAt { place, text, has_secret } in texts(application) {
        for name in names(text) {
            let message = unknown(application, name)
                .or_else(|| doubled(text, name).filter(|_| is_known(application, name)))
                .or_else(|| (name == "client_secret" && !has_secret).then(|| misplaced(name)));
            problems.extend(message.map(|message| ApplicationProblem::new(&place, message)));
        }
    }
    for (settings, number) in application.settings.iter().zip(1..) {
        let verbatim = settings.template.as_ref().map(outside_of_literals).unwrap_or_default();
        let left = names(&verbatim).filter(|name| is_known(application, name));
        problems.extend(left.map(|name| {
            let message = format!("{{{name}}} is outside of {{\"…\"}}, so that it is not replaced");
            ApplicationProblem::new(place(settings, number), message)
        }));
    }
    problems
}

/// Returns the problem with a placeholder that is not known. Other text between braces belongs to the
/// application.
fn unknown(application: &Application, name: &str) -> Option<String> {
    if is_known(application, name) {
        return None;
    }
    match name.split_once(':') {
        Some(("input", input)) => Some(format!("unknown input `{input}`")),
        Some(("client_id", id)) => Some(format!("no client has the id `{id}`")),
        _ => {
            let plain = plain(name);
            let is_similar = KNOWN.iter().any(|known| is_similar(known, &plain));
            let mut words = name.split(['_', '-', ':']);
            let is_telling =
                is_known(application, &plain) || words.any(|word| TELLING.contains(&word));
            let message =
                || format!("unknown placeholder {{{name}}}; the placeholders: {}", known());
            (is_similar || is_telling).then(message)
        }
    }
}

/// Returns a name without capital letters and blanks.
fn plain(name: &str) -> String {
    name.replace(char::is_whitespace, "").to_ascii_lowercase()
}

/// Whether few letters differ. In a short name two would be most of it.
fn is_similar(known: &str, name: &str) -> bool {
    damerau_levenshtein(known, name) <= (known.len() / 3).min(2)
}

/// Returns the problem with a known placeholder between two pairs of braces, of which one would stay.
fn doubled(text: &str, name: &str) -> Option<String> {
    let doubled = format!("{{{{{name}}}}}");
    text.contains(&doubled)
        .then(|| format!("{doubled} has two pairs of braces, of which one would stay"))
}

fn known() -> String {
    let names: Vec<_> = KNOWN.iter().map(|name| format!("{{{name}}}")).collect();
    names.join(", ") + ", {client_id:ID}, {input:NAME}"
}

fn misplaced(name: &str) -> String {
    format!("{{{name}}} is replaced only in the values of settings")
}

fn is_known(application: &Application, name: &str) -> bool {
    match name.split_once(':') {
        Some(("input", input)) => application.inputs.contains_key(input),
        Some(("client_id", id)) => {
            application.clients.iter().any(|client| client.entry.text("client_id") == Some(id))
        }
        _ => KNOWN.contains(&name),
    }
}

/// Returns the texts between braces that have the form of a placeholder, in any case and with blanks at the
/// ends or after `input:`. `${NAME}` is a variable of the application.
fn names(text: &str) -> impl Iterator<Item = &str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "_-:.".contains(c);
    text.match_indices('{').filter_map(move |(at, _)| {
        let (name, _) = text[at + 1..].split_once('}')?;
        let word = name.trim().replace("input: ", "input:");
        let is_variable =
            text[..at].ends_with('$') && word.contains(|c: char| c.is_ascii_uppercase());
        let is_name =
            word.starts_with(|c: char| c.is_ascii_alphabetic()) && word.chars().all(is_part);
        (is_name && !is_variable).then_some(name)
    })
}

/// Returns the text of a template without its literals.
fn outside_of_literals(template: &Template) -> String {
    let mut text = template.to_string();
    for literal in template.literals() {
        text = text.replacen(&format!("{{\"{literal}\"}}"), "", 1);
    }
    text
}

fn texts(application: &Application) -> Vec<TextAt<'_>> {
    let mut texts: Vec<_> = in_head(application).collect();
    for (client, number) in application.clients.iter().zip(1..) {
        let yaml = [("extra_config", &client.extra_config), ("claims", &client.claims)];
        let yaml = yaml.into_iter().filter_map(|(key, yaml)| Some((key, &**yaml.as_ref()?)));
        let entry = client
            .entry
            .keys()
            .flat_map(|(key, value)| of_value(value).iter().map(move |text| (key, &**text)));
        texts.extend(entry.chain(yaml).map(|(key, text)| TextAt {
            place: format!("client {number}, {key}"),
            text,
            has_secret: false,
        }));
    }
    for (settings, number) in application.settings.iter().zip(1..) {
        texts.extend(in_settings(settings, &place(settings, number)));
    }
    texts
}

fn in_head(application: &Application) -> impl Iterator<Item = TextAt<'_>> {
    application.inputs.iter().filter_map(|(name, input)| {
        let text = input.default.as_deref()?;
        Some(TextAt { place: format!("the input {name}"), text, has_secret: false })
    })
}

fn in_settings<'a>(settings: &'a Settings, place: &str) -> Vec<TextAt<'a>> {
    let without = settings.file.iter().chain(settings.values.iter().map(|(label, _)| label));
    let values = settings.values.iter().flat_map(|(_, setting)| setting.texts());
    let literals = settings.template.iter().flat_map(Template::literals);
    let without = without.map(|text| (&**text, false));
    let with = values.map(|text| &**text).chain(literals).map(|text| (text, true));
    let at = |(text, has_secret)| TextAt { place: place.to_owned(), text, has_secret };
    without.chain(with).map(at).collect()
}

fn of_value(value: &Value) -> &[String] {
    match value {
        Value::Text(text) => std::slice::from_ref(text),
        Value::List(texts) => texts,
        Value::Flag(_) => &[],
    }
}

fn place(settings: &Settings, number: usize) -> String {
    format!("settings {number} ({})", settings.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_placeholder_that_is_not_replaced_is_a_problem() {
        let problems = |entry: &str, settings: &str| {
            let toml = format!(
                "name = 'X'\n[inputs.realm]\nabout = 'R'\n[[clients]]\n[clients.entry]\nclient_id = 'x'\n\
                 {entry}\n[[settings]]\nname = 'S'\n{settings}"
            );
            let problems = check(&Application::parse("x", &toml).unwrap());
            problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
        };
        let value = |text: &str| format!("format = 'yaml'\nvalues = [['a', '{text}']]");
        for sound in [
            "{client_secret} {input:realm} {client_id:x}",
            "{email} {NAME} {} {a b} {",
            "${APP} {{ user.name }} {map}",
        ] {
            assert_eq!(problems("", &value(sound)), "");
        }
        for (text, problem) in [
            ("{input:relm}", "settings 1 (S): unknown input `relm`"),
            ("{client_id:y}", "settings 1 (S): no client has the id `y`"),
            ("{app_url}/cb", "settings 1 (S): unknown placeholder {app_url}; "),
            ("{clientsecret}", "unknown placeholder {clientsecret}"),
            ("{autelia}", "unknown placeholder {autelia}"),
            ("{ {issuer}", "unknown placeholder {issuer}"),
            ("{AUTHELIA}", "unknown placeholder {AUTHELIA}; "),
            ("{Client_Secert}", "unknown placeholder {Client_Secert}; "),
            ("{ authelia }", "unknown placeholder { authelia }; "),
            ("{input: realm}", "unknown input ` realm`"),
            ("{{ app }}", "unknown placeholder { app }; "),
            ("{{authelia}}", "settings 1 (S): {{authelia}} has two pairs of braces"),
        ] {
            let found = problems("", &value(text));
            assert!(found.contains(problem) && found.lines().count() == 1, "{text}: {found}");
        }
        let found = problems("client_name = '{client_secret}'", &value("x"));
        assert_eq!(
            found,
            "client 1, client_name: {client_secret} is replaced only in the values of settings"
        );
        let template =
            "format = 'php'\ntemplate = '''$a = {\"{app}\"}; $b = \"{client_secret} {x}\";'''";
        let found = problems("", template);
        assert_eq!(
            found,
            "settings 1 (S): {client_secret} is outside of {\"…\"}, so that it is not replaced"
        );
    }
}
