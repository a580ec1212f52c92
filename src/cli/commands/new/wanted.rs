//! Kind of secret that a new client needs.

/// Kind of secret that a client needs.
pub(super) enum WantedSecret {
    Random,
    /// The secret that is built into the application.
    Fixed(String),
    /// None: the client is public.
    None,
}

/// Returns the text that settings contain instead of a secret that is in a file.
pub(super) fn in_file(path: &str) -> String {
    format!("(in {path})")
}
