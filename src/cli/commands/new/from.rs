//! `new --from`: the clients listed in a file.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use oidc_secret::authelia::{Endpoints, Portal};
use oidc_secret::catalogue::Url;
use oidc_secret::{Alphabet, ClientId};
use serde_json::value::RawValue;

use super::application::resolved_clients;
use super::args::{NewArgs, one_line};
use super::client::NewClient;
use super::completion::{configured_portals, known_authelia_url};
use super::entry_args::redirect_uri;
use super::ids::Ids;
use super::json_object::JsonObject;
use crate::cli::catalogue;
use crate::cli::failure::Failure;
use crate::cli::input;

/// Values of a row, by column.
type Row = BTreeMap<String, String>;
/// Line and error of a row that cannot be read.
type BadRow = (usize, String);

/// Columns besides `set.NAME`.
const COLUMNS: [&str; 7] =
    ["name", "id", "redirect_uri", "app", "app_url", "authelia_url", "variant"];

/// Reads the clients of a file. The whole file is checked before any client is created.
pub(super) fn read(
    path: &Path,
    args: &NewArgs,
    alphabet: &Alphabet,
) -> Result<Vec<NewClient>, Failure> {
    let text = input::config_file(path)?;
    let at = |line: usize| format!("{}, line {line}", input::name(path));
    let ends_in = |end: &str| path.extension().is_some_and(|found| found.eq_ignore_ascii_case(end));
    let is_csv = ends_in("csv");
    if !is_csv && path.as_os_str() != "-" && !["jsonl", "ndjson", "json"].into_iter().any(ends_in) {
        return Err(Failure::new(format!("{} does not end in .csv or .jsonl", path.display()))
            .hint("rename it after its format"));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let rows = if is_csv { csv_rows(text) } else { json_rows(text) };
    let rows = rows.map_err(|(line, reason)| Failure::new(reason).at(at(line)))?;
    // Read once, and only for a row that needs it.
    let portals = OnceCell::new();
    let (mut clients, mut ids): (Vec<NewClient>, HashSet<String>) = Default::default();
    for (line, row) in rows {
        let of_row = row_clients(&row, args, alphabet, &portals);
        for client in of_row.map_err(|failure| failure.at(at(line)))? {
            if !ids.insert(client.id.clone()) {
                let text = format!("the id {} is already used in this file", client.id);
                return Err(Failure::new(text).at(at(line)));
            }
            clients.push(client);
        }
    }
    if clients.is_empty() {
        return Err(Failure::new(format!("no client in {}", input::name(path))));
    }
    Ok(clients)
}

/// Parses the rows of comma-separated values (RFC 4180); the first is the header.
fn csv_rows(text: &str) -> Result<Vec<(usize, Row)>, BadRow> {
    if let Some(line) = unclosed_quote(text) {
        return Err((line, "the quote at the beginning of a field is not closed".to_owned()));
    }
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let line = |position: Option<&csv::Position>| {
        position.map_or(1, |position| usize::try_from(position.line()).unwrap_or(usize::MAX))
    };
    let bad = |error: &csv::Error| {
        let reason = match error.kind() {
            csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                format!("{len} fields, but {expected_len} in the header")
            }
            _ => "not comma-separated text".to_owned(),
        };
        (line(error.position()), reason)
    };
    let header = reader.headers().map_err(|error| bad(&error))?.clone();
    check_header(&header).map_err(|reason| (1, reason))?;
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| bad(&error))?;
        let pairs = header.iter().zip(&record).filter(|(_, value)| !value.is_empty());
        let row = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        rows.push((line(record.position()), row));
    }
    Ok(rows)
}

/// Returns the line of a quote that is not closed. The csv crate takes all text after it for the field, so
/// that a truncated file has a truncated id.
fn unclosed_quote(text: &str) -> Option<usize> {
    let (mut line, mut start, mut is_open) = (1, 1, false);
    // A quote opens a field at its beginning, or again if it is the second of two.
    let mut may_open = true;
    for byte in text.bytes() {
        line += usize::from(byte == b'\n');
        if is_open {
            (is_open, may_open) = (byte != b'"', byte == b'"');
            continue;
        }
        is_open = byte == b'"' && may_open;
        may_open = matches!(byte, b',' | b'\n' | b'\r');
        if may_open {
            start = line;
        }
    }
    is_open.then_some(start)
}

fn check_header(header: &csv::StringRecord) -> Result<(), String> {
    let mut seen = HashSet::new();
    for name in header {
        if !is_column(name) {
            return Err(no_column(name));
        }
        if !seen.insert(name) {
            return Err(format!("duplicate column {name}"));
        }
    }
    Ok(())
}

fn is_column(name: &str) -> bool {
    COLUMNS.contains(&name) || name.starts_with("set.")
}

fn no_column(name: &str) -> String {
    format!("unknown column `{name}`; the columns are {}, and set.NAME", COLUMNS.join(", "))
}

/// Parses the rows of JSON objects, one a line.
fn json_rows(text: &str) -> Result<Vec<(usize, Row)>, BadRow> {
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(number, line)| Ok((number, json_row(line).map_err(|e| (number, e))?))).collect()
}

fn json_row(line: &str) -> Result<Row, String> {
    let object: JsonObject =
        serde_json::from_str(line).map_err(|_| "this is not a JSON object".to_owned())?;
    let (mut row, mut seen) = (Row::new(), HashSet::new());
    let mut add = |name: String, value: &RawValue| {
        if !seen.insert(name.clone()) {
            return Err(format!("duplicate key {name}"));
        }
        let text: Option<String> = serde_json::from_str(value.get())
            .map_err(|_| format!("{name} is not text between quotes"))?;
        row.extend(text.map(|text| (name, text)));
        Ok(())
    };
    let mut has_set = false;
    for (name, value) in object.0 {
        match serde_json::from_str(value.get()) {
            Ok(JsonObject(_)) if name == "set" && has_set => {
                return Err("duplicate key set".to_owned());
            }
            Ok(JsonObject(answers)) if name == "set" => {
                has_set = true;
                for (name, value) in answers {
                    add(format!("set.{name}"), &value)?;
                }
            }
            _ => add(name, &value)?,
        }
    }
    Ok(row)
}

/// Returns the client of a row, or the clients of its application.
fn row_clients(
    row: &Row,
    args: &NewArgs,
    alphabet: &Alphabet,
    portals: &OnceCell<Vec<Portal>>,
) -> Result<Vec<NewClient>, Failure> {
    if let Some(unknown) = row.keys().find(|name| !is_column(name)) {
        return Err(Failure::new(no_column(unknown)));
    }
    let name = row.get("name").map(|name| one_line(name)).transpose().map_err(Failure::new)?;
    let chosen: Option<ClientId> = row.get("id").map(|id| id.parse()).transpose()?;
    let slug = row.get("app").or(args.application.app.as_ref());
    let (mut id, mut bits) = (None, None);
    if slug.is_none() || chosen.is_some() || args.id_length.is_some() {
        let ids = Ids::new(chosen.as_ref(), args.id_length, alphabet)?;
        (id, bits) = (Some(ids.next()?), ids.bits());
    }
    let redirect = row.get("redirect_uri").map(|uri| redirect_uri(uri)).transpose();
    let redirects = redirect.map_err(|reason| Failure::new(reason).at("redirect_uri"))?;
    let redirects = redirects.map_or_else(|| args.entry.redirect_uri.clone(), |uri| vec![uri]);
    let authelia = row.get("authelia_url").map(|url| url.parse::<Url>()).transpose()?;
    let Some(slug) = slug else {
        refuse_application_columns(row)?;
        let portals = || portals.get_or_init(|| configured_portals(args));
        let authelia = authelia.or_else(|| known_authelia_url(args, portals(), &redirects));
        let endpoints = authelia.map(|url| Endpoints::of(&url.to_string()));
        let client =
            id.map(|id| NewClient::plain(id, bits, name, &args.entry, &redirects, endpoints));
        return Ok(client.into_iter().collect());
    };
    if row.contains_key("redirect_uri") {
        return Err(Failure::new(format!("the catalogue sets the redirect_uri of {slug}"))
            .hint("leave it out, or leave out app"));
    }
    let mut values = args.application.values()?;
    (values.name, values.id) = (name, id);
    if let Some(url) = row.get("app_url") {
        values.app = Some(url.parse()?);
    }
    values.authelia = authelia.or(values.authelia);
    values.variant = row.get("variant").cloned().or(values.variant);
    let answers = row
        .iter()
        .filter_map(|(name, value)| Some((name.strip_prefix("set.")?.to_owned(), value.clone())));
    values.inputs.extend(answers);
    resolved_clients(&catalogue::find(slug)?, &values, bits, args)
}

/// Refuses columns that are for an application in a row without one, as their flags are refused.
fn refuse_application_columns(row: &Row) -> Result<(), Failure> {
    let is_for_application =
        |name: &&String| ["app_url", "variant"].contains(&&***name) || name.starts_with("set.");
    match row.keys().find(is_for_application) {
        Some(name) => Err(Failure::new(format!("{name} is for an application"))
            .hint("add the column app, or --app SLUG: see `oidc-secret apps`")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_that_is_not_closed_is_found() {
        for (text, line) in [
            ("a,b\n1,\"2\"\n", None),
            ("a\n\"1\"\"2\n3\"\"\"\n", None),
            ("a\n1\"2\n 3\"\"\n", None),
            ("\"\",\"\"", None),
            ("a\nalpha,\"tru", Some(2)),
            ("a\r\nb\r\n\"1\"\"\n2\n", Some(3)),
            ("a\n\"1\n\"x\"\",\n\"", Some(4)),
            ("\"", Some(1)),
        ] {
            assert_eq!(unclosed_quote(text), line, "{text:?}");
        }
    }
}
