//! Report of `diagnose` as text and as JSON.

use oidc_secret::Verdict;
use oidc_secret::audit::Place;
use oidc_secret::error::Error;
use oidc_secret::log::Group;
use serde::Serialize;
use serde_json::{Value, json};

use super::asked::Asked;
use super::cause::Cause;
use super::inputs::LogFile;
use crate::cli::failure::Failure;
use crate::cli::json;
use crate::cli::terminal::output;
use crate::cli::verdict::words;

/// Formats the verdict, and a paragraph for each cause.
pub(super) fn text(
    verdict: Option<&Result<Verdict, Error>>,
    asked: &Asked,
    causes: &[Cause],
    log: Option<&LogFile>,
) -> String {
    let mut text = verdict.map_or_else(String::new, |verdict| format!("{}\n", word(verdict)));
    text += &asked.lines();
    for cause in causes {
        let place = cause.place.as_ref().map(place);
        let group = cause.group.as_ref().zip(log).map(|(group, log)| requests(group, &log.name));
        let places: Vec<_> = group.into_iter().chain(place).collect();
        text += &output::paragraph(&cause.finding, &places);
    }
    // Without a verdict there is nothing that the first empty line would separate.
    text.strip_prefix('\n').map(ToOwned::to_owned).unwrap_or(text)
}

const fn word(verdict: &Result<Verdict, Error>) -> &'static str {
    match verdict {
        Ok(verdict) => words(*verdict).0,
        Err(_) => "invalid",
    }
}

fn place(place: &Place) -> String {
    let client = if place.client.is_empty() { "" } else { &format!(", client {}", place.client) };
    format!("{}, line {}{client}, {}", place.file, place.line, place.key)
}

/// Describes which requests were refused.
fn requests(group: &Group, log: &str) -> String {
    let first = &group.first;
    let client = first.client.as_ref().map_or_else(String::new, |id| format!(", client {id}"));
    match (group.count, first.time.as_ref().zip(group.last_time.as_ref())) {
        (1, Some((time, _))) => format!("{log}, line {}{client}, {time}", first.line),
        (1, None) => format!("{log}, line {}{client}", first.line),
        (count, times) => {
            let times = times.map_or_else(String::new, |(a, b)| format!(", {a} to {b}"));
            let lines = format!("lines {} to {}", first.line, group.last_line);
            format!("{log}, {lines}{client}, {count} times{times}")
        }
    }
}

#[derive(Serialize)]
struct Output {
    #[serde(flatten)]
    finding: json::Finding,
    #[serde(rename = "where", skip_serializing_if = "Option::is_none")]
    place: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    log: Option<Value>,
}

impl From<&Cause> for Output {
    fn from(cause: &Cause) -> Self {
        Self {
            finding: (&cause.finding).into(),
            place: cause.place.as_ref().map(json::place),
            log: cause.group.as_ref().map(|group| {
                json!({
                    "client": group.first.client.as_ref().map(AsRef::<str>::as_ref),
                    "count": group.count,
                    "first": {"line": group.first.line, "time": group.first.time},
                    "last": {"line": group.last_line, "time": group.last_time},
                })
            }),
        }
    }
}

/// Formats a JSON object.
pub(super) fn json(
    verdict: Option<&Result<Verdict, Error>>,
    unsaid: Option<&Failure>,
    asked: &Asked,
    causes: &[Cause],
    log: Option<&LogFile>,
) -> Result<Vec<u8>, Failure> {
    let error = match verdict {
        Some(Err(error)) => Some(error.to_string()),
        _ => unsaid.map(ToString::to_string),
    };
    let mut output = json!({
        "version": 1,
        "verdict": verdict.map(word),
        "findings": causes.iter().map(Output::from).collect::<Vec<_>>(),
    });
    if let Some(error) = error {
        output["error"] = error.into();
    }
    if asked.has_provider {
        output["live"] = asked.json();
    }
    if let Some(LogFile { log, .. }) = log {
        output["log"] =
            json!({"lines": log.lines(), "ignored": log.ignored(), "ungrouped": log.ungrouped()});
    }
    json::line(&output)
}
