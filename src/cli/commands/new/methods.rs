//! Settings of an application in the text for people, and apart from it.

use std::fmt::Write as _;

use oidc_secret::catalogue::SettingsFormat;

use super::created::{Apart, ApplicationSide, CreatedClient, Method};
use super::role::Role;
use crate::cli::terminal::visible::visible;

impl CreatedClient {
    /// Formats the settings for people, or names the place where they are.
    pub(super) fn methods(&self, out: &mut String) -> std::fmt::Result {
        let Some(application) = &self.application else { return Ok(()) };
        for method in &application.methods {
            let title = title(application, method);
            match &application.apart {
                Some(Apart::File(path)) => {
                    writeln!(out, "\n{title} is in the file {}.", visible(path))?;
                }
                // There the titles are comments.
                Some(Apart::Stdout) if comment(&application.methods).is_some() => {}
                Some(Apart::Stdout) => writeln!(out, "\n{title} is on standard output.")?,
                None => writeln!(out, "\n{title}:\n\n{}", method.text.trim_end_matches('\n'))?,
            }
            other_forms(out, method)?;
        }
        application.left.iter().try_for_each(|left| {
            let forms: Vec<_> = left.formats.iter().map(|f| format!("--settings {f}")).collect();
            let (name, settings) = (visible(&application.name), visible(&left.name));
            let forms = forms.join(" or ");
            writeln!(out, "\n{name} also needs {settings}: add {forms} to the same run")
        })
    }

    /// Whether the settings go to standard output, and the rest to standard error.
    pub(super) fn settings_apart(&self) -> Option<&ApplicationSide> {
        let application = self.application.as_ref();
        application.filter(|application| matches!(application.apart, Some(Apart::Stdout)))
    }

    /// Returns the file for the settings.
    pub(super) fn settings_file(&self) -> Option<&str> {
        match &self.application.as_ref()?.apart {
            Some(Apart::File(path)) => Some(path),
            _ => None,
        }
    }

    /// Formats the settings alone.
    pub(super) fn settings(&self, out: &mut String) -> std::fmt::Result {
        let Some(application) = &self.application else { return Ok(()) };
        let comment = comment(&application.methods);
        for (index, method) in application.methods.iter().enumerate() {
            if index > 0 {
                writeln!(out, "{}", separator(method.kind))?;
            }
            if let Some(comment) = comment {
                writeln!(out, "{comment} {}\n", title(application, method))?;
            }
            out.push_str(&method.text);
        }
        Ok(())
    }
}

/// Returns the start of the comments with the titles of several settings in one format. A single one
/// needs no title to be told from others.
fn comment(methods: &[Method]) -> Option<&'static str> {
    methods.first().filter(|_| methods.len() > 1)?.kind.comment()
}

/// Returns the line between two settings: in YAML they are documents of their own.
fn separator(format: SettingsFormat) -> &'static str {
    match format {
        SettingsFormat::Yaml | SettingsFormat::Compose | SettingsFormat::Flat => "---",
        _ => "",
    }
}

fn title(application: &ApplicationSide, method: &Method) -> String {
    let role = match method.role {
        Role::Only => "",
        Role::First => "Either ",
        Role::Other => "Or ",
    };
    let file = method.file.as_ref().map(|file| format!(", {file}")).unwrap_or_default();
    visible(&format!("{role}{}, {}{file}", application.name, method.name))
}

/// Names the formats of the alternatives that are not printed.
fn other_forms(out: &mut String, method: &Method) -> std::fmt::Result {
    let forms = method.other_forms.iter().map(|format| format!("--settings {format}"));
    match &forms.collect::<Vec<_>>()[..] {
        [] => Ok(()),
        [form] => writeln!(out, "\nOther form, in the same run: {form}"),
        forms => writeln!(out, "\nOther forms, in the same run: {}", forms.join(", ")),
    }
}
