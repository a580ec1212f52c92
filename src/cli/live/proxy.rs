//! The proxy of the environment.

use oidc_secret::live::Origin;
use ureq::Proxy;

/// Returns the proxy for a server. A proxy elsewhere cannot reach this machine's loopback, and would be sent
/// the secret unencrypted.
pub(super) fn proxy(origin: &Origin) -> Option<Proxy> {
    let excluded = ["NO_PROXY", "no_proxy"].into_iter().find_map(|name| std::env::var(name).ok());
    let is_excluded = excluded.is_some_and(|hosts| excludes(&hosts, origin.host()));
    if origin.is_loopback() || is_excluded { None } else { Proxy::try_from_env() }
}

/// Whether a value of `NO_PROXY` has a host. As with curl, a domain includes its subdomains; `ureq` compares
/// whole names only.
fn excludes(hosts: &str, host: &str) -> bool {
    hosts.split([',', ' ']).any(|entry| {
        let domain = entry.trim_start_matches('*').trim_start_matches('.').to_ascii_lowercase();
        let parent = host.strip_suffix(&domain);
        entry == "*"
            || (!domain.is_empty() && parent.is_some_and(|p| p.is_empty() || p.ends_with('.')))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_includes_its_subdomains() {
        for hosts in [
            "*",
            "auth.example.com",
            "example.com",
            ".example.com",
            "*.example.com",
            "a, Example.COM",
        ] {
            assert!(excludes(hosts, "auth.example.com"), "{hosts}");
        }
        for hosts in ["", " ", ",", "ample.com", "other.com", "x.auth.example.com", "*."] {
            assert!(!excludes(hosts, "auth.example.com"), "{hosts}");
        }
    }
}
