//! The variables of a text, as Authelia's filter expand-env replaces them: with Go's `os.Expand`.

use zeroize::Zeroizing;

use super::expression::Source;
use super::lines::{Expanded, Lines, Writer};
use super::reference::{Reference, is_hidden_variable};
use super::resolved::{ExpansionNote, ExpansionProblem, Unresolved};

/// The forms of variables that are expanded.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Forms {
    /// `${NAME}` alone, for filters that are not known: a digest has `$` of its own.
    Braces,
    /// All that expand-env knows.
    All,
}

/// A text with its variables expanded.
pub(super) struct Variables {
    pub(super) expanded: Expanded,
    pub(super) unresolved: Vec<Unresolved>,
    pub(super) notes: Vec<ExpansionNote>,
}

/// Replaces the variables of a text. One without a known value stays if it is a whole value.
pub(super) fn expand(text: &str, old: &Lines, forms: Forms, read: Source<'_>) -> Variables {
    let mut writer = Writer::new(text.len(), old);
    let (mut unresolved, mut notes) = (Vec::new(), Vec::<ExpansionNote>::new());
    // The length of the text after the last brace. To search it for each `${` without an end would
    // take time that grows with the square of their number.
    let after_braces = text.len() - text.rfind('}').map_or(0, |last| last + 1);
    let mut rest = text;
    while let Some((before, dollar)) = rest.find('$').map(|at| rest.split_at(at)) {
        writer.copy(before);
        let line = writer.line();
        let found = match forms {
            Forms::All => Some(name(&dollar[1..], dollar.len() > after_braces)),
            Forms::Braces => braced_name(&dollar[1..]),
        };
        let Some((name, length)) = found else {
            writer.copy(&dollar[..1]);
            rest = &dollar[1..];
            continue;
        };
        let (written, after) = dollar.split_at(1 + length);
        rest = after;
        match value(name, length, read) {
            Ok(value) => {
                writer.push(&value);
                if is_hidden_variable(name) {
                    let problem = ExpansionProblem::HiddenVariable(name.to_owned());
                    notes.push(ExpansionNote { line, problem });
                }
            }
            Err(reason) if forms == Forms::Braces || is_whole(before, written, after) => {
                writer.copy(written);
                unresolved.push(Unresolved { line, reason });
                continue;
            }
            // A variable that is not set. A digest has several: one note is enough.
            Err(_) if notes.last().is_none_or(|note| note.line != line) => {
                let problem = identifier(name).map(ExpansionProblem::Eaten);
                notes.extend(problem.map(|problem| ExpansionNote { line, problem }));
            }
            Err(_) => {}
        }
        writer.skip(written);
    }
    writer.copy(rest);
    Variables { expanded: writer.finish(), unresolved, notes }
}

/// Returns the name of the variable after a `$`, and the length of its form. A name of no length is
/// not a variable, and its form, such as `{}`, is removed.
fn name(text: &str, has_brace: bool) -> (&str, usize) {
    const SPECIAL: &str = "*#$@!?-0123456789";
    let mut characters = text.chars();
    match characters.next() {
        Some('{') => match has_brace.then(|| text.find('}')).flatten() {
            Some(end) => (&text[1..end], end + 1),
            None => ("", 1),
        },
        Some(first) if SPECIAL.contains(first) => (&text[..1], 1),
        _ => {
            let end = text.bytes().position(|byte| !is_name(byte)).unwrap_or(text.len());
            (&text[..end], end)
        }
    }
}

/// Returns the name of a variable in braces after a `$`, and the length of its form.
fn braced_name(text: &str) -> Option<(&str, usize)> {
    let inside = text.strip_prefix('{')?;
    let end = inside.bytes().position(|byte| !is_name(byte))?;
    let is_braced = end > 0 && inside[end..].starts_with('}');
    is_braced.then(|| (&inside[..end], end + 2))
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn value(name: &str, length: usize, read: Source<'_>) -> Result<Zeroizing<String>, String> {
    match name {
        // `$` before anything else is a `$`.
        "" => Ok(Zeroizing::new(if length == 0 { "$" } else { "" }.to_owned())),
        "$" => Ok(Zeroizing::new("$".to_owned())),
        name if is_hidden_variable(name) => Ok(Zeroizing::default()),
        name => read(Reference::Variable(name)),
    }
}

/// Whether a variable is a whole value, so that it is meant as one.
fn is_whole(before: &str, written: &str, after: &str) -> bool {
    const QUOTES: [char; 3] = ['\'', '"', ' '];
    const ENDS: [char; 8] = ['\'', '"', ' ', '\r', '\n', ',', '}', ']'];
    let is_end = after.is_empty() || after.starts_with(ENDS);
    written.starts_with("${") || before.ends_with(QUOTES) && is_end
}

/// The beginning of a digest that a name is, with its `$`. Any other name may be a part of a secret.
fn identifier(name: &str) -> Option<String> {
    const NAMES: [&str; 9] = [
        "pbkdf2",
        "argon2id",
        "argon2i",
        "argon2d",
        "bcrypt",
        "scrypt",
        "plaintext",
        "base64",
        "y",
    ];
    let is_short = name.len() == 1 && name.bytes().all(|byte| byte.is_ascii_digit());
    (NAMES.contains(&name) || is_short).then(|| format!("${name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(text: &str, forms: Forms) -> (String, usize, usize) {
        let read = |reference: Reference<'_>| match reference {
            Reference::Variable("X") => Ok(Zeroizing::new("v".to_owned())),
            _ => Err(String::new()),
        };
        let found = expand(text, &Lines::default(), forms, &read);
        (found.expanded.text.to_string(), found.unresolved.len(), found.notes.len())
    }

    #[test]
    fn variables_are_expanded_as_go_does() {
        for (text, value, unresolved, notes) in [
            ("a ${X} $X$$ $", "a v v$ $", 0, 0),
            ("'$pbkdf2-sha512$310000$e6L/Cg$iu.'", "'-sha51210000/Cg.'", 0, 1),
            ("'$$pbkdf2-sha512$$310000$$a'", "'$pbkdf2-sha512$310000$a'", 0, 0),
            ("'$plaintext$Zq81'", "''", 0, 1),
            ("'${Y}' '$Y'", "'${Y}' '$Y'", 2, 0),
            ("a${}b $. ${", "ab $. ", 0, 0),
        ] {
            let expected = (value.to_owned(), unresolved, notes);
            assert_eq!(expanded(text, Forms::All), expected, "{text}");
        }
        let hidden = expanded("'${AUTHELIA_A_KEY}'", Forms::All);
        assert_eq!(hidden, ("''".to_owned(), 0, 1));
        let braces = expanded("$X ${X} ${Y} $$ ${", Forms::Braces);
        assert_eq!(braces, ("$X v ${Y} $$ ${".to_owned(), 1, 0));
    }
}
