//! Findings about a secret, a digest or a configuration: the one table of their codes and texts.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use crate::name::{UnknownName, by_name};

/// The severity of a finding. Not `non_exhaustive`: a program must decide on each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It does not work or gives no protection.
    Error,
    /// It works, but should be changed.
    Warning,
    /// For information.
    Note,
}

impl Severity {
    /// Returns the name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// A finding.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// Its kind.
    pub code: Code,
    /// The fact, in one sentence.
    pub message: String,
    /// The remedy, as an imperative sentence.
    pub fix: Cow<'static, str>,
    /// The digest, and the position of the offending character in it, counted from 0; never a
    /// secret.
    pub mark: Option<(String, usize)>,
}

impl Finding {
    pub(crate) fn new(code: Code, message: String, fix: impl Into<Cow<'static, str>>) -> Self {
        Self { code, message, fix: fix.into(), mark: None }
    }

    /// Creates the finding on a digest that needs more memory than this machine has, both in
    /// bytes.
    #[must_use]
    pub fn over_memory(needed: u64, available: u64) -> Self {
        let (needed, available) = (needed >> 20, available >> 20);
        let message =
            format!("verifying takes {needed} MiB of memory, and this machine has {available}");
        Self::new(Code::OverMemory, message, Code::OverMemory.fix())
    }

    /// Creates the finding that a secret from another place matches.
    #[must_use]
    pub fn other_secret(place: &str) -> Self {
        let message = format!("the secret in {place} matches: the digest belongs to it");
        Self::new(Code::OtherSecret, message, "give the application that secret")
    }

    /// Creates the finding that the secret is that of another client, described by its id and place.
    #[must_use]
    pub fn other_client(client: &str) -> Self {
        let message = format!("this is the secret of {client}");
        let fix = "give the application the secret of its own client";
        Self::new(Code::OtherClient, message, fix)
    }

    /// Creates the finding that a given digest is not the one that the configuration has for a client.
    /// `owner` describes the client that has it.
    #[must_use]
    pub fn other_digest(client: &str, owner: Option<&str>) -> Self {
        let owner = owner.map_or_else(
            || "no client has this one".to_owned(),
            |owner| format!("this one is that of {owner}"),
        );
        let message = format!("the configuration has another digest for {client}; {owner}");
        Self::new(Code::OtherDigest, message, Code::OtherDigest.fix())
    }
}

/// Declares the kinds of findings, each with its name, severity, meaning, cause and fix. One macro,
/// so that a kind cannot lack one of them.
macro_rules! codes {
    ($($code:ident $name:literal $severity:ident $meaning:literal $cause:literal $fix:literal;)*) => {
        /// The kinds of findings, the likeliest reason and the most severe first; the names are stable.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = $meaning] $code,)*
        }

        impl Code {
            /// Every kind, in order.
            pub const ALL: &[Self] = &[$(Self::$code,)*];

            /// Returns the name in JSON.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$code => $name,)* }
            }

            /// Returns its severity.
            #[must_use]
            pub const fn severity(self) -> Severity {
                match self { $(Self::$code => Severity::$severity,)* }
            }

            /// Returns its meaning.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$code => $meaning,)* }
            }

            /// Returns its usual cause.
            #[must_use]
            pub const fn cause(self) -> &'static str {
                match self { $(Self::$code => $cause,)* }
            }

            /// Returns its remedy.
            #[must_use]
            pub const fn fix(self) -> &'static str {
                match self { $(Self::$code => $fix,)* }
            }
        }
    };
}

codes! {
    Swapped "swapped" Error
        "secret and digest are swapped"
        "Each was pasted into the field of the other."
        "Give the secret to the application, and the digest to the provider.";
    DigestAsSecret "digest-as-secret" Error
        "the secret is a digest"
        "The application was given the provider's digest."
        "Give the application the secret that the digest was made from, or make both again.";
    Placeholder "placeholder" Error
        "a placeholder was not replaced"
        "A template, a variable or an example such as `<secret>` was copied unchanged, or is read by a program that does not resolve it."
        "Write the value itself, or have the placeholder replaced.";
    Expanded "expanded" Error
        "a shell, Compose or a filter replaced $ fields"
        "A shell between double quotes, Compose, envsubst or Authelia's expand-env filter replaced `$pbkdf2` and similar fields as unset variables."
        "Put the digest between single quotes; in a Compose file, double every $; do not use the expand-env filter.";
    DoubledDollars "doubled-dollars" Error
        "each $ is doubled"
        "The value was escaped for Compose, but nothing reads it as Compose does."
        "Write each $ once.";
    LostDollar "lost-dollar" Error
        "the digest lacks its leading $"
        "It was not copied, or a program removed it. Authelia reads the rest as a plaintext secret."
        "Add the leading $.";
    Quotes "quotes" Error
        "quotes became part of the value"
        "An env file, a variable or a second pair of quotes kept them."
        "Write the value with at most one pair of quotes: the file format's own.";
    Label "label" Error
        "other text became part of the value"
        "Text next to the value, such as `Digest:`, was copied with it."
        "Copy only the value.";
    Backslashes "backslashes" Error
        "backslashes became part of the value"
        "The value was escaped for a shell or a parser that did not process it."
        "Remove the backslashes.";
    LineEnd "line-end" Error
        "a line end is part of the secret or of the hashed secret"
        "`echo` and editors end a line, and the line end was read or hashed with the secret."
        "Write the secret with `printf %s`, or make the digest again without the line end.";
    Space "space" Error
        "white space is part of the value or of the hashed secret"
        "It was copied from a page, a table or a terminal."
        "Remove it.";
    Characters "characters" Error
        "the value has invisible or typographic characters"
        "A document, a chat or a web page changed quotes, spaces or hyphens, or added invisible characters."
        "Copy the value as plain text from its source.";
    UnicodeForm "unicode-form" Error
        "the same letters in different Unicode forms"
        "One side composes letters with their accents (NFC), the other decomposes them (NFD)."
        "Use a secret of ASCII characters.";
    FormEncoding "form-encoding" Error
        "form- or percent-encoded on one side only"
        "With client_secret_basic both sides must form-encode the secret (RFC 6749 section 2.3.1), but not all applications do; or the encoded secret was hashed."
        "Use a secret of A-Z a-z 0-9 - . _ ~, which no encoding changes.";
    Encoding "encoding" Error
        "encoded in base64 or hex on one side only"
        "A Kubernetes Secret was encoded twice or not at all, or the encoded secret was hashed."
        "Decode it on the side that encodes it once too often; in a manifest, use `stringData`.";
    IncompleteSecret "incomplete-secret" Error
        "one side has only a part of the secret"
        "A field, a file or a program truncated it, or a character or a prefix at one end was not copied."
        "Use the whole secret on both sides: put it between quotes, and make the digest again from it.";
    Padding "padding" Error
        "the padding of base64 (=) is on one side only"
        "A program or a person removed or added each = at the end."
        "Write the secret with the same = at the end on both sides.";
    Base64Alphabet "base64-alphabet" Error
        "base64 for URLs on one side, standard base64 on the other"
        "A program wrote - and _ for + and /, or the reverse."
        "Use the same form on both sides.";
    OtherDialect "other-dialect" Error
        "the digest is written for another system"
        "It comes from Django, Keycloak, a directory, a password file or other software, such as Werkzeug, ASP.NET or WordPress, or it is a bare hash of the secret."
        "Rewrite it in Authelia's format with `oidc-secret convert`, or, where that is not possible, make a new one from the secret with `oidc-secret hash`.";
    Case "case" Error
        "lower-case letters became upper-case"
        "A person or a program changed the case."
        "Write it in its original case.";
    OtherSecret "other-secret" Error
        "another of the given secrets matches"
        "The application and the provider have the secrets of different clients, or an old and a new one."
        "Give the application the secret that matches.";
    OtherClient "other-client" Error
        "the secret is that of another client"
        "It was copied from the wrong entry, or the digest was."
        "Give the application the secret of its own client.";
    OtherDigest "other-digest" Error
        "the configuration has another digest for the client"
        "The digest was replaced, or it belongs to another client or file."
        "Compare the secret with the configuration's digest: leave out the given one.";
    Malformed "malformed" Error
        "the digest cannot be read"
        "It is truncated, mistyped, or not a digest."
        "Copy it again, or make a new one.";
    TakenAsPlaintext "taken-as-plaintext" Error
        "Authelia would read the text as a plaintext secret"
        "A client's secret that does not begin with $ is plaintext to Authelia, even a digest after `{CRYPT}`."
        "Rewrite it in Authelia's format with `oidc-secret convert`, or make a new digest.";
    NotReadByAuthelia "not-read-by-authelia" Error
        "Authelia does not read this as a client's secret"
        "It does not support the algorithm or the format."
        "Rewrite it in Authelia's format with `oidc-secret convert`, or make a new digest.";
    KnownExample "known-example" Error
        "this is an example digest; its secret is public"
        "An example was copied into a configuration."
        "Make your own secret and digest with `oidc-secret new`.";
    KeyTooShort "key-too-short" Error
        "the key is so short that wrong secrets match by chance"
        "The digest was truncated. A shorter key is a prefix of the complete one, and still matches."
        "Make a new digest.";
    PlaintextSecret "plaintext-secret" Warning
        "this is the plaintext secret, not a digest"
        "`$plaintext$` and `$base64$` hold the secret."
        "Make a digest with `oidc-secret hash`.";
    ObsoleteAlgorithm "obsolete-algorithm" Warning
        "the algorithm is obsolete"
        "An attacker can try billions of secrets a second with MD5 and SHA-1."
        "Make a new digest with `oidc-secret hash`.";
    KeyTruncated "key-truncated" Warning
        "the key is shorter than the algorithm's"
        "The digest was truncated when it was copied. With PBKDF2, scrypt and yescrypt it still matches."
        "Copy it again, or make a new one.";
    SaltTooShort "salt-too-short" Warning
        "the salt has fewer than 8 bytes"
        "The digest was made with a short salt or none."
        "Make a new digest.";
    SaltPredictable "salt-predictable" Warning
        "the salt is not random"
        "It is a word, a sequence or one character."
        "Make a new digest.";
    BelowAuthelia "below-authelia" Warning
        "less work than Authelia requires for new digests"
        "The digest is old, or was made elsewhere."
        "Make a new digest; a random secret of 27 characters or more is still safe.";
    BelowOwasp "below-owasp" Warning
        "less work than OWASP recommends"
        "The digest is old, or its parameters were lowered."
        "Make a new digest; a random secret of 27 characters or more is still safe.";
    Slow "slow" Warning
        "a token request would take longer than a second"
        "The work factor is too high for this machine; applications give up after a few seconds."
        "Find a work factor with `oidc-secret tune`.";
    OverLimits "over-limits" Warning
        "the digest exceeds the limits for verifying"
        "It needs more memory or time than a digest from an unknown source should."
        "Raise the limits if you trust its source.";
    OverMemory "over-memory" Warning
        "verifying takes more memory than the machine or the container has"
        "Argon2's m= is in KiB and was set in another unit, or the container is small."
        "Make a new digest that needs less memory, or give the container more.";
    NotPortable "not-portable" Warning
        "other implementations compute a different key, or refuse it"
        "Authelia reads few rounds, long salts and the version 2x literally."
        "Make a new digest.";
    KeyTooLong "key-too-long" Note
        "the key costs more work without being stronger"
        "It was made longer than the hash function's output."
        "Make a new digest with a key of the default length.";
    NotCanonical "not-canonical" Note
        "the encoding is not canonical"
        "Line breaks, signs, zeros, stray bits, or parameters in another order: others may refuse it."
        "Rewrite it in Authelia's format with `oidc-secret convert`.";
    SecretTruncated "secret-truncated" Note
        "only the first 72 bytes of a secret count"
        "bcrypt ignores the rest."
        "Keep secrets within that length, or use another algorithm.";
    ClientId "client-id" Error
        "Authelia does not accept the client's id"
        "It is empty, longer than 100 characters, or has other characters than A-Z a-z 0-9 - . _ ~."
        "Choose another id, and change it in the application too.";
    DuplicateClientId "duplicate-client-id" Error
        "two clients have the same id"
        "An entry was copied."
        "Give one of them another id, and change it in the application too.";
    MissingSecret "missing-secret" Error
        "a confidential client has no secret"
        "client_secret is missing or empty, and the client authenticates with a secret."
        "Add the digest of its secret, or make the client public if it cannot keep one.";
    UnexpectedSecret "unexpected-secret" Error
        "a client that authenticates without a secret has one"
        "It is public, or its token_endpoint_auth_method is none or private_key_jwt."
        "Remove client_secret, or let the client authenticate with a secret.";
    PublicMethod "public-method" Error
        "a public client has a method that needs a secret"
        "token_endpoint_auth_method is not none."
        "Set it to none, or make the client confidential.";
    PlaintextNeeded "plaintext-needed" Error
        "Authelia needs the secret itself here, not a digest"
        "client_secret_jwt, and signing or encrypting with HS* or a symmetric key, need the secret."
        "Write `$plaintext$` and the secret, or choose a method or an algorithm that needs no plaintext secret.";
    RedirectUri "redirect-uri" Error
        "not a valid redirect URI"
        "It has no scheme, or Authelia cannot parse it."
        "Write it as the application sends it, starting with https://.";
    NoRedirectUri "no-redirect-uri" Warning
        "the client has no redirect URI"
        "redirect_uris is missing or empty. Authelia starts, but every sign-in fails."
        "Add the redirect URI that the application sends.";
    DuplicateRedirectUri "duplicate-redirect-uri" Warning
        "duplicate redirect URI"
        "It was copied."
        "Remove one.";
    UnknownValue "unknown-value" Error
        "a key has a value that Authelia does not know"
        "It is mistyped, or from another version or provider."
        "Use a value that Authelia knows.";
    UnusualValue "unusual-value" Warning
        "a key has a value that Authelia accepts but does not know"
        "It is mistyped, or for an extension."
        "Use a value that Authelia knows, unless this one is intended.";
    UnknownKey "unknown-key" Error
        "Authelia does not know the key"
        "It is misspelled, in the wrong place, or of another version or provider. Authelia does not start with it."
        "Correct the key, or remove it.";
    UndefinedName "undefined-name" Error
        "a name is not defined"
        "It is mistyped, or its definition was removed."
        "Define the name, or use one that is defined.";
    MissingValue "missing-value" Error
        "a key that another key needs is missing"
        "It has no default that fits."
        "Add the missing key.";
    Algorithm "algorithm" Error
        "the algorithm cannot be used here"
        "It is mistyped, or no key for it is configured."
        "Use another algorithm, or add the key that this one needs.";
    InvalidKey "invalid-key" Error
        "a cryptographic key cannot be used"
        "It is private, too short, of an unknown kind, or not in PEM."
        "Replace it by a public key of RSA with at least 2048 bits, or of an elliptic curve; the provider's own keys are private ones.";
    InvalidUri "invalid-uri" Error
        "not a valid URI"
        "It is incomplete, or does not start with https://."
        "Write a complete URI that starts with https://.";
    BearerAuthz "bearer-authz" Error
        "the scope authelia.bearer.authz is not allowed with this value"
        "Tokens with the scope open everything that the portal protects, so that Authelia allows it only with strict settings."
        "Set the key as the scope requires, or remove the scope.";
    RenamedKey "renamed-key" Warning
        "the key is an old one"
        "Version 4.38 renamed it. Authelia still reads it."
        "Rename it to the new key.";
    DuplicateValue "duplicate-value" Warning
        "duplicate value in a list"
        "It was copied."
        "Remove one.";
    UnusedGrant "unused-grant" Warning
        "no response type uses a grant type"
        "A grant type was added, or the response types were changed."
        "Remove the grant type, or add a response type that uses it.";
    UnusualBoolean "unusual-boolean" Note
        "a boolean is not written as true or false"
        "Authelia also reads 0, 1, t, f and an empty text."
        "Write true or false.";
    ClientCredentials "client-credentials" Error
        "`client_credentials` is not allowed for this client"
        "The client is public, has the scope openid or offline_access, or an authorization policy other than one_factor."
        "Make the client confidential if it is public, remove the scopes openid and offline_access, and set authorization_policy to one_factor.";
    RefreshToken "refresh-token" Warning
        "refresh tokens are only half configured"
        "The grant refresh_token needs the scope offline_access, which needs a response type with code."
        "Add the missing part, or remove the others.";
    Unquoted "unquoted" Warning
        "the value is not quoted, and YAML does not read it as a string"
        "It is a number, a boolean or null without quotes."
        "Put it between single quotes.";
    Unresolved "unresolved" Note
        "the value is resolved when Authelia starts"
        "It is a template or a variable."
        "Check it again with templates and variables resolved.";
    Overridden "overridden" Warning
        "a later file replaces these clients"
        "Authelia takes the list of clients from the last file that has one."
        "Keep all clients in one file.";
    UnreadDocument "unread-document" Error
        "Authelia does not read the clients"
        "It reads only the first YAML document of a file."
        "Move the clients into the first YAML document.";
    SameSecret "same-secret" Warning
        "two clients have the same secret or digest"
        "An entry was copied. Anyone who has one application's secret has the other's too."
        "Make a separate secret for each with `oidc-secret new`.";
    Guessable "guessable" Error
        "the secret is easily guessed"
        "It is the client's id or name, an example, or a default."
        "Make a random one with `oidc-secret new`.";
    MethodMismatch "method-mismatch" Warning
        "the application is known to use another authentication method"
        "token_endpoint_auth_method is not the one that the application uses."
        "Set token_endpoint_auth_method to the application's method, unless the application is configured differently.";
    PublicApplication "public-application" Warning
        "the application is known as a public client"
        "It runs where it cannot keep a secret, such as a browser or a phone, and has no setting for one."
        "Set public to true and remove the secret, unless the application is configured with a secret.";
    NoHmacSecret "no-hmac-secret" Warning
        "the provider has no key for its tokens"
        "Authelia starts without one, and protects its tokens with the hash of an empty text, which anyone can compute."
        "Set hmac_secret, unless AUTHELIA_IDENTITY_PROVIDERS_OIDC_HMAC_SECRET_FILE is set.";
    HashedSecret "hashed-secret" Warning
        "a signature is made with a hash of the secret"
        "For HS256 Authelia takes SHA-256 of the secret as the key, not the secret, so that most libraries cannot verify or make the signature."
        "Use an asymmetric algorithm such as RS256, unless the application hashes the secret in the same way.";
    ReservedCharacters "reserved-characters" Note
        "the secret has characters that must be form-encoded in an Authorization header"
        "RFC 6749 requires it (section 2.3.1), but some applications send such characters as they are, and the provider reads another secret."
        "If the provider answers invalid_client, make a secret of A-Z a-z 0-9 - . _ ~, which no encoding changes.";
    UnusualLength "unusual-length" Note
        "the secret does not have the length of those made by `new`"
        "It was copied incompletely, or comes from another program."
        "Copy the whole secret again, unless it was made with another length.";
    WrongSecret "wrong-secret" Error
        "the secret of the application does not match the provider's digest"
        "The application has another secret, or the provider still has an old file."
        "Give `oidc-secret diagnose` the secret that the application has, or make both again; then restart the provider.";
    UnknownClient "unknown-client" Error
        "no client is registered with the id that the application sent"
        "The id is mistyped, the provider still has an old file, or a later file replaces the list of clients."
        "Give the application the id from the configuration, and restart the provider.";
    WrongMethod "wrong-method" Error
        "the application authenticates with another method than the registered one"
        "token_endpoint_auth_method is not the one that the application uses; without the key it is client_secret_basic."
        "Set token_endpoint_auth_method to the method that the application uses, or change the application.";
    NoSecretSent "no-secret-sent" Error
        "the application sent no secret, but the client is confidential"
        "The application's secret is empty or was not read, or the application is a public client."
        "Give the application its secret, or make the client public if it cannot keep one.";
    SecretForPublicClient "secret-for-public-client" Error
        "the application sent a secret, but the client is public"
        "The client is public or its token_endpoint_auth_method is none, and the application has a secret."
        "Remove the secret from the application, or make the client confidential.";
    SeveralMethods "several-methods" Error
        "the application authenticates with several methods at once"
        "It sends the secret in the header and in the form."
        "Let the application use one method, and set token_endpoint_auth_method to it.";
    RedirectMismatch "redirect-mismatch" Error
        "the redirect URI of the application is not registered"
        "Authelia compares the complete text: scheme, host, port, path, slash and query."
        "Add the URI to redirect_uris exactly as the application sends it.";
    ScopeNotAllowed "scope-not-allowed" Error
        "the application requests a scope that the client does not have"
        "The scope is not in the client's scopes."
        "Add it to scopes, or remove it from the application.";
    GrantNotAllowed "grant-not-allowed" Error
        "the application uses a grant type that the client does not have"
        "The grant type is not in the client's grant_types."
        "Add it to grant_types, or change the application.";
    PkceMissing "pkce-missing" Error
        "the client must use PKCE, but the application does not"
        "require_pkce or pkce_challenge_method is set, or the provider enforces PKCE for the client."
        "Turn PKCE on in the application, or remove require_pkce and pkce_challenge_method.";
    PkceMethod "pkce-method" Error
        "the application uses a PKCE method that is not allowed"
        "pkce_challenge_method requires another method, or the provider does not allow plain."
        "Let the application use S256.";
    PkceMismatch "pkce-mismatch" Error
        "the PKCE verifier does not match the challenge"
        "The application lost or changed the verifier, for example between two of its instances or tabs."
        "Sign in again; if it recurs, check how the application keeps its sessions.";
    CodeReused "code-reused" Error
        "an authorization code was used twice"
        "The page was loaded again, or the application or a proxy repeated the request, often after a timeout."
        "Sign in again; if it recurs, look for slow answers and repeated requests.";
    InvalidGrant "invalid-grant" Error
        "the authorization code or refresh token is not valid"
        "It is unknown, expired or revoked, or belongs to another client or another provider's database."
        "Sign in again; if it recurs, check the clocks and the lifespans.";
    RateLimit "rate-limit" Warning
        "too many requests came from one address"
        "The application repeats a request that fails, or all users share the address of a proxy."
        "Remove the cause of the failed requests, and wait.";
    LiveOtherConfiguration "live-other-configuration" Error
        "the running provider does not use this configuration"
        "It was not restarted after a change, reads another file, or a later file replaces the clients."
        "Restart the provider, and check which files it reads.";
    LiveIssuerMismatch "live-issuer-mismatch" Error
        "the provider's issuer is not its URL"
        "The URL is another name of the provider, or a proxy does not pass the host and the scheme on (X-Forwarded-Host, X-Forwarded-Proto)."
        "Give the application the issuer as its provider URL, or correct the proxy's headers.";
    LiveOtherOrigin "live-other-origin" Error
        "an endpoint of the provider is at another origin"
        "A proxy does not pass the host and the scheme on, or the URL is another name of the provider. A secret is never sent to another origin."
        "Use the provider's own URL, or correct the proxy's headers X-Forwarded-Host and X-Forwarded-Proto.";
    LiveUnclear "live-unclear" Warning
        "the provider's answer does not tell whether the client is right"
        "A proxy, a firewall or a login page answered instead of the provider, or the provider failed."
        "Check the URL, and the provider's log.";
    LiveIssuerSlash "live-issuer-slash" Note
        "the provider's issuer and its URL differ in the slash at the end"
        "Many applications compare the issuer character by character."
        "Write the provider's URL in the application exactly as the issuer.";
    NothingMatches "nothing-matches" Note
        "no known cause explains the mismatch"
        "This is another secret, or the digest of another client."
        "Try other candidates, or make both again.";
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
