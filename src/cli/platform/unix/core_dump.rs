//! No core dumps: one would hold the secrets.

use rustix::process::{Resource, Rlimit, setrlimit};

/// Makes the system write no core dump of the process, and on Linux lets no other process of the same user
/// read its memory. A system that refuses is no reason to stop.
pub(crate) fn forbid() {
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}
