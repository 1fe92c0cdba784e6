//! What the kernel knows of a TCP connection.

use std::os::fd::BorrowedFd;
use std::time::Duration;

use super::errno::Errno;

/// How a TCP connection fares, by the kernel's account (`TCP_INFO`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TcpInfo {
    /// How long a segment and its acknowledgement take, smoothed.
    pub round_trip: Duration,
    /// How much that varies.
    pub round_trip_variance: Duration,
    /// How long the kernel waits for an acknowledgement before it sends again.
    pub retransmit_timeout: Duration,
    /// Segments that were sent again, since the connection was made.
    pub retransmits: u32,
    /// Of the segments in flight, those believed lost.
    pub lost: u32,
    /// Segments that are sent and not acknowledged yet.
    pub unacknowledged: u32,
    /// How many segments may be in flight (the congestion window).
    pub congestion_window: u32,
    /// At how many segments the window begins to grow slowly.
    pub slow_start_threshold: u32,
    /// The largest segment that is sent, in bytes.
    pub segment_size: u32,
}

/// What the kernel knows of a TCP connection. Linux only. The call's name is `getsockopt`.
///
/// # Errors
///
/// `ENOTSUP` anywhere but on Linux. `ENOPROTOOPT` or `EOPNOTSUPP` for a socket that is not TCP's.
pub fn tcp_info(socket: BorrowedFd<'_>) -> Result<TcpInfo, Errno> {
    native(socket)
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn native(socket: BorrowedFd<'_>) -> Result<TcpInfo, Errno> {
    use std::os::fd::AsRawFd;

    // SAFETY: a `tcp_info` is numbers, for all of which zero is a value.
    let zeroed: libc::tcp_info = unsafe { std::mem::zeroed() };
    let info = super::option::get(
        socket.as_raw_fd(),
        libc::IPPROTO_TCP,
        libc::TCP_INFO,
        zeroed,
    )?;
    let micros = |count: u32| Duration::from_micros(count.into());
    Ok(TcpInfo {
        round_trip: micros(info.tcpi_rtt),
        round_trip_variance: micros(info.tcpi_rttvar),
        retransmit_timeout: micros(info.tcpi_rto),
        retransmits: info.tcpi_total_retrans,
        lost: info.tcpi_lost,
        unacknowledged: info.tcpi_unacked,
        congestion_window: info.tcpi_snd_cwnd,
        slow_start_threshold: info.tcpi_snd_ssthresh,
        segment_size: info.tcpi_snd_mss,
    })
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn native(_: BorrowedFd<'_>) -> Result<TcpInfo, Errno> {
    Err(Errno::ENOTSUP)
}
