//! `new --app`: a client of an application of the catalogue.

use std::collections::{BTreeMap, BTreeSet};

use oidc_secret::Alphabet;
use oidc_secret::authelia::NewEntry;
use oidc_secret::catalogue::{Filled, Form, Settings, Url, Values};
use oidc_secret::error::{CatalogueError, Error};
use zeroize::Zeroizing;

use super::prepared::{Ids, Prepared, Wanted, in_file};
use super::{Failure, NewArgs};
use crate::cli::args::{form, with_values};
use crate::cli::catalogue;
use crate::cli::client::{ApplicationSide, Format, Method};
use crate::cli::output::warn;

/// An application of the catalogue, and what is to be known of it.
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
    #[arg(long, value_name = "URL", value_parser = url)]
    pub(super) authelia_url: Option<Url>,
    /// Answer one of the application's questions (repeatable)
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    pub(super) set: Vec<(String, String)>,
    /// One of the application's variants
    #[arg(long, hide_short_help = true, value_name = "NAME")]
    pub(super) variant: Option<String>,
    /// Print the settings in this format only (repeatable)
    #[arg(long, value_name = "FORMAT", value_parser = form(), hide_possible_values = true,
          long_help = with_values(
              "Print the settings in this format only (repeatable). A value that the format cannot \
               carry to its readers is refused; a random secret is generated again instead.",
              Form::ALL.iter().map(|(name, _)| *name)))]
    settings: Vec<Form>,
}

/// The application that a client is of; the settings stand with the first of its clients.
pub(super) struct Side {
    filled: Filled,
    /// The place of the client among those of the application.
    index: usize,
    forms: Vec<Form>,
    /// Whether the settings are printed in their form.
    is_printed: bool,
}

impl ApplicationArgs {
    /// Whether there is anything about an application.
    pub(super) fn is_given(&self) -> bool {
        let is_url_given = self.app_url.is_some() || self.authelia_url.is_some();
        is_url_given || self.variant.is_some() || !(self.set.is_empty() && self.settings.is_empty())
    }

    /// What a client of the catalogue is filled in with.
    pub(super) fn values(&self) -> Result<Values, Failure> {
        let mut answers = BTreeMap::new();
        for (name, value) in &self.set {
            if answers.insert(name.clone(), value.clone()).is_some() {
                return Err(Failure::new(format!("--set {name} is given twice")));
            }
        }
        Ok(Values {
            app: self.app_url.clone(),
            authelia: self.authelia_url.clone(),
            answers,
            variant: self.variant.clone(),
            ..Values::default()
        })
    }
}

/// The clients of the application that the arguments name.
pub(super) fn prepare(
    slug: &str,
    args: &NewArgs,
    alphabet: &Alphabet,
) -> Result<Vec<Prepared>, Failure> {
    let mut values = args.application.values()?;
    values.name.clone_from(&args.name);
    let mut id_bits = None;
    if args.id.is_some() || args.id_length.is_some() {
        let ids = Ids::new(args.id.as_ref(), args.id_length, alphabet)?;
        (values.id, id_bits) = (Some(ids.next()?), ids.bits());
    }
    let clients = filled(slug, &values, id_bits, args)?;
    if values.authelia.as_ref().is_some_and(|url| !url.is_https()) {
        warn("Authelia's URL begins with http://: it speaks OpenID Connect over https:// alone");
    }
    let secrets = clients.iter().filter(|c| matches!(c.secret, Wanted::Random)).count();
    match (&args.secret_out, secrets) {
        (Some(_), 0) => {
            Err(Failure::new("the client is public: it has no secret that a file could hold")
                .hint("leave out --secret-out"))
        }
        (Some(_), 2..) => Err(Failure::new("the application has several clients with secrets")
            .hint("leave out --secret-out")),
        _ => Ok(clients),
    }
}

/// The clients of an application, with everything filled in but the secrets.
pub(super) fn filled(
    slug: &str,
    values: &Values,
    id_bits: Option<f64>,
    args: &NewArgs,
) -> Result<Vec<Prepared>, Failure> {
    let filled = catalogue::find(slug)?.fill(values).map_err(|error| explained(slug, error))?;
    let has = |form: &&Form| filled.settings.iter().any(|settings| settings.form == **form);
    if let Some(form) = args.application.settings.iter().find(|form| !has(form)) {
        let forms: BTreeSet<_> =
            filled.settings.iter().map(|settings| settings.form.name()).collect();
        let forms: Vec<_> = forms.into_iter().collect();
        let text = format!("there are no settings of the form {} for {slug}", form.name());
        let known = if forms.is_empty() { "none at all".to_owned() } else { forms.join(", ") };
        return Err(Failure::new(text).hint(format!("there are {known}")));
    }
    let forms = &args.application.settings;
    let is_printed = args.format == Format::Text;
    let sides = (0..filled.clients.len()).map(|index| Side {
        filled: filled.clone(),
        index,
        forms: forms.clone(),
        is_printed,
    });
    let prepared = filled.clients.iter().zip(sides).map(|(client, side)| {
        let text = |key| client.entry.text(key).map(ToOwned::to_owned);
        let secret = match &client.fixed_secret {
            Some(secret) => Wanted::Fixed(secret.clone()),
            None if client.is_public() => Wanted::None,
            None => Wanted::Random,
        };
        Prepared {
            id: text("client_id").unwrap_or_default(),
            id_bits: id_bits.filter(|_| side.index == 0),
            name: text("client_name"),
            entry: client.entry.clone(),
            secret,
            side: Some(side),
        }
    });
    let prepared: Vec<_> = prepared.collect();
    for client in &prepared {
        client.side.iter().try_for_each(|side| side.check(&client.secret, args))?;
    }
    Ok(prepared)
}

/// Names the flag that gives what is missing.
fn explained(slug: &str, error: Error) -> Failure {
    let hint = match &error {
        Error::Catalogue(CatalogueError::Missing { name: Some(name), .. }) => {
            format!("add --set {name}=VALUE")
        }
        Error::Catalogue(CatalogueError::Missing { what, .. }) => {
            let flag = if what.starts_with("Authelia") { "--authelia-url" } else { "--app-url" };
            format!("add {flag} https://…")
        }
        _ => format!("see `oidc-secret apps {slug}`"),
    };
    Failure::from(error).at(slug).hint(hint)
}

impl Side {
    /// What is to be known of the client and the application.
    fn notes(&self) -> Vec<String> {
        let client = &self.filled.clients[self.index];
        let application = self.filled.application();
        let mut notes: Vec<String> = client.note.iter().cloned().collect();
        if client.claims.is_some() {
            notes.push(format!(
                "if {} looks for claims in the ID token, Authelia needs a claims policy: see \
                 `oidc-secret apps {}`",
                application.name, application.slug
            ));
        }
        let others = application
            .variants()
            .into_iter()
            .filter(|name| Some(*name) != client.variant.as_deref());
        let others: Vec<_> = others.collect();
        if let (Some(variant), [_, ..]) = (&client.variant, &others[..]) {
            let others = others.join(" or ");
            notes.push(format!("this is the variant {variant}; the other is --variant {others}"));
        }
        notes
    }

    /// What stands behind the secret in the provider's entry.
    pub(super) fn comment(&self, wanted: &Wanted, entry: &NewEntry) -> String {
        let name = &self.filled.application().name;
        match (entry.needs_plaintext(), wanted) {
            (Some(key), _) => format!("the secret itself, which {key} needs"),
            (None, Wanted::Fixed(_)) => {
                format!("the digest of the secret that is built into {name}")
            }
            _ => format!("the digest of the secret in {name}"),
        }
    }

    /// The settings that go with the client.
    fn chosen(&self) -> impl Iterator<Item = &Settings> {
        let Self { filled, index, forms, .. } = self;
        filled.settings.iter().filter(move |settings| {
            let is_wanted = forms.is_empty() && !is_repeated(settings, &filled.settings);
            *index == 0 && (is_wanted || forms.contains(&settings.form))
        })
    }

    /// The settings in the form that the application wants; only text for people has that.
    fn text(&self, settings: &Settings, secret: &str) -> Result<Zeroizing<String>, Error> {
        if self.is_printed {
            self.filled.settings_text(settings, secret)
        } else {
            Ok(Zeroizing::default())
        }
    }

    /// That the settings can carry all that is known before there is a secret.
    fn check(&self, wanted: &Wanted, args: &NewArgs) -> Result<(), Failure> {
        let harmless = match wanted {
            Wanted::Fixed(secret) => secret,
            Wanted::None => "",
            Wanted::Random => "x",
        };
        self.carry(harmless, "change the answer, the URL or the application's file")?;
        match (wanted, &args.secret_out) {
            (Wanted::Random, Some(path)) => {
                self.carry(&in_file(path), "name another file with --secret-out")
            }
            _ => Ok(()),
        }
    }

    /// That the settings can carry a random secret.
    pub(super) fn carry_random(&self, secret: &str) -> Result<(), Failure> {
        self.carry(secret, "choose other --characters")
    }

    fn carry(&self, secret: &str, remedy: &str) -> Result<(), Failure> {
        let mut settings = self.chosen();
        settings
            .try_for_each(|settings| self.text(settings, secret).map(drop))
            .map_err(|error| self.refused(error, remedy))
    }

    /// Names the other forms besides the remedy.
    fn refused(&self, error: Error, remedy: &str) -> Failure {
        let refused = match &error {
            Error::Catalogue(CatalogueError::Unrepresentable { form, .. }) => *form,
            _ => return error.into(),
        };
        let forms = self.filled.settings.iter().map(|settings| settings.form.name());
        let others: BTreeSet<_> = forms.filter(|form| *form != refused).collect();
        let others: Vec<_> = others.into_iter().collect();
        let hint = match &others[..] {
            [] => remedy.to_owned(),
            _ => format!("{remedy}, or choose other settings: --settings {}", others.join(" or ")),
        };
        Failure::from(error).at(&self.filled.application().slug).hint(hint)
    }

    /// The application's side, with the secret in its settings.
    pub(super) fn finish(self, secret: Option<&str>) -> Result<ApplicationSide, Failure> {
        let (filled, client) = (&self.filled, &self.filled.clients[self.index]);
        let secret = secret.unwrap_or_default();
        let methods = self.chosen().map(|settings| {
            Ok(Method {
                name: settings.name.clone(),
                kind: settings.form.name(),
                file: settings.file.clone(),
                settings: filled.settings_values(settings, secret)?,
                text: self.text(settings, secret)?,
            })
        });
        Ok(ApplicationSide {
            name: filled.application().name.clone(),
            is_one_of_several: filled.clients.len() > 1,
            note: client.note.clone(),
            notes: self.notes(),
            also: client.also.clone(),
            methods: methods.collect::<Result<_, Failure>>()?,
        })
    }
}

/// Whether settings for Compose only say again what others say in a file of variables.
fn is_repeated(settings: &Settings, all: &[Settings]) -> bool {
    let labels = |settings: &Settings| -> Vec<String> {
        settings.values.iter().map(|(label, _)| label.clone()).collect()
    };
    let is_same = |other: &Settings| other.form == Form::Env && labels(other) == labels(settings);
    settings.form == Form::Compose && all.iter().any(is_same)
}

fn url(text: &str) -> Result<Url, Error> {
    text.parse()
}

fn pair(text: &str) -> Result<(String, String), &'static str> {
    let (name, value) = text.split_once('=').ok_or("write it as NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}
