//! The man pages: one on the program, one on each command, one on the findings.

use clap::Command;

use super::blocks::{Block, Blocks};
use super::roff::{Roff, bold, escaped};
use super::{findings, options, reference, synopsis};

const PROGRAM: &str = "oidc-secret";
const FINDINGS: &str = "oidc-secret-findings";

/// A man page in roff.
pub(super) struct Page {
    name: String,
    pub(super) section: u8,
    pub(super) text: String,
}

impl Page {
    pub(super) fn file_name(&self) -> String {
        format!("{}.{}", self.name, self.section)
    }

    /// Returns the command that the page is about, or `findings`; `None` on the page of the
    /// program.
    pub(super) fn topic(&self) -> Option<&str> {
        self.name.strip_prefix(PROGRAM)?.strip_prefix('-')
    }
}

/// Generates every page from the definition of the command line.
pub(super) fn all(root: Command) -> Vec<Page> {
    // `help` has no options of its own, and so no page.
    let mut root = root.disable_help_subcommand(true);
    // Gives the commands their full names and the options of the program.
    root.build();
    let commands: Vec<_> = std::iter::once(&root).chain(root.get_subcommands()).collect();
    let mut names: Vec<_> = commands.iter().map(|command| (name(command), 1)).collect();
    names.push((FINDINGS.to_owned(), 7));
    let on_commands = commands.into_iter().map(|command| on_command(command, &names));
    on_commands.chain([on_findings(&names)]).collect()
}

/// Returns the name of a command's page: `oidc-secret-verify`.
fn name(command: &Command) -> String {
    command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned()
}

fn on_command(command: &Command, names: &[(String, u8)]) -> Page {
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let after = command.get_after_long_help().or_else(|| command.get_after_help());
    let after = after.map(ToString::to_string).unwrap_or_default();
    let blocks = Blocks::parse(&after);
    let mut page = start(&name(command), 1, &about);
    synopsis::add(&mut page, command);
    add_description(&mut page, command, &about, &blocks.description);
    add_commands(&mut page, command);
    options::add(&mut page, command);
    reference::add(&mut page, command, &blocks.exit_codes);
    if !blocks.examples.is_empty() {
        page.section("Examples");
        page.verbatim(blocks.examples.iter().copied());
    }
    finish(page, &name(command), 1, names)
}

fn on_findings(names: &[(String, u8)]) -> Page {
    let mut page = start(FINDINGS, 7, "codes of the findings, with causes and fixes");
    findings::add(&mut page);
    finish(page, FINDINGS, 7, names)
}

fn start(name: &str, section: u8, about: &str) -> Roff {
    let mut page = Roff::new(name, section);
    page.section("Name");
    page.line(&escaped(&format!("{name} - {about}")));
    page
}

fn add_description(page: &mut Roff, command: &Command, about: &str, blocks: &[Block]) {
    page.section("Description");
    let long = command.get_long_about().map(ToString::to_string);
    for paragraph in long.unwrap_or_else(|| format!("{about}.")).split("\n\n") {
        page.paragraph(paragraph);
    }
    for block in blocks {
        match block {
            Block::Paragraph(text) => page.paragraph(text),
            Block::List(title, items) => {
                page.paragraph(&format!("{title}:"));
                page.compact_list(items.iter().copied());
            }
        }
    }
}

fn add_commands(page: &mut Roff, command: &Command) {
    if command.has_subcommands() {
        page.section("Commands");
    }
    for command in command.get_subcommands() {
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        page.entry(&format!("{}(1)", bold(&name(command))), &about);
    }
}

/// Adds the names of the other pages.
fn finish(mut page: Roff, name: &str, section: u8, names: &[(String, u8)]) -> Page {
    let others = names.iter().filter(|(other, _)| other != name);
    let others: Vec<_> =
        others.map(|(other, section)| format!("{}({section})", bold(other))).collect();
    page.section("See also");
    page.line(&others.join(", "));
    Page { name: name.to_owned(), section, text: page.finish() }
}
