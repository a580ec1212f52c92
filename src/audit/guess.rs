//! Secrets that are easily guessed.

use super::{Client, Located, of};
use crate::cost::Limits;
use crate::digest::Digest;
use crate::finding::Code;
use crate::secret::Secret;
use crate::verify::{Verdict, verify_many};

/// A client's digest, and a secret that it may be of.
pub struct Guess<'a> {
    client: usize,
    digest: &'a Digest,
    secret: Secret,
    /// What the secret is, in words that do not show it.
    what: &'static str,
}

/// What is worth trying on each client that has a digest: its id and name, with what people add to
/// them, and secrets from examples and defaults.
#[must_use]
pub fn guesses(clients: &[Client]) -> Vec<Guess<'_>> {
    let mut guesses = Vec::new();
    for (index, client) in clients.iter().enumerate() {
        let Some(digest) = &client.digest else { continue };
        let mut add = |secret: String, what| {
            let secret = Secret::from(secret);
            guesses.push(Guess { client: index, digest, secret, what });
        };
        let id = &client.id;
        for text in
            [id.clone(), format!("{id}_secret"), format!("{id}-secret"), format!("{id}secret")]
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
    }
    guesses
}

impl Guess<'_> {
    /// Tries guesses; what was right is found, with the index of its client.
    #[must_use]
    pub fn try_all(guesses: &[Self], clients: &[Client], limits: &Limits) -> Vec<(usize, Located)> {
        let pairs: Vec<_> = guesses.iter().map(|guess| (&guess.secret, guess.digest)).collect();
        let verdicts = verify_many(&pairs, limits).into_iter().zip(guesses);
        let right = verdicts.filter(|(verdict, _)| *verdict == Ok(Verdict::Match));
        let found = right.map(|(_, guess)| {
            let finding = of(Code::Guessable, format!("the secret is {}", guess.what));
            (guess.client, Located { finding, place: clients[guess.client].place.clone() })
        });
        found.collect()
    }
}
