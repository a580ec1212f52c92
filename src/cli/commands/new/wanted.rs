//! Kind of secret that a new client needs.

/// Kind of secret that a client needs.
pub(super) enum WantedSecret {
    Random,
    /// The secret that is built into the application.
    Fixed(String),
    /// None: the client is public.
    None,
}

impl WantedSecret {
    /// Returns a text that settings contain instead of a secret that does not exist yet.
    pub(super) fn stand_in(&self) -> &str {
        match self {
            Self::Fixed(secret) => secret,
            Self::None => "",
            Self::Random => "x",
        }
    }
}

/// Returns the text that settings contain instead of a secret that is in a file.
pub(super) fn in_file(path: &str) -> String {
    format!("(in {path})")
}
