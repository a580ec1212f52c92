//! A client being created, before it has a secret.

use oidc_secret::Digest;
use oidc_secret::authelia::{Endpoints, ExtraConfig, NewEntry, Schema, Value};
use zeroize::Zeroizing;

use super::args::NewArgs;
use super::created::{CreatedClient, Credentials, Format};
use super::entry_args::EntryArgs;
use super::side::Side;
use super::wanted::{WantedSecret, in_file};
use crate::cli::args::random_secret::RandomSecret;
use crate::cli::csv;
use crate::cli::failure::Failure;
use crate::cli::terminal::visible::visible;

/// A client being created.
pub(super) struct NewClient {
    pub(super) id: String,
    /// Entropy of a random id, in bits.
    pub(super) id_bits: Option<f64>,
    pub(super) name: Option<String>,
    pub(super) entry: NewEntry,
    pub(super) secret: WantedSecret,
    /// Other parts of the configuration that all clients of this run need: with the first client only.
    pub(super) parts: ExtraConfig,
    /// Authelia's endpoints, for an application without settings in the catalogue.
    pub(super) endpoints: Option<Endpoints>,
    /// The application that it is a client of, if that is in the catalogue.
    pub(super) side: Option<Side>,
}

impl NewClient {
    /// Creates a client of an application that is not in the catalogue.
    pub(super) fn plain(
        id: String,
        id_bits: Option<f64>,
        name: Option<String>,
        args: &EntryArgs,
        redirect_uris: &[String],
        endpoints: Option<Endpoints>,
    ) -> Self {
        let mut entry = NewEntry::default();
        entry.set("client_id", Value::Text(id.clone()));
        if let Some(name) = &name {
            entry.set("client_name", Value::Text(name.clone()));
        }
        args.set(&mut entry, redirect_uris);
        let secret = if args.public { WantedSecret::None } else { WantedSecret::Random };
        Self {
            id,
            id_bits,
            name,
            entry,
            secret,
            parts: ExtraConfig::default(),
            endpoints,
            side: None,
        }
    }

    /// Returns the id, and the other parts of the configuration that the client needs, in YAML.
    pub(super) fn extra_config(&self) -> (&str, Option<&str>) {
        (&self.id, self.side.as_ref().and_then(Side::extra_config))
    }

    /// Generates a secret that the printed settings can represent.
    pub(super) fn with_secret(
        self,
        random: &RandomSecret,
        args: &NewArgs,
    ) -> Result<(Self, Option<Zeroizing<String>>), Failure> {
        let is_configured = self.entry.needs_plaintext().is_some();
        // With --secret-out the settings name the file instead of the secret.
        let side = self.side.as_ref().filter(|_| args.secret_out.is_none());
        let accept = |secret: &str| {
            refuse_formula(secret, args)?;
            side.map_or(Ok(()), |side| side.carry_random(secret))
        };
        let secret = match &self.secret {
            WantedSecret::Random => Some(random.accepted(is_configured, accept)?),
            WantedSecret::Fixed(secret) => Some(Zeroizing::new(secret.clone())),
            WantedSecret::None => None,
        };
        Ok((self, secret))
    }

    /// Completes the client with its secret and digest.
    pub(super) fn finish(
        self,
        args: &NewArgs,
        credentials: Option<(Zeroizing<String>, Digest)>,
        bits: f64,
    ) -> Result<CreatedClient, Failure> {
        let Self { id, id_bits, name, mut entry, secret: wanted, parts, endpoints, side } = self;
        let is_random = matches!(wanted, WantedSecret::Random);
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
        Ok(CreatedClient {
            id,
            name,
            credentials,
            secret_file,
            digest_file: args.digest_out.clone(),
            endpoints,
            provider: args.digest.provider(),
            id_bits,
            entry,
            parts,
            schema: args.schema.unwrap_or(Schema::Current),
            written: None,
            application,
        })
    }
}

/// Refuses a secret that a spreadsheet would execute, if it is printed in a table.
fn refuse_formula(secret: &str, args: &NewArgs) -> Result<(), Failure> {
    if args.format != Format::Csv || args.secret_out.is_some() || !csv::is_formula(secret) {
        return Ok(());
    }
    let text =
        "--format csv: secrets of these characters begin like formulas, which spreadsheets execute";
    Err(Failure::new(text).hint("choose other --characters, or --format jsonl"))
}
