//! Limits on the cost of a digest.

use std::time::Duration;

use oidc_secret::Limits;

use crate::cli::args::values::{duration, kibibytes};

/// Limits on the cost of a digest, which may come from anywhere.
#[derive(clap::Args)]
#[command(next_help_heading = "Limits")]
pub(crate) struct LimitArgs {
    /// Maximum memory that a digest may need
    #[arg(long, value_name = "SIZE", default_value = "2GiB", value_parser = kibibytes)]
    max_memory: u64,
    /// Maximum time that a digest may take, as estimated on this machine
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = duration)]
    max_time: Duration,
}

impl From<&LimitArgs> for Limits {
    fn from(args: &LimitArgs) -> Self {
        Self { memory: args.max_memory.saturating_mul(1024), time: args.max_time }
    }
}
