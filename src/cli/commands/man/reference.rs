//! The exit status, the environment and the files of a command, which its definition does not contain.

use clap::Command;

use super::roff::{Roff, bold};
use crate::cli::commands::completions::VARIABLE;

/// A row of a section.
struct Entry {
    name: &'static str,
    description: &'static str,
    /// Whether the page on a command has the row.
    concerns: fn(&Command) -> bool,
}

const EXIT_STATUS: [Entry; 14] = [
    Entry {
        name: "0",
        description: "The secret matches; with --batch, all do.",
        concerns: |command| command.get_name() == "verify",
    },
    Entry {
        name: "1",
        description: "The secret does not match; with --batch, at least one does not.",
        concerns: |command| command.get_name() == "verify",
    },
    Entry {
        name: "0",
        description: "Nothing is wrong.",
        concerns: |command| command.get_name() == "diagnose",
    },
    Entry {
        name: "1",
        description: "An error or a warning was found, or the secret does not match.",
        concerns: |command| command.get_name() == "diagnose",
    },
    Entry {
        name: "0",
        description: "No finding has the severity of --fail-on or a higher one.",
        concerns: |command| command.get_name() == "audit",
    },
    Entry {
        name: "1",
        description: "A finding has the severity of --fail-on or a higher one.",
        concerns: |command| command.get_name() == "audit",
    },
    Entry {
        name: "0",
        description: "The digest can be read, whatever is found.",
        concerns: |command| command.get_name() == "inspect",
    },
    Entry {
        name: "0",
        description: "Success; with --check, no file has a problem.",
        concerns: |command| command.get_name() == "apps",
    },
    Entry {
        name: "1",
        description: "With --check, a file has a problem.",
        concerns: |command| command.get_name() == "apps",
    },
    Entry {
        name: "0",
        description: "Success.",
        concerns: |command| {
            !["verify", "diagnose", "audit", "inspect", "apps"].contains(&command.get_name())
        },
    },
    Entry {
        name: "2",
        description: "The audit is not complete: there is no client, a file cannot be read, a template is \
                      not resolved, or --max-time is too short. Also any other error.",
        concerns: |command| command.get_name() == "audit",
    },
    Entry {
        name: "2",
        description: "It cannot be said whether anything is wrong, or any error.",
        concerns: |command| command.get_name() == "diagnose",
    },
    Entry {
        name: "2",
        description: "Any error, such as a wrong argument or a file that cannot be read.",
        concerns: |command| !["audit", "diagnose"].contains(&command.get_name()),
    },
    Entry {
        name: "130",
        description: "Interrupted at the prompt. For other signals than SIGINT it is 128 plus the number \
                      of the signal.",
        concerns: |command| has(command, "secret_file"),
    },
];

const ENVIRONMENT: [Entry; 8] = [
    Entry {
        name: VARIABLE,
        description: "The shell that asks for completions; its script sets it at each TAB. Empty or `0`, it \
                      has no effect.",
        concerns: |command| command.get_name() == "completions",
    },
    Entry {
        name: "NO_COLOR",
        description: "If it is set and not empty, nothing is coloured without --color.",
        concerns: |_| true,
    },
    Entry {
        name: "CLICOLOR_FORCE",
        description: "If it is set, not empty and not `0`, everything is coloured, on a terminal or not. \
                      --color and `NO_COLOR` come first.",
        concerns: |_| true,
    },
    Entry {
        name: "TERM",
        description: "If it is `dumb`, nothing is coloured. --color and `CLICOLOR_FORCE` come first.",
        concerns: |_| true,
    },
    Entry {
        name: "XDG_CONFIG_HOME",
        description: "Folder of your own applications (see FILES). A relative path is ignored.",
        concerns: reads_applications,
    },
    Entry {
        name: "HOME",
        description: "If `XDG_CONFIG_HOME` is not set, `.config` in this folder is used instead.",
        concerns: reads_applications,
    },
    Entry {
        name: "The variable that --secret-env names",
        description: "The secret. Other processes of the same user can read it.",
        concerns: |command| has(command, "secret_env"),
    },
    Entry {
        name: "The variables that {{ env \"NAME\" }} names",
        description: "With `audit --resolve`: values in the configuration.",
        concerns: |command| command.get_name() == "audit",
    },
];

const FILES: [Entry; 5] = [
    Entry {
        name: "$XDG_CONFIG_HOME/oidc-secret/apps/SLUG.toml",
        description: "Your own applications; without `XDG_CONFIG_HOME`, in `~/.config/oidc-secret/apps`. \
                      They replace those of the catalogue with the same name.",
        concerns: reads_applications,
    },
    Entry {
        name: "FILE.bak",
        description: "The old configuration, kept by --backup. It replaces an earlier one.",
        concerns: |command| has(command, "backup"),
    },
    Entry {
        name: ".FILE.oidc-secret-TAG",
        description: "The temporary file beside FILE, which becomes FILE when it is complete; TAG is 16 \
                      hexadecimal digits. It is locked while it is written. If a run is killed, the next \
                      one replaces it.",
        concerns: |command| has(command, "out") || has(command, "secret_out"),
    },
    Entry {
        name: ".FILE.oidc-secret-TAG-old-N",
        description: "The previous version of FILE, kept until the new one is in use. If a run is killed, \
                      it may hold the secret that is in use; the next run that replaces FILE removes it.",
        concerns: |command| has(command, "force"),
    },
    Entry {
        name: "/dev/tty",
        description: "The terminal, on which the secret is asked for without being shown.",
        concerns: |command| has(command, "secret_file"),
    },
];

/// Adds the three sections. The program's page has the exit codes of its help, and otherwise the rows of
/// all commands.
pub(super) fn add(page: &mut Roff, command: &Command, exit_codes: &[(&str, &str)]) {
    page.section("Exit status");
    for (code, description) in exit_codes {
        page.entry(&bold(code), description);
    }
    if exit_codes.is_empty() {
        add_rows(page, command, &EXIT_STATUS);
    }
    page.section("Environment");
    for arg in command.get_arguments() {
        if let (Some(name), Some(flag)) = (arg.get_env(), arg.get_long()) {
            let description = format!("The value of --{flag}, if that is not given.");
            page.entry(&bold(&name.to_string_lossy()), &description);
        }
    }
    add_rows(page, command, &ENVIRONMENT);
    if FILES.iter().any(|entry| is_concerned(command, entry)) {
        page.section("Files");
        add_rows(page, command, &FILES);
    }
}

fn add_rows(page: &mut Roff, command: &Command, entries: &[Entry]) {
    for entry in entries.iter().filter(|entry| is_concerned(command, entry)) {
        page.entry(&bold(entry.name), entry.description);
    }
}

fn is_concerned(command: &Command, entry: &Entry) -> bool {
    (entry.concerns)(command) || command.get_subcommands().any(entry.concerns)
}

/// Whether a command has an argument. The name is that of the field in its definition.
fn has(command: &Command, id: &str) -> bool {
    command.get_arguments().any(|arg| arg.get_id() == id)
}

fn reads_applications(command: &Command) -> bool {
    command.get_name() == "apps" || has(command, "app")
}
