//! Texts between double quotes (YAML 1.2.2 §7.3.1, JSON), changed in one part: the escapes of the rest
//! stay as they are, although another writer would write them otherwise.

/// Returns the source of a text between double quotes, quotes included, with another text in it; `None`
/// if the source has forms that are not understood here, such as folded lines.
pub(super) fn changed(source: &str, old: &str, new: &str) -> Option<String> {
    let start = common(old.char_indices(), new.char_indices());
    let (rest, new_rest) = (&old[start..], &new[start..]);
    let reversed = |text: &'_ str| text.chars().rev().collect::<Vec<_>>();
    let same = reversed(rest).iter().zip(&reversed(new_rest)).take_while(|(a, b)| a == b).count();
    let end: usize = rest.chars().rev().take(same).map(char::len_utf8).sum();
    let (first, last) = (written_at(source, start)?, written_at(source, old.len() - end)?);
    let quoted = serde_json::Value::from(&new_rest[..new_rest.len() - end]).to_string();
    let inserted = quoted.get(1..quoted.len() - 1)?;
    Some([source.get(..first)?, inserted, source.get(last..)?].concat())
}

/// Returns the length of the beginning that two texts have in common.
fn common(
    one: impl Iterator<Item = (usize, char)>,
    other: impl Iterator<Item = (usize, char)>,
) -> usize {
    one.zip(other).take_while(|(a, b)| a == b).last().map_or(0, |((at, c), _)| at + c.len_utf8())
}

/// Returns where in the source a byte of the text is written.
fn written_at(source: &str, byte: usize) -> Option<usize> {
    let (mut text, mut at) = (0, 1);
    while text < byte {
        let (length, source_length) = unit(source.get(at..)?)?;
        text += length;
        at += source_length;
    }
    (text == byte).then_some(at)
}

/// Returns the length of the first character in the text, and in the source.
fn unit(source: &str) -> Option<(usize, usize)> {
    let first = source.chars().next()?;
    let escape = || source.get(1..)?.chars().next();
    let code = |digits: std::ops::Range<usize>| {
        let end = digits.end;
        let code = u32::from_str_radix(source.get(digits)?, 16).ok()?;
        Some((char::from_u32(code)?.len_utf8(), end))
    };
    match first {
        // Between quotes, lines are folded.
        '\n' | '\r' => None,
        '\\' => match escape()? {
            'n' | 't' | 'r' | 'b' | 'f' | '"' | '\\' | '/' | '0' | ' ' => Some((1, 2)),
            'x' => code(2..4),
            // A character beyond 16 bits is written as two halves.
            'u' => code(2..6)
                .or_else(|| source.get(6..8).filter(|next| *next == "\\u").map(|_| (4, 12))),
            'U' => code(2..10),
            _ => None,
        },
        other => Some((other.len_utf8(), other.len_utf8())),
    }
}

#[cfg(test)]
mod tests {
    use super::changed;

    #[test]
    fn only_the_changed_part_is_written_again() {
        for (source, old, new, expected) in [
            (r#""\u00e9\/a\nb""#, "é/a\nb", "é/x\nb", r#""\u00e9\/x\nb""#),
            (r#""\ud83d\ude00 a""#, "😀 a", "😀 \"a", r#""\ud83d\ude00 \"a""#),
            (r#""a\tb\x41""#, "a\tbA", "a\tbbA", r#""a\tbb\x41""#),
            (r#""aaa""#, "aaa", "aa", r#""aa""#),
            (r#""""#, "", "é\n", r#""é\n""#),
            (r#""a""#, "a", "", r#""""#),
        ] {
            assert_eq!(changed(source, old, new).as_deref(), Some(expected), "{source}");
        }
        assert_eq!(changed("\"a\n b\"", "a b", "a c"), None);
        assert_eq!(changed(r#""a\_b""#, "a\u{a0}b", "a\u{a0}c"), None);
    }
}
