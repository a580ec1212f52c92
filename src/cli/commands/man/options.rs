//! The arguments with their descriptions, in the order and under the headings of the help.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, ValueRange};
use clap::{Arg, Command};

use super::roff::{Roff, bold, italic};

/// Dots after an argument that is repeated. `\&` hides them from roff, which would add a space as after a
/// sentence.
pub(super) const DOTS: &str = "...\\&";

pub(super) fn add(page: &mut Roff, command: &Command) {
    let arguments = in_order(command);
    let of = |heading| arguments.iter().filter(move |arg| arg.get_help_heading() == heading);
    let (positional, options): (Vec<&Arg>, Vec<&Arg>) =
        of(None).partition(|arg| arg.is_positional());
    if !positional.is_empty() {
        page.section("Arguments");
    }
    add_all(page, positional);
    page.section("Options");
    add_all(page, options);
    for heading in headings(command) {
        page.subsection(heading);
        add_all(page, of(Some(heading)).copied());
    }
}

fn add_all<'a>(page: &mut Roff, arguments: impl IntoIterator<Item = &'a Arg>) {
    for arg in arguments {
        add_argument(page, arg);
    }
}

/// Returns the arguments that the help shows, in its order.
pub(super) fn in_order(command: &Command) -> Vec<&Arg> {
    let is_shown = |arg: &&Arg| !arg.is_hide_set() && !arg.is_hide_long_help_set();
    let mut arguments: Vec<_> = command.get_arguments().filter(is_shown).collect();
    arguments.sort_by_key(|arg| (arg.get_index(), arg.get_display_order()));
    arguments
}

/// Returns the headings in the order of their first arguments, as clap has them.
fn headings(command: &Command) -> Vec<&str> {
    let mut headings = Vec::new();
    for heading in command.get_arguments().filter_map(Arg::get_help_heading) {
        if !headings.contains(&heading) {
            headings.push(heading);
        }
    }
    headings
}

fn add_argument(page: &mut Roff, arg: &Arg) {
    let help = arg.get_long_help().or_else(|| arg.get_help());
    let help = help.map(ToString::to_string).unwrap_or_default();
    page.entry(&term(arg), &with_notes(&help, &notes(arg)));
    let values = described_values(arg);
    if !values.is_empty() {
        page.compact_list(values.iter().map(|(name, help)| (&**name, &**help)));
    }
}

/// `-n, --length N`, or the name of a positional argument.
fn term(arg: &Arg) -> String {
    let short = arg.get_short().map(|letter| bold(&format!("-{letter}")));
    let long = arg.get_long().map(|name| bold(&format!("--{name}")));
    let flags: Vec<_> = short.into_iter().chain(long).collect();
    let flags = Some(flags.join(", ")).filter(|flags| !flags.is_empty());
    flags.into_iter().chain(value(arg)).collect::<Vec<_>>().join(" ")
}

/// Returns the value's name, with dots after one that is repeated.
pub(super) fn value(arg: &Arg) -> Option<String> {
    let count = arg.get_num_args().filter(ValueRange::takes_values)?;
    let names = arg.get_value_names().unwrap_or_default();
    let dots = if count.max_values() > names.len() { DOTS } else { "" };
    Some(format!("{}{dots}", italic(&names.join(" "))))
}

/// Puts the notes after the first paragraph, which is the summary.
fn with_notes(help: &str, notes: &str) -> String {
    let (summary, details) = help.split_at(help.find("\n\n").unwrap_or(help.len()));
    format!("{summary}{notes}{details}")
}

/// Returns the notes in brackets, as in the help.
fn notes(arg: &Arg) -> String {
    let env = arg.get_env().map(OsStr::to_string_lossy);
    // clap gives a flag without a value the default `false`.
    let has_default = takes_value(arg) && !arg.is_hide_default_value_set();
    let default = arg.get_default_values().iter().filter(|_| has_default);
    let aliases = arg.get_visible_aliases().unwrap_or_default();
    let values = if described_values(arg).is_empty() { shown_values(arg) } else { Vec::new() };
    [
        note("env", env),
        note("default", default.map(|value| value.to_string_lossy())),
        note("aliases", aliases.iter().map(|name| format!("--{name}"))),
        note("possible values", values.iter().map(PossibleValue::get_name)),
    ]
    .concat()
}

/// ` [label: values]`, or nothing without values.
fn note<T: AsRef<str>>(label: &str, values: impl IntoIterator<Item = T>) -> String {
    let values: Vec<String> = values.into_iter().map(|value| value.as_ref().to_owned()).collect();
    if values.is_empty() { String::new() } else { format!(" [{label}: {}]", values.join(", ")) }
}

fn takes_value(arg: &Arg) -> bool {
    arg.get_num_args().is_some_and(|count| count.takes_values())
}

fn shown_values(arg: &Arg) -> Vec<PossibleValue> {
    let is_shown = takes_value(arg) && !arg.is_hide_possible_values_set();
    let values = arg.get_possible_values().into_iter();
    values.filter(|value| is_shown && !value.is_hide_set()).collect()
}

/// Returns the possible values with their descriptions, if they have any.
fn described_values(arg: &Arg) -> Vec<(String, String)> {
    let described =
        |value: PossibleValue| Some((value.get_name().to_owned(), value.get_help()?.to_string()));
    shown_values(arg).into_iter().filter_map(described).collect()
}
