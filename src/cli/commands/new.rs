//! `new`: creates clients.

mod application;
mod args;
mod claims;
mod client;
mod completion;
mod created;
mod creation;
mod entry_args;
mod from;
mod ids;
mod json_object;
mod kubernetes;
mod left;
mod methods;
mod output;
mod parts;
mod plain;
mod role;
mod selection;
mod side;
mod wanted;
mod write;

use std::process::ExitCode;

use oidc_secret::{Secret, hash_many};
use zeroize::Zeroizing;

pub(crate) use args::NewArgs;

use crate::cli::args::random_secret::RandomSecret;
use crate::cli::batch::batch_size;
use crate::cli::failure::Failure;
use crate::cli::files::secret_file::Batch;
use crate::cli::terminal::output::Stdout;
use crate::cli::terminal::progress::Progress;
use args::{refuse_combinations, refuse_lost_digest};
use client::NewClient;
use created::{CreatedClient, Format};
use ids::Ids;
use output::{print, stage};
use parts::merged;
use plain::{endpoints, name_application, redirect_uris};
use wanted::WantedSecret;
use write::Written;

pub(crate) fn run(args: &NewArgs) -> Result<ExitCode, Failure> {
    let parameters = args.digest.parameters()?;
    refuse_combinations(args)?;
    let random = args.secret.generator()?;
    let (mut prepared, count) = prepare(args, &random)?;
    if args.format == Format::Json && count > 1 {
        return Err(Failure::new(format!(
            "--format json prints one object, but there are {count} clients"
        ))
        .hint("use --format jsonl: one object per line"));
    }
    if args.format == Format::HelmExistingSecret && count > 1 {
        let text = "--format helm-existing-secret prints one client";
        return Err(Failure::new(text).hint("use --format helm, or run it for each client"));
    }
    let mut stdout = Stdout::for_result()?;
    let mut written = args.write.as_ref().map(|path| Written::open(path, args)).transpose()?;
    random.advise();
    args.digest.advise(&parameters);
    let mut progress = Progress::new("clients", Some(count));
    let mut is_first = true;
    loop {
        let batch: Vec<_> = prepared.by_ref().take(batch_size()).collect::<Result<_, _>>()?;
        if batch.is_empty() {
            break;
        }
        let secrets = batch.iter().filter_map(|(_, secret)| secret.as_ref());
        let hashed: Vec<Secret> = secrets.map(|secret| Secret::from(secret.to_string())).collect();
        progress.add(batch.len());
        let mut digests = hash_many(&hashed, &parameters)?.into_iter();
        for (client, secret) in batch {
            let digest = secret.as_ref().and_then(|_| digests.next());
            let client = client.finish(args, secret.zip(digest), random.bits)?;
            match &mut written {
                Some(written) => written.clients.push(client),
                None => hand_over(args, &client, is_first, &mut stdout)?,
            }
            is_first = false;
        }
    }
    drop(progress);
    written.map_or(Ok(()), |written| written.finish(args, &mut stdout))?;
    name_application(args);
    Ok(ExitCode::SUCCESS)
}

/// A client being created, with its secret.
type WithSecret = (NewClient, Option<Zeroizing<String>>);

/// Clients being created.
type Clients<'a> = Box<dyn Iterator<Item = Result<WithSecret, Failure>> + 'a>;

/// Returns the requested clients and their number.
fn prepare<'a>(args: &'a NewArgs, random: &'a RandomSecret) -> Result<(Clients<'a>, u64), Failure> {
    let alphabet = &random.alphabet;
    let mut clients = match (&args.from, &args.application.app) {
        (Some(path), _) => from::read(path, args, alphabet)?,
        (None, Some(slug)) => application::prepare(slug, args, alphabet)?,
        (None, None) => return plain(args, random),
    };
    // All secrets are generated before the first client is printed: if a secret is refused, nothing
    // may have been printed.
    if clients.iter().any(|client| !matches!(client.secret, WantedSecret::None)) {
        refuse_lost_digest(args)?;
    }
    if args.format.has_configuration() {
        let parts = merged(clients.iter().map(NewClient::extra_config))?;
        clients.iter_mut().take(1).for_each(|first| first.parts = parts.clone());
    }
    let clients = clients.into_iter().map(|client| client.with_secret(random, args));
    let clients = clients.collect::<Result<Vec<_>, _>>()?;
    let count = clients.len() as u64;
    Ok((Box::new(clients.into_iter().map(Ok)), count))
}

/// Returns clients of applications that are not in the catalogue.
fn plain<'a>(args: &'a NewArgs, random: &'a RandomSecret) -> Result<(Clients<'a>, u64), Failure> {
    let ids = Ids::new(args.id.as_ref(), args.id_length, &random.alphabet)?;
    if !args.entry.public {
        refuse_lost_digest(args)?;
    }
    let redirect_uris = redirect_uris(args)?;
    let endpoints = endpoints(args, &redirect_uris);
    let one = move |_| {
        let name = args.name.clone();
        let (id, bits) = (ids.next()?, ids.bits());
        NewClient::plain(id, bits, name, &args.entry, &redirect_uris, endpoints.clone())
            .with_secret(random, args)
    };
    Ok((Box::new((0..args.count).map(one)), args.count))
}

/// Prints the client, and writes the secret to its file if it has one.
fn hand_over(
    args: &NewArgs,
    client: &CreatedClient,
    is_first: bool,
    stdout: &mut Stdout,
) -> Result<(), Failure> {
    let mut files = Batch::default();
    stage(args, client, &mut files)?;
    print(args, client, is_first, stdout)?;
    // The files get their names only once what belongs to them has been printed.
    files.commit()
}
