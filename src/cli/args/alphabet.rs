//! The characters of random text.

use clap::Args;
use oidc_secret::error::AlphabetError;
use oidc_secret::{Alphabet, Charset};

use super::values::{parsed, with_values};

/// Characters of random text.
#[derive(Args)]
pub(crate) struct AlphabetArgs {
    /// Characters to use, by name
    #[arg(long, short = 'x', value_name = "NAME", default_value = "rfc3986", value_parser = charset(),
          hide_possible_values = true,
          long_help = with_values("Characters to use, by name", Charset::ALL.iter().map(|c| c.name())),
          conflicts_with = "characters")]
    charset: Charset,
    /// Characters to use; repeated ones count once
    #[arg(long, hide_short_help = true, value_name = "CHARACTERS", value_parser = alphabet, allow_hyphen_values = true)]
    characters: Option<Alphabet>,
}

impl AlphabetArgs {
    pub(crate) fn alphabet(&self) -> Alphabet {
        self.characters.clone().unwrap_or_else(|| self.charset.into())
    }
}

fn charset() -> impl clap::builder::TypedValueParser<Value = Charset> {
    parsed(Charset::ALL.iter().map(|charset| charset.name()))
}

fn alphabet(text: &str) -> Result<Alphabet, AlphabetError> {
    text.parse()
}
