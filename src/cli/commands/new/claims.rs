//! `--id-token-claims`: the claims policy that puts claims into the ID token.

use oidc_secret::authelia::{ExtraConfig, Value};
use oidc_secret::catalogue::{ClientTemplate, ResolvedApplication};
use oidc_secret::error::Error;

use crate::cli::failure::Failure;

/// Gives the clients of an application their claims policies. Returns whether any has one.
pub(super) fn put_into_id_token(resolved: &mut ResolvedApplication) -> Result<bool, Failure> {
    let slug = resolved.application().slug.clone();
    let mut has_any = false;
    for client in &mut resolved.clients {
        has_any |= set_policy(client).map_err(|error| Failure::from(error).at(&slug))?;
    }
    Ok(has_any)
}

/// Names the policy in the entry, and defines it among the other parts that the client needs.
fn set_policy(client: &mut ClientTemplate) -> Result<bool, Error> {
    let Some(claims) = client.claims.take() else { return Ok(false) };
    let mut claims = ExtraConfig::parse(&claims)?;
    if let Some(policy) = claims.take_claims_policy() {
        client.entry.set("claims_policy", Value::Text(policy));
    }
    let mut parts = ExtraConfig::parse(client.extra_config.as_deref().unwrap_or_default())?;
    parts.merge(&claims)?;
    client.extra_config = Some(parts.yaml());
    Ok(true)
}
