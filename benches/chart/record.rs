//! The tables of a record, in the form that the benchmarks print.
//!
//! A record may have other text and tables, which are ignored: a table counts if its times are per digest and
//! it has rows of ours and of others. The names of rows say the rest: `avx2, 16 on 2 core(s)` is a batch, and
//! `ours, one` is a single digest, as is a name without a number.

/// The names of our rows: the kernels of PBKDF2, and all other formats.
const OURS: [&str; 5] = ["ours", "portable", "avx2", "avx512", "neon"];

pub struct Record {
    /// CPU and date.
    pub measured: String,
    pub formats: Vec<Format>,
}

pub struct Format {
    pub name: String,
    pub cost: String,
    pub one: Option<Comparison>,
    pub many: Option<Comparison>,
}

/// The fastest of our rows and the fastest of the others, in milliseconds per digest.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    pub peer: String,
    pub theirs: f64,
    pub ours: f64,
}

impl Comparison {
    /// Returns our time, where the peer's is 1.
    pub fn relative(&self) -> f64 {
        self.ours / self.theirs
    }

    fn new(ours: Option<(&Row, f64)>, theirs: Option<(&Row, f64)>) -> Option<Self> {
        let ((_, ours), (peer, theirs)) = (ours?, theirs?);
        Some(Self { peer: peer.name.to_owned(), theirs, ours })
    }
}

struct Row<'a> {
    name: &'a str,
    is_batch: bool,
    cores: f64,
    milliseconds: f64,
}

impl Record {
    /// Parses a record. Of several tables for one format, the first with a row counts.
    pub fn parse(text: &str) -> Result<Self, String> {
        let heading = text.lines().find_map(|line| line.strip_prefix("# ")).unwrap_or_default();
        let measured = heading.rsplit_once(": ").map_or(heading, |(_, measured)| measured);
        let mut formats: Vec<Format> = Vec::new();
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            let [title, "ms per digest", ..] = cells(line)[..] else { continue };
            let rows = lines.by_ref().skip(1).take_while(|line| line.starts_with('|'));
            let format = Format::parse(title, &rows.collect::<Vec<_>>())?;
            match formats.iter_mut().find(|known| known.name == format.name) {
                Some(known) => known.add(format),
                None => formats.push(format),
            }
        }
        formats.retain(|format| format.one.is_some() || format.many.is_some());
        match formats.is_empty() {
            true => Err("no table compares our digests with others".to_owned()),
            false => Ok(Self { measured: measured.to_owned(), formats }),
        }
    }
}

impl Format {
    fn parse(title: &str, rows: &[&str]) -> Result<Self, String> {
        let title = title.trim_end_matches(": one").trim_end_matches(": many");
        let (name, cost) = title.split_once(", ").unwrap_or((title, ""));
        let default_cores = cores(title).map_or(1.0, |(_, cores)| cores);
        let rows: Result<Vec<_>, _> =
            rows.iter().map(|row| Row::parse(row, default_cores)).collect();
        let (ours, theirs): (Vec<_>, Vec<_>) = rows?.into_iter().partition(Row::is_ours);
        let one = Comparison::new(fastest(&ours, Row::one), fastest(&theirs, Row::one));
        // Most libraries have no batches: many of their digests take the time of one each.
        let batches = fastest(&theirs, Row::many_per_core);
        let peer = batches.or_else(|| fastest(&theirs, Row::one_per_core));
        let many = Comparison::new(fastest(&ours, Row::many_per_core), peer);
        Ok(Self { name: name.to_owned(), cost: cost.to_owned(), one, many })
    }

    fn add(&mut self, other: Self) {
        self.one = self.one.take().or(other.one);
        self.many = self.many.take().or(other.many);
    }
}

impl<'a> Row<'a> {
    fn parse(line: &'a str, default_cores: f64) -> Result<Self, String> {
        let [name, milliseconds, ..] = cells(line)[..] else {
            return Err(format!("a row has no time: {line}"));
        };
        let milliseconds = milliseconds
            .parse()
            .map_err(|_| format!("{milliseconds} is not a time, in: {line}"))?;
        let (name, cores) = cores(name).unwrap_or((name, default_cores));
        let (name, is_batch) = match name.rsplit_once(", ") {
            Some((name, "one")) => (name, false),
            Some((name, count)) if count.parse::<u32>().is_ok() => (name, true),
            _ => (name, false),
        };
        Ok(Self { name, is_batch, cores, milliseconds })
    }

    fn is_ours(&self) -> bool {
        OURS.contains(&self.name.split(", ").next().unwrap_or_default())
    }

    fn one(&self) -> Option<f64> {
        (!self.is_batch).then_some(self.milliseconds)
    }

    fn one_per_core(&self) -> Option<f64> {
        (!self.is_batch).then_some(self.milliseconds * self.cores)
    }

    fn many_per_core(&self) -> Option<f64> {
        self.is_batch.then_some(self.milliseconds * self.cores)
    }
}

fn fastest<'r, 'a>(
    rows: &'r [Row<'a>],
    time: impl Fn(&Row<'a>) -> Option<f64>,
) -> Option<(&'r Row<'a>, f64)> {
    let times = rows.iter().filter_map(|row| Some((row, time(row)?)));
    times.min_by(|(_, one), (_, other)| one.total_cmp(other))
}

fn cells(line: &str) -> Vec<&str> {
    let inner = line.strip_prefix('|').and_then(|line| line.trim_end().strip_suffix('|'));
    inner.map_or_else(Vec::new, |inner| inner.split('|').map(str::trim).collect())
}

/// Splits the number of cores from the end of a text: `16 on 2 core(s)`.
fn cores(text: &str) -> Option<(&str, f64)> {
    let (text, end) = text.rsplit_once(" on ")?;
    let (cores, "core" | "cores" | "core(s)") = end.split_once(' ')? else { return None };
    Some((text.trim_end_matches(','), cores.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn formats(text: &str) -> Vec<Format> {
        Record::parse(text).unwrap().formats
    }

    fn comparison(peer: &str, theirs: f64, ours: f64) -> Option<Comparison> {
        Some(Comparison { peer: peer.to_owned(), theirs, ours })
    }

    #[test]
    fn the_fastest_rows_are_compared_and_batches_count_per_core() {
        let formats = formats(
            "# Speed: a CPU, a date\n\n\
             | KDF, 3 rounds | ms per digest | relative time |\n| --- | --- | --- |\n\
             | slow | 9.0 | 1.1 |\n| fast, 4 threads | 8.0 | 1.0 |\n| portable, one | 7.0 | 0.9 |\n\
             | avx2, one | 6.0 | 0.7 |\n| avx2, 8 on 1 core(s) | 5.0 | 0.6 |\n\
             | avx2, 16 on 2 core(s) | 2.0 | 0.2 |\n",
        );
        assert_eq!((&*formats[0].name, &*formats[0].cost), ("KDF", "3 rounds"));
        assert_eq!(formats[0].one, comparison("fast, 4 threads", 8.0, 6.0));
        assert_eq!(formats[0].many, comparison("fast, 4 threads", 8.0, 4.0));
    }

    #[test]
    fn the_cores_of_the_title_are_those_of_rows_without_any() {
        let formats = formats(
            "| KDF, 3 rounds, on 2 cores | ms per digest |\n| --- | --- |\n\
             | peer | 8.0 |\n| ours | 4.0 |\n| ours, 12 | 2.0 |\n",
        );
        assert_eq!(formats[0].one, comparison("peer", 8.0, 4.0));
        assert_eq!(formats[0].many, comparison("peer", 16.0, 4.0));
    }

    #[test]
    fn tables_of_one_format_are_joined_and_other_tables_ignored() {
        let formats = formats(
            "| what | ms |\n| --- | --- |\n| this | that |\n\n\
             | the same work | ms per digest |\n| --- | --- |\n| equal | 1.0 |\n| mixed | 1.0 |\n\n\
             | KDF, cost 2: one | ms per digest |\n| --- | --- |\n| `peer`, one | 3.0 |\n| ours, one | 2.0 |\n\n\
             | KDF, cost 2: many | ms per digest |\n| --- | --- |\n\
             | `peer`, 8 on 2 cores | 2.0 |\n| ours, avx2, 8 on 2 cores | 1.0 |\n",
        );
        assert_eq!(formats.len(), 1);
        assert_eq!(formats[0].one, comparison("`peer`", 3.0, 2.0));
        assert_eq!(formats[0].many, comparison("`peer`", 4.0, 2.0));
    }

    #[test]
    fn a_record_without_comparisons_and_a_time_that_is_not_a_number_are_errors() {
        let table = |time| format!("| KDF | ms per digest |\n| --- | --- |\n| peer | {time} |\n");
        assert!(Record::parse(&table("1.0")).is_err());
        assert!(Record::parse(&table("fast")).is_err_and(|error| error.contains("fast")));
    }
}
