//! What would be changed in a file, as a unified diff.

use std::fmt::Write as _;
use std::path::Path;

use similar::TextDiff;

use super::output::colours;

/// The differences of two texts, with three lines around each.
pub(crate) fn unified(path: &Path, old: &str, new: &str) -> String {
    let name = path.display().to_string();
    let diff = TextDiff::from_lines(old, new);
    let text = diff.unified_diff().context_radius(3).header(&name, &name).to_string();
    if colours() { coloured(&text) } else { text }
}

fn coloured(text: &str) -> String {
    let mut coloured = String::new();
    for (number, line) in text.lines().enumerate() {
        let colour = match line.chars().next() {
            // The names of the files.
            _ if number < 2 => "1",
            Some('+') => "32",
            Some('-') => "31",
            Some('@') => "36",
            _ => "0",
        };
        // Writing to a string cannot fail.
        let _ = writeln!(coloured, "\x1b[{colour}m{line}\x1b[0m");
    }
    coloured
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_differ_stand_among_those_around_them() {
        let old = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
        let new = old.replace('5', "five");
        let expected = "--- f.yml\n+++ f.yml\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n";
        assert_eq!(unified(Path::new("f.yml"), old, &new), expected);
    }
}
