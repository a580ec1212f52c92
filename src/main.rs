//! The command line of `oidc-secret`: parse, dispatch, exit code.

#![forbid(unsafe_code)]

mod cli;

use std::process::ExitCode;

/// Wipes every heap block when it is freed: also those of parsers and formatters that a secret
/// passes through on its way.
#[global_allocator]
static ALLOCATOR: zeroizing_alloc::ZeroAlloc<std::alloc::System> =
    zeroizing_alloc::ZeroAlloc(std::alloc::System);

fn main() -> ExitCode {
    cli::run()
}
