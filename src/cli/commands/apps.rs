//! `apps`: the applications of the catalogue.

mod check;

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use oidc_secret::authelia::Schema;
use oidc_secret::catalogue::{Application, NameMatch, Settings};
use serde_json::{Value, json};

use crate::cli::args::values::Format;
use crate::cli::catalogue;
use crate::cli::failure::Failure;
use crate::cli::json;
use crate::cli::terminal::output::Stdout;
use crate::cli::terminal::visible::{padded, visible, visible_lines};

/// List or show the applications in the catalogue
#[derive(clap::Args)]
#[command(after_long_help = "\
With the name of an application, shows its clients as templates, its inputs and its settings; another name \
that people use for it, such as k8s, is enough. Any other word lists the applications whose names contain it.

Your own files, named SLUG.toml, are read from $XDG_CONFIG_HOME/oidc-secret/apps (usually \
~/.config/oidc-secret/apps). They replace files of the catalogue with the same name. \
docs/catalogue.md describes their keys.

--check tries with sample values what `new --app` would do with such a file: Authelia's entries are \
audited, the other parts of the configuration are merged, the settings are written with several secrets \
and read back. It prints a line for each file, or one for each problem. The exit code is 0 if there is no \
problem, 1 if there is one, 2 if a file cannot be read.

With --format json a list is {\"version\": 1, \"apps\": [{\"slug\", \"name\", \"aliases\", \"tested\", \"authelia\"}]}, \
an application {\"version\": 1, \"slug\", \"name\", \"aliases\", \"tested\", \"authelia\", \"subdomain\", \"inputs\": \
{NAME: {\"about\", \"default\"}}, \"clients\": [{\"variant\", \"note\", \"extra_config\", \"claims\", \"entry\"}], \
\"settings\": [{\"name\", \"format\", \"file\", \"variant\", \"alternative\", \"values\": [[LABEL, VALUE]], \
\"template\"}]}. With \"alternative\" the settings do the same as those before them. Those in a language \
such as PHP have a template, and no values. With --check it is {\"version\": 1, \"files\": \
[{\"file\", \"slug\", \"clients\", \"settings\": [FORMAT], \"problems\": [{\"line\", \"place\", \
\"message\"}]}]}; \"clients\" is null if the file cannot be parsed.

Examples:
  oidc-secret apps
  oidc-secret apps graf
  oidc-secret apps grafana
  oidc-secret apps --format json kasm-workspaces
  oidc-secret apps --check my-app.toml")]
pub(crate) struct AppsArgs {
    /// The application, or a part of its name
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// Check your own files for the catalogue; `-` is standard input
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with = "name")]
    check: Vec<PathBuf>,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

pub(crate) fn run(args: &AppsArgs) -> Result<ExitCode, Failure> {
    if !args.check.is_empty() {
        return check::run(&args.check, args.format);
    }
    let all = catalogue::all();
    let word = args.name.as_deref().unwrap_or_default();
    let bytes = if let Some(application) = named(&all, word) {
        match args.format {
            Format::Text => visible_lines(&shown(application)).into_bytes(),
            Format::Json => json::line(&object(application))?,
        }
    } else {
        let found = containing(&all, word);
        if found.is_empty() {
            let text = format!("no application's name contains `{word}`");
            return Err(Failure::new(text).hint("`oidc-secret apps` lists all applications"));
        }
        match args.format {
            Format::Text => listed(&found).into_bytes(),
            Format::Json => {
                let apps: Vec<_> = found.iter().map(|app| summary(app)).collect();
                json::line(&json!({"version": 1, "apps": apps}))?
            }
        }
    };
    Stdout::for_result()?.write(&bytes)?;
    Ok(ExitCode::SUCCESS)
}

/// Returns the only application with this slug, name or alias.
fn named<'a>(all: &'a [Application], word: &str) -> Option<&'a Application> {
    let slug = word.to_lowercase();
    // A slug can be shorter than the words that the other names are compared with.
    if let Some(application) = all.iter().find(|application| application.slug == slug) {
        return Some(application);
    }
    let is_whole =
        |app: &Application| app.matches(word).is_some_and(|kind| kind <= NameMatch::Alias);
    match catalogue::best(all, word)[..] {
        [application] if is_whole(application) => Some(application),
        _ => None,
    }
}

/// Returns the applications with this text in a name.
fn containing<'a>(all: &'a [Application], text: &str) -> Vec<&'a Application> {
    let wanted = text.to_lowercase();
    let has = |name: &String| name.to_lowercase().contains(&wanted);
    let is_found =
        |app: &&Application| [&app.slug, &app.name].into_iter().chain(&app.aliases).any(has);
    all.iter().filter(is_found).collect()
}

fn listed(applications: &[&Application]) -> String {
    let width = applications.iter().map(|app| app.slug.len()).max().unwrap_or_default();
    let lines =
        applications.iter().map(|app| padded(&visible(&app.slug), width + 2) + &visible(&app.name));
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

fn shown(application: &Application) -> String {
    let mut text = format!("{}\n", application.name);
    // Writing to a string cannot fail.
    let mut line = |label: &str, value: &str| {
        let _ = writeln!(text, "{label} {value}");
    };
    if !application.aliases.is_empty() {
        line("Also known as:", &application.aliases.join(", "));
    }
    if let Some(version) = &application.tested {
        line("Tested with:", version);
    }
    if let Some(version) = &application.authelia {
        line("Tested with Authelia:", version);
    }
    let variants = application.variants();
    if !variants.is_empty() {
        line("Variants (--variant):", &variants.join(", "));
    }
    if !application.settings.is_empty() {
        let forms: Vec<_> = application.formats().iter().map(ToString::to_string).collect();
        line("Forms of its settings (--settings):", &forms.join(", "));
    }
    for (name, input) in &application.inputs {
        let default = match &input.default {
            Some(default) => format!("{} [default: {default}]", input.about),
            None => input.about.clone(),
        };
        line(&format!("--set {name}=VALUE:"), &default);
    }
    for client in &application.clients {
        let of = client.variant.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
        let _ = write!(text, "\nAuthelia's entry{of}:\n\n{}", client.entry.yaml(Schema::Current));
        for (about, yaml) in [
            ("Elsewhere in Authelia's configuration", &client.extra_config),
            (
                "If the application reads its claims from the ID token, --id-token-claims adds this (since Authelia \
                 4.39 it has few)",
                &client.claims,
            ),
        ] {
            if let Some(yaml) = yaml {
                let _ = write!(text, "\n{about}:\n\n{yaml}");
            }
        }
        if let Some(note) = &client.note {
            let _ = writeln!(text, "\nNote: {note}");
        }
    }
    for settings in &application.settings {
        let _ = write!(text, "\n{}", shown_settings(settings));
    }
    text
}

fn shown_settings(settings: &Settings) -> String {
    let or = if settings.alternative { "Or " } else { "" };
    let variant = settings.variant.as_ref().map(|name| format!(", {name}")).unwrap_or_default();
    let file = settings.file.as_ref().map(|file| format!(", {file}")).unwrap_or_default();
    let mut text = format!("{or}{} ({}{variant}{file}):\n\n", settings.name, settings.format);
    // Writing to a string cannot fail.
    for (label, setting) in &settings.values {
        let _ = writeln!(text, "  {label}: {}", setting.texts().join(", "));
    }
    let template = settings.template.as_ref().map(ToString::to_string).unwrap_or_default();
    for line in template.lines() {
        let _ = writeln!(text, "{}", format!("  {line}").trim_end());
    }
    text
}

fn summary(application: &Application) -> Value {
    let Application { slug, name, aliases, tested, authelia, .. } = application;
    json!({"slug": slug, "name": name, "aliases": aliases, "tested": tested, "authelia": authelia})
}

fn object(application: &Application) -> Value {
    let clients = application.clients.iter().map(|client| {
        let (variant, note, extra) = (&client.variant, &client.note, &client.extra_config);
        json!({"variant": variant, "note": note, "extra_config": extra, "claims": client.claims,
               "entry": client.entry})
    });
    let settings = application.settings.iter().map(|settings| {
        json!({"name": settings.name, "format": settings.format.name(), "file": settings.file,
               "variant": settings.variant, "alternative": settings.alternative,
               "values": settings.values, "template": settings.template})
    });
    let inputs: serde_json::Map<_, _> = application
        .inputs
        .iter()
        .map(|(name, q)| (name.clone(), json!({"about": q.about, "default": q.default})))
        .collect();
    let mut object = summary(application);
    object["version"] = 1.into();
    object["subdomain"] = json!(application.subdomain);
    object["inputs"] = inputs.into();
    object["clients"] = clients.collect();
    object["settings"] = settings.collect();
    object
}
