//! JSON: the lines of `--batch`, and what several commands print.

use std::borrow::Cow;

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
    fix: Cow<'static, str>,
}

impl From<&oidc_secret::Finding> for Finding {
    fn from(finding: &oidc_secret::Finding) -> Self {
        Self {
            code: finding.code.name(),
            severity: finding.code.severity().name(),
            message: finding.message.clone(),
            fix: finding.fix.clone(),
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Pieces of the syntax in a random order, some of which are a record.
    fn line() -> impl Strategy<Value = Vec<u8>> {
        let name = prop_oneof![
            Just("\"secret\""),
            Just("\"secret_b64\""),
            Just("\"digest\""),
            Just("\"id\""),
            Just("\"x\""),
        ];
        let value = prop_oneof![
            Just("\"hunter2\""),
            Just("\"aHVudGVyMg==\""),
            Just("\"\\u0068unter2\\n\""),
            Just("\"\\ud800\""),
            Just("[1.0, {\"a\": null}]"),
            Just("null"),
            Just("-0.10e5"),
        ];
        let pair = (name, value).prop_map(|(name, value)| format!("{name}: {value}"));
        let object =
            prop::collection::vec(pair, 0..4).prop_map(|pairs| format!("{{{}}}", pairs.join(", ")));
        let byte = prop_oneof![9 => Just(None), 1 => any::<u8>().prop_map(Some)];
        (object, prop::collection::vec(byte, 200)).prop_map(|(object, bytes)| {
            let changed = object.bytes().zip(bytes).map(|(byte, other)| other.unwrap_or(byte));
            changed.collect()
        })
    }

    fn text<'v>(object: &'v Map<String, Value>, name: &str) -> Option<&'v str> {
        object.get(name).and_then(Value::as_str)
    }

    proptest! {
        #[test]
        fn a_record_has_the_texts_of_its_object(line in line()) {
            let Ok(record) = Record::parse(&line) else { return Ok(()) };
            // A value that does not count may have half of a surrogate pair.
            let Ok(value) = serde_json::from_slice::<Value>(&line) else { return Ok(()) };
            let object = value.as_object().expect("a record is an object");
            prop_assert_eq!(record.digest.as_deref(), text(object, "digest"));
            let id = record.id.as_ref().map(|id| serde_json::from_str::<Value>(id.get()));
            prop_assert_eq!(id.transpose()?, object.get("id").filter(|id| !id.is_null()).cloned());
            let (plain, encoded) = (text(object, "secret"), text(object, "secret_b64"));
            let decoded = encoded.map(|encoded| STANDARD.decode(encoded));
            match (record.secret(), plain, decoded) {
                (Ok(secret), Some(plain), None) => prop_assert_eq!(secret.expose(), plain.as_bytes()),
                (Ok(secret), None, Some(Ok(decoded))) => prop_assert_eq!(secret.expose(), &decoded[..]),
                (Ok(_), ..) => prop_assert!(false, "a secret from nowhere"),
                (Err(_), Some(_), None) | (Err(_), None, Some(Ok(_))) => prop_assert!(false, "no secret"),
                (Err(_), ..) => {}
            }
        }

        #[test]
        fn a_refusal_quotes_nothing_of_the_line(line in line()) {
            let refusal = Record::parse(&line).and_then(Record::secret).err().unwrap_or_default();
            for secret in ["hunter2", "aHVudGVyMg", "unter2"] {
                prop_assert!(!refusal.contains(secret), "{refusal}");
            }
        }
    }
}
