//! `new`: a client's id, secret and digest.

mod application;
mod from;
mod prepared;
mod write;

use std::path::PathBuf;
use std::process::ExitCode;

use oidc_secret::authelia::{Schema, is_absolute_uri};
use oidc_secret::{ClientId, Provider, Secret, hash_many, is_one_line};
use zeroize::Zeroizing;

use super::args::{DigestArgs, schema};
use super::client::{Client, Credentials, Format};
use super::failure::Failure;
use super::file::Staged;
use super::output::{self, Stdout};
use super::progress::Progress;
use super::random_secret::{RandomSecret, RandomSecretArgs};
use super::visible::is_invisible;
use super::window;
use application::ApplicationArgs;
use prepared::{Ids, Prepared};
use write::Written;

/// Create a client: id, secret and digest
#[derive(clap::Args)]
#[command(
    after_help = "\
Examples:
  oidc-secret new kasm
  oidc-secret new kasm --redirect-uri https://kasm.example.com/cb --write configuration.yml
  oidc-secret new --app kasm-workspaces --app-url https://kasm.example.com \
--authelia-url https://auth.example.com",
    after_long_help = "\
The id goes to the application and the provider, the secret to the application only, the digest \
to the provider only.

Formats:
  text      for people
  json      {\"version\": 1, \"client_id\", \"client_name\", \"client_secret\", \
\"client_secret_digest\", \"entropy_bits\"}, for one client; with jsonl a line for each
  authelia  an item for identity_providers.oidc.clients; the secret goes to standard error
  k8s       a Kubernetes Secret with client_id and client_secret, for the application
  env       OIDC_CLIENT_ID, OIDC_CLIENT_NAME, OIDC_CLIENT_SECRET, OIDC_CLIENT_SECRET_DIGEST, \
quoted for a shell
  csv       client_id,client_name,client_secret,client_secret_digest,entropy_bits

With --app the provider's entry and the application's settings are printed, as the catalogue has them \
(see `oidc-secret apps`); in json there are also \"authelia\", the entry, and \"application\": {\"name\", \
\"note\", \"also\", \"methods\": [{\"name\", \"kind\", \"file\", \"settings\": [[LABEL, VALUE]]}]}. A public \
client has no secret, and no digest.

With --secret-out the secret is in that file only, and the output names the file instead: in \
json client_secret is null and client_secret_file is the path, in env the variable is \
OIDC_CLIENT_SECRET_FILE, in csv the field is empty.

Examples:
  oidc-secret new kasm
  oidc-secret new kasm --id kasm --format authelia --secret-out kasm.secret
  oidc-secret new kasm --redirect-uri https://kasm.example.com/cb --write configuration.yml
  oidc-secret new --count 20 --format csv > clients.csv
  oidc-secret new --app kasm-workspaces --app-url https://kasm.example.com \
--authelia-url https://auth.example.com --write configuration.yml
  oidc-secret new --from clients.csv --format jsonl > clients.jsonl"
)]
pub(crate) struct NewArgs {
    /// Name that the provider shows to people
    #[arg(value_name = "NAME", value_parser = one_line)]
    name: Option<String>,
    /// Redirect URI of the application (repeatable)
    #[arg(long, value_name = "URI", value_parser = redirect_uri, conflicts_with = "app")]
    redirect_uri: Vec<String>,
    /// Client id instead of a random one: 1 to 100 of A-Z a-z 0-9 - . _ ~
    #[arg(long, value_name = "ID", value_parser = client_id, allow_hyphen_values = true,
          conflicts_with_all = ["id_length", "count"])]
    id: Option<ClientId>,
    /// Length of the random id [default: 72; with --app the catalogue's id]
    #[arg(long, hide_short_help = true, value_name = "N",
          value_parser = clap::value_parser!(u32).range(1..=ClientId::MAX_LENGTH as i64))]
    id_length: Option<u32>,
    #[command(flatten)]
    secret: RandomSecretArgs,
    /// Number of clients
    #[arg(long, short, value_name = "N", default_value_t = 1,
          value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    count: u64,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Write the secret to this file (mode 0600) instead of printing it
    #[arg(long, value_name = "FILE", conflicts_with = "count", value_parser = one_line)]
    secret_out: Option<String>,
    /// Replace the file of --secret-out if it exists
    #[arg(long, hide_short_help = true, requires = "secret_out")]
    force: bool,
    /// Create the clients listed in a .csv or .jsonl file
    ///
    /// The columns or keys are `name`, `id`, `redirect_uri`, `app`, `app_url`, `authelia_url` and
    /// `variant`, and `set.NAME` for the answers of --set; what is not there is taken from the flags.
    #[arg(long, value_name = "FILE",
          conflicts_with_all = ["name", "id", "count", "secret_out"])]
    from: Option<PathBuf>,
    /// Add the clients to this Authelia configuration
    ///
    /// They go to the end of the list of clients, which is made if it is not there; every other byte stays. The file is replaced last: if anything fails it is as it was.
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
    /// Keep the old configuration as FILE.bak, which replaces an earlier one
    #[arg(long, hide_short_help = true, requires = "write")]
    backup: bool,
    /// Show the change as a diff without secrets, and change nothing
    #[arg(long, requires = "write", conflicts_with = "format")]
    dry_run: bool,
    /// Names of the keys in the entry: `legacy` is for Authelia before 4.38 [default: with --write
    /// those of the other clients, else current]
    #[arg(long, hide_short_help = true, value_name = "NAME", value_parser = schema())]
    schema: Option<Schema>,
    #[command(flatten)]
    application: ApplicationArgs,
    #[command(flatten)]
    digest: DigestArgs,
}

pub(crate) fn run(args: &NewArgs) -> Result<ExitCode, Failure> {
    let parameters = args.digest.parameters()?;
    refuse_combinations(args)?;
    let random = args.secret.checked()?;
    let (mut prepared, count) = prepare(args, &random)?;
    if args.format == Format::Json && count > 1 {
        return Err(Failure::new(format!(
            "--format json is one object, and there are {count} clients"
        ))
        .hint("use --format jsonl, an object a line"));
    }
    let mut stdout = Stdout::for_result()?;
    let mut written = args.write.as_ref().map(|path| Written::open(path, args)).transpose()?;
    random.advise();
    args.digest.advise(&parameters);
    let mut progress = Progress::new("clients", Some(count));
    let mut is_first = true;
    loop {
        let batch: Vec<_> = prepared.by_ref().take(window()).collect::<Result<_, _>>()?;
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
    Ok(ExitCode::SUCCESS)
}

/// What cannot go together, and no parser of arguments knows.
fn refuse_combinations(args: &NewArgs) -> Result<(), Failure> {
    let is_authelia = args.digest.provider() == Provider::Authelia;
    if args.application.app.is_some() && !is_authelia {
        let text = "--app sets up a client of Authelia, which needs its digest";
        return Err(Failure::new(text).hint("leave out --for and --encoding"));
    }
    if args.application.app.is_none() && args.from.is_none() && args.application.is_given() {
        let text =
            "--app-url, --authelia-url, --set, --variant and --settings are for an application";
        return Err(Failure::new(text).hint("add --app SLUG: see `oidc-secret apps`"));
    }
    if args.write.is_some() && !is_authelia {
        let text = "--write changes Authelia's configuration, which needs its digest";
        return Err(Failure::new(text).hint("leave out --for and --encoding"));
    }
    if args.format == Format::Authelia && !is_authelia {
        let text = "--format authelia writes Authelia's configuration, which needs its digest";
        return Err(
            Failure::new(text).hint("leave out --for and --encoding, or choose another --format")
        );
    }
    if args.format == Format::K8s && args.secret_out.is_some() {
        let text = "--format k8s writes the secret into a manifest, and --secret-out into a file";
        return Err(Failure::new(text).hint("leave out one of the two"));
    }
    Ok(())
}

/// A client that is to be created, with its secret.
type WithSecret = (Prepared, Option<Zeroizing<String>>);

/// Clients that are to be created, one after the other.
type Clients<'a> = Box<dyn Iterator<Item = Result<WithSecret, Failure>> + 'a>;

/// The clients that are asked for, and how many they are.
fn prepare<'a>(args: &'a NewArgs, random: &'a RandomSecret) -> Result<(Clients<'a>, u64), Failure> {
    let alphabet = &random.alphabet;
    let clients = match (&args.from, &args.application.app) {
        (Some(path), _) => from::read(path, args, alphabet)?,
        (None, Some(slug)) => application::prepare(slug, args, alphabet)?,
        (None, None) => return plain(args, random),
    };
    // All of the secrets before the first client is printed: where none of these characters is
    // accepted, nothing must be printed.
    let clients = clients.into_iter().map(|client| client.with_secret(random, args));
    let clients = clients.collect::<Result<Vec<_>, _>>()?;
    let count = clients.len() as u64;
    Ok((Box::new(clients.into_iter().map(Ok)), count))
}

/// Clients of applications that are not in the catalogue.
fn plain<'a>(args: &'a NewArgs, random: &'a RandomSecret) -> Result<(Clients<'a>, u64), Failure> {
    let ids = Ids::new(args.id.as_ref(), args.id_length, &random.alphabet)?;
    let one = move |_| {
        let name = args.name.clone();
        Prepared::plain(ids.next()?, ids.bits(), name, &args.redirect_uri).with_secret(random, args)
    };
    Ok((Box::new((0..args.count).map(one)), args.count))
}

/// Prints the client, and writes the secret to its file if it has one.
fn hand_over(
    args: &NewArgs,
    client: &Client,
    is_first: bool,
    stdout: &mut Stdout,
) -> Result<(), Failure> {
    let staged = stage(args, client)?;
    print(args, client, is_first, stdout)?;
    // The file is put in its place only once the digest that belongs to it has been printed.
    match staged {
        Some(staged) => staged.commit(),
        None => Ok(()),
    }
}

/// Writes the secret beside the place of its file, if it has one.
fn stage(args: &NewArgs, client: &Client) -> Result<Option<Staged>, Failure> {
    let (Some(path), Some(credentials)) = (&client.secret_file, &client.credentials) else {
        return Ok(None);
    };
    Staged::new(path.as_ref(), &credentials.secret, args.force).map(Some)
}

fn print(
    args: &NewArgs,
    client: &Client,
    is_first: bool,
    stdout: &mut Stdout,
) -> Result<(), Failure> {
    let text = client.render(args.format, is_first)?;
    // The other half of the client: it is nowhere else, so it must arrive.
    match (args.format, &client.credentials) {
        (Format::Authelia, Some(Credentials { secret, .. })) if client.secret_file.is_none() => {
            output::must_say(
                "secret",
                &format!("the client secret of {}: {}", client.id, **secret),
            )?;
        }
        (Format::K8s, Some(Credentials { digest, .. })) if client.written.is_none() => {
            let to = args.digest.provider().title();
            output::must_say("digest", &format!("the digest of {} for {to}: {digest}", client.id))?;
        }
        _ => {}
    }
    stdout.write(&text)
}

fn client_id(text: &str) -> Result<ClientId, oidc_secret::error::ClientIdError> {
    text.parse()
}

/// A name (of a client or a file) that stays on its line in every format.
fn one_line(text: &str) -> Result<String, String> {
    if text.trim().is_empty() {
        Err("the name is empty".to_owned())
    } else if !is_one_line(text) || text.contains(is_invisible) {
        Err("the name has a control character, an invisible one or a line break".to_owned())
    } else {
        Ok(text.to_owned())
    }
}

fn redirect_uri(text: &str) -> Result<String, &'static str> {
    /// Authelia takes it for public clients alone.
    const OUT_OF_BAND: &str = "urn:ietf:wg:oauth:2.0:oob";
    if text == OUT_OF_BAND {
        Err("Authelia refuses it for a client with a secret")
    } else if is_absolute_uri(text) {
        Ok(text.to_owned())
    } else {
        Err("write it as https://app.example.com/callback, without a # part")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_line() {
        assert!(one_line("Kasm Workspaces – Büro").is_ok());
        for bad in ["", " ", "a\nb", "a\u{85}b", "a\u{2028}b", "a\0b"] {
            assert!(one_line(bad).is_err(), "{bad:?}");
        }
    }
}
