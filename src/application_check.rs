//! Check of an application's file: everything that `new --app` would do with it, tried with sample values.
//!
//! [`Application::parse`] refuses a file that contradicts itself. This check finds what only shows in the
//! results: an entry that Authelia refuses, settings that no reader understands, a placeholder that is not
//! one. Why is it not part of `parse`? It audits the entries, and the audit itself uses the catalogue.

mod clients;
mod names;
mod numbers;
mod placeholders;
mod problem;
mod read_back;
mod sample;
mod settings;

use crate::catalogue::Application;

pub use problem::ApplicationProblem;

/// Checks an application with sample values: every variant is resolved, its entries are audited, the other
/// parts of the configuration are merged, and its settings are written with several secrets and, where
/// the library has a reader for their format, read back.
///
/// ```
/// use oidc_secret::catalogue::{Application, application};
/// use oidc_secret::check_application;
///
/// assert!(check_application(&application("grafana")?).is_empty());
/// let toml = "name = 'X'\n[[clients]]\n[clients.entry]\nclient_id = 'x'\nredirect_uri = '{app}/cb'";
/// let problems = check_application(&Application::parse("x", toml)?);
/// assert!(problems[0].to_string().starts_with("client 1, redirect_uri: "));
/// # Ok::<(), oidc_secret::Error>(())
/// ```
#[must_use]
pub fn check_application(application: &Application) -> Vec<ApplicationProblem> {
    let mut problems = names::check(application);
    problems.extend(placeholders::check(application));
    for resolved in sample::resolved(application) {
        match resolved {
            Ok(resolved) => {
                problems.extend(clients::check(&resolved));
                problems.extend(settings::check(&resolved));
            }
            Err(problem) => problems.extend(problem),
        }
    }
    without_repetitions(problems)
}

/// Variants share clients and settings, and with them their problems.
fn without_repetitions(problems: Vec<ApplicationProblem>) -> Vec<ApplicationProblem> {
    let mut unique: Vec<ApplicationProblem> = Vec::new();
    for problem in problems {
        if !unique.contains(&problem) {
            unique.push(problem);
        }
    }
    unique
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::applications;

    #[test]
    fn a_part_of_a_variant_has_its_number_in_the_file() {
        let variant = |name: &str, key: &str, label: &str| {
            format!(
                "[[clients]]\nvariant = '{name}'\n[clients.entry]\nclient_id = '{name}'\n\
                 redirect_uris = ['{{app}}/cb']\n{key}\n[[settings]]\nname = 'S'\nformat = 'env'\n\
                 variant = '{name}'\nvalues = [['{label}', 'b']]\n"
            )
        };
        let toml =
            format!("name = 'X'\n{}{}", variant("a", "", "A"), variant("b", "x = 'y'", "A B"));
        let problems = check_application(&Application::parse("x", &toml).unwrap());
        let places: Vec<_> = problems.iter().map(|problem| &*problem.place).collect();
        assert_eq!(places, ["client 2, x", "settings 2 (S)"]);
    }

    #[test]
    fn the_applications_of_the_catalogue_have_no_problems() {
        let mut count = 0;
        for application in applications() {
            assert_eq!(check_application(&application), [], "{}", application.slug);
            count += 1;
        }
        assert!(count > 100, "{count}");
    }
}
