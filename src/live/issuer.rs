//! The URL of a provider.

use std::str::FromStr;

use super::error::IssuerError;
use super::origin::Origin;
use crate::catalogue::Url;
use crate::catalogue::error::CatalogueError;

/// The path of the discovery document (OpenID Connect Discovery 1.0 §4).
const DISCOVERY: &str = "/.well-known/openid-configuration";

/// The URL of a provider, which it calls its issuer: HTTPS, or HTTP on this machine.
///
/// ```
/// use oidc_secret::live::Issuer;
///
/// let issuer: Issuer = "https://auth.example.com".parse()?;
/// assert_eq!(issuer.origin().host(), "auth.example.com");
/// assert!("http://auth.example.com".parse::<Issuer>().is_err());
/// # Ok::<(), oidc_secret::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    url: String,
    has_slash: bool,
    origin: Origin,
}

impl Issuer {
    /// Returns the origin.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    pub(super) fn discovery_url(&self) -> String {
        format!("{}{DISCOVERY}", self.url)
    }

    /// Whether the issuer of a discovery document is this URL, and whether only a slash at the end
    /// differs. The comparison is exact, as OpenID Connect Discovery 1.0 §4.3 requires.
    pub(super) fn compare(&self, issuer: &str) -> (bool, bool) {
        let is_slash = issuer.strip_suffix('/').unwrap_or(issuer) == self.url;
        (is_slash && issuer.ends_with('/') == self.has_slash, is_slash)
    }
}

impl FromStr for Issuer {
    type Err = IssuerError;

    /// Parses the URL. The URL of the discovery document is accepted too, since people copy it.
    fn from_str(text: &str) -> Result<Self, IssuerError> {
        let text = text.strip_suffix(DISCOVERY).unwrap_or(text);
        let url: Url = text.parse().map_err(|error| match error {
            CatalogueError::InvalidUrl { reason } => IssuerError::Invalid { reason },
            _ => IssuerError::Invalid { reason: "it cannot be read" },
        })?;
        let url = url.to_string();
        let origin = Origin::of(&url)
            .ok_or(IssuerError::Invalid { reason: "its host or its port is not valid" })?;
        if !origin.is_safe() {
            return Err(IssuerError::Unencrypted);
        }
        Ok(Self { url, has_slash: text.ends_with('/'), origin })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn issuer(text: &str) -> Issuer {
        text.parse().unwrap()
    }

    #[test]
    fn the_discovery_document_is_below_the_issuer() {
        for text in [
            "https://a.example.com/o",
            "https://a.example.com/o/",
            "https://a.example.com/o/.well-known/openid-configuration",
        ] {
            let url = "https://a.example.com/o/.well-known/openid-configuration";
            assert_eq!(issuer(text).discovery_url(), url);
        }
    }

    #[test]
    fn issuers_are_compared_exactly() {
        let plain = issuer("https://a.example.com");
        assert_eq!(plain.compare("https://a.example.com"), (true, true));
        assert_eq!(plain.compare("https://a.example.com/"), (false, true));
        assert_eq!(plain.compare("https://A.example.com"), (false, false));
        assert_eq!(plain.compare("http://a.example.com"), (false, false));
        assert_eq!(
            issuer("https://a.example.com/").compare("https://a.example.com/"),
            (true, true)
        );
    }

    #[test]
    fn a_url_that_is_not_a_providers_is_refused() {
        assert!("http://localhost:9091".parse::<Issuer>().is_ok());
        assert_eq!("http://a.example.com".parse::<Issuer>(), Err(IssuerError::Unencrypted));
        for bad in [
            "",
            "auth.example.com",
            "ftp://a.example.com",
            "https://u@a.example.com",
            "https://u:p@a.example.com/",
            "https://a.example.com?x=1",
            "https://a.example.com/#x",
            "https://a.example.com:+5",
            "https://a\\.example.com",
        ] {
            assert!(matches!(bad.parse::<Issuer>(), Err(IssuerError::Invalid { .. })), "{bad}");
        }
    }
}
