//! What wraps have in common that connect and accept (`ConnectionWrap`, `connection_wrap.cc`).

use std::os::fd::OwnedFd;

use uvox_loop::sys::DescriptorKind;
use uvox_loop::{Callback, Ctx, Errno, emit, trace};

use super::base::{BaseState, StreamBase};
use super::connect_wrap::end_attempt;
use super::handle_wrap::HandleWrap;
use crate::uv::Connection;

pub(super) type OnConnection = dyn FnMut(&mut Ctx, Result<Connection, Errno>);

/// A wrap of a stream that connects, or that accepts connections (`ConnectionWrap`): TCP's, a pipe's. Each is in a crate of its own, which says here how
/// it makes one, and calls here what is the same for all.
pub trait ConnectionWrap: HandleWrap + 'static {
    /// A wrap of the connection that a listener accepted, of type `SOCKET`, not reading yet (`Instantiate`, and `uv_accept`).
    ///
    /// # Errors
    ///
    /// What the kernel says of the socket. The connection is closed then, and no wrap is left.
    fn accept(cx: &mut Ctx, connection: Connection) -> Result<Self, Errno>;

    /// Whether a descriptor of that kind, received over a pipe, can become one.
    fn accepts(kind: DescriptorKind) -> bool;

    /// A wrap of a descriptor that was received over a pipe, of type `SOCKET`, whether it is a connection or listens (`AcceptHandle`).
    ///
    /// # Errors
    ///
    /// As [`Stream::open`](crate::uv::Stream::open). The descriptor is closed then, and no wrap is left.
    fn accept_descriptor(cx: &mut Ctx, fd: OwnedFd) -> Result<Self, Errno>;

    /// The wrap that stands on that base: of a [`StreamBase`] that a callback was given, say. If it is of something else, calls that are the
    /// wrap's own say `EBADF`.
    fn from_base(base: StreamBase) -> Self;

    /// Says what happens with connections (`onconnection`). It can be set at any time, also while it runs, and on a wrap that is closed, where nobody
    /// will call it. It gets the wrap that listens, and a new one, of type `SOCKET`, which is not read yet; or the error.
    ///
    /// All connections that wait are accepted, up to [`Budgets::accepts`](uvox_loop::Budgets::accepts) in a turn. Without a callback they
    /// are closed.
    fn set_on_connection(
        self,
        cx: &mut Ctx,
        mut on_connection: impl FnMut(&mut Ctx, Self, Result<Self, Errno>) + 'static,
    ) {
        let Some(state) = cx.state_mut(self.stream_base().0) else {
            return;
        };
        let callback: Box<OnConnection> = Box::new(move |cx, connection| {
            let client = connection.and_then(|connection| Self::accept(cx, connection));
            on_connection(cx, self, client);
        });
        let replaced = std::mem::replace(&mut state.on_connection, Callback::Set(callback));
        // What it captured may be dropped now.
        drop(replaced);
    }

    /// The uv stream has accepted a connection (`OnConnection`). For the crates that make wraps.
    fn on_connection(self, cx: &mut Ctx, connection: Result<Connection, Errno>) {
        let base = self.stream_base().0;
        let told = connection.as_ref().map(|_| ()).map_err(|errno| *errno);
        let _cause = emit!(Base, "base.onconnection" @ base, result = told).map(trace::cause);
        cx.call(
            base,
            |state: &mut BaseState| &mut state.on_connection,
            |on_connection, cx| on_connection(cx, connection),
        );
    }

    /// The uv stream's connection attempt has ended (`AfterConnect`): its [`ConnectWrap`](super::ConnectWrap) is told. For the crates that make wraps.
    fn after_connect(self, cx: &mut Ctx, status: Result<(), Errno>) {
        end_attempt(cx, self.stream_base(), status);
    }
}
