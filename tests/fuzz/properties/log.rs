use oidc_secret::is_one_line;
use oidc_secret::log::{Cause, Log};

/// A log is read without a loss: every line is in a group or counted, and no group has a text that a
/// terminal would obey.
pub fn log(bytes: &[u8]) {
    let mut log = Log::default();
    for line in bytes.split(|byte| *byte == b'\n') {
        log.read_line(line);
    }
    let grouped: u64 = log.groups().iter().map(|group| group.count).sum();
    assert_eq!(grouped + log.ignored() + log.ungrouped(), log.lines());
    assert!(log.groups().len() <= Log::MAX_GROUPS);
    for group in log.groups() {
        assert!(group.first.line <= group.last_line && group.last_line <= log.lines());
        let times = [&group.first.time, &group.last_time].into_iter().flatten();
        assert!(times.into_iter().all(|time| is_one_line(time)));
        if let Cause::RedirectUri { requested: Some(text) }
        | Cause::Scope { requested: Some(text) } = &group.first.cause
        {
            assert!(is_one_line(text), "{text:?}");
        }
    }
}
