//! Failed requests, in words.

use std::io::ErrorKind;

use oidc_secret::live::Origin;
use rustls::CertificateError;
use ureq::Error;

use super::limits::TIMEOUT;
use crate::cli::failure::{Failure, reason};

const PROXY: &str = "check the proxy in HTTPS_PROXY, or exclude the host with NO_PROXY";
const RUNNING: &str = "check the URL and its port, and that the provider runs";

/// Describes a request that has no answer.
pub(super) fn failure(error: &Error, origin: &Origin, has_proxy: bool) -> Failure {
    match error {
        // The error may be the proxy's, or that of the connection to it.
        Error::HostNotFound | Error::ConnectProxyFailed(_) if has_proxy => by_proxy(origin),
        Error::Io(error) if has_proxy && tls_error(error).is_none() => by_proxy(origin),
        Error::Timeout(_) => {
            let seconds = TIMEOUT.as_secs();
            Failure::new(format!("{origin} did not answer within {seconds} s"))
                .hint("check that the provider runs, and that no firewall is in the way")
        }
        Error::HostNotFound => host_not_found(origin),
        Error::InvalidProxyUrl => Failure::new("the proxy's URL is not valid").hint(PROXY),
        Error::Rustls(error) => tls(error, origin),
        Error::Io(error) => io(error, origin),
        Error::Protocol(_) | Error::Http(_) | Error::LargeResponseHeader(..) => {
            Failure::new(format!("{origin} does not answer in HTTP")).hint(RUNNING)
        }
        _ => Failure::new(format!("cannot connect to {origin}")).hint(RUNNING),
    }
}

fn by_proxy(origin: &Origin) -> Failure {
    Failure::new(format!("the proxy does not connect to {origin}")).hint(PROXY)
}

fn host_not_found(origin: &Origin) -> Failure {
    Failure::new(format!("the host {} is not found", origin.host()))
        .hint("check the URL, and the DNS of this machine")
}

/// Returns the error of TLS in an error of I/O.
fn tls_error(error: &std::io::Error) -> Option<&rustls::Error> {
    error.get_ref().and_then(|error| error.downcast_ref())
}

fn io(error: &std::io::Error, origin: &Origin) -> Failure {
    if let Some(error) = tls_error(error) {
        return tls(error, origin);
    }
    match error.kind() {
        ErrorKind::ConnectionRefused => {
            Failure::new(format!("{origin} refuses the connection")).hint(RUNNING)
        }
        ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::BrokenPipe => {
            Failure::new(format!("{origin} closed the connection without an answer")).hint(RUNNING)
        }
        // The resolver's errors have no kind of their own.
        _ if error.to_string().contains("lookup address") => host_not_found(origin),
        _ => Failure::new(format!("cannot connect to {origin}: {}", reason(error))).hint(RUNNING),
    }
}

/// Describes an error of TLS. The texts of `rustls` are not used: they may quote the server's certificate.
fn tls(error: &rustls::Error, origin: &Origin) -> Failure {
    use CertificateError as Certificate;
    let of_certificate =
        |defect: &str| Failure::new(format!("the certificate of {origin} {defect}"));
    match error {
        rustls::Error::InvalidCertificate(error) => match error {
            Certificate::Expired | Certificate::ExpiredContext { .. } => {
                of_certificate("has expired").hint("renew it, or check this machine's clock")
            }
            Certificate::NotValidYet | Certificate::NotValidYetContext { .. } => {
                of_certificate("is not valid yet").hint("check this machine's clock")
            }
            Certificate::NotValidForName | Certificate::NotValidForNameContext { .. } => {
                of_certificate("is for another host")
                    .hint("use the name in the certificate, or correct the certificate")
            }
            // What `openssl req -x509` makes by default. The library has no variant for it.
            Certificate::Other(error) if format!("{error:?}").contains("CaUsedAsEndEntity") => {
                of_certificate("is that of a CA, not of a server").hint(
                    "make one for the server; with `openssl req`, add -addext basicConstraints=CA:FALSE",
                )
            }
            _ => of_certificate("is not trusted").hint(
                "if a CA of your own has issued it, give that CA's certificate with --ca-file",
            ),
        },
        rustls::Error::General(text) if text.contains("No CA certificates") => {
            Failure::new("the system has no CA certificates")
                .hint("install the package ca-certificates, or give a file with --ca-file")
        }
        _ => Failure::new(format!("no secure connection to {origin}"))
            .hint("check the port: a server without TLS answers like this too"),
    }
}
