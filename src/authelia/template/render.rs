//! Authelia's filter template: the templates of a text, replaced as Go's package `text/template` does.

use zeroize::Zeroizing;

use super::error::{TemplateError, TemplateProblem, Trim};
use super::expression::{Expression, Source};
use super::filters::{Filter, Filters};
use super::lexer::{Lexed, Token, WHITE, lex};
use super::lines::{Expanded, Writer};
use super::quotes::{Line, QuoteContext};
use super::resolved::{Culprit, ExpansionNote, ExpansionProblem, Resolved, Unresolved};

/// Resolves the templates of a text that may be resolved in part already.
pub(super) fn templates(
    resolved: &mut Resolved,
    filters: &Filters,
    value: Source<'_>,
) -> Result<(), TemplateError> {
    if !resolved.text.contains("{{") {
        return Ok(());
    }
    let text = std::mem::take(&mut resolved.text);
    let lines = std::mem::take(&mut resolved.lines);
    let writer = Writer::new(text.len(), &lines);
    let is_on = filters.has(Filter::Template);
    let mut renderer = Renderer { writer, place: Line::default(), is_on, value, found: resolved };
    renderer.render(&text)?;
    let Expanded { text, lines } = renderer.writer.finish();
    (resolved.text, resolved.lines) = (text, lines);
    Ok(())
}

/// The rendering of a text, from its beginning to its end.
struct Renderer<'r> {
    writer: Writer<'r>,
    place: Line,
    /// Whether the filter template is on, if that is known.
    is_on: Option<bool>,
    value: Source<'r>,
    found: &'r mut Resolved,
}

/// What a template becomes.
enum Output {
    /// The text that Authelia inserts.
    Text(Zeroizing<String>),
    /// The template itself, quoted so that YAML reads it as text.
    Placeholder,
    /// The template itself, as it is.
    Literal,
}

impl Renderer<'_> {
    fn render(&mut self, text: &str) -> Result<(), TemplateError> {
        let mut rest = text;
        while let Some(start) = rest.find("{{") {
            let (before, template) = rest.split_at(start);
            let lexed = match lex(template) {
                Ok(lexed) => lexed,
                Err(problem) => {
                    rest = self.invalid(before, template, problem)?;
                    continue;
                }
            };
            let is_literal = self.is_literal(before);
            let trims = |is_on: bool| is_on && !is_literal;
            let kept = if trims(lexed.trims.0) { before.trim_end_matches(WHITE) } else { before };
            let (template, after) = template.split_at(lexed.length);
            self.copy(kept);
            self.writer.skip(&before[kept.len()..]);
            let output = self.output(&lexed)?;
            self.check_before(kept, &before[kept.len()..], &output)?;
            self.write(template, &output);
            rest = if trims(lexed.trims.1) { after.trim_start_matches(WHITE) } else { after };
            self.trim_after(&after[..after.len() - rest.len()], rest);
        }
        self.copy(rest);
        Ok(())
    }

    /// Handles a template that Go does not accept. It may be one of another language, such as Jinja,
    /// or a text, unless it calls one of Authelia's own functions.
    fn invalid<'t>(
        &mut self,
        before: &str,
        template: &'t str,
        problem: TemplateProblem,
    ) -> Result<&'t str, TemplateError> {
        self.copy(before);
        let is_comment = self.place.around() == QuoteContext::Comment;
        let words = template.trim_start_matches(['{', '-', ' ', '\t']);
        let own = ["secret", "fileContent", "env", "mustEnv"];
        let is_own = own.iter().any(|name| {
            words
                .strip_prefix(name)
                .is_some_and(|rest| rest.starts_with([' ', '\t', '"', '\'', '\\', '(']))
        });
        let is_own = is_own || words.starts_with("/*");
        let is_template = self.is_on.unwrap_or(is_own && !is_comment);
        if is_template {
            return Err(TemplateError { line: self.writer.line(), problem });
        }
        if problem == TemplateProblem::Unclosed {
            self.copy(template);
            return Ok("");
        }
        // The rest of a line without an end is copied at once: to search it for each `{{` takes time
        // that grows with the square of their number.
        let line = template.find(['\n', '\r']).map_or(template, |end| &template[..end]);
        let end = line.find("}}").map(|end| end + 2);
        let (template, after) = template.split_at(end.unwrap_or(line.len()));
        self.write(template, if end.is_some() { &Output::Placeholder } else { &Output::Literal });
        Ok(after)
    }

    /// Whether a template after a text stays as it is: in a comment its value does not matter.
    fn is_literal(&self, before: &str) -> bool {
        let mut place = self.place.clone();
        place.read(before);
        self.is_on == Some(false)
            || (place.around() == QuoteContext::Comment && self.is_on.is_none())
    }

    fn output(&mut self, lexed: &Lexed<'_>) -> Result<Output, TemplateError> {
        let context = self.place.around();
        // Authelia fills in templates in comments too, but whether it does matters only if one fails.
        if context == QuoteContext::Comment && self.is_on != Some(true) {
            return Ok(Output::Literal);
        }
        if self.is_on == Some(false) {
            return self.literal(context);
        }
        if lexed.is_comment {
            return Ok(Output::Text(Zeroizing::default()));
        }
        if let Some(word) = control(&lexed.tokens) {
            if context.is_open() {
                return Err(self.error(TemplateProblem::Control(word.to_owned())));
            }
            return Ok(self.unresolved(format!("the template `{word}` is not resolved here")));
        }
        let Some(expression) = Expression::parse(&lexed.tokens) else {
            return Ok(self.unresolved("a template of this form is not resolved here".to_owned()));
        };
        if let Some(name) = expression.hidden_variable() {
            self.note(ExpansionProblem::HiddenVariable(name.to_owned()));
        }
        let text = match expression.text(self.value) {
            Ok(text) => text,
            Err(reason) => return Ok(self.unresolved(reason)),
        };
        if text.contains("{{") {
            self.note(ExpansionProblem::InsertedTemplate);
        }
        if context.is_risky(&text) {
            self.suspect(TemplateProblem::Inserted, text.matches(['\n', '\r']).count());
        }
        Ok(Output::Text(text))
    }

    /// A template while the filter is off. Without quotes it is a mapping to YAML, which no
    /// value of Authelia's configuration is.
    fn literal(&mut self, context: QuoteContext) -> Result<Output, TemplateError> {
        if context == QuoteContext::Nothing {
            return Err(self.error(TemplateProblem::FilterOff));
        }
        self.note(ExpansionProblem::LiteralTemplate);
        Ok(Output::Literal)
    }

    /// Checks the white space that `{{-` removes.
    fn check_before(
        &mut self,
        kept: &str,
        removed: &str,
        output: &Output,
    ) -> Result<(), TemplateError> {
        if removed.is_empty() || !self.place.around().is_open() {
            return Ok(());
        }
        let is_empty = matches!(output, Output::Text(text) if text.is_empty());
        let is_item = kept.strip_suffix('-').is_some_and(|before| before.ends_with(WHITE));
        if !is_empty && (kept.ends_with(':') || is_item) {
            return Err(self.error(TemplateProblem::Trimmed(Trim::Blank)));
        }
        if removed.contains(['\n', '\r']) {
            self.suspect(TemplateProblem::Trimmed(Trim::Before), 0);
        }
        Ok(())
    }

    /// Leaves out the white space that `-}}` removes.
    fn trim_after(&mut self, removed: &str, rest: &str) {
        let joins = removed.contains(['\n', '\r']) && !rest.is_empty();
        if joins && self.place.around().is_open() {
            self.suspect(TemplateProblem::Trimmed(Trim::After), 0);
        }
        self.writer.skip(removed);
    }

    fn write(&mut self, template: &str, output: &Output) {
        let quoted;
        let text = match output {
            Output::Literal => return self.copy(template),
            Output::Text(text) => text.as_str(),
            Output::Placeholder => {
                quoted = self.place.around().quoted(template);
                &quoted
            }
        };
        self.place.read(text);
        self.writer.push(text);
        self.writer.skip(template);
    }

    fn copy(&mut self, text: &str) {
        self.place.read(text);
        self.writer.copy(text);
    }

    fn unresolved(&mut self, reason: String) -> Output {
        let line = self.writer.line();
        self.found.unresolved.push(Unresolved { line, reason });
        Output::Placeholder
    }

    /// Remembers a template that is the cause if the text is not valid YAML in its lines.
    fn suspect(&mut self, problem: TemplateProblem, more_lines: usize) {
        let first = self.writer.written_lines();
        let error = self.error(problem);
        self.found.culprits.push(Culprit { lines: first..=first + more_lines + 1, error });
    }

    fn note(&mut self, problem: ExpansionProblem) {
        let line = self.writer.line();
        self.found.notes.push(ExpansionNote { line, problem });
    }

    fn error(&self, problem: TemplateProblem) -> TemplateError {
        TemplateError { line: self.writer.line(), problem }
    }
}

/// The word of a template that decides on the lines of a file, or that sets a variable.
fn control<'t>(tokens: &[Token<'t>]) -> Option<&'t str> {
    const WORDS: [&str; 11] = [
        "if", "else", "end", "range", "with", "define", "block", "template", "break", "continue",
        "return",
    ];
    match tokens.first() {
        Some(Token::Word(word)) if WORDS.contains(word) => Some(word),
        _ if tokens.contains(&Token::Assign) => Some(":="),
        _ => None,
    }
}
