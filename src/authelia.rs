//! Authelia's configuration: the clients of `identity_providers.oidc.clients`.

mod anchors;
mod configuration;
mod detection;
mod document;
pub mod edit;
mod encryption;
mod entry;
pub(crate) mod error;
mod path;
mod scalar;
mod template;

pub(crate) use configuration::{ClientEntry, Text};
pub use configuration::{ClientSecret, Configuration, clients};
pub use encryption::Encryption;
pub use entry::{NewEntry, Schema, Value, is_absolute_uri, single_quoted};
pub(crate) use entry::{has_scheme, needs_plaintext};
pub use template::{Reference, has_template, is_expanded, resolve_templates, starts_with_template};
pub(crate) use template::{is_reference, is_template, is_variable};
