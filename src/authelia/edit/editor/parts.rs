//! The parts that new clients need outside of their list, merged into a configuration.

use super::super::super::document::Node;
use super::super::super::error::EditError;
use super::super::super::extra_config::{ExtraConfig, Part};
use super::super::super::path::{PATH, Path};
use super::super::super::sections::is_merged;
use super::super::super::template::is_expanded;
use super::super::expected::Expected;
use super::super::merge::Writer;
use super::super::missing::{Comparison, KeptValue, Missing};
use super::{Edited, Editor};
use crate::error::Error;

/// A configuration with the parts that new clients need.
pub struct Merged<'e> {
    /// The changed text.
    pub edited: Edited<'e>,
    /// The paths of the keys that were added.
    pub added: Vec<String>,
    /// The values that differ from those that the clients need, and that were kept.
    pub kept: Vec<KeptValue>,
    /// The parts that a person must add.
    pub left: ExtraConfig,
}

impl<'t> Editor<'t> {
    /// Adds the parts of a configuration that new clients need, as far as it lacks them. A part that
    /// also decides about other applications is left to a person, as is every part if the file has only
    /// the list of clients.
    ///
    /// ```
    /// use oidc_secret::authelia::ExtraConfig;
    /// use oidc_secret::authelia::edit::Editor;
    ///
    /// let parts = ExtraConfig::parse("identity_providers: {oidc: {scopes: {a: {claims: [a]}}}}")?;
    /// let yaml = "identity_providers:\n  oidc:\n    scopes: {}  # none\n";
    /// let merged = Editor::parse(yaml)?;
    /// let merged = merged.merge(&parts)?;
    /// assert_eq!(
    ///     merged.edited.text(),
    ///     "identity_providers:\n  oidc:\n    scopes:  # none\n      a:\n        claims:\n          - 'a'\n",
    /// );
    /// # Ok::<(), oidc_secret::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`EditError::OtherValue`] if a key has another value already, and as [`Editor::add`].
    pub fn merge(&self, parts: &ExtraConfig) -> Result<Merged<'_>, Error> {
        self.0.ensure_alone()?;
        let (index, root) = self.target()?;
        if is_expanded(&parts.yaml()) {
            return Err(EditError::Template.into());
        }
        let above = self.0.path().without_keys(&PATH);
        let (parts, left) = self.divided(parts, above.as_ref(), root);
        let mut comparison = Comparison::new(self.0.documents(), root);
        if !parts.is_empty() {
            comparison.parts(&above.unwrap_or_default(), &parts.0)?;
        }
        let missing = &comparison.missing;
        let text = Writer::new(self.text(), root, self.escape()).written(missing)?;
        let expected = Expected::Added(self.0.documents().with_parts(index, missing));
        let added = missing.iter().flat_map(Missing::paths).collect();
        let edited = self.edited(text, expected)?;
        Ok(Merged { edited, added, kept: comparison.kept, left })
    }

    /// Divides parts into those that can be merged at a path, and those that cannot, and are not there
    /// already.
    fn divided(
        &self,
        parts: &ExtraConfig,
        above: Option<&Path>,
        root: Option<&Node<'t>>,
    ) -> (ExtraConfig, ExtraConfig) {
        let Some(above) = above else { return (ExtraConfig::default(), parts.clone()) };
        let mapping = root.and_then(|root| above.node(root));
        let (mine, others): (Vec<_>, Vec<_>) =
            parts.0.iter().cloned().partition(|(section, _)| is_merged(section, mapping));
        let is_missing = |part: &(String, Part)| {
            let part = std::slice::from_ref(part);
            let mut comparison = Comparison::new(self.0.documents(), root);
            comparison.parts(above, part).is_err() || !comparison.missing.is_empty()
        };
        let left = others.into_iter().filter(is_missing).collect();
        (ExtraConfig(mine), ExtraConfig(left))
    }
}
