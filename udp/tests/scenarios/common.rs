//! What every scenario is run in.

use std::net::{IpAddr, SocketAddr, UdpSocket};

use uvox_loop::trace::{Layer, Recorder};
use uvox_loop::{Ctx, Errno, Loop};
use uvox_udp::uv::{BindFlags, Udp};

pub(crate) use uvox_testing::{Seen, close, end, scenario, until};

/// The addresses that scenarios run on: IPv4's, and IPv6's if the machine has it.
pub(crate) fn hosts() -> Vec<IpAddr> {
    let hosts = ["127.0.0.1", "::1"].map(|host| host.parse::<IpAddr>().unwrap());
    let (there, missing): (Vec<_>, Vec<_>) = hosts
        .into_iter()
        .partition(|host| UdpSocket::bind((*host, 0)).is_ok());
    for host in missing {
        println!("this machine does not have {host}");
    }
    assert!(!there.is_empty());
    there
}

/// Port 0 of a host, which stands for any.
pub(crate) fn any_port(host: impl Into<IpAddr>) -> SocketAddr {
    SocketAddr::new(host.into(), 0)
}

/// An address that nobody has.
pub(crate) fn nobody(host: IpAddr) -> SocketAddr {
    UdpSocket::bind((host, 0)).unwrap().local_addr().unwrap()
}

/// A handle on a port of the kernel's choice, and its address.
pub(crate) fn bound(cx: &mut Ctx, host: impl Into<IpAddr>) -> (Udp, SocketAddr) {
    let udp = Udp::new(cx);
    udp.bind(cx, any_port(host), BindFlags::NONE).unwrap();
    let address = udp.getsockname(cx).unwrap();
    (udp, address)
}

/// What a handle heard: the bytes of datagrams, and errors.
pub(crate) type Heard = Seen<Result<Vec<u8>, Errno>>;

/// Receives from now on, and tells what it hears.
pub(crate) fn listen(cx: &mut Ctx, udp: Udp) -> Heard {
    let heard = Heard::new();
    let record = heard.clone();
    let started = udp.recv_start(cx, move |_, _, datagram| {
        record.add(datagram.map(|datagram| datagram.bytes.to_vec()));
    });
    started.unwrap();
    heard
}

/// These texts, as they are heard.
pub(crate) fn texts(texts: &[&str]) -> Vec<Result<Vec<u8>, Errno>> {
    texts
        .iter()
        .map(|text| Ok(text.as_bytes().to_vec()))
        .collect()
}

/// For sends of which nobody wants to hear.
pub(crate) fn ok(_: &mut Ctx, _: Udp, sent: Result<(), Errno>) {
    assert_eq!(sent, Ok(()));
}

/// Closes handles, and runs the loop to its end.
pub(crate) fn close_and_end(lp: Loop, handles: &[Udp]) {
    uvox_testing::close_and_end(lp, handles);
}

/// The system calls that were recorded, without the waits.
pub(crate) fn calls(recorder: &Recorder) -> Vec<&'static str> {
    const WAITS: [&str; 6] = [
        "epoll_wait",
        "epoll_pwait",
        "epoll_pwait2",
        "kevent",
        "mio_poll",
        // libkqueue's, of itself.
        "poll",
    ];
    let events = recorder.events();
    recorder.clear();
    let calls = events.iter().filter(|event| event.layer == Layer::Sys);
    calls
        .map(|event| event.name)
        .filter(|name| !WAITS.contains(name))
        .collect()
}

/// Where datagrams are sent and received many at once.
pub(crate) const BATCHES: bool = cfg!(not(target_vendor = "apple"));

/// Where neighbours go to the kernel as one message.
pub(crate) const COALESCES: bool = cfg!(any(target_os = "linux", target_os = "android"));
