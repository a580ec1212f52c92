//! Requests to a provider.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::auth_method::AuthMethod;
use super::client::Client;
use super::issuer::Issuer;
use crate::random::{Alphabet, Charset, RandomError};
use crate::urlencoding::encode;

/// The length of a PKCE verifier (RFC 7636 §4.1) and of a random code.
const RANDOM_LENGTH: usize = 43;

/// A request: GET without a body, POST of a form with one. It has no `Debug`, since it may have the
/// secret.
pub struct Request {
    /// The URL, which has the issuer's origin.
    pub url: String,
    /// The header `Authorization`.
    pub authorization: Option<Zeroizing<String>>,
    /// The body, of the type `application/x-www-form-urlencoded`.
    pub form: Option<Zeroizing<String>>,
}

impl Request {
    pub(super) fn discovery(issuer: &Issuer) -> Self {
        Self { url: issuer.discovery_url(), authorization: None, form: None }
    }

    /// Creates a token request with a random code, which is never valid.
    pub(super) fn token(
        url: &str,
        client: &Client<'_>,
        method: AuthMethod,
    ) -> Result<Self, RandomError> {
        let code = random()?;
        let mut form = Form::default();
        form.add("grant_type", "authorization_code");
        form.add("code", &code);
        if let Some(uri) = client.redirect_uri {
            form.add("redirect_uri", uri);
        }
        Ok(form.authenticated(url, client, method))
    }

    /// Creates a pushed authorization request (RFC 9126 §2.1).
    pub(super) fn pushed(
        url: &str,
        client: &Client<'_>,
        redirect_uri: &str,
        method: AuthMethod,
    ) -> Result<Self, RandomError> {
        let scopes = if client.scopes.is_empty() { "openid" } else { &client.scopes.join(" ") };
        let mut form = Form::default();
        form.add("response_type", "code");
        form.add("redirect_uri", redirect_uri);
        form.add("scope", scopes);
        form.add("state", &random()?);
        form.add("nonce", &random()?);
        if !client.is_without_pkce {
            let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(random()?.as_bytes()));
            form.add("code_challenge", &challenge);
            form.add("code_challenge_method", "S256");
        }
        // RFC 9126 §2.1 requires the id among the parameters, even if the header has it.
        if method == AuthMethod::Basic {
            form.add("client_id", client.id);
        }
        Ok(form.authenticated(url, client, method))
    }
}

/// Returns random unreserved characters.
fn random() -> Result<Zeroizing<String>, RandomError> {
    Alphabet::from(Charset::Rfc3986).random(RANDOM_LENGTH)
}

/// The parameters of a request, with their encoded values.
#[derive(Default)]
struct Form(Vec<(&'static str, Zeroizing<String>)>);

impl Form {
    fn add(&mut self, name: &'static str, value: &str) {
        self.0.push((name, encode(value)));
    }

    /// Returns the body. Its length is known before it is written: a text that grows would leave copies
    /// of the secret in memory.
    fn body(&self) -> Zeroizing<String> {
        let length = self.0.iter().map(|(name, value)| name.len() + value.len() + 2).sum();
        let mut body = Zeroizing::new(String::with_capacity(length));
        for (name, value) in &self.0 {
            if !body.is_empty() {
                body.push('&');
            }
            body.push_str(name);
            body.push('=');
            body.push_str(value);
        }
        body
    }

    fn authenticated(mut self, url: &str, client: &Client<'_>, method: AuthMethod) -> Request {
        let secret = client.secret.and_then(|secret| std::str::from_utf8(secret.expose()).ok());
        let secret = secret.unwrap_or_default();
        let mut authorization = None;
        match method {
            AuthMethod::Basic => authorization = Some(basic(client.id, secret)),
            AuthMethod::Post => {
                self.add("client_id", client.id);
                self.add("client_secret", secret);
            }
            AuthMethod::None => self.add("client_id", client.id),
        }
        Request { url: url.to_owned(), authorization, form: Some(self.body()) }
    }
}

/// Returns the header of `client_secret_basic`. Both parts are form-encoded (RFC 6749 §2.3.1), which
/// many applications forget.
fn basic(id: &str, secret: &str) -> Zeroizing<String> {
    let pair = Zeroizing::new(format!("{}:{}", *encode(id), *encode(secret)));
    let encoded = Zeroizing::new(STANDARD.encode(pair.as_bytes()));
    Zeroizing::new(format!("Basic {}", *encoded))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    fn form(request: &Request) -> Vec<(&str, &str)> {
        let form = request.form.as_ref().unwrap();
        form.split('&').map(|pair| pair.split_once('=').unwrap()).collect()
    }

    #[test]
    fn each_method_sends_the_secret_in_its_place() {
        let secret = Secret::from("a b:c+d%é".to_owned());
        let client = Client { id: "my app", secret: Some(&secret), ..Client::default() };
        let of = |method| Request::token("https://a/token", &client, method).unwrap();
        let (basic, post, none) =
            (of(AuthMethod::Basic), of(AuthMethod::Post), of(AuthMethod::None));
        let header = basic.authorization.as_ref().unwrap().strip_prefix("Basic ").unwrap();
        assert_eq!(STANDARD.decode(header).unwrap(), b"my+app:a+b%3Ac%2Bd%25%C3%A9");
        assert_eq!(
            form(&basic).iter().map(|pair| pair.0).collect::<Vec<_>>(),
            ["grant_type", "code"]
        );
        assert_eq!(
            form(&post)[2..],
            [("client_id", "my+app"), ("client_secret", "a+b%3Ac%2Bd%25%C3%A9")]
        );
        assert_eq!(form(&none)[2..], [("client_id", "my+app")]);
        assert!(post.authorization.is_none() && none.authorization.is_none());
        assert_eq!(form(&basic)[0], ("grant_type", "authorization_code"));
        assert_ne!(form(&basic)[1], form(&post)[1], "a code is used once");
    }

    #[test]
    fn a_pushed_request_has_the_parameters_of_an_authorization_request() {
        let client = Client { id: "app", scopes: &["openid", "groups"], ..Client::default() };
        let pushed = |client: &Client<'_>| {
            Request::pushed("https://a/par", client, "https://b/cb", AuthMethod::None).unwrap()
        };
        let request = pushed(&client);
        let form = form(&request);
        for pair in [
            ("response_type", "code"),
            ("redirect_uri", "https%3A%2F%2Fb%2Fcb"),
            ("scope", "openid+groups"),
            ("code_challenge_method", "S256"),
            ("client_id", "app"),
        ] {
            assert!(form.contains(&pair), "{pair:?}");
        }
        let plain = Client { is_without_pkce: true, scopes: &[], ..client };
        let plain = pushed(&plain);
        assert!(!plain.form.as_ref().unwrap().contains("code_challenge"));
        assert!(plain.form.as_ref().unwrap().contains("scope=openid&"));
    }
}
