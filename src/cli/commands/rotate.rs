//! `rotate`: replaces secrets of clients, and their digests in the configuration.

mod announcement;
mod destination;
mod location;
mod out;
mod output;
mod rotated;
mod selected;
mod selection;
mod sheet;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use oidc_secret::authelia::edit::{Edited, Editor};
use oidc_secret::{Parameters, Provider, Secret, hash_many};
use zeroize::Zeroizing;

use crate::cli::args::at::AtArgs;
use crate::cli::args::digest::{CostArgs, write};
use crate::cli::args::random_secret::{RandomSecret, RandomSecretArgs};
use crate::cli::args::resolve::FileArgs;
use crate::cli::batch::batch_size;
use crate::cli::configuration::{
    edit_failure, no_clients, parsed, say_location, verify, verify_edit, verify_in, warn_of_unread,
};
use crate::cli::failure::Failure;
use crate::cli::file_kind::FileKind;
use crate::cli::files::diff;
use crate::cli::files::replace::{Replacement, regular_file};
use crate::cli::input;
use crate::cli::terminal::output::{Stdout, hint};
use crate::cli::terminal::progress::Progress;
use announcement::announce;
use destination::Destination;
use location::{DigestFile, DigestLocation};
use out::{OutArgs, file_of};
use output::{Format, print};
use rotated::Rotated;
use selected::Selected;
use selection::SelectionArgs;

/// Replace a client's secret in an Authelia configuration
#[derive(clap::Args)]
#[command(after_long_help = "\
Writes the configuration with the new digest to a temporary file, reads it again and verifies the \
secret against it, prints the secret or writes it to the file of --secret-out, and replaces the \
old configuration. Every other byte of the file is kept, and so are its mode, owner, extended \
attributes and symbolic links to it. If anything fails nothing is changed and the exit code is 2; \
a secret that was already printed is then not in use.

Afterwards set the new secret in the application, and restart Authelia.

With --resolve, a digest in a file of its own, as with `client_secret: {{ secret \"/path\" }}`, \
is replaced in that file.

The file may also be one that contains Authelia's configuration or its clients: values of its Helm \
chart, a ConfigMap or Secret of Kubernetes, a HelmRelease, an Argo CD application, a Compose file, \
or variables of Ansible. --at names the list of clients if it is not found.

Several ids rotate several clients. --all rotates all clients whose secrets are in the configuration \
itself. --older-format rotates those whose secret is plaintext, whose digest has an obsolete format, \
is truncated or costs less than the default of its algorithm, and with --algorithm also those of any \
other algorithm. The secrets are \
written to the folder of --secret-out, each to a file with the client's id as its name. All \
clients are changed, or none.

For several clients the output is a sheet without secrets: the application of each client, the file \
with its secret, and the setting of the application that it goes into, if the catalogue has the \
application. --format csv is the same as a table, with a row for each setting and these columns: client_id, \
client_name, application, redirect_host, place, file, format, setting, alternative, whole_value, \
client_secret_file, client_secret_digest_file, stored_as (digest or plaintext).

--digest-out also writes the new value of client_secret to a file, without a line end, for a \
configuration that reads it from another place.

With --format json or jsonl the output is an object for each client: {\"version\": 1, \
\"client_id\", \"client_name\", \"client_secret\", \"client_secret_file\", \
\"client_secret_digest\", \"client_secret_digest_file\", \"entropy_bits\", \"file\", \"line\", \
\"application\", \"redirect_host\", \"places\"}. Either client_secret or client_secret_file is null; \
client_secret_digest is null for a client whose authentication method needs the plaintext secret; \
application is null and places is empty if the catalogue does not have the application. A place is \
{\"name\", \"file\", \"format\", \"setting\", \"alternative\", \"whole_value\"}: an alternative is \
needed only instead of the place before it, and without whole_value the secret is a part of a longer \
value.

Examples:
  oidc-secret rotate configuration.yml kasm
  oidc-secret rotate --dry-run configuration.yml kasm
  oidc-secret rotate --secret-out secrets values.yaml kasm grafana
  oidc-secret rotate --backup --secret-out kasm.secret configuration.yml kasm
  oidc-secret rotate --older-format --secret-out secrets configuration.yml
  oidc-secret rotate --all --secret-out secrets --format csv configuration.yml > sheet.csv")]
pub(crate) struct RotateArgs {
    /// Authelia's configuration
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    selection: SelectionArgs,
    #[command(flatten)]
    at: AtArgs,
    #[command(flatten)]
    resolve: FileArgs,
    #[command(flatten)]
    out: OutArgs,
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

pub(crate) fn run(args: &RotateArgs) -> Result<ExitCode, Failure> {
    let new = New { parameters: args.digest.for_authelia()?, random: args.secret.generator()? };
    args.check()?;
    regular_file(&args.file).map_err(|failure| match &args.selection.client {
        Some(client) if !args.file.exists() && Path::new(client).exists() => {
            failure.hint("the configuration comes first, and then the client's id")
        }
        _ => failure,
    })?;
    // No lock is taken here: nothing is changed, or a different file is. So the folder of the
    // configuration need not be writable.
    if args.dry_run || args.resolve.is_on() {
        let text = input::config_file(&args.file)?;
        let config = args.parsed(&text)?;
        let client = args.selection.one(&config, &args.file)?;
        let resolve = Some(&args.resolve);
        match DigestLocation::find(&config, &args.file, client.as_deref(), resolve)? {
            place if args.dry_run => return show(args, &config, &place, &new),
            DigestLocation::DigestFile(file) => return in_digest_file(args, &file, &new),
            DigestLocation::Configuration(_) => {}
        }
    }
    in_configuration(args, &new)
}

impl RotateArgs {
    /// Refuses flags that do not fit together.
    fn check(&self) -> Result<(), Failure> {
        let (is_several, has_file) =
            (self.selection.is_several(), self.out.secret_out.is_some() || self.dry_run);
        if is_several && !has_file {
            return Err(Failure::new("the secrets of several clients go into a folder")
                .hint("add --secret-out FOLDER"));
        }
        if !has_file && self.format == Format::Csv {
            return Err(Failure::new("--format csv does not print the secret")
                .hint("add --secret-out FILE, or use --format json"));
        }
        if is_several && self.format == Format::Json {
            let text = "--format json prints one object, but there are several clients";
            return Err(Failure::new(text).hint("use --format jsonl: one object per line"));
        }
        if is_several && self.resolve.is_on() {
            return Err(Failure::new("--resolve is for one client").hint("rotate each by itself"));
        }
        self.out.check()
    }

    /// Parses the configuration, which must have clients.
    fn parsed<'t>(&self, text: &'t str) -> Result<Editor<'t>, Failure> {
        let config = parsed(text, &self.file, self.at.path())?;
        if config.has_clients().map_err(|error| edit_failure(error, &self.file))? {
            say_location(config.location(), &self.file);
            return Ok(config);
        }
        Err(no_clients(&self.file.display().to_string(), FileKind::guess(text)))
    }
}

/// Parameters of new digests and generator of new secrets.
struct New {
    parameters: Parameters,
    random: RandomSecret,
}

impl New {
    /// Warns of what is allowed but weak or slow.
    fn advise(&self, args: &RotateArgs) {
        self.random.advise();
        args.digest.advise(&self.parameters);
    }
}

/// Replaces the digests in the configuration. It is parsed once before the change and once after
/// it.
fn in_configuration(args: &RotateArgs, new: &New) -> Result<ExitCode, Failure> {
    let path = &args.file;
    let file = Replacement::open(path)?;
    let (rotated, is_own) = {
        let config = args.parsed(file.text())?;
        let client = args.selection.one(&config, path)?;
        let place = DigestLocation::find(&config, path, client.as_deref(), None)?;
        new.advise(args);
        let rotated = rotated(args, &config, &selected(args, &config, &place, new)?, new)?;
        if rotated.is_empty() {
            return Ok(nothing_to_rotate());
        }
        warn_of_unread(&config, path)?;
        let edited = replaced(&config, &rotated, path)?;
        file.stage(edited.text())?;
        let written = file.staged()?;
        verify_in(&verify_edit(&edited, &written, path)?, &secrets(&rotated))?;
        (rotated, config.location().is_own())
    };
    finish(args, path, file, &rotated, new.random.bits)?;
    announce(path, &args.out, args.selection.is_several(), &rotated, is_own);
    Ok(ExitCode::SUCCESS)
}

/// Replaces the digest in a file of its own.
fn in_digest_file(
    args: &RotateArgs,
    place: &DigestFile<'_>,
    new: &New,
) -> Result<ExitCode, Failure> {
    let file = Replacement::open(&place.path)?;
    new.advise(args);
    let rotated = rotated(args, place.config, &[place.selected()], new)?;
    let Some(one) = rotated.first() else { return Ok(nothing_to_rotate()) };
    file.stage(&place.replaced(file.text(), &one.value)?)?;
    let read = place.digest(&file.staged()?)?;
    verify(&secrets(&rotated), &HashMap::from([(one.id.clone(), read)]))?;
    finish(args, &place.path, file, &rotated, new.random.bits)?;
    announce(&place.path, &args.out, false, &rotated, true);
    Ok(ExitCode::SUCCESS)
}

fn nothing_to_rotate() -> ExitCode {
    hint("there is no secret to rotate: nothing was changed");
    ExitCode::SUCCESS
}

/// Prints the change as a diff.
fn show(
    args: &RotateArgs,
    config: &Editor<'_>,
    place: &DigestLocation<'_>,
    new: &New,
) -> Result<ExitCode, Failure> {
    let rotated = rotated(args, config, &selected(args, config, place, new)?, new)?;
    if rotated.is_empty() {
        return Ok(nothing_to_rotate());
    }
    let (path, old, new) = match place {
        DigestLocation::Configuration(_) => {
            let edited = replaced(config, &rotated, &args.file)?;
            let new = verify_edit(&edited, edited.text(), &args.file)?;
            (&args.file, config.redacted(), new.redacted())
        }
        DigestLocation::DigestFile(file) => {
            let old = input::referenced_file(&file.path)?;
            let new = file.replaced(&old, rotated.first().map_or("", |client| &client.value))?;
            (&file.path, DigestFile::redacted(&old), DigestFile::redacted(&new))
        }
    };
    Stdout::open()?.write(diff::unified(path, &old, &new).as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// Prints the secrets, and commits the files.
fn finish(
    args: &RotateArgs,
    path: &Path,
    file: Replacement,
    rotated: &[Rotated],
    bits: f64,
) -> Result<(), Failure> {
    let files = args.out.stage(&file, &args.file, args.backup, rotated)?;
    print(args.format, args.selection.is_several(), path, rotated, bits)?;
    file.commit(files, args.backup).map_err(|failure| match args.out.secret_out {
        Some(_) => failure,
        None => failure.at("the secret that was printed is not in use"),
    })?;
    Ok(())
}

/// Returns the configuration with the new digests.
fn replaced<'e>(
    config: &'e Editor<'_>,
    rotated: &[Rotated],
    path: &Path,
) -> Result<Edited<'e>, Failure> {
    let values: Vec<(&str, &str)> =
        rotated.iter().map(|client| (&*client.id, &**client.value)).collect();
    config.replace(&values).map_err(|error| edit_failure(error, path))
}

/// Returns the new secrets with the ids of their clients.
fn secrets(rotated: &[Rotated]) -> Vec<(&str, Secret)> {
    rotated.iter().map(|client| (&*client.id, Secret::from(client.secret.to_string()))).collect()
}

/// Returns the clients to rotate.
fn selected(
    args: &RotateArgs,
    config: &Editor<'_>,
    place: &DigestLocation<'_>,
    new: &New,
) -> Result<Vec<Selected>, Failure> {
    match place {
        DigestLocation::Configuration(Some(client)) => Ok(vec![client.clone()]),
        DigestLocation::DigestFile(file) => Ok(vec![file.selected()]),
        DigestLocation::Configuration(None) => {
            args.selection.clients(config, &args.file, args.digest.algorithm, &new.parameters)
        }
    }
}

/// Generates the new secrets and digests of the clients to rotate.
fn rotated(
    args: &RotateArgs,
    config: &Editor<'_>,
    chosen: &[Selected],
    new: &New,
) -> Result<Vec<Rotated>, Failure> {
    let ids: Vec<&str> = chosen.iter().map(|client| &*client.id).collect();
    let mut destinations = Destination::all(config, &ids)?;
    let file = |out: &Option<_>, id: &str| file_of(out.as_ref(), id, args.selection.is_several());
    let mut progress = Progress::new("clients", Some(chosen.len() as u64));
    let mut rotated = Vec::new();
    for some in chosen.chunks(batch_size()) {
        let secrets = some.iter().map(|client| new.random.secret(client.needs_plaintext));
        let secrets = secrets.collect::<Result<Vec<_>, _>>()?;
        let hashed: Vec<Secret> = secrets.iter().map(|s| Secret::from(s.to_string())).collect();
        let digests = hash_many(&hashed, &new.parameters)?;
        progress.add(some.len());
        for ((client, secret), digest) in some.iter().zip(secrets).zip(digests) {
            let Selected { id, line, needs_plaintext } = client.clone();
            let value = Zeroizing::new(if needs_plaintext {
                format!("$plaintext${}", *secret)
            } else {
                write(Provider::Authelia, &digest, None)?
            });
            let secret_file = file(&args.out.secret_out, &id);
            let digest_file = file(&args.out.digest_out, &id);
            let destination = destinations.remove(&id).unwrap_or_default();
            rotated.push(Rotated {
                id,
                line,
                secret,
                value,
                needs_plaintext,
                secret_file,
                digest_file,
                destination,
            });
        }
    }
    Ok(rotated)
}
