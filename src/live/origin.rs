//! Origins of URLs: a secret goes only to the origin that the user gave.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

/// The origin of a URL (RFC 6454): scheme, host and port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    is_https: bool,
    host: String,
    port: u16,
}

impl Origin {
    /// Returns the origin of a URL. `None` for any text that two parsers may read differently, such
    /// as one with user information or a backslash: the secret could then go to another host than
    /// the one that was compared.
    pub(super) fn of(url: &str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let is_https = scheme.eq_ignore_ascii_case("https");
        if !is_https && !scheme.eq_ignore_ascii_case("http") || !url.bytes().all(is_url_byte) {
            return None;
        }
        let authority = &rest[..rest.find(['/', '?']).unwrap_or(rest.len())];
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            _ => (authority, None),
        };
        let port = match port {
            Some(port) if !port.bytes().all(|byte| byte.is_ascii_digit()) => return None,
            Some(port) => port.parse().ok()?,
            None if is_https => 443,
            None => 80,
        };
        is_host(host).then(|| Self { is_https, host: host.to_ascii_lowercase(), port })
    }

    /// Returns the host; an IPv6 address is in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether the host is this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        let is_ipv4 = self.host.parse().is_ok_and(|address: Ipv4Addr| address.is_loopback());
        self.host == "localhost" || self.host == "[::1]" || is_ipv4
    }

    /// Whether a secret may be sent there: encrypted, or within this machine.
    pub(super) fn is_safe(&self) -> bool {
        self.is_https || self.is_loopback()
    }
}

/// The scheme, the host, and the port if it is not the scheme's own.
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { is_https, host, port } = self;
        let (scheme, default) = if *is_https { ("https", 443) } else { ("http", 80) };
        write!(f, "{scheme}://{host}")?;
        if *port == default { Ok(()) } else { write!(f, ":{port}") }
    }
}

fn is_url_byte(byte: u8) -> bool {
    byte.is_ascii_graphic() && !b"#\\@\"<>^`{|}".contains(&byte)
}

fn is_host(host: &str) -> bool {
    let is_name = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(address) => address.parse::<Ipv6Addr>().is_ok(),
        None => !host.is_empty() && host.chars().all(is_name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_has_a_scheme_a_host_and_a_port() {
        for (url, origin) in [
            ("https://Auth.Example.com", "https://auth.example.com"),
            ("HTTPS://auth.example.com:443/x?y=z:1", "https://auth.example.com"),
            ("https://auth.example.com:8443/", "https://auth.example.com:8443"),
            ("http://127.0.0.1:80?x", "http://127.0.0.1"),
            ("http://[::1]:9091/", "http://[::1]:9091"),
            ("https://[2001:db8::1]", "https://[2001:db8::1]"),
        ] {
            assert_eq!(Origin::of(url).unwrap().to_string(), origin);
        }
    }

    #[test]
    fn an_ambiguous_url_has_no_origin() {
        for url in [
            "",
            "auth.example.com",
            "ftp://a",
            "https://",
            "https:///x",
            "https://a:b@c",
            "https://a@b/",
            "https://a\\b",
            "https://a/x@b",
            "https://a:",
            "https://a:+5",
            "https://a:65536",
            "https://a b",
            "https://a\n",
            "https://ä.example.com",
            "https://a/#x",
            "https://[a]",
            "https://[::1",
            "https://::1",
        ] {
            assert_eq!(Origin::of(url), None, "{url}");
        }
    }

    #[test]
    fn only_this_machine_is_loopback() {
        for url in ["http://localhost:1", "http://127.8.0.1", "http://[::1]/"] {
            assert!(Origin::of(url).unwrap().is_loopback(), "{url}");
        }
        for url in ["http://localhost.example.com", "http://127.1", "http://128.0.0.1"] {
            assert!(!Origin::of(url).unwrap().is_loopback(), "{url}");
        }
    }
}
