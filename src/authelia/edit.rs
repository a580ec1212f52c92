//! The clients of a configuration, changed in its text: every byte that need not change stays.

mod clients;
mod editor;
mod expected;
mod insertion;
mod mapping;
mod merge;
mod missing;
mod redact;
mod secret_place;

pub use editor::{Edited, Editor, Merged, Placed};
pub use missing::{Kept, KeptValue};
pub use secret_place::SecretPlace;
