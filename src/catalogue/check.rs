//! Names and texts of an application's file that must stay on one line.

use super::application::Application;
use crate::authelia::Value;
use crate::invisible::is_invisible;
use crate::line::is_unwritable;

/// Returns the first text that is empty or has a control character or a line break, by its key.
///
/// Such a text would end a comment in YAML, a heading or a setting, send commands to the terminal, or
/// look like another text.
pub(super) fn unwritable(application: &Application) -> Option<String> {
    in_head(application).or_else(|| in_clients(application)).or_else(|| in_settings(application))
}

fn in_head(application: &Application) -> Option<String> {
    if application.name.trim().is_empty() {
        return Some("the key `name` is empty".to_owned());
    }
    if let Some(fault) = fault(&application.slug) {
        return Some(format!("the name of the file {fault}"));
    }
    let Application { name, tested, authelia, subdomain, .. } = application;
    let keys = [
        ("name", Some(name)),
        ("tested", tested.as_ref()),
        ("authelia", authelia.as_ref()),
        ("subdomain", subdomain.as_ref()),
    ];
    let alias = || {
        let mut aliases = application.aliases.iter();
        aliases.find_map(|alias| Some(format!("the alias {} {}", escaped(alias), fault(alias)?)))
    };
    in_keys(keys, "").or_else(alias).or_else(|| in_inputs(application))
}

fn in_inputs(application: &Application) -> Option<String> {
    application.inputs.iter().find_map(|(name, input)| {
        let of = format!("the input {}", escaped(name));
        let keys = [("about", Some(&input.about)), ("default", input.default.as_ref())];
        let in_name = || Some(format!("{of} {} in its name", fault(name)?));
        in_name().or_else(|| in_keys(keys, &format!(" of {of}")))
    })
}

fn in_clients(application: &Application) -> Option<String> {
    application.clients.iter().zip(1..).find_map(|(client, number)| {
        let of = format!(" of client {number}");
        let lines = [
            ("variant", client.variant.as_ref()),
            ("note", client.note.as_ref()),
            ("fixed_secret", client.fixed_secret.as_ref()),
        ];
        let yaml =
            [("extra_config", client.extra_config.as_ref()), ("claims", client.claims.as_ref())];
        let in_entry = || {
            client.entry.keys().find_map(|(key, value)| {
                let fault = key_fault(key).or_else(|| value_fault(value))?;
                Some(format!("the key {} in the entry{of} {fault}", escaped(key)))
            })
        };
        in_keys(lines, &of).or_else(|| in_texts(yaml, &of)).or_else(in_entry)
    })
}

fn in_settings(application: &Application) -> Option<String> {
    application.settings.iter().zip(1..).find_map(|(settings, number)| {
        let of = format!(" of settings {number}");
        let lines = [
            ("name", Some(&settings.name)),
            ("file", settings.file.as_ref()),
            ("variant", settings.variant.as_ref()),
        ];
        // A template may have tabs.
        let template = settings.template.as_ref().map(|text| text.to_string().replace('\t', " "));
        let in_label = || {
            let mut labels = settings.values.iter().map(|(label, _)| label);
            labels.find_map(|label| {
                Some(format!("the label {} in settings {number} {}", escaped(label), fault(label)?))
            })
        };
        let in_value = || {
            settings.values.iter().find_map(|(label, setting)| {
                let fault = setting.texts().iter().find_map(|text| fault(text))?;
                Some(format!("the value of {} in settings {number} {fault}", escaped(label)))
            })
        };
        in_keys(lines, &of)
            .or_else(|| in_texts([("template", template.as_ref())], &of))
            .or_else(in_label)
            .or_else(in_value)
    })
}

/// Returns the fault of the first key whose text is not a single line.
fn in_keys<'a>(
    keys: impl IntoIterator<Item = (&'static str, Option<&'a String>)>,
    of: &str,
) -> Option<String> {
    let mut keys = keys.into_iter();
    keys.find_map(|(key, text)| Some(format!("the key `{key}`{of} {}", fault(text?)?)))
}

/// Returns the fault of the first key whose text, which may have several lines, has another control
/// character.
fn in_texts<'a>(
    keys: impl IntoIterator<Item = (&'static str, Option<&'a String>)>,
    of: &str,
) -> Option<String> {
    keys.into_iter().find_map(|(key, text)| {
        let mut lines = text?.split('\n').zip(1..);
        let (fault, line) = lines.find_map(|(text, line)| Some((fault(text)?, line)))?;
        Some(format!("the key `{key}`{of} {fault} in line {line} of its text"))
    })
}

/// Returns the fault of a text that must be a single line.
fn fault(text: &str) -> Option<String> {
    let c = text.chars().find(|&c| is_unwritable(c) || is_invisible(c))?;
    let name = match c {
        '\n' => "a line break",
        '\r' => "a carriage return",
        '\t' => "a tab",
        '\u{2028}' | '\u{2029}' => "a line separator",
        '\u{fffe}' | '\u{ffff}' => "a noncharacter",
        _ if c.is_control() => "a control character",
        _ => "an invisible character",
    };
    Some(format!("has {name} (U+{:04X})", u32::from(c)))
}

/// Returns the fault of a key that cannot be written as YAML.
fn key_fault(key: &str) -> Option<String> {
    let is_key = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    (!is_key).then(|| "is empty, or has characters other than letters, digits and _".to_owned())
}

fn value_fault(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => fault(text),
        Value::List(texts) => texts.iter().find_map(|text| fault(text)),
        Value::Flag(_) => None,
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
            ("'X'", "\"X\\u2028\"", "the key `name` has a line separator (U+2028)"),
            ("'X'", "' '", "the key `name` is empty"),
            ("[inputs.q]", "tested = \"a\\tb\"\n[inputs.q]", "the key `tested` has a tab"),
            (
                "[inputs.q]",
                "aliases = [\"abc\\n\"]\n[inputs.q]",
                "the alias `abc\\n` has a line break",
            ),
            (
                "'Q'",
                "\"\\u001b\"",
                "the key `about` of the input `q` has a control character (U+001B)",
            ),
            (
                "[inputs.q]",
                "[inputs.\"q\\n\"]",
                "the input `q\\n` has a line break (U+000A) in its name",
            ),
            ("'N'", "\"N\\nM\"", "the key `note` of client 1 has a line break (U+000A)"),
            (
                "b: 2\\n",
                "b:\\t2\\n",
                "the key `extra_config` of client 1 has a tab (U+0009) in line 2 of its text",
            ),
            (
                "extra_config = \"a: 1\\n",
                "claims = \"a: 1\\r",
                "the key `claims` of client 1 has a carriage",
            ),
            ("'x'", "\"x\\ny\"", "the key `client_id` in the entry of client 1 has a line break"),
            ("['openid']", "[\"a\\nb\"]", "the key `scopes`"),
            (
                "scopes",
                "\"a: b\"",
                "the key `a: b` in the entry of client 1 is empty, or has characters",
            ),
            ("'S'", "\"S\\n\"", "the key `name` of settings 1 has a line break"),
            ("'F'", "\"F\\n\"", "the key `file` of settings 1 has a line break"),
            ("'L'", "\"L\\nM\"", "the label `L\\nM` in settings 1"),
            ("'v'", "\"\\u202ev\"", "the value of `L` in settings 1"),
            ("'v'", "[\"v\", \"\\u200b\"]", "the value of `L` in settings 1"),
            ("'X'", "\"X\\u00ad\"", "the key `name` has an invisible character (U+00AD)"),
            ("'X'", "'X'\ntested = \"1\\u3164\"", "the key `tested` has"),
            ("'X'", "'X'\naliases = [\"abc\\ufeff\"]", "the alias `abc\\u{feff}` has"),
            ("'x'", "\"x\\u2066\"", "the key `client_id`"),
            ("b: 2", "b: \\U000e0041", "has an invisible character (U+E0041) in line"),
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
