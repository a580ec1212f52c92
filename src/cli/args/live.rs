//! The running provider.

use std::path::PathBuf;

use oidc_secret::live::Issuer;

/// The running provider.
#[derive(clap::Args)]
#[command(next_help_heading = "Running provider")]
pub(crate) struct LiveArgs {
    /// Ask the running provider at this URL about the client
    ///
    /// The URL is the provider's issuer, such as `https://auth.example.com`. The provider must have HTTPS,
    /// unless it is on this machine. The secret is sent to no other host and port. The proxy of
    /// the environment is used (`HTTPS_PROXY`, `NO_PROXY`).
    #[arg(long, value_name = "URL")]
    pub(crate) live: Option<Issuer>,
    /// Also check whether this redirect URI is registered
    ///
    /// It is compared with the configuration, and with --live the provider is asked, if it has pushed
    /// authorization requests.
    #[arg(long, value_name = "URI")]
    pub(crate) redirect_uri: Option<String>,
    /// Method with which the application authenticates
    ///
    /// Without it, the method is that of the configuration, or else `client_secret_basic`.
    #[arg(long, value_name = "METHOD", requires = "live", hide_short_help = true,
          value_parser = ["client_secret_basic", "client_secret_post", "none"])]
    pub(crate) auth_method: Option<String>,
    /// Trust the certificates in this PEM file instead of the system's
    #[arg(long, value_name = "PATH", requires = "live", hide_short_help = true)]
    pub(crate) ca_file: Option<PathBuf>,
}
