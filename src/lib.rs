//! Client ids, secrets and digests for administrators of an OpenID Connect provider.
//!
//! An application that signs its users in at an OpenID Connect provider is a *client* there: it
//! has an id and a *secret*, and the provider's configuration holds the secret's *digest*. This
//! library makes all three, and checks a secret against a digest as the provider would.
//!
//! ```
//! use oidc_secret::{Alphabet, Charset, Digest, Limits, Secret, Verdict, verify};
//!
//! // A new secret of 72 characters: about 435 bits.
//! let text = Alphabet::from(Charset::Rfc3986).random(72)?;
//! assert_eq!(text.len(), 72);
//!
//! // The documentation's example.
//! let digest: Digest = "$pbkdf2-sha512$310000$c8p78n7pUMln0jzvd4aK4Q$JNRBzwAo0ek5qKn50cFzzvE9RXV\
//!     88h1wJn5KGiHrD0YKtZaR/nCb2CJPOsKaPK0hjf.9yHxzQGZziziccp6Yng".parse()?;
//! let secret = Secret::from("insecure_secret".to_owned());
//! assert_eq!(verify(&secret, &digest, &Limits::default())?, Verdict::Match);
//! # Ok::<(), oidc_secret::Error>(())
//! ```
//!
//! [`digest`] lists the formats. The library never prints, prompts or exits; the command line of
//! the same name is built on it (feature `cli`).

#![deny(unsafe_code)]

pub mod audit;
pub mod authelia;
pub mod catalogue;
mod client_id;
mod cost;
mod derive;
mod diagnose;
pub mod digest;
pub mod error;
pub mod finding;
mod hash;
mod inspect;
pub mod kernel;
mod line;
mod name;
pub mod provider;
pub mod random;
mod secret;
pub mod urlencoding;
mod verify;

pub use audit::audit;
pub use client_id::ClientId;
pub use cost::{Limits, estimate};
pub use diagnose::{Diagnosis, diagnose};
pub use digest::{Algorithm, Digest, Encoding, Parameters};
pub use error::Error;
pub use finding::{Code, Finding, Severity};
pub use hash::{hash, hash_many};
pub use inspect::{Inspection, inspect, recommendations, rejected_by_authelia, truncated_secret};
pub use kernel::Kernel;
pub use line::is_one_line;
pub use provider::Provider;
pub use random::{Alphabet, Charset};
pub use secret::Secret;
pub use verify::{Verdict, verify, verify_many};
/// The crate whose types hold secrets and wipe them.
pub use zeroize;
