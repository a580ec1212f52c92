//! Usage errors: what is wrong with a command line, and what to type instead.
//!
//! A word of the command line may be a misplaced secret, so only words that cannot be one are
//! repeated: names of flags and commands, and short numbers.

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::cli::failure::Failure;

/// Describes a usage error.
pub(crate) fn failure(error: &clap::Error, root: &clap::Command) -> Failure {
    let arguments: Vec<_> =
        std::env::args_os().skip(1).map(|arg| arg.to_string_lossy().into_owned()).collect();
    let command = arguments.first().and_then(|name| root.find_subcommand(name));
    let takes = |id: &str| {
        command.is_some_and(|command| command.get_arguments().any(|arg| arg.get_id() == id))
    };
    if takes("digest") && lost_its_dollars(error, &arguments) {
        return Failure::new("the digest has lost its $ fields: the shell replaced them")
            .hint("put the digest between single quotes");
    }
    let name = command.map_or("", clap::Command::get_name);
    let help = match name {
        "" => "see `oidc-secret --help`".to_owned(),
        name => format!("see `oidc-secret {name} --help`"),
    };
    let (text, hint) = explained(error, name, &arguments, takes("secret_file"));
    // The command may be after flags of every command.
    let command = arguments.iter().find_map(|word| root.find_subcommand(word));
    let known = command.into_iter().flat_map(clap::Command::get_arguments);
    match variable(error, known.chain(root.get_arguments()), &arguments) {
        Some((name, flag)) => {
            let text = match text.strip_prefix(&*flag) {
                Some(rest) => format!("{name}{rest}"),
                None => format!("{name} is not valid UTF-8"),
            };
            Failure::new(text)
                .hint(format!("correct or unset this environment variable; {flag} replaces it"))
        }
        None => Failure::new(text).hint(hint.unwrap_or(help)),
    }
}

/// Returns the environment variable that has the refused value, and its flag, which is not on the line.
fn variable<'a>(
    error: &clap::Error,
    mut known: impl Iterator<Item = &'a clap::Arg>,
    arguments: &[String],
) -> Option<(String, String)> {
    let refused = context(error, ContextKind::InvalidArg).unwrap_or_default();
    known.find_map(|arg| {
        let (name, flag) = (arg.get_env()?, format!("--{}", arg.get_long()?));
        let is_flag = |word: &str| word.split(['=', ' ']).next() == Some(&*flag);
        let is_refused = match error.kind() {
            ErrorKind::InvalidUtf8 => std::env::var_os(name)?.to_str().is_none(),
            ErrorKind::InvalidValue | ErrorKind::ValueValidation => is_flag(&refused),
            _ => false,
        };
        let is_given = arguments.iter().any(|word| is_flag(word));
        (is_refused && !is_given).then(|| (name.to_string_lossy().into_owned(), flag))
    })
}

/// Returns the commands' names, for a message.
pub(crate) fn command_names(root: &clap::Command) -> String {
    let names: Vec<_> = root.get_subcommands().map(clap::Command::get_name).collect();
    names.join(", ")
}

/// Whether an unknown flag is what a shell leaves of `"$pbkdf2-sha512$310000$…"`: it expands the
/// variable `$pbkdf2`, and `-sha512…` is left.
fn lost_its_dollars(error: &clap::Error, arguments: &[String]) -> bool {
    const REST: [&str; 5] = ["-sha1", "-sha224", "-sha256", "-sha384", "-sha512"];
    error.kind() == ErrorKind::UnknownArgument
        && arguments.iter().any(|arg| REST.iter().any(|rest| arg.starts_with(rest)))
}

/// Returns the message, and a hint if there is a better one than to read the help.
fn explained(
    error: &clap::Error,
    command: &str,
    arguments: &[String],
    takes_secret: bool,
) -> (String, Option<String>) {
    let word = context(error, ContextKind::InvalidArg).unwrap_or_default();
    let flag = word.split([' ', '=']).next().unwrap_or_default();
    match error.kind() {
        // To clap, `-shunter2` is an unknown flag -s; it may be a secret that starts with a hyphen.
        ErrorKind::UnknownArgument
            if word.starts_with('-') && !word.starts_with("--") && !is_word(flag, arguments) =>
        {
            ("unknown flag".to_owned(), None)
        }
        ErrorKind::UnknownArgument if word.starts_with('-') => unknown_flag(error, flag, command),
        ErrorKind::UnknownArgument => unexpected(&word, command, takes_secret),
        ErrorKind::InvalidSubcommand => unknown_command(error, arguments),
        _ => (misused(error, flag), None),
    }
}

fn is_word(flag: &str, arguments: &[String]) -> bool {
    arguments.iter().any(|argument| argument == flag)
}

fn unknown_flag(error: &clap::Error, flag: &str, command: &str) -> (String, Option<String>) {
    let is_short = flag.len() == 2 && flag.as_bytes()[1].is_ascii_alphabetic();
    if !is_short && !flag.strip_prefix("--").is_some_and(is_name) {
        return ("unknown flag".to_owned(), None);
    }
    let text = format!("unknown flag {flag}");
    if let Some(hint) = equivalent_flag(flag, command) {
        return (text, Some(hint.to_owned()));
    }
    let similar = context(error, ContextKind::SuggestedArg).filter(|known| is_similar(known, flag));
    match similar {
        Some(known) => (format!("{text}; did you mean {known}?"), None),
        None => (text, None),
    }
}

/// Returns what to type instead of a flag of `authelia crypto` or of another tool.
fn equivalent_flag(flag: &str, command: &str) -> Option<&'static str> {
    Some(match (flag, command) {
        ("--random" | "--generate", _) => "`oidc-secret new` makes a secret and its digest",
        ("--variant", "hash" | "new" | "rotate") => {
            "the variant is part of the algorithm, as in -a pbkdf2-sha512"
        }
        ("--diagnose" | "--candidates", "verify") => {
            "`oidc-secret diagnose` takes the same arguments, and finds out why"
        }
        ("--secret-file" | "--secret-env" | "--secret-cmd", "new" | "rotate") => {
            "this command makes the secret itself; --secret-out FILE writes it to a file"
        }
        ("--profile", _) => {
            "name the algorithm with -a, and its cost with --iterations and --memory"
        }
        ("--no-confirm", _) => {
            "only a terminal prompts for the secret: use --secret-file or a pipe"
        }
        ("--stdin", _) => "standard input is read unless it is a terminal",
        ("--rounds-cost" | "--work-factor", "hash" | "new" | "rotate") => "use --iterations N",
        _ => return None,
    })
}

fn unexpected(word: &str, command: &str, takes_secret: bool) -> (String, Option<String>) {
    let is_number = word.len() <= 5 && word.bytes().all(|byte| byte.is_ascii_digit());
    match command {
        "rand" if is_number => {
            (format!("unexpected argument {word}; the length is --length {word}"), None)
        }
        _ if is_number => (format!("unexpected argument {word}"), None),
        "new" | "apps" => (
            format!("unexpected argument: {command} takes one NAME"),
            Some("put a name with blanks between quotes".to_owned()),
        ),
        _ if !takes_secret => {
            ("unexpected argument (not shown, since it may be a secret)".to_owned(), None)
        }
        _ => (
            "unexpected argument (not shown, since it may be a secret)".to_owned(),
            Some(
                "a secret is never an argument: use --secret-file, --secret-env, --secret-cmd or a pipe"
                    .to_owned(),
            ),
        ),
    }
}

fn unknown_command(error: &clap::Error, arguments: &[String]) -> (String, Option<String>) {
    let word = context(error, ContextKind::InvalidSubcommand).unwrap_or_default();
    let shown = if is_name(&word) { format!(" {word}") } else { String::new() };
    let text = format!("unknown command{shown}");
    if word == "crypto" {
        return (text, of_authelia_crypto(&arguments[1..]));
    }
    let similar = || context(error, ContextKind::SuggestedSubcommand);
    let similar = || similar().filter(|known| is_similar(known, &word));
    match equivalent_command(&word).map(ToOwned::to_owned).or_else(similar) {
        Some(meant) => (format!("{text}; did you mean {meant}?"), None),
        None => (text, None),
    }
}

/// Returns what to type instead of `authelia crypto …`.
fn of_authelia_crypto(words: &[String]) -> Option<String> {
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    let command = match words[..] {
        ["hash", "validate", ..] => "verify",
        ["hash", ..] if words.contains(&"--random") => "new",
        ["hash", ..] => "hash",
        ["rand", ..] => "rand",
        _ => return None,
    };
    Some(format!("the equivalent is `oidc-secret {command}`"))
}

/// Returns the command that does what another tool's word asks for.
fn equivalent_command(word: &str) -> Option<&'static str> {
    Some(match word {
        "add" | "create" | "generate" | "gen" | "make" => "new",
        "validate" | "check" | "compare" | "test" => "verify",
        "random" => "rand",
        "digest" => "hash",
        "lint" | "scan" => "audit",
        "info" | "show" | "decode" | "parse" => "inspect",
        "benchmark" | "bench" => "tune",
        _ => return None,
    })
}

/// Returns the name of an argument without the brackets and dots of clap, as in `[DIGEST]` or `<FILE>...`.
fn plain(name: &str) -> String {
    name.replace(['<', '>', '[', ']'], "").replace("...", "")
}

/// Describes what is wrong with a known flag.
fn misused(error: &clap::Error, flag: &str) -> String {
    let flag = &*plain(flag);
    match error.kind() {
        ErrorKind::InvalidValue => match context(error, ContextKind::ValidValue) {
            Some(values) => format!("{flag} takes one of: {values}"),
            None => format!("{flag} needs a value"),
        },
        ErrorKind::ValueValidation => invalid_value(error, flag),
        ErrorKind::MissingRequiredArgument => {
            let missing = context(error, ContextKind::InvalidArg).unwrap_or_default();
            let missing = plain(&missing).replace(", ", " and ").replace('|', " or ");
            let verb = if missing.contains(" and ") { "are" } else { "is" };
            format!("{missing} {verb} missing")
        }
        ErrorKind::ArgumentConflict => {
            let prior = context(error, ContextKind::PriorArg).unwrap_or_default();
            let prior = plain(prior.split([' ', ',']).next().unwrap_or_default());
            match &*prior {
                "" => format!("{flag} cannot be used with another flag that is given"),
                _ if prior == flag => format!("{flag} is given more than once"),
                _ => format!("{flag} and {prior} exclude each other"),
            }
        }
        ErrorKind::InvalidUtf8 => "an argument is not valid UTF-8".to_owned(),
        _ => format!("{flag} has a wrong number of values"),
    }
}

fn invalid_value(error: &clap::Error, flag: &str) -> String {
    let Some(source) = std::error::Error::source(error) else {
        return format!("{flag} has a value that is not valid");
    };
    if source.is::<std::num::ParseIntError>() {
        return format!("{flag} must be a whole number that is not too large");
    }
    let reason = source.to_string();
    if reason.starts_with("it has no https://") {
        let host = if flag == "--authelia-url" || flag == "--live" { "auth" } else { "app" };
        return format!("{flag} needs a full URL, such as https://{host}.example.com");
    }
    match range(&reason) {
        Some((min, max)) => format!("{flag} must be between {min} and {max}"),
        None => format!("{flag} is not valid: {reason}"),
    }
}

/// Returns the bounds in `0 is not in 1..=1000000`, clap's message for a number.
fn range(reason: &str) -> Option<(&str, &str)> {
    let (_, range) = reason.split_once(" is not in ")?;
    let bounds = range.split_once("..=")?;
    let is_number = |bound: &str| bound.bytes().all(|byte| byte.is_ascii_digit());
    (is_number(bounds.0) && is_number(bounds.1)).then_some(bounds)
}

/// Whether a word looks like the name of a flag or a command, so that it is not a secret:
/// lower-case letters and hyphens, and not many.
pub(crate) fn is_name(word: &str) -> bool {
    const LONGEST: usize = 20;
    (1..=LONGEST).contains(&word.len())
        && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
}

/// Whether one name may be a misspelling of another: at most two slips, or one is the beginning of
/// the other. clap's own measure suggests `--format` for `--frobnicate`.
pub(crate) fn is_similar(known: &str, given: &str) -> bool {
    let (known, given) = (known.trim_start_matches('-'), given.trim_start_matches('-'));
    let slips = if given.len() > 4 { 2 } else { 1 };
    strsim::osa_distance(known, given) <= slips || (given.len() > 3 && known.starts_with(given))
}

fn context(error: &clap::Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(texts) if !texts.is_empty() => Some(texts.join(", ")),
        ContextValue::StyledStr(text) => Some(text.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_said_in_words() {
        assert_eq!(range("0 is not in 1..=1000000"), Some(("1", "1000000")));
        assert_eq!(range("0 is not in 1.."), None);
        assert_eq!(range("it is not in the mood ..=x"), None);
    }

    #[test]
    fn only_names_are_repeated() {
        for name in ["random", "no-confirm", "x"] {
            assert!(is_name(name), "{name}");
        }
        for other in ["", "hunter2", "Hunter", "correct horse", "correcthorsebatterystaple", "é"] {
            assert!(!is_name(other), "{other}");
        }
    }

    #[test]
    fn suggestions_are_right_or_absent() {
        assert!(is_similar("--secret-file", "--secretfile") && is_similar("hash", "hsh"));
        assert!(is_similar("--secret-file", "--secret-fiel") && is_similar("--charset", "--char"));
        assert!(!is_similar("--format", "--frobnicate") && !is_similar("--force", "--random"));
    }
}
