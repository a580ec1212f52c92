//! Standard output for results, standard error for messages.

use std::fmt::Write as _;
use std::io::{ErrorKind, IsTerminal, Write};
use std::sync::OnceLock;

use clap::ValueEnum;
use oidc_secret::{Finding, Severity, is_invisible};

use crate::cli::failure::{Failure, reason};
use crate::cli::platform::{streams, terminal};
use crate::cli::terminal::visible::visible;

/// Standard output without the standard library's buffer, where secrets would stay unwiped.
pub(crate) struct Stdout(streams::Output);

impl Stdout {
    /// Opens standard output for a result that must not be lost: fails if it was closed.
    pub(crate) fn for_result() -> Result<Self, Failure> {
        if streams::is_output_closed() {
            let text = "standard output is closed: the result would be lost";
            return Err(Failure::new(text).hint("to discard it, use `> /dev/null`"));
        }
        Self::open()
    }

    pub(crate) fn open() -> Result<Self, Failure> {
        streams::output().map(Self).map_err(|error| unwritable(&error))
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.0.write_all(bytes).map_err(|error| match error.kind() {
            ErrorKind::BrokenPipe => Failure::BrokenPipe,
            _ => unwritable(&error),
        })
    }
}

fn unwritable(error: &std::io::Error) -> Failure {
    Failure::new(format!("cannot write to standard output: {}", reason(error)))
}

/// When to use colours.
#[derive(Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Global flags about output.
#[derive(Default)]
struct Settings {
    color: Color,
    is_quiet: bool,
}

/// A static, because the streams are global too. It is set once, before anything but a usage error
/// is printed.
static SETTINGS: OnceLock<Settings> = OnceLock::new();

/// Sets the global flags about output.
pub(crate) fn set_up(color: Color, is_quiet: bool) {
    let _ = SETTINGS.set(Settings { color, is_quiet });
}

fn is_quiet() -> bool {
    SETTINGS.get().is_some_and(|settings| settings.is_quiet)
}

/// Whether standard output may be coloured.
pub(crate) fn colours() -> bool {
    is_coloured(&std::io::stdout())
}

/// Whether messages and questions on standard error may be coloured.
pub(crate) fn colours_messages() -> bool {
    is_coloured(&std::io::stderr())
}

/// Whether a stream is coloured, by the conventions in this order: `NO_COLOR` (no-color.org),
/// `CLICOLOR_FORCE` (bixense.com/clicolors), the kind of stream.
fn is_coloured(stream: &impl IsTerminal) -> bool {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    match SETTINGS.get().map(|settings| settings.color).unwrap_or_default() {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if set("NO_COLOR").is_some() => false,
        Color::Auto if set("CLICOLOR_FORCE").is_some_and(|value| value != "0") => true,
        Color::Auto if set("TERM").is_some_and(|term| term == "dumb") => false,
        Color::Auto => stream.is_terminal() && terminal::obeys_escapes(),
    }
}

/// Returns the columns of the terminal that standard output is; `None` if it is not a terminal.
fn columns() -> Option<usize> {
    /// On fewer columns wrapping does more harm than good.
    const FEWEST: usize = 20;
    let stdout = std::io::stdout();
    let columns = stdout.is_terminal().then(|| terminal::columns(&stdout)).flatten();
    columns.filter(|columns| *columns >= FEWEST)
}

/// Wraps a text to a number of columns; all lines but the first are indented by two.
fn wrapped(text: &str, columns: Option<usize>) -> String {
    let Some(columns) = columns else { return text.to_owned() };
    let (mut wrapped, mut width) = (String::new(), 0);
    for word in text.split(' ') {
        let length = word.chars().count();
        if width > 0 && width + 1 + length > columns {
            wrapped.push_str("\n  ");
            width = 2;
        } else if width > 0 {
            wrapped.push(' ');
            width += 1;
        }
        wrapped.push_str(word);
        width += length;
    }
    wrapped
}

/// Returns the findings for people, an empty line before each.
pub(crate) fn findings(findings: &[Finding]) -> String {
    findings.iter().map(|finding| paragraph(finding, &[])).collect()
}

/// Returns a finding for people after an empty line, with the lines that say where it was found.
pub(crate) fn paragraph(finding: &Finding, places: &[String]) -> String {
    let columns = columns();
    let severity = finding.code.severity();
    let message = format!("{} {}: {}", severity.name(), finding.code, visible(&finding.message));
    let message = wrapped(&message, columns);
    let rest = message.strip_prefix(severity.name()).unwrap_or_default();
    let mut text = format!("\n{}{rest}\n", painted(severity));
    // Writing to a string cannot fail.
    if let Some((digest, position)) = &finding.mark {
        // One column for each character, so that the mark is under the right one.
        let shown = digest.replace(is_invisible, "\u{fffd}");
        let _ = writeln!(text, "  {shown}\n  {}^", " ".repeat(*position));
    }
    for place in places {
        let _ = writeln!(text, "  {}", visible(place));
    }
    let columns = columns.map(|columns| columns - 2);
    let _ = writeln!(text, "  {}", wrapped(&finding.fix, columns));
    text
}

fn painted(severity: Severity) -> String {
    let (name, colour) = match severity {
        Severity::Error => ("error", 31),
        Severity::Warning => ("warning", 33),
        Severity::Note => ("note", 36),
    };
    if colours() { format!("\x1b[1;{colour}m{name}\x1b[0m") } else { name.to_owned() }
}

/// Prints one line on standard error. An error is ignored: there is no stream left to report it on.
pub(crate) fn message(kind: &str, text: &str) {
    let _ = say(kind, text);
}

/// Prints one line on standard error that is part of the result.
pub(crate) fn must_say(kind: &str, text: &str) -> Result<(), Failure> {
    refuse_closed_stderr()?;
    say(kind, text).map_err(|error| unsayable(&error))
}

/// Prints lines on standard error that are part of the result, without a label.
pub(crate) fn must_write(text: &str) -> Result<(), Failure> {
    refuse_closed_stderr()?;
    std::io::stderr().write_all(text.as_bytes()).map_err(|error| unsayable(&error))
}

fn refuse_closed_stderr() -> Result<(), Failure> {
    if streams::is_error_closed() {
        return Err(Failure::new("standard error is closed: a part of the result would be lost"));
    }
    Ok(())
}

fn unsayable(error: &std::io::Error) -> Failure {
    Failure::new(format!("cannot write to standard error: {}", reason(error)))
}

fn say(kind: &str, text: &str) -> std::io::Result<()> {
    let label = match kind {
        "error" => painted_in(31, "error:"),
        "warning" => painted_in(33, "warning:"),
        "hint" => painted_in(36, "hint:"),
        result => format!("{result}:"),
    };
    let line = format!("oidc-secret: {label} {}\n", visible(text));
    std::io::stderr().write_all(line.as_bytes())
}

fn painted_in(colour: u8, text: &str) -> String {
    if colours_messages() { format!("\x1b[1;{colour}m{text}\x1b[0m") } else { text.to_owned() }
}

/// Prints a warning: something is probably wrong, although it works.
pub(crate) fn warn(text: &str) {
    if !is_quiet() {
        message("warning", text);
    }
}

/// Prints a hint.
pub(crate) fn hint(text: &str) {
    if !is_quiet() {
        message("hint", text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_wrapped_between_words() {
        assert_eq!(wrapped("one two three four", Some(9)), "one two\n  three\n  four");
        assert_eq!(wrapped("incomprehensible x", Some(5)), "incomprehensible\n  x");
        assert_eq!(wrapped("one two", None), "one two");
    }
}
