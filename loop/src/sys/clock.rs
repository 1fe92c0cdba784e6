//! The monotonic clock.

/// The monotonic clock in nanoseconds from an arbitrary start (`uv_hrtime`).
#[inline]
pub fn hrtime() -> u64 {
    let mut now = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the kernel writes one timespec, which `now` is; the clock always exists. Not a call worth tracing or
    // failing: it does not enter the kernel on the usual systems.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &mut now) };
    now.tv_sec as u64 * 1_000_000_000 + now.tv_nsec as u64
}
