//! Output of new clients: standard output, and files for their secrets.

use zeroize::Zeroizing;

use super::args::NewArgs;
use super::created::{CreatedClient, Credentials, Format};
use crate::cli::failure::Failure;
use crate::cli::files::secret_file::Staged;
use crate::cli::terminal::output::{Stdout, must_say, must_write};

/// Writes the secret or the settings to a temporary file, if they go to a file.
pub(super) fn stage(args: &NewArgs, client: &CreatedClient) -> Result<Option<Staged>, Failure> {
    if let Some(path) = client.settings_file() {
        let mut text = Zeroizing::new(String::new());
        // Writing to a string cannot fail.
        let _ = client.settings(&mut text);
        return Staged::new(path.as_ref(), &text, args.force).map(Some);
    }
    let (Some(path), Some(credentials)) = (&client.secret_file, &client.credentials) else {
        return Ok(None);
    };
    Staged::new(path.as_ref(), &credentials.secret, args.force).map(Some)
}

pub(super) fn print(
    args: &NewArgs,
    client: &CreatedClient,
    is_first: bool,
    stdout: &mut Stdout,
) -> Result<(), Failure> {
    let text = client.render(args.format, is_first)?;
    // These formats leave out half of the client, which is nowhere else: printing it must not fail
    // silently.
    match (args.format, &client.credentials) {
        (format, Some(Credentials { secret, .. }))
            if format.is_for_provider() && client.secret_file.is_none() =>
        {
            must_say("secret", &format!("the client secret of {}: {}", client.id, **secret))?;
        }
        (Format::K8s, Some(Credentials { digest, .. })) if client.written.is_none() => {
            let to = args.digest.provider().title();
            must_say("digest", &format!("the digest of {} for {to}: {digest}", client.id))?;
        }
        (Format::Text, _) if client.settings_apart().is_some() => {
            let mut rest = Zeroizing::new(String::new());
            // Writing to a string cannot fail.
            let _ = client.both_sides(&mut rest, is_first);
            must_write(&rest)?;
        }
        _ => {}
    }
    stdout.write(&text)
}
