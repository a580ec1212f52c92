//! Names and texts of a file of the catalogue that must stay on their line.

use super::Application;
use crate::authelia::Value;
use crate::line::{is_one_line, is_unwritable};

impl Application {
    /// The place of a text that is empty, or has a control character or a line break, if there
    /// is one: it would end a comment of YAML, a heading or a setting, or speak to the terminal.
    pub(super) fn unwritable(&self) -> Option<String> {
        self.own_texts().or_else(|| self.text_of_clients()).or_else(|| self.text_of_settings())
    }

    fn own_texts(&self) -> Option<String> {
        let question = self.ask.iter().find(|&(name, question)| {
            let texts = [Some(name), Some(&question.about), question.default.as_ref()];
            !texts.into_iter().flatten().all(|text| is_one_line(text))
        });
        if self.name.trim().is_empty() || !is_one_line(&self.name) {
            return Some("the name".to_owned());
        }
        if !is_one_line(&self.slug) {
            return Some("the name of the file".to_owned());
        }
        question.map(|(name, _)| format!("the question {}", shown(name)))
    }

    fn text_of_clients(&self) -> Option<String> {
        for (client, number) in self.clients.iter().zip(1..) {
            let texts = [&client.variant, &client.note, &client.fixed_secret];
            if !texts.into_iter().flatten().all(|text| is_one_line(text)) {
                return Some(format!("client {number}"));
            }
            let mut yaml = [&client.also, &client.claims].into_iter().flatten();
            if yaml.any(|text| text.contains(|c| c != '\n' && is_unwritable(c))) {
                return Some(format!("the YAML of client {number}"));
            }
            let key = client.entry.keys().find(|(key, value)| !is_writable(key, value));
            if let Some((key, _)) = key {
                return Some(format!("the key {} in the entry of client {number}", shown(key)));
            }
        }
        None
    }

    fn text_of_settings(&self) -> Option<String> {
        for (settings, number) in self.settings.iter().zip(1..) {
            let texts = [Some(&settings.name), settings.file.as_ref(), settings.variant.as_ref()];
            if !texts.into_iter().flatten().all(|text| is_one_line(text)) {
                return Some(format!("the name, file or variant of settings {number}"));
            }
            if let Some((label, _)) = settings.values.iter().find(|(label, _)| !is_one_line(label))
            {
                return Some(format!("the label {} in settings {number}", shown(label)));
            }
        }
        None
    }
}

/// Whether a key of an entry and its value can be written as YAML.
fn is_writable(key: &str, value: &Value) -> bool {
    let is_key = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_key
        && match value {
            Value::Text(text) => is_one_line(text),
            Value::List(texts) => texts.iter().all(|text| is_one_line(text)),
            Value::Flag(_) => true,
        }
}

/// A name that may hold anything, on one line.
fn shown(name: &str) -> String {
    let start: String = name.chars().take(40).collect();
    format!("`{}`", start.escape_debug())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOUND: &str = "name = 'X'\n[ask.q]\nabout = 'Q'\n[[clients]]\nnote = 'N'\nalso = \"a: 1\\nb: 2\\n\"\n\
        [clients.entry]\nclient_id = 'x'\nscopes = ['openid']\n\
        [[settings]]\nname = 'S'\nform = 'gui'\nfile = 'F'\nvalues = [['L', 'v']]\n";

    #[test]
    fn what_leaves_its_line_is_named() {
        assert!(Application::parse("x", SOUND).is_ok());
        for (sound, odd, place) in [
            ("'X'", "\"X\\u2028\"", "the name is empty, or has"),
            ("'Q'", "\"\\u001b\"", "the question `q`"),
            ("[ask.q]", "[ask.\"q\\n\"]", "the question `q\\n`"),
            ("'N'", "\"N\\nM\"", "client 1"),
            ("\"a: 1\\n", "\"a: 1\\r", "the YAML of client 1"),
            ("'x'", "\"x\\ny\"", "the key `client_id` in the entry of client 1"),
            ("['openid']", "[\"a\\nb\"]", "the key `scopes`"),
            ("scopes", "\"a: b\"", "the key `a: b`"),
            ("'S'", "\"S\\n\"", "settings 1"),
            ("'F'", "\"F\\n\"", "settings 1"),
            ("'L'", "\"L\\nM\"", "the label `L\\nM` in settings 1"),
        ] {
            assert!(SOUND.contains(sound), "{sound}");
            let error = Application::parse("x", &SOUND.replace(sound, odd)).unwrap_err();
            assert!(error.to_string().contains(place), "{odd}: {error}");
        }
        let error = Application::parse("a\nb", SOUND).unwrap_err().to_string();
        assert!(error.contains("the name of the file"), "{error}");
    }
}
