//! Names and texts of an application's file that must stay on one line.

use super::application::Application;
use super::setting::Setting;
use crate::authelia::Value;
use crate::invisible::is_invisible;
use crate::line::{is_one_line, is_unwritable};

/// Returns the place of the first text that is empty or has a line break, a control character or another
/// invisible one.
///
/// Such a text would end a comment in YAML, a heading or a setting, send commands to the terminal, or
/// look like another text.
pub(super) fn unwritable(application: &Application) -> Option<String> {
    in_head(application).or_else(|| in_clients(application)).or_else(|| in_settings(application))
}

fn in_head(application: &Application) -> Option<String> {
    if application.name.trim().is_empty() || !is_plain_line(&application.name) {
        return Some("the name".to_owned());
    }
    if let Some(alias) = application.aliases.iter().find(|alias| !is_plain_line(alias)) {
        return Some(format!("the alias {}", escaped(alias)));
    }
    let Application { tested, authelia, subdomain, .. } = application;
    let versions = [("tested", tested), ("authelia", authelia), ("subdomain", subdomain)];
    let is_odd = |text: &Option<String>| text.as_ref().is_some_and(|text| !is_plain_line(text));
    if let Some((key, _)) = versions.into_iter().find(|(_, text)| is_odd(text)) {
        return Some(format!("the key {key}"));
    }
    let input = application.inputs.iter().find(|&(name, input)| {
        let texts = [Some(name), Some(&input.about), input.default.as_ref()];
        !texts.into_iter().flatten().all(|text| is_plain_line(text))
    });
    input.map(|(name, _)| format!("the input {}", escaped(name)))
}

fn in_clients(application: &Application) -> Option<String> {
    for (client, number) in application.clients.iter().zip(1..) {
        let texts = [&client.variant, &client.note, &client.fixed_secret];
        if !texts.into_iter().flatten().all(|text| is_plain_line(text)) {
            return Some(format!("client {number}"));
        }
        let mut yaml = [&client.extra_config, &client.claims].into_iter().flatten();
        if yaml.any(|text| text.contains(|c| c != '\n' && is_hidden(c))) {
            return Some(format!("the YAML of client {number}"));
        }
        let key = client.entry.keys().find(|(key, value)| !is_writable(key, value));
        if let Some((key, _)) = key {
            return Some(format!("the key {} in the entry of client {number}", escaped(key)));
        }
    }
    None
}

fn in_settings(application: &Application) -> Option<String> {
    for (settings, number) in application.settings.iter().zip(1..) {
        let texts = [Some(&settings.name), settings.file.as_ref(), settings.variant.as_ref()];
        if !texts.into_iter().flatten().all(|text| is_plain_line(text)) {
            return Some(format!("the name, file or variant of settings {number}"));
        }
        let template = settings.template.as_ref().map(ToString::to_string);
        let is_refused = |c| !matches!(c, '\n' | '\t') && is_hidden(c);
        if template.is_some_and(|text| text.contains(is_refused)) {
            return Some(format!("the template of settings {number}"));
        }
        let label = settings.values.iter().find(|(label, _)| !is_plain_line(label));
        if let Some((label, _)) = label {
            return Some(format!("the label {} in settings {number}", escaped(label)));
        }
        let is_odd = |(_, setting): &&(String, Setting)| {
            setting.texts().iter().any(|text| !is_plain_line(text))
        };
        if let Some((label, _)) = settings.values.iter().find(is_odd) {
            return Some(format!("the value of {} in settings {number}", escaped(label)));
        }
    }
    None
}

fn is_plain_line(text: &str) -> bool {
    is_one_line(text) && !text.contains(is_invisible)
}

fn is_hidden(c: char) -> bool {
    is_unwritable(c) || is_invisible(c)
}

/// Whether a key of an entry and its value can be written as YAML.
fn is_writable(key: &str, value: &Value) -> bool {
    let is_key = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_key
        && match value {
            Value::Text(text) => is_plain_line(text),
            Value::List(texts) => texts.iter().all(|text| is_plain_line(text)),
            Value::Flag(_) => true,
        }
}

/// Returns the start of a name on one line: the error message must not repeat its control
/// characters.
fn escaped(name: &str) -> String {
    let start: String = name.chars().take(40).collect();
    format!("`{}`", start.escape_debug())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOUND: &str = "name = 'X'\n[inputs.q]\nabout = 'Q'\n[[clients]]\nnote = 'N'\n\
        extra_config = \"a: 1\\nb: 2\\n\"\n[clients.entry]\nclient_id = 'x'\nscopes = ['openid']\n\
        [[settings]]\nname = 'S'\nformat = 'gui'\nfile = 'F'\nvalues = [['L', 'v']]\n";

    #[test]
    fn a_text_of_several_lines_is_refused_with_its_place() {
        assert!(Application::parse("x", SOUND).is_ok());
        for (sound, odd, place) in [
            ("'X'", "\"X\\u2028\"", "the name is empty, or has"),
            ("'Q'", "\"\\u001b\"", "the input `q`"),
            ("[inputs.q]", "[inputs.\"q\\n\"]", "the input `q\\n`"),
            ("'N'", "\"N\\nM\"", "client 1"),
            ("\"a: 1\\n", "\"a: 1\\r", "the YAML of client 1"),
            ("'x'", "\"x\\ny\"", "the key `client_id` in the entry of client 1"),
            ("['openid']", "[\"a\\nb\"]", "the key `scopes`"),
            ("scopes", "\"a: b\"", "the key `a: b`"),
            ("'S'", "\"S\\n\"", "settings 1"),
            ("'F'", "\"F\\n\"", "settings 1"),
            ("'L'", "\"L\\nM\"", "the label `L\\nM` in settings 1"),
            ("'v'", "\"\\u202ev\"", "the value of `L` in settings 1"),
            ("'v'", "[\"v\", \"\\u200b\"]", "the value of `L` in settings 1"),
            ("'X'", "\"X\\u00ad\"", "the name is empty, or has"),
            ("'X'", "'X'\ntested = \"1\\u3164\"", "the key tested"),
            ("'X'", "'X'\naliases = [\"abc\\ufeff\"]", "the alias `abc\\u{feff}`"),
            ("'x'", "\"x\\u2066\"", "the key `client_id`"),
            ("b: 2", "b: \\U000e0041", "the YAML of client 1"),
        ] {
            assert!(SOUND.contains(sound), "{sound}");
            let error = Application::parse("x", &SOUND.replace(sound, odd)).unwrap_err();
            assert!(error.to_string().contains(place), "{odd}: {error}");
        }
        for slug in ["a\nb", "", "A", "a b", "-a", ".toml", "é", "a_b"] {
            let error = Application::parse(slug, SOUND).unwrap_err().to_string();
            assert!(error.contains("the name of the file"), "{error}");
        }
    }
}
