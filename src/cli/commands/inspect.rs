//! `inspect`: shows a digest's parameters, compatibility, cost and problems.

use std::fmt::Write as _;
use std::process::ExitCode;

use oidc_secret::provider::{Dialect, Support};
use oidc_secret::{Finding, Inspection, inspect};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::cli::args::digest_source::{DigestSource, SourcedDigest};
use crate::cli::args::values::Format;
use crate::cli::failure::Failure;
use crate::cli::json;
use crate::cli::machine::memory_limit;
use crate::cli::terminal::output::{self, Stdout};

/// Show a digest's parameters, compatibility, cost and problems
#[derive(clap::Args)]
#[command(after_long_help = "\
No secret is needed. Digests are accepted in every format that `oidc-secret convert` accepts. \
The exit code is 0 for every digest that can be read, whatever the findings.

With --format json the output is {\"version\": 1, \"format\", \"dialect\", \"algorithm\", \
\"parameters\": {...}, \"salt_bytes\", \"key_bytes\", \"memory_bytes\", \"canonical\": BOOL, \
\"estimated_ms\", \"readers\": [{\"provider\", \"reads\": \"yes\"|\"rewritten\"|\"no\", \
\"reason\"}], \"findings\": [{\"code\", \"severity\": \"error\"|\"warning\"|\"note\", \
\"message\", \"fix\"}]}. oidc-secret-findings(7), printed by `oidc-secret man findings`, lists \
the codes.

Examples:
  oidc-secret inspect '$pbkdf2-sha512$310000$...'
  oidc-secret inspect --config configuration.yml --client kasm
  oidc-secret inspect --format json --digest-file digest.txt")]
pub(crate) struct InspectArgs {
    #[command(flatten)]
    source: DigestSource,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

pub(crate) fn run(args: &InspectArgs) -> Result<ExitCode, Failure> {
    let SourcedDigest { text, place } = args.source.read()?;
    let mut inspection =
        inspect(&text).map_err(|error| args.source.malformed(&error.into()).at(&place))?;
    let available = memory_limit() << 10;
    if inspection.memory > available {
        inspection.findings.push(Finding::over_memory(inspection.memory, available));
        inspection.findings.sort_by_key(|finding| finding.code);
    }
    let bytes = match args.format {
        Format::Text => for_people(&inspection).into_bytes(),
        Format::Json => json::line(&Output::from(&inspection))?,
    };
    Stdout::for_result()?.write(&bytes)?;
    Ok(ExitCode::SUCCESS)
}

/// An inspection in JSON.
#[derive(Serialize)]
struct Output {
    version: u32,
    format: &'static str,
    dialect: &'static str,
    algorithm: &'static str,
    parameters: Map<String, Value>,
    salt_bytes: usize,
    key_bytes: usize,
    memory_bytes: u64,
    canonical: bool,
    estimated_ms: f64,
    readers: Vec<Reader>,
    findings: Vec<json::Finding>,
}

#[derive(Serialize)]
struct Reader {
    provider: &'static str,
    reads: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl From<&Inspection> for Output {
    fn from(inspection: &Inspection) -> Self {
        let readers = inspection.readers.iter().map(|(provider, reading)| Reader {
            provider: provider.name(),
            reads: match reading {
                Support::Yes => "yes",
                Support::Rewritten => "rewritten",
                Support::No(_) => "no",
            },
            reason: match reading {
                Support::No(refusal) => Some(refusal.to_string()),
                _ => None,
            },
        });
        Self {
            version: 1,
            format: inspection.format.name,
            dialect: inspection.dialect.name(),
            algorithm: inspection.digest.algorithm().name(),
            parameters: json::parameters(&inspection.parameters),
            salt_bytes: inspection.salt_length,
            key_bytes: inspection.key_length,
            memory_bytes: inspection.memory,
            canonical: inspection.is_canonical,
            estimated_ms: (inspection.estimate.as_secs_f64() * 1e5).round() / 100.0,
            readers: readers.collect(),
            findings: inspection.findings.iter().map(json::Finding::from).collect(),
        }
    }
}

/// Formats labels and values, then the systems that accept the digest, then the findings.
fn for_people(inspection: &Inspection) -> String {
    let format = inspection.format;
    let mut rows = vec![
        (
            "algorithm".to_owned(),
            format!("{} ({})", inspection.digest.algorithm(), format.specification),
        ),
        ("written".to_owned(), written(inspection)),
    ];
    rows.extend(inspection.parameters.iter().map(|parameter| {
        let label = parameter.name.trim_end_matches("_kib").replace('_', " ");
        (label, parameter.value.to_string())
    }));
    rows.push(("salt".to_owned(), bytes(inspection.salt_length)));
    rows.push(("key".to_owned(), bytes(inspection.key_length)));
    rows.push((
        "time here".to_owned(),
        format!("{} to verify", time(inspection.estimate.as_secs_f64())),
    ));
    rows.push(("read by".to_owned(), String::new()));
    rows.extend(inspection.readers.iter().map(|(provider, reading)| {
        let answer = match reading {
            Support::Yes => "yes".to_owned(),
            Support::Rewritten => format!("after `oidc-secret convert --for {}`", provider.name()),
            Support::No(refusal) => format!("no: {refusal}"),
        };
        (format!("  {}", provider.name()), answer)
    }));
    let mut text = String::new();
    // Writing to a string cannot fail.
    for (label, value) in rows {
        let _ = writeln!(text, "{}", format!("{label:<14}{value}").trim_end());
    }
    text.push_str(&output::findings(&inspection.findings));
    text
}

fn written(inspection: &Inspection) -> String {
    let canonical = if inspection.is_canonical { "canonical" } else { "not canonical" };
    match (inspection.dialect, inspection.dialect.description()) {
        (Dialect::Foreign(software), _) => format!("in the form of {}", software.title),
        (Dialect::Base64, description) => description.to_owned(),
        (_, "") => canonical.to_owned(),
        (_, description) => format!("{description}, {canonical}"),
    }
}

fn bytes(count: usize) -> String {
    match count {
        0 => "none".to_owned(),
        1 => "1 byte".to_owned(),
        count => format!("{count} bytes"),
    }
}

/// Formats a time in a suitable unit.
fn time(seconds: f64) -> String {
    const YEAR: f64 = 365.25 * 86_400.0;
    match seconds {
        0.0..0.001 => "less than 1 ms".to_owned(),
        0.001..10.0 => format!("{:.0} ms", seconds * 1e3),
        10.0..7200.0 => format!("{seconds:.0} s"),
        7200.0..YEAR => format!("{:.0} hours", seconds / 3600.0),
        _ => format!("{:.0} years", seconds / YEAR),
    }
}
