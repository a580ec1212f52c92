//! Writes the pages to a folder in which `man` finds them.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use super::page::Page;
use crate::cli::failure::Failure;
use crate::cli::files::temporary::{Busy, Temporary};
use crate::cli::platform::permissions::make_public;

pub(super) fn install(pages: &[Page], folder: &Path) -> Result<(), Failure> {
    for page in pages {
        let folder = folder.join(format!("man{}", page.section));
        fs::create_dir_all(&folder).map_err(|error| Failure::io("create", &folder, &error))?;
        replace(&folder.join(page.file_name()), &page.text)?;
    }
    Ok(())
}

/// Replaces a file as a whole. A page that is written in place is partial when the disk is full.
fn replace(path: &Path, text: &str) -> Result<(), Failure> {
    let fail = |error: io::Error| Failure::io("write", path, &error);
    let mut temporary = Temporary::create(path, Busy::Fail)?;
    temporary.file.write_all(text.as_bytes()).map_err(fail)?;
    // Temporary files are private, but every user of the machine reads man pages.
    make_public(&temporary.file).map_err(fail)?;
    temporary.file.sync_all().map_err(fail)?;
    temporary.persist(path, true).map(drop).map_err(fail)
}
