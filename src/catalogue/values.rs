//! The values for an application's templates.

use std::collections::BTreeMap;

use super::url::Url;

/// Values for an application's templates.
///
/// Callers construct it, with `..Values::default()`, which `#[non_exhaustive]` would forbid.
#[derive(Debug, Clone, Default)]
pub struct Values {
    /// The application's URL.
    pub app: Option<Url>,
    /// Authelia's URL.
    pub authelia: Option<Url>,
    /// The values of the application's inputs, by name.
    pub inputs: BTreeMap<String, String>,
    /// The id of the first client, if it differs from the catalogue's.
    pub id: Option<String>,
    /// The name of the first client, if it differs from the catalogue's.
    pub name: Option<String>,
    /// The variant; without one it is the application's first.
    pub variant: Option<String>,
}
