//! Formats that are too weak for new digests and can only be verified.

pub(super) mod md5crypt;
pub(super) mod sha1crypt;
pub(super) mod sunmd5;

pub use md5crypt::Md5Crypt;
pub use sha1crypt::Sha1Crypt;
pub use sunmd5::SunMd5;
