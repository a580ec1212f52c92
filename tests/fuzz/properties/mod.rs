//! Properties that hold for any input, one function a file. Each takes an input and panics if its property
//! does not hold.
//!
//! `tests/fuzz` calls them on inputs that are structured, `fuzz` on those that a fuzzer finds.

mod catalogue;
mod diagnose;
mod dialects;
mod digest;
mod edit;
mod libyaml;
mod limits;
mod log;
mod redaction;
mod template;
mod yaml;

pub use catalogue::catalogue;
pub use diagnose::diagnose;
pub use dialects::dialects;
pub use digest::digest;
pub use edit::edit;
pub use limits::limits;
pub use log::log;
pub use redaction::redaction;
pub use template::template;
pub use yaml::yaml;

/// A digest that no input has.
const DIGEST: &str = "$argon2id$v=19$m=64,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$hxU6gloNNiPCsDfNWna83gElJRcouTV/+wfEMVR+X7o";

/// A secret that no input has.
const SECRET: &str = "hunter2-hunter2";
