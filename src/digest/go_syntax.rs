//! Numbers and lists in the fields of digests, read as leniently as Go reads them.

use super::error::{Field, ParseError, Problem};

/// Returns the `NAME=VALUE` pairs of a list of parameters.
pub(super) fn pairs(list: &str) -> Result<Vec<(&str, &str)>, ParseError> {
    let pairs: Option<Vec<_>> = list.split(',').map(|pair| pair.split_once('=')).collect();
    let (field, problem) = (Field::Parameters, Problem::NoEqualsSign);
    pairs.ok_or(ParseError::Field { field, problem })
}

/// Reads a number as Go's `strconv.ParseUint` does: digits only, leading zeros allowed.
pub(super) fn unsigned(field: Field, text: &str, max: u32) -> Result<u32, ParseError> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(ParseError::Field { field, problem: Problem::NotANumber });
    }
    match text.parse() {
        Ok(number) if number <= max => Ok(number),
        _ => Err(out_of_range(field, 0, max.into())),
    }
}

/// Reads a number as Go's `strconv.Atoi` does: signs and leading zeros are allowed.
pub(super) fn signed(field: Field, text: &str) -> Result<i64, ParseError> {
    use std::num::IntErrorKind::{Empty, NegOverflow, PosOverflow};
    text.parse::<i64>().map_err(|error| match error.kind() {
        Empty => ParseError::Field { field, problem: Problem::Empty },
        PosOverflow | NegOverflow => out_of_range(field, 0, u64::MAX >> 1),
        _ => ParseError::Field { field, problem: Problem::NotANumber },
    })
}

/// Returns the error for a number outside its bounds.
pub(super) fn out_of_range(field: Field, min: u64, max: u64) -> ParseError {
    ParseError::Field { field, problem: Problem::OutOfRange { min, max } }
}

/// Returns the error for an empty field.
pub(super) fn empty(field: Field) -> ParseError {
    ParseError::Field { field, problem: Problem::Empty }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_go_reads_them() {
        assert_eq!(unsigned(Field::Memory, "007", 9), Ok(7));
        for bad in ["", "+7", "-7", "7.0", "10"] {
            assert!(unsigned(Field::Memory, bad, 9).is_err(), "{bad}");
        }
        assert_eq!(signed(Field::Cost, "+007"), Ok(7));
        assert_eq!(signed(Field::Cost, "-7"), Ok(-7));
        for bad in ["", "0x7", "7.0", "99999999999999999999"] {
            assert!(signed(Field::Cost, bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn parameters_are_pairs() {
        assert_eq!(pairs("a=1,b==2"), Ok(vec![("a", "1"), ("b", "=2")]));
        assert!(pairs("").is_err() && pairs("a=1,").is_err());
    }
}
