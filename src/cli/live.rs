//! `--live`: asks a running provider.

#[cfg(feature = "live")]
mod failure;
#[cfg(feature = "live")]
mod http;
#[cfg(feature = "live")]
mod limits;
#[cfg(feature = "live")]
mod proxy;

use oidc_secret::live::{Client, Report};

use crate::cli::args::live::LiveArgs;
use crate::cli::failure::Failure;

/// Asks the provider about a client; `None` if no provider is given.
#[cfg(feature = "live")]
pub(crate) fn ask(args: &LiveArgs, client: &Client<'_>) -> Result<Option<Report>, Failure> {
    let Some(issuer) = &args.live else { return Ok(None) };
    let http = http::Http::new(issuer.origin(), args.ca_file.as_deref())?;
    let client = Client {
        method: args.auth_method.as_deref().or(client.method),
        redirect_uri: args.redirect_uri.as_deref(),
        ..*client
    };
    oidc_secret::live::ask(issuer, &client, |request| http.send(request)).map(Some)
}

/// Refuses to ask. The flags exist without the feature too, so that the help and the man pages are the
/// same for each build.
#[cfg(not(feature = "live"))]
pub(crate) fn ask(args: &LiveArgs, _: &Client<'_>) -> Result<Option<Report>, Failure> {
    if args.live.is_none() {
        return Ok(None);
    }
    Err(Failure::new("this program was built without the feature `live`")
        .hint("build it with the default features"))
}
