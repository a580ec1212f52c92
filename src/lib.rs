//! Client ids, secrets and digests for administrators of an OpenID Connect provider.
//!
//! An application that signs its users in at an OpenID Connect provider is a *client* there: it
//! has an id and a *secret*, and the provider's configuration holds the secret's *digest*. This
//! library makes all three, and checks a secret against a digest as the provider would.
//!
//! ```
//! use std::time::Duration;
//!
//! use oidc_secret::digest::ParameterName;
//! use oidc_secret::{
//!     Algorithm, ClientId, Digest, Limits, Parameters, Provider, Secret, Severity, Verdict, diagnose,
//!     hash, inspect, verify,
//! };
//!
//! // A new client. A secret of 72 characters has about 435 bits of entropy.
//! let (id, secret) = (ClientId::random()?, Secret::random(72)?);
//! assert_eq!(id.as_ref().len(), secret.expose().len());
//!
//! // Its digest, with an algorithm and a work factor by name.
//! let mut parameters = Parameters::try_from("pbkdf2-sha256".parse::<Algorithm>()?)?;
//! parameters.set(ParameterName::Iterations, 600_000)?;
//! let digest = hash(&secret, &parameters)?;
//!
//! // The same digest in the format of another system.
//! let hydra: Provider = "hydra".parse()?;
//! assert!(hydra.write(&digest)?.starts_with("$pbkdf2-sha256$i=600000,l=32$"));
//!
//! // A digest from a configuration is untrusted input: limits bound its cost.
//! let text = "$pbkdf2-sha512$310000$c8p78n7pUMln0jzvd4aK4Q$JNRBzwAo0ek5qKn50cFzzvE9RXV88h1wJn5KGi\
//!     HrD0YKtZaR/nCb2CJPOsKaPK0hjf.9yHxzQGZziziccp6Yng";
//! let limits = Limits { memory: 256 << 20, time: Duration::from_secs(30) };
//! let secret = Secret::from("insecure_secret".to_owned());
//! assert_eq!(verify(&secret, &text.parse::<Digest>()?, &limits)?, Verdict::Match);
//! assert_eq!(diagnose(&secret, text, &limits).verdict, Ok(Verdict::Match));
//!
//! // It is the example of Authelia's documentation, so everyone knows its secret.
//! assert_eq!(inspect(text)?.findings[0].code.severity(), Severity::Error);
//! # Ok::<(), oidc_secret::Error>(())
//! ```
//!
//! [`digest`] lists the formats. The library never prints, prompts or exits; the command line of
//! the same name is built on it (feature `cli`).

#![deny(unsafe_code)]

mod application_check;
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
mod invisible;
pub mod kernel;
mod line;
pub mod live;
pub mod log;
mod name;
pub mod provider;
pub mod random;
mod secret;
pub mod urlencoding;
mod verify;

pub use application_check::{ApplicationProblem, check_application};
pub use audit::audit;
pub use client_id::ClientId;
pub use cost::{Limits, estimate, estimate_many};
pub use diagnose::{
    Diagnosis, Effort, diagnose, diagnose_client, diagnose_secret, diagnose_with, equal_digests,
    matching_digests, place_of, redirect_mismatch, reserved_characters,
};
pub use digest::{Algorithm, Digest, Encoding, Parameters};
pub use error::Error;
pub use finding::{Code, Finding, Severity};
pub use hash::{hash, hash_many};
pub use inspect::{Inspection, inspect, recommendations, rejected_by_authelia, truncated_secret};
pub use invisible::{is_invisible, is_unsendable};
pub use kernel::Kernel;
pub use line::is_one_line;
pub use provider::Provider;
pub use random::{Alphabet, Charset};
pub use secret::Secret;
pub use verify::{Verdict, verify, verify_many};
/// The crate whose types hold secrets and wipe them.
pub use zeroize;
