//! Files that new secrets and digests are written to.

use std::path::{Path, PathBuf};

use clap::ArgGroup;

use super::rotated::Rotated;
use crate::cli::failure::Failure;
use crate::cli::files::replace::Replacement;
use crate::cli::files::secret_file::{Batch, Staged};

/// Destination of new secrets and digests.
#[derive(clap::Args)]
#[command(group(ArgGroup::new("out_file").args(["secret_out", "digest_out"]).multiple(true)))]
pub(super) struct OutArgs {
    /// Write the secret to this file (mode 0600); for several clients, to files in this folder
    #[arg(long, value_name = "FILE")]
    pub(super) secret_out: Option<PathBuf>,
    /// Write the digest to this file (mode 0600); for several clients, to files in this folder
    #[arg(long, value_name = "FILE")]
    pub(super) digest_out: Option<PathBuf>,
    /// Replace files of --secret-out and --digest-out that exist
    #[arg(long, requires = "out_file")]
    force: bool,
}

impl OutArgs {
    pub(super) fn check(&self) -> Result<(), Failure> {
        if self.digest_out.as_deref() == Some(Path::new("-")) {
            return Err(Failure::new("--digest-out: `-` is not the name of a file")
                .hint("--format json prints the digest; ./- is a file of this name"));
        }
        Ok(())
    }

    /// Writes the secrets and the digests to temporary files, as far as they go to files. None of these
    /// files may be the configuration, its backup or each other.
    pub(super) fn stage(
        &self,
        file: &Replacement,
        own: &Path,
        is_kept: bool,
        rotated: &[Rotated],
    ) -> Result<Batch, Failure> {
        let secrets = || {
            let files = rotated.iter().filter_map(|client| client.secret_file.as_deref());
            files.map(|path| ("--secret-out", path))
        };
        let digests = || {
            let files = rotated.iter().filter_map(|client| client.digest_file.as_deref());
            files.map(|path| ("--digest-out", path))
        };
        let refuse = || {
            let others: Vec<&Path> = secrets().map(|(_, path)| path).chain([own]).collect();
            file.refuse_own_files(secrets(), is_kept, &[own])?;
            file.refuse_own_files(digests(), is_kept, &others)
        };
        refuse()?;
        let mut files = Batch::default();
        for client in rotated {
            if let Some(path) = &client.secret_file {
                files.add(Staged::new(path, &client.secret, self.force)?);
            }
        }
        // The secrets come first, so that no digest is in its file before its secret is.
        for client in rotated {
            if let Some(path) = &client.digest_file {
                files.add(self.staged_digest(path, client)?);
            }
        }
        // The check is repeated, because two paths may be the same file once the missing folders exist.
        refuse()?;
        // The folder of the digests may have been created where a secret is to be, or the reverse.
        if let Some(path) = files.paths().find(|path| path.is_dir()) {
            let text = format!("{} is a folder for other files of this run", path.display());
            return Err(Failure::new(text).hint("choose another name"));
        }
        Ok(files)
    }

    /// Writes a digest without a line end: Authelia's `secret` drops one, but `fileContent` does not.
    fn staged_digest(&self, path: &Path, client: &Rotated) -> Result<Staged, Failure> {
        let staged = Staged::new(path, &client.value, self.force)?;
        // The same text was verified in the configuration.
        if *staged.contents()? == *client.value {
            return Ok(staged);
        }
        let text = format!("the digest of {} in the written file differs", client.id);
        Err(Failure::new(text).at(path.display()).hint("nothing was changed; check the disk"))
    }
}

/// Returns the file of a client: with several clients, the one of its id in the folder.
pub(super) fn file_of(out: Option<&PathBuf>, id: &str, is_several: bool) -> Option<PathBuf> {
    out.map(|path| if is_several { path.join(id) } else { path.clone() })
}
