//! Stream of lines that hold secrets, in a buffer of constant size that is wiped.

use std::io::{self, Read};

use zeroize::Zeroizing;

use crate::cli::batch::batch_size;

/// Size limit of a line, in bytes.
pub(crate) const MAX_LINE: usize = 1 << 20;

/// Lines of a stream.
pub(crate) struct Lines<R> {
    reader: R,
    buffer: Zeroizing<Vec<u8>>,
    /// Range of the buffer that was read and not yet returned.
    start: usize,
    end: usize,
    at_end: bool,
    number: u64,
}

/// A line without its line end.
pub(crate) struct Line<'a> {
    pub(crate) number: u64,
    /// `None` for a line longer than [`MAX_LINE`], which is skipped.
    pub(crate) text: Option<&'a [u8]>,
}

impl<R: Read> Lines<R> {
    pub(crate) fn new(reader: R) -> Self {
        let buffer = Zeroizing::new(vec![0; MAX_LINE]);
        Self { reader, buffer, start: 0, end: 0, at_end: false, number: 0 }
    }

    /// Reads at least one line, unless the stream is at its end, and as many more as are available
    /// without waiting, up to [`batch_size`].
    pub(crate) fn window<T>(&mut self, mut read: impl FnMut(&Line<'_>) -> T) -> io::Result<Vec<T>> {
        let mut lines = Vec::new();
        while lines.len() < batch_size() && (lines.is_empty() || self.has_line()) {
            match self.next()? {
                Some(line) => lines.push(read(&line)),
                None => break,
            }
        }
        Ok(lines)
    }

    fn has_line(&self) -> bool {
        self.buffer[self.start..self.end].contains(&b'\n')
    }

    fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        let mut too_long = false;
        let (start, mut end) = loop {
            let unread = &self.buffer[self.start..self.end];
            if let Some(length) = unread.iter().position(|&byte| byte == b'\n') {
                let start = self.start;
                self.start += length + 1;
                break (start, start + length);
            }
            if self.at_end {
                if unread.is_empty() && !too_long {
                    return Ok(None);
                }
                let start = self.start;
                self.start = self.end;
                break (start, self.end);
            }
            if unread.len() == self.buffer.len() {
                too_long = true;
                self.start = self.end;
            }
            self.read_more()?;
        };
        self.number += 1;
        if end > start && self.buffer[end - 1] == b'\r' {
            end -= 1;
        }
        let text = (!too_long).then_some(&self.buffer[start..end]);
        Ok(Some(Line { number: self.number, text }))
    }

    fn read_more(&mut self) -> io::Result<()> {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        loop {
            match self.reader.read(&mut self.buffer[self.end..]) {
                Ok(0) => self.at_end = true,
                Ok(count) => self.end += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            }
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns one byte at a time.
    struct Dribble<'a>(&'a [u8]);

    impl Read for Dribble<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.0.len().min(1);
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    fn read(reader: impl Read) -> Vec<(u64, Option<Vec<u8>>)> {
        let mut lines = Lines::new(reader);
        let mut all = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            all.push((line.number, line.text.map(<[u8]>::to_vec)));
        }
        all
    }

    #[test]
    fn line_ends_are_dropped_wherever_the_reads_fall() {
        let text = b"one\r\n\ntwo\nthree";
        let expected: Vec<_> = [&b"one"[..], b"", b"two", b"three"]
            .into_iter()
            .zip(1..)
            .map(|(line, number)| (number, Some(line.to_vec())))
            .collect();
        assert_eq!(read(&text[..]), expected);
        assert_eq!(read(Dribble(text)), expected);
        assert_eq!(read(&b""[..]), []);
        assert_eq!(read(&b"\n"[..]), [(1, Some(Vec::new()))]);
    }

    #[test]
    fn a_line_that_is_too_long_is_passed_over_whole() {
        let mut text = vec![b'x'; MAX_LINE * 2 + 17];
        text.extend(b"\nnext\n");
        assert_eq!(read(&text[..]), [(1, None), (2, Some(b"next".to_vec()))]);
        assert_eq!(read(&text[..MAX_LINE]), [(1, None)]);
        assert_eq!(read(&text[..MAX_LINE - 1]), [(1, Some(vec![b'x'; MAX_LINE - 1]))]);
    }
}
