//! The public half of a client: its id.

use std::fmt;
use std::str::FromStr;

use crate::error::{ClientIdError, Error};
use crate::random::is_unreserved;

/// A client id that the provider accepts: 1 to 100 unreserved characters (RFC 3986 §2.3).
///
/// ```
/// use oidc_secret::ClientId;
///
/// assert!("kasm".parse::<ClientId>().is_ok());
/// assert!("my app".parse::<ClientId>().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientId(String);

impl ClientId {
    /// The most characters that Authelia allows in a client id.
    pub const MAX_LENGTH: usize = 100;

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ClientId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if text.is_empty() {
            return Err(ClientIdError::Empty.into());
        }
        if let Some((index, character)) = text.chars().enumerate().find(|(_, c)| !is_unreserved(*c))
        {
            return Err(ClientIdError::Character { position: index + 1, character }.into());
        }
        if text.len() > Self::MAX_LENGTH {
            let (actual, max) = (text.len(), Self::MAX_LENGTH);
            return Err(ClientIdError::TooLong { actual, max }.into());
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
        assert_eq!("".parse::<ClientId>(), Err(ClientIdError::Empty.into()));
        let long = ClientIdError::TooLong { actual: 101, max: 100 };
        assert_eq!("x".repeat(101).parse::<ClientId>(), Err(long.into()));
        for (text, position, character) in [("a b", 2, ' '), ("é", 1, 'é'), ("ab/", 3, '/')] {
            let error = ClientIdError::Character { position, character };
            assert_eq!(text.parse::<ClientId>(), Err(error.into()));
        }
    }
}
