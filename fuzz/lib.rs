//! The properties that the targets check; the tests of the main package check them too.

#[path = "../tests/fuzz/properties/mod.rs"]
pub mod properties;
