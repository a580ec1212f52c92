//! Settings in steps: in each step one of several alternatives is needed.

use super::application::Settings;
use super::resolve::ResolvedApplication;

/// Settings that do the same; one of them is needed.
#[derive(Debug)]
#[non_exhaustive]
pub struct Step<'a> {
    /// The alternatives, in the order of the application's file.
    pub alternatives: Vec<&'a Settings>,
}

impl ResolvedApplication {
    /// Returns the steps of the settings.
    #[must_use]
    pub fn steps(&self) -> Vec<Step<'_>> {
        let mut steps: Vec<Step<'_>> = Vec::new();
        for settings in &self.settings {
            match steps.last_mut() {
                Some(step) if settings.alternative => step.alternatives.push(settings),
                _ => steps.push(Step { alternatives: vec![settings] }),
            }
        }
        steps
    }
}
