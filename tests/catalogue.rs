//! Every application of the catalogue results in a configuration without a finding of `audit`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]
#![allow(clippy::format_push_string, reason = "short is clearer than fast here")]

use std::collections::BTreeMap;

use oidc_secret::audit::Located;
use oidc_secret::authelia::{Configuration, Schema, Value};
use oidc_secret::catalogue::{
    Application, ResolvedApplication, Settings, SettingsFormat, Values, applications,
};
use oidc_secret::{Code, Parameters, Secret, audit, hash};

const SECRET: &str = "7kVd~2Qb-the-secret-of-this-test.Rr9_xYh3wZ";

/// The application in each of its variants, with a value for every input.
fn resolved(application: &Application) -> Vec<ResolvedApplication> {
    let variants = application.variants().into_iter().map(|name| Some(name.to_owned()));
    let mut variants: Vec<_> = variants.collect();
    if variants.is_empty() {
        variants.push(None);
    }
    let required = application.inputs.iter().filter(|(_, input)| input.default.is_none());
    let inputs: BTreeMap<_, _> = required
        .map(|(name, _)| {
            let is_uri = name == "redirect_uri";
            let value = if is_uri { "https://input.example.net/cb" } else { "input" };
            (name.clone(), value.to_owned())
        })
        .collect();
    let values = |variant| Values {
        app: Some("https://app.example.com".parse().unwrap()),
        authelia: Some("https://auth.example.com".parse().unwrap()),
        inputs: inputs.clone(),
        variant,
        ..Values::default()
    };
    variants.into_iter().map(|variant| application.resolve(&values(variant)).unwrap()).collect()
}

/// The example in the documentation is valid, and the documentation lists every format.
#[test]
fn the_documentation_matches_the_code() {
    let documentation = include_str!("../docs/catalogue.md");
    let example = documentation.split_once("```toml\n").unwrap().1.split_once("```").unwrap().0;
    let example = Application::parse("example", example).unwrap();
    let resolved = resolved(&example).remove(0);
    let entry = resolved.clients[0].entry.yaml(Schema::Current);
    assert!(entry.contains("'https://app.example.com/realms/authelia/callback'"), "{entry}");
    let settings = resolved.settings_text(&resolved.settings[1], SECRET).unwrap();
    assert!(settings.contains(SECRET), "{}", *settings);
    let rows = documentation.split_once("The formats of settings").unwrap().1.lines();
    let names: Vec<_> =
        rows.filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    let formats: Vec<_> = SettingsFormat::ALL.iter().map(ToString::to_string).collect();
    assert_eq!(names, formats);
}

/// Checks that no placeholder is left. Other braces belong to the application's own text.
#[track_caller]
fn assert_resolved(text: &str, slug: &str) {
    for name in [
        "app",
        "app_host",
        "authelia",
        "authelia_host",
        "domain",
        "client_id",
        "client_secret",
        "random",
        "input",
    ] {
        assert!(!text.contains(&format!("{{{name}}}")), "{slug}: {text}");
    }
    assert!(!text.contains("{input:") && !text.contains("{client_id:"), "{slug}: {text}");
}

/// The keys of a configuration whose values are empty: Authelia refuses most of those.
fn empty_values(yaml: &str) -> impl Iterator<Item = String> {
    fn keys(value: &serde_json::Value, found: &mut Vec<String>) {
        for (key, value) in value.as_object().into_iter().flatten() {
            if value == "" || value.is_null() {
                found.push(key.clone());
            }
            keys(value, found);
        }
        value.as_array().into_iter().flatten().for_each(|item| keys(item, found));
    }
    let mut found = Vec::new();
    keys(&serde_saphyr::from_str(yaml).unwrap(), &mut found);
    found.into_iter()
}

#[test]
fn every_entry_passes_the_audit() {
    // One for each client of an application: two clients with the same secret are a finding.
    let most = applications().map(|application| application.clients.len()).max().unwrap();
    let digests: Vec<_> = (0..most)
        .map(|number| Secret::from(format!("{SECRET}{number}")))
        .map(|secret| hash(&secret, &Parameters::default()).unwrap().to_string())
        .collect();
    let mut problems = Vec::new();
    for application in applications() {
        for resolved in resolved(&application) {
            let slug = &application.slug;
            let mut yaml = "identity_providers:\n  oidc:\n    clients:\n".to_owned();
            let mut files = Vec::new();
            for (client, digest) in resolved.clients.iter().zip(&digests) {
                let mut entry = client.entry.clone();
                if entry.needs_plaintext().is_some() {
                    entry.set_secret(&format!("$plaintext${SECRET}"), None);
                } else if !client.is_public() {
                    entry.set_secret(digest, None);
                }
                for line in entry.yaml(Schema::Current).lines() {
                    yaml.push_str(&format!("      {line}\n"));
                }
                for extra in client.extra_config.iter().chain(&client.claims) {
                    assert_resolved(extra, slug);
                    problems.extend(empty_values(extra).map(|key| format!("{slug}: {key}: empty")));
                    files.push(Configuration::parse("extra.yml", extra).unwrap());
                }
            }
            assert_resolved(&yaml, slug);
            files.push(Configuration::parse("configuration.yml", &yaml).unwrap());
            let report = audit(&files);
            assert_eq!(report.clients.len(), resolved.clients.len(), "{slug}");
            let of_clients = report.clients.iter().flat_map(|client| &client.findings);
            // Authelia warns of plaintext even where signed request objects need it.
            let needs_plaintext =
                resolved.clients.iter().any(|client| client.entry.needs_plaintext().is_some());
            let is_expected = |located: &&Located| {
                // The clients in the configuration for claims are parts of the entries.
                located.finding.code == Code::Overridden
                    || needs_plaintext && located.finding.code == Code::PlaintextSecret
            };
            let findings = of_clients.chain(&report.findings).filter(|found| !is_expected(found));
            problems.extend(findings.map(|located| {
                let (finding, key) = (&located.finding, &located.place.key);
                format!("{slug}: {key}: {}: {}", finding.code, finding.message)
            }));
        }
    }
    assert!(problems.is_empty(), "{problems:#?}");
}

#[test]
fn every_placeholder_of_the_settings_is_replaced() {
    for application in applications() {
        let variants = resolved(&application);
        for (resolved, settings) in variants
            .iter()
            .flat_map(|resolved| resolved.settings.iter().map(move |settings| (resolved, settings)))
        {
            let text = resolved.settings_text(settings, SECRET).unwrap();
            assert_resolved(&text, &application.slug);
            assert_eq!(text.contains(SECRET), settings.has_secret(), "{}", application.slug);
        }
        let written: usize = variants.iter().map(|resolved| resolved.settings.len()).sum();
        let expected = application.settings.iter();
        let expected = expected.map(|s| if s.variant.is_some() { 1 } else { variants.len() });
        assert_eq!(written, expected.sum::<usize>(), "{}", application.slug);
    }
}

/// The variables of a program are the same in a file and in Compose.
#[test]
fn variables_for_compose_are_those_of_the_file() {
    let mut count = 0;
    for application in applications() {
        for pair in application.settings.windows(2) {
            let [file, compose] = pair else { unreachable!() };
            if (file.format, compose.format) == (SettingsFormat::Env, SettingsFormat::Compose) {
                let values = |settings: &Settings| format!("{:?}", settings.values);
                assert!(compose.alternative, "{}", application.slug);
                assert_eq!(values(file), values(compose), "{}", application.slug);
                count += 1;
            }
        }
    }
    assert!(count > 40, "{count}");
}

/// Authelia refuses a request for a scope that the client does not have.
#[test]
fn settings_request_only_scopes_of_the_clients() {
    let mut count = 0;
    for resolved in applications().flat_map(|application| resolved(&application)) {
        let scopes =
            resolved.clients.iter().filter_map(|client| match client.entry.get("scopes") {
                Some(Value::List(scopes)) => Some(scopes.clone()),
                _ => None,
            });
        let scopes: Vec<String> = scopes.flatten().collect();
        let values = resolved.settings.iter().flat_map(|settings| &settings.values);
        for (label, setting) in values {
            let text = setting.texts().join(" ");
            let words: Vec<_> = text.split([' ', ',']).filter(|word| !word.is_empty()).collect();
            if words.contains(&"openid") {
                let allowed = words.iter().all(|word| scopes.iter().any(|scope| scope == word));
                assert!(allowed, "{}: {label}: {words:?}", resolved.application().slug);
                count += 1;
            }
        }
    }
    assert!(count > 50, "{count}");
}

#[test]
fn settings_in_json_are_json_and_settings_in_yaml_are_yaml() {
    for application in applications() {
        for resolved in resolved(&application) {
            for settings in &resolved.settings {
                let text = resolved.settings_text(settings, SECRET).unwrap();
                let slug = &application.slug;
                match settings.format {
                    SettingsFormat::Json => {
                        serde_json::from_str::<serde_json::Value>(&text)
                            .unwrap_or_else(|error| panic!("{slug}: {error}\n{}", *text));
                    }
                    SettingsFormat::Yaml | SettingsFormat::Compose | SettingsFormat::Flat => {
                        serde_saphyr::from_multiple::<serde_json::Value>(&text)
                            .unwrap_or_else(|error| panic!("{slug}: {error}\n{}", *text));
                    }
                    SettingsFormat::Toml => {
                        toml::from_str::<toml::Table>(&text)
                            .unwrap_or_else(|error| panic!("{slug}: {error}\n{}", *text));
                    }
                    _ => {}
                }
            }
        }
    }
}
