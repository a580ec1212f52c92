//! The source of a value that a template or a variable inserts.

/// The source of a value that a template or a variable inserts. It is exhaustive: anyone who resolves
/// references must handle each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reference<'a> {
    /// `{{ secret "/path" }}` or `{{ fileContent "/path" }}`: the contents of a file.
    File(&'a str),
    /// `{{ env "NAME" }}`, `{{ mustEnv "NAME" }}` or `${NAME}`: an environment variable.
    Variable(&'a str),
}

/// Whether Authelia leaves a variable empty in templates and in `${…}`, since it is one of its own
/// settings and may hold a secret.
#[must_use]
pub fn is_hidden_variable(name: &str) -> bool {
    const PREFIXES: [&str; 2] = ["AUTHELIA_", "X_AUTHELIA_"];
    const ENDS: [&str; 4] = ["KEY", "SECRET", "PASSWORD", "TOKEN"];
    let name = name.to_uppercase();
    PREFIXES.iter().any(|prefix| name.starts_with(prefix))
        && ENDS.iter().any(|end| name.ends_with(end))
}

/// Returns the name of one of Authelia's variables if a text is nothing else.
#[must_use]
pub fn authelia_variable(text: &str) -> Option<&str> {
    let text = text.trim();
    let name = text.strip_prefix('$').unwrap_or(text);
    let name = name.strip_prefix('{').and_then(|name| name.strip_suffix('}')).unwrap_or(name);
    let is_name = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    let is_own = name.starts_with("AUTHELIA_") || name.starts_with("X_AUTHELIA_");
    (is_own && name.bytes().all(is_name)).then_some(name)
}
