//! Snippets in an application's own syntax, with literals to fill in.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A snippet in which `{"TEXT"}` is replaced by the literal of a text. All other text is verbatim.
///
/// The braces with quotes are rare in the syntaxes that need templates. Braces alone, as in the texts
/// of other settings, would be in every one of them.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Template {
    parts: Vec<Part>,
}

/// A part of a template.
#[derive(Debug, Clone)]
pub(super) enum Part {
    Verbatim(String),
    /// A text with placeholders, which is written as a literal.
    Literal(String),
}

impl Template {
    pub(super) fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Returns the texts of the literals, in the order of the template.
    pub fn literals(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Literal(text) => Some(&**text),
            Part::Verbatim(_) => None,
        })
    }
}

impl TryFrom<String> for Template {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        let mut parts = Vec::new();
        let mut rest = &*text;
        while let Some((verbatim, after)) = rest.split_once("{\"") {
            let (literal, after) =
                after.split_once("\"}").ok_or("a literal in the template has no end: \"}")?;
            parts.push(Part::Verbatim(verbatim.to_owned()));
            parts.push(Part::Literal(literal.to_owned()));
            rest = after;
        }
        parts.push(Part::Verbatim(rest.to_owned()));
        Ok(Self { parts })
    }
}

impl From<Template> for String {
    fn from(template: Template) -> Self {
        template.to_string()
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.iter().try_for_each(|part| match part {
            Part::Verbatim(text) => f.write_str(text),
            Part::Literal(text) => write!(f, "{{\"{text}\"}}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_verbatim_text_and_literals() {
        let text = "a {\"{b}/c\"} {d} {\"\"}\n";
        let template = Template::try_from(text.to_owned()).unwrap();
        assert_eq!(template.literals().collect::<Vec<_>>(), ["{b}/c", ""]);
        assert_eq!(template.to_string(), text);
        assert!(Template::try_from("a {\"b".to_owned()).is_err());
    }
}
