//! Client ids: the public half of a client's credentials.

use std::fmt;
use std::str::FromStr;

use crate::random::{Alphabet, Charset, RandomError, is_unreserved};

/// A client id that the provider accepts: 1 to 100 unreserved characters (RFC 3986 §2.3).
///
/// ```
/// use oidc_secret::ClientId;
///
/// assert!("kasm".parse::<ClientId>().is_ok());
/// assert!("my app".parse::<ClientId>().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientId(String);

/// The error of parsing a client id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClientIdError {
    /// The client id is empty.
    #[error("the client id is empty")]
    Empty,
    /// The client id is longer than [`ClientId::MAX_LENGTH`].
    #[error("the client id has {actual} characters: at most {max} are allowed")]
    TooLong {
        /// The number of characters given.
        actual: usize,
        /// The provider's limit.
        max: usize,
    },
    /// A character that is not unreserved (RFC 3986 §2.3).
    #[error(
        "the client id has `{}` at position {position}: only A-Z a-z 0-9 - . _ ~ are allowed",
        character.escape_debug()
    )]
    Character {
        /// The character's position, counted from 1.
        position: usize,
        /// The offending character.
        character: char,
    },
}

impl ClientId {
    /// The maximum length of a client id, in characters (Authelia's limit).
    pub const MAX_LENGTH: usize = 100;

    /// Generates a client id of 72 unreserved characters, each equally likely: the length that
    /// the command line uses by default.
    ///
    /// ```
    /// use oidc_secret::ClientId;
    ///
    /// assert_eq!(ClientId::random()?.as_str().len(), 72);
    /// # Ok::<(), oidc_secret::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`RandomError`] if the system's generator fails.
    pub fn random() -> Result<Self, RandomError> {
        const LENGTH: usize = 72;
        Ok(Self(Alphabet::from(Charset::Rfc3986).random(LENGTH)?.to_string()))
    }

    /// Returns the id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for ClientId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ClientId {
    type Err = ClientIdError;

    fn from_str(text: &str) -> Result<Self, ClientIdError> {
        if text.is_empty() {
            return Err(ClientIdError::Empty);
        }
        if let Some((index, character)) = text.chars().enumerate().find(|(_, c)| !is_unreserved(*c))
        {
            return Err(ClientIdError::Character { position: index + 1, character });
        }
        if text.len() > Self::MAX_LENGTH {
            let (actual, max) = (text.len(), Self::MAX_LENGTH);
            return Err(ClientIdError::TooLong { actual, max });
        }
        Ok(Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_are_the_providers() {
        assert!("A-z.0_9~".parse::<ClientId>().is_ok());
        assert!("x".repeat(100).parse::<ClientId>().is_ok());
        assert_eq!("".parse::<ClientId>(), Err(ClientIdError::Empty));
        let long = ClientIdError::TooLong { actual: 101, max: 100 };
        assert_eq!("x".repeat(101).parse::<ClientId>(), Err(long));
        for (text, position, character) in [("a b", 2, ' '), ("é", 1, 'é'), ("ab/", 3, '/')] {
            let error = ClientIdError::Character { position, character };
            assert_eq!(text.parse::<ClientId>(), Err(error));
        }
    }
}
