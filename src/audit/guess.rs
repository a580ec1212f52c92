//! Secrets that are easily guessed.

use std::collections::HashSet;
use std::time::Duration;

use super::report::{ClientReport, Located, finding};
use crate::cost::{Limits, estimate_many};
use crate::digest::Digest;
use crate::finding::Code;
use crate::secret::Secret;
use crate::verify::{Verdict, verify_many};

/// A client's digest, and a secret that it may be of.
pub struct Guess<'a> {
    client: usize,
    digest: &'a Digest,
    secret: Secret,
    /// The kind of secret, in words that do not show it.
    what: &'static str,
    cost: Duration,
}

/// The outcome of some guesses.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Guessed {
    /// The guesses that were right, each with the index of its client.
    pub right: Vec<(usize, Located)>,
    /// The number of guesses that could not be tried: the digest costs more than the limits.
    pub untried: usize,
}

/// The secrets that are worth trying on each client that has a digest: its id and name, with what
/// people add to them, and secrets from examples and defaults. The cheapest digests come first, so
/// that a limit to the whole leaves out as few clients as possible.
pub fn guesses(clients: &[ClientReport]) -> impl Iterator<Item = Guess<'_>> {
    let mut costs: Vec<(Duration, usize)> = clients
        .iter()
        .enumerate()
        .filter_map(|(index, client)| Some((cost(client.digest.as_ref()?), index)))
        .collect();
    costs.sort_unstable();
    costs.into_iter().flat_map(|(cost, index)| of_client(&clients[index], index, cost))
}

/// Returns the estimated time for one guess of many that are tried together.
fn cost(digest: &Digest) -> Duration {
    /// The length of a usual guess, in bytes.
    const LENGTH: usize = 12;
    /// About the number of guesses for a client.
    const TOGETHER: u32 = 64;
    estimate_many(digest, TOGETHER as usize, LENGTH) / TOGETHER
}

fn of_client(client: &ClientReport, index: usize, cost: Duration) -> Vec<Guess<'_>> {
    let mut guesses = Vec::new();
    let Some(digest) = &client.digest else { return guesses };
    // The secret of an example is known already.
    if client.findings.iter().any(|located| located.finding.code == Code::KnownExample) {
        return guesses;
    }
    let mut seen = HashSet::new();
    let mut add = |secret: String, what| {
        // A name is often the id, and one report is enough.
        if !seen.insert(secret.clone()) {
            return;
        }
        let secret = Secret::from(secret);
        guesses.push(Guess { client: index, digest, secret, what, cost });
    };
    let id = &client.id;
    for text in [id.clone(), format!("{id}_secret"), format!("{id}-secret"), format!("{id}secret")]
    {
        add(text, "the client's id, or that and `secret`");
    }
    for name in client.name.iter().filter(|name| *name != id) {
        for text in [name.clone(), name.to_lowercase()] {
            add(text, "the client's name");
        }
    }
    for line in include_str!("guesses.txt").lines().filter(|line| !line.starts_with('#')) {
        add(line.to_owned(), "an example or a default that everybody knows");
    }
    guesses
}

impl Guess<'_> {
    /// Returns the time that it takes among others, as estimated on this machine: together they take the
    /// sum of their times.
    #[must_use]
    pub fn cost(&self) -> Duration {
        self.cost
    }

    /// Tries guesses.
    #[must_use]
    pub fn try_all(guesses: &[Self], clients: &[ClientReport], limits: &Limits) -> Guessed {
        let pairs: Vec<_> = guesses.iter().map(|guess| (&guess.secret, guess.digest)).collect();
        let mut outcome = Guessed::default();
        for (verdict, guess) in verify_many(&pairs, limits).into_iter().zip(guesses) {
            match verdict {
                Ok(Verdict::Match) => {
                    let finding = finding(Code::Guessable, format!("the secret is {}", guess.what));
                    let place = clients[guess.client].place.clone();
                    outcome.right.push((guess.client, Located { finding, place }));
                }
                Ok(Verdict::Mismatch) => {}
                Err(_) => outcome.untried += 1,
            }
        }
        outcome
    }
}
