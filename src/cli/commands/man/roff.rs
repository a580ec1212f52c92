//! The source of man pages, in the macros of man(7) that groff and mandoc share.
//!
//! `clap_mangen` and its roff crate are not used. They leave `~`, `^` and backticks as they are, which groff
//! prints as other Unicode characters, so that a copied command does not work. They also leave the values
//! out of the synopsis, and fill the examples like prose.

use std::fmt::Write as _;

/// A page that is being written.
pub(super) struct Roff(String);

impl Roff {
    /// Starts a page. It has no date: the same source must give the same page on every day.
    pub(super) fn new(name: &str, section: u8) -> Self {
        let manual = if section == 1 { "User Commands" } else { "Miscellaneous Information" };
        let (title, version) = (escaped(&name.to_uppercase()), env!("CARGO_PKG_VERSION"));
        let mut page = Self(String::new());
        page.request(&format!(
            ".TH {title} {section} \"\" \"oidc\\-secret {version}\" \"{manual}\""
        ));
        // Names of keys and codes are copied from the page: a hyphen in one would be a mistake.
        // groff's macros turn hyphenation on again after `.nh`, but not after this.
        page.request(".nr HY 0");
        page.request(".ad l");
        page
    }

    pub(super) fn finish(self) -> String {
        self.0
    }

    /// Adds a line as it is: a request or a macro.
    pub(super) fn request(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    pub(super) fn section(&mut self, heading: &str) {
        self.request(&format!(".SH {}", escaped(&heading.to_uppercase())));
    }

    pub(super) fn subsection(&mut self, heading: &str) {
        self.request(&format!(".SS {}", escaped(heading)));
    }

    /// Adds a line of text that is already escaped.
    pub(super) fn line(&mut self, text: &str) {
        // A line that begins with a full stop is a request.
        if text.starts_with('.') {
            self.0.push_str("\\&");
        }
        self.request(text);
    }

    pub(super) fn paragraph(&mut self, text: &str) {
        // The heading already starts a paragraph, and mandoc warns about a second start.
        let last = self.0.lines().next_back();
        if !last.is_some_and(|line| line.starts_with(".SH")) {
            self.request(".PP");
        }
        self.line(&prose(text));
    }

    /// Adds text that begins on a new line of the same paragraph.
    pub(super) fn next_line(&mut self, text: &str) {
        self.request(".br");
        self.line(&prose(text));
    }

    /// Adds a term, which is already escaped, and its indented description of several paragraphs.
    pub(super) fn entry(&mut self, term: &str, description: &str) {
        self.request(".TP");
        self.line(term);
        for (index, paragraph) in description.split("\n\n").enumerate() {
            if index > 0 {
                self.request(".IP");
            }
            self.line(&prose(paragraph));
        }
    }

    /// Adds short terms with their descriptions, without empty lines between them, indented.
    pub(super) fn compact_list<'t>(
        &mut self,
        items: impl Iterator<Item = (&'t str, &'t str)> + Clone,
    ) {
        let widest = items.clone().map(|(term, _)| term.len()).max().unwrap_or(0);
        self.request(".RS");
        self.request(".PD 0");
        for (term, description) in items {
            self.request(&format!(".TP {}", widest + 2));
            self.line(&bold(term));
            self.line(&prose(description));
        }
        self.request(".PD");
        self.request(".RE");
    }

    /// Adds lines that keep their breaks and spaces, so that they can be copied.
    pub(super) fn verbatim<'t>(&mut self, lines: impl Iterator<Item = &'t str>) {
        self.request(".EX");
        lines.for_each(|line| self.line(&escaped(line)));
        self.request(".EE");
    }
}

/// Escapes what roff prints as another character than the one that is typed. A plain hyphen, for
/// example, becomes U+2010, which no shell takes for the start of a flag.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' => escaped.push_str("\\(rs"),
            '-' => escaped.push_str("\\-"),
            '\'' => escaped.push_str("\\(aq"),
            '`' => escaped.push_str("\\(ga"),
            '^' => escaped.push_str("\\(ha"),
            '~' => escaped.push_str("\\(ti"),
            _ if character.is_ascii() => escaped.push(character),
            _ => {
                // Writing to a string cannot fail.
                let _ = write!(escaped, "\\[u{:04X}]", u32::from(character));
            }
        }
    }
    escaped
}

pub(super) fn bold(text: &str) -> String {
    format!("\\fB{}\\fR", escaped(text))
}

pub(super) fn italic(text: &str) -> String {
    format!("\\fI{}\\fR", escaped(text))
}

/// Escapes the text of a help page, and makes flags and what is between backticks bold.
fn prose(text: &str) -> String {
    let text = text.replace('\n', " ");
    let parts = text.split('`').enumerate();
    let marked = |(index, part)| if index % 2 == 1 { bold(part) } else { with_bold_flags(part) };
    breakable(&parts.map(marked).collect::<String>())
}

/// Lets lists and paths without spaces break after a separator: some are wider than a line.
fn breakable(escaped: &str) -> String {
    let mut text = String::with_capacity(escaped.len());
    let mut characters = escaped.chars().peekable();
    while let Some(character) = characters.next() {
        text.push(character);
        let is_inside = characters.peek().is_some_and(|next| !matches!(next, ' ' | '/' | '\\'));
        if is_inside && matches!(character, ',' | '|' | '/') {
            text.push_str("\\:");
        }
    }
    text
}

fn with_bold_flags(text: &str) -> String {
    text.split(' ').map(with_bold_flag).collect::<Vec<_>>().join(" ")
}

fn with_bold_flag(word: &str) -> String {
    let start = usize::from(word.starts_with('('));
    let is_flag = word[start..].starts_with("--");
    let name = |character: char| character == '-' || character.is_ascii_lowercase();
    let end =
        word[start..].find(|character| !name(character)).map_or(word.len(), |end| start + end);
    if is_flag && end > start + 2 {
        format!("{}{}{}", escaped(&word[..start]), bold(&word[start..end]), escaped(&word[end..]))
    } else {
        escaped(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_what_is_printed() {
        assert_eq!(escaped(r"~/a-b \ 'x' `y` ^"), r"\(ti/a\-b \(rs \(aqx\(aq \(gay\(ga \(ha");
        assert_eq!(escaped("é…"), r"\[u00E9]\[u2026]");
    }

    #[test]
    fn flags_and_quoted_words_are_bold() {
        assert_eq!(prose("see --raw, or `-`"), r"see \fB\-\-raw\fR, or \fB\-\fR");
        assert_eq!(prose("(--raw) a--b -- --"), r"(\fB\-\-raw\fR) a\-\-b \-\- \-\-");
    }

    #[test]
    fn long_words_break_after_separators() {
        assert_eq!(prose("a,b, https://c/d|"), r"a,\:b, https://\:c/\:d|");
    }

    #[test]
    fn a_line_is_never_a_request() {
        let mut page = Roff(String::new());
        page.line(".TH");
        page.line(&escaped("'br"));
        assert_eq!(page.finish(), "\\&.TH\n\\(aqbr\n");
    }
}
