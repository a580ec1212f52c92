//! URLs of applications and of Authelia.
//!
//! Why not the crate `url`: it corrects what it reads (percent-encoding, punycode, default ports),
//! and adds a slash after the host. The URL becomes a part of redirect URIs, which a provider compares
//! letter by letter with those of the application. A text that a browser would change is refused here.

use std::fmt;
use std::str::FromStr;

use super::error::CatalogueError;

/// The URL of an application or of Authelia: a scheme, a host, and optionally a port and a path,
/// without a slash at the end.
///
/// ```
/// use oidc_secret::catalogue::Url;
///
/// let url: Url = "https://kasm.example.com/".parse()?;
/// assert_eq!((url.to_string(), url.host()), ("https://kasm.example.com".into(), "kasm.example.com"));
/// assert!("kasm.example.com".parse::<Url>().is_err());
/// # Ok::<(), oidc_secret::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Url {
    text: String,
    host: std::ops::Range<usize>,
}

impl Url {
    /// Whether it begins with `https://`.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.text.starts_with("https://")
    }

    /// Returns the host, without the port.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.text[self.host.clone()]
    }

    /// Returns the part of the host after its first dot, or the whole host if that part has no dot
    /// itself (`example.com`) or the host is an address.
    #[must_use]
    pub fn domain(&self) -> &str {
        let host = self.host();
        let is_name = host.bytes().any(|byte| byte.is_ascii_alphabetic()) && !host.starts_with('[');
        let parent = host.split_once('.').map(|(_, parent)| parent);
        parent.filter(|parent| is_name && parent.contains('.')).unwrap_or(host)
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Url {
    type Err = CatalogueError;

    fn from_str(text: &str) -> Result<Self, CatalogueError> {
        parse(text).map_err(|reason| CatalogueError::InvalidUrl { reason })
    }
}

fn parse(text: &str) -> Result<Url, &'static str> {
    let (scheme, rest) = text.split_once("://").ok_or("it has no https://")?;
    let rest = rest.trim_end_matches('/');
    let scheme = scheme.to_ascii_lowercase();
    if scheme != "https" && scheme != "http" {
        return Err("it begins with neither https:// nor http://");
    }
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    if authority.contains('@') || rest.contains(['?', '#']) {
        return Err("it has more than a scheme, a host, a port and a path");
    }
    let host = host(authority)?;
    if path.chars().any(|c| !c.is_ascii_graphic() || "<>\"{}|\\^`'".contains(c)) {
        return Err("its path has a character that must be percent-encoded");
    }
    let start = scheme.len() + 3;
    // Browsers write a host in small letters, and redirect URIs are compared letter by letter.
    let text = format!("{scheme}://{}{path}", authority.to_ascii_lowercase());
    Ok(Url { text, host: start..start + host.len() })
}

/// Returns the host of an authority, after a check of host and port.
fn host(authority: &str) -> Result<&str, &'static str> {
    let (host, port) = match authority.rsplit_once(':') {
        // A colon inside the brackets is part of an IPv6 address.
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let is_name =
        !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c));
    if !is_name && !is_ipv6(host) {
        return Err(
            "its host must consist of letters, digits, dots and hyphens (an international one is \
             written in punycode, xn--...)",
        );
    }
    if port.is_some_and(|port| port.parse::<u16>().is_err()) {
        return Err("its port must be a number from 0 to 65535");
    }
    Ok(host)
}

fn is_ipv6(host: &str) -> bool {
    let inner = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    inner.is_some_and(|inner| {
        !inner.is_empty() && inner.chars().all(|c| c.is_ascii_hexdigit() || ":.".contains(c))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_has_a_host_and_a_domain() {
        let url = |text: &str| text.parse::<Url>().unwrap();
        assert_eq!(
            url("https://a.example.com:8443/base/").to_string(),
            "https://a.example.com:8443/base"
        );
        assert_eq!(url("https://a.example.com:8443/base/").host(), "a.example.com");
        assert_eq!(url("HTTPS://A.Example.com/Base").to_string(), "https://a.example.com/Base");
        assert_eq!(url("http://[::1]:80").host(), "[::1]");
        assert_eq!(url("https://a.example.com").domain(), "example.com");
        assert_eq!(url("https://example.com").domain(), "example.com");
        assert_eq!(url("https://10.0.0.1").domain(), "10.0.0.1");
    }

    #[test]
    fn a_text_that_is_not_such_a_url_is_refused() {
        for bad in [
            "",
            "https://",
            "ftp://a",
            "a.example.com",
            "https://u@a",
            "https://a?b",
            "https://a#b",
            "https://a:x",
            "https://a b",
            "https://a/{b}",
            "https://[x]",
            "https://a:99999",
        ] {
            assert!(bad.parse::<Url>().is_err(), "{bad}");
        }
    }
}
