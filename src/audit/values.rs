//! Methods and policies that several rules check.

/// The methods of authentication at an endpoint: those with a secret, the one with a key pair, and
/// that of public clients. The slices below are its beginnings.
pub(super) const METHODS: &[&str] =
    &["client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"];

/// The methods of confidential clients.
pub(super) const CONFIDENTIAL_METHODS: &[&str] = METHODS.split_at(4).0;
/// The methods that need a secret.
pub(super) const SECRET_METHODS: &[&str] = METHODS.split_at(3).0;

/// The policies of a rule.
pub(super) const POLICIES: &[&str] = &["one_factor", "two_factor", "deny"];
/// The built-in policies of a client: `deny` would let nobody sign in.
pub(super) const CLIENT_POLICIES: &[&str] = POLICIES.split_at(2).0;
