//! `rotate`: new secrets for clients, and their digests in the configuration.

mod choice;
mod place;
mod rotated;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ValueEnum;
use oidc_secret::authelia::edit::{Edited, Editor};
use oidc_secret::{Parameters, Provider, Secret, hash_many};
use zeroize::Zeroizing;

use super::args::{CostArgs, write};
use super::configuration::{explained, parsed, verify, verify_edit, verify_in, warn_of_document};
use super::failure::Failure;
use super::file::{Batch, Staged};
use super::output::{Stdout, hint};
use super::progress::Progress;
use super::random_secret::{RandomSecret, RandomSecretArgs};
use super::replace::{Replacement, regular_file};
use super::{diff, input, window};
use choice::{ChoiceArgs, Chosen};
use place::{DigestFile, Place};
use rotated::Rotated;

/// Replace a client's secret in an Authelia configuration
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

With --format json or jsonl an object for each client is printed: {\"version\": 1, \"client_id\", \"client_secret\", \
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
    /// Show the change as a diff without secrets, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text", conflicts_with = "dry_run")]
    format: Format,
    #[command(flatten)]
    secret: RandomSecretArgs,
    #[command(flatten)]
    digest: CostArgs,
}

/// Where new secrets go.
#[derive(clap::Args)]
struct SecretOutArgs {
    /// Write the secret to this file (mode 0600); for several clients, to files in this folder
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
    /// A JSON object, for one client
    Json,
    /// A JSON object a line
    Jsonl,
}

pub(crate) fn run(args: &RotateArgs) -> Result<ExitCode, Failure> {
    let new = New { parameters: args.digest.for_authelia()?, random: args.secret.checked()? };
    let client = args.choice.client.as_deref();
    if client.is_none() && args.out.secret_out.is_none() && !args.dry_run {
        return Err(Failure::new("the secrets of several clients go into a folder")
            .hint("add --secret-out FOLDER"));
    }
    if client.is_none() && args.format == Format::Json {
        return Err(Failure::new("--format json is one object, for one client")
            .hint("use --format jsonl, an object a line"));
    }
    regular_file(&args.file).map_err(|failure| match client {
        Some(client) if !args.file.exists() && Path::new(client).exists() => {
            failure.hint("the configuration comes first, and then the client's id")
        }
        _ => failure,
    })?;
    // Without a lock: nothing is changed, or another file, and the folder of the configuration need
    // not be writable then.
    if args.dry_run || args.resolve {
        let text = input::config_file(&args.file)?;
        let config = parsed(&text, &args.file)?;
        match Place::find(&config, &args.file, client, args.resolve)? {
            place if args.dry_run => return show(args, &config, &place, &new),
            Place::DigestFile(file) => return in_digest_file(args, &file, &new),
            Place::Configuration(_) => {}
        }
    }
    in_configuration(args, &new)
}

/// What new secrets and digests are made with.
struct New {
    parameters: Parameters,
    random: RandomSecret,
}

impl New {
    /// Says what is allowed and yet not good.
    fn advise(&self, args: &RotateArgs) {
        self.random.advise();
        args.digest.advise(&self.parameters);
    }
}

/// Changes the digests in the configuration, which is read once, and once again as it was written.
fn in_configuration(args: &RotateArgs, new: &New) -> Result<ExitCode, Failure> {
    let path = &args.file;
    let file = Replacement::open(path)?;
    let rotated = {
        let config = parsed(file.text(), path)?;
        let place = Place::find(&config, path, args.choice.client.as_deref(), false)?;
        new.advise(args);
        let rotated = rotated(args, &chosen(args, &config, &place, new)?, new)?;
        if rotated.is_empty() {
            return Ok(nothing_to_rotate());
        }
        warn_of_document(&config, path)?;
        let edited = replaced(&config, &rotated, path)?;
        file.stage(edited.text())?;
        let written = file.staged()?;
        verify_in(&verify_edit(&edited, &written, path)?, &secrets(&rotated))?;
        rotated
    };
    finish(args, path, file, &rotated, new.random.bits)
}

/// Changes the digest in a file of its own.
fn in_digest_file(
    args: &RotateArgs,
    place: &DigestFile<'_>,
    new: &New,
) -> Result<ExitCode, Failure> {
    let file = Replacement::open(&place.path)?;
    new.advise(args);
    let rotated = rotated(args, &[place.chosen()], new)?;
    let Some(one) = rotated.first() else { return Ok(nothing_to_rotate()) };
    file.stage(&place.replaced(file.text(), &one.value)?)?;
    let read = place.digest(&file.staged()?)?;
    verify(&secrets(&rotated), &HashMap::from([(one.id.clone(), read)]))?;
    finish(args, &place.path, file, &rotated, new.random.bits)
}

fn nothing_to_rotate() -> ExitCode {
    hint("there is no secret to rotate: nothing was changed");
    ExitCode::SUCCESS
}

/// Shows what would be changed.
fn show(
    args: &RotateArgs,
    config: &Editor<'_>,
    place: &Place<'_>,
    new: &New,
) -> Result<ExitCode, Failure> {
    let rotated = rotated(args, &chosen(args, config, place, new)?, new)?;
    let (path, old, new) = match place {
        Place::Configuration(_) => {
            let edited = replaced(config, &rotated, &args.file)?;
            let new = verify_edit(&edited, edited.text(), &args.file)?;
            (&args.file, config.redacted()?, new.redacted()?)
        }
        Place::DigestFile(file) => {
            let old = input::referenced_file(&file.path)?;
            let new = file.replaced(&old, rotated.first().map_or("", |client| &client.value))?;
            (&file.path, DigestFile::redacted(&old), DigestFile::redacted(&new))
        }
    };
    Stdout::open()?.write(diff::unified(path, &old, &new).as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// Puts the files in their places once the secrets are printed, and says what was done.
fn finish(
    args: &RotateArgs,
    path: &Path,
    file: Replacement,
    rotated: &[Rotated],
    bits: f64,
) -> Result<ExitCode, Failure> {
    let own = [&*args.file];
    let secret_files = rotated.iter().filter_map(|client| client.secret_file.as_deref());
    file.refuse_own_files(secret_files, args.backup, &own)?;
    let files = stage(args, rotated)?;
    // Once the folders are there the names may come to be the same.
    file.refuse_own_files(files.paths(), args.backup, &own)?;
    print(args, path, rotated, bits)?;
    file.commit(files, args.backup).map_err(|failure| match args.out.secret_out {
        Some(_) => failure,
        None => failure.at("the secret that was printed is not in use"),
    })?;
    announce(args, path, rotated);
    Ok(ExitCode::SUCCESS)
}

/// The configuration with the new digests.
fn replaced<'e>(
    config: &'e Editor<'_>,
    rotated: &[Rotated],
    path: &Path,
) -> Result<Edited<'e>, Failure> {
    let values: Vec<(&str, &str)> =
        rotated.iter().map(|client| (&*client.id, &**client.value)).collect();
    config.replace(&values).map_err(|error| explained(error, path))
}

/// The new secrets with the ids of their clients.
fn secrets(rotated: &[Rotated]) -> Vec<(&str, Secret)> {
    rotated.iter().map(|client| (&*client.id, Secret::from(client.secret.to_string()))).collect()
}

/// The clients that are to be rotated.
fn chosen(
    args: &RotateArgs,
    config: &Editor<'_>,
    place: &Place<'_>,
    new: &New,
) -> Result<Vec<Chosen>, Failure> {
    match place {
        Place::Configuration(Some(client)) => Ok(vec![client.clone()]),
        Place::DigestFile(file) => Ok(vec![file.chosen()]),
        Place::Configuration(None) => {
            args.choice.clients(config, &args.file, args.digest.algorithm, &new.parameters)
        }
    }
}

/// The clients that are to be rotated, with their new secrets.
fn rotated(args: &RotateArgs, chosen: &[Chosen], new: &New) -> Result<Vec<Rotated>, Failure> {
    let mut progress = Progress::new("clients", Some(chosen.len() as u64));
    let mut rotated = Vec::new();
    for some in chosen.chunks(window()) {
        let secrets = some.iter().map(|client| new.random.secret(client.needs_plaintext));
        let secrets = secrets.collect::<Result<Vec<_>, _>>()?;
        let hashed: Vec<Secret> = secrets.iter().map(|s| Secret::from(s.to_string())).collect();
        let digests = hash_many(&hashed, &new.parameters)?;
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
fn print(args: &RotateArgs, path: &Path, rotated: &[Rotated], bits: f64) -> Result<(), Failure> {
    let mut output = Zeroizing::new(Vec::new());
    for client in rotated {
        match args.format {
            Format::Json | Format::Jsonl => output.extend(client.json(path, bits)?),
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
fn announce(args: &RotateArgs, path: &Path, rotated: &[Rotated]) {
    let file = path.display();
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
