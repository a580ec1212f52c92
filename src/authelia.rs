//! Authelia's configuration: the clients of `identity_providers.oidc.clients`.

mod anchor_names;
mod anchors;
mod chart;
mod client_entry;
mod client_keys;
mod configuration;
mod detection;
mod document;
pub mod edit;
mod embedded;
mod encryption;
mod endpoints;
mod entry;
pub(crate) mod error;
mod escapes;
mod expansion;
mod extra_config;
mod fields;
mod lines;
mod location;
mod old_breaks;
mod path;
mod portal;
mod scalar;
mod search;
mod sections;
mod source;
mod style;
pub(crate) mod template;
mod text;
mod top_level;
mod uri;
mod yaml_texts;

pub(crate) use client_entry::{ClientEntry, WrongType, is_duration};
pub(crate) use client_keys::{RENAMED, RESPONSES, names as client_keys, type_of};

pub use configuration::{ClientSecret, Configuration, effective};
pub use encryption::Encryption;
pub use endpoints::Endpoints;
pub(crate) use entry::needs_plaintext;
pub use entry::{NewEntry, Schema, Value, single_quoted};
pub use extra_config::ExtraConfig;
pub(crate) use fields::{Field, FieldValue, Fields};
pub use location::{Form, Location};
pub use portal::{Portal, portals};
pub use template::{
    ExpansionNote, ExpansionProblem, Filter, FilterError, Filters, Reference, Resolved, Source,
    TemplateError, TemplateProblem, Trim, Unresolved, authelia_variable, has_template, is_expanded,
    is_hidden_variable, is_reference, resolve_templates, starts_with_template,
};
pub(crate) use template::{is_template, is_variable, whole_reference};
pub(crate) use text::Text;
pub use top_level::is_misspelt_root;
pub(crate) use top_level::is_root;
pub(crate) use uri::Uri;
pub use uri::is_absolute_uri;
pub(crate) use yaml_texts::yaml_texts;
