//! Files that are not regular: devices, sockets, FIFOs. On Windows none of them is an entry of a folder.

use std::fs::FileType;

pub(crate) fn is_device(_: FileType) -> bool {
    false
}

pub(crate) fn is_socket(_: FileType) -> bool {
    false
}

pub(crate) fn is_fifo(_: FileType) -> bool {
    false
}
