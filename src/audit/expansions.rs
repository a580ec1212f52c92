//! Values that Authelia's filters leave, empty or destroy.

use std::collections::HashMap;

use crate::authelia::{Configuration, ExpansionProblem};
use crate::finding::{Code, Finding};

use super::report::{ClientReport, Located};

/// Adds what the filters do to the values of clients.
pub(super) fn check(file: &Configuration, clients: &mut [ClientReport]) {
    let notes = file.notes().iter().map(|note| (note.line, &note.problem));
    let (destroyed, left): (HashMap<_, _>, HashMap<_, _>) =
        notes.partition(|(_, problem)| problem.destroys());
    for client in clients {
        // The value is known: it is the text of the template or the variable.
        for located in &mut client.findings {
            if located.finding.code == Code::Unresolved
                && let Some(problem) = left.get(&located.place.line)
            {
                located.finding = finding(problem);
            }
        }
        if client.digest.is_none()
            && let Some(problem) = destroyed.get(&client.place.line)
        {
            // The guess at the program that removed parts of the digest is certain now.
            client.findings.retain(|located| located.finding.code != Code::Expanded);
            let (finding, place) = (finding(problem), client.place.clone());
            client.findings.push(Located { finding, place });
        }
    }
}

fn finding(problem: &ExpansionProblem) -> Finding {
    let code = match problem {
        ExpansionProblem::Eaten(_) => Code::Expanded,
        _ => Code::Placeholder,
    };
    Finding::new(code, problem.to_string(), problem.fix())
}
