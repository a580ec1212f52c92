//! JSON: the lines of `--batch`, and what several commands print.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use oidc_secret::audit::Place;
use oidc_secret::digest::{Parameter, ParameterValue};
use oidc_secret::{Digest, Secret};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use crate::cli::failure::Failure;
use crate::cli::terminal::visible::escape_json;

/// Line of input.
#[derive(Deserialize)]
pub(crate) struct Record {
    secret: Option<String>,
    pub(crate) secret_b64: Option<String>,
    pub(crate) digest: Option<String>,
    /// Returned exactly as it was written.
    pub(crate) id: Option<Box<RawValue>>,
}

impl Record {
    /// Parses a line. The message for a malformed one quotes nothing of it.
    pub(crate) fn parse(line: &[u8]) -> Result<Self, String> {
        // serde accepts a list as a struct without names.
        if line.trim_ascii_start().starts_with(b"[") {
            return Err("column 1: not an object".to_owned());
        }
        serde_json::from_slice(line).map_err(|error| {
            let column = error.column();
            match error.classify() {
                serde_json::error::Category::Data => format!(
                    "column {column}: not an object in which secret, secret_b64 and digest are \
                     text and not repeated"
                ),
                _ => format!("column {column}: not valid JSON"),
            }
        })
    }

    pub(crate) fn secret(self) -> Result<Secret, String> {
        match (self.secret, self.secret_b64) {
            (Some(text), None) => Ok(text.into()),
            (None, Some(encoded)) => match STANDARD.decode(encoded) {
                Ok(bytes) => Ok(bytes.into()),
                Err(_) => Err("secret_b64 is not standard base64 with padding".to_owned()),
            },
            (Some(_), Some(_)) => Err("secret and secret_b64 exclude each other".to_owned()),
            (None, None) => Err("secret or secret_b64 is missing".to_owned()),
        }
    }
}

/// A finding in JSON.
#[derive(Serialize)]
pub(crate) struct Finding {
    code: &'static str,
    severity: &'static str,
    message: String,
    fix: &'static str,
}

impl From<&oidc_secret::Finding> for Finding {
    fn from(finding: &oidc_secret::Finding) -> Self {
        Self {
            code: finding.code.name(),
            severity: finding.code.severity().name(),
            message: finding.message.clone(),
            fix: finding.fix,
        }
    }
}

/// Returns the place of a finding in JSON.
pub(crate) fn place(place: &Place) -> Value {
    let client = (!place.client.is_empty()).then_some(&place.client);
    json!({"file": place.file, "line": place.line, "client": client, "key": place.key})
}

/// Returns the format and the cost of a digest in JSON.
pub(crate) fn digest(digest: &Digest) -> Value {
    let algorithm = digest.algorithm();
    json!({
        "format": algorithm.format().name,
        "algorithm": algorithm.name(),
        "parameters": parameters(&digest.parameters()),
    })
}

/// Returns the parameters of a digest in JSON.
pub(crate) fn parameters(parameters: &[Parameter]) -> Map<String, Value> {
    let value = |amount: &ParameterValue| match amount {
        ParameterValue::Count(number) | ParameterValue::Kibibytes(number) => Value::from(*number),
        ParameterValue::Log2(number) => Value::from(*number),
        ParameterValue::Name(name) => Value::from(name.as_str()),
    };
    parameters.iter().map(|p| (p.name.to_owned(), value(&p.value))).collect()
}

/// Returns a line of output.
pub(crate) fn line(output: &impl Serialize) -> Result<Vec<u8>, Failure> {
    let line = serde_json::to_string(output)
        .map_err(|error| Failure::new(format!("cannot write JSON: {error}")))?;
    Ok((escape_json(&line) + "\n").into_bytes())
}

/// Rounds to a tenth: further digits of an entropy have no meaning.
pub(crate) fn tenths(bits: f64) -> f64 {
    (bits * 10.0).round() / 10.0
}
