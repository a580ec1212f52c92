//! Parsers of the values of flags, and the lists of values in their help.

use std::str::FromStr;
use std::time::Duration;

use clap::ValueEnum;
use oidc_secret::authelia::Schema;
use oidc_secret::catalogue::SettingsFormat;
use oidc_secret::error::UnknownName;
use oidc_secret::{Algorithm, Code, Provider, is_invisible};

/// Output format of a command that has one result.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// A JSON object
    Json,
}

/// Returns a parser that accepts one of several names.
pub(crate) fn named<T: Clone + Send + Sync + 'static>(
    names: impl IntoIterator<Item = (&'static str, T)>,
) -> impl clap::builder::TypedValueParser<Value = T> {
    use clap::builder::{PossibleValuesParser, TypedValueParser};
    let names: Vec<_> = names.into_iter().collect();
    PossibleValuesParser::new(names.iter().map(|(name, _)| *name)).try_map(move |given| {
        let found = names.iter().find(|(name, _)| *name == given);
        found.map(|(_, value)| value.clone()).ok_or("unknown name")
    })
}

/// Returns a parser of the names of one of the library's types.
pub(crate) fn parsed<T: FromStr<Err = UnknownName> + Clone + Send + Sync + 'static>(
    names: impl Iterator<Item = &'static str>,
) -> impl clap::builder::TypedValueParser<Value = T> {
    use clap::builder::{PossibleValuesParser, TypedValueParser};
    PossibleValuesParser::new(names).try_map(|name| name.parse())
}

pub(crate) fn algorithm(
    algorithms: impl Iterator<Item = Algorithm>,
) -> impl clap::builder::TypedValueParser<Value = Algorithm> {
    use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
    /// Names of `authelia crypto hash generate`, each with its default variant.
    const FAMILIES: [(&str, &str); 3] =
        [("pbkdf2", "pbkdf2-sha512"), ("argon2", "argon2id"), ("sha2crypt", "sha512crypt")];
    let algorithms: Vec<_> = algorithms.collect();
    let values = algorithms.iter().map(|algorithm| {
        let families = FAMILIES.iter().filter(|(_, variant)| *variant == algorithm.name());
        PossibleValue::new(algorithm.name()).aliases(families.map(|(family, _)| *family))
    });
    PossibleValuesParser::new(values).try_map(move |given| {
        let family = FAMILIES.iter().find(|(family, _)| *family == given);
        let name = family.map_or(&*given, |(_, variant)| variant);
        name.parse::<Algorithm>()
    })
}

/// Returns a flag's help with all of its values, for the long help. In the short help they would
/// fill a screen.
pub(crate) fn with_values(help: &str, names: impl Iterator<Item = &'static str>) -> String {
    format!("{help} [possible values: {}]", names.collect::<Vec<_>>().join(", "))
}

pub(crate) fn code() -> impl clap::builder::TypedValueParser<Value = Code> {
    parsed(Code::ALL.iter().map(|code| code.name()))
}

pub(crate) fn provider() -> impl clap::builder::TypedValueParser<Value = Provider> {
    parsed(Provider::ALL.iter().map(|provider| provider.name()))
}

/// Returns a parser of the names of the keys in a configuration.
pub(crate) fn schema() -> impl clap::builder::TypedValueParser<Value = Schema> {
    named([("current", Schema::Current), ("legacy", Schema::Legacy)])
}

/// Returns a parser of the formats of an application's settings.
pub(crate) fn settings_format() -> impl clap::builder::TypedValueParser<Value = SettingsFormat> {
    use clap::builder::{PossibleValuesParser, TypedValueParser};
    PossibleValuesParser::new(SettingsFormat::ALL.iter().map(|format| format.name()))
        .try_map(|name| name.parse::<SettingsFormat>())
}

/// Parses the name of a user in a password file, where a colon ends it.
pub(crate) fn user(text: &str) -> Result<String, &'static str> {
    if text.is_empty() || text.contains(':') || text.contains(is_invisible) {
        Err("a user name must not be empty or contain a colon or a control character")
    } else {
        Ok(text.to_owned())
    }
}

/// Parses `64MiB`, `1GiB`, `512KiB` or a plain number of KiB; returns KiB.
pub(crate) fn kibibytes(text: &str) -> Result<u64, &'static str> {
    const FORM: &str = "write it as 64MiB, 1GiB or 65536KiB; a plain number is KiB";
    let (number, unit) = split_unit(text);
    let factor = match unit {
        "" | "KiB" => 1,
        "MiB" => 1 << 10,
        "GiB" => 1 << 20,
        _ => return Err(FORM),
    };
    number.and_then(|number| number.checked_mul(factor)).ok_or(FORM)
}

/// Parses `30s`, `500ms`, `2m`, `1h` or a plain number of seconds.
pub(crate) fn duration(text: &str) -> Result<Duration, &'static str> {
    const FORM: &str = "write it as 30s, 500ms, 2m or 1h";
    let (number, unit) = split_unit(text);
    let milliseconds = match unit {
        "ms" => 1,
        "" | "s" => 1000,
        "m" | "min" => 60_000,
        "h" => 3_600_000,
        _ => return Err(FORM),
    };
    let milliseconds = number.and_then(|number| number.checked_mul(milliseconds));
    milliseconds.map(Duration::from_millis).ok_or(FORM)
}

fn split_unit(text: &str) -> (Option<u64>, &str) {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    (text[..digits].parse().ok(), text[digits..].trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_kibibytes() {
        assert_eq!(kibibytes("65536"), Ok(65_536));
        assert_eq!(kibibytes("64MiB"), Ok(65_536));
        assert_eq!(kibibytes("64 MiB"), Ok(65_536));
        assert_eq!(kibibytes("2GiB"), Ok(2 << 20));
        for bad in
            ["", "MiB", "64MB", "64 M", "-1", "99999999999999999999", "18446744073709551615GiB"]
        {
            assert!(kibibytes(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn times_have_units() {
        assert_eq!(duration("30"), Ok(Duration::from_secs(30)));
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("2m"), Ok(Duration::from_secs(120)));
        assert_eq!(duration("1h"), Ok(Duration::from_secs(3600)));
        for bad in ["", "s", "3 weeks", "-1s", "1.5s"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }
}
