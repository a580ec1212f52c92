//! The expression in a template: functions, their arguments, and pipes between them.

use std::borrow::Cow;

use zeroize::Zeroizing;

use super::functions::{self, Argument};
use super::lexer::Token;
use super::reference::{Reference, is_hidden_variable};

/// Reads what a reference refers to, or tells why it cannot.
pub type Source<'s> = &'s dyn Fn(Reference<'_>) -> Result<Zeroizing<String>, String>;

/// The expression in a template.
pub(super) enum Expression<'t> {
    Text(Cow<'t, str>),
    Number(usize),
    Call(&'t str, Vec<Expression<'t>>),
}

/// Expressions in parentheses within others, more deeply nested than any file has them.
const DEPTH: usize = 50;

impl<'t> Expression<'t> {
    /// Parses the words of a template; `None` for one that is more than functions, texts and
    /// numbers.
    pub(super) fn parse(tokens: &[Token<'t>]) -> Option<Self> {
        let mut rest = tokens;
        let expression = pipeline(&mut rest, 0)?;
        rest.is_empty().then_some(expression)
    }

    /// Returns the one file or variable that it reads; `None` if there are several, or none, or if
    /// anything else in it may be a secret, such as a default.
    pub(super) fn reference(&self) -> Option<Reference<'t>> {
        let Self::Call(name, arguments) = self else { return None };
        if let Some(reference) = source(name, arguments) {
            return Some(reference);
        }
        let (last, others) = arguments.split_last()?;
        let is_plain = |argument: &Self| match argument {
            Self::Text(text) => text.len() <= 2 && text.starts_with(['|', '>']),
            Self::Number(_) => true,
            Self::Call(..) => false,
        };
        (functions::is_known(name) && others.iter().all(is_plain)).then(|| last.reference())?
    }

    /// Returns the text that Authelia inserts, or why it is not known.
    pub(super) fn text(&self, read: Source<'_>) -> Result<Zeroizing<String>, String> {
        match self {
            Self::Text(text) => Ok(Zeroizing::new(text.clone().into_owned())),
            Self::Number(number) => Ok(Zeroizing::new(number.to_string())),
            Self::Call(name, arguments) => match (*name, source_text(name, arguments)) {
                ("env" | "mustEnv", Some(name)) if is_hidden_variable(name) => {
                    Ok(Zeroizing::default())
                }
                ("env" | "mustEnv", Some(name)) => read(Reference::Variable(name)),
                ("secret", Some(path)) => {
                    let text = read(Reference::File(path))?;
                    // Only line feeds: a carriage return stays.
                    Ok(Zeroizing::new(text.trim_end_matches('\n').to_owned()))
                }
                ("fileContent", Some(path)) => read(Reference::File(path)),
                _ => Self::call(name, arguments, read),
            },
        }
    }

    fn call(name: &str, arguments: &[Self], read: Source<'_>) -> Result<Zeroizing<String>, String> {
        if !functions::is_known(name) {
            return Err(format!("the function {name} is not supported here"));
        }
        let argument = |argument: &Self| match argument {
            Self::Number(number) => Ok(Argument::Number(*number)),
            other => Ok(Argument::Text(other.text(read)?)),
        };
        let arguments = arguments.iter().map(argument).collect::<Result<Vec<_>, String>>()?;
        functions::call(name, &arguments)
            .ok_or_else(|| format!("the function {name} does not take these arguments"))
    }

    /// The variable that Authelia leaves empty, if the expression reads one.
    pub(super) fn hidden_variable(&self) -> Option<&str> {
        let Self::Call(name, arguments) = self else { return None };
        let own = source_text(name, arguments)
            .filter(|variable| name.ends_with("nv") && is_hidden_variable(variable));
        own.or_else(|| arguments.iter().find_map(Self::hidden_variable))
    }
}

/// The argument of a function that reads a file or a variable.
fn source_text<'e>(name: &str, arguments: &'e [Expression<'_>]) -> Option<&'e str> {
    let is_source = matches!(name, "secret" | "fileContent" | "env" | "mustEnv");
    match arguments {
        [Expression::Text(text)] if is_source => Some(text),
        _ => None,
    }
}

/// The reference of a function that reads a file or a variable. A text with escapes is not one,
/// since it is not in the file as it is read.
fn source<'t>(name: &str, arguments: &[Expression<'t>]) -> Option<Reference<'t>> {
    let [Expression::Text(Cow::Borrowed(text))] = arguments else { return None };
    match name {
        "secret" | "fileContent" => Some(Reference::File(text)),
        "env" | "mustEnv" => Some(Reference::Variable(text)),
        _ => None,
    }
}

/// Parses commands with pipes between them: each one's value is the last argument of the next.
fn pipeline<'t>(tokens: &mut &[Token<'t>], depth: usize) -> Option<Expression<'t>> {
    let mut value = command(tokens, depth)?;
    while let [Token::Pipe, rest @ ..] = *tokens {
        *tokens = rest;
        let Expression::Call(name, mut arguments) = command(tokens, depth)? else { return None };
        arguments.push(value);
        value = Expression::Call(name, arguments);
    }
    Some(value)
}

fn command<'t>(tokens: &mut &[Token<'t>], depth: usize) -> Option<Expression<'t>> {
    if let [Token::Word(name), rest @ ..] = *tokens {
        *tokens = rest;
        let mut arguments = Vec::new();
        while !matches!(tokens.first(), None | Some(Token::Pipe | Token::Close)) {
            arguments.push(operand(tokens, depth)?);
        }
        return Some(Expression::Call(name, arguments));
    }
    operand(tokens, depth)
}

fn operand<'t>(tokens: &mut &[Token<'t>], depth: usize) -> Option<Expression<'t>> {
    let (first, rest) = tokens.split_first()?;
    *tokens = rest;
    match first {
        Token::Text(text) => Some(Expression::Text(text.clone())),
        Token::Number(number) => Some(Expression::Number(*number)),
        Token::Open if depth < DEPTH => {
            let inside = pipeline(tokens, depth + 1)?;
            let [Token::Close, rest @ ..] = *tokens else { return None };
            *tokens = rest;
            Some(inside)
        }
        // A function without arguments.
        Token::Word(name) => Some(Expression::Call(name, Vec::new())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::lexer::lex;
    use super::*;

    fn text(template: &str) -> Option<String> {
        let tokens = lex(template).unwrap().tokens;
        let read = |reference: Reference<'_>| match reference {
            Reference::File("/x") => Ok(Zeroizing::new("a\r\n\n".to_owned())),
            Reference::Variable("X") => Ok(Zeroizing::new("it's".to_owned())),
            _ => Err(String::new()),
        };
        Expression::parse(&tokens)?.text(&read).ok().map(|text| text.to_string())
    }

    #[test]
    fn expressions_give_what_authelia_inserts() {
        for (template, expected) in [
            ("{{ secret \"/x\" }}", Some("a\r")),
            ("{{ fileContent \"/x\" }}", Some("a\r\n\n")),
            ("{{ fileContent `/x` | trim | squote }}", Some("'a'")),
            ("{{ squote (trim (secret \"/x\")) }}", Some("'a'")),
            ("{{ \"/x\" | secret | trim }}", Some("a")),
            ("{{ fileContent \"/x\" | trim | mindent 10 \"|\" | msquote }}", Some("'a'")),
            ("{{ env \"X\" | quote }}", Some("\"it's\"")),
            ("{{ mustEnv \"AUTHELIA_A_SECRET\" }}", Some("")),
            ("{{ env \"x_authelia_token\" }}", Some("")),
            ("{{ \"text\" }}", Some("text")),
            ("{{ env \"AUTHELIA_A_NAME\" }}", None),
            ("{{ secret \"/y\" }}", None),
            ("{{ walk \"/x\" }}", None),
            ("{{ .Values }}", None),
            ("{{ \"a\" | \"b\" }}", None),
        ] {
            assert_eq!(text(template).as_deref(), expected, "{template}");
        }
    }

    #[test]
    fn deep_parentheses_are_refused() {
        let deep = format!("{{{{ {}secret \"/x\"{} }}}}", "(".repeat(200), ")".repeat(200));
        assert_eq!(text(&deep), None);
    }
}
