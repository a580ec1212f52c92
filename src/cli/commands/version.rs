//! `--version`, and with `--verbose` the kernel in use.

use std::fmt::Write as _;
use std::process::ExitCode;

use oidc_secret::Kernel;
use oidc_secret::digest::pbkdf2::Prf;

use crate::cli::failure::Failure;
use crate::cli::terminal::output::Stdout;

/// Prints the version.
pub(crate) fn print(verbose: bool) -> Result<ExitCode, Failure> {
    let mut text = concat!("oidc-secret ", env!("CARGO_PKG_VERSION"), "\n").to_owned();
    if verbose {
        let kernel = Kernel::current();
        let available: Vec<_> = Kernel::available().into_iter().map(Kernel::name).collect();
        let (sha512, sha256) = (kernel.lanes(Prf::Sha512), kernel.lanes(Prf::Sha256));
        // Writing to a string cannot fail.
        let _ = writeln!(text, "kernel: {} (available: {})", kernel.name(), available.join(", "));
        let _ = writeln!(text, "lanes: {sha512} for SHA-512 and 384, {sha256} for SHA-256 and 224");
    }
    Stdout::for_result()?.write(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
