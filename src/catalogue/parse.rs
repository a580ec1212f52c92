//! Reading an application's file.

use super::application::Application;
use super::check::unwritable;
use super::consistent::contradiction;
use super::error::CatalogueError;
use super::{names, nesting};

impl Application {
    /// Reads the file of the application with this slug.
    ///
    /// # Errors
    /// [`CatalogueError::Malformed`] if the text is not TOML, has other keys than this module
    /// describes, has keys that contradict each other, has an alias that adds no name, has an input that
    /// leads back to itself, or has a control or another invisible character in a name or text. The slug
    /// must consist of `a-z`, `0-9` and `-`.
    pub fn parse(slug: &str, toml: &str) -> Result<Self, CatalogueError> {
        let malformed =
            |line, message| CatalogueError::Malformed { slug: slug.to_owned(), line, message };
        let application: Self = toml::from_str(toml).map_err(|error| {
            // Not `lines`: at the start of a line it counts only those before it.
            let line = error.span().map_or(0, |span| 1 + toml[..span.start].matches('\n').count());
            malformed(line, error.message().trim().replace('\n', " "))
        })?;
        let application = Self { slug: slug.to_owned(), ..application };
        let problem = [unwritable, names::problem, contradiction, nesting::problem];
        match problem.into_iter().find_map(|problem| problem(&application)) {
            Some(message) => Err(malformed(0, message)),
            None => Ok(application),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_the_line_or_the_key() {
        let error = Application::parse("x", "name = 'X'\nclients = 1").unwrap_err();
        assert!(error.to_string().contains("line 2"), "{error}");
        let error = Application::parse("x", "name = 'X'\nclients = []\nother = 1").unwrap_err();
        assert!(error.to_string().contains("line 3: unknown field `other`"), "{error}");
        let toml = "name = 'X'\n[[clients]]\n[clients.entry]\nclient_id = 'x'\npublic = 1";
        let error = Application::parse("x", toml).unwrap_err();
        assert!(error.to_string().contains("the key public: a value is text"), "{error}");
    }
}
