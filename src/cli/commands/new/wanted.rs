//! The secret that a new client is to have.

/// The secret that a client is to have.
pub(super) enum WantedSecret {
    Random,
    /// The one that is built into the application.
    Fixed(String),
    /// None: the client is public.
    None,
}

/// The text that settings have instead of a secret in a file.
pub(super) fn in_file(path: &str) -> String {
    format!("(in {path})")
}
