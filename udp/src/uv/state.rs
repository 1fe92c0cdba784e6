//! What a UDP handle is, how it gets its socket, and when which part of it is called.

use std::fmt;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use uvox_loop::sys::{self, Domain, Type};
use uvox_loop::{Ctx, Errno, Handle, Key, Kind, Ready, State, emit};

use super::bind::share_address;
use super::merging::Merging;
use super::queue::SendQueue;
use super::receive::Reader;

/// A socket for datagrams (`uv_udp_t`). It is the name of a handle, and can be copied freely.
///
/// # Contract
///
/// - A handle has no socket at first. [`bind`](Udp::bind), [`connect`](Udp::connect), sending to an address, receiving and joining a group make one,
///   all but the first bound to any address and a port of the kernel's choice; [`open`](Udp::open) brings one.
/// - Callbacks run from the loop only, never inside a call made here, and may close the handle.
/// - A send tries the kernel at once if none is queued or still to be told of; else it is queued, and what is queued is sent together, as many datagrams with one
///   system call as it takes, and neighbours that are alike [as one message](Udp::send_coalesced). Sends are told of in the order in which they were made, each with one callback.
/// - Datagrams are received together, too, and come one by one, or [as batches](Udp::recv_start_batch), until [`recv_stop`](Udp::recv_stop), which works at once, also from
///   the callback. What was received by then and not told of is kept, and comes first when it is received again.
/// - An empty datagram is a datagram. There is no end of datagrams, and an error is not the end either.
/// - [`Ctx::close`] drops what was received and not told of, cancels what is queued, in order, each with `ECANCELED`, and calls back for the close after that.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Udp(pub(super) Handle<UdpState>);

/// The state behind a [`Udp`].
#[derive(Debug, Default)]
pub struct UdpState {
    /// IPv4 or IPv6, once there is a socket.
    pub(super) family: Option<Domain>,
    /// Whether it sends to one peer only.
    pub(super) connected: bool,
    pub(super) reader: Reader,
    pub(super) queue: SendQueue,
    /// The handle that stands upon this one, and is closed with it.
    owner: Option<Key>,
}

static UDP: Kind<UdpState> = Kind::new("udp")
    .on_ready(on_ready)
    .on_fed(on_fed)
    .on_stop(on_stop)
    .on_close(on_close);

impl State for UdpState {
    const KIND: &'static Kind<UdpState> = &UDP;
}

impl Udp {
    /// A handle without a socket (`uv_udp_init`).
    #[track_caller]
    pub fn new(cx: &mut Ctx) -> Udp {
        Udp(cx.insert(UdpState::default()))
    }

    /// A handle that has a socket at once, which is not bound (`uv_udp_init_ex`): for options that must be set before it is.
    ///
    /// # Errors
    ///
    /// `EINVAL` for a domain other than `IPV4` and `IPV6`, `EAFNOSUPPORT` if the system does not have it, `EMFILE` or `ENFILE` if there is no
    /// descriptor left. No handle is left then.
    #[track_caller]
    pub fn with_socket(cx: &mut Ctx, domain: Domain) -> Result<Udp, Errno> {
        if domain != Domain::IPV4 && domain != Domain::IPV6 {
            return Err(Errno::EINVAL);
        }
        let udp = Udp::new(cx);
        if let Err(errno) = udp.make_socket(cx, domain) {
            cx.discard(udp)?;
            return Err(errno);
        }
        Ok(udp)
    }

    /// Gives a handle a socket that was made elsewhere, bound or not, connected or not (`uv_udp_open`). It is made non-blocking, and
    /// [lets others have its address](super::BindFlags::REUSE_ADDRESS) if it gets one yet.
    ///
    /// Whether the kernel puts together what comes to it [stays as it is](Udp::recv_start_batch), for it may have other readers.
    ///
    /// It may be a Unix-domain socket for datagrams; then those it receives have no [sender](super::Datagram::sender), and it must be connected to send.
    ///
    /// ```
    /// # use uvox_loop::{Errno, Loop};
    /// # use uvox_udp::uv::Udp;
    /// # let mut lp = Loop::new()?;
    /// let socket = std::net::UdpSocket::bind("127.0.0.1:0")?;
    /// let address = socket.local_addr()?;
    /// let udp = Udp::new(&mut lp);
    /// udp.open(&mut lp, socket)?;
    /// assert_eq!(udp.getsockname(&mut lp), Ok(address));
    /// # Ok::<(), Errno>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `EBADF` if the handle is gone, `EINVAL` if it is closing or `fd` is a socket of another type, `EBUSY` if it has a socket, `ENOTSOCK` for what is none. The
    /// descriptor is closed then.
    pub fn open(self, cx: &mut Ctx, fd: impl Into<OwnedFd>) -> Result<(), Errno> {
        let fd = fd.into();
        cx.open_state(self.0)?;
        if sys::get_with(fd.as_fd(), |socket| socket.r#type())? != Type::DGRAM {
            return Err(Errno::EINVAL);
        }
        sys::set_nonblocking(fd.as_fd(), true)?;
        let address = sys::getsockname(fd.as_fd())?.ip();
        let domain = address.map(Domain::for_address);
        share_address(fd.as_fd())?;
        let connected = sys::getpeername(fd.as_fd()).is_ok();
        let merging = Merging::of_opened(fd.as_fd());
        self.take_socket(cx, fd, domain, connected)?;
        cx.open_state(self.0)?.reader.merging = merging;
        Ok(())
    }

    /// The descriptor, for its options; `None` if there is none, or no more.
    pub fn fd(self, cx: &mut Ctx) -> Option<BorrowedFd<'_>> {
        Some(cx.parts(self.0)?.fd)
    }

    /// The UDP handle of that name. If there is none, or it is of something else, it is as one that is gone.
    pub fn from_key(key: impl Into<Key>) -> Udp {
        Udp(Handle::from_key(key.into()))
    }

    /// From now on another handle stands upon this one, and is closed when this one's closing is over, if it was not closed before.
    pub(crate) fn set_owner(self, cx: &mut Ctx, owner: Key) {
        if let Some(state) = cx.state_mut(self.0) {
            state.owner = Some(owner);
        }
    }

    pub(super) fn make_socket(self, cx: &mut Ctx, domain: Domain) -> Result<(), Errno> {
        cx.open_state(self.0)?;
        let socket = sys::socket(domain, Type::DGRAM, None)?;
        self.take_socket(cx, socket, Some(domain), false)
    }

    /// It is not watched before there is something to wait for.
    fn take_socket(
        self,
        cx: &mut Ctx,
        socket: OwnedFd,
        family: Option<Domain>,
        connected: bool,
    ) -> Result<(), Errno> {
        cx.set_descriptor(self.0, socket)?;
        if let Some(parts) = cx.parts(self.0) {
            // Nobody has said so, but a socket that nobody has sent from has room.
            *parts.ready |= Ready::WRITABLE;
            parts.state.family = family;
            parts.state.connected = connected;
        }
        Ok(())
    }

    /// The socket, of a handle that is open.
    pub(super) fn socket(self, cx: &mut Ctx) -> Result<BorrowedFd<'_>, Errno> {
        self.fd(cx).ok_or(Errno::EBADF)
    }

    /// What it does keeps it active: receiving, or sends that are not over.
    pub(super) fn update_active(self, cx: &mut Ctx) {
        if let Ok(state) = cx.open_state(self.0) {
            let active = state.reader.is_receiving() || state.queue.count() > 0;
            // It is open, or there would have been no state.
            let _ = cx.set_active(self.0, active);
        }
    }
}

/// `uv__udp_io`, called for what the kernel said.
fn on_ready(cx: &mut Ctx, key: Key) {
    let udp = Udp(Handle::from_key(key));
    let Some(parts) = cx.parts(udp.0) else {
        return;
    };
    let waits = parts.state.queue.is_waiting();
    let is_to_be_told = parts.state.queue.finished() > 0;
    parts.state.queue.rests = false;
    udp.run_receives(cx);
    if waits {
        udp.run_sends(cx);
        udp.report_sent(cx);
    } else {
        // What its own callbacks sent goes out together, now; it is told of in the pending phase.
        udp.run_sends(cx);
        if is_to_be_told {
            // It was fed, unless a callback panicked. One that was closed tells in the closing phase.
            let _ = cx.feed(udp.0);
        }
    }
}

/// `uv__udp_io`, called from the pending queue.
fn on_fed(cx: &mut Ctx, key: Key) {
    let udp = Udp(Handle::from_key(key));
    udp.run_sends(cx);
    udp.report_sent(cx);
}

/// `uv__udp_close`.
fn on_stop(cx: &mut Ctx, key: Key) {
    if let Some(state) = cx.state_mut(Handle::<UdpState>::from_key(key)) {
        state.reader.stop();
        state.reader.forget_kept();
    }
}

/// `uv__udp_finish_close`: cancels what is left, in order.
fn on_close(cx: &mut Ctx, key: Key) {
    let udp = Udp(Handle::from_key(key));
    if let Some(state) = cx.state_mut(udp.0) {
        state.queue.fail_all(Errno::ECANCELED);
    }
    udp.report_sent(cx);
    if let Some(owner) = cx.state(udp.0).and_then(|state| state.owner) {
        emit!(Uv, "close_owner" @ udp);
        // One that was closed with it is closing already.
        let _ = cx.close(owner, |_| ());
    }
}

impl From<Udp> for Key {
    fn from(udp: Udp) -> Key {
        udp.0.key()
    }
}

impl fmt::Debug for Udp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Udp({})", self.0.key())
    }
}
