//! What this machine has for us: cores, descriptors, programs.

use std::env;

use rustix::process::{Resource, getrlimit, setrlimit};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

use crate::error::{Result, error};

/// The core that was named, or the one of that place among those that we may run on; the last of them, if there are not so many.
pub(crate) fn core(named: Option<usize>, place: usize) -> Result<usize> {
    let allowed = cores()?;
    match named {
        Some(core) if allowed.contains(&core) => Ok(core),
        Some(core) => Err(error(format!(
            "there is no core {core} for us: we may run on {}",
            list(&allowed)
        ))),
        None => {
            let last = allowed.last().ok_or_else(|| error("there is no core"))?;
            Ok(*allowed.get(place).unwrap_or(last))
        }
    }
}

/// The cores that this process may run on: `taskset` and containers have a say in it.
fn cores() -> Result<Vec<usize>> {
    let set = sched_getaffinity(None)?;
    Ok((0..CpuSet::MAX_CPU)
        .filter(|&core| set.is_set(core))
        .collect())
}

fn list(numbers: &[usize]) -> String {
    let words: Vec<String> = numbers.iter().map(usize::to_string).collect();
    words.join(", ")
}

/// Pins this thread, and what it starts from then on, to a core.
pub(crate) fn pin(core: usize) -> Result<()> {
    if core >= CpuSet::MAX_CPU {
        return Err(error(format!("there is no core {core}")));
    }
    let mut set = CpuSet::new();
    set.set(core);
    sched_setaffinity(None, &set).map_err(|errno| error(format!("core {core}: {errno}")))
}

/// As many descriptors as the system lets us have, for us and for the servers. Says how many that is.
pub(crate) fn allow_descriptors() -> Result<usize> {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit)?;
    Ok(limit.maximum.map_or(usize::MAX, |count| count as usize))
}

/// What either side needs beside its connections: pipes, listeners, what a runtime has of its own.
pub(crate) const DESCRIPTORS_BESIDE: usize = 100;

/// Whether that many connections may be open at a time. If not, this is why.
pub(crate) fn too_many(connections: usize, descriptors: usize) -> Option<String> {
    let needed = connections + DESCRIPTORS_BESIDE;
    (needed > descriptors).then(|| {
        format!("it takes {needed} descriptors, and the limit (`ulimit -Hn`) is {descriptors}")
    })
}

/// Whether such a program is in the PATH.
pub(crate) fn has(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|directory| directory.join(program).is_file())
}

/// Refuses to go on without a program, which Debian has in that package.
pub(crate) fn require(program: &str, package: &str) -> Result<()> {
    if has(program) {
        return Ok(());
    }
    Err(error(format!(
        "{program} is not in the PATH (Debian has it in {package})"
    )))
}
