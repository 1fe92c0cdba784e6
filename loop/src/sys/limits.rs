//! How many descriptors the process may have open.

use super::call::{NO_FD, call};
use super::errno::Errno;

/// A limit of the process: descriptors are numbered below it. `u64::MAX` or so, depending on the system, is no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DescriptorLimit {
    /// What holds.
    pub soft: u64,
    /// What it may be raised to.
    pub hard: u64,
}

/// How many descriptors the process may have open (`RLIMIT_NOFILE`).
///
/// # Errors
///
/// None but those of a sandbox that forbids to ask: `EPERM`, `ENOSYS`.
pub fn descriptor_limit() -> Result<DescriptorLimit, Errno> {
    let mut limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    call("getrlimit", NO_FD, |_| {
        // SAFETY: the kernel writes one `rlimit`.
        unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit) as isize }
    })?;
    Ok(DescriptorLimit {
        soft: limit.rlim_cur as u64,
        hard: limit.rlim_max as u64,
    })
}

/// Sets how many descriptors the process may have open. What is open already stays open.
///
/// # Errors
///
/// `EPERM` for raising the hard limit without the privilege to do that. `EINVAL` for a soft limit above the hard one,
/// and on Apple's systems above what the system has at all.
pub fn set_descriptor_limit(limit: DescriptorLimit) -> Result<(), Errno> {
    let limit = libc::rlimit {
        rlim_cur: limit.soft as libc::rlim_t,
        rlim_max: limit.hard as libc::rlim_t,
    };
    call("setrlimit", NO_FD, |_| {
        // SAFETY: the kernel reads one `rlimit`.
        unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &limit) as isize }
    })?;
    Ok(())
}
