//! Files that are not regular: devices, sockets, FIFOs.

use std::fs::FileType;
use std::os::unix::fs::FileTypeExt;

pub(crate) fn is_device(kind: FileType) -> bool {
    kind.is_char_device()
}

pub(crate) fn is_socket(kind: FileType) -> bool {
    kind.is_socket()
}

pub(crate) fn is_fifo(kind: FileType) -> bool {
    kind.is_fifo()
}
