//! A digest taken apart and judged.

mod known;
pub mod recommendations;

use std::time::Duration;

use crate::cost::{Limits, estimate};
use crate::digest::{Algorithm, Digest, Format, FormatStatus, Parameter, ParseError, bcrypt};
use crate::finding::{Code, Finding};
use crate::provider::{Dialect, Provider, Support, read, without_name};

/// What there is to know of a digest without its secret.
#[derive(Debug, Clone)]
pub struct Inspection {
    /// The digest.
    pub digest: Digest,
    /// Its format.
    pub format: &'static Format,
    /// How it stands written.
    pub dialect: Dialect,
    /// The algorithm's parameters.
    pub parameters: Vec<Parameter>,
    /// Salt, in bytes, as it is hashed.
    pub salt_length: usize,
    /// Key, in bytes, as it is derived.
    pub key_length: usize,
    /// Memory that verifying takes, in bytes, where it is more than next to nothing.
    pub memory: u64,
    /// Whether it is written as its digests are, to the letter.
    pub is_canonical: bool,
    /// The time that verifying takes on this machine, for a secret of 72 bytes.
    pub estimate: Duration,
    /// Whether each system reads it.
    pub readers: Vec<(Provider, Support)>,
    /// What is to be said about it, the worst first.
    pub findings: Vec<Finding>,
}

/// A secret as long as those that are made by default.
const SECRET_LENGTH: usize = 72;

/// Takes a digest apart, however one of the systems writes it.
///
/// ```
/// use oidc_secret::inspect;
///
/// let inspection = inspect("$2b$04$55New.8h1Q2ysvHdSrQMNOv3j4tRGU4cqk7AkM8ZBXoPdLbtSxQYe")?;
/// assert_eq!(inspection.format.name, "bcrypt");
/// assert!(inspection.is_canonical);
/// let codes: Vec<_> = inspection.findings.iter().map(|finding| finding.code.name()).collect();
/// assert_eq!(codes, ["below-authelia", "below-owasp", "secret-cut"]);
/// # Ok::<(), oidc_secret::Error>(())
/// ```
///
/// # Errors
/// [`ParseError`] for a text that is not a digest.
pub fn inspect(text: &str) -> Result<Inspection, ParseError> {
    let (digest, dialect) = read(text)?;
    let fields = digest.fields();
    let readers: Vec<_> = Provider::ALL.map(|p| (p, p.reads(text, &digest))).into();
    Ok(Inspection {
        format: digest.algorithm().format(),
        dialect,
        parameters: digest.parameters(),
        salt_length: digest.salt().len(),
        key_length: key_bytes(&digest),
        memory: fields.work(SECRET_LENGTH).memory,
        is_canonical: is_canonical(text, &digest),
        estimate: estimate(&digest, SECRET_LENGTH),
        readers,
        findings: judge(text, &digest),
        digest,
    })
}

/// Whether one of the systems would write the digest just so.
fn is_canonical(text: &str, digest: &Digest) -> bool {
    let text = without_name(text);
    let unwrapped = text.strip_prefix("{CRYPT}").or(text.strip_prefix("{ARGON2}"));
    let mut written = Provider::ALL.iter().filter_map(|provider| provider.write(digest).ok());
    unwrapped.unwrap_or(text) == digest.to_string() || written.any(|written| written == text)
}

/// Why Authelia would not take this text for the digest that it is.
#[must_use]
pub fn rejected_by_authelia(text: &str, digest: &Digest) -> Option<Finding> {
    if Provider::Authelia.reads(text, digest) == Support::Yes {
        return None;
    }
    let (algorithm, fix) = match Provider::Authelia.write(digest) {
        Ok(_) => (digest.algorithm(), "write it with `oidc-secret convert --for authelia`"),
        Err(_) => (digest.algorithm(), "make a new one with `oidc-secret hash`"),
    };
    if !text.starts_with('$') {
        let message = "Authelia takes a value that does not begin with $ as a plaintext secret";
        return Some(Finding::new(Code::TakenAsPlaintext, message.to_owned(), fix));
    }
    let what =
        if algorithm.format().read_by_authelia { "in this form" } else { "as a client's secret" };
    let message = format!("Authelia does not read {algorithm} digests {what}");
    Some(Finding::new(Code::NotReadByAuthelia, message, fix))
}

/// What of a secret, of this length in bytes, the digest does not look at.
#[must_use]
pub fn truncated_secret(secret_length: usize, digest: &Digest) -> Option<Finding> {
    let is_cut = digest.algorithm() == Algorithm::Bcrypt && secret_length > bcrypt::MOST_BYTES;
    is_cut.then(|| {
        let most = bcrypt::MOST_BYTES;
        let text = format!(
            "the secret has {secret_length} bytes, and bcrypt looks at the first {most} only"
        );
        Finding::new(Code::SecretCut, text, "make a new digest with `oidc-secret hash`")
    })
}

/// What is to be said about a digest that was read from this text, the worst first.
pub(crate) fn judge(text: &str, digest: &Digest) -> Vec<Finding> {
    let mut findings: Vec<Finding> = rejected_by_authelia(text, digest).into_iter().collect();
    findings.extend(known_example(digest));
    findings.extend(status(digest));
    if digest.algorithm().format().status != FormatStatus::Plaintext {
        findings.extend(key(digest));
        findings.extend(salt(digest));
        findings.extend(work(digest));
        findings.extend(cost(digest));
    }
    findings.extend(form(text, digest));
    findings.sort_by_key(|finding| finding.code);
    findings
}

fn known_example(digest: &Digest) -> Option<Finding> {
    let known = known::find(digest)?;
    Some(Finding::new(
        Code::KnownExample,
        format!("this digest stands in {}, and its secret with it", known.source),
        "make a secret of your own with `oidc-secret new`",
    ))
}

fn status(digest: &Digest) -> Option<Finding> {
    let algorithm = digest.algorithm();
    match algorithm.format().status {
        FormatStatus::Recommended => None,
        FormatStatus::Obsolete => Some(Finding::new(
            Code::BrokenAlgorithm,
            format!("{algorithm} can be guessed at high speed"),
            "make a new digest with `oidc-secret hash`",
        )),
        FormatStatus::Plaintext => Some(Finding::new(
            Code::PlaintextSecret,
            "this is the secret itself, and no digest".to_owned(),
            "make a digest with `oidc-secret hash`",
        )),
    }
}

/// The key, in bytes, as it is derived: six bits a character where it is text.
fn key_bytes(digest: &Digest) -> usize {
    let fields = digest.fields();
    match fields.key_characters() {
        Some(_) => (fields.key().len() * 6).div_ceil(8).min(fields.key_length()),
        None => fields.key().len(),
    }
}

fn key(digest: &Digest) -> Option<Finding> {
    /// What no wrong secret matches by chance.
    const SAFE: usize = 16;
    let (actual, whole) = (key_bytes(digest), digest.fields().key_length());
    let new = "make a new digest with `oidc-secret hash`";
    if let Some(characters) = digest.fields().key_characters() {
        let actual = digest.key().len();
        let text = format!("the key has {actual} of {characters} characters: nothing matches it");
        return (actual != characters).then(|| Finding::new(Code::KeyTruncated, text, new));
    }
    if actual < SAFE {
        let bits = 8 * actual;
        let text =
            format!("the key has {actual} bytes: one in 2^{bits} wrong secrets matches by chance");
        return Some(Finding::new(Code::KeyTooShort, text, new));
    }
    let is_usual = actual % 8 == 0 || actual == 20;
    let is_odd = matches!(digest, Digest::Argon2(_) | Digest::Scrypt(_)) && !is_usual;
    if is_odd {
        let text = format!("the key has {actual} bytes, as nobody asks for: it may have been cut");
        return Some(Finding::new(Code::KeyTruncated, text, new));
    }
    if actual < whole {
        let text = format!("the key has {actual} bytes of {whole}: it may have been cut");
        return Some(Finding::new(Code::KeyTruncated, text, new));
    }
    let Digest::Pbkdf2(pbkdf2) = digest else {
        return None;
    };
    let blocks = actual.div_ceil(pbkdf2.prf().output_length());
    (blocks > 1).then(|| {
        let text =
            format!("the key has {actual} bytes, which cost {blocks} times the work of {whole}");
        Finding::new(Code::KeyTooLong, text, "make a new digest, without --key-length")
    })
}

fn salt(digest: &Digest) -> Option<Finding> {
    const LEAST: usize = 8;
    let (salt, new) = (digest.salt(), "make a new digest with `oidc-secret hash`");
    if salt.len() < LEAST {
        let text = match salt.len() {
            0 => "there is no salt: the same secret has the same digest everywhere".to_owned(),
            length => format!("the salt has {length} bytes; 8 are the least, and 16 usual"),
        };
        return Some(Finding::new(Code::SaltTooShort, text, new));
    }
    let steps =
        |difference: u8| salt.windows(2).all(|pair| pair[1].wrapping_sub(pair[0]) == difference);
    let period = (1..=salt.len() / 2)
        .find(|period| salt.iter().zip(&salt[*period..]).all(|(byte, later)| byte == later));
    let says_salt = String::from_utf8_lossy(salt).to_ascii_lowercase().contains("salt");
    let is_predictable = steps(1) || steps(u8::MAX) || period.is_some() || says_salt;
    is_predictable.then(|| {
        let text = "the salt follows a pattern, so it was not drawn at random".to_owned();
        Finding::new(Code::SaltPredictable, text, new)
    })
}

fn work(digest: &Digest) -> Vec<Finding> {
    const FIX: &str = "make a new digest; a random secret of 27 characters or more is safe even so";
    let authelia = recommendations::below_authelia(digest).map(|least| {
        let text = format!("Authelia makes no digest with less than {least}");
        Finding::new(Code::BelowAuthelia, text, FIX)
    });
    let owasp = recommendations::below_owasp(digest).map(|least| {
        let text = format!("OWASP recommends at least {least}");
        Finding::new(Code::BelowOwasp, text, FIX)
    });
    authelia.into_iter().chain(owasp).collect()
}

fn cost(digest: &Digest) -> Option<Finding> {
    const WAITING: Duration = Duration::from_secs(1);
    if let Err(error) = Limits::default().check(digest, SECRET_LENGTH) {
        let fix = "lift the limits of `oidc-secret verify` if you trust where it comes from";
        return Some(Finding::new(Code::OverLimits, error.to_string(), fix));
    }
    let estimate = estimate(digest, SECRET_LENGTH);
    (estimate > WAITING).then(|| {
        let seconds = estimate.as_secs_f64();
        let text = format!(
            "each token request would take about {seconds:.1} s here; applications give up after a \
             few"
        );
        Finding::new(Code::Slow, text, "`oidc-secret tune` finds what this machine can do")
    })
}

fn form(text: &str, digest: &Digest) -> Vec<Finding> {
    let portable = (!digest.fields().is_portable()).then(|| {
        Finding::new(
            Code::NotPortable,
            "Authelia reads this literally; other implementations compute another key, or refuse"
                .to_owned(),
            "make a new digest with `oidc-secret hash`",
        )
    });
    let canonical = (!is_canonical(text, digest)).then(|| {
        Finding::new(
            Code::NotCanonical,
            "this is not how the digest is written: line breaks, signs, zeros, stray bits, or \
             parameters that are left out, doubled or in another order"
                .to_owned(),
            "`oidc-secret convert --for authelia` writes it as it should be",
        )
    });
    let cut = (digest.algorithm() == Algorithm::Bcrypt).then(|| {
        Finding::new(
            Code::SecretCut,
            format!("bcrypt looks at the first {} bytes of a secret only", bcrypt::MOST_BYTES),
            "keep secrets within that, as those of `oidc-secret new` are",
        )
    });
    [portable, canonical, cut].into_iter().flatten().collect()
}
