//! The names of an application: its slug, its name and its aliases.

use super::application::Application;

/// The shortest word that means an application. With fewer letters it would mean one by chance.
const MIN_LETTERS: usize = 3;

impl Application {
    /// Returns how well a word matches the names of this application; `None` if it does not.
    ///
    /// Case and everything but letters and digits make no difference. Words with fewer than three letters
    /// match nothing.
    ///
    /// ```
    /// use oidc_secret::catalogue::{NameMatch, application};
    ///
    /// let paperless = application("paperless")?;
    /// assert_eq!(paperless.matches("PaperLess"), Some(NameMatch::Name));
    /// assert_eq!(paperless.matches("paperless-ngx"), Some(NameMatch::Alias));
    /// assert_eq!(paperless.matches("paper"), Some(NameMatch::NameStart));
    /// assert_eq!(paperless.matches("pa"), None);
    /// # Ok::<(), oidc_secret::Error>(())
    /// ```
    #[must_use]
    pub fn matches(&self, word: &str) -> Option<NameMatch> {
        let wanted = folded(word);
        if is_too_short(&wanted) {
            return None;
        }
        let names = || [&self.slug, &self.name].into_iter();
        let is = |name: &String| folded(name) == wanted;
        let begins = |name: &String| has_start(name, &wanted);
        [
            (NameMatch::Name, names().any(is)),
            (NameMatch::Alias, self.aliases.iter().any(is)),
            (NameMatch::NameStart, names().any(begins)),
            (NameMatch::AliasStart, self.aliases.iter().any(begins)),
        ]
        .into_iter()
        .find_map(|(kind, matches)| matches.then_some(kind))
    }
}

/// How well a word matches the names of an application, from the best match to the worst.
///
/// The start of an alias is the worst: `bit` means Bitwarden, although Vaultwarden was once called
/// `bitwarden_rs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum NameMatch {
    /// The word is its slug or its name.
    Name,
    /// The word is one of its aliases.
    Alias,
    /// Its slug or name, or a word of it, starts with the word.
    NameStart,
    /// An alias, or a word of it, starts with the word.
    AliasStart,
}

/// Returns the problem of a slug that is not one, or of the first alias that is too short or already a
/// name of the application.
pub(super) fn problem(application: &Application) -> Option<String> {
    if !is_slug(&application.slug) {
        return Some(
            "the name of the file must consist of a-z, 0-9 and -, as in my-app.toml".to_owned(),
        );
    }
    let mut names = vec![folded(&application.slug), folded(&application.name)];
    for alias in &application.aliases {
        let name = folded(alias);
        if is_too_short(&name) {
            return Some(format!(
                "the alias `{alias}` has fewer than {MIN_LETTERS} letters or digits"
            ));
        }
        if names.contains(&name) {
            return Some(format!("the alias `{alias}` is already a name of the application"));
        }
        names.push(name);
    }
    None
}

/// Whether a word can be typed after `--app` as it is: without quotes, and not taken for a flag.
fn is_slug(word: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !word.is_empty() && !word.starts_with('-') && word.bytes().all(is_part)
}

/// Returns a name without what people write differently: case, blanks and punctuation.
fn folded(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Measured in bytes: in scripts that need three for a character, one is a word.
fn is_too_short(folded: &str) -> bool {
    folded.len() < MIN_LETTERS
}

fn has_start(name: &str, wanted: &str) -> bool {
    let mut words = name.split([' ', '-', '.']).map(folded);
    folded(name).starts_with(wanted) || words.any(|word| word.starts_with(wanted))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::catalogue::embedded::applications;

    /// Otherwise a word would mean two applications.
    #[test]
    fn an_alias_is_the_name_of_one_application_only() {
        let mut owners: BTreeMap<String, String> = BTreeMap::new();
        for application in applications() {
            for name in [&application.slug, &application.name] {
                owners.insert(folded(name), application.slug.clone());
            }
        }
        let mut count = 0;
        for application in applications() {
            for alias in &application.aliases {
                let other = owners.insert(folded(alias), application.slug.clone());
                assert_eq!(other, None, "{}: {alias}", application.slug);
                count += 1;
            }
        }
        assert!(count > 50, "{count}");
    }

    #[test]
    fn the_best_match_counts() {
        let toml = "name = 'Paper Box'\naliases = ['Box-ngx', 'Office']\nclients = []";
        let application = Application::parse("pbox", toml).unwrap();
        for (word, kind) in [
            ("PBOX", Some(NameMatch::Name)),
            ("paperbox", Some(NameMatch::Name)),
            ("box ngx", Some(NameMatch::Alias)),
            ("box", Some(NameMatch::NameStart)),
            ("offi", Some(NameMatch::AliasStart)),
            ("ngx", Some(NameMatch::AliasStart)),
            ("aper", None),
            ("of", None),
            ("", None),
        ] {
            assert_eq!(application.matches(word), kind, "{word}");
        }
    }

    #[test]
    fn an_alias_that_adds_no_name_is_refused() {
        for (aliases, problem) in [
            ("['nc']", "`nc` has fewer than 3 letters"),
            ("['']", "`` has fewer than 3 letters"),
            ("['-_.!']", "fewer than 3 letters"),
            ("['x-app']", "`x-app` is already a name"),
            ("['The X']", "already a name"),
            ("['Other', 'o-ther']", "`o-ther` is already a name"),
            ("[\"a\\nbc\"]", "the alias `a\\nbc`"),
        ] {
            let toml = format!("name = 'The X'\naliases = {aliases}\nclients = []");
            let error = Application::parse("xapp", &toml).unwrap_err().to_string();
            assert!(error.contains(problem), "{aliases}: {error}");
        }
    }
}
