//! Cores and memory that the machine, or the container, gives this process.

use std::sync::OnceLock;

/// Returns the number of CPU cores. The system reads files of the container for it, so that it is asked
/// once: a log has millions of lines.
pub(crate) fn cores() -> u32 {
    static CORES: OnceLock<u32> = OnceLock::new();
    *CORES.get_or_init(|| {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        u32::try_from(cores).unwrap_or(1)
    })
}

/// Returns the memory that this process may use, in KiB: the limit of its cgroup, or the machine's
/// memory.
pub(crate) fn memory_limit() -> u64 {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let number = |text: &str| text.trim().parse::<u64>().ok();
    let own = read("/proc/self/cgroup");
    let own = own.lines().find_map(|line| line.strip_prefix("0::")).unwrap_or("/");
    let limits = [
        number(&read(&format!("/sys/fs/cgroup{own}/memory.max"))),
        number(&read("/sys/fs/cgroup/memory.max")),
        number(&read("/sys/fs/cgroup/memory/memory.limit_in_bytes")),
    ];
    let machine = read("/proc/meminfo");
    let machine = machine.lines().find_map(|line| line.strip_prefix("MemTotal:"));
    let machine = machine.and_then(|line| number(line.trim_end_matches("kB")));
    let limit = limits.into_iter().flatten().map(|bytes| bytes >> 10);
    limit.chain(machine).min().unwrap_or(4 << 20)
}
