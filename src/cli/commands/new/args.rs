//! Arguments of `new`, and the combinations that are refused.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{ArgGroup, ValueEnum as _, ValueHint};
use oidc_secret::authelia::Schema;
use oidc_secret::catalogue::{SettingsFormat, Url, Values};
use oidc_secret::error::{CatalogueError, ClientIdError};
use oidc_secret::{ClientId, Provider, is_invisible, is_one_line};

use super::created::{Apart, Format};
use super::entry_args::EntryArgs;
use crate::cli::args::at::AtArgs;
use crate::cli::args::digest::DigestArgs;
use crate::cli::args::random_secret::RandomSecretArgs;
use crate::cli::args::values::{schema, settings_format, with_values};
use crate::cli::failure::Failure;

/// Create a client: id, secret and digest
#[derive(clap::Args)]
#[command(
    group(ArgGroup::new("new_file").multiple(true)),
    after_help = "\
Examples:
  oidc-secret new kasm
  oidc-secret new kasm --redirect-uri https://kasm.example.com/cb --write configuration.yml
  oidc-secret new --app kasm-workspaces --app-url https://kasm.example.com \
--authelia-url https://auth.example.com",
    after_long_help = "\
The id is for the application and the provider, the secret for the application only, the digest \
for the provider only.

Formats:
  text       for people
  json       {\"version\": 1, \"client_id\", \"client_name\", \"client_secret\", \
\"client_secret_digest\", \"entropy_bits\"}, for one client; with jsonl a line for each
  authelia   an item for identity_providers.oidc.clients; the secret goes to standard error
  k8s        a Kubernetes Secret with client_id and client_secret, for the application; the digest goes \
into the file of --write or --digest-out
  helm       values of Authelia's Helm chart; the secret goes to standard error
  configmap  a Kubernetes ConfigMap with a configuration of clients; the secret goes to standard error
  env        OIDC_CLIENT_ID, OIDC_CLIENT_NAME, OIDC_CLIENT_SECRET, OIDC_CLIENT_SECRET_DIGEST, \
with quotes for a shell where it needs them; `docker run --env-file` keeps these
  csv        client_id,client_name,client_secret,client_secret_digest,entropy_bits; a name that \
a spreadsheet would execute begins with an apostrophe

With helm-existing-secret the values refer to a Kubernetes Secret with the digest, which is printed \
after them; this is for one client. A ConfigMap must have all clients, since Authelia takes only the \
last list that it reads.

With --app the output is the provider's entry and the application's settings, from the catalogue \
(see `oidc-secret apps`). In json there are also \"authelia\", the entry, and \"application\": \
{\"name\", \"note\", \"extra_config\", \"methods\": [{\"name\", \"kind\", \"file\", \"alternative\", \
\"settings\": [[LABEL, VALUE]], \"text\"}]}. With \"alternative\" the settings do the same as those before \
them. Those in a language such as PHP have no labels and values, but \"text\". With --write, extra_config is \
only what could not be merged. A public client has neither secret nor digest.

The text output has the first of the alternatives, and names the others. With one --settings FORMAT \
standard output is the settings alone, so that it can be redirected to the application's file; the \
provider's entry and everything else go to standard error. --out writes them to a file instead.

With --secret-out the secret is only in that file, and the output names the file: in json \
client_secret is null and client_secret_file is the path, in env the variable is \
OIDC_CLIENT_SECRET_FILE, in csv the field is empty.

Examples:
  oidc-secret new kasm
  oidc-secret new kasm --id kasm --format authelia --secret-out kasm.secret
  oidc-secret new kasm --redirect-uri https://kasm.example.com/cb --write configuration.yml
  oidc-secret new --count 20 --format csv > clients.csv
  oidc-secret new --app kasm-workspaces --app-url https://kasm.example.com \
--authelia-url https://auth.example.com --write configuration.yml
  oidc-secret new --app grafana --app-url https://grafana.example.com \
--authelia-url https://auth.example.com --settings env --out .env
  oidc-secret new --from clients.csv --format jsonl > clients.jsonl"
)]
pub(crate) struct NewArgs {
    /// Name that the provider shows to people
    #[arg(value_name = "NAME", value_parser = one_line)]
    pub(super) name: Option<String>,
    /// Client id instead of a random one: 1 to 100 of A-Z a-z 0-9 - . _ ~
    #[arg(long, value_name = "ID", value_parser = client_id, allow_hyphen_values = true,
          conflicts_with_all = ["id_length", "count"])]
    pub(super) id: Option<ClientId>,
    /// Length of the random id [default: 72; with --app the catalogue's id]
    #[arg(long, hide_short_help = true, value_name = "N",
          value_parser = clap::value_parser!(u32).range(1..=ClientId::MAX_LENGTH as i64))]
    pub(super) id_length: Option<u32>,
    #[command(flatten)]
    pub(super) secret: RandomSecretArgs,
    /// Number of clients
    #[arg(long, short, value_name = "N", default_value_t = 1,
          value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    pub(super) count: u64,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: Format,
    /// Write the secret to this file (mode 0600) instead of printing it
    #[arg(long, value_name = "FILE", conflicts_with_all = ["count", "out"],
          group = "new_file", value_parser = one_line, value_hint = ValueHint::FilePath)]
    pub(super) secret_out: Option<String>,
    /// Also write the digest to this file (mode 0600)
    ///
    /// With --format k8s it is a Kubernetes Secret, which `client_secret.path` in the values of Authelia's
    /// Helm chart refers to.
    #[arg(long, hide_short_help = true, value_name = "FILE", conflicts_with_all = ["count", "from"],
          group = "new_file", value_parser = one_line, value_hint = ValueHint::FilePath)]
    pub(super) digest_out: Option<String>,
    /// Replace the files of --secret-out, --digest-out and --out if they exist
    #[arg(long, hide_short_help = true, requires = "new_file")]
    pub(super) force: bool,
    /// Create the clients listed in a .csv or .jsonl file
    ///
    /// The columns or keys are `name`, `id`, `redirect_uri`, `app`, `app_url`, `authelia_url` and
    /// `variant`, and `set.NAME` for the values of --set; the flags apply where one is missing.
    #[arg(long, value_name = "FILE",
          conflicts_with_all = ["name", "id", "count", "secret_out"])]
    pub(super) from: Option<PathBuf>,
    /// Add the clients to this Authelia configuration
    ///
    /// They are appended to the list of clients, which is created if it is missing. With --app, the claims
    /// policies, scopes, lifespans and user attributes that the application needs are added too, as far
    /// as they are missing; one that exists with another value is an error. Every other byte is kept. The
    /// file is replaced last: if anything fails it is unchanged.
    #[arg(long, value_name = "FILE")]
    pub(super) write: Option<PathBuf>,
    #[command(flatten)]
    pub(super) at: AtArgs,
    #[command(flatten)]
    pub(super) file: FileArgs,
    /// Show the change as a diff without secrets, and change nothing
    #[arg(long, requires = "write", conflicts_with = "format")]
    pub(super) dry_run: bool,
    /// Ask no questions: missing values are an error, and a change is written at once
    ///
    /// Questions are asked only on a terminal.
    #[arg(long, hide_short_help = true)]
    pub(super) no_input: bool,
    /// Names of the keys in the entry: `legacy` is for Authelia before 4.38 [default: with --write
    /// those of the other clients, otherwise current]
    #[arg(long, hide_short_help = true, value_name = "NAME", value_parser = schema())]
    pub(super) schema: Option<Schema>,
    #[command(flatten)]
    pub(super) entry: EntryArgs,
    #[command(flatten)]
    pub(super) application: ApplicationArgs,
    #[command(flatten)]
    pub(super) digest: DigestArgs,
}

/// Flags about the file of `--write`.
#[derive(clap::Args)]
pub(crate) struct FileArgs {
    /// Create the configuration of --write (mode 0600) if it does not exist
    ///
    /// It has the clients and what they need, but nothing else of a configuration. On a terminal this is
    /// asked for instead.
    #[arg(long, hide_short_help = true, requires = "write", conflicts_with = "at")]
    pub(super) create: bool,
    /// Keep the old configuration as FILE.bak, which replaces an earlier one
    #[arg(long, hide_short_help = true, requires = "write")]
    pub(super) backup: bool,
}

/// An application of the catalogue, with its URLs and inputs.
#[derive(clap::Args)]
#[command(next_help_heading = "Application")]
pub(crate) struct ApplicationArgs {
    /// Set up a client for this application (see `oidc-secret apps`)
    #[arg(long, value_name = "SLUG", conflicts_with = "count")]
    pub(super) app: Option<String>,
    /// The application's URL, as in `https://app.example.com`
    #[arg(long, value_name = "URL", value_parser = url)]
    pub(super) app_url: Option<Url>,
    /// Authelia's URL, as in `https://auth.example.com`
    ///
    /// Without it, it is that of the configuration of --write (`session.cookies`). For an application that
    /// is not in the catalogue, the output has the issuer and its endpoints.
    #[arg(long, value_name = "URL", value_parser = url, env = "AUTHELIA_URL", hide_env_values = true)]
    pub(super) authelia_url: Option<Url>,
    /// Set one of the application's inputs (repeatable)
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    pub(super) set: Vec<(String, String)>,
    /// One of the application's variants
    #[arg(long, hide_short_help = true, value_name = "NAME")]
    pub(super) variant: Option<String>,
    /// Also set up the claims policy that puts claims into the ID token
    ///
    /// Since version 4.39 Authelia puts few claims there. Most applications read the others from the
    /// userinfo endpoint, and need no policy.
    #[arg(long, hide_short_help = true)]
    pub(super) id_token_claims: bool,
    /// Print the settings in this format only (repeatable)
    #[arg(long, value_name = "FORMAT", value_parser = settings_format(), hide_possible_values = true,
          long_help = with_values(
              "Print the settings in this format only (repeatable). A single format is alone on standard \
               output; everything else goes to standard error. A value that the format cannot carry to its \
               readers is refused; a random secret is generated again instead.",
              SettingsFormat::ALL.iter().map(|format| format.name())))]
    pub(super) settings: Vec<SettingsFormat>,
    /// Write the settings to this file (mode 0600) instead of printing them
    ///
    /// They must be in one format, chosen with --settings. The file `-` is standard output.
    #[arg(long, value_name = "FILE", requires = "settings", conflicts_with = "from",
          group = "new_file", value_parser = one_line, value_hint = ValueHint::FilePath)]
    pub(super) out: Option<String>,
}

impl ApplicationArgs {
    /// Whether any flag about an application is set.
    pub(super) fn is_given(&self) -> bool {
        self.app_url.is_some()
            || self.variant.is_some()
            || self.id_token_claims
            || !(self.set.is_empty() && self.settings.is_empty())
    }

    /// Returns where the settings go if they are apart from the rest of the output.
    pub(super) fn apart(&self, format: Format) -> Option<Apart> {
        match (&self.out, &self.settings[..]) {
            (Some(path), _) if path != "-" => Some(Apart::File(path.clone())),
            (_, [_]) if format == Format::Text && self.app.is_some() => Some(Apart::Stdout),
            _ => None,
        }
    }

    /// Returns the values for a client's template.
    pub(super) fn values(&self) -> Result<Values, Failure> {
        let mut inputs = BTreeMap::new();
        for (name, value) in &self.set {
            if inputs.insert(name.clone(), value.clone()).is_some() {
                return Err(Failure::new(format!("--set {name} is repeated")));
            }
        }
        Ok(Values {
            app: self.app_url.clone(),
            authelia: self.authelia_url.clone(),
            inputs,
            variant: self.variant.clone(),
            ..Values::default()
        })
    }
}

/// Refuses combinations of flags that clap cannot express.
pub(super) fn refuse_combinations(args: &NewArgs) -> Result<(), Failure> {
    let is_authelia = args.digest.provider() == Provider::Authelia;
    if args.application.app.is_some() && !is_authelia {
        let text = "--app creates a client for Authelia, which needs a digest in its own format";
        return Err(Failure::new(text).hint("leave out --for and --encoding"));
    }
    if args.application.app.is_none() && args.from.is_none() && args.application.is_given() {
        let text = "--app-url, --set, --variant, --id-token-claims and --settings are for an \
             application";
        return Err(Failure::new(text).hint("add --app SLUG: see `oidc-secret apps`"));
    }
    if args.at.path().is_some() && args.write.is_none() {
        let text = "--at is for --write: it names the list of clients in that file";
        return Err(Failure::new(text).hint("add --write FILE, or leave out --at"));
    }
    if args.write.is_some() && !is_authelia {
        let text =
            "--write changes Authelia's configuration, which needs a digest in its own format";
        return Err(Failure::new(text).hint("leave out --for and --encoding"));
    }
    if args.format.is_for_provider() && !is_authelia {
        let format = args.format.to_possible_value();
        let text = format!(
            "--format {} is for Authelia, which needs a digest in its own format",
            format.as_ref().map_or("", |value| value.get_name())
        );
        return Err(
            Failure::new(text).hint("leave out --for and --encoding, or choose another --format")
        );
    }
    if args.application.out.is_some() {
        if args.application.settings.len() > 1 {
            let text = "--out writes settings in one format";
            return Err(Failure::new(text).hint("give one --settings FORMAT"));
        }
        if args.format != Format::Text {
            let text = "--out writes the application's settings, which --format text prints";
            return Err(Failure::new(text).hint("leave out --format, or leave out --out"));
        }
    }
    if args.format == Format::K8s && args.secret_out.is_some() {
        let text = "--format k8s writes the secret into a manifest, and --secret-out into a file";
        return Err(Failure::new(text).hint("leave out one of the two"));
    }
    let has_digest_secret = match args.format {
        Format::K8s => args.digest_out.is_some(),
        format => format == Format::HelmExistingSecret,
    };
    if has_digest_secret && args.write.is_some() {
        let text = "the digest goes either into the file of --write or into a Kubernetes Secret";
        return Err(Failure::new(text).hint("leave out --write, or --digest-out or --format"));
    }
    Ok(())
}

/// Refuses a Kubernetes Secret for the application without a place for the digest, which cannot be printed
/// between manifests.
pub(super) fn refuse_lost_digest(args: &NewArgs) -> Result<(), Failure> {
    if args.format != Format::K8s || args.write.is_some() || args.digest_out.is_some() {
        return Ok(());
    }
    let text = "--format k8s prints the application's Secret only, and the digest would be lost";
    let of_one = if args.from.is_none() && args.count == 1 {
        ", or --digest-out FILE for a Secret with the digest"
    } else {
        ""
    };
    Err(Failure::new(text).hint(format!("add --write FILE for Authelia's configuration{of_one}")))
}

fn client_id(text: &str) -> Result<ClientId, ClientIdError> {
    text.parse()
}

/// Parses a name of a client or a file that stays on one line in every format.
pub(super) fn one_line(text: &str) -> Result<String, String> {
    if text.trim().is_empty() {
        Err("the name is empty".to_owned())
    } else if !is_one_line(text) || text.contains(is_invisible) {
        Err("the name has a control character, an invisible one or a line break".to_owned())
    } else {
        Ok(text.to_owned())
    }
}

fn url(text: &str) -> Result<Url, CatalogueError> {
    text.parse()
}

fn pair(text: &str) -> Result<(String, String), &'static str> {
    let (name, value) = text.split_once('=').ok_or("write it as NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_line() {
        assert!(one_line("Kasm Workspaces – Büro").is_ok());
        for bad in ["", " ", "a\nb", "a\u{85}b", "a\u{2028}b", "a\0b"] {
            assert!(one_line(bad).is_err(), "{bad:?}");
        }
    }
}
