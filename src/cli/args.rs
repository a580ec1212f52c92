//! The arguments that commands share, and the parsers of their values.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use oidc_secret::authelia::Schema;
use oidc_secret::catalogue::Form;
use oidc_secret::error::{AlphabetError, ParameterName, UnknownName};
use oidc_secret::{Algorithm, Alphabet, Charset, Code, Digest, Encoding, Parameters, Provider};

use super::failure::Failure;
use super::output::{Color, hint, warn};
use super::visible::is_invisible;
use super::{
    apps, audit, completions, convert, hash, inspect, man, new, rand, rotate, tune, verify,
};

/// Create OpenID Connect client ids and secrets, hash secrets, verify them
#[derive(Parser)]
#[command(
    name = "oidc-secret",
    version,
    disable_version_flag = true,
    max_term_width = 100,
    long_about = "Create client ids and secrets for an OpenID Connect provider, turn secrets into \
                  digests, and check a secret against a digest. The main provider is Authelia.\n\nA secret is never an argument: other users of the machine could \
                  see it. It comes from --secret-file, --secret-env, a pipe, or a prompt.",
    after_long_help = "\
Examples:
  oidc-secret new kasm                        a client: id, secret and digest
  oidc-secret apps kasm                       applications that it knows how to set up
  oidc-secret hash < secret.txt               the digest of a secret
  oidc-secret verify --secret-file s.txt --config configuration.yml --client kasm
  oidc-secret rotate configuration.yml kasm   a new secret for a client

Exit codes:
  0  it worked (verify: the secret matches; audit: nothing was found)
  1  verify: the secret does not match; audit: there are findings
  2  anything else: usage, unreadable input, malformed digest, I/O
  130  interrupted at a prompt

Standard output carries the result only; messages go to standard error, each line beginning \
with `oidc-secret: error:`, `warning:` or `hint:`."
)]
pub(crate) struct Cli {
    /// Print the version; with --verbose also the kernel in use
    #[arg(long, short = 'V')]
    pub(crate) version: bool,
    #[arg(
        long,
        requires = "version",
        hide_short_help = true,
        long_help = "With --version: also print build details"
    )]
    pub(crate) verbose: bool,
    /// When to use colours
    #[arg(
        long,
        value_name = "WHEN",
        global = true,
        default_value = "auto",
        hide_short_help = true,
        help_heading = "Output"
    )]
    pub(crate) color: Color,
    /// Print errors and results only: no warnings and no hints
    #[arg(long, short, global = true, hide_short_help = true, help_heading = "Output")]
    pub(crate) quiet: bool,
    #[arg(
        long,
        long_help = "Compute PBKDF2 with this kernel instead of the fastest that the CPU has",
        global = true,
        value_name = "NAME",
        env = "OIDC_SECRET_KERNEL",
        help_heading = "Advanced",
        hide_short_help = true
    )]
    pub(crate) kernel: Option<String>,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    New(Box<new::NewArgs>),
    Rand(rand::RandArgs),
    Hash(hash::HashArgs),
    Verify(verify::VerifyArgs),
    Inspect(inspect::InspectArgs),
    Audit(audit::AuditArgs),
    Rotate(Box<rotate::RotateArgs>),
    Convert(convert::ConvertArgs),
    Tune(tune::TuneArgs),
    Apps(apps::AppsArgs),
    Completions(completions::CompletionsArgs),
    Man(man::ManArgs),
}

/// What a command prints that has one result.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// A JSON object
    Json,
}

/// Where the secret comes from.
#[derive(Args)]
#[command(next_help_heading = "Secret")]
pub(crate) struct SecretArgs {
    /// Read the secret from a file; `-` is standard input
    ///
    /// One trailing line end is dropped (see --raw). Without --secret-file and --secret-env the
    /// secret is read from standard input, or asked for on the terminal if that is one.
    #[arg(long, value_name = "PATH", group = "secret_source")]
    pub(crate) secret_file: Option<PathBuf>,
    /// Read the secret from an environment variable
    #[arg(long, value_name = "NAME", group = "secret_source")]
    pub(crate) secret_env: Option<OsString>,
    /// Take the secret exactly as it is: keep a trailing line end, allow any bytes
    #[arg(long)]
    pub(crate) raw: bool,
}

/// What random text is made of.
#[derive(Args)]
pub(crate) struct AlphabetArgs {
    /// Characters to use, by name
    #[arg(long, short = 'x', value_name = "NAME", default_value = "rfc3986", value_parser = charset(),
          hide_possible_values = true,
          long_help = with_values("Characters to use, by name", Charset::ALL.iter().map(|c| c.name())),
          conflicts_with = "characters")]
    charset: Charset,
    /// Characters to use; repeated ones count once
    #[arg(long, hide_short_help = true, value_name = "CHARACTERS", value_parser = alphabet, allow_hyphen_values = true)]
    characters: Option<Alphabet>,
}

impl AlphabetArgs {
    pub(crate) fn alphabet(&self) -> Alphabet {
        self.characters.clone().unwrap_or_else(|| self.charset.into())
    }
}

/// What a new digest is made with, for a system that can be chosen.
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

/// What a new digest is made with.
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
    /// The system that the digest is for.
    pub(crate) fn provider(&self) -> Provider {
        match self.encoding {
            Some(Encoding::Phc) => Provider::Phc,
            _ => self.provider,
        }
    }

    /// The parameters, within their bounds, and such that the provider reads the digest.
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

    /// The digest as the provider wants it, for a user of this name.
    pub(crate) fn write(&self, digest: &Digest, user: Option<&str>) -> Result<String, Failure> {
        match self.encoding {
            Some(_) => Ok(digest.to_string()),
            None => write(self.provider, digest, user),
        }
    }

    /// Says what is to be known of a digest of this kind.
    pub(crate) fn advise(&self, parameters: &Parameters) {
        if self.encoding == Some(Encoding::Phc) && matches!(parameters, Parameters::Pbkdf2(_)) {
            hint(PHC_IS_UNREAD);
        }
        advise(self.provider);
        self.cost.advise(parameters);
    }
}

impl CostArgs {
    /// The parameters of a digest for Authelia, within their bounds.
    pub(crate) fn for_authelia(&self) -> Result<Parameters, Failure> {
        let mut parameters = self.given(Provider::Authelia.parameters())?;
        Provider::Authelia.adapt(&mut parameters)?;
        Ok(parameters)
    }

    /// The parameters that are usual, or those of the algorithm, as the flags change them.
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
        // The usual parameters are known not to be slow, and a sample takes time.
        let is_chosen = [self.iterations, self.memory, self.block_size, self.parallelism];
        if is_chosen.iter().any(Option::is_some) {
            warn_if_slow(parameters);
        }
    }
}

/// A digest as a system wants it, for a user of this name.
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

/// Says so if each token request would take the provider long.
fn warn_if_slow(parameters: &Parameters) {
    const LONG: Duration = Duration::from_secs(2);
    if let Ok(time) = parameters.estimate()
        && time > LONG
    {
        let seconds = time.as_secs();
        warn(&format!(
            "such a digest takes about {seconds} s here, and so would each token request"
        ));
    }
}

/// Says what is easily done wrong with the digests of a system.
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

/// Reads the name of a user for a password file: what stands before a colon.
pub(crate) fn user(text: &str) -> Result<String, &'static str> {
    if text.is_empty() || text.contains(':') || text.contains(is_invisible) {
        Err("a user's name is not empty, and has no colon and no control character")
    } else {
        Ok(text.to_owned())
    }
}

/// What to know of a pbkdf2 digest in the PHC form.
pub(crate) const PHC_IS_UNREAD: &str = "Authelia does not read pbkdf2 digests in the PHC form";

/// A flag that an algorithm does not have.
pub(crate) fn no_such_parameter(flag: &str, algorithm: Algorithm) -> Failure {
    Failure::new(format!("{algorithm} has no --{flag}"))
        .hint("leave it out, or choose another algorithm with -a")
}

/// Refuses a secret on the command line, whatever else stands there.
pub(crate) fn refuse_secrets(args: impl Iterator<Item = OsString>) -> Result<(), Failure> {
    for arg in args.skip(1).take_while(|arg| arg != "--") {
        let arg = arg.to_string_lossy();
        let flag = arg.split('=').next().unwrap_or_default();
        if flag == "--password" || flag == "--secret" {
            let text = format!(
                "{flag} is refused: an argument is seen by every user of the machine and kept in \
                 the shell's history"
            );
            return Err(Failure::new(text)
                .hint("use --secret-file PATH, --secret-env NAME, a pipe, or the prompt"));
        }
    }
    Ok(())
}

/// A parser of one of several names.
fn named<T: Clone + Send + Sync + 'static>(
    names: impl IntoIterator<Item = (&'static str, T)>,
) -> impl clap::builder::TypedValueParser<Value = T> {
    use clap::builder::{PossibleValuesParser, TypedValueParser};
    let names: Vec<_> = names.into_iter().collect();
    PossibleValuesParser::new(names.iter().map(|(name, _)| *name)).try_map(move |given| {
        let found = names.iter().find(|(name, _)| *name == given);
        found.map(|(_, value)| value.clone()).ok_or("unknown name")
    })
}

/// A parser of the names of one of the library's types.
fn parsed<T: std::str::FromStr<Err = UnknownName> + Clone + Send + Sync + 'static>(
    names: impl Iterator<Item = &'static str>,
) -> impl clap::builder::TypedValueParser<Value = T> {
    use clap::builder::{PossibleValuesParser, TypedValueParser};
    PossibleValuesParser::new(names).try_map(|name| name.parse())
}

fn charset() -> impl clap::builder::TypedValueParser<Value = Charset> {
    parsed(Charset::ALL.iter().map(|charset| charset.name()))
}

pub(crate) fn algorithm(
    algorithms: impl Iterator<Item = Algorithm>,
) -> impl clap::builder::TypedValueParser<Value = Algorithm> {
    use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
    /// The names of `authelia crypto hash generate`, each with its default variant.
    const FAMILIES: [(&str, &str); 3] =
        [("pbkdf2", "pbkdf2-sha512"), ("argon2", "argon2id"), ("sha2crypt", "sha512crypt")];
    let algorithms: Vec<_> = algorithms.collect();
    let values = algorithms.iter().map(|algorithm| {
        let families = FAMILIES.iter().filter(|(_, variant)| *variant == algorithm.name());
        PossibleValue::new(algorithm.name()).aliases(families.map(|(family, _)| *family))
    });
    PossibleValuesParser::new(values).try_map(move |given| {
        let family = FAMILIES.iter().find(|(family, _)| *family == given);
        let name = family.map_or(&*given, |(_, variant)| variant);
        name.parse::<Algorithm>()
    })
}

/// A flag's help with all of its values, for the long help: in the short one they take a screen.
pub(crate) fn with_values(help: &str, names: impl Iterator<Item = &'static str>) -> String {
    format!("{help} [possible values: {}]", names.collect::<Vec<_>>().join(", "))
}

pub(crate) fn code() -> impl clap::builder::TypedValueParser<Value = Code> {
    parsed(Code::ALL.iter().map(|code| code.name()))
}

pub(crate) fn provider() -> impl clap::builder::TypedValueParser<Value = Provider> {
    parsed(Provider::ALL.iter().map(|provider| provider.name()))
}

/// The names of the keys in a configuration.
pub(crate) fn schema() -> impl clap::builder::TypedValueParser<Value = Schema> {
    named([("current", Schema::Current), ("legacy", Schema::Legacy)])
}

/// The forms of an application's settings.
pub(crate) fn form() -> impl clap::builder::TypedValueParser<Value = Form> {
    named(Form::ALL)
}

fn encoding() -> impl clap::builder::TypedValueParser<Value = Encoding> {
    named([("authelia", Encoding::Authelia), ("phc", Encoding::Phc)])
}

fn alphabet(text: &str) -> Result<Alphabet, AlphabetError> {
    text.parse()
}

/// Reads `64MiB`, `1GiB`, `512KiB` or a plain number of KiB, as KiB.
pub(crate) fn kibibytes(text: &str) -> Result<u64, &'static str> {
    const FORM: &str = "write it as 64MiB, 1GiB or 65536KiB; a plain number is KiB";
    let (number, unit) = split_unit(text);
    let factor = match unit {
        "" | "KiB" => 1,
        "MiB" => 1 << 10,
        "GiB" => 1 << 20,
        _ => return Err(FORM),
    };
    number.and_then(|number| number.checked_mul(factor)).ok_or(FORM)
}

/// Reads `30s`, `500ms`, `2m`, `1h` or a plain number of seconds.
pub(crate) fn duration(text: &str) -> Result<Duration, &'static str> {
    const FORM: &str = "write it as 30s, 500ms, 2m or 1h";
    let (number, unit) = split_unit(text);
    let milliseconds = match unit {
        "ms" => 1,
        "" | "s" => 1000,
        "m" | "min" => 60_000,
        "h" => 3_600_000,
        _ => return Err(FORM),
    };
    let milliseconds = number.and_then(|number| number.checked_mul(milliseconds));
    milliseconds.map(Duration::from_millis).ok_or(FORM)
}

fn split_unit(text: &str) -> (Option<u64>, &str) {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    (text[..digits].parse().ok(), text[digits..].trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn sizes_are_kibibytes() {
        assert_eq!(kibibytes("65536"), Ok(65_536));
        assert_eq!(kibibytes("64MiB"), Ok(65_536));
        assert_eq!(kibibytes("64 MiB"), Ok(65_536));
        assert_eq!(kibibytes("2GiB"), Ok(2 << 20));
        for bad in
            ["", "MiB", "64MB", "64 M", "-1", "99999999999999999999", "18446744073709551615GiB"]
        {
            assert!(kibibytes(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn times_have_units() {
        assert_eq!(duration("30"), Ok(Duration::from_secs(30)));
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("2m"), Ok(Duration::from_secs(120)));
        assert_eq!(duration("1h"), Ok(Duration::from_secs(3600)));
        for bad in ["", "s", "3 weeks", "-1s", "1.5s"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }
}
