//! The text after the options of a help page, in its parts. The man pages take their prose and their
//! examples from there, so that they are written once.

/// The parts of a help text.
#[derive(Default)]
pub(super) struct Blocks<'t> {
    pub(super) description: Vec<Block<'t>>,
    /// The lines under `Exit codes:`.
    pub(super) exit_codes: Vec<(&'t str, &'t str)>,
    /// The lines under `Examples:`.
    pub(super) examples: Vec<&'t str>,
}

/// A part of the description.
pub(super) enum Block<'t> {
    Paragraph(&'t str),
    /// A line that ends with a colon, and indented terms with their descriptions.
    List(&'t str, Vec<(&'t str, &'t str)>),
}

impl<'t> Blocks<'t> {
    pub(super) fn parse(text: &'t str) -> Self {
        let mut blocks = Self::default();
        for block in text.split("\n\n") {
            match block.split_once(":\n  ") {
                Some(("Examples", lines)) => blocks.examples = indented(lines).collect(),
                Some(("Exit codes", lines)) => blocks.exit_codes = terms(lines),
                Some((title, lines)) if !title.contains('\n') => {
                    blocks.description.push(Block::List(title, terms(lines)));
                }
                _ => blocks.description.push(Block::Paragraph(block)),
            }
        }
        blocks
    }
}

/// Lines without the two spaces that they are indented by.
fn indented(lines: &str) -> impl Iterator<Item = &str> {
    lines.lines().map(|line| line.strip_prefix("  ").unwrap_or(line))
}

/// Splits lines after the term, which two or more spaces follow.
fn terms(lines: &str) -> Vec<(&str, &str)> {
    let split = |line| match str::split_once(line, "  ") {
        Some((term, text)) => (term, text.trim_start()),
        None => (line, ""),
    };
    indented(lines).map(split).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_help_text_has_prose_lists_and_examples() {
        let text = "Reads it: all\nof it.\n\nFormats:\n  text  for people\n  json  for programs\n\n\
                    Exit codes:\n  0    it worked\n  130  interrupted\n\nMore.\n\n\
                    Examples:\n  a -b   first\n  c";
        let blocks = Blocks::parse(text);
        assert_eq!(blocks.exit_codes, [("0", "it worked"), ("130", "interrupted")]);
        assert_eq!(blocks.examples, ["a -b   first", "c"]);
        let [Block::Paragraph(first), Block::List(title, terms), Block::Paragraph("More.")] =
            &blocks.description[..]
        else {
            panic!("not the three parts of the description")
        };
        assert_eq!((*first, *title), ("Reads it: all\nof it.", "Formats"));
        assert_eq!(terms, &[("text", "for people"), ("json", "for programs")]);
    }
}
