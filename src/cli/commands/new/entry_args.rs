//! Flags of `new` that set keys of the entry of an application that is not in the catalogue.

use oidc_secret::authelia::{NewEntry, Value, is_absolute_uri};

/// Keys of the entry.
#[derive(clap::Args)]
pub(super) struct EntryArgs {
    /// Redirect URI of the application (repeatable)
    #[arg(long, value_name = "URI", value_parser = redirect_uri, conflicts_with = "app")]
    pub(super) redirect_uri: Vec<String>,
    /// Scope that the application asks for (repeatable) [default: openid profile email groups]
    #[arg(long, hide_short_help = true, value_name = "SCOPE", value_parser = word,
          conflicts_with = "app")]
    scope: Vec<String>,
    /// Authorization policy of the client, such as `one_factor` [default: `two_factor`]
    #[arg(long, hide_short_help = true, value_name = "NAME", value_parser = word,
          conflicts_with = "app")]
    policy: Option<String>,
    /// The application cannot keep a secret: make the client public, without one
    #[arg(long, hide_short_help = true,
          conflicts_with_all = ["app", "auth_method", "secret_out", "digest_out"])]
    pub(super) public: bool,
    /// Method with which the application authenticates [default: `client_secret_basic`]
    #[arg(long, hide_short_help = true, value_name = "METHOD", conflicts_with = "app",
          value_parser = ["client_secret_basic", "client_secret_post"])]
    auth_method: Option<String>,
    /// Require PKCE with S256, which the application must use then
    #[arg(long, hide_short_help = true, conflicts_with = "app")]
    pkce: bool,
}

impl EntryArgs {
    /// Sets the keys that the flags name. A key without a flag is left to Authelia's default.
    pub(super) fn set(&self, entry: &mut NewEntry, redirect_uris: &[String]) {
        let text = |text: &str| Value::Text(text.to_owned());
        if self.public {
            entry.set("public", Value::Flag(true));
        }
        if let Some(policy) = &self.policy {
            entry.set("authorization_policy", text(policy));
        }
        if self.pkce {
            entry.set("require_pkce", Value::Flag(true));
            entry.set("pkce_challenge_method", text("S256"));
        }
        if !redirect_uris.is_empty() {
            entry.set("redirect_uris", Value::List(redirect_uris.to_vec()));
        }
        if !self.scope.is_empty() {
            entry.set("scopes", Value::List(self.scope.clone()));
        }
        let none = self.public.then_some("none");
        if let Some(method) = self.auth_method.as_deref().or(none) {
            entry.set("token_endpoint_auth_method", text(method));
        }
    }
}

pub(super) fn redirect_uri(text: &str) -> Result<String, &'static str> {
    /// Authelia accepts it for public clients only.
    const OUT_OF_BAND: &str = "urn:ietf:wg:oauth:2.0:oob";
    if text == OUT_OF_BAND {
        Err("Authelia refuses it for a client with a secret")
    } else if is_absolute_uri(text) {
        Ok(text.to_owned())
    } else {
        Err("write it as https://app.example.com/callback, without a # part")
    }
}

/// Parses a name of a scope or a policy (RFC 6749 §3.3: visible ASCII without quotes and backslashes).
fn word(text: &str) -> Result<String, &'static str> {
    let is_allowed = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
    if !text.is_empty() && text.bytes().all(is_allowed) {
        Ok(text.to_owned())
    } else {
        Err("write one name, without blanks and quotes; repeat the flag for more")
    }
}
