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
pub use template::{Reference, resolve_templates};
