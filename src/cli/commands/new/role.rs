//! Role of settings among the printed alternatives of their step.

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Only,
    First,
    Other,
}
