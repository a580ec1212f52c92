//! The words of a template, as Go's package `text/template` reads them.

use std::borrow::Cow;

use super::error::TemplateProblem;

/// The characters that Go takes for white space in and around a template.
pub(super) const WHITE: [char; 4] = [' ', '\t', '\r', '\n'];

/// A word of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token<'t> {
    Word(&'t str),
    Text(Cow<'t, str>),
    Number(usize),
    Pipe,
    Open,
    Close,
    /// `:=` or `=`, which set a variable.
    Assign,
    /// A variable, a field or anything else with a meaning of its own.
    Other,
}

/// A template at the beginning of a text.
#[derive(Debug)]
pub(super) struct Lexed<'t> {
    /// The words; none for a comment.
    pub(super) tokens: Vec<Token<'t>>,
    /// The length in bytes, with the braces.
    pub(super) length: usize,
    /// Whether it removes the white space before it (`{{-`) and after it (`-}}`).
    pub(super) trims: (bool, bool),
    pub(super) is_comment: bool,
}

type Lexing<T> = Result<T, TemplateProblem>;

/// Reads the template at the beginning of a text, which starts with two braces.
pub(super) fn lex(text: &str) -> Lexing<Lexed<'_>> {
    let body = text.strip_prefix("{{").unwrap_or(text);
    let mut lexed = lex_body(body, end_of)?;
    lexed.length += text.len() - body.len();
    Ok(lexed)
}

/// Reads the text between the braces of a template.
pub(super) fn lex_inside(inside: &str) -> Lexing<Lexed<'_>> {
    lex_body(inside, |text| match text.strip_prefix(WHITE) {
        Some("-") => Some((true, "")),
        _ => text.is_empty().then_some((false, "")),
    })
}

/// Returns the text after the end of a template, and whether the end is `-}}`.
fn end_of(text: &str) -> Option<(bool, &str)> {
    let trimmed = text.strip_prefix(WHITE).and_then(|text| text.strip_prefix("-}}"));
    let plain = text.strip_prefix("}}").map(|after| (false, after));
    trimmed.map(|after| (true, after)).or(plain)
}

fn lex_body(text: &str, end_of: impl Fn(&str) -> Option<(bool, &str)>) -> Lexing<Lexed<'_>> {
    let mut rest = text;
    // Go takes `-` for the mark only before white space.
    let trimmed = rest.strip_prefix('-').filter(|rest| rest.starts_with(WHITE));
    let trims_before = trimmed.is_some();
    rest = trimmed.unwrap_or(rest);
    if let Some(comment) = rest.trim_start_matches(WHITE).strip_prefix("/*")
        && (trims_before || rest.starts_with("/*"))
    {
        let (_, end) = comment.split_once("*/").ok_or(TemplateProblem::Unclosed)?;
        let problem = TemplateProblem::Invalid("text after the comment's `*/`");
        let (trims_after, after) = end_of(end).ok_or(problem)?;
        let (length, trims) = (text.len() - after.len(), (trims_before, trims_after));
        return Ok(Lexed { tokens: Vec::new(), length, trims, is_comment: true });
    }
    let mut tokens = Vec::new();
    let mut is_after_blank = false;
    loop {
        if let Some((trims_after, after)) = end_of(rest) {
            let (length, trims) = (text.len() - after.len(), (trims_before, trims_after));
            return Ok(Lexed { tokens, length, trims, is_comment: false });
        }
        let next = rest.trim_start_matches(WHITE);
        if next.len() < rest.len() {
            // The mark `-}}` needs one of the blanks.
            rest = &rest[rest.len() - next.len() - 1..];
            let is_end = end_of(rest).is_some();
            rest = if is_end { rest } else { next };
            is_after_blank = true;
            continue;
        }
        let (token, after) = token(rest)?;
        let is_next_to_word =
            !is_after_blank && tokens.last().is_some_and(Token::is_operand) && token.is_operand();
        if is_next_to_word || token == Token::Open && !may_open(&tokens, is_after_blank) {
            return Err(TemplateProblem::Invalid("a blank is missing between two words"));
        }
        is_after_blank = false;
        tokens.push(token);
        rest = after;
    }
}

/// Whether a parenthesis may follow: not a word, as in `secret("/path")`.
fn may_open(tokens: &[Token<'_>], is_after_blank: bool) -> bool {
    is_after_blank || !tokens.last().is_some_and(|last| last.is_operand() || *last == Token::Close)
}

impl Token<'_> {
    fn is_operand(&self) -> bool {
        matches!(self, Self::Word(_) | Self::Text(_) | Self::Number(_))
    }
}

fn token(text: &str) -> Lexing<(Token<'_>, &str)> {
    let first = text.chars().next().ok_or(TemplateProblem::Unclosed)?;
    let after = &text[first.len_utf8()..];
    match first {
        '"' => interpreted(after),
        '`' => after
            .split_once('`')
            .map(|(raw, after)| (Token::Text(Cow::Borrowed(raw)), after))
            .ok_or(TemplateProblem::Invalid("a text without its closing quote")),
        '\'' => Err(TemplateProblem::Invalid(
            "a text needs double quotes or backquotes, not single quotes",
        )),
        '\\' => Err(TemplateProblem::Invalid("`\\` is not allowed before a quote")),
        '|' => Ok((Token::Pipe, after)),
        '(' => Ok((Token::Open, after)),
        ')' => Ok((Token::Close, after)),
        '=' => Ok((Token::Assign, after)),
        ':' => match after.strip_prefix('=') {
            Some(after) => Ok((Token::Assign, after)),
            None => Err(TemplateProblem::Invalid("`:` without `=`")),
        },
        '0'..='9' => {
            let end = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
            let (number, after) = text.split_at(end + 1);
            let problem = || TemplateProblem::Invalid("a bad number");
            let number = number.parse().map_err(|_| problem())?;
            ends_word(after).then_some((Token::Number(number), after)).ok_or_else(problem)
        }
        '.' | '$' | ',' => {
            let end = after.find(|c: char| !is_name(c)).unwrap_or(after.len());
            Ok((Token::Other, &after[end..]))
        }
        first if is_name(first) => {
            let (word, after) = text.split_at(text.find(|c| !is_name(c)).unwrap_or(text.len()));
            let problem = TemplateProblem::Invalid("a word needs a blank after it");
            ends_word(after).then_some((Token::Word(word), after)).ok_or(problem)
        }
        _ => Err(TemplateProblem::Invalid("a character that templates do not have")),
    }
}

fn is_name(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// Whether a word may end before a text.
fn ends_word(text: &str) -> bool {
    text.is_empty()
        || text.starts_with("}}")
        || text.starts_with([' ', '\t', '\r', '\n', '.', ',', '|', ':', ')', '('])
}

/// Reads the rest of a text between double quotes, with Go's escapes.
fn interpreted(text: &str) -> Lexing<(Token<'_>, &str)> {
    let unclosed = || TemplateProblem::Invalid("a text without its closing quote");
    let mut escaped = false;
    let mut end = None;
    for (at, character) in text.char_indices() {
        match character {
            '\n' => return Err(unclosed()),
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => {
                end = Some(at);
                break;
            }
            _ => {}
        }
    }
    let end = end.ok_or_else(unclosed)?;
    let (raw, after) = (&text[..end], &text[end + 1..]);
    let value = if raw.contains('\\') { Cow::Owned(unescaped(raw)?) } else { Cow::Borrowed(raw) };
    Ok((Token::Text(value), after))
}

fn unescaped(raw: &str) -> Lexing<String> {
    let problem = || TemplateProblem::Invalid("an escape that Go does not have");
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((before, escape)) = rest.split_once('\\') {
        text.push_str(before);
        let kind = escape.chars().next().ok_or_else(problem)?;
        rest = &escape[kind.len_utf8()..];
        let digits = match kind {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => 0,
        };
        text.push(match kind {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            '\\' | '"' => kind,
            'x' | 'u' | 'U' => {
                let code = rest.get(..digits).ok_or_else(problem)?;
                let code = u32::from_str_radix(code, 16).map_err(|_| problem())?;
                char::from_u32(code).ok_or_else(problem)?
            }
            _ => return Err(problem()),
        });
        rest = &rest[digits..];
    }
    text.push_str(rest);
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trim_marks_need_white_space() {
        for (text, trims) in [
            ("{{ a }}", (false, false)),
            ("{{- a }}", (true, false)),
            ("{{ a -}}", (false, true)),
            ("{{-\n\ta\n-}}", (true, true)),
            ("{{- /* x }} */ -}}", (true, true)),
        ] {
            let text_on = format!("{text} tail");
            let lexed = lex(&text_on).unwrap();
            assert_eq!((lexed.trims, lexed.length), (trims, text.len()), "{text}");
        }
        for text in ["{{-a }}", "{{ a-}}", "{{ /* x */ }}"] {
            assert!(lex(text).is_err(), "{text}");
        }
    }

    #[test]
    fn words_are_read_as_go_reads_them() {
        let text = "{{ secret \"a\\\"\\u0041}}\" | mindent 10 `|` }}";
        let words = [
            Token::Word("secret"),
            Token::Text("a\"A}}".into()),
            Token::Pipe,
            Token::Word("mindent"),
            Token::Number(10),
            Token::Text("|".into()),
        ];
        assert_eq!(lex(text).unwrap().tokens, words);
        for (text, unclosed) in [
            ("{{ secret \\\"/x\\\" }}", false),
            ("{{ secret '/x' }}", false),
            ("{{ secret \"/x\n\" }}", false),
            ("{{ secret \"/x\" }'", false),
            ("{{ secret \"/x\"", true),
            ("{{", true),
        ] {
            let problem = lex(text).unwrap_err();
            assert_eq!(problem == TemplateProblem::Unclosed, unclosed, "{text}: {problem}");
        }
    }
}
