//! Metadata of a file, with its identity and the number of its links (`GetFileInformationByHandle`).

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::os::windows::fs::OpenOptionsExt;
use std::path::Path;

use winapi_util::file::{Information, information};

/// Needed to open a folder.
const FILE_FLAG_BACKUP_SEMANTICS: u32 = 0x0200_0000;
/// Opens a symbolic link itself.
const FILE_FLAG_OPEN_REPARSE_POINT: u32 = 0x0020_0000;

pub(crate) struct Status {
    metadata: Metadata,
    information: Information,
}

impl Status {
    /// Looks at the file that a path leads to.
    pub(crate) fn of_target(path: &Path) -> io::Result<Self> {
        opened(path, FILE_FLAG_BACKUP_SEMANTICS)
    }

    /// Looks at what has this name, which may be a symbolic link.
    pub(crate) fn of_name(path: &Path) -> io::Result<Self> {
        opened(path, FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT)
    }

    /// Looks at an open file.
    pub(crate) fn of_file(file: &File) -> io::Result<Self> {
        Ok(Self { metadata: file.metadata()?, information: information(file)? })
    }

    pub(crate) fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// Number of hard links.
    pub(crate) fn links(&self) -> u64 {
        self.information.number_of_links()
    }

    /// Whether both are links to one file.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let identity =
            |of: &Self| (of.information.volume_serial_number(), of.information.file_index());
        identity(self) == identity(other)
    }
}

/// Opens a file without any access: that is enough to look at it, also while another process writes to it.
fn opened(path: &Path, flags: u32) -> io::Result<Status> {
    Status::of_file(&OpenOptions::new().access_mode(0).custom_flags(flags).open(path)?)
}
