//! Output of new clients: standard output, and files for their secrets.

use std::path::Path;

use zeroize::Zeroizing;

use super::args::NewArgs;
use super::created::{CreatedClient, Credentials, Format};
use crate::cli::failure::Failure;
use crate::cli::files::replace::refuse_new_file;
use crate::cli::files::secret_file::{Batch, Staged};
use crate::cli::terminal::output::{Stdout, must_say, must_write, warn};

/// Writes what goes to files of its own to temporary files: the settings, the secret and the digest.
pub(super) fn stage(
    args: &NewArgs,
    client: &CreatedClient,
    files: &mut Batch,
) -> Result<(), Failure> {
    let contents = contents(args, client);
    for (index, (flag, path, _)) in contents.iter().enumerate() {
        let others = contents[..index].iter();
        let others = others.map(|(_, other, _)| (*flag, Path::new(other)));
        refuse_new_file(path.as_ref(), others)?;
    }
    for (_, path, text) in contents {
        files.add(Staged::new(path.as_ref(), &text, args.force)?);
    }
    Ok(())
}

/// Returns the flags of the files, with their paths and their contents.
fn contents<'c>(
    args: &NewArgs,
    client: &'c CreatedClient,
) -> Vec<(&'static str, &'c str, Zeroizing<String>)> {
    let mut contents = Vec::new();
    if let Some(path) = client.settings_file() {
        let mut text = Zeroizing::new(String::new());
        // Writing to a string cannot fail.
        let _ = client.settings(&mut text);
        contents.push(("--out", path, text));
    }
    let Some(Credentials { secret, digest, .. }) = &client.credentials else { return contents };
    if let Some(path) = &client.secret_file {
        contents.push(("--secret-out", path, secret.clone()));
    }
    if let Some(path) = &client.digest_file {
        let text = match args.format {
            Format::K8s => client.digest_manifest().unwrap_or_default(),
            _ => digest.clone(),
        };
        contents.push(("--digest-out", path, Zeroizing::new(text)));
    }
    contents
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
        (Format::Text, _) if client.settings_apart().is_some() => {
            let mut rest = Zeroizing::new(String::new());
            // Writing to a string cannot fail.
            let _ = client.both_sides(&mut rest, is_first);
            must_write(&rest)?;
        }
        _ => {}
    }
    if args.format == Format::Authelia && client.written.is_none() {
        name_parts(client);
    }
    stdout.write(&text)
}

/// Names what the entry needs elsewhere in the configuration, which a list of clients cannot have.
fn name_parts(client: &CreatedClient) {
    let application = client.application.as_ref();
    if application.is_some_and(|application| application.extra_config.is_some()) {
        warn(&format!(
            "the entry of {} needs more of the configuration than the list of clients: --format text prints \
             it, and --write adds it",
            client.id
        ));
    }
}
