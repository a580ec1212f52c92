//! The lines of an expanded text, each with the line of the original that it comes from.

use zeroize::Zeroizing;

/// A text that replaces another, and the original line of each of its lines. A line ends as in
/// YAML: with LF, CR or both.
#[derive(Default)]
pub(super) struct Expanded {
    pub(super) text: Zeroizing<String>,
    pub(super) lines: Lines,
}

/// The original line of each line, counted from 1; empty if they are the same.
#[derive(Debug, Clone, Default)]
pub(super) struct Lines(Vec<u32>);

impl Lines {
    /// Returns the original line of a line, both counted from 1.
    pub(super) fn original(&self, line: u64) -> u64 {
        let index = usize::try_from(line).unwrap_or(usize::MAX).saturating_sub(1);
        match self.0.get(index).or(self.0.last()) {
            Some(original) if line > 0 => u64::from(*original),
            _ => line,
        }
    }
}

/// Writes a text that replaces another.
pub(super) struct Writer<'o> {
    expanded: Expanded,
    /// The lines of the text that is replaced.
    old: &'o Lines,
    /// The line in the text that is replaced, counted from 1.
    line: u64,
    /// Whether the last character was CR, in the text that is written and in the replaced one.
    after_cr: (bool, bool),
}

impl<'o> Writer<'o> {
    pub(super) fn new(capacity: usize, old: &'o Lines) -> Self {
        let text = Zeroizing::new(String::with_capacity(capacity));
        let first = u32::try_from(old.original(1)).unwrap_or(u32::MAX);
        let expanded = Expanded { text, lines: Lines(vec![first]) };
        Self { expanded, old, line: 1, after_cr: (false, false) }
    }

    /// The original line of the next part, counted from 1.
    pub(super) fn line(&self) -> u64 {
        self.old.original(self.line)
    }

    /// The number of lines that are written.
    pub(super) fn written_lines(&self) -> usize {
        self.expanded.lines.0.len()
    }

    /// Copies a part of the replaced text.
    pub(super) fn copy(&mut self, part: &str) {
        let mut written = 0;
        for (at, byte) in part.bytes().enumerate() {
            if is_break(byte) {
                self.push(&part[written..at]);
                written = at + 1;
                self.skip(&part[at..written]);
                self.push(&part[at..written]);
            }
        }
        self.push(&part[written..]);
        self.after_cr.1 &= part.is_empty() || part.ends_with('\r');
    }

    /// Leaves out a part of the replaced text.
    pub(super) fn skip(&mut self, part: &str) {
        for byte in part.bytes() {
            let is_second = byte == b'\n' && self.after_cr.1;
            self.line += u64::from(is_break(byte) && !is_second);
            self.after_cr.1 = byte == b'\r';
        }
    }

    /// Writes a text that is not in the replaced one.
    pub(super) fn push(&mut self, text: &str) {
        let line = u32::try_from(self.line()).unwrap_or(u32::MAX);
        let lines = &mut self.expanded.lines.0;
        for byte in text.bytes() {
            if byte == b'\n' && self.after_cr.0 {
                // The second half of a line end; only now is it known which line begins.
                lines.pop();
                lines.push(line);
            } else if is_break(byte) {
                lines.push(line);
            }
            self.after_cr.0 = byte == b'\r';
        }
        self.expanded.text.push_str(text);
    }

    pub(super) fn finish(self) -> Expanded {
        self.expanded
    }
}

fn is_break(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_keep_their_numbers() {
        let same = Lines::default();
        let mut writer = Writer::new(0, &same);
        writer.copy("1\r\n2\n3 ");
        writer.skip("\n  ");
        assert_eq!(writer.line(), 4);
        writer.push("x\ny\rz");
        writer.copy("\n5\r6");
        let first = writer.finish();
        assert_eq!(*first.text, "1\r\n2\n3 x\ny\rz\n5\r6");
        let originals: Vec<_> = (0..9).map(|line| first.lines.original(line)).collect();
        assert_eq!(originals, [0, 1, 2, 3, 4, 4, 5, 6, 6]);
        let mut writer = Writer::new(0, &first.lines);
        writer.skip("1\r\n2\n");
        writer.copy("3 x\ny");
        assert_eq!(writer.finish().lines.0, [1, 4]);
    }
}
