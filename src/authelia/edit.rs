//! The clients of a configuration, changed in its text: every byte that need not change stays.

mod clients;
mod description;
mod editor;
mod expected;
mod insertion;
mod mapping;
mod merge;
mod missing;
mod redact;
mod secret_place;

pub use description::ClientDescription;
pub use editor::parts::Merged;
pub use editor::{Edited, Editor, Placed};
pub use missing::{Kept, KeptValue};
pub use secret_place::SecretPlace;
