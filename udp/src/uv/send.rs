//! Sending (`uv_udp_send`, `uv__udp_sendmsg`).

use std::io::IoSlice;
use std::net::SocketAddr;
use std::os::fd::BorrowedFd;

use bytes::Bytes;
use uvox_loop::sys::{self, Control, Domain, IOV_MAX, RawAddress};
use uvox_loop::{Ctx, Errno, emit, trace};

use super::batches::{give_back_sending, take_sending};
use super::bind::BindFlags;
use super::queue::{OnSent, PIECES, Payload, Request, SendQueue};
use super::state::{Udp, UdpState};

/// How many batches of a handle's queue are sent in a turn.
const BATCHES_PER_TURN: u32 = 32;

impl Udp {
    /// Sends a datagram (`uv_udp_send`): to an address, or, if the handle is [connected](Udp::connect), to its peer with `None`. If no other send is queued or still to be told
    /// of, the kernel is tried at once, with the bytes where they are; else they are copied, and sent with what else is queued, later in this turn, or when there is room.
    /// `done` is called from the loop: with `Ok` if the kernel took the datagram, which does not mean that it arrives; `EMSGSIZE` if it is longer than datagrams can be;
    /// `ECANCELED` if the handle was closed; `ECONNREFUSED`, which is about an earlier one; what else the kernel says.
    ///
    /// ```
    /// # use uvox_loop::{Errno, Loop, RunMode};
    /// # use uvox_udp::uv::Udp;
    /// # let mut lp = Loop::new()?;
    /// let peer = std::net::UdpSocket::bind("127.0.0.1:0")?;
    /// let udp = Udp::new(&mut lp);
    /// udp.send(&mut lp, b"hello", peer.local_addr()?, |cx, udp, sent| {
    ///     assert_eq!(sent, Ok(()));
    ///     cx.close(udp, |_| ()).unwrap();
    /// })?;
    /// lp.run(RunMode::Default)?;
    /// let mut bytes = [0; 8];
    /// assert_eq!(peer.recv(&mut bytes)?, 5);
    /// # Ok::<(), Errno>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `EBADF` if the handle is gone; `EINVAL` if it is closing, or for more than 2 GiB; `EISCONN` for an address on a connected handle, `EDESTADDRREQ` for none on one that is not; as
    /// [`Udp::bind`] if there is no socket yet. Nothing is sent then, and `done` is dropped.
    pub fn send(
        self,
        cx: &mut Ctx,
        bytes: &[u8],
        to: impl Into<Option<SocketAddr>>,
        done: impl FnOnce(&mut Ctx, Udp, Result<(), Errno>) + 'static,
    ) -> Result<(), Errno> {
        self.sendv(cx, &[IoSlice::new(bytes)], to, done)
    }

    /// The same with a datagram in many pieces.
    ///
    /// # Errors
    ///
    /// As [`Udp::send`]; `EINVAL` also for no piece at all.
    pub fn sendv(
        self,
        cx: &mut Ctx,
        pieces: &[IoSlice<'_>],
        to: impl Into<Option<SocketAddr>>,
        done: impl FnOnce(&mut Ctx, Udp, Result<(), Errno>) + 'static,
    ) -> Result<(), Errno> {
        self.send_with(cx, pieces, to, &Control::default(), done)
    }

    /// The same with what is to go along with it: from which of this machine's addresses, by which interface, with which congestion mark; or several datagrams in one, which
    /// the kernel takes apart (UDP GSO, Linux only), 64 at most.
    ///
    /// # Errors
    ///
    /// As [`Udp::sendv`].
    pub fn send_with(
        self,
        cx: &mut Ctx,
        pieces: &[IoSlice<'_>],
        to: impl Into<Option<SocketAddr>>,
        control: &Control,
        done: impl FnOnce(&mut Ctx, Udp, Result<(), Errno>) + 'static,
    ) -> Result<(), Errno> {
        let outgoing = Outgoing {
            pieces,
            to: to.into(),
            control,
        };
        self.submit(cx, outgoing, |queue| queue.copy(pieces), Box::new(done))
    }

    /// The same with bytes that can be shared: what is queued is not copied.
    ///
    /// # Errors
    ///
    /// As [`Udp::sendv`].
    pub fn send_bytes(
        self,
        cx: &mut Ctx,
        pieces: &[Bytes],
        to: impl Into<Option<SocketAddr>>,
        done: impl FnOnce(&mut Ctx, Udp, Result<(), Errno>) + 'static,
    ) -> Result<(), Errno> {
        let done: OnSent = Box::new(done);
        let to = to.into();
        let control = &Control::default();
        if let [piece] = pieces {
            let slices = [IoSlice::new(piece)];
            let outgoing = Outgoing::new(&slices, to, control);
            return self.submit(cx, outgoing, |_| Payload::One(piece.clone()), done);
        }
        let slices: Vec<IoSlice<'_>> = pieces.iter().map(|piece| IoSlice::new(piece)).collect();
        let outgoing = Outgoing::new(&slices, to, control);
        let payload = |queue: &mut SendQueue| {
            if pieces.len() > PIECES {
                queue.copy(&slices)
            } else {
                Payload::Many(pieces.into())
            }
        };
        self.submit(cx, outgoing, payload, done)
    }

    /// How many bytes are in sends that are not told of yet (`uv_udp_get_send_queue_size`).
    pub fn send_queue_size(self, cx: &Ctx) -> usize {
        cx.state(self.0).map_or(0, |state| state.queue.size())
    }

    /// How many sends are not told of yet (`uv_udp_get_send_queue_count`).
    pub fn send_queue_count(self, cx: &Ctx) -> usize {
        cx.state(self.0).map_or(0, |state| state.queue.count())
    }

    /// Whether this can be sent at all (`uv__udp_check_before_send`), and a socket to do it with.
    pub(super) fn check_before_send(
        self,
        cx: &mut Ctx,
        pieces: &[IoSlice<'_>],
        to: Option<SocketAddr>,
    ) -> Result<usize, Errno> {
        let connected = cx.open_state(self.0)?.connected;
        let total = check(connected, to.is_some(), pieces)?;
        if let Some(to) = to {
            self.need_bound(cx, Domain::for_address(to), BindFlags::NONE)?;
        }
        Ok(total)
    }

    /// Tries the kernel, if this is the time for it, and queues what it does not take.
    fn submit(
        self,
        cx: &mut Ctx,
        outgoing: Outgoing<'_>,
        payload: impl FnOnce(&mut SendQueue) -> Payload,
        done: OnSent,
    ) -> Result<(), Errno> {
        let total = self.check_before_send(cx, outgoing.pieces, outgoing.to)?;
        let to = outgoing.to.map(RawAddress::from);
        let parts = cx.parts(self.0).ok_or(Errno::EBADF)?;
        let queue = &mut parts.state.queue;
        let before = queue.size();
        let is_first = queue.count() == 0;
        let has_room = parts.ready.can_write();
        let tried = (is_first && !queue.gathers && has_room)
            .then(|| transmit(parts.fd, outgoing.pieces, to.as_ref(), outgoing.control));
        let next = match tried {
            None if has_room => Next::Together,
            None | Some(Err(Errno::EAGAIN)) => {
                parts.ready.would_block_writing();
                Next::Room
            }
            Some(Err(Errno::ENOBUFS)) => Next::Again,
            Some(status) => {
                queue.push_finished(total, status, done);
                emit!(Uv, "send" @ self, bytes = total, result = status, queue = before => before + total);
                return self.follow(cx, is_first, Next::Told);
            }
        };
        let request = Request {
            payload: payload(queue),
            to,
            control: *outgoing.control,
            done,
        };
        queue.push(request);
        emit!(Uv, "send" @ self, bytes = total, result = tried.unwrap_or(Err(Errno::EAGAIN)), queue = before => before + total);
        self.follow(cx, is_first, next)
    }

    /// Sees to it that a send goes on, and is told of.
    fn follow(self, cx: &mut Ctx, is_first: bool, next: Next) -> Result<(), Errno> {
        cx.begin_request();
        if is_first {
            cx.set_active(self.0, true)?;
        }
        match next {
            Next::Told | Next::Together => cx.feed(self.0),
            Next::Again => {
                self.put_off(cx);
                Ok(())
            }
            Next::Room => self.wait_for_room(cx),
        }
    }

    /// The kernel says when there is room. One that cannot be asked for that is tried again in each turn.
    fn wait_for_room(self, cx: &mut Ctx) -> Result<(), Errno> {
        if cx.watch(self.0).is_ok() {
            return Ok(());
        }
        if let Some(parts) = cx.parts(self.0) {
            *parts.ready |= uvox_loop::Ready::WRITABLE;
        }
        cx.requeue(self.0)
    }

    /// Gives the queue to the kernel as far as there is room (`uv__udp_sendmsg`).
    pub(super) fn run_sends(self, cx: &mut Ctx) {
        for _ in 0..BATCHES_PER_TURN {
            let Some(parts) = cx.parts(self.0) else {
                return;
            };
            let queue = &parts.state.queue;
            if !queue.is_waiting() || queue.rests || !parts.ready.can_write() {
                return;
            }
            if let Some(next) = self.send_batch(cx) {
                match next {
                    // It is open, so this goes.
                    Next::Room => drop(self.wait_for_room(cx)),
                    _ => self.put_off(cx),
                }
                return;
            }
        }
        // There is room still, but others want their turn, too.
        self.put_off(cx);
    }

    /// What waits is sent in the next turn, and not in this one, though there will be something to tell of.
    fn put_off(self, cx: &mut Ctx) {
        if let Ok(state) = cx.open_state(self.0) {
            state.queue.rests = true;
            let _ = cx.requeue(self.0);
        }
    }

    /// One batch. What is returned is what ended it, if it is not to go on at once.
    fn send_batch(self, cx: &mut Ctx) -> Option<Next> {
        let mut batch = take_sending(cx);
        let sent = cx.parts(self.0).map(|parts| {
            let queue = &mut parts.state.queue;
            let (given, sent) = queue.send(parts.fd, &mut batch);
            let next = match sent {
                Ok(count) => {
                    queue.finish(count, Ok(()));
                    None
                }
                Err(Errno::EAGAIN) => {
                    parts.ready.would_block_writing();
                    Some(Next::Room)
                }
                // Nobody says when that is over.
                Err(Errno::ENOBUFS) => Some(Next::Again),
                // It is the first one's: those before it were sent.
                Err(errno) => {
                    queue.finish(1, Err(errno));
                    None
                }
            };
            (given, sent, next)
        });
        give_back_sending(cx, batch);
        let (given, sent, next) = sent?;
        emit!(Uv, "flush" @ self, datagrams = given, result = sent);
        if sent != Err(Errno::EAGAIN) && sent != Err(Errno::ENOBUFS) {
            // There is something to tell of.
            let _ = cx.feed(self.0);
        }
        next
    }

    /// Tells of sends that are over now; what the callbacks send is for later (`uv__udp_run_completed`).
    pub(super) fn report_sent(self, cx: &mut Ctx) {
        let Some(queue) = cx.state_mut(self.0).map(|state| &mut state.queue) else {
            return;
        };
        let count = queue.finished();
        if count == 0 {
            return;
        }
        queue.gathers = count > 1;
        let mut reporting = Reporting { cx, udp: self };
        for _ in 0..count {
            let queue = reporting.queue();
            let Some((done, status)) = queue.and_then(SendQueue::pop_finished) else {
                return;
            };
            // It fails only for a user who ended requests that were not theirs.
            let _ = reporting.cx.end_request();
            let _cause = emit!(Uv, "sent" @ self, result = status).map(trace::cause);
            done(reporting.cx, self, status);
        }
    }
}

/// A datagram that is to be sent.
#[derive(Clone, Copy)]
struct Outgoing<'a> {
    pieces: &'a [IoSlice<'a>],
    to: Option<SocketAddr>,
    control: &'a Control,
}

/// What a send waits for.
enum Next {
    /// To be told of.
    Told,
    /// To be sent with others.
    Together,
    /// For room.
    Room,
    /// To be tried again.
    Again,
}

impl<'a> Outgoing<'a> {
    fn new(
        pieces: &'a [IoSlice<'a>],
        to: Option<SocketAddr>,
        control: &'a Control,
    ) -> Outgoing<'a> {
        Outgoing {
            pieces,
            to,
            control,
        }
    }
}

/// Sends are told of. Whatever ends that, a panic included, what is sent from then on is no longer collected.
struct Reporting<'a> {
    cx: &'a mut Ctx,
    udp: Udp,
}

impl Reporting<'_> {
    fn queue(&mut self) -> Option<&mut SendQueue> {
        let state: &mut UdpState = self.cx.state_mut(self.udp.0)?;
        Some(&mut state.queue)
    }
}

impl Drop for Reporting<'_> {
    fn drop(&mut self) {
        if let Some(queue) = self.queue() {
            queue.gathers = false;
        }
        self.udp.update_active(self.cx);
    }
}

/// Whether a datagram can be sent by a handle that is [connected](Udp::connect), or is not; and how long it is.
#[inline]
pub(super) fn check(
    connected: bool,
    has_address: bool,
    pieces: &[IoSlice<'_>],
) -> Result<usize, Errno> {
    check_address(connected, has_address)?;
    let total: usize = pieces.iter().map(|piece| piece.len()).sum();
    if pieces.is_empty() || total > MOST_BYTES {
        return Err(Errno::EINVAL);
    }
    Ok(total)
}

/// More than that is none.
pub(super) const MOST_BYTES: usize = i32::MAX as usize;

/// One that is connected has the address, and one that is not needs it.
#[inline]
pub(super) fn check_address(connected: bool, has_address: bool) -> Result<(), Errno> {
    match (has_address, connected) {
        (true, true) => Err(Errno::EISCONN),
        (false, false) => Err(Errno::EDESTADDRREQ),
        _ => Ok(()),
    }
}

/// One datagram (`uv__udp_sendmsg1`). In how many pieces it is, the kernel need not know.
#[inline]
pub(super) fn transmit(
    socket: BorrowedFd<'_>,
    pieces: &[IoSlice<'_>],
    to: Option<&RawAddress>,
    control: &Control,
) -> Result<(), Errno> {
    let sent = match (pieces, to) {
        ([piece], None) if control.is_empty() => sys::send(socket, piece),
        ([piece], Some(to)) if control.is_empty() => sys::sendto(socket, piece, to),
        _ if pieces.len() > IOV_MAX => {
            let whole: Vec<u8> = pieces
                .iter()
                .flat_map(|piece| piece.iter().copied())
                .collect();
            sys::sendmsg(socket, &[IoSlice::new(&whole)], to, control)
        }
        _ => sys::sendmsg(socket, pieces, to, control),
    };
    sent.map(drop)
}
