//! Kubernetes manifests of a created client, and values of Authelia's Helm chart.

use std::fmt::Write as _;

use oidc_secret::authelia::{Schema, Value, single_quoted};

use super::created::CreatedClient;

/// The folder that the chart mounts Secrets in, each in a folder of its name.
const SECRETS: &str = "/secrets";
/// The key of the digest in a Secret, and its file.
const DIGEST: &str = "client_secret.digest";

impl CreatedClient {
    /// Formats the application's side only: a Kubernetes Secret is mounted there.
    pub(super) fn k8s(&self, out: &mut String, first: bool) -> std::fmt::Result {
        if !first {
            writeln!(out, "---")?;
        }
        secret(out, &self.kubernetes_name())?;
        writeln!(out, "  client_id: {}", single_quoted(&self.id))?;
        match self.shown_secret() {
            Some(secret) => writeln!(out, "  client_secret: {}", single_quoted(secret)),
            None => Ok(()),
        }
    }

    /// Formats values of the chart, with the digest in them.
    pub(super) fn helm(&self, out: &mut String, first: bool) -> std::fmt::Result {
        if first {
            writeln!(out, "configMap:")?;
            indented(out, &self.parts.yaml_before_clients(), 2)?;
        }
        indented(out, &self.entry.yaml(Schema::Chart), 8)
    }

    /// Formats values of the chart that refer to a Secret with the digest, and the Secret.
    pub(super) fn helm_existing_secret(&self, out: &mut String) -> std::fmt::Result {
        let is_public = self.entry.text("client_secret").is_none();
        if !is_public {
            writeln!(out, "# Values of the chart")?;
        }
        self.values_with_path(out)?;
        if is_public {
            return Ok(());
        }
        writeln!(out, "---\n# For Authelia: kubectl apply")?;
        self.digest_secret(out)
    }

    /// Formats a Secret with the digest for `kubectl apply`, and in comments the values of the chart that
    /// refer to it.
    pub(super) fn digest_manifest(&self) -> Result<String, std::fmt::Error> {
        let (mut values, mut out) = (String::new(), String::new());
        self.values_with_path(&mut values)?;
        writeln!(out, "# Values of Authelia's chart that refer to this Secret:")?;
        values.lines().try_for_each(|line| writeln!(out, "#   {line}"))?;
        self.digest_secret(&mut out)?;
        Ok(out)
    }

    /// Formats values of the chart that refer to the Secret with the digest.
    fn values_with_path(&self, out: &mut String) -> std::fmt::Result {
        let mut entry = self.entry.clone();
        if entry.text("client_secret").is_some() {
            let name = self.digest_secret_name();
            entry.set("client_secret", Value::Text(format!("{SECRETS}/{name}/{DIGEST}")));
            writeln!(out, "secret:\n  additionalSecrets:\n    {name}:\n      items:")?;
            writeln!(out, "        - key: '{DIGEST}'\n          path: '{DIGEST}'")?;
        }
        writeln!(out, "configMap:")?;
        indented(out, &self.parts.yaml_before_clients(), 2)?;
        indented(out, &entry.yaml(Schema::ChartPath), 8)
    }

    /// Formats the Secret with the digest, or with the secret itself where Authelia needs it.
    fn digest_secret(&self, out: &mut String) -> std::fmt::Result {
        secret(out, &self.digest_secret_name())?;
        let value = self.entry.text("client_secret").unwrap_or_default();
        writeln!(out, "  {DIGEST}: {}", single_quoted(value))
    }

    /// Formats a `ConfigMap` with a configuration that has only clients and what they need.
    pub(super) fn config_map(&self, out: &mut String, first: bool) -> std::fmt::Result {
        if first {
            writeln!(out, "apiVersion: v1\nkind: ConfigMap\nmetadata:")?;
            writeln!(out, "  name: 'authelia-oidc-clients'\ndata:\n  configuration.oidc.yml: |")?;
            indented(out, &self.parts.yaml_before_clients(), 4)?;
        }
        indented(out, &self.entry.yaml(self.schema), 10)
    }

    fn digest_secret_name(&self) -> String {
        format!("{}-digest", self.kubernetes_name())
    }

    /// Returns the name of the client's Secret.
    fn kubernetes_name(&self) -> String {
        // Clients of an application may share a name, but not an id.
        let is_named_by_id = self.application.as_ref().is_some_and(|app| app.is_one_of_several);
        // Without a letter of ASCII, all names would become the same.
        let is_name = |name: &&String| name.contains(|c: char| c.is_ascii_alphanumeric());
        let name = self.name.as_ref().filter(|_| !is_named_by_id).filter(is_name);
        let name = name.unwrap_or(&self.id);
        format!("{}-oidc", resource_name(name))
    }
}

/// Writes YAML into a column.
fn indented(out: &mut String, yaml: &str, column: usize) -> std::fmt::Result {
    let indent = " ".repeat(column);
    yaml.lines().try_for_each(|line| writeln!(out, "{indent}{line}"))
}

/// Writes the beginning of a Secret, up to its keys.
fn secret(out: &mut String, name: &str) -> std::fmt::Result {
    writeln!(out, "apiVersion: v1\nkind: Secret\nmetadata:\n  name: {}", single_quoted(name))?;
    writeln!(out, "type: Opaque\nstringData:")
}

/// Returns a name that Kubernetes accepts (RFC 1123): lower-case letters, digits and hyphens.
fn resource_name(text: &str) -> String {
    let plain = text.to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "-");
    let mut words: Vec<_> = plain.split('-').filter(|word| !word.is_empty()).collect();
    // At most 63 characters with `-oidc-digest`.
    while words.len() > 1 && words.join("-").len() > 50 {
        words.pop();
    }
    let name = words.join("-");
    if name.is_empty() { "client".to_owned() } else { name.chars().take(50).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_has_a_name_that_kubernetes_allows() {
        assert_eq!(resource_name("Kasm Workspaces"), "kasm-workspaces");
        assert_eq!(resource_name("_Büro~"), "b-ro");
        assert_eq!(resource_name("~"), "client");
        assert_eq!(resource_name(&"x".repeat(100)).len(), 50);
        assert_eq!(resource_name(&"word ".repeat(30)).len(), 49);
    }
}
