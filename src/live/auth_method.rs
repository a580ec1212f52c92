//! Methods of client authentication that need nothing but a secret.

/// A method of client authentication (OpenID Connect Core 1.0 §9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AuthMethod {
    Basic,
    Post,
    None,
}

impl AuthMethod {
    /// Returns the method of a name. `None` for one that needs a key or a signature.
    pub(super) fn named(name: &str) -> Option<Self> {
        [Self::Basic, Self::Post, Self::None].into_iter().find(|method| method.name() == name)
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Basic => "client_secret_basic",
            Self::Post => "client_secret_post",
            Self::None => "none",
        }
    }

    /// Returns the other method that sends the secret.
    pub(super) const fn other(self) -> Self {
        match self {
            Self::Basic => Self::Post,
            Self::Post | Self::None => Self::Basic,
        }
    }
}
