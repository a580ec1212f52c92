//! Every application of the catalogue gives a configuration that `audit` finds nothing in.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]
#![allow(clippy::format_push_string, reason = "short is clearer than fast here")]

use std::collections::BTreeMap;

use oidc_secret::authelia::{Configuration, Schema};
use oidc_secret::catalogue::{Application, Filled, Form, Values, applications};
use oidc_secret::{Parameters, Secret, audit, hash};

const SECRET: &str = "7kVd~2Qb-the-secret-of-this-test.Rr9_xYh3wZ";

/// The application in each of its variants, with an answer to every question.
fn filled(application: &Application) -> Vec<Filled> {
    let variants = application.variants().into_iter().map(|name| Some(name.to_owned()));
    let mut variants: Vec<_> = variants.collect();
    if variants.is_empty() {
        variants.push(None);
    }
    let answers: BTreeMap<_, _> = application
        .ask
        .iter()
        .filter(|(_, question)| question.default.is_none())
        .map(|(name, _)| {
            let is_uri = name == "redirect_uri";
            (
                name.clone(),
                if is_uri { "https://answer.example.net/cb" } else { "answer" }.to_owned(),
            )
        })
        .collect();
    let values = |variant| Values {
        app: Some("https://app.example.com".parse().unwrap()),
        authelia: Some("https://auth.example.com".parse().unwrap()),
        answers: answers.clone(),
        variant,
        ..Values::default()
    };
    variants.into_iter().map(|variant| application.fill(&values(variant)).unwrap()).collect()
}

/// The example in the description of the form is of that form, and the description has every form.
#[test]
fn the_form_of_a_file_is_described() {
    let description = include_str!("../docs/catalogue.md");
    let example = description.split_once("```toml\n").unwrap().1.split_once("```").unwrap().0;
    let example = Application::parse("example", example).unwrap();
    let filled = filled(&example).remove(0);
    let entry = filled.clients[0].entry.yaml(Schema::Current);
    assert!(entry.contains("'https://app.example.com/realms/authelia/callback'"), "{entry}");
    let settings = filled.settings_text(&filled.settings[1], SECRET).unwrap();
    assert!(settings.contains(SECRET), "{}", *settings);
    let forms = description.split_once("The forms of settings").unwrap().1.lines();
    let forms: Vec<_> =
        forms.filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    assert_eq!(forms, Form::ALL.map(|(name, _)| name));
}

/// No placeholder is left; what else has braces is text that the application wants.
#[track_caller]
fn assert_filled(text: &str, slug: &str) {
    for name in [
        "app",
        "app_host",
        "authelia",
        "authelia_host",
        "domain",
        "client_id",
        "client_secret",
        "random",
        "ask",
    ] {
        assert!(!text.contains(&format!("{{{name}}}")), "{slug}: {text}");
    }
    assert!(!text.contains("{ask:") && !text.contains("{client_id:"), "{slug}: {text}");
}

#[test]
fn every_entry_passes_the_audit() {
    // One for each client of an application: two clients with the same secret are a finding.
    let most = applications().map(|application| application.clients.len()).max().unwrap();
    let digests: Vec<_> = (0..most)
        .map(|number| Secret::from(format!("{SECRET}{number}")))
        .map(|secret| hash(&secret, &Parameters::default()).unwrap().to_string())
        .collect();
    for application in applications() {
        for filled in filled(&application) {
            let slug = &application.slug;
            let mut yaml = "identity_providers:\n  oidc:\n    clients:\n".to_owned();
            let mut files = Vec::new();
            for (client, digest) in filled.clients.iter().zip(&digests) {
                let mut entry = client.entry.clone();
                if entry.needs_plaintext().is_some() {
                    entry.set_secret(&format!("$plaintext${SECRET}"), None);
                } else if !client.is_public() {
                    entry.set_secret(digest, None);
                }
                for line in entry.yaml(Schema::Current).lines() {
                    yaml.push_str(&format!("      {line}\n"));
                }
                if let Some(also) = &client.also {
                    assert_filled(also, slug);
                    files.push(Configuration::parse("also.yml", also).unwrap());
                }
            }
            assert_filled(&yaml, slug);
            files.push(Configuration::parse("configuration.yml", &yaml).unwrap());
            let report = audit(&files);
            assert_eq!(report.clients.len(), filled.clients.len(), "{slug}");
            let findings: Vec<_> =
                report.clients.iter().flat_map(|client| &client.findings).collect();
            assert!(findings.is_empty(), "{slug}: {findings:#?}\n{yaml}");
            assert!(report.findings.is_empty(), "{slug}");
        }
    }
}

#[test]
fn every_setting_is_filled_in() {
    for application in applications() {
        let variants = filled(&application);
        for (filled, settings) in variants
            .iter()
            .flat_map(|filled| filled.settings.iter().map(move |settings| (filled, settings)))
        {
            let text = filled.settings_text(settings, SECRET).unwrap();
            assert_filled(&text, &application.slug);
            let is_wanted = format!("{:?}", settings.values).contains("{client_secret}");
            assert_eq!(text.contains(SECRET), is_wanted, "{}", application.slug);
        }
        let written: usize = variants.iter().map(|filled| filled.settings.len()).sum();
        let expected = application.settings.iter();
        let expected = expected.map(|s| if s.variant.is_some() { 1 } else { variants.len() });
        assert_eq!(written, expected.sum::<usize>(), "{}", application.slug);
    }
}

#[test]
fn settings_in_json_are_json_and_settings_in_yaml_are_yaml() {
    for application in applications() {
        for filled in filled(&application) {
            for settings in &filled.settings {
                let text = filled.settings_text(settings, SECRET).unwrap();
                let slug = &application.slug;
                match settings.form {
                    Form::Json => {
                        serde_json::from_str::<serde_json::Value>(&text)
                            .unwrap_or_else(|error| panic!("{slug}: {error}\n{}", *text));
                    }
                    Form::Yaml | Form::Compose | Form::Flat => {
                        serde_saphyr::from_multiple::<serde_json::Value>(&text)
                            .unwrap_or_else(|error| panic!("{slug}: {error}\n{}", *text));
                    }
                    Form::Toml => {
                        toml::from_str::<toml::Table>(&text)
                            .unwrap_or_else(|error| panic!("{slug}: {error}\n{}", *text));
                    }
                    _ => {}
                }
            }
        }
    }
}
