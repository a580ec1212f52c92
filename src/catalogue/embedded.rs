//! The files of the folder `catalogue`, in the binary.

/// The slugs of the applications, sorted, and their files. `build.rs` lists the folder.
pub(super) const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/catalogue.rs"));
