//! What is to be said about a secret and a digest, with a stable code.

use std::fmt;
use std::str::FromStr;

use crate::name::{UnknownName, by_name};

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It does not work, or protects nothing.
    Error,
    /// It works, and should be changed.
    Warning,
    /// It is good to know.
    Note,
}

impl Severity {
    /// The name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// Its kind.
    pub code: Code,
    /// What is the matter, in one sentence.
    pub message: String,
    /// What to do about it.
    pub fix: &'static str,
    /// The digest, and the offending character's position in it, counted from 0; never a secret.
    pub mark: Option<(String, usize)>,
}

impl Finding {
    pub(crate) const fn new(code: Code, message: String, fix: &'static str) -> Self {
        Self { code, message, fix, mark: None }
    }

    /// A digest that needs more memory than there is here, both in bytes.
    #[must_use]
    pub fn over_memory(needed: u64, available: u64) -> Self {
        let (needed, available) = (needed >> 20, available >> 20);
        let message =
            format!("verifying takes {needed} MiB of memory, and this machine has {available}");
        Self::new(Code::OverMemory, message, Code::OverMemory.fix())
    }

    /// Another secret, from this place, matches.
    #[must_use]
    pub fn other_secret(place: &str) -> Self {
        let message = format!("the secret in {place} matches: the digest belongs to that one");
        Self::new(Code::OtherSecret, message, "give the application that secret")
    }
}

/// The kinds of findings, each with all there is to say of it.
macro_rules! codes {
    ($($code:ident $name:literal $severity:ident $meaning:literal $cause:literal $fix:literal;)*) => {
        /// The kinds of findings, the likeliest reason and the worst first; the names are stable.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = $meaning] $code,)*
        }

        impl Code {
            /// Every kind, in order.
            pub const ALL: &[Self] = &[$(Self::$code,)*];

            /// The name in JSON.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$code => $name,)* }
            }

            /// How much it matters.
            #[must_use]
            pub const fn severity(self) -> Severity {
                match self { $(Self::$code => Severity::$severity,)* }
            }

            /// What it means.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$code => $meaning,)* }
            }

            /// How it comes about.
            #[must_use]
            pub const fn cause(self) -> &'static str {
                match self { $(Self::$code => $cause,)* }
            }

            /// What to do about it.
            #[must_use]
            pub const fn fix(self) -> &'static str {
                match self { $(Self::$code => $fix,)* }
            }
        }
    };
}

codes! {
    Swapped "swapped" Error
        "secret and digest are in each other's place"
        "The two were pasted into each other's field."
        "Give the secret to the application, and the digest to the provider.";
    DigestAsSecret "digest-as-secret" Error
        "a digest is in the place of the secret"
        "The application was given the provider's digest."
        "Give the application the secret that the digest was made from, or make both again.";
    Placeholder "placeholder" Error
        "nothing has filled in a placeholder"
        "A template, a variable or an example such as `<secret>` was copied as it is, or is read by something that does not fill it in."
        "Put the value itself there, or have it filled in.";
    Expanded "expanded" Error
        "a shell, Compose or a filter replaced $ fields"
        "A shell between double quotes, Compose, envsubst or Authelia's expand-env filter took `$pbkdf2` and its like for variables that nobody has set."
        "Put the digest between single quotes; in a Compose file double every $; leave out the expand-env filter.";
    DoubledDollars "doubled-dollars" Error
        "each $ is doubled"
        "The value was escaped for Compose, but nothing reads it as Compose does."
        "Write each $ once.";
    LostDollar "lost-dollar" Error
        "the digest lacks the $ in front"
        "It was not copied along, or a program took it. Authelia takes the rest for a plaintext secret."
        "Put the $ in front of the digest again.";
    Quotes "quotes" Error
        "quotes became part of the value"
        "An env file, a variable or a second pair of quotes kept them."
        "Write the value with one pair of quotes at most, that of the file's format.";
    Label "label" Error
        "other text became part of the value"
        "Text next to the value, such as `Digest:`, was copied along."
        "Copy the value alone.";
    Backslashes "backslashes" Error
        "backslashes became part of the value"
        "The value was escaped for a shell or a parser that did not see it."
        "Remove the backslashes.";
    LineEnd "line-end" Error
        "a line end is part of the secret or of what was hashed"
        "`echo` and editors end a line; the file or the pipe was then read or hashed as it is."
        "Write the secret with `printf %s`, or make the digest again without the line end.";
    Space "space" Error
        "white space is part of the value or of what was hashed"
        "It was copied along from a page, a table or a terminal."
        "Remove it.";
    Characters "characters" Error
        "invisible or typographic characters are in the way"
        "A document, a chat or a web page changed quotes, spaces or hyphens, or added invisible characters."
        "Copy the value as plain text from where it was made.";
    UnicodeForm "unicode-form" Error
        "the same letters in different Unicode forms"
        "One side composes letters with their accents (NFC), the other keeps them apart (NFD)."
        "Use a secret of ASCII characters.";
    FormEncoding "form-encoding" Error
        "form- or percent-encoded on one side only"
        "With client_secret_basic both sides must form-encode the secret (RFC 6749 section 2.3.1), and not all applications do; or the encoded secret was hashed."
        "Use a secret of A-Z a-z 0-9 - . _ ~, which no encoding changes.";
    Encoding "encoding" Error
        "encoded in base64 or hex on one side only"
        "A Kubernetes Secret was encoded twice or not at all, or the encoded secret was hashed."
        "Decode it where it is encoded once too often; in a manifest use `stringData`.";
    OtherDialect "other-dialect" Error
        "the digest is written for another system"
        "It comes from Django, Keycloak, a directory or a password file."
        "Rewrite it with `oidc-secret convert --for authelia`.";
    Case "case" Error
        "small letters became capitals"
        "Somebody or something changed the case."
        "Write it as it was.";
    OtherSecret "other-secret" Error
        "another secret, one of your candidates, matches"
        "The application and the provider have the credentials of different clients or of different times."
        "Give the application the secret that matches.";
    Malformed "malformed" Error
        "the digest cannot be read"
        "It is truncated, mistyped, or not a digest."
        "Copy it again, or make a new one.";
    TakenAsPlaintext "taken-as-plaintext" Error
        "Authelia would take the text for the secret itself"
        "A client's secret that does not begin with $ is plaintext to Authelia, also a digest behind `{CRYPT}`."
        "Rewrite it with `oidc-secret convert --for authelia`, or make a new digest.";
    NotReadByAuthelia "not-read-by-authelia" Error
        "Authelia does not read this as a client's secret"
        "It has no decoder for the algorithm or the form."
        "Rewrite it with `oidc-secret convert --for authelia`, or make a new digest.";
    KnownExample "known-example" Error
        "this is an example digest; its secret is public"
        "An example was copied into a configuration."
        "Make a secret and a digest of your own with `oidc-secret new`.";
    KeyTooShort "key-too-short" Error
        "so short a key matches wrong secrets by chance"
        "The digest was cut. A shorter key is a prefix of the whole one, and still matches."
        "Make a new digest.";
    PlaintextSecret "plaintext-secret" Warning
        "this is the plaintext secret, not a digest"
        "`$plaintext$` and `$base64$` hold the secret."
        "Make a digest with `oidc-secret hash`.";
    BrokenAlgorithm "broken-algorithm" Warning
        "too weak by today's measure"
        "MD5 and SHA-1 are tried billions of times a second."
        "Make a new digest with `oidc-secret hash`.";
    KeyTruncated "key-truncated" Warning
        "the key is shorter than the algorithm makes it"
        "The digest was cut when it was copied. With PBKDF2, scrypt and yescrypt it still matches."
        "Copy it again, or make a new one.";
    SaltTooShort "salt-too-short" Warning
        "the salt has fewer than 8 bytes"
        "The digest was made with a short salt or none."
        "Make a new digest.";
    SaltPredictable "salt-predictable" Warning
        "the salt was not drawn at random"
        "It is a word, a sequence or one character."
        "Make a new digest.";
    BelowAuthelia "below-authelia" Warning
        "less work than Authelia allows for new digests"
        "The digest is old, or was made elsewhere."
        "Make a new digest; a random secret of 27 characters or more is safe even so.";
    BelowOwasp "below-owasp" Warning
        "less work than OWASP recommends"
        "The digest is old, or its parameters were lowered."
        "Make a new digest; a random secret of 27 characters or more is safe even so.";
    Slow "slow" Warning
        "a token request would take longer than a second"
        "The work factor is higher than this machine is fast; applications give up after a few seconds."
        "Find a work factor with `oidc-secret tune`.";
    OverLimits "over-limits" Warning
        "verify refuses it unless its limits are lifted"
        "It asks for more memory or time than a digest from anywhere should have."
        "Lift --max-memory or --max-time if you trust where it comes from.";
    OverMemory "over-memory" Warning
        "verifying takes more memory than the machine or the container has"
        "m= of Argon2 is in KiB, and was taken for another unit, or the container is small."
        "Make a new digest with less --memory, or give the container more.";
    NotPortable "not-portable" Warning
        "other implementations compute another key from it, or refuse it"
        "Authelia reads few rounds, long salts and the version 2x literally."
        "Make a new digest.";
    KeyTooLong "key-too-long" Note
        "the key costs more work and is no stronger"
        "It was made longer than the hash function's output."
        "Make a new digest without --key-length.";
    NotCanonical "not-canonical" Note
        "it is read, and not written as it should be"
        "Line breaks, signs, zeros, stray bits, or parameters in another order: others may refuse it."
        "Rewrite it with `oidc-secret convert --for authelia`.";
    SecretCut "secret-cut" Note
        "only the first 72 bytes of a secret count"
        "bcrypt ignores what is behind them."
        "Keep secrets within that, or use another algorithm.";
    ClientId "client-id" Error
        "Authelia does not accept the client's id"
        "It is empty, longer than 100 characters, or has other characters than A-Z a-z 0-9 - . _ ~."
        "Choose another id, and change it in the application as well.";
    DuplicateClientId "duplicate-client-id" Error
        "two clients have the same id"
        "An entry was copied."
        "Give one of them another id, and change it in the application as well.";
    MissingSecret "missing-secret" Error
        "a confidential client has no secret"
        "client_secret is missing or empty, and the client authenticates with a secret."
        "Add the digest of its secret, or make the client public if it cannot keep one.";
    UnexpectedSecret "unexpected-secret" Error
        "a client that authenticates without a secret has one"
        "It is public, or its token_endpoint_auth_method is none or private_key_jwt."
        "Remove client_secret, or make the client one that has a secret.";
    PublicMethod "public-method" Error
        "a public client has a method that needs a secret"
        "token_endpoint_auth_method is not none."
        "Set it to none, or make the client confidential.";
    PlaintextNeeded "plaintext-needed" Error
        "Authelia needs the secret itself here, not a digest"
        "client_secret_jwt, and signing or encrypting with HS* or a symmetric key, need the secret."
        "Write `$plaintext$` and the secret, or choose a method or an algorithm that needs none.";
    RedirectUri "redirect-uri" Error
        "not a valid redirect URI"
        "It has no scheme."
        "Write it as the application sends it, with https:// in front.";
    DuplicateRedirectUri "duplicate-redirect-uri" Warning
        "duplicate redirect URI"
        "It was copied."
        "Remove one.";
    UnknownValue "unknown-value" Error
        "a key has a value that Authelia does not know"
        "It is mistyped, or from another version or provider."
        "Write one of those that the message names.";
    UnusualValue "unusual-value" Warning
        "a key has a value that Authelia takes and does not know"
        "It is mistyped, or for an extension."
        "Write one of those that the message names, unless it is meant.";
    ClientCredentials "client-credentials" Error
        "`client_credentials` is not allowed for this client"
        "The client is public, or asks for openid or offline_access as well."
        "Make the client confidential where it is public, and leave out openid and offline_access where they are scopes.";
    RefreshToken "refresh-token" Warning
        "refresh tokens are only half configured"
        "The grant refresh_token needs the scope offline_access, and that a response type with code."
        "Add what is missing, or leave out both.";
    Unquoted "unquoted" Warning
        "the value is not quoted, and YAML does not read it as a string"
        "It is a number, a boolean or null without quotes."
        "Put it between single quotes.";
    Unresolved "unresolved" Note
        "the value is filled in when Authelia starts"
        "It is a template or a variable."
        "Resolve it with `oidc-secret audit --resolve`.";
    Overridden "overridden" Warning
        "a later file replaces these clients"
        "Authelia takes the list of clients from the last file that has one."
        "Keep all clients in one file.";
    SameSecret "same-secret" Warning
        "two clients have the same secret or digest"
        "An entry was copied. Whoever has the one application's secret has the other's."
        "Make a secret of its own for each with `oidc-secret new`.";
    Guessable "guessable" Error
        "the secret is easily guessed"
        "It is the client's id or name, an example, or a default."
        "Make a random one with `oidc-secret new`.";
    MethodMismatch "method-mismatch" Warning
        "the application is known to authenticate in another way"
        "token_endpoint_auth_method is not the one that the application uses."
        "Change it to the one that the message names, unless the application is set up otherwise.";
    NothingMatches "nothing-matches" Note
        "no known cause explains the mismatch"
        "This is another secret, or the digest of another client."
        "Add guesses of your own with --candidates, or make both again.";
}

impl FromStr for Code {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        by_name(Self::ALL.iter().copied(), Self::name, name)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
