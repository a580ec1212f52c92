//! Files of other users. Windows has no folder like `/tmp`, in which every user may create files: each user has one
//! of their own.

use std::fs::Metadata;

pub(crate) fn foreign_owner(_: &Metadata, _: Option<&Metadata>) -> Option<u32> {
    None
}

pub(crate) fn foreign_owner_of_link(_: &Metadata, _: &Metadata) -> Option<u32> {
    None
}
