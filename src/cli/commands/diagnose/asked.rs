//! What the running provider answers.

use oidc_secret::authelia::Value;
use oidc_secret::live::{Client, Report, RequestStatus, SecretStatus};
use oidc_secret::{Code, Verdict, estimate};

use super::args::DiagnoseArgs;
use super::cause::{Cause, Evidence};
use super::inputs::Inputs;
use crate::cli::failure::Failure;
use crate::cli::live;
use crate::cli::terminal::output::warn;

/// The provider's answers; the default if it was not asked.
#[derive(Default)]
pub(super) struct Asked {
    pub(super) has_provider: bool,
    secret: SecretStatus,
    request: RequestStatus,
    is_grant_refused: bool,
    /// The reason why there is no answer.
    failure: Option<Failure>,
    pub(super) causes: Vec<Cause>,
}

impl Asked {
    /// Asks the provider that the flags name. If it does not answer, the other causes are still reported.
    pub(super) fn ask(
        args: &DiagnoseArgs,
        inputs: &Inputs,
        verdict: Option<Verdict>,
    ) -> Result<Self, Failure> {
        if args.live.live.is_none() {
            return Ok(Self::default());
        }
        let Some(id) = inputs.client.as_deref() else {
            return Err(Failure::new("--live needs the client's id").hint("add --client ID"));
        };
        let entry = inputs.entry();
        let scopes = scopes(inputs);
        let client = Client {
            id,
            secret: inputs.secret.as_ref(),
            method: entry.map(|entry| &*entry.auth_method),
            is_public: entry.is_some_and(|entry| entry.public),
            matches: verdict.map(|verdict| verdict == Verdict::Match),
            cost: inputs.secret.as_ref().zip(inputs.digest.as_ref()).and_then(
                |(secret, digest)| {
                    Some(estimate(&digest.text.parse().ok()?, secret.expose().len()))
                },
            ),
            scopes: &scopes,
            ..Client::default()
        };
        let report = match live::ask(&args.live, &client) {
            Ok(report) => report.unwrap_or_default(),
            Err(failure) => {
                return Ok(Self { has_provider: true, failure: Some(failure), ..Self::default() });
            }
        };
        Ok(report.into())
    }

    /// Whether the provider gave no answer about the client.
    pub(super) fn is_unanswered(&self, causes: &[Cause]) -> bool {
        self.failure.is_some() || causes.iter().any(Cause::is_unanswered)
    }

    /// Takes the reason why nothing can be said.
    pub(super) fn failure(&mut self, causes: &[Cause]) -> Option<Failure> {
        self.failure.take().or_else(|| {
            let is_unclear = causes.iter().any(Cause::is_unanswered);
            is_unclear.then(|| Failure::new(Code::LiveUnclear.meaning()))
        })
    }

    /// Warns that the provider did not answer, for a report of what else is wrong.
    pub(super) fn warn(&self) {
        if let Some(failure) = &self.failure {
            warn(&failure.to_string());
        }
    }

    /// Whether the provider said nothing about the redirect URI.
    pub(super) fn has_no_request(&self) -> bool {
        self.request == RequestStatus::Unknown
    }

    /// Whether the provider accepts the client.
    pub(super) fn is_accepted(&self) -> bool {
        matches!(self.secret, SecretStatus::Accepted | SecretStatus::Public)
    }

    /// Returns the answers in JSON.
    pub(super) fn json(&self) -> serde_json::Value {
        let secret = match self.secret {
            SecretStatus::Accepted => Some("accepted"),
            SecretStatus::Public => Some("public"),
            SecretStatus::Rejected => Some("rejected"),
            _ => None,
        };
        let request = match self.request {
            RequestStatus::Accepted => Some("accepted"),
            RequestStatus::Refused => Some("refused"),
            _ => None,
        };
        let grant = self.is_grant_refused.then_some("refused");
        serde_json::json!({"secret": secret, "request": request, "grant": grant})
    }

    /// Returns a line for each answer that needs no change.
    pub(super) fn lines(&self) -> String {
        let secret = match self.secret {
            SecretStatus::Accepted => "the provider accepts the secret\n",
            SecretStatus::Public => "the provider accepts the public client\n",
            _ => "",
        };
        let request = match self.request {
            RequestStatus::Accepted => {
                "the provider accepts the redirect URI, the scopes and PKCE\n"
            }
            _ => "",
        };
        let grant = if self.is_grant_refused {
            "the provider does not allow the client the grant authorization_code\n"
        } else {
            ""
        };
        format!("{secret}{grant}{request}")
    }
}

impl From<Report> for Asked {
    fn from(report: Report) -> Self {
        let cause = |finding| Cause::new(Evidence::Live, finding);
        Self {
            has_provider: true,
            failure: None,
            secret: report.secret,
            request: report.request,
            is_grant_refused: report.is_grant_refused,
            causes: report.findings.into_iter().map(cause).collect(),
        }
    }
}

/// Returns the scopes that the application requests, as far as the catalogue has it.
fn scopes(inputs: &Inputs) -> Vec<&str> {
    let client = inputs.application.as_ref().and_then(|application| application.clients.first());
    match client.and_then(|client| client.entry.get("scopes")) {
        Some(Value::List(scopes)) => scopes.iter().map(String::as_str).collect(),
        _ => Vec::new(),
    }
}
