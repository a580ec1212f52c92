//! The hand-over sheet: each client, its application, and where its new secret is and goes. It names
//! files and never has a secret.

use std::fmt::Write as _;
use std::path::Path;

use super::destination::line;
use super::rotated::Rotated;
use crate::cli::csv;
use crate::cli::terminal::visible::visible;

/// The columns of the table.
const COLUMNS: &str = "client_id,client_name,application,redirect_host,place,file,format,setting,\
                       alternative,whole_value,client_secret_file,client_secret_digest_file,stored_as";

/// The place of the secret in an application that is not in the catalogue.
const UNKNOWN_PLACE: &str = "OpenID Connect settings";
const UNKNOWN_SETTING: &str = "client secret";

/// Returns the sheet for people, a paragraph for each client.
pub(super) fn text(rotated: &[Rotated]) -> String {
    let paragraphs: Vec<String> = rotated.iter().map(paragraph).collect();
    paragraphs.join("\n")
}

fn paragraph(client: &Rotated) -> String {
    let destination = &client.destination;
    let mut text = format!("{}\n", visible(&client.id));
    let mut add = |label: &str, value: &str| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {:<13}{}", format!("{label}:"), visible(value));
    };
    if let Some(name) = &destination.client_name {
        add("Name", name);
    }
    match (destination.application, &destination.redirect_host) {
        (Some(application), _) => add("Application", application),
        (None, Some(host)) => add("Application", &format!("not recognised; it is at {host}")),
        (None, None) => add("Application", "not recognised"),
    }
    if let Some(path) = &client.secret_file {
        add("New secret", &format!("in the file {}", path.display()));
    }
    if let Some(path) = &client.digest_file {
        let label = if client.needs_plaintext { "New value" } else { "New digest" };
        add(label, &format!("in the file {}", path.display()));
    }
    if destination.settings.is_empty() {
        add("Set it in", "the client secret in the application's OpenID Connect settings");
    }
    for (index, setting) in destination.settings.iter().enumerate() {
        let label = match (index, setting.alternative) {
            (0, _) => "Set it in",
            (_, true) => "or in",
            (_, false) => "and in",
        };
        add(label, &line(setting));
    }
    if client.needs_plaintext {
        let text =
            "the file has the secret without the prefix $plaintext$ of Authelia's configuration";
        add("Note", text);
    }
    text
}

/// Returns the sheet as comma-separated values with a header, a row for each setting that may have the
/// secret. Invisible characters are escaped, since the table is also read on terminals, and a spreadsheet
/// executes nothing of it.
pub(super) fn table(rotated: &[Rotated]) -> String {
    let rows = rotated.iter().flat_map(rows).map(|fields| {
        let fields: Vec<_> = fields.iter().map(|text| csv::text_field(&visible(text))).collect();
        fields.join(",")
    });
    let lines: Vec<_> = std::iter::once(COLUMNS.to_owned()).chain(rows).collect();
    lines.join("\n") + "\n"
}

fn rows(client: &Rotated) -> Vec<Vec<String>> {
    let places = client.destination.settings.iter().map(|setting| {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        [
            setting.name.clone(),
            text(&setting.file),
            setting.format.to_string(),
            text(&setting.label),
            setting.alternative.to_string(),
            setting.is_whole.to_string(),
        ]
    });
    let mut places: Vec<_> = places.collect();
    if places.is_empty() {
        let unknown = [UNKNOWN_PLACE, "", "", UNKNOWN_SETTING, "false", "true"];
        places.push(unknown.map(ToOwned::to_owned));
    }
    places
        .into_iter()
        .map(|place| [&subject(client)[..], &place, &files(client)].concat())
        .collect()
}

fn subject(client: &Rotated) -> [String; 4] {
    let destination = &client.destination;
    [
        client.id.clone(),
        destination.client_name.clone().unwrap_or_default(),
        destination.application.unwrap_or_default().to_owned(),
        destination.redirect_host.clone().unwrap_or_default(),
    ]
}

fn files(client: &Rotated) -> [String; 3] {
    let name = |path: &Option<_>| path.as_deref().map_or_else(String::new, shown);
    let stored_as = if client.needs_plaintext { "plaintext" } else { "digest" };
    [name(&client.secret_file), name(&client.digest_file), stored_as.to_owned()]
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
