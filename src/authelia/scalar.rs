//! Plain scalars, as Authelia turns them into text.

/// The text that Authelia makes of a plain scalar that YAML 1.1 reads as a number or a boolean, as where
/// a client's id has no quotes; `None` for one that does not change. Measured on Authelia 4.39.20.
pub(super) fn converted(plain: &str) -> Option<String> {
    match plain {
        "true" | "True" | "TRUE" => return Some("1".to_owned()),
        "false" | "False" | "FALSE" => return Some("0".to_owned()),
        "" | "~" | "null" | "Null" | "NULL" => return Some(String::new()),
        _ => {}
    }
    let digits = plain.replace('_', "");
    let (sign, digits) = match digits.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", digits.strip_prefix('+').unwrap_or(&digits)),
    };
    integer(digits).or_else(|| float(digits)).map(|number| format!("{sign}{number}"))
}

/// The type of a plain scalar in YAML 1.1.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Plain {
    Null,
    Boolean,
    Number,
    Date,
    Text,
}

/// Returns the type of a plain scalar.
pub(super) fn kind(plain: &str) -> Plain {
    match plain {
        "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => Plain::Boolean,
        "" | "~" | "null" | "Null" | "NULL" => Plain::Null,
        _ if is_date(plain) => Plain::Date,
        _ if converted(plain).is_some() => Plain::Number,
        _ => Plain::Text,
    }
}

/// Whether a plain scalar is a date, perhaps with a time.
fn is_date(plain: &str) -> bool {
    let date = plain.split(['T', 't', ' ']).next().unwrap_or_default();
    let parts: Vec<&str> = date.split('-').collect();
    let is_number = |part: &&str, lengths: [usize; 2]| {
        lengths.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    matches!(&*parts, [year, month, day]
        if is_number(year, [4, 4]) && is_number(month, [1, 2]) && is_number(day, [1, 2]))
}

fn integer(digits: &str) -> Option<String> {
    let (digits, radix) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (&digits[2..], 16),
        [b'0', b'b' | b'B', ..] => (&digits[2..], 2),
        [b'0', b'o' | b'O', ..] => (&digits[2..], 8),
        [b'0', _, ..] => (&digits[1..], 8),
        _ => (digits, 10),
    };
    let is_digit = digits.starts_with(|c: char| c.is_digit(radix));
    u64::from_str_radix(digits, radix).ok().filter(|_| is_digit).map(|number| number.to_string())
}

fn float(digits: &str) -> Option<String> {
    let is_number = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && digits.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte))
        && digits.contains(|c: char| c.is_ascii_digit());
    let number: f64 = digits.parse().ok().filter(|_| is_number)?;
    Some(number.to_string())
}

#[cfg(test)]
mod tests {
    use super::converted;

    #[test]
    fn numbers_and_booleans_become_other_texts() {
        for (plain, text) in [
            ("0123", "83"),
            ("0x1F", "31"),
            ("0b11", "3"),
            ("0o17", "15"),
            ("010", "8"),
            ("1e3", "1000"),
            ("1.50", "1.5"),
            ("1.0", "1"),
            (".5", "0.5"),
            ("1_000", "1000"),
            ("+5", "5"),
            ("-5", "-5"),
            ("0", "0"),
            ("true", "1"),
            ("False", "0"),
            ("~", ""),
        ] {
            assert_eq!(converted(plain).as_deref(), Some(text), "{plain}");
        }
        for same in ["kasm", "yes", "no", "on", "off", "y", "1:30", "0xg", "1.2.3", "e3", "-", "."]
        {
            assert_eq!(converted(same), None, "{same}");
        }
    }
}
