//! `diagnose`: finds out why an application cannot sign its users in.

mod args;
mod asked;
mod candidates;
mod cause;
mod configured;
mod inputs;
mod logged;
mod pair;
mod report;
mod unsaid;

use std::process::ExitCode;

use oidc_secret::{Code, Error, Severity, Verdict};

use crate::cli::failure::Failure;
use crate::cli::verdict::{self, words};
pub(crate) use args::DiagnoseArgs;
use args::Format;
use asked::Asked;
use cause::Cause;
use inputs::Inputs;

pub(crate) fn run(args: &DiagnoseArgs) -> Result<ExitCode, Failure> {
    let mut inputs = Inputs::read(args)?;
    let pair = pair::compare(args, &inputs)?;
    let verdict = pair.verdict.as_ref().and_then(|verdict| verdict.as_ref().ok());
    let mut asked = Asked::ask(args, &inputs, verdict.copied())?;
    let causes = causes(args, &inputs, pair.causes, pair.verdict.as_ref(), &mut asked);
    let is_unchecked =
        args.live.redirect_uri.is_some() && !inputs.has_client() && asked.has_no_request();
    let code = match exit_code(pair.verdict.as_ref(), &inputs, &asked, &causes) {
        0 if is_unchecked => 2,
        code => code,
    };
    let unsaid = (code == 2).then(|| {
        let unanswered = asked.failure(&causes);
        let unanswered = unanswered.or_else(|| is_unchecked.then(unsaid::redirect_uri));
        unanswered.unwrap_or_else(|| unsaid::failure(&mut inputs, pair.verdict.as_ref()))
    });
    asked.warn();
    if args.format == Format::Json {
        let bytes = report::json(
            pair.verdict.as_ref(),
            unsaid.as_ref(),
            &asked,
            &causes,
            inputs.log.as_ref(),
        )?;
        verdict::write(&bytes, code)?;
        return Ok(code.into());
    }
    let text = report::text(pair.verdict.as_ref(), &asked, &causes, inputs.log.as_ref());
    verdict::write(text.as_bytes(), code)?;
    if let Some(failure) = unsaid {
        return Err(failure);
    }
    logged::say_ignored(&inputs, &causes);
    if causes.is_empty() {
        unsaid::say_unused(&inputs);
    }
    Ok(code.into())
}

/// Gathers the causes, the likeliest first.
fn causes(
    args: &DiagnoseArgs,
    inputs: &Inputs,
    mut causes: Vec<Cause>,
    verdict: Option<&Result<Verdict, Error>>,
    asked: &mut Asked,
) -> Vec<Cause> {
    let is_match = verdict == Some(&Ok(Verdict::Match));
    causes.append(&mut asked.causes);
    causes.extend(logged::causes(inputs, is_match));
    causes.extend(configured::causes(inputs, &causes));
    causes.extend(configured::redirect_uri(inputs, args.live.redirect_uri.as_deref()));
    if is_match {
        causes.extend(configured::encoding(inputs));
    }
    // The length is a guess, which counts only if there is nothing better.
    let is_guess = |cause: &Cause| cause.finding.code == Code::UnusualLength;
    let is_better = |cause: &Cause| !is_guess(cause) && cause.finding.code != Code::NothingMatches;
    if is_match || asked.is_accepted() || causes.iter().any(is_better) {
        causes.retain(|cause| !is_guess(cause));
    }
    causes.sort_by_key(Cause::rank);
    causes
}

/// Returns the exit code: 0 if nothing is wrong, 1 if something is, 2 if it cannot be said.
fn exit_code(
    verdict: Option<&Result<Verdict, Error>>,
    inputs: &Inputs,
    asked: &Asked,
    causes: &[Cause],
) -> u8 {
    // A digest that costs too much is not compared, which says nothing about the secret.
    let is_wrong = |cause: &Cause| {
        cause.finding.code != Code::OverLimits
            && cause.finding.code.severity() != Severity::Note
            && !cause.is_unanswered()
    };
    match verdict {
        _ if causes.iter().any(is_wrong) => 1,
        Some(Ok(Verdict::Match)) | None if asked.is_unanswered(causes) => 2,
        None if asked.is_accepted() || (inputs.is_public() && inputs.secret.is_none()) => 0,
        Some(Ok(verdict)) => words(*verdict).1,
        Some(Err(_)) | None => 2,
    }
}
