use oidc_secret::authelia::edit::Editor;
use oidc_secret::authelia::{NewEntry, Schema, Value, has_template};

use super::DIGEST;
use super::libyaml::{Part, panics_on, parts};

/// A new digest changes one scalar, and a new client adds to the contents without a change of the rest,
/// according to libyaml.
pub fn edit(text: &str) {
    /// A text with many clients repeats itself.
    const CLIENTS: usize = 3;
    let Ok(editor) = Editor::parse(text) else { return };
    for id in editor.ids().unwrap_or_default().iter().take(CLIENTS) {
        replace(&editor, text, id);
    }
    add(&editor, text);
}

fn replace(editor: &Editor<'_>, text: &str, id: &str) {
    // A path in a chart's values is the value of a template.
    if editor.secret(id).is_ok_and(|secret| has_template(&secret.value)) {
        return;
    }
    let Ok(edited) = editor.replace(&[(id, DIGEST)]) else { return };
    let Ok(again) = edited.check(edited.text()) else { return };
    assert_eq!(again.secret(id).expect("the client has a secret").value.trim_end(), DIGEST);
    let Some(before) = before(text, edited.text()) else { return };
    let after = parts(edited.text()).expect("libyaml still reads the text");
    assert_eq!(before.len(), after.len());
    let changed = before.iter().zip(&after).filter(|(before, after)| before != after);
    assert_eq!(changed.count(), 1, "{}", edited.text());
}

fn add(editor: &Editor<'_>, text: &str) {
    let mut entry = NewEntry::default();
    entry.set("client_id", Value::Text("zz-new".to_owned()));
    entry.set("redirect_uris", Value::List(vec!["https://new.example.com/cb#a".to_owned()]));
    entry.set_secret(DIGEST, Some("a comment".to_owned()));
    let Ok(edited) = editor.add(&[entry], Schema::Current) else { return };
    let Ok(again) = edited.check(edited.text()) else { return };
    assert_eq!(&**again.secret("zz-new").expect("the client is there").value, DIGEST);
    let Some(before) = before(text, edited.text()) else { return };
    let after = parts(edited.text()).expect("libyaml still reads the text");
    let missing = missing(&before, &after);
    // A new list may replace an empty value, and the contents of a text in the file change as a whole.
    let is_replaced = |part: &Part| match part {
        Part::Scalar(text) => text.is_empty() || text == "~" || text.eq_ignore_ascii_case("null"),
        _ => false,
    };
    let is_own = editor.location().is_own();
    assert!(missing.len() <= 1 && (!is_own || missing.iter().all(is_replaced)), "{missing:?}");
}

/// Returns the parts of a text, if libyaml can be asked about it and its new version.
fn before(text: &str, edited: &str) -> Option<Vec<Part>> {
    parts(text).filter(|_| !has_template(text) && !panics_on(edited))
}

/// Returns the parts between those that both lists begin and end with.
fn missing<'p>(parts: &'p [Part], others: &[Part]) -> &'p [Part] {
    let same = parts.iter().zip(others).take_while(|(part, other)| part == other).count();
    let rest = parts[same..].iter().rev().zip(others[same..].iter().rev());
    &parts[same..parts.len() - rest.take_while(|(part, other)| part == other).count()]
}
