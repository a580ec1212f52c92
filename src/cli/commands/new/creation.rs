//! `new --create`: whether the configuration of `--write` is to be created.

use std::io::ErrorKind;
use std::path::Path;

use super::args::NewArgs;
use crate::cli::failure::Failure;
use crate::cli::terminal::questions;

/// Whether the configuration is to be created.
///
/// # Errors
/// [`Failure`] if it does not exist, but is not wanted.
pub(super) fn is_created(path: &Path, args: &NewArgs) -> Result<bool, Failure> {
    let Err(error) = path.symlink_metadata() else { return Ok(false) };
    let refused = Failure::io("read", path, &error);
    if error.kind() != ErrorKind::NotFound || args.at.path().is_some() {
        return Err(refused);
    }
    let is_yaml = path.extension().is_some_and(|end| end == "yml" || end == "yaml");
    let asks = !args.no_input && !args.dry_run && questions::can_ask();
    let question = || questions::confirm(&format!("{} does not exist. Create it?", path.display()));
    if args.file.create && !is_yaml {
        let text = format!("{} cannot be created", path.display());
        return Err(Failure::new(text)
            .hint("Authelia reads YAML from files whose names end in .yml or .yaml"));
    }
    if args.file.create || (is_yaml && asks && question()?) {
        return Ok(true);
    }
    Err(refused.hint("add --create to create it"))
}
