//! The quotes around a template, as far as one line of YAML shows them.

/// The quotes around a template.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum QuoteContext {
    /// No quotes: the template is the whole value.
    Nothing,
    /// Text without quotes.
    Plain,
    /// Text between single quotes.
    Single,
    /// Text between double quotes.
    Double,
    /// A comment.
    Comment,
}

impl QuoteContext {
    /// Whether white space and line ends separate keys and values here.
    pub(super) fn is_open(self) -> bool {
        matches!(self, Self::Nothing | Self::Plain)
    }

    /// Whether a text that is inserted as it is may make the YAML invalid.
    pub(super) fn is_risky(self, text: &str) -> bool {
        let text = text.trim_end();
        match self {
            Self::Nothing | Self::Plain => {
                text.contains(": ")
                    || text.contains(['\n', '\r', '"', '\''])
                    || text.ends_with(':')
                    || text
                        .starts_with(['[', ']', '{', '}', '&', '*', '!', '%', '@', '`', '|', '>'])
            }
            Self::Single => text.contains('\''),
            Self::Double => text.contains(['"', '\\']),
            Self::Comment => false,
        }
    }

    /// Returns a text as YAML needs it here, so that the value is the text itself.
    pub(super) fn quoted(self, text: &str) -> String {
        match self {
            Self::Nothing => format!("'{}'", text.replace('\'', "''")),
            Self::Plain | Self::Comment => text.to_owned(),
            Self::Single => text.replace('\'', "''"),
            Self::Double => text.replace('\\', r"\\").replace('"', "\\\""),
        }
    }
}

/// The quote that is open at the end of a line. It is kept up to date while the text is read, since
/// reading the line again for each template takes time that grows with the square of their number.
#[derive(Clone)]
pub(super) struct Line {
    open: Option<char>,
    is_comment: bool,
    before: char,
}

impl Default for Line {
    fn default() -> Self {
        Self { open: None, is_comment: false, before: ' ' }
    }
}

impl Line {
    pub(super) fn read(&mut self, text: &str) {
        for character in text.chars() {
            match self.open {
                _ if matches!(character, '\n' | '\r') => {
                    *self = Self::default();
                    continue;
                }
                Some('"') if self.before == '\\' => {}
                Some(quote) if quote == character => self.open = None,
                None if self.is_comment => {}
                None if character == '#' && matches!(self.before, ' ' | '\t') => {
                    self.is_comment = true;
                }
                // Between single quotes, two of them are one quote of the text.
                None if matches!(character, '\'' | '"')
                    && (" [{,:".contains(self.before) || self.before == character) =>
                {
                    self.open = Some(character);
                }
                _ => {}
            }
            self.before = character;
        }
    }

    pub(super) fn around(&self) -> QuoteContext {
        match self.open {
            Some('\'') => QuoteContext::Single,
            Some(_) => QuoteContext::Double,
            None if self.is_comment => QuoteContext::Comment,
            None if " \t[{,".contains(self.before) => QuoteContext::Nothing,
            None => QuoteContext::Plain,
        }
    }
}
