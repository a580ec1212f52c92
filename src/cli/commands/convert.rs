//! `convert`: rewrites a digest in another system's format.

use std::process::ExitCode;

use oidc_secret::is_invisible;
use oidc_secret::provider::{self, Provider};

use crate::cli::args::digest::{advise, write};
use crate::cli::args::digest_source::{DigestSource, SourcedDigest};
use crate::cli::args::values::{provider, user};
use crate::cli::failure::Failure;
use crate::cli::terminal::output::{Stdout, hint};

/// Rewrite a digest in another system's format
#[derive(clap::Args)]
#[command(after_long_help = "\
Accepts digests in the format of any of the systems: those of `oidc-secret verify`, with an LDAP \
scheme such as {CRYPT}, after a user's name and a colon, Django's, and the JSON of a Keycloak \
credential. A digest that is encoded in base64 as a whole is decoded.

Also accepts digests of other software that have all parameters of one of our formats: Werkzeug, \
ASP.NET Identity, Spring Security, Dovecot, Mosquitto, GRUB, Cisco IOS (types 8 and 9), \
qBittorrent, Atlassian, scrypt of crypt(3), and salts and keys in hex, base64url or padded base64. \
Other digests, such as those of WordPress, MySQL and PostgreSQL or a bare SHA-256, cannot be \
converted without the secret (exit code 2): make a new digest with `oidc-secret hash`.

A digest that the other system would not accept, or from which it would compute another key, is \
refused with the reason (exit code 2).

Examples:
  oidc-secret convert --for ldap '$pbkdf2-sha512$310000$...'
  oidc-secret convert --for authelia --digest-file credential.json
  oidc-secret convert --for authelia 'scrypt:32768:8:1$...'
  oidc-secret convert --for htpasswd --username admin '$2b$12$...'")]
pub(crate) struct ConvertArgs {
    #[command(flatten)]
    source: DigestSource,
    /// Target system
    #[arg(long = "for", value_name = "SYSTEM", value_parser = provider())]
    provider: Provider,
    /// User name of a line for htpasswd
    #[arg(long, value_name = "NAME", value_parser = user)]
    username: Option<String>,
}

pub(crate) fn run(args: &ConvertArgs) -> Result<ExitCode, Failure> {
    if args.username.is_some() && args.provider != Provider::Htpasswd {
        return Err(Failure::new("--username is for --for htpasswd"));
    }
    let SourcedDigest { text, place } = args.source.read()?;
    let (digest, _) =
        provider::read(&text).map_err(|error| args.source.malformed(&error.into()).at(&place))?;
    let name = args.username.as_deref().or(provider::name_in_front(&text));
    if name.is_some_and(|name| name.contains(is_invisible)) {
        return Err(Failure::new("the user's name has a control or an invisible character")
            .at(&place)
            .hint("give the name with --username"));
    }
    let converted = write(args.provider, &digest, name)?;
    if provider::is_ambiguous(&text) {
        hint(
            "the salt may be hex or text; check the secret against the result with `oidc-secret verify`",
        );
    }
    let mut stdout = Stdout::for_result()?;
    stdout.write(format!("{converted}\n").as_bytes())?;
    advise(args.provider);
    Ok(ExitCode::SUCCESS)
}
