//! The clients of a resolved application: their entries, and what they need elsewhere in the configuration.

use super::numbers::numbers;
use super::problem::ApplicationProblem;
use crate::audit::{Located, audit};
use crate::authelia::edit::Editor;
use crate::authelia::{Configuration, ExtraConfig, NewEntry, Schema, is_root};
use crate::catalogue::{ClientTemplate, ResolvedApplication};
use crate::error::Error;
use crate::finding::{Code, Severity};

pub(super) fn check(resolved: &ResolvedApplication) -> Vec<ApplicationProblem> {
    let mut problems = Vec::new();
    let mut files = Vec::new();
    let mut all = ExtraConfig::default();
    let of_file = resolved.application().clients.iter().map(|client| &client.variant);
    let numbers = numbers(of_file, resolved.clients.iter().map(|client| &client.variant));
    for (client, &number) in resolved.clients.iter().zip(&numbers) {
        problems.extend(has_secret(client, number));
        for (key, yaml) in [("extra_config", &client.extra_config), ("claims", &client.claims)] {
            let Some(yaml) = yaml else { continue };
            let place = format!("client {number}, {key}");
            match parts(&place, yaml, &mut all) {
                Ok(file) => files.push(file),
                Err(error) => problems.push(ApplicationProblem::new(place, error.to_string())),
            }
        }
    }
    problems.extend(unknown_section(&all));
    problems.extend(merge(&all));
    match Configuration::parse("clients", &configuration(&resolved.clients)) {
        Ok(file) => files.push(file),
        Err(error) => problems.push(ApplicationProblem::new("clients", error.to_string())),
    }
    problems.extend(audited(&files, &numbers));
    problems
}

/// Returns the problem with an entry that has a secret, to which `new` would add another one.
fn has_secret(client: &ClientTemplate, number: usize) -> Option<ApplicationProblem> {
    client.entry.get("client_secret")?;
    let message = "an entry must have no secret: a new one is created for each client";
    Some(ApplicationProblem::new(format!("client {number}, client_secret"), message))
}

/// The audit does not look at the sections that have nothing to do with clients.
fn unknown_section(parts: &ExtraConfig) -> Option<ApplicationProblem> {
    let unknown = parts.sections().find(|section| !is_root(section))?;
    let message = format!("Authelia's configuration has no section `{unknown}`");
    Some(ApplicationProblem::new("extra_config", message))
}

/// Reads parts of the configuration, and adds them to those of the other clients. The audit names a file in
/// its findings, which here is the place in the application's file.
fn parts(place: &str, yaml: &str, all: &mut ExtraConfig) -> Result<Configuration, Error> {
    let mut parts = ExtraConfig::parse(yaml)?;
    if place.ends_with("claims") {
        parts.take_claims_policy();
    }
    all.merge(&parts)?;
    Configuration::parse(place, yaml)
}

/// Merges the parts into a configuration that has only an empty list of clients.
fn merge(parts: &ExtraConfig) -> Option<ApplicationProblem> {
    let empty = "identity_providers:\n  oidc:\n    clients: []\n";
    let merged = Editor::parse(empty).and_then(|config| config.merge(parts).map(drop));
    merged.err().map(|error| ApplicationProblem::new("extra_config", error.to_string()))
}

/// Audits files, the last of which has the clients with these numbers.
fn audited(files: &[Configuration], numbers: &[usize]) -> Vec<ApplicationProblem> {
    let report = audit(files);
    let of_clients = report.clients.iter().zip(numbers).flat_map(|(client, number)| {
        let place = format!("client {number}");
        client.findings.iter().filter_map(move |located| problem(located, &place))
    });
    let of_parts =
        report.findings.iter().filter_map(|located| problem(located, &located.place.file));
    of_clients.chain(of_parts).collect()
}

fn problem(located: &Located, of: &str) -> Option<ApplicationProblem> {
    let finding = &located.finding;
    // The clients in `claims` are parts of the entries. An application may differ from the catalogue's of the
    // same name on purpose, and a plaintext secret is there only for those who need it.
    let is_expected = matches!(
        finding.code,
        Code::Overridden | Code::MethodMismatch | Code::PublicApplication | Code::PlaintextSecret
    );
    let is_problem = finding.code.severity() != Severity::Note && !is_expected;
    let place = format!("{of}, {}", located.place.key);
    is_problem.then(|| ApplicationProblem::new(place, &*finding.message))
}

/// Returns a configuration with the clients, as `new --write` creates it.
fn configuration(clients: &[ClientTemplate]) -> String {
    let mut yaml = ExtraConfig::default().yaml_before_clients();
    for (client, number) in clients.iter().zip(0..) {
        let entry = with_secret(client.entry.clone(), number, client.is_public());
        for line in entry.yaml(Schema::Current).lines() {
            yaml = yaml + "      " + line + "\n";
        }
    }
    yaml
}

fn with_secret(mut entry: NewEntry, number: u32, is_public: bool) -> NewEntry {
    if entry.needs_plaintext().is_some() {
        entry.set_secret(&format!("$plaintext$7kVd~2Qb-a-sample.Rr9_xYh3wZ-{number:05}"), None);
    } else if !is_public && entry.get("client_secret").is_none() {
        entry.set_secret(&digest(number), None);
    }
    entry
}

/// Returns a digest for each client: several clients with one secret are a finding. Hashing is not needed for
/// that: nothing verifies a secret against it.
fn digest(number: u32) -> String {
    let text = format!("{number:05}");
    // Text of hexadecimal digits alone would pass for another system's.
    format!("$pbkdf2-sha512$310000${text}{:w<17}${text}{:w<81}", "", "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{Application, Values};

    #[test]
    fn the_digest_of_a_sample_has_no_finding() {
        let digest: crate::Digest = digest(12).parse().unwrap();
        assert_eq!(digest.algorithm().to_string(), "pbkdf2-sha512");
    }

    fn problems(client: &str) -> String {
        let toml = format!("name = 'X'\n[[clients]]\n{client}");
        let application = Application::parse("x", &toml).unwrap();
        let app = "https://app.example.com".parse().ok();
        let resolved = application.resolve(&Values { app, ..Values::default() }).unwrap();
        let problems = check(&resolved);
        problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn an_entry_that_authelia_refuses_is_a_problem() {
        let entry = |keys: &str| problems(&format!("[clients.entry]\nclient_id = 'x'\n{keys}"));
        let uris = "redirect_uris = ['{app}/cb']\n";
        assert_eq!(entry(uris), "");
        for (keys, words) in [
            (String::new(), ["client 1, redirect_uris", "redirect"]),
            (format!("{uris}redirect_url = 'x'"), ["client 1, redirect_url", "redirect_url"]),
            (
                format!("{uris}token_endpoint_auth_method = 'post'"),
                ["client 1, token_endpoint_auth_method", "must be one of client_secret_basic"],
            ),
            (format!("{uris}public = 'yes'"), ["client 1, public", "true or false"]),
            (
                format!("{uris}client_secret = 'x'"),
                ["client 1, client_secret", "must have no secret"],
            ),
        ] {
            let problems = entry(&keys);
            assert!(words.iter().all(|word| problems.contains(word)), "{keys}: {problems:?}");
        }
    }

    #[test]
    fn a_misspelt_key_or_duration_in_the_parts_is_a_problem() {
        let parts = |key: &str, oidc: &str| {
            problems(&format!(
                "{key} = \"\"\"\nidentity_providers:\n  oidc: {oidc}\n\"\"\"\n[clients.entry]\n\
                 client_id = 'x'\nredirect_uris = ['{{app}}/cb']\n"
            ))
        };
        for oidc in [
            "{lifespans: {id_token: 90, custom: {x: {access_token: 2 days, \
             grants: {implicit: {id_token: 1h}}}}}}",
            "{claims_policies: {x: {id_token: [email], \
             custom_claims: {a: {name: a, attribute: email}}}}}",
        ] {
            assert_eq!(parts("extra_config", oidc), "");
        }
        for (oidc, problem) in [
            ("{lifespans: {custom: {x: {acces_token: 2 days}}}}", "did you mean access_token?"),
            ("{lifespans: {custom: {x: {access_token: 2 dayz}}}}", "it must be a duration"),
            ("{lifespans: {id_token: soon}}", "it must be a duration"),
            ("{lifespans: {custom: {x: {grants: {implict: {}}}}}}", "did you mean implicit?"),
            ("{lifespans: {custom: {x: {grants: {implicit: {id_token: 1q}}}}}}", "a duration"),
            ("{claims_policies: {x: {id_tokn: [email]}}}", "did you mean id_token?"),
            ("{claims_policies: {x: {custom_claims: {email: {atribute: email}}}}}", "attribute?"),
            ("{scopes: {x: {claim: [email]}}}", "did you mean claims?"),
            (
                "{authorization_policies: {x: {rules: [{subject: 'user:a', polcy: deny}]}}}",
                "policy?",
            ),
            ("{cors: {endpoint: [token]}}", "did you mean endpoints?"),
        ] {
            for key in ["extra_config", "claims"] {
                let problems = parts(key, oidc);
                let is_named = problems.contains(&format!("client 1, {key}, "));
                assert!(problems.contains(problem) && is_named, "{oidc}: {problems}");
            }
        }
    }

    #[test]
    fn parts_that_cannot_be_merged_are_a_problem() {
        let parts = |keys: &str| {
            problems(&format!(
                "{keys}\n[clients.entry]\nclient_id = 'x'\nredirect_uris = ['{{app}}/cb']\n"
            ))
        };
        let definitions = "extra_config = 'definitions: {user_attributes: {a: {expression: b}}}'\n";
        assert_eq!(parts(definitions), "");
        for (keys, words) in [
            ("extra_config = 'a: ['".to_owned(), "client 1, extra_config: "),
            ("extra_config = '[a]'".to_owned(), "client 1, extra_config: "),
            (
                format!(
                    "{definitions}claims = 'definitions: {{user_attributes: {{a: {{expression: c}}}}}}'"
                ),
                "client 1, claims: ",
            ),
            (
                "extra_config = 'identity_providers: {oidc: {lifespan: {}}}'".to_owned(),
                "client 1, extra_config, ",
            ),
        ] {
            let problems = parts(&keys);
            assert!(problems.contains(words), "{keys}: {problems:?}");
        }
    }

    /// The finding on the method is right: Authelia takes a hash of the secret as the key.
    #[test]
    fn a_secret_in_plaintext_where_it_is_needed_is_not_a_problem() {
        let entry = "[clients.entry]\nclient_id = 's'\nredirect_uris = ['{app}/cb']\n\
                     request_object_signing_alg = 'HS256'\n";
        let problems = problems(entry);
        assert!(problems.starts_with("client 1, request_object_signing_alg: "), "{problems}");
        assert_eq!(problems.lines().count(), 1, "{problems}");
    }
}
