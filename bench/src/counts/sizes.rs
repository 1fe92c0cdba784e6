//! How large the state of each handle is, without what it puts on the heap.

use super::Page;
use uvox_stream::node::BaseState;
use uvox_stream::uv::StreamState;

pub(super) fn run(page: &mut Page) -> Vec<(String, usize)> {
    page.line(format!("\n{:28} {:>6}", "size of", "bytes"));
    let mut sizes = Vec::new();
    let mut row = |name: &str, bytes: usize| {
        page.line(format!("{name:28} {bytes:>6}"));
        sizes.push((name.to_owned(), bytes));
    };
    for (name, bytes) in uvox_loop::handle_sizes() {
        row(&format!("uvox {name}"), bytes);
    }
    row("uvox UdpState", size_of::<uvox_udp::uv::UdpState>());
    row("uvox StreamState", size_of::<StreamState>());
    row("uvox BaseState", size_of::<BaseState>());
    row("uvox SocketState", size_of::<uvox::net::SocketState>());
    row("uvox ServerState", size_of::<uvox::net::ServerState>());
    row("uvox DuplexState", size_of::<uvox::streams::DuplexState>());
    row(
        "uvox dgram SocketState",
        size_of::<uvox::dgram::SocketState>(),
    );
    #[cfg(feature = "libuv")]
    for (name, bytes) in crate::peers::libuv_sizes() {
        row(name, bytes);
    }
    row("tokio TcpStream", size_of::<tokio::net::TcpStream>());
    row("tokio UnixStream", size_of::<tokio::net::UnixStream>());
    row("tokio UdpSocket", size_of::<tokio::net::UdpSocket>());
    row("tokio Sleep", size_of::<tokio::time::Sleep>());
    row("tokio Notify", size_of::<tokio::sync::Notify>());
    row("mio TcpStream", size_of::<mio::net::TcpStream>());
    sizes
}
