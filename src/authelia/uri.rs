//! URIs as Go's `net/url` parses them, which Authelia uses (measured on Authelia 4.39.20).

/// The parts of a URI that Authelia has rules on.
pub(crate) struct Uri<'t> {
    /// The scheme; empty for a relative reference.
    pub(crate) scheme: &'t str,
    pub(crate) has_fragment: bool,
    pub(crate) has_user: bool,
}

impl<'t> Uri<'t> {
    /// Parses a URI; `None` for one that Go refuses.
    pub(crate) fn parse(text: &'t str) -> Option<Self> {
        if text.chars().any(|c| c.is_ascii_control()) {
            return None;
        }
        let (text, fragment) = text.split_once('#').unwrap_or((text, ""));
        let (scheme, rest) = split_scheme(text)?;
        let rest = rest.split_once('?').map_or(rest, |(path, _)| path);
        let (authority, path) = split_authority(rest);
        let is_opaque = !scheme.is_empty() && !rest.starts_with('/');
        let is_valid = is_escaped(fragment)
            && is_authority(authority)
            && (is_opaque || is_escaped(path))
            && (!scheme.is_empty() || !path.split('/').next().is_some_and(|s| s.contains(':')));
        let has_user = authority.contains('@');
        is_valid.then_some(Self { scheme, has_fragment: !fragment.is_empty(), has_user })
    }

    pub(crate) fn is_https(&self) -> bool {
        self.scheme.eq_ignore_ascii_case("https")
    }
}

/// Whether a text is an absolute URI without a fragment, as RFC 6749 §3.1.2 requires of a redirect URI.
///
/// ```
/// use oidc_secret::authelia::is_absolute_uri;
///
/// assert!(is_absolute_uri("https://app.example.com/callback?x=1"));
/// assert!(is_absolute_uri("app.immich:///oauth-callback"));
/// assert!(!is_absolute_uri("/callback") && !is_absolute_uri("https://app.example.com/#x"));
/// ```
#[must_use]
pub fn is_absolute_uri(text: &str) -> bool {
    // Go accepts more: characters that RFC 3986 has no place for, and any query.
    let is_allowed = |c: char| c.is_ascii_graphic() && !"#<>\"{}|\\^`".contains(c);
    let rest = text.split_once(':').map_or("", |(_, rest)| rest);
    Uri::parse(text).is_some_and(|uri| !uri.scheme.is_empty())
        && !rest.is_empty()
        && rest.chars().all(is_allowed)
        && is_escaped(rest)
}

/// The scheme, which may be empty, and the rest; `None` if only the scheme is left out.
fn split_scheme(text: &str) -> Option<(&str, &str)> {
    let Some((scheme, rest)) = text.split_once(':') else { return Some(("", text)) };
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    match scheme {
        "" => None,
        _ if is_scheme => Some((scheme, rest)),
        _ => Some(("", text)),
    }
}

/// The authority and the path.
fn split_authority(rest: &str) -> (&str, &str) {
    match rest.strip_prefix("//") {
        Some(rest) => rest.split_at(rest.find('/').unwrap_or(rest.len())),
        None => ("", rest),
    }
}

/// Whether two hexadecimal digits come after each `%`.
fn is_escaped(text: &str) -> bool {
    text.split('%')
        .skip(1)
        .all(|rest| rest.len() >= 2 && rest.bytes().take(2).all(|byte| byte.is_ascii_hexdigit()))
}

fn is_authority(authority: &str) -> bool {
    let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    let (host, port) = match host.strip_prefix('[').map(|rest| rest.split_once(']')) {
        Some(Some((host, port))) => (host, port),
        Some(None) => return false,
        None => host.split_at(host.find(':').unwrap_or(host.len())),
    };
    let port = if port.is_empty() { Some("") } else { port.strip_prefix(':') };
    let is_user = |c: char| c.is_ascii_alphanumeric() || "-._:~!$&'()*+,;=%@".contains(c);
    let is_host = |c: char| !c.is_ascii() || c.is_ascii_graphic() && !r"\^`{}|%[]".contains(c);
    user.chars().all(is_user)
        && is_escaped(user)
        && host.chars().all(is_host)
        && port.is_some_and(|port| port.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_are_refused_as_go_refuses_them() {
        for good in [
            "https://app.example.com/c b#x",
            "https:",
            "https://",
            "https://*.example.com/{x}?y=%zz",
            "https://äpp.example.com:/",
            "https://[::1]:8443/",
            "javascript:alert(1)",
            "urn:ietf:wg:oauth:2.0:oob:auto",
            "app:///cb",
            "mailto:%zz",
            "/relative",
        ] {
            assert!(Uri::parse(good).is_some(), "{good}");
        }
        for bad in [
            "https://app.example.com/%zz",
            "https://app.example.com/#%2",
            "https://ex ample.com/",
            "https://a\\b/",
            "https://app.example.com:abc/",
            "https://[::1/",
            "https://a\tb/",
            "://bad",
            "1https://a",
            "<https://a>",
        ] {
            assert!(Uri::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn redirect_uris_are_accepted_as_authelia_does() {
        for good in [
            "https://app.example.com/cb?x=%20&y=[1]",
            "https://[::1]:8443/cb",
            "http://localhost:/cb",
            "https://user@app.example.com/cb",
            "com.example.app:/callback",
            "app.immich:///oauth-callback",
            "urn:ietf:wg:oauth:2.0:oob:auto",
        ] {
            assert!(is_absolute_uri(good), "{good}");
        }
        for bad in [
            "https://app.example.com/%zz",
            "https://app.example.com/%2",
            "https://[::1/cb",
            "https://[::1]x/cb",
            "https://app.example.com:port/cb",
            "https://app.example.com:80:90/cb",
            "https://app%20x/cb",
            "https://a b/cb",
            "https://a\\b/cb",
            "https://a\tb",
            "/cb",
            "1https://a",
            "https:",
        ] {
            assert!(!is_absolute_uri(bad), "{bad}");
        }
    }
}
