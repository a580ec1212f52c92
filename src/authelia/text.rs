//! A text in a configuration, with its place.

use zeroize::Zeroizing;

use super::document::Node;
use super::scalar::{self, Plain};

/// A text in a configuration, with its place.
#[derive(Clone)]
pub(crate) struct Text {
    pub(crate) value: Zeroizing<String>,
    /// The line, counted from 1.
    pub(crate) line: u64,
    /// Whether it has no quotes and is not in a block.
    pub(crate) is_plain: bool,
}

impl Text {
    /// A text that is not a scalar of its own.
    pub(super) fn new(value: &str, line: u64) -> Self {
        Self { value: Zeroizing::new(value.to_owned()), line, is_plain: false }
    }

    /// The text of a value, with the line where the entry has it.
    pub(super) fn of(value: &Node, written: &Node) -> Option<Self> {
        Some(Self {
            value: Zeroizing::new(value.text()?.to_owned()),
            line: written.line() as u64,
            is_plain: value.is_plain(),
        })
    }

    /// The text that Authelia reads: it differs where YAML reads a plain scalar as a number.
    pub(crate) fn as_read(&self) -> String {
        let converted = scalar::converted(&self.value).filter(|_| self.is_plain);
        converted.unwrap_or_else(|| self.value.to_string())
    }

    /// Its type in YAML.
    pub(super) fn kind(&self) -> Plain {
        if self.is_plain { scalar::kind(&self.value) } else { Plain::Text }
    }

    /// A boolean, as Go's `strconv.ParseBool` reads it (ten words), an empty text, or a number.
    pub(crate) fn as_boolean(&self) -> Option<bool> {
        match &**self.value {
            "1" | "t" | "T" | "true" | "True" | "TRUE" => Some(true),
            "0" | "f" | "F" | "false" | "False" | "FALSE" | "" => Some(false),
            _ if self.kind() == Plain::Number => Some(self.as_read() != "0"),
            _ => None,
        }
    }
}
