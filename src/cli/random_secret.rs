//! What new secrets are made of.

use oidc_secret::Alphabet;
use oidc_secret::authelia::is_expanded;
use zeroize::Zeroizing;

use super::args::AlphabetArgs;
use super::failure::Failure;
use super::output::{hint, warn};

/// Guessing a secret must be as hard as RFC 6749 §10.10 demands: a chance of 2^-128 or less.
const ENOUGH_BITS: f64 = 128.0;
/// Below this a secret is within reach of a determined guesser.
const REFUSED_BITS: f64 = 64.0;

/// What a new secret is made of.
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

/// How new secrets are made.
pub(crate) struct RandomSecret {
    pub(crate) alphabet: Alphabet,
    length: usize,
    /// The entropy, in bits.
    pub(crate) bits: f64,
}

impl RandomSecretArgs {
    /// How secrets are made, unless they could be guessed.
    pub(crate) fn checked(&self) -> Result<RandomSecret, Failure> {
        let (alphabet, length) = (self.alphabet.alphabet(), self.length as usize);
        let bits = alphabet.entropy_bits(length);
        if bits < REFUSED_BITS && !self.allow_weak {
            let text = format!("a secret of {bits:.0} bits can be guessed: at least 64 are needed");
            return Err(Failure::new(text).hint("raise --length, or add --allow-weak"));
        }
        Ok(RandomSecret { alphabet, length, bits })
    }
}

impl RandomSecret {
    /// A secret; `is_configured` if it will be in Authelia's configuration itself.
    pub(crate) fn secret(&self, is_configured: bool) -> Result<Zeroizing<String>, Failure> {
        self.accepted(is_configured, |_| Ok(()))
    }

    /// A secret that is accepted everywhere it will be written: it is generated again if not.
    pub(crate) fn accepted(
        &self,
        is_configured: bool,
        accept: impl Fn(&str) -> Result<(), Failure>,
    ) -> Result<Zeroizing<String>, Failure> {
        /// One in 20 of the default length has none of 4 characters of ASCII. Rejecting this
        /// many costs 10 bits of entropy at most.
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

    /// Says what is allowed and yet not good.
    pub(crate) fn advise(&self) {
        if self.bits < ENOUGH_BITS {
            let bits = self.bits;
            warn(&format!(
                "the secret has {bits:.0} bits of entropy; 128 are the least to aim for"
            ));
        }
        if self.alphabet.unreserved().as_ref() != Some(&self.alphabet) {
            hint(
                "the secret may hold characters that client_secret_basic must encode \
                 (RFC 6749 section 2.3.1); those of rfc3986 are safe everywhere",
            );
        }
    }
}

/// Refuses a secret that Authelia would fill in, as it does with templates and variables in its
/// configuration.
fn no_template(secret: &str) -> Result<(), Failure> {
    let written = Zeroizing::new(format!("$plaintext${secret}"));
    if is_expanded(&written) {
        let text = "secrets of these characters look like templates, which Authelia fills in";
        return Err(Failure::new(text).hint("leave { out of --characters"));
    }
    Ok(())
}
