//! The synopsis: each argument with its value, and those that exclude each other between the same
//! brackets.

use clap::{Arg, ArgAction, ArgGroup, Command};

use super::options::{DOTS, in_order, value};
use super::roff::{Roff, bold, escaped, italic};

pub(super) fn add(page: &mut Roff, command: &Command) {
    let name = command.get_bin_name().unwrap_or_else(|| command.get_name());
    page.section("Synopsis");
    page.request(&format!(".SY \"{}\"", escaped(name)));
    for group in groups(command) {
        page.line(&bracketed(&group));
    }
    if command.has_subcommands() {
        page.line(&format!("[{}]", italic("COMMAND")));
    }
    page.request(".YS");
}

/// Groups the arguments that exclude each other. The groups with a positional argument come last, in the
/// order in which these are typed.
///
/// The options that every command has are only on the program's page: they would hide what is special
/// about a command.
fn groups(command: &Command) -> Vec<Vec<&Arg>> {
    let mut groups: Vec<_> = command.get_positionals().map(|arg| vec![arg]).collect();
    let positional = groups.len();
    let is_shown = |option: &&Arg| {
        !option.is_positional()
            && option.get_id() != "help"
            && (command.has_subcommands() || !option.is_global_set())
    };
    for option in in_order(command).into_iter().filter(is_shown) {
        let excludes = |other: &&Arg| exclude_each_other(command, option, other);
        match groups.iter_mut().find(|group| group.iter().all(excludes)) {
            Some(group) => group.push(option),
            None => groups.push(vec![option]),
        }
    }
    groups.rotate_left(positional);
    groups
}

fn exclude_each_other(command: &Command, one: &Arg, other: &Arg) -> bool {
    let conflicts = |one: &Arg, other: &Arg| command.get_arg_conflicts_with(one).contains(&other);
    let are_alternatives = |group: &ArgGroup| {
        let has = |arg: &Arg| group.get_args().any(|id| id == arg.get_id());
        // clap's getter needs a group that can be changed.
        !group.clone().is_multiple() && has(one) && has(other)
    };
    conflicts(one, other) || conflicts(other, one) || command.get_groups().any(are_alternatives)
}

fn bracketed(group: &[&Arg]) -> String {
    let arguments: Vec<_> = group.iter().map(|arg| argument(arg)).collect();
    let text = arguments.join(" | ");
    match group {
        [arg] if arg.is_required_set() => text,
        [arg] if is_repeatable(arg) => format!("[{text}]{DOTS}"),
        _ => format!("[{text}]"),
    }
}

/// Whether the flag itself is repeated, not only its value.
fn is_repeatable(arg: &Arg) -> bool {
    !arg.is_positional() && matches!(arg.get_action(), ArgAction::Append)
}

/// Returns a flag and its value, with a space that does not break: they are on the same line.
fn argument(arg: &Arg) -> String {
    let flag = arg.get_long().map(|name| bold(&format!("--{name}")));
    flag.into_iter().chain(value(arg)).collect::<Vec<_>>().join("\\ ")
}
