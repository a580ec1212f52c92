//! Digests: parsing, printing, and the list of formats.
//!
#![doc = include_str!("../docs/formats.md")]
//!
//! Reading is as lenient as go-crypt, the library that Authelia reads its clients' digests with,
//! so that a verdict here is the verdict there; printing is canonical. PBKDF2 is also read and
//! written as a PHC string, `$pbkdf2-sha512$i=310000,l=64$SALT$KEY` in standard base64.

mod algorithm;
mod alphabet;
pub mod error;
mod fields;
mod formats;
mod go_syntax;
mod parameters;
mod parse;

pub use algorithm::Algorithm;
pub use error::{DeriveError, ParameterName, ParseError};
pub use fields::{Parameter, ParameterValue};
pub use formats::pbkdf2::Encoding;
pub use formats::*;
pub use parameters::Parameters;

pub(crate) use algorithm::pbkdf2_name;
pub(crate) use alphabet::Alphabet;
pub(crate) use fields::{DigestFields, Key};
