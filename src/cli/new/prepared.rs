//! A client that is to be created, before it has a secret.

use oidc_secret::authelia::{NewEntry, Schema, Value};
use oidc_secret::{Alphabet, ClientId, Digest};
use zeroize::Zeroizing;

use super::application::Side;
use super::{Failure, NewArgs};
use crate::cli::client::{Client, Credentials};
use crate::cli::random_secret::RandomSecret;
use crate::cli::visible::visible;

/// A client that is to be created.
pub(super) struct Prepared {
    pub(super) id: String,
    /// The entropy of a random id, in bits.
    pub(super) id_bits: Option<f64>,
    pub(super) name: Option<String>,
    pub(super) entry: NewEntry,
    pub(super) secret: Wanted,
    /// The application that it is a client of, if that is known.
    pub(super) side: Option<Side>,
}

/// The secret that a client is to have.
pub(super) enum Wanted {
    Random,
    /// The one that is built into the application.
    Fixed(String),
    /// None: the client is public.
    None,
}

impl Prepared {
    /// A client of an application that is not in the catalogue.
    pub(super) fn plain(
        id: String,
        id_bits: Option<f64>,
        name: Option<String>,
        redirect_uris: &[String],
    ) -> Self {
        let mut entry = NewEntry::default();
        entry.set("client_id", Value::Text(id.clone()));
        if let Some(name) = &name {
            entry.set("client_name", Value::Text(name.clone()));
        }
        if !redirect_uris.is_empty() {
            entry.set("redirect_uris", Value::List(redirect_uris.to_vec()));
        }
        Self { id, id_bits, name, entry, secret: Wanted::Random, side: None }
    }

    /// The client with a secret, which the settings that will be printed can carry.
    pub(super) fn with_secret(
        self,
        random: &RandomSecret,
        args: &NewArgs,
    ) -> Result<(Self, Option<Zeroizing<String>>), Failure> {
        let is_configured = self.entry.needs_plaintext().is_some();
        // With --secret-out the settings name the file instead.
        let side = self.side.as_ref().filter(|_| args.secret_out.is_none());
        let accept = |secret: &str| side.map_or(Ok(()), |side| side.carry_random(secret));
        let secret = match &self.secret {
            Wanted::Random => Some(random.accepted(is_configured, accept)?),
            Wanted::Fixed(secret) => Some(Zeroizing::new(secret.clone())),
            Wanted::None => None,
        };
        Ok((self, secret))
    }

    /// The client, with its secret and the digest of that.
    pub(super) fn finish(
        self,
        args: &NewArgs,
        credentials: Option<(Zeroizing<String>, Digest)>,
        bits: f64,
    ) -> Result<Client, Failure> {
        let Self { id, id_bits, name, mut entry, secret: wanted, side } = self;
        let is_random = matches!(wanted, Wanted::Random);
        let credentials = match credentials {
            Some((secret, digest)) => {
                let digest = match entry.needs_plaintext() {
                    Some(_) => format!("$plaintext${}", *secret),
                    None => args.digest.write(&digest, Some(&id))?,
                };
                let comment = side.as_ref().map(|side| visible(&side.comment(&wanted, &entry)));
                entry.set_secret(&digest, comment);
                Some(Credentials { secret, digest, bits: is_random.then_some(bits) })
            }
            None => None,
        };
        let secret_file = args.secret_out.clone().filter(|_| is_random);
        let secret = credentials.as_ref().map(|credentials| &**credentials.secret);
        let shown = match &secret_file {
            Some(path) => Some(in_file(path)),
            None => secret.map(ToOwned::to_owned),
        };
        let application = side.map(|side| side.finish(shown.as_deref())).transpose()?;
        Ok(Client {
            id,
            name,
            credentials,
            secret_file,
            provider: args.digest.provider(),
            id_bits,
            entry,
            schema: args.schema.unwrap_or(Schema::Current),
            written: None,
            application,
        })
    }
}

/// The text that settings have instead of a secret in a file.
pub(super) fn in_file(path: &str) -> String {
    format!("(in {path})")
}

/// Where the ids come from.
pub(super) enum Ids<'a> {
    Chosen(&'a ClientId),
    Random { alphabet: Alphabet, length: usize },
}

impl<'a> Ids<'a> {
    pub(super) fn new(
        chosen: Option<&'a ClientId>,
        length: Option<u32>,
        alphabet: &Alphabet,
    ) -> Result<Self, Failure> {
        /// As long as the secret: nothing is gained by less.
        const LENGTH: u32 = 72;
        if let Some(id) = chosen {
            return Ok(Self::Chosen(id));
        }
        let alphabet = alphabet.unreserved().ok_or_else(|| {
            Failure::new("fewer than 2 of the characters are allowed in a client id")
                .hint("choose the id yourself with --id")
        })?;
        Ok(Self::Random { alphabet, length: length.unwrap_or(LENGTH) as usize })
    }

    pub(super) fn next(&self) -> Result<String, Failure> {
        Ok(match self {
            Self::Chosen(id) => id.to_string(),
            Self::Random { alphabet, length } => alphabet.random(*length)?.to_string(),
        })
    }

    /// The entropy of a random one, in bits.
    pub(super) fn bits(&self) -> Option<f64> {
        match self {
            Self::Chosen(_) => None,
            Self::Random { alphabet, length } => Some(alphabet.entropy_bits(*length)),
        }
    }
}
