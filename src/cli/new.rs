//! `new`: a client's id, secret and digest.

use std::process::ExitCode;

use oidc_secret::{Alphabet, ClientId, Provider, Secret, hash_many};

use super::args::{AlphabetArgs, DigestArgs};
use super::client::{Client, Format};
use super::failure::Failure;
use super::file::Staged;
use super::output::{self, Stdout, hint, warn};
use super::progress::Progress;
use super::window;

/// Guessing a secret must be as hard as RFC 6749 §10.10 demands: a chance of 2^-128 or less.
const ENOUGH_BITS: f64 = 128.0;
/// Below this a secret is within reach of a determined guesser.
const REFUSED_BITS: f64 = 64.0;

/// Creates a client: its id, its secret, and the digest for the provider
#[derive(clap::Args)]
#[command(after_long_help = "\
The id goes to the application and the provider, the secret to the application only, the digest \
to the provider only.

Formats:
  text      for people
  json      {\"version\": 1, \"client_id\", \"client_name\", \"client_secret\", \
\"client_secret_digest\", \"entropy_bits\"}, one line a client
  authelia  an item for identity_providers.oidc.clients; the secret goes to standard error
  env       OIDC_CLIENT_ID, OIDC_CLIENT_NAME, OIDC_CLIENT_SECRET, OIDC_CLIENT_SECRET_DIGEST, \
quoted for a shell
  csv       client_id,client_name,client_secret,client_secret_digest,entropy_bits

With --secret-out the secret is in that file only, and the output names the file instead: in \
json client_secret is null and client_secret_file is the path, in env the variable is \
OIDC_CLIENT_SECRET_FILE, in csv the field is empty.

Examples:
  oidc-secret new kasm
  oidc-secret new kasm --id kasm --format authelia --secret-out kasm.secret
  oidc-secret new --count 20 --format csv > clients.csv")]
pub(crate) struct NewArgs {
    /// The client's name, as the provider shows it to people
    #[arg(value_name = "NAME", value_parser = one_line)]
    name: Option<String>,
    /// Use this client id instead of a random one: 1 to 100 of A-Z a-z 0-9 - . _ ~
    #[arg(long, value_name = "ID", value_parser = client_id, allow_hyphen_values = true,
          conflicts_with_all = ["id_length", "count"])]
    id: Option<ClientId>,
    /// Characters in the random id, which are the unreserved ones of the alphabet
    #[arg(long, value_name = "N", default_value_t = 72,
          value_parser = clap::value_parser!(u32).range(1..=ClientId::MAX_LENGTH as i64))]
    id_length: u32,
    /// Characters in the secret
    #[arg(long, value_name = "N", default_value_t = 72,
          value_parser = clap::value_parser!(u32).range(1..=10_000))]
    secret_length: u32,
    #[command(flatten)]
    alphabet: AlphabetArgs,
    /// Number of clients
    #[arg(long, short, value_name = "N", default_value_t = 1,
          value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    count: u64,
    /// Allow a secret of fewer than 64 bits of entropy
    #[arg(long)]
    allow_weak: bool,
    /// What is printed
    #[arg(long, value_name = "FORM", default_value = "text")]
    format: Format,
    /// Write the secret to this file, readable by the owner only, instead of printing it
    #[arg(long, value_name = "FILE", conflicts_with = "count", value_parser = one_line)]
    secret_out: Option<String>,
    /// Replace the file of --secret-out if it exists
    #[arg(long, requires = "secret_out")]
    force: bool,
    #[command(flatten)]
    digest: DigestArgs,
}

pub(crate) fn run(args: &NewArgs) -> Result<ExitCode, Failure> {
    let parameters = args.digest.parameters()?;
    if args.format == Format::Authelia && args.digest.provider != Provider::Authelia {
        let text = "--format authelia writes Authelia's configuration, which needs its digest";
        return Err(Failure::new(text).hint("leave out --provider, or choose another --format"));
    }
    let alphabet = args.alphabet.alphabet();
    let ids = Ids::new(args, &alphabet)?;
    let bits = alphabet.entropy_bits(args.secret_length as usize);
    if bits < REFUSED_BITS && !args.allow_weak {
        let text = format!("a secret of {bits:.0} bits can be guessed: at least 64 are needed");
        return Err(Failure::new(text).hint("raise --secret-length, or add --allow-weak"));
    }
    let mut stdout = Stdout::for_result()?;
    advise(&alphabet, bits);
    args.digest.advise(&parameters);
    let mut progress = Progress::new("clients", Some(args.count));
    let mut left = args.count;
    while left > 0 {
        let count = left.min(window() as u64);
        let secrets = (0..count).map(|_| alphabet.random(args.secret_length as usize));
        let secrets = secrets.collect::<Result<Vec<_>, _>>()?;
        let hashed: Vec<_> =
            secrets.iter().map(|secret| Secret::from(secret.to_string())).collect();
        for (secret, digest) in secrets.into_iter().zip(hash_many(&hashed, &parameters)?) {
            let id = ids.next()?;
            let client = Client {
                provider: args.digest.provider,
                digest: args.digest.write(&digest, Some(&id))?,
                id,
                name: args.name.as_deref(),
                secret,
                secret_file: args.secret_out.clone(),
                secret_bits: bits,
                id_bits: ids.bits(),
            };
            hand_over(args, &client, left == args.count, &mut stdout)?;
            left -= 1;
        }
        progress.add(hashed.len());
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints the client, and writes the secret to its file if it has one.
fn hand_over(
    args: &NewArgs,
    client: &Client<'_>,
    first: bool,
    stdout: &mut Stdout,
) -> Result<(), Failure> {
    let text = client.render(args.format, first)?;
    let staged = match &args.secret_out {
        Some(path) => Some(Staged::new(path.as_ref(), &client.secret, args.force)?),
        None => None,
    };
    if args.format == Format::Authelia && staged.is_none() {
        // Here it stands alone, so it must arrive.
        let text = format!("the client secret of {}: {}", client.id, *client.secret);
        output::must_say("hint", &text)?;
    }
    stdout.write(&text)?;
    // The file is put in its place only once the digest that belongs to it has been printed.
    match staged {
        Some(staged) => staged.commit(),
        None => Ok(()),
    }
}

/// Where the ids come from.
enum Ids<'a> {
    Chosen(&'a ClientId),
    Random { alphabet: Alphabet, length: usize },
}

impl<'a> Ids<'a> {
    fn new(args: &'a NewArgs, alphabet: &Alphabet) -> Result<Self, Failure> {
        if let Some(id) = &args.id {
            return Ok(Self::Chosen(id));
        }
        let alphabet = alphabet.unreserved().ok_or_else(|| {
            Failure::new("fewer than 2 of the characters are allowed in a client id")
                .hint("choose the id yourself with --id")
        })?;
        Ok(Self::Random { alphabet, length: args.id_length as usize })
    }

    fn next(&self) -> Result<String, Failure> {
        Ok(match self {
            Self::Chosen(id) => id.to_string(),
            Self::Random { alphabet, length } => alphabet.random(*length)?.to_string(),
        })
    }

    /// The entropy of a random one, in bits.
    fn bits(&self) -> Option<f64> {
        match self {
            Self::Chosen(_) => None,
            Self::Random { alphabet, length } => Some(alphabet.entropy_bits(*length)),
        }
    }
}

/// Says what is allowed and yet not good.
fn advise(alphabet: &Alphabet, bits: f64) {
    if bits < ENOUGH_BITS {
        warn(&format!("the secret has {bits:.0} bits of entropy; 128 are the least to aim for"));
    }
    if alphabet.unreserved().as_ref() != Some(alphabet) {
        hint(
            "the secret may hold characters that client_secret_basic must encode \
             (RFC 6749 section 2.3.1); those of rfc3986 are safe everywhere",
        );
    }
}

fn client_id(text: &str) -> Result<ClientId, oidc_secret::Error> {
    text.parse()
}

/// A name (of a client or a file) that stays on its line in every format.
fn one_line(text: &str) -> Result<String, String> {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    if text.trim().is_empty() {
        Err("the name is empty".to_owned())
    } else if text.contains(breaks) {
        Err("the name has a control character or a line break".to_owned())
    } else {
        Ok(text.to_owned())
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
