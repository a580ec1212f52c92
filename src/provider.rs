//! Systems that store digests: which digests each supports, and in which form.
//!
//! | system | form |
//! | --- | --- |
//! | Authelia | as [`Digest`] prints it: `$pbkdf2-sha512$310000$SALT$KEY` in adapted base64 |
//! | Ory Hydra | PHC strings of PBKDF2; bcrypt; Argon2i, Argon2id |
//! | Zitadel | PBKDF2 as Authelia (1,000 to 10,000,000 iterations); Argon2i, Argon2id, bcrypt, scrypt, SHA-crypt |
//! | Kanidm, OpenLDAP | `{PBKDF2-SHA512}310000$SALT$KEY`, `{ARGON2}$argon2id$…`, `{CRYPT}$6$…` |
//! | Vaultwarden | Argon2 |
//! | Keycloak | the JSON of a user's credential, PBKDF2 and Argon2 |
//! | Django | `pbkdf2_sha256$1000000$SALT$KEY` with the salt's text, `argon2$argon2id$…`, `scrypt$…` |
//! | htpasswd (Apache, nginx, Traefik) | `USER:$2y$…`, `USER:$apr1$…` |
//! | Caddy | `$2a$…`, Argon2id |
//! | PHC | PBKDF2, Argon2 and scrypt as PHC strings |
//!
//! [`read`] also reads the digests of other software, such as Werkzeug, ASP.NET and Mosquitto, if they have
//! all parameters of one of our formats.

pub(crate) mod foreign;
mod keycloak;
mod read;
mod unsupported;
mod write;

use std::fmt;
use std::str::FromStr;

use crate::digest::argon2::{self, Variant};
use crate::digest::pbkdf2::{self, Prf};
use crate::digest::{Algorithm, Digest, Parameters, bcrypt};
use crate::name::{UnknownName, by_name};

pub use foreign::Software;
pub(crate) use read::without_name;
pub use read::{Dialect, is_ambiguous, name_in_front, read};
pub use unsupported::Unsupported;

/// A system that stores digests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Provider {
    /// Authelia, for its clients' secrets.
    Authelia,
    /// Ory Hydra, for its clients' secrets.
    Hydra,
    /// Zitadel.
    Zitadel,
    /// Kanidm, importing users.
    Kanidm,
    /// Vaultwarden, for its admin token.
    Vaultwarden,
    /// Keycloak, for users: its clients' secrets are plaintext.
    Keycloak,
    /// Django.
    Django,
    /// OpenLDAP.
    Ldap,
    /// Password files of Apache, nginx and Traefik.
    Htpasswd,
    /// Caddy.
    Caddy,
    /// Any reader of PHC strings.
    Phc,
}

/// The error of [`Provider::write`]: the system, and the reason why it does not support the digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{} does not support this digest: {reason}", provider.title())]
#[non_exhaustive]
pub struct UnsupportedBy {
    /// The system.
    pub provider: Provider,
    /// The reason.
    pub reason: Unsupported,
}

/// Whether a system supports a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Support {
    /// In its present form.
    Yes,
    /// After conversion to the system's form ([`Provider::write`]).
    Rewritten,
    /// Not at all.
    No(Unsupported),
}

impl Provider {
    /// Every system.
    pub const ALL: &[Self] = &[
        Self::Authelia,
        Self::Hydra,
        Self::Zitadel,
        Self::Kanidm,
        Self::Vaultwarden,
        Self::Keycloak,
        Self::Django,
        Self::Ldap,
        Self::Htpasswd,
        Self::Caddy,
        Self::Phc,
    ];

    /// Returns the name: `hydra`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Authelia => "authelia",
            Self::Hydra => "hydra",
            Self::Zitadel => "zitadel",
            Self::Kanidm => "kanidm",
            Self::Vaultwarden => "vaultwarden",
            Self::Keycloak => "keycloak",
            Self::Django => "django",
            Self::Ldap => "ldap",
            Self::Htpasswd => "htpasswd",
            Self::Caddy => "caddy",
            Self::Phc => "phc",
        }
    }

    /// Returns the default parameters of new digests for the system: strong enough, and usual
    /// there.
    #[must_use]
    pub fn parameters(self) -> Parameters {
        let pbkdf2 = pbkdf2::Parameters::new(Prf::Sha512);
        let bcrypt = |cost| Parameters::Bcrypt(bcrypt::Parameters { sha256: false, cost });
        match self {
            Self::Vaultwarden => {
                // The preset `bitwarden` of `vaultwarden hash`.
                let cost = argon2::Cost { memory: 65_540, iterations: 3, parallelism: 4 };
                let (salt_length, key_length, variant) = (32, 32, Variant::Argon2id);
                Parameters::Argon2(argon2::Parameters { variant, cost, salt_length, key_length })
            }
            Self::Django => Parameters::Pbkdf2(pbkdf2::Parameters {
                // Django 5.2's iterations, and its 22 characters of salt.
                iterations: 1_000_000,
                salt_length: 22,
                ..pbkdf2::Parameters::new(Prf::Sha256)
            }),
            // Every request of a page pays for it.
            Self::Htpasswd => bcrypt(10),
            // The default of `caddy hash-password`.
            Self::Caddy => bcrypt(14),
            _ => Parameters::Pbkdf2(pbkdf2),
        }
    }

    /// Adapts parameters to the system (the salt of a digest for Django must be text), and checks
    /// that it supports digests with them. Their bounds are checked by [`Parameters::check`].
    ///
    /// # Errors
    /// [`UnsupportedBy`] if the system does not support such digests.
    pub fn adapt(self, parameters: &mut Parameters) -> Result<(), UnsupportedBy> {
        if let (Self::Django, Parameters::Pbkdf2(pbkdf2)) = (self, &mut *parameters) {
            pbkdf2.readable_salt = true;
        }
        self.write(&parameters.specimen()).map(drop)
    }

    /// Writes a digest in the system's form, with the same salt and key.
    ///
    /// # Errors
    /// [`UnsupportedBy`] if it does not support such a digest in any form.
    pub fn write(self, digest: &Digest) -> Result<String, UnsupportedBy> {
        self.written(digest).map_err(|reason| UnsupportedBy { provider: self, reason })
    }

    /// Returns whether the system supports a digest in the form of this text.
    #[must_use]
    pub fn reads(self, text: &str, digest: &Digest) -> Support {
        let text = match self {
            Self::Htpasswd => without_name(text),
            _ => text,
        };
        match self.written(digest) {
            Err(refusal) => Support::No(refusal),
            Ok(written) if written == text => Support::Yes,
            Ok(_) if self.is_lenient(text, digest) => Support::Yes,
            Ok(_) => Support::Rewritten,
        }
    }

    fn written(self, digest: &Digest) -> Result<String, Unsupported> {
        if self != Self::Authelia && matches!(digest, Digest::Plaintext(_)) {
            return Err(Unsupported::Plaintext);
        }
        let write = match self {
            Self::Authelia => write::authelia,
            Self::Hydra => write::hydra,
            Self::Zitadel => write::zitadel,
            Self::Kanidm => write::kanidm,
            Self::Vaultwarden => write::vaultwarden,
            Self::Keycloak => keycloak::write,
            Self::Django => write::django,
            Self::Ldap => write::openldap,
            Self::Htpasswd => write::htpasswd,
            Self::Caddy => write::caddy,
            Self::Phc => write::phc,
        };
        match write(digest) {
            Ok(_) if self != Self::Authelia && !digest.fields().is_portable() => {
                Err(Unsupported::OtherKey)
            }
            written => written,
        }
    }

    /// Whether the system accepts a form other than the one that we write.
    fn is_lenient(self, text: &str, digest: &Digest) -> bool {
        let is_bcrypt = digest.algorithm() == Algorithm::Bcrypt && digest.to_string() == text;
        match self {
            Self::Authelia => {
                let parsed = text.parse::<Digest>();
                // Hex digits are valid base64 too: Authelia would read another key.
                let is_same = |parsed: Digest| parsed == *digest && parsed.read_by_authelia();
                text.starts_with('$') && parsed.is_ok_and(is_same)
            }
            Self::Zitadel if !is_bcrypt => {
                matches!(read(text), Ok((_, Dialect::StandardBase64)))
            }
            // All of them treat 2a, 2b and 2y alike.
            Self::Hydra | Self::Zitadel | Self::Caddy | Self::Htpasswd => is_bcrypt,
            _ => false,
        }
    }
}

impl Provider {
    /// Returns the name of the system itself, for a sentence: `Ory Hydra`.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Authelia => "Authelia",
            Self::Hydra => "Ory Hydra",
            Self::Zitadel => "Zitadel",
            Self::Kanidm => "Kanidm",
            Self::Vaultwarden => "Vaultwarden",
            Self::Keycloak => "Keycloak",
            Self::Django => "Django",
            Self::Ldap => "OpenLDAP",
            Self::Htpasswd => "htpasswd",
            Self::Caddy => "Caddy",
            Self::Phc => "a reader of PHC strings",
        }
    }
}

impl FromStr for Provider {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        by_name(Self::ALL.iter().copied(), Self::name, name)
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
