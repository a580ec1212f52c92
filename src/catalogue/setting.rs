//! Settings: a label and a value.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::line::is_one_line;

/// The value of a setting.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(untagged, expecting = "a setting is text or a list of texts")]
#[non_exhaustive]
pub enum Setting {
    /// Text, which may be that of a number or a truth value.
    Text(String),
    /// Several texts.
    List(Vec<String>),
}

impl Setting {
    /// Returns the texts: one, or those of the list.
    #[must_use]
    pub fn texts(&self) -> &[String] {
        match self {
            Self::Text(text) => std::slice::from_ref(text),
            Self::List(texts) => texts,
        }
    }
}

/// A setting with its placeholders replaced.
pub(super) struct ResolvedSetting {
    pub(super) label: String,
    /// One text, or those of a list.
    pub(super) texts: Zeroizing<Vec<String>>,
    pub(super) is_list: bool,
    /// Whether the texts are the catalogue's own, without any placeholder.
    pub(super) is_literal: bool,
}

/// A setting that a format cannot carry: its label and the reason.
#[derive(Debug)]
pub(super) struct Unrepresentable {
    pub(super) label: String,
    pub(super) why: &'static str,
}

impl ResolvedSetting {
    /// Returns the value in one line.
    pub(super) fn line(&self) -> Zeroizing<String> {
        Zeroizing::new(self.texts.join(if self.is_list { ", " } else { "" }))
    }

    pub(super) fn unrepresentable(&self, why: &'static str) -> Unrepresentable {
        Unrepresentable { label: self.label.clone(), why }
    }

    /// Whether a text is a number or a truth value, which is written without quotes.
    ///
    /// Only texts of the catalogue are: a secret of digits, or an input `true`, must stay text.
    pub(super) fn is_bare(&self, text: &str) -> bool {
        let is_number = || text.parse::<u32>().is_ok_and(|number| number.to_string() == text);
        self.is_literal && (text == "true" || text == "false" || is_number())
    }

    /// Returns the value in one line, with quoted texts and with brackets around a list.
    pub(super) fn quoted(&self, quote: impl Fn(&str) -> String) -> String {
        let texts = self.texts.iter();
        let texts = texts.map(|text| if self.is_bare(text) { text.clone() } else { quote(text) });
        let texts: Vec<_> = texts.collect();
        if self.is_list { format!("[{}]", texts.join(", ")) } else { texts.concat() }
    }

    /// Checks that the label and the value are single lines.
    pub(super) fn check(&self) -> Result<(), Unrepresentable> {
        /// A key of YAML may have 1024 characters with its quotes (YAML 1.2.2 §7.4.2).
        const MAX_LABEL: usize = 1000;
        if !self.texts.iter().all(|text| is_one_line(text)) {
            return Err(self.unrepresentable("its value has a control character or a line break"));
        }
        if !is_one_line(&self.label) || self.label.len() > MAX_LABEL {
            let why = "its name has a control character, a line break or more than 1000 bytes";
            return Err(Unrepresentable { label: self.label.chars().take(50).collect(), why });
        }
        Ok(())
    }
}

/// The reason for refusing the second of two settings that have the same place.
pub(super) const TAKEN: &str = "its place is taken by another setting";

/// Checks that no label is repeated: of two settings with one label a reader would lose one.
pub(super) fn ensure_unique(settings: &[ResolvedSetting]) -> Result<(), Unrepresentable> {
    let mut labels = BTreeSet::new();
    match settings.iter().find(|setting| !labels.insert(&*setting.label)) {
        Some(setting) => Err(setting.unrepresentable(TAKEN)),
        None => Ok(()),
    }
}

/// Writes each setting in a line of its own.
pub(super) fn lines(
    settings: &[ResolvedSetting],
    line: impl Fn(&ResolvedSetting) -> Result<String, &'static str>,
) -> Result<String, Unrepresentable> {
    let line = |setting: &ResolvedSetting| match line(setting) {
        Ok(text) => Ok(text + "\n"),
        Err(why) => Err(setting.unrepresentable(why)),
    };
    settings.iter().map(line).collect()
}
