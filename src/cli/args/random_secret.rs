//! Length and characters of new secrets.

use oidc_secret::Alphabet;
use oidc_secret::authelia::is_expanded;
use zeroize::Zeroizing;

use crate::cli::args::alphabet::AlphabetArgs;
use crate::cli::failure::Failure;
use crate::cli::terminal::output::{hint, warn};

/// RFC 6749 §10.10: the chance of guessing a secret must be 2^-128 or less.
const ENOUGH_BITS: f64 = 128.0;
/// A secret of less entropy can be guessed offline from its digest with rented hardware.
pub(crate) const REFUSED_BITS: f64 = 64.0;

/// Length and characters of a new secret.
#[derive(clap::Args)]
pub(crate) struct RandomSecretArgs {
    /// Length of the secret
    #[arg(long, short = 'n', value_name = "N", default_value_t = 72,
          value_parser = clap::value_parser!(u32).range(1..=10_000))]
    length: u32,
    #[command(flatten)]
    alphabet: AlphabetArgs,
    /// Allow a secret of fewer than 64 bits of entropy
    #[arg(long, hide_short_help = true)]
    allow_weak: bool,
}

/// Generator of new secrets.
pub(crate) struct RandomSecret {
    pub(crate) alphabet: Alphabet,
    length: usize,
    /// Entropy of a secret, in bits.
    pub(crate) bits: f64,
}

impl RandomSecretArgs {
    /// Returns the generator; fails if its secrets could be guessed.
    pub(crate) fn generator(&self) -> Result<RandomSecret, Failure> {
        let (alphabet, length) = (self.alphabet.alphabet(), self.length as usize);
        let bits = alphabet.entropy_bits(length);
        if bits < REFUSED_BITS && !self.allow_weak {
            let text = format!(
                "a secret of {bits:.0} bits of entropy can be guessed; at least 64 are needed"
            );
            return Err(Failure::new(text).hint("raise --length, or add --allow-weak"));
        }
        Ok(RandomSecret { alphabet, length, bits })
    }
}

impl RandomSecret {
    /// Generates a secret. `is_configured`: the secret itself will be in Authelia's configuration.
    pub(crate) fn secret(&self, is_configured: bool) -> Result<Zeroizing<String>, Failure> {
        self.accepted(is_configured, |_| Ok(()))
    }

    /// Generates a secret that every place accepts to which it will be written: a refused one is
    /// dropped and another generated. Escaping it instead is impossible where the reader has no
    /// escapes.
    pub(crate) fn accepted(
        &self,
        is_configured: bool,
        accept: impl Fn(&str) -> Result<(), Failure>,
    ) -> Result<Zeroizing<String>, Failure> {
        /// About one in 20 secrets of the default length lacks 4 given ASCII characters. Dropping
        /// up to this many costs at most 10 bits of entropy.
        const TRIES: usize = 1000;
        let mut refusal = None;
        for _ in 0..TRIES {
            let secret = self.alphabet.random(self.length)?;
            let accepted = if is_configured { no_template(&secret) } else { Ok(()) };
            match accepted.and_then(|()| accept(&secret)) {
                Ok(()) => return Ok(secret),
                Err(failure) => refusal = Some(failure),
            }
        }
        Err(refusal.unwrap_or_else(|| Failure::new("no secret was accepted")))
    }

    /// Warns of a secret that is allowed but weak, or inconvenient.
    pub(crate) fn advise(&self) {
        if self.bits < ENOUGH_BITS {
            let bits = self.bits;
            warn(&format!("the secret has {bits:.0} bits of entropy; aim for at least 128"));
        }
        if self.alphabet.unreserved().as_ref() != Some(&self.alphabet) {
            hint(
                "the secret may hold characters that client_secret_basic must encode \
                 (RFC 6749 section 2.3.1); those of rfc3986 are safe everywhere",
            );
        }
    }
}

/// Refuses a secret that Authelia would expand as a template or a variable in its configuration.
fn no_template(secret: &str) -> Result<(), Failure> {
    let written = Zeroizing::new(format!("$plaintext${secret}"));
    if is_expanded(&written) {
        let text = "secrets of these characters look like templates, which Authelia expands";
        return Err(Failure::new(text).hint("leave { out of --characters"));
    }
    Ok(())
}
