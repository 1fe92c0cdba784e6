//! What a TCP handle is, and how it gets its socket.

use std::fmt;
use std::ops::Deref;
use std::os::fd::{AsFd, OwnedFd};

use uvox_loop::sys::{self, Domain, Type};
use uvox_loop::{Ctx, Errno, Key, Kind};
use uvox_stream::uv::{Channel, Connection, Stream, StreamState};

use super::options::Wanted;

/// A TCP connection, one that is to be, or a listener (`uv_tcp_t`). It is the name of a handle, and can be copied freely.
///
/// What it does with bytes is a [`Stream`]'s, to which it derefs; here is what is TCP's own. Its callbacks run from the loop only, never
/// inside a call made here, and may close it.
///
/// # Contract
///
/// - A handle has no socket at first. [`bind`](Tcp::bind), [`listen`](Tcp::listen) and [`connect`](Tcp::connect) make one of the
///   family that the address has; [`open`](Tcp::open) brings one.
/// - Options that are set before there is a socket are set on it as soon as there is.
/// - That an address is in use is told late: see [`bind`](Tcp::bind).
/// - [`Ctx::close`] cancels an attempt to connect with `ECANCELED`, then what else is pending, as on every [`Stream`].
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tcp(pub(super) Stream);

/// What every TCP handle is called, and what it does.
static TCP: Kind<StreamState> = Stream::kind("tcp").on_stop(on_stop);

/// What TCP keeps with a stream, if there is anything to keep.
#[derive(Debug, Default)]
pub(super) struct TcpExtra {
    /// What `bind` said, to be told by the call after it (`delayed_error`).
    pub(super) delayed: Option<Errno>,
    /// What is to be set on the socket as soon as there is one.
    pub(super) wanted: Wanted,
}

impl Tcp {
    /// A handle without a socket (`uv_tcp_init`).
    #[track_caller]
    pub fn new(cx: &mut Ctx) -> Tcp {
        Tcp(Stream::new(cx, &TCP))
    }

    /// A handle that has a socket at once (`uv_tcp_init_ex`), for options that must be set before it is bound or connected.
    ///
    /// ```
    /// use uvox_loop::{Errno, Loop, sys::Domain};
    /// use uvox_tcp::uv::Tcp;
    ///
    /// let mut lp = Loop::new()?;
    /// let tcp = Tcp::with_socket(&mut lp, Domain::IPV4)?;
    /// tcp.set_receive_buffer_size(&mut lp, 64 * 1024)?;
    /// # Ok::<(), Errno>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `EINVAL` for a domain other than `IPV4` and `IPV6`, `EAFNOSUPPORT` if the system does not have it, `EMFILE` or `ENFILE` if there is no
    /// descriptor left. No handle is left then.
    #[track_caller]
    pub fn with_socket(cx: &mut Ctx, domain: Domain) -> Result<Tcp, Errno> {
        if domain != Domain::IPV4 && domain != Domain::IPV6 {
            return Err(Errno::EINVAL);
        }
        let tcp = Tcp::new(cx);
        if let Err(errno) = tcp.need_socket(cx, domain) {
            cx.discard(tcp)?;
            return Err(errno);
        }
        Ok(tcp)
    }

    /// Gives a handle a socket that was made elsewhere: connected, or to [listen](Tcp::listen) or [connect](Tcp::connect) with (`uv_tcp_open`). It is made non-blocking, and
    /// options that were set before are set on it.
    ///
    /// ```
    /// # use uvox_loop::{Errno, Loop};
    /// # use uvox_tcp::uv::Tcp;
    /// # let mut lp = Loop::new()?;
    /// let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    /// let address = listener.local_addr()?;
    /// let tcp = Tcp::new(&mut lp);
    /// tcp.open(&mut lp, listener.into())?;
    /// assert_eq!(tcp.getsockname(&mut lp), Ok(address));
    /// # Ok::<(), Errno>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `EBADF` if the handle is gone, `EINVAL` if it is closing, `EBUSY` if it has a socket, `EPERM` for a file, `EEXIST` if the loop
    /// watches this very descriptor for somebody else, and what the kernel says of the options. The descriptor is closed then.
    pub fn open(self, cx: &mut Ctx, fd: OwnedFd) -> Result<(), Errno> {
        self.check_open(cx)?;
        self.prepare(cx, &fd)?;
        self.0.open(cx, fd)?;
        self.forget(cx);
        Ok(())
    }

    /// A handle on a connection that a listener accepted (`uv_accept`). Any listener's connection will do, also that of one in another loop.
    ///
    /// # Errors
    ///
    /// As [`Stream::accept`], and what the kernel says of the socket's options. The connection is closed then, and no handle is left.
    #[track_caller]
    pub fn accept(cx: &mut Ctx, connection: Connection) -> Result<Tcp, Errno> {
        take_urgent_data_inline(&connection)?;
        Stream::accept(cx, &TCP, connection).map(Tcp)
    }

    /// Two handles that are connected with each other (`uv_socketpair`). They are Unix-domain sockets, as everywhere, so they have no IP addresses
    /// and none of TCP's options.
    ///
    /// ```
    /// # use uvox_loop::{Errno, Loop, RunMode};
    /// # use uvox_tcp::uv::Tcp;
    /// # let mut lp = Loop::new()?;
    /// let (one, other) = Tcp::pair(&mut lp)?;
    /// one.write(&mut lp, b"hello", |cx, one, _| cx.close(one, |_| ()).unwrap())?;
    /// other.read_start(&mut lp, |cx, other, data| match data {
    ///     Ok(bytes) => assert_eq!(bytes, b"hello"),
    ///     Err(_) => cx.close(other, |_| ()).unwrap(),
    /// })?;
    /// lp.run(RunMode::Default)?;
    /// # Ok::<(), Errno>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `EMFILE` or `ENFILE` if there are no descriptors left, and as [`Tcp::open`]. No handle is left then.
    #[track_caller]
    pub fn pair(cx: &mut Ctx) -> Result<(Tcp, Tcp), Errno> {
        let (one, other) = sys::socketpair(Domain::UNIX, Type::STREAM, None)?;
        let one = Tcp(Stream::from_socket(cx, &TCP, one)?);
        match Stream::from_socket(cx, &TCP, other) {
            Ok(other) => Ok((one, Tcp(other))),
            Err(errno) => {
                cx.discard(one)?;
                Err(errno)
            }
        }
    }

    /// The stream that it is.
    pub fn stream(self) -> Stream {
        self.0
    }

    /// The TCP handle of that name, of a [`Stream`] for example that a callback was given. If there is none, or it is of something else, calls that are
    /// TCP's own say `EBADF`.
    ///
    /// ```
    /// # use uvox_loop::{Errno, Loop};
    /// # use uvox_tcp::uv::Tcp;
    /// # let mut lp = Loop::new()?;
    /// let tcp = Tcp::new(&mut lp);
    /// assert_eq!(Tcp::from_key(tcp.stream()), tcp);
    /// # Ok::<(), Errno>(())
    /// ```
    pub fn from_key(key: impl Into<Key>) -> Tcp {
        Tcp(Stream::from_key(key.into()))
    }

    /// Whether it is one of ours, open or closing.
    pub(super) fn check(self, cx: &Ctx) -> Result<(), Errno> {
        match cx.info(self) {
            Some(info) if info.kind == TCP.name() => Ok(()),
            _ => Err(Errno::EBADF),
        }
    }

    /// The same for calls that start something, which on a closing handle is `EINVAL`.
    pub(super) fn check_open(self, cx: &Ctx) -> Result<(), Errno> {
        self.check(cx)?;
        if cx.is_closing(self) {
            return Err(Errno::EINVAL);
        }
        Ok(())
    }

    /// Sees to it that there is a socket; one that is there stays, whatever its family (`maybe_new_socket`, `new_socket`).
    pub(super) fn need_socket(self, cx: &mut Ctx, domain: Domain) -> Result<(), Errno> {
        if self.0.fd(cx).is_some() {
            return Ok(());
        }
        let socket = sys::socket(domain, Type::STREAM, None)?;
        self.prepare(cx, &socket)?;
        self.0.take_socket(cx, socket, Channel::Internet)?;
        self.forget(cx);
        Ok(())
    }

    /// Sets on a new socket what was asked for before there was one.
    fn prepare(self, cx: &Ctx, socket: &OwnedFd) -> Result<(), Errno> {
        take_urgent_data_inline(socket)?;
        match self.0.get_extra::<TcpExtra>(cx) {
            Some(extra) => extra.wanted.set_on(socket.as_fd()),
            None => Ok(()),
        }
    }

    /// What was kept is out of date: there is a new socket, or none any more.
    fn forget(self, cx: &mut Ctx) {
        if self.0.get_extra::<TcpExtra>(cx).is_some() {
            self.keep(cx, |extra| *extra = TcpExtra::default());
        }
    }

    /// Changes what is kept.
    pub(super) fn keep(self, cx: &mut Ctx, change: impl FnOnce(&mut TcpExtra)) {
        if let Some(extra) = self.0.extra::<TcpExtra>(cx) {
            change(extra);
        }
    }

    /// What `bind` said and nobody has told yet.
    pub(super) fn delayed(self, cx: &Ctx) -> Option<Errno> {
        self.0.get_extra::<TcpExtra>(cx)?.delayed
    }
}

/// Apple's systems would signal urgent data apart, where the others let it be read among the rest or leave it out.
fn take_urgent_data_inline(socket: &impl AsFd) -> Result<(), Errno> {
    if cfg!(target_vendor = "apple") {
        match sys::set_with(socket.as_fd(), |socket| socket.set_out_of_band_inline(true)) {
            Err(Errno::ENOTSOCK | Errno::EINVAL) | Ok(()) => {}
            Err(errno) => return Err(errno),
        }
    }
    Ok(())
}

/// `uv__tcp_close`.
fn on_stop(cx: &mut Ctx, key: Key) {
    Stream::on_stop(cx, key);
    Tcp::from_key(key).forget(cx);
}

impl Deref for Tcp {
    type Target = Stream;

    fn deref(&self) -> &Stream {
        &self.0
    }
}

impl From<Tcp> for Stream {
    fn from(tcp: Tcp) -> Stream {
        tcp.0
    }
}

impl From<Tcp> for Key {
    fn from(tcp: Tcp) -> Key {
        tcp.0.into()
    }
}

impl fmt::Debug for Tcp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tcp({})", Key::from(*self))
    }
}
