//! The applications of the folder `catalogue`, in the binary.

use super::application::{Application, ClientTemplate};
use super::error::CatalogueError;

/// The slugs of the applications, sorted, and their files. `build.rs` lists the folder.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/catalogue.rs"));

/// Returns the applications of the catalogue, sorted by slug.
///
/// ```
/// let names: Vec<_> = oidc_secret::catalogue::applications().map(|app| app.name).collect();
/// assert!(names.contains(&"Kasm Workspaces".to_owned()));
/// ```
pub fn applications() -> impl Iterator<Item = Application> {
    FILES.iter().filter_map(|(slug, toml)| Application::parse(slug, toml).ok())
}

/// Returns the application that has this client with a built-in secret.
///
/// Such a client stops working with any other secret.
///
/// ```
/// use oidc_secret::catalogue::built_into;
///
/// let desktop = "xdXOt13JKxym1B1QcEncf2XDkLAexMBFwiT9j6EfhhHFJhs2KM9jbjTmf8JBXE69";
/// assert_eq!(built_into(desktop).unwrap().slug, "ocis");
/// assert!(built_into("kasm").is_none());
/// ```
#[must_use]
pub fn built_into(client: &str) -> Option<Application> {
    let is_fixed = |template: &ClientTemplate| {
        template.fixed_secret.is_some() && template.entry.text("client_id") == Some(client)
    };
    // Only a file that contains the id needs to be parsed.
    let files = FILES.iter().filter(|(_, toml)| toml.contains(client));
    let mut applications = files.filter_map(|(slug, toml)| Application::parse(slug, toml).ok());
    applications.find(|application| application.clients.iter().any(is_fixed))
}

/// Returns the application with this slug.
///
/// # Errors
/// [`CatalogueError::UnknownApplication`], with similar slugs.
pub fn application(slug: &str) -> Result<Application, CatalogueError> {
    match FILES.iter().find(|(name, _)| *name == slug) {
        Some((slug, toml)) => Application::parse(slug, toml),
        None => Err(unknown(slug)),
    }
}

fn unknown(slug: &str) -> CatalogueError {
    /// With fewer letters in common, names are similar by chance.
    const MIN_COMMON: usize = 3;
    let (slug, wanted) = (slug.to_owned(), slug.to_lowercase());
    let names = || FILES.iter().map(|(name, _)| *name);
    let common = |name: &str| name.bytes().zip(wanted.bytes()).take_while(|(a, b)| a == b).count();
    let longest = names().map(common).max().unwrap_or_default().max(MIN_COMMON);
    let is_similar =
        |name: &&str| name.contains(&*wanted) || wanted.contains(*name) || common(name) == longest;
    let similar = names().filter(is_similar).map(ToOwned::to_owned).collect();
    CatalogueError::UnknownApplication { slug, similar }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::format::SettingsFormat;

    #[test]
    fn every_file_of_the_folder_is_embedded_and_parses() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/catalogue");
        let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<_> = names
            .filter_map(|name| name.into_string().unwrap().strip_suffix(".toml").map(str::to_owned))
            .collect();
        names.sort();
        let embedded: Vec<_> = FILES.iter().map(|(slug, _)| *slug).collect();
        assert_eq!(embedded, names);
        for (slug, toml) in FILES {
            let application = Application::parse(slug, toml).unwrap();
            assert!(!application.clients.is_empty(), "{slug}");
        }
        assert_eq!(applications().count(), names.len());
    }

    /// PHP prints everything before `<?php`.
    #[test]
    fn every_template_in_php_begins_in_php() {
        let mut count = 0;
        for application in applications() {
            let php = application.settings.iter().filter(|s| s.format == SettingsFormat::Php);
            for template in php.filter_map(|settings| settings.template.as_ref()) {
                assert!(template.to_string().starts_with("<?php\n"), "{}", application.slug);
                count += 1;
            }
        }
        assert!(count > 0);
    }

    #[test]
    fn a_mistyped_slug_is_answered_with_similar_ones() {
        for (wanted, similar) in [
            ("grafanna", "did you mean grafana?"),
            ("Jelly", "jellyfin, jellyseerr"),
            ("qqq", "`qqq`"),
        ] {
            let error = application(wanted).unwrap_err().to_string();
            assert!(error.contains(similar), "{error}");
            assert_eq!(error.contains("did you mean"), wanted != "qqq", "{error}");
        }
    }
}
