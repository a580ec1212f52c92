//! Aliases that are names of other applications, and a file without clients.

use super::problem::ApplicationProblem;
use crate::catalogue::{Application, NameMatch, applications};

pub(super) fn check(application: &Application) -> Vec<ApplicationProblem> {
    let mut problems: Vec<_> =
        application.aliases.iter().filter_map(|alias| taken(application, alias)).collect();
    if application.clients.is_empty() {
        problems.push(ApplicationProblem::new("clients", "there must be at least one"));
    }
    problems
}

/// Returns the problem with an alias that another application has as a name. A file with its slug would
/// replace that one, so that both names are never there together.
fn taken(application: &Application, alias: &str) -> Option<ApplicationProblem> {
    let is_named =
        |other: &Application| other.matches(alias).is_some_and(|kind| kind <= NameMatch::Alias);
    let mut others = applications().filter(|other| other.slug != application.slug);
    let other = others.find(is_named)?;
    let message = format!("already a name of {} (`{}`) in the catalogue", other.name, other.slug);
    Some(ApplicationProblem::new(format!("the alias `{alias}`"), message))
}
