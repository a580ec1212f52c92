//! Ids of new clients.

use oidc_secret::{Alphabet, ClientId};

use crate::cli::failure::Failure;

/// Source of ids.
pub(super) enum Ids<'a> {
    Chosen(&'a ClientId),
    Random { alphabet: Alphabet, length: usize },
}

impl<'a> Ids<'a> {
    pub(super) fn new(
        chosen: Option<&'a ClientId>,
        length: Option<u32>,
        alphabet: &Alphabet,
    ) -> Result<Self, Failure> {
        /// As long as a secret. A shorter id would save nothing.
        const LENGTH: u32 = 72;
        if let Some(id) = chosen {
            return Ok(Self::Chosen(id));
        }
        let alphabet = alphabet.unreserved().ok_or_else(|| {
            Failure::new("fewer than 2 of these characters are allowed in a client id")
                .hint("choose the id yourself with --id")
        })?;
        Ok(Self::Random { alphabet, length: length.unwrap_or(LENGTH) as usize })
    }

    pub(super) fn next(&self) -> Result<String, Failure> {
        Ok(match self {
            Self::Chosen(id) => id.to_string(),
            Self::Random { alphabet, length } => loop {
                // An id that begins with a hyphen is an option on a command line and a formula in a
                // spreadsheet. An alphabet has other characters, so that this ends.
                let id = alphabet.random(*length)?.to_string();
                if !id.starts_with('-') {
                    break id;
                }
            },
        })
    }

    /// Returns the entropy of a random id, in bits.
    pub(super) fn bits(&self) -> Option<f64> {
        match self {
            Self::Chosen(_) => None,
            Self::Random { alphabet, length } => Some(alphabet.entropy_bits(*length)),
        }
    }
}
