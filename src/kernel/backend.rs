//! What a set of vector instructions has to supply besides the lane operations.

use super::lanes::Lanes;
use super::pbkdf2::{Chain, Sha2, State};
use super::sha_crypt::{Hash, Job, Rounds};

/// Lanes with what is computed in them, compiled for the instructions of a CPU: many in the lanes of a
/// vector, or one alone.
pub(crate) trait Backend: Lanes<Word: Hash> {
    /// Fewer lanes in smaller registers, which take less time; `Self` for the smallest.
    type Narrow: Backend<Word = Self::Word>;

    /// Adds `count` links to the chain in every lane: [`super::pbkdf2::iterate`], compiled for the instructions.
    fn iterate<const D: usize>(self, state: &mut State<Self::Word>, count: u32);

    /// Returns the narrower lanes, if there are any.
    fn narrow(self) -> Option<Self::Narrow>;

    /// Returns the maximum number of chains that take less time one after the other, with
    /// [`Self::finish`], than side by side.
    fn sequential_threshold(self) -> usize;

    /// Adds all remaining links to a single chain.
    fn finish<const D: usize>(self, hash: &Sha2<Self::Word>, chain: &mut Chain<Self::Word>);

    /// Computes SHA-crypt in every lane: [`super::sha_crypt::compute`], compiled for the instructions.
    fn sha_crypt(self, rounds: &mut Rounds<Self::Word>);

    /// Computes SHA-crypt for one digest, in less time.
    fn sha_crypt_alone(self, job: &mut Job);
}
