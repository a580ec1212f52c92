//! The filters that Authelia changes the text of a configuration with before it reads the YAML.

use std::fmt;
use std::str::FromStr;

/// One of Authelia's filters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Filter {
    /// `template`: `{{ … }}`.
    Template,
    /// `expand-env`: `${NAME}`, `$NAME` and `$$`.
    ExpandEnv,
}

/// The name in Authelia's settings.
impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Template => "template",
            Self::ExpandEnv => "expand-env",
        })
    }
}

/// The filters that Authelia runs with, in order, if that is known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filters(Option<Vec<Filter>>);

impl Filters {
    /// Filters that are not known: a template is then taken for one.
    pub const UNKNOWN: Self = Self(None);

    /// Whether a filter is on; `None` if that is not known.
    #[must_use]
    pub fn has(&self, filter: Filter) -> Option<bool> {
        Some(self.0.as_ref()?.contains(&filter))
    }

    /// The filters in order, if they are known.
    #[must_use]
    pub fn known(&self) -> Option<&[Filter]> {
        self.0.as_deref()
    }
}

/// The reason why a text is not a list of filters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FilterError {
    /// Authelia has no such filter.
    #[error("unknown filter `{0}`; the filters are template and expand-env")]
    Unknown(String),
    /// Authelia refuses a filter that is in the list twice.
    #[error("the filter {0} is in the list twice")]
    Repeated(String),
}

/// Parses names with commas between them, as in `X_AUTHELIA_CONFIG_FILTERS`. An empty text is no
/// filter at all.
impl FromStr for Filters {
    type Err = FilterError;

    fn from_str(list: &str) -> Result<Self, FilterError> {
        let mut filters = Vec::new();
        for name in list.split(',').map(str::trim).filter(|_| !list.trim().is_empty()) {
            let filter = match &*name.to_lowercase() {
                "template" => Filter::Template,
                "expand-env" => Filter::ExpandEnv,
                _ => return Err(FilterError::Unknown(name.to_owned())),
            };
            if filters.contains(&filter) {
                return Err(FilterError::Repeated(name.to_owned()));
            }
            filters.push(filter);
        }
        Ok(Self(Some(filters)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_known_once_they_are_listed() {
        assert_eq!(Filters::UNKNOWN.has(Filter::Template), None);
        let none: Filters = "".parse().unwrap();
        assert_eq!(none.has(Filter::Template), Some(false));
        let both: Filters = "expand-env, Template".parse().unwrap();
        assert_eq!(both.known(), Some(&[Filter::ExpandEnv, Filter::Template][..]));
        for wrong in ["jinja", "template,", "template,template"] {
            assert!(wrong.parse::<Filters>().is_err(), "{wrong}");
        }
    }
}
