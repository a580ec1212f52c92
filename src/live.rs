//! A running provider: whether it accepts a client's secret, redirect URI and scopes.
//!
//! The only proof that a provider runs with a configuration is its own answer. [`ask`] sends its
//! discovery request, at most two token requests with a random code, and at most one pushed
//! authorization request. A random code is never valid, so no token is issued: RFC 6749 §3.2.1
//! requires a client to be authenticated, and its errors tell whether it was. The grant
//! `client_credentials` would also tell it, but issues a token.
//!
//! The module does no network I/O itself: the caller sends each [`Request`] and returns the [`Answer`].

mod answer;
mod ask;
mod auth_method;
mod client;
mod discovery;
pub(crate) mod error;
mod issuer;
mod oauth_error;
mod origin;
mod pushed;
mod report;
mod request;
mod timing;
mod token;
mod unclear;

pub use answer::Answer;
pub use ask::ask;
pub use client::Client;
pub use error::IssuerError;
pub use issuer::Issuer;
pub use origin::Origin;
pub use report::{Report, RequestStatus, SecretStatus};
pub use request::Request;
