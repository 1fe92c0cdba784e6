//! UDP's wrap (`UDPWrap`, `udp_wrap.cc`).

use std::fmt;
use std::os::fd::OwnedFd;

use uvox_loop::{Callback, Ctx, Errno, Handle, Kind, State, emit, trace};

use super::address::{AddressInfo, Family};
use crate::uv::{Batch, BindFlags, Datagram, Udp};

type OnMessages = dyn FnMut(&mut Ctx, Result<&mut Batch<'_>, Errno>);
type OnMessage = dyn FnMut(&mut Ctx, UdpWrap, Result<Datagram<'_>, Errno>);

/// A socket for datagrams, as Node's `dgram` uses it (`UDPWrap`). It is a name, and can be copied freely.
///
/// # Contract
///
/// - Calls are leaves: callbacks run from the loop only, never inside a call made here.
/// - Merely made, bound or opened, it does not keep the loop alive. Receiving does, and so do sends that wait.
/// - A [`send`](UdpWrap::send) is tried at once, and if the kernel took it, that is all: its callback is dropped.
/// - Sending to an address, connecting and receiving bind it, if it is not bound yet.
///
/// # When it is closing
///
/// | | between `close` and its callback | in the callback | after it |
/// | --- | --- | --- | --- |
/// | [`state`](UdpWrap::state) | `Closing` | `Closed` | `Closed` |
/// | [`unwrap`](UdpWrap::unwrap) | `Some` | `Some` | `None` |
/// | [`recv_start`](UdpWrap::recv_start), [`recv_stop`](UdpWrap::recv_stop), [`send`](UdpWrap::send) and its kin | `EBADF` | `EBADF` | `EBADF` |
/// | [`open`](UdpWrap::open), [`bind`](UdpWrap::bind), [`connect`](UdpWrap::connect), [`add_membership`](UdpWrap::add_membership) and their kin | `EINVAL` | `EINVAL` | `EBADF` |
/// | [`getsockname`](UdpWrap::getsockname), [`getpeername`](UdpWrap::getpeername), [`fd`](UdpWrap::fd), options | `EBADF` | `EBADF` | `EBADF` |
/// | [`disconnect`](UdpWrap::disconnect) | `ENOTCONN` | `ENOTCONN` | `EBADF` |
/// | [`get_send_queue_size`](UdpWrap::get_send_queue_size), [`get_send_queue_count`](UdpWrap::get_send_queue_count) | the number | 0 | 0 |
/// | [`has_ref`](UdpWrap::has_ref) | `Some` | `Some(false)` | `None` |
/// | [`close`](UdpWrap::close) | nothing | nothing | nothing |
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct UdpWrap(pub(super) Handle<WrapState>);

/// The state behind a [`UdpWrap`].
#[derive(Debug)]
pub(crate) struct WrapState {
    pub(super) udp: Udp,
    pub(super) async_id: u64,
    /// What the layer above does with messages (`onmessage`).
    on_message: Callback<OnMessage>,
    on_messages: Callback<OnMessages>,
}

static WRAP: Kind<WrapState> = Kind::new("udp_wrap");

impl State for WrapState {
    const KIND: &'static Kind<WrapState> = &WRAP;
}

impl UdpWrap {
    /// A wrap without a socket (`New`).
    #[track_caller]
    pub fn new(cx: &mut Ctx) -> UdpWrap {
        let udp = Udp::new(cx);
        let state = WrapState {
            udp,
            async_id: cx.next_number(),
            on_message: Callback::Unset,
            on_messages: Callback::Unset,
        };
        let wrap = UdpWrap(cx.insert(state));
        // The uv handle stands for both. Both were made just now, so they are there.
        let _ = cx.set_internal(wrap.0);
        udp.set_owner(cx, wrap.0.key());
        emit!(Base, "new" @ wrap.0, below = format!("{udp:?}"));
        wrap
    }

    /// The uv handle, until the close callback.
    pub fn udp(self, cx: &Ctx) -> Option<Udp> {
        self.below(cx).filter(|udp| cx.info(*udp).is_some())
    }

    /// The uv handle, which may have closed; nothing if the wrap is gone.
    #[inline]
    pub(super) fn below(self, cx: &Ctx) -> Option<Udp> {
        Some(cx.state(self.0)?.udp)
    }

    /// The same for calls.
    #[inline]
    pub(super) fn resolve(self, cx: &Ctx) -> Result<Udp, Errno> {
        self.below(cx).ok_or(Errno::EBADF)
    }

    /// The same for calls that change what the handle is.
    pub(super) fn open_below(self, cx: &Ctx) -> Result<Udp, Errno> {
        let udp = self.resolve(cx)?;
        if self.is_closing(cx) {
            return Err(Errno::EINVAL);
        }
        Ok(udp)
    }

    /// The same for calls that send and receive.
    pub(super) fn running(self, cx: &Ctx) -> Result<Udp, Errno> {
        self.open_below(cx).map_err(|_| Errno::EBADF)
    }

    /// Takes a socket from elsewhere (`Open`).
    ///
    /// # Errors
    ///
    /// As [`Udp::open`]; see also [above](UdpWrap). The descriptor is closed then.
    pub fn open(self, cx: &mut Ctx, fd: impl Into<OwnedFd>) -> Result<(), Errno> {
        self.open_below(cx)?.open(cx, fd)
    }

    /// Gives it an IPv4 address and a port, of which the lowest 16 bits count; 0 lets the kernel choose one (`Bind`). `flags` are the bits of [`BindFlags`].
    ///
    /// # Errors
    ///
    /// `EINVAL` if `ip` is no IPv4 address, for flags that mean nothing, and if it is bound already; as [`Udp::bind`]; see also [above](UdpWrap).
    pub fn bind(
        self,
        cx: &mut Ctx,
        ip: &str,
        port: impl Into<i32>,
        flags: u32,
    ) -> Result<(), Errno> {
        self.bind_to(cx, Family::Ipv4, ip, port.into(), flags)
    }

    /// The same with an IPv6 address, which may name an interface behind a per cent sign (`Bind6`).
    ///
    /// # Errors
    ///
    /// As [`UdpWrap::bind`], of IPv6.
    pub fn bind6(
        self,
        cx: &mut Ctx,
        ip: &str,
        port: impl Into<i32>,
        flags: u32,
    ) -> Result<(), Errno> {
        self.bind_to(cx, Family::Ipv6, ip, port.into(), flags)
    }

    fn bind_to(
        self,
        cx: &mut Ctx,
        family: Family,
        ip: &str,
        port: i32,
        flags: u32,
    ) -> Result<(), Errno> {
        let udp = self.open_below(cx)?;
        let address = family.address(ip, port)?;
        let flags = BindFlags::from_bits(flags).ok_or(Errno::EINVAL)?;
        udp.bind(cx, address, flags)
    }

    /// Sends to this IPv4 address from now on, and hears from it alone (`Connect`).
    ///
    /// # Errors
    ///
    /// `EINVAL` if `ip` is no IPv4 address, `EISCONN` if it is connected; as [`Udp::connect`]; see also [above](UdpWrap).
    pub fn connect(self, cx: &mut Ctx, ip: &str, port: impl Into<i32>) -> Result<(), Errno> {
        let udp = self.open_below(cx)?;
        udp.connect(cx, Family::Ipv4.address(ip, port.into())?)
    }

    /// The same with an IPv6 address (`Connect6`).
    ///
    /// # Errors
    ///
    /// As [`UdpWrap::connect`], of IPv6.
    pub fn connect6(self, cx: &mut Ctx, ip: &str, port: impl Into<i32>) -> Result<(), Errno> {
        let udp = self.open_below(cx)?;
        udp.connect(cx, Family::Ipv6.address(ip, port.into())?)
    }

    /// Sends to whom it is told again (`Disconnect`).
    ///
    /// # Errors
    ///
    /// `ENOTCONN` if it is not connected; see also [above](UdpWrap).
    pub fn disconnect(self, cx: &mut Ctx) -> Result<(), Errno> {
        let udp = self.resolve(cx)?;
        if self.is_closing(cx) {
            return Err(Errno::ENOTCONN);
        }
        udp.disconnect(cx)
    }

    /// Its own address (`GetSockOrPeerName` with `uv_udp_getsockname`).
    ///
    /// # Errors
    ///
    /// `EBADF` if it has no socket; and as [`Udp::getsockname`]; see also [above](UdpWrap).
    pub fn getsockname(self, cx: &mut Ctx) -> Result<AddressInfo, Errno> {
        Ok(self.resolve(cx)?.getsockname(cx)?.into())
    }

    /// The address that it is connected to (`GetSockOrPeerName` with `uv_udp_getpeername`).
    ///
    /// # Errors
    ///
    /// `ENOTCONN` if there is none; else as [`UdpWrap::getsockname`].
    pub fn getpeername(self, cx: &mut Ctx) -> Result<AddressInfo, Errno> {
        Ok(self.resolve(cx)?.getpeername(cx)?.into())
    }

    /// Says what happens with messages: Node's `onmessage`. It can be set at any time, also while it runs, also on a wrap that is closed, where nobody will call it.
    /// It gets the datagram, which is lent until it returns, or the error, after which receiving goes on. Without one, messages are lost.
    pub fn set_on_message(
        self,
        cx: &mut Ctx,
        on_message: impl FnMut(&mut Ctx, UdpWrap, Result<Datagram<'_>, Errno>) + 'static,
    ) {
        if let Some(state) = cx.state_mut(self.0) {
            let callback = Callback::Set(Box::new(on_message) as Box<OnMessage>);
            let replaced = std::mem::replace(&mut state.on_message, callback);
            drop(replaced);
        }
    }

    /// Begins to receive (`RecvStart`); one that does already goes on.
    ///
    /// # Errors
    ///
    /// As [`Udp::recv_start`], but not `EALREADY`; see also [above](UdpWrap).
    pub fn recv_start(self, cx: &mut Ctx) -> Result<(), Errno> {
        let udp = self.running(cx)?;
        let started = match self.has_on_messages(cx) {
            false => udp.recv_start(cx, move |cx, _, datagram| self.on_recv(cx, datagram)),
            true => udp.recv_start_batch(cx, move |cx, _, batch| self.on_recv_batch(cx, batch)),
        };
        emit!(Base, "recv_start" @ self.0, result = started);
        match started {
            Err(Errno::EALREADY) => Ok(()),
            started => started,
        }
    }

    /// Receives no more, at once (`RecvStop`).
    ///
    /// # Errors
    ///
    /// See [above](UdpWrap).
    pub fn recv_stop(self, cx: &mut Ctx) -> Result<(), Errno> {
        let udp = self.running(cx)?;
        let stopped = udp.recv_stop(cx);
        emit!(Base, "recv_stop" @ self.0, result = stopped);
        stopped
    }

    /// Says what happens with what is received when it is to come in batches, as many as came together, from the next [start](UdpWrap::recv_start) on; then nothing
    /// goes to [`on_message`](UdpWrap::set_on_message). Node has nothing of the kind.
    pub fn set_on_messages(
        self,
        cx: &mut Ctx,
        on_messages: impl FnMut(&mut Ctx, Result<&mut Batch<'_>, Errno>) + 'static,
    ) {
        if let Some(state) = cx.state_mut(self.0) {
            let callback = Callback::Set(Box::new(on_messages) as Box<OnMessages>);
            let replaced = std::mem::replace(&mut state.on_messages, callback);
            drop(replaced);
        }
    }

    /// Whether it comes in batches.
    pub fn has_on_messages(self, cx: &Ctx) -> bool {
        cx.state(self.0)
            .is_some_and(|state| state.on_messages.is_set())
    }

    fn on_recv_batch(self, cx: &mut Ctx, batch: Result<&mut Batch<'_>, Errno>) {
        let told = batch.as_ref().map(|_| ()).map_err(|errno| *errno);
        let _cause = emit!(Base, "messages" @ self.0, result = told).map(trace::cause);
        cx.call(
            self.0,
            |state: &mut WrapState| &mut state.on_messages,
            |on_messages, cx| on_messages(cx, batch),
        );
    }

    /// `UDPWrap::OnRecv`.
    fn on_recv(self, cx: &mut Ctx, datagram: Result<Datagram<'_>, Errno>) {
        let length = datagram.map(|datagram| datagram.bytes.len());
        let _cause = emit!(Base, "message" @ self.0, result = length).map(trace::cause);
        cx.call(
            self.0,
            |state: &mut WrapState| &mut state.on_message,
            |on_message, cx| on_message(cx, self, datagram),
        );
    }
}

impl fmt::Debug for UdpWrap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UdpWrap({})", self.0.key())
    }
}
