//! The place of the clients in a file that has them elsewhere than Authelia's configuration.

/// The place of the list of clients.
#[derive(clap::Args)]
pub(crate) struct AtArgs {
    /// Path of the list of clients, if it is not found
    ///
    /// The keys from the top of the file, separated by dots: `authelia_oidc_clients`,
    /// `spec.values.configMap`, `data["configuration.yml"]`. The beginning of the path is enough. In a
    /// file of several YAML documents, `2:data` is in the second one.
    #[arg(long, hide_short_help = true, value_name = "PATH")]
    at: Option<String>,
}

impl AtArgs {
    /// Returns the path.
    pub(crate) fn path(&self) -> Option<&str> {
        self.at.as_deref()
    }
}
