//! `rotate`: new secrets for clients, and their digests in the configuration.

mod choice;
mod place;
mod rotated;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::ValueEnum;
use oidc_secret::{Parameters, Provider, Secret, hash_many};
use zeroize::Zeroizing;

use super::args::{CostArgs, write};
use super::failure::Failure;
use super::file::{Batch, Staged};
use super::output::{Stdout, hint};
use super::progress::Progress;
use super::random_secret::{RandomSecret, RandomSecretArgs};
use super::replace::Replacement;
use super::{diff, input, window};
use choice::{ChoiceArgs, Chosen};
use place::Place;
use rotated::Rotated;

/// Gives a client a new secret: changes the digest in Authelia's configuration, and nothing else
#[derive(clap::Args)]
#[command(after_long_help = "\
Writes the configuration with the new digest beside the old one, reads it again and verifies the secret \
against it, prints the secret or writes it to the file of --secret-out, and replaces the old \
configuration. Every other byte of the file stays, \
and so do its mode, owner, extended attributes and symbolic links to it. If anything fails nothing is changed, \
and the exit code is 2: a secret that was printed is then not in use.

The application needs the new secret, and Authelia a restart.

A digest that stands in a file of its own, as with `client_secret: {{ secret \"/path\" }}`, is replaced \
there, with --resolve.

--all gives new secrets to all clients that have one in the configuration itself, --older-format to \
those whose secret is plaintext, a digest of a format that new ones should not have, or one of less work \
than is usual for its algorithm; with --algorithm also to those of any other algorithm. The secrets go \
into the folder of --secret-out, each into a file with the client's id as its name. All are changed, or \
none.

With --format json a line for each client is printed: {\"version\": 1, \"client_id\", \"client_secret\", \
\"client_secret_file\", \"client_secret_digest\", \"entropy_bits\", \"file\", \"line\"}. Either \
client_secret or client_secret_file is null; client_secret_digest is null for a client whose method \
needs the secret itself.

Examples:
  oidc-secret rotate configuration.yml kasm
  oidc-secret rotate --dry-run configuration.yml kasm
  oidc-secret rotate --backup --secret-out kasm.secret configuration.yml kasm
  oidc-secret rotate --older-format --secret-out secrets configuration.yml")]
pub(crate) struct RotateArgs {
    /// Authelia's configuration
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    choice: ChoiceArgs,
    /// Change the file that {{ secret "PATH" }} names, on this machine
    #[arg(long, conflicts_with_all = ["all", "older_format"])]
    resolve: bool,
    #[command(flatten)]
    out: SecretOutArgs,
    /// Keep the old configuration as FILE.bak, which replaces an earlier one
    #[arg(long)]
    backup: bool,
    /// Show what would be changed, as a unified diff without secrets, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// What is printed
    #[arg(long, value_name = "FORM", default_value = "text", conflicts_with = "dry_run")]
    format: Format,
    #[command(flatten)]
    secret: RandomSecretArgs,
    #[command(flatten)]
    digest: CostArgs,
}

/// Where new secrets go.
#[derive(clap::Args)]
struct SecretOutArgs {
    /// Write the secret to this file, readable by the owner only; for several clients: to files in
    /// this folder
    #[arg(long, value_name = "FILE")]
    secret_out: Option<PathBuf>,
    /// Replace files of --secret-out that exist
    #[arg(long, requires = "secret_out")]
    force: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// The secret itself
    Text,
    /// One object a line
    Json,
}

pub(crate) fn run(args: &RotateArgs) -> Result<ExitCode, Failure> {
    let (parameters, random) = (args.digest.for_authelia()?, args.secret.checked()?);
    if args.choice.client.is_none() && args.out.secret_out.is_none() && !args.dry_run {
        return Err(Failure::new("the secrets of several clients go into a folder")
            .hint("add --secret-out FOLDER"));
    }
    let place = Place::find(&args.file, args.choice.client.as_deref(), args.resolve)?;
    if args.dry_run {
        let old = input::config_file(place.path())?;
        let rotated = rotated(args, &place, &old, &parameters, &random)?;
        return show(&place, &old, &place.replaced(&old, &rotated)?);
    }
    let mut replacement = Replacement::open(place.path())?;
    random.advise();
    args.digest.advise(&parameters);
    let rotated = rotated(args, &place, replacement.text(), &parameters, &random)?;
    if rotated.is_empty() {
        hint("there is no secret to rotate: nothing was changed");
        return Ok(ExitCode::SUCCESS);
    }
    replacement.stage(&place.replaced(replacement.text(), &rotated)?)?;
    let secrets: Vec<_> =
        rotated.iter().map(|c| (&*c.id, Secret::from(c.secret.to_string()))).collect();
    replacement.verify(&secrets, |text| place.digests(text))?;
    let own = [&*args.file];
    let secret_files = rotated.iter().filter_map(|client| client.secret_file.as_deref());
    replacement.refuse_own_files(secret_files, args.backup, &own)?;
    let files = stage(args, &rotated)?;
    // Once the folders are there the names may come to be the same.
    replacement.refuse_own_files(files.paths(), args.backup, &own)?;
    print(args, &place, &rotated, random.bits)?;
    replacement.commit(files, args.backup).map_err(|failure| match args.out.secret_out {
        Some(_) => failure,
        None => failure.at("the secret that was printed is not in use"),
    })?;
    announce(args, &place, &rotated);
    Ok(ExitCode::SUCCESS)
}

/// The clients that are to be rotated, with their new secrets.
fn rotated(
    args: &RotateArgs,
    place: &Place,
    text: &str,
    parameters: &Parameters,
    random: &RandomSecret,
) -> Result<Vec<Rotated>, Failure> {
    let chosen = match &args.choice.client {
        Some(client) => vec![place.chosen(text, client)?],
        None => args.choice.clients(text, place.path(), args.digest.algorithm, parameters)?,
    };
    let mut progress = Progress::new("clients", Some(chosen.len() as u64));
    let mut rotated = Vec::new();
    for some in chosen.chunks(window()) {
        let secrets = some.iter().map(|client| random.secret(client.needs_plaintext));
        let secrets = secrets.collect::<Result<Vec<_>, _>>()?;
        let hashed: Vec<Secret> = secrets.iter().map(|s| Secret::from(s.to_string())).collect();
        let digests = hash_many(&hashed, parameters)?;
        progress.add(some.len());
        for ((client, secret), digest) in some.iter().zip(secrets).zip(digests) {
            let Chosen { id, line, needs_plaintext } = client.clone();
            let value = Zeroizing::new(if needs_plaintext {
                format!("$plaintext${}", *secret)
            } else {
                write(Provider::Authelia, &digest, None)?
            });
            let secret_file = secret_file(args, &id);
            rotated.push(Rotated { id, line, secret, value, needs_plaintext, secret_file });
        }
    }
    Ok(rotated)
}

/// The file that the secret of a client goes to.
fn secret_file(args: &RotateArgs, id: &str) -> Option<PathBuf> {
    let path = args.out.secret_out.as_ref()?;
    Some(if args.choice.client.is_some() { path.clone() } else { path.join(id) })
}

fn show(place: &Place, old: &str, new: &str) -> Result<ExitCode, Failure> {
    let (old, new) = (place.concealed(old)?, place.concealed(new)?);
    Stdout::open()?.write(diff::unified(place.path(), &old, &new).as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// Writes the secrets beside the places of their files, if they go to files.
fn stage(args: &RotateArgs, rotated: &[Rotated]) -> Result<Batch, Failure> {
    let mut files = Batch::default();
    for client in rotated {
        if let Some(path) = &client.secret_file {
            files.add(Staged::new(path, &client.secret, args.out.force)?);
        }
    }
    Ok(files)
}

/// Prints the secrets, or where they are.
fn print(args: &RotateArgs, place: &Place, rotated: &[Rotated], bits: f64) -> Result<(), Failure> {
    let mut output = Zeroizing::new(Vec::new());
    for client in rotated {
        match args.format {
            Format::Json => output.extend(client.json(place.path(), bits)?),
            Format::Text if client.secret_file.is_some() => {}
            Format::Text => output.extend(format!("{}\n", *client.secret).into_bytes()),
        }
    }
    if output.is_empty() {
        return Ok(());
    }
    Stdout::for_result()?.write(&output).map_err(Failure::before_change)
}

/// Says what was done, and what is to be done.
fn announce(args: &RotateArgs, place: &Place, rotated: &[Rotated]) {
    let file = place.path().display();
    let (what, whose) = match rotated {
        [one] => (format!("line {}: the secret of {} is replaced", one.line, one.id), "it"),
        many => (format!("the secrets of {} clients are replaced", many.len()), "them"),
    };
    let place = match &args.out.secret_out {
        Some(path) => format!(", from {}", path.display()),
        None => String::new(),
    };
    let applications = if rotated.len() == 1 { "the application" } else { "the applications" };
    hint(&format!(
        "{file}, {what} and verified; give {whose} to {applications}{place}, and restart Authelia"
    ));
}
