//! The candidates for the secret that a digest was made from, the likeliest first.

use super::encoding::Bytes;
use super::general::GENERAL;
use super::partial::{up_to_characters, up_to_limits, with_missing_character, without_prefixes};
use super::specific::SPECIFIC;
use super::step::{Change, Step};
use crate::secret::Secret;

/// A secret, and the changes of the given one that lead to it.
pub(super) struct Candidate {
    pub(super) secret: Secret,
    pub(super) changes: Vec<Change>,
}

/// Returns at most `max` different candidates: the given secret, then one change, likely pairs of
/// changes, a missing character, and all other pairs.
///
/// Changes that need a mark in the secret come first, even in pairs: few of them apply to a usual
/// secret, so that they delay the others by little.
pub(super) fn candidates(secret: &Secret, max: usize) -> Vec<Candidate> {
    let given = Candidate { secret: secret.clone(), changes: Vec::new() };
    let mut found = Candidates { max, all: vec![given] };
    found.add_steps(&SPECIFIC);
    found.add_pairs(likely(&SPECIFIC), || likely(&SPECIFIC));
    if let Ok(text) = std::str::from_utf8(secret.expose()) {
        found.add_parts(up_to_characters(text));
        found.add_parts(up_to_limits(text));
    }
    found.add_steps(&GENERAL);
    if let Ok(text) = std::str::from_utf8(secret.expose()) {
        found.add_parts(without_prefixes(text));
    }
    found.add_pairs(likely(&SPECIFIC), || likely(&GENERAL));
    found.add_pairs(likely(&GENERAL), || likely(&SPECIFIC).chain(likely(&GENERAL)));
    if let Ok(text) = std::str::from_utf8(secret.expose()) {
        found.add_parts(with_missing_character(text));
    }
    let any = || SPECIFIC.iter().chain(&GENERAL);
    found.add_pairs(any(), any);
    found.all
}

fn likely(steps: &'static [Step]) -> impl Iterator<Item = &'static Step> {
    steps.iter().filter(|step| step.is_likely)
}

/// Different candidates up to a maximum number.
struct Candidates {
    max: usize,
    all: Vec<Candidate>,
}

impl Candidates {
    fn is_full(&self) -> bool {
        self.all.len() >= self.max
    }

    fn add(&mut self, secret: Bytes, changes: Vec<Change>) {
        let is_new = |other: &Candidate| other.secret.expose() != &**secret;
        if !self.is_full() && self.all.iter().all(is_new) {
            self.all.push(Candidate { secret: Secret::from(secret), changes });
        }
    }

    fn add_parts(&mut self, parts: impl Iterator<Item = (Change, Bytes)>) {
        parts.for_each(|(change, secret)| self.add(secret, vec![change]));
    }

    fn add_steps(&mut self, steps: &[Step]) {
        let given = self.all[0].secret.clone();
        self.add_parts(steps.iter().filter_map(|step| step.apply(given.expose())));
    }

    fn add_pairs<'s, S: Iterator<Item = &'s Step>>(
        &mut self,
        firsts: impl Iterator<Item = &'s Step>,
        seconds: impl Fn() -> S,
    ) {
        let given = self.all[0].secret.clone();
        for (first, changed) in firsts.filter_map(|step| step.apply(given.expose())) {
            if self.is_full() {
                return;
            }
            for (second, secret) in seconds().filter_map(|step| step.apply(&changed)) {
                self.add(secret, vec![first.clone(), second]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::effort::Effort;
    use super::*;
    use crate::random::{Alphabet, Charset};

    fn of_one_change(secret: &Secret, effort: Effort) -> usize {
        let is_single = |candidate: &&Candidate| {
            // Only a high effort looks for a missing character.
            matches!(&candidate.changes[..], [one] if !one.words.starts_with("adding one character"))
        };
        candidates(secret, effort.max_secrets()).iter().filter(is_single).count()
    }

    #[test]
    fn the_normal_effort_tries_every_single_change_of_a_usual_secret() {
        let charsets = [Charset::Rfc3986, Charset::Alphanumeric, Charset::NumericHex];
        for (charset, length) in
            charsets.into_iter().flat_map(|c| [32, 72, 128, 300].map(|l| (c, l)))
        {
            let secret = Secret::from(Alphabet::from(charset).random(length).unwrap());
            let all = of_one_change(&secret, Effort::High);
            assert_eq!(of_one_change(&secret, Effort::Normal), all, "{charset:?} {length}");
        }
    }

    #[test]
    fn candidates_differ_and_begin_with_the_given_secret() {
        let secret = Secret::from("a+b c%2F/$x\"it's\" é".to_owned());
        for effort in Effort::ALL {
            let all = candidates(&secret, effort.max_secrets());
            assert!(all.len() <= effort.max_secrets() && all[0].changes.is_empty());
            let mut texts: Vec<_> = all.iter().map(|candidate| candidate.secret.expose()).collect();
            assert_eq!(texts[0], secret.expose());
            texts.sort_unstable();
            texts.dedup();
            assert_eq!(texts.len(), all.len());
        }
    }
}
