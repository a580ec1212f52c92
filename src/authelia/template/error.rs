//! Reasons why Authelia, or this program, cannot read a configuration with templates.

/// A template that the file cannot be read with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
#[non_exhaustive]
pub struct TemplateError {
    /// Its line, counted from 1.
    pub line: u64,
    /// The problem.
    pub problem: TemplateProblem,
}

/// The problem of a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TemplateProblem {
    /// Go's package `text/template` does not accept it.
    #[error("not a valid template: {0}")]
    Invalid(&'static str),
    /// It has no end.
    #[error("not a valid template: `{{{{` without `}}}}`")]
    Unclosed,
    /// It decides on lines of the file, so that the file has no fixed contents.
    #[error(
        "a template with `{0}` works on more than one value, so the file must be rendered first"
    )]
    Control(String),
    /// It removes white space that YAML needs.
    #[error("{0} so that Authelia cannot read the file")]
    Trimmed(Trim),
    /// The text that it inserts needs other quotes, or is more than a value.
    #[error("the text that the template inserts is not valid YAML here")]
    Inserted,
    /// The filter for templates is off.
    #[error("a template without quotes is not valid YAML while the filter template is off")]
    FilterOff,
}

/// A mark that removes white space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Trim {
    /// The blank between a key, or a dash, and its value.
    #[error("`{{{{-` removes the blank before the value,")]
    Blank,
    /// The line end before the template.
    #[error("`{{{{-` removes the line end before the template,")]
    Before,
    /// The line end after the template.
    #[error("`-}}}}` removes the line end after the template,")]
    After,
}
