//! Algorithm and cost of new digests, and the system that they are for.

use std::time::Duration;

use clap::Args;
use oidc_secret::error::ParameterName;
use oidc_secret::{Algorithm, Digest, Encoding, Parameters, Provider};

use super::values::{algorithm, kibibytes, named, provider, with_values};
use crate::cli::failure::{Failure, no_such_parameter};
use crate::cli::terminal::output::{hint, warn};

/// Message for a PBKDF2 digest that is written as a PHC string.
pub(crate) const PHC_IS_UNREAD: &str = "Authelia does not read pbkdf2 digests in the PHC form";

/// Algorithm and cost of a new digest for a system that can be chosen.
#[derive(Args)]
#[command(next_help_heading = "Digest")]
pub(crate) struct DigestArgs {
    /// Target system; the digest is written in its format
    #[arg(long = "for", value_name = "SYSTEM", default_value = "authelia", value_parser = provider(),
          hide_possible_values = true,
          long_help = with_values("Target system; the digest is written in its format",
                                  Provider::ALL.iter().map(|provider| provider.name())))]
    provider: Provider,
    #[command(flatten)]
    cost: CostArgs,
    /// Encoding of the digest; Authelia does not read pbkdf2 as `phc`
    #[arg(long, hide_short_help = true, value_name = "FORM", conflicts_with = "provider", value_parser = encoding())]
    encoding: Option<Encoding>,
}

/// Algorithm and cost of a new digest.
#[derive(Args)]
#[command(next_help_heading = "Digest")]
pub(crate) struct CostArgs {
    /// Algorithm [default: pbkdf2-sha512, or the usual one of the target system]
    #[arg(long, short, value_name = "NAME", value_parser = algorithm(Algorithm::recommended()),
          hide_possible_values = true,
          long_help = with_values(
              "Algorithm [default: pbkdf2-sha512, or the usual one of the target system]; `pbkdf2`, \
               `argon2` and `sha2crypt` are the default variants, as in Authelia",
              Algorithm::recommended().map(Algorithm::name)))]
    pub(crate) algorithm: Option<Algorithm>,
    /// Iterations, passes, rounds or cost [default: Authelia's for the algorithm]
    ///
    /// pbkdf2: iterations; argon2: passes; bcrypt: cost; scrypt and yescrypt: the binary logarithm of
    /// N; sha512crypt and sha256crypt: rounds.
    ///
    /// Authelia's defaults: pbkdf2-sha512 310000, -sha384 280000, -sha256 700000, -sha224 900000,
    /// -sha1 1600000; argon2 3; bcrypt 12; scrypt and yescrypt 16; sha512crypt and sha256crypt
    /// 50000. At least 100000 for pbkdf2, 10 for bcrypt and 1000 for sha512crypt and sha256crypt.
    #[arg(long, short, visible_aliases = ["cost", "rounds"], value_name = "N")]
    iterations: Option<u64>,
    /// Argon2 memory, as in `64MiB`; a plain number is KiB [default: 64MiB]
    #[arg(long, hide_short_help = true, value_name = "SIZE", value_parser = kibibytes)]
    memory: Option<u64>,
    /// Block size of scrypt and yescrypt, in units of 128 bytes [default: 8]
    #[arg(long, hide_short_help = true, value_name = "N")]
    block_size: Option<u64>,
    /// Parallelism (argon2 lanes; scrypt p) [default: 4; scrypt: 1]
    #[arg(long, hide_short_help = true, value_name = "N")]
    parallelism: Option<u64>,
    /// Salt, in bytes; sha512crypt and sha256crypt: in characters [default: 16]
    #[arg(long, hide_short_help = true, alias = "salt-size", value_name = "BYTES")]
    salt_length: Option<u64>,
    /// Key, in bytes [default: pbkdf2: the hash's output; argon2 and scrypt: 32]
    #[arg(long, hide_short_help = true, alias = "key-size", value_name = "BYTES")]
    key_length: Option<u64>,
}

impl DigestArgs {
    /// Returns the system that the digest is for.
    pub(crate) fn provider(&self) -> Provider {
        match self.encoding {
            Some(Encoding::Phc) => Provider::Phc,
            _ => self.provider,
        }
    }

    /// Returns the parameters, checked against their bounds and against what the system supports.
    pub(crate) fn parameters(&self) -> Result<Parameters, Failure> {
        let mut parameters = self.cost.given(self.provider.parameters())?;
        let algorithm = parameters.algorithm();
        let has_encodings = ["pbkdf2", "argon2", "scrypt"].contains(&algorithm.format().name);
        if self.encoding.is_some() && !has_encodings {
            return Err(no_such_parameter("encoding", algorithm));
        }
        if let Parameters::Pbkdf2(pbkdf2) = &mut parameters {
            pbkdf2.encoding = self.encoding.unwrap_or_default();
        }
        self.provider.adapt(&mut parameters)?;
        Ok(parameters)
    }

    /// Writes a digest in the system's format. Some formats contain the user's name.
    pub(crate) fn write(&self, digest: &Digest, user: Option<&str>) -> Result<String, Failure> {
        match self.encoding {
            Some(_) => Ok(digest.to_string()),
            None => write(self.provider, digest, user),
        }
    }

    /// Prints hints and warnings about a digest of this kind.
    pub(crate) fn advise(&self, parameters: &Parameters) {
        if self.encoding == Some(Encoding::Phc) && matches!(parameters, Parameters::Pbkdf2(_)) {
            hint(PHC_IS_UNREAD);
        }
        advise(self.provider);
        self.cost.advise(parameters);
    }
}

impl CostArgs {
    /// Returns the parameters of a digest for Authelia, checked against their bounds.
    pub(crate) fn for_authelia(&self) -> Result<Parameters, Failure> {
        let mut parameters = self.given(Provider::Authelia.parameters())?;
        Provider::Authelia.adapt(&mut parameters)?;
        Ok(parameters)
    }

    /// Applies the flags to the usual parameters, or to those of the chosen algorithm.
    fn given(&self, usual: Parameters) -> Result<Parameters, Failure> {
        let mut parameters = match self.algorithm {
            Some(algorithm) if algorithm != usual.algorithm() => Parameters::try_from(algorithm)?,
            _ => usual,
        };
        let flags = [
            (ParameterName::Iterations, self.iterations),
            (ParameterName::Memory, self.memory),
            (ParameterName::BlockSize, self.block_size),
            (ParameterName::Parallelism, self.parallelism),
            (ParameterName::SaltLength, self.salt_length),
            (ParameterName::KeyLength, self.key_length),
        ];
        for (name, given) in flags {
            if let Some(value) = given {
                parameters.set(name, value)?;
            }
        }
        parameters.check()?;
        Ok(parameters)
    }

    /// Warns if each token request would take the provider long.
    pub(crate) fn advise(&self, parameters: &Parameters) {
        // The defaults are known to be fast enough, and measuring takes time.
        let is_chosen = [self.iterations, self.memory, self.block_size, self.parallelism];
        if is_chosen.iter().any(Option::is_some) {
            warn_if_slow(parameters);
        }
    }
}

/// Writes a digest in a system's format. Some formats contain the user's name.
pub(crate) fn write(
    provider: Provider,
    digest: &Digest,
    user: Option<&str>,
) -> Result<String, Failure> {
    let text = provider.write(digest)?;
    match user {
        Some(user) if provider == Provider::Htpasswd => Ok(format!("{user}:{text}")),
        _ => Ok(text),
    }
}

/// Warns if each token request would take the provider long.
fn warn_if_slow(parameters: &Parameters) {
    const LONG: Duration = Duration::from_secs(2);
    if let Ok(time) = parameters.estimate()
        && time > LONG
    {
        let seconds = time.as_secs();
        warn(&format!(
            "a digest of this cost takes about {seconds} s on this machine, and so does each token request"
        ));
    }
}

/// Prints a hint about the usual mistake with a system's digests.
pub(crate) fn advise(provider: Provider) {
    match provider {
        Provider::Htpasswd => hint("in a Compose file, double every $"),
        Provider::Keycloak => {
            hint("this is for a user; the secrets of Keycloak's clients are kept as plaintext");
        }
        Provider::Vaultwarden => {
            hint(
                "this is for ADMIN_TOKEN, between single quotes; in a Compose file, double every $",
            );
        }
        _ => {}
    }
}

fn encoding() -> impl clap::builder::TypedValueParser<Value = Encoding> {
    named([("authelia", Encoding::Authelia), ("phc", Encoding::Phc)])
}
