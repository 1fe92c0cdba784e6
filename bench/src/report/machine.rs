//! The machine and the peers' versions.

use std::fs;
use std::process::Command;

/// In one line.
pub(crate) fn describe() -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let cpus = read("/proc/cpuinfo");
    let field = |line: &str| line.split_once(": ").map(|(_, value)| value.to_owned());
    let model = cpus.lines().find(|line| line.starts_with("model name"));
    let model = model.and_then(field).unwrap_or_default();
    let cores = cpus
        .lines()
        .filter(|line| line.starts_with("processor"))
        .count();
    let kernel = read("/proc/sys/kernel/osrelease");
    let load = read("/proc/loadavg");
    let load = load.split(' ').next().unwrap_or_default();
    let node = Command::new("node").arg("--version").output();
    let node = node.map_or_else(
        |_| "no Node".to_owned(),
        |output| format!("Node {}", String::from_utf8_lossy(&output.stdout).trim()),
    );
    format!(
        "{cores} cores of {model}, Linux {}, load average {load}; {}, {node}.",
        kernel.trim(),
        libuv()
    )
}

#[cfg(feature = "libuv")]
fn libuv() -> String {
    format!("libuv {}", crate::peers::libuv_version())
}

#[cfg(not(feature = "libuv"))]
fn libuv() -> String {
    "no libuv".to_owned()
}
