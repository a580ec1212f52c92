//! Values chosen by name.

/// The error of parsing a name that no value has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown name")]
pub struct UnknownName;

/// Returns the value that has a name.
pub(crate) fn by_name<T: Copy>(
    all: impl IntoIterator<Item = T>,
    name_of: impl Fn(T) -> &'static str,
    name: &str,
) -> Result<T, UnknownName> {
    all.into_iter().find(|value| name_of(*value) == name).ok_or(UnknownName)
}
