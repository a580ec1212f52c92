//! A cause that was found, and what shows it.

use oidc_secret::audit::{Located, Place};
use oidc_secret::log::Group;
use oidc_secret::{Code, Finding, Severity};

/// The strength of what shows a cause, the strongest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Evidence {
    /// Authelia does not have the client, so that nothing else counts.
    NoClient,
    /// The secret matches once the change is undone.
    Proof,
    /// The running provider's answer gives the cause.
    Live,
    /// Authelia's log gives the cause.
    Log,
    /// The secret, the digest or the configuration shows it.
    Text,
}

/// A cause that was found.
pub(super) struct Cause {
    pub(super) evidence: Evidence,
    pub(super) finding: Finding,
    /// The place in the configuration to change.
    pub(super) place: Option<Place>,
    /// The refused requests in the log.
    pub(super) group: Option<Group>,
}

impl Cause {
    pub(super) fn new(evidence: Evidence, finding: Finding) -> Self {
        Self { evidence, finding, place: None, group: None }
    }

    /// Whether it is only that the running provider gave no answer about the client.
    pub(super) fn is_unanswered(&self) -> bool {
        let is_code = matches!(self.finding.code, Code::LiveUnclear | Code::RateLimit);
        self.evidence == Evidence::Live && is_code
    }

    /// Returns the rank among the causes: the likeliest has the lowest. A fault of the client's entry is
    /// likelier than one of the provider, which would not start with it.
    pub(super) fn rank(&self) -> (Evidence, Severity, bool) {
        let is_general = self.place.as_ref().is_some_and(|place| place.client.is_empty());
        // A mismatch that nothing explains is a note, but the mismatch itself is certain.
        let severity = match self.finding.code {
            Code::NothingMatches | Code::UnusualLength => Severity::Error,
            code => code.severity(),
        };
        (self.evidence, severity, is_general)
    }
}

impl From<Located> for Cause {
    fn from(Located { finding, place, .. }: Located) -> Self {
        Self { place: Some(place), ..Self::new(Evidence::Text, finding) }
    }
}
