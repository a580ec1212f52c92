//! Requests over HTTP.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use oidc_secret::live::{Answer, Origin, Request};
use ureq::http::header::{AUTHORIZATION, CONTENT_TYPE, LOCATION, RETRY_AFTER};
use ureq::http::{HeaderName, HeaderValue, Response};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Body, Error};
use zeroize::Zeroizing;

use super::failure::failure;
use super::limits::TIMEOUT;
use super::proxy::proxy;
use crate::cli::failure::Failure;
use crate::cli::input;

/// A client of HTTP for one server.
pub(super) struct Http {
    agent: Agent,
    origin: Origin,
    has_proxy: bool,
}

impl Http {
    /// No redirect is followed, not even within the server: a server that redirects the discovery request
    /// or a POST is not what an application talks to. Each request has its own connection, so that
    /// their times can be compared, and none is repeated because the server closed an old one.
    pub(super) fn new(origin: &Origin, ca_file: Option<&Path>) -> Result<Self, Failure> {
        let proxy = proxy(origin);
        let has_proxy = proxy.is_some();
        let roots = ca_file.map_or(Ok(RootCerts::PlatformVerifier), certificates)?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = TlsConfig::builder().root_certs(roots);
        // Given here, since ureq's feature that has one also brings Mozilla's certificates, which are not used.
        let tls = tls.unversioned_rustls_crypto_provider(provider).build();
        let config = Agent::config_builder()
            .user_agent(concat!("oidc-secret/", env!("CARGO_PKG_VERSION")))
            .accept("application/json")
            .timeout_global(Some(TIMEOUT))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_idle_connections(0)
            .https_only(!origin.is_loopback())
            .proxy(proxy)
            .tls_config(tls)
            .build();
        Ok(Self { agent: config.new_agent(), origin: origin.clone(), has_proxy })
    }

    /// Sends a request.
    pub(super) fn send(&self, request: &Request) -> Result<Answer, Failure> {
        let start = Instant::now();
        let failed = |error| failure(&error, &self.origin, self.has_proxy);
        let mut response = self.response(request).map_err(failed)?;
        let body = response.body_mut().with_config().limit(Answer::MAX_BODY).read_to_vec();
        let body = match body {
            Ok(body) => Some(Zeroizing::new(body)),
            Err(Error::BodyExceedsLimit(_)) => None,
            Err(error) => return Err(failed(error)),
        };
        Ok(Answer {
            status: response.status().as_u16(),
            content_type: header(&response, CONTENT_TYPE),
            retry_after: header(&response, RETRY_AFTER),
            location: header(&response, LOCATION),
            body,
            elapsed: start.elapsed(),
        })
    }

    fn response(&self, request: &Request) -> Result<Response<Body>, Error> {
        let Some(form) = &request.form else { return self.agent.get(&request.url).call() };
        let mut post = self.agent.post(&request.url);
        if let Some(authorization) = &request.authorization {
            let mut value =
                HeaderValue::from_str(authorization).map_err(ureq::http::Error::from)?;
            value.set_sensitive(true);
            post = post.header(AUTHORIZATION, value);
        }
        post.content_type("application/x-www-form-urlencoded").send(form.as_bytes())
    }
}

fn header(response: &Response<Body>, name: HeaderName) -> Option<String> {
    Some(response.headers().get(name)?.to_str().ok()?.to_owned())
}

/// Reads the certificates of a PEM file.
fn certificates(path: &Path) -> Result<RootCerts, Failure> {
    let text = input::referenced_file(path)?;
    let items: Result<Vec<_>, _> = parse_pem(text.as_bytes()).collect();
    let items = items.map_err(|_| Failure::new("not valid PEM").at(path.display()))?;
    let certificates: Vec<Certificate<'static>> = items
        .into_iter()
        .filter_map(|item| match item {
            PemItem::Certificate(certificate) => Some(certificate),
            _ => None,
        })
        .collect();
    if certificates.is_empty() {
        return Err(Failure::new("no certificate in it")
            .at(path.display())
            .hint("give a PEM file, with the line -----BEGIN CERTIFICATE-----"));
    }
    Ok(certificates.into())
}
