//! Settings that an application needs too, in formats that were not requested.

use oidc_secret::catalogue::SettingsFormat;

/// Settings of a step that are not printed, since other formats are requested.
#[derive(Clone)]
pub(super) struct Left {
    pub(super) name: String,
    pub(super) formats: Vec<SettingsFormat>,
}
