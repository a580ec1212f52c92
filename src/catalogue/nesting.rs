//! Inputs whose defaults have other inputs.

use std::collections::{BTreeMap, BTreeSet};

use super::application::{Application, Input};

/// Maximum number of inputs, each in the default of the one before it. Each is a call on the stack.
pub(super) const MAX_DEPTH: usize = 16;

/// The inputs whose defaults have inputs, each with the names of those.
type Nested<'a> = BTreeMap<&'a str, Vec<&'a str>>;

/// Returns the problem of an input that has itself in its default, or is nested too deeply.
pub(super) fn problem(application: &Application) -> Option<String> {
    let nested = application.inputs.iter().map(|(name, input)| (&**name, nested(input)));
    let mut rest: Nested<'_> = nested.filter(|(_, names)| !names.is_empty()).collect();
    for _ in 1..MAX_DEPTH {
        let innermost: Vec<_> = rest
            .iter()
            .filter(|(_, names)| !names.iter().any(|name| rest.contains_key(name)))
            .map(|(name, _)| *name)
            .collect();
        if innermost.is_empty() {
            break;
        }
        rest.retain(|name, _| innermost.binary_search(name).is_err());
    }
    let first = *rest.keys().next()?;
    Some(match cycle(&rest, first) {
        Some(name) => format!("the default of the input `{name}` leads back to this input"),
        None => format!("the default of the input `{first}` has more than {MAX_DEPTH} levels"),
    })
}

/// Returns the names of the inputs in an input's default.
fn nested(input: &Input) -> Vec<&str> {
    let parts = input.default.as_deref().unwrap_or_default().split('{').skip(1);
    parts.filter_map(|part| part.split_once('}')?.0.strip_prefix("input:")).collect()
}

/// Returns an input that leads back to itself, if there is one on the way from this input.
fn cycle<'a>(rest: &Nested<'a>, start: &'a str) -> Option<&'a str> {
    let next = |name: &str| rest.get(name)?.iter().copied().find(|name| rest.contains_key(name));
    let mut seen = BTreeSet::new();
    let mut name = start;
    while seen.insert(name) {
        name = next(name)?;
    }
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Parses an application whose inputs have these defaults.
    fn problem_of(defaults: &[(String, String)]) -> Option<String> {
        let inputs = defaults.iter().map(|(name, default)| {
            format!("[inputs.{name}]\nabout = 'A'\ndefault = '{default}'\n")
        });
        let toml = format!("name = 'X'\nclients = []\n{}", inputs.collect::<String>());
        Application::parse("x", &toml).err().map(|error| error.to_string())
    }

    #[test]
    fn a_cycle_is_named_by_an_input_in_it() {
        for (defaults, name) in [
            (&[("a", "{input:a}")][..], Some("`a`")),
            (&[("a", "{input:b}"), ("b", "x{input:c}"), ("c", "{{input:b}")], Some("`b`")),
            (&[("a", "{input:z}{input:b}"), ("b", "{input:b}"), ("z", "")], Some("`b`")),
            (&[("a", "{input:b}{input:c}"), ("b", "{input:c}"), ("c", "{input:d}")], None),
        ] {
            let defaults = defaults.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned()));
            let problem = problem_of(&defaults.collect::<Vec<_>>());
            let expected = name.map(|name| format!("the input {name} leads back"));
            let has = |expected: &String| problem.as_ref().is_some_and(|p| p.contains(expected));
            assert!(expected.as_ref().map_or(problem.is_none(), has), "{problem:?}, not {name:?}");
        }
    }

    #[test]
    fn a_chain_has_a_maximum_length() {
        let chain = |length: usize| {
            let link = |n| (format!("a{n}"), format!("{{input:a{}}}{{input:a{}}}", n + 1, n + 1));
            let mut chain: Vec<_> = (1..length).map(link).collect();
            chain.push((format!("a{length}"), String::new()));
            problem_of(&chain)
        };
        assert_eq!(chain(MAX_DEPTH), None);
        for length in [MAX_DEPTH + 1, 10_000] {
            let problem = chain(length).unwrap();
            assert!(problem.contains("`a1` has more than 16 levels"), "{problem}");
        }
    }
}
