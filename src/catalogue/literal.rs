//! Texts as literals of a syntax, quoted and escaped by its own rules.
//!
//! Every literal is one line: texts with line breaks and other control characters are refused before.

mod elixir;
mod plain;
mod single_quotes;
mod xml;

use super::format::SettingsFormat;
use super::shell;

/// Returns the literal of a text, or the reason why the syntax has none.
pub(super) fn literal(format: SettingsFormat, text: &str) -> Result<String, &'static str> {
    match format {
        SettingsFormat::Conf => plain::word(text),
        SettingsFormat::Elixir => Ok(elixir::literal(text)),
        SettingsFormat::Shell => Ok(shell::word(text)),
        SettingsFormat::Xml => Ok(xml::text(text)),
        _ => Ok(single_quotes::literal(text)),
    }
}
