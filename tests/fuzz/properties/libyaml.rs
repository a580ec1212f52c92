use libyaml_safer::{Event, EventData, Parser};

/// A part of a YAML text without its style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    Document,
    Alias,
    Scalar(String),
    List,
    Mapping,
    End,
}

/// Whether this port of libyaml panics on a text instead of an error: if the last line has no end, or for a tag
/// before a comma.
pub(super) fn panics_on(text: &str) -> bool {
    let has_tag = |word: &str| word.split_once('!').is_some_and(|(_, rest)| rest.contains(','));
    !text.ends_with(['\n', '\r']) || text.split_whitespace().any(has_tag)
}

/// Returns the parts of a text as libyaml reads it, to which Authelia's parser is the closest relative;
/// `None` if it refuses the text, or if this port of it panics.
pub(super) fn parts(text: &str) -> Option<Vec<Part>> {
    if panics_on(text) {
        return None;
    }
    let mut bytes = text.as_bytes();
    let mut parser = Parser::new();
    parser.set_input_string(&mut bytes);
    let mut parts = Vec::new();
    loop {
        let Event { data, .. } = parser.parse().ok()?;
        parts.push(match data {
            EventData::StreamEnd => return Some(parts),
            EventData::DocumentStart { .. } => Part::Document,
            EventData::Alias { .. } => Part::Alias,
            EventData::Scalar { value, .. } => Part::Scalar(value),
            EventData::SequenceStart { .. } => Part::List,
            EventData::MappingStart { .. } => Part::Mapping,
            EventData::SequenceEnd | EventData::MappingEnd | EventData::DocumentEnd { .. } => {
                Part::End
            }
            EventData::StreamStart { .. } => continue,
        });
    }
}

/// Returns the scalars of a text as libyaml reads it.
pub(super) fn scalars(text: &str) -> Option<Vec<String>> {
    let scalar = |part| match part {
        Part::Scalar(text) => Some(text),
        _ => None,
    };
    Some(parts(text)?.into_iter().filter_map(scalar).collect())
}
