//! Receiving (`uv_udp_recv_start`, `uv__udp_recvmsg`).

use std::cell::Cell;
use std::collections::VecDeque;

use uvox_loop::sys::{BatchEnd, Domain, QueuedError};
use uvox_loop::{Callback, Ctx, Errno, emit, trace};

use super::batches::{DATAGRAM_SIZE, Places};
use super::bind::BindFlags;
use super::datagram::{Batch, Datagram, Form, Kept, Messages, Source};
use super::merging::Merging;
use super::state::{Udp, UdpState};

type OnBatch = dyn FnMut(&mut Ctx, Udp, Result<&mut Batch<'_>, Errno>);
pub(super) type OnQueuedError = dyn FnMut(&mut Ctx, Udp, QueuedError);

/// Who receives, and whether he wants to.
#[derive(Debug, Default)]
pub(super) struct Reader {
    receiving: bool,
    /// How many times receiving was started: by it a callback knows that the next datagram is not for it any more.
    starts: u64,
    /// How long a datagram can be, if somebody said.
    size: Option<usize>,
    /// Whether several datagrams come as one.
    pub(super) merging: Merging,
    /// What was received and not taken.
    kept: VecDeque<Kept>,
    /// Whether the kernel queues errors beside the datagrams.
    pub(super) queues_errors: bool,
    on_batch: Callback<OnBatch>,
    pub(super) on_queued_error: Callback<OnQueuedError>,
}

impl Reader {
    pub(super) fn is_receiving(&self) -> bool {
        self.receiving
    }

    pub(super) fn stop(&mut self) {
        self.receiving = false;
    }

    pub(super) fn forget_kept(&mut self) {
        self.kept = VecDeque::new();
    }

    /// How much room a message is given. What the kernel put together must not be cut, for each datagram in it may be short enough.
    fn room(&self) -> usize {
        let size = self.size.filter(|_| !self.merging.is_done());
        size.unwrap_or(DATAGRAM_SIZE)
    }

    fn form(&self) -> Form {
        Form {
            apart: self.merging.takes_apart(),
            most: self.size.filter(|_| self.merging.is_done()),
        }
    }
}

impl Udp {
    /// Calls `on_recv` with each datagram that comes (`uv_udp_recv_start`); the bytes are lent until it returns. An error is told as one, and receiving goes on:
    /// `ECONNREFUSED` if what a [connected](Udp::connect) handle sent found nobody. A handle without a socket gets one, of IPv4.
    ///
    /// At most [`Budgets::datagrams`](uvox_loop::Budgets::datagrams) come in one turn, the rest in the next. What the callback [sends](Udp::send), if it was several
    /// datagrams that came together, is sent together when it has seen all of them.
    ///
    /// ```
    /// use uvox_loop::{Errno, Loop, RunMode};
    /// use uvox_udp::uv::{BindFlags, Udp};
    ///
    /// let mut lp = Loop::new()?;
    /// let udp = Udp::new(&mut lp);
    /// udp.bind(&mut lp, "127.0.0.1:0".parse().unwrap(), BindFlags::NONE)?;
    /// let address = udp.getsockname(&mut lp)?;
    /// udp.recv_start(&mut lp, move |cx, udp, datagram| {
    ///     let datagram = datagram.unwrap();
    ///     assert_eq!((datagram.bytes, datagram.sender()), (&b"hello"[..], Some(address)));
    ///     cx.close(udp, |_| ()).unwrap();
    /// })?;
    /// udp.send(&mut lp, b"hello", address, |_, _, sent| assert_eq!(sent, Ok(())))?;
    /// lp.run(RunMode::Default)?;
    /// # Ok::<(), Errno>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `EBADF` if the handle is gone, `EINVAL` if it is closing, `EALREADY` if it receives already; as [`Udp::bind`] if there is no socket yet; `ENOMEM` or
    /// `ENOSPC` at the kernel's limits.
    pub fn recv_start(
        self,
        cx: &mut Ctx,
        mut on_recv: impl FnMut(&mut Ctx, Udp, Result<Datagram<'_>, Errno>) + 'static,
    ) -> Result<(), Errno> {
        let start = self.prepare_to_receive(cx)?;
        let on_batch = move |cx: &mut Ctx, udp: Udp, batch: Result<&mut Batch<'_>, Errno>| {
            let batch = match batch {
                Ok(batch) => batch,
                Err(errno) => return on_recv(cx, udp, Err(errno)),
            };
            for datagram in batch.of_this_turn() {
                let _cause = emit!(Uv, "datagram" @ udp, bytes = datagram.bytes.len(), from = datagram.sender())
                    .map(trace::cause);
                on_recv(cx, udp, Ok(datagram));
                if !udp.receives_since(cx, start) {
                    // The rest is for whoever comes next.
                    return;
                }
            }
        };
        self.begin_receiving(cx, start, Box::new(on_batch))
    }

    /// The same with a batch at a time, of as many datagrams as came together; those that the callback leaves in it come again in the next turn.
    ///
    /// On Linux the kernel is told to put together what comes from one sender (UDP GRO), which is much cheaper: it then goes up through the kernel, and is received, as one. It is
    /// taken apart here, so that each datagram in the batch is one that was sent. What there is to know of it:
    ///
    /// - What is put together is lost together, when the socket's buffer is full; it takes less room there than it would take one by one.
    /// - The last call of a turn may bring more datagrams than the [budget](uvox_loop::Budgets::datagrams) has left: no more messages than that, and each of 64 KiB at most.
    /// - The socket stays so, also when datagrams are received one by one again, which are then taken apart, too. Who else reads from its [descriptor](Udp::fd) gets several datagrams in
    ///   one. So a socket that was [opened](Udp::open) is left as it is.
    ///
    /// [`receive_coalesced`](Udp::receive_coalesced) turns it off beforehand, and asks for datagrams that are not taken apart.
    ///
    /// # Errors
    ///
    /// As [`Udp::recv_start`].
    pub fn recv_start_batch(
        self,
        cx: &mut Ctx,
        on_batch: impl FnMut(&mut Ctx, Udp, Result<&mut Batch<'_>, Errno>) + 'static,
    ) -> Result<(), Errno> {
        let start = self.prepare_to_receive(cx)?;
        if let Some(parts) = cx.parts(self.0) {
            parts.state.reader.merging.begin_batches(parts.fd);
        }
        self.begin_receiving(cx, start, Box::new(on_batch))
    }

    fn prepare_to_receive(self, cx: &mut Ctx) -> Result<u64, Errno> {
        let reader = &cx.open_state(self.0)?.reader;
        if reader.receiving {
            return Err(Errno::EALREADY);
        }
        let start = reader.starts + 1;
        self.need_bound(cx, Domain::IPV4, BindFlags::NONE)?;
        Ok(start)
    }

    fn begin_receiving(
        self,
        cx: &mut Ctx,
        start: u64,
        on_batch: Box<OnBatch>,
    ) -> Result<(), Errno> {
        cx.watch(self.0)?;
        let parts = cx.parts(self.0).ok_or(Errno::EBADF)?;
        let reader = &mut parts.state.reader;
        reader.receiving = true;
        reader.starts = start;
        let is_there = parts.ready.can_read() || !reader.kept.is_empty();
        let replaced = std::mem::replace(&mut reader.on_batch, Callback::Set(on_batch));
        drop(replaced);
        if is_there {
            // What is known to be there is received when the kernel would tell of it: in the next poll phase.
            cx.requeue(self.0)?;
        }
        emit!(Uv, "recv_start" @ self);
        cx.set_active(self.0, true)
    }

    /// Receives no more, at once, also from the callback (`uv_udp_recv_stop`). What comes meanwhile waits in the kernel, as far as it has room for it.
    ///
    /// # Errors
    ///
    /// `EBADF` if the handle is gone.
    pub fn recv_stop(self, cx: &mut Ctx) -> Result<(), Errno> {
        let reader = &mut cx.state_mut(self.0).ok_or(Errno::EBADF)?.reader;
        if !reader.receiving {
            return Ok(());
        }
        reader.stop();
        emit!(Uv, "recv_stop" @ self);
        self.update_active(cx);
        Ok(())
    }

    /// Whether it receives.
    pub fn is_receiving(self, cx: &Ctx) -> bool {
        !cx.is_closing(self.0) && cx.state(self.0).is_some_and(|state| state.reader.receiving)
    }

    /// How many bytes of a datagram there is room for; what is longer is [cut](Datagram::truncated). At first there is room for any. Several that
    /// [come as one](Udp::receive_coalesced) are not.
    ///
    /// # Errors
    ///
    /// `EBADF` if the handle is gone, `EINVAL` if it is closing, and for 0 or more than 64 KiB.
    pub fn set_datagram_size(self, cx: &mut Ctx, bytes: usize) -> Result<(), Errno> {
        let reader = &mut cx.open_state(self.0)?.reader;
        if bytes == 0 || bytes > DATAGRAM_SIZE {
            return Err(Errno::EINVAL);
        }
        reader.size = Some(bytes);
        Ok(())
    }

    #[inline]
    fn receives_since(self, cx: &Ctx, start: u64) -> bool {
        cx.state(self.0)
            .is_some_and(|state| state.reader.receiving && state.reader.starts == start)
    }

    /// Receives what is there, within the budget.
    pub(super) fn run_receives(self, cx: &mut Ctx) {
        let mut left = cx.budgets().datagrams as usize;
        self.tell_kept(cx, &mut left);
        self.run_queued_errors(cx, &mut left);
        while left > 0 {
            match self.receive(cx, left) {
                Some(count) => left -= count.clamp(1, left),
                None => return,
            }
        }
        // More may be there, and nobody will say so again. A handle that was closed needs no other turn.
        if self.is_receiving(cx) {
            let _ = cx.requeue(self.0);
        }
    }

    /// One batch, of how many datagrams. `None`: no other is to follow in this turn.
    fn receive(self, cx: &mut Ctx, left: usize) -> Option<usize> {
        if !cx.parts(self.0)?.state.may_receive() {
            return None;
        }
        let mut places = Places::take(cx);
        let received = self.fill(cx, &mut places, left);
        let told = received
            .map(|filled| filled.map(|form| Source::new(Messages::Received(&places), form)));
        let _cause = match told {
            Ok(None) => None,
            Ok(Some(source)) => emit!(Uv, "recv" @ self, result = Ok(source.len())),
            Err(errno) => emit!(Uv, "recv" @ self, result = Err::<usize, Errno>(errno)),
        }
        .map(trace::cause);
        if let Ok(Some(source)) = told {
            self.tell(cx, source, left);
        }
        let behind = match (received, places.end()) {
            (Ok(Some(_)), BatchEnd::Failed(errno)) => Some(errno),
            (received, _) => received.err(),
        };
        let count = told.map(|told| told.map(Source::len));
        places.give_back(cx);
        if let Some(errno) = behind
            && self.is_receiving(cx)
        {
            self.tell_error(cx, errno);
        }
        count.unwrap_or(Some(1))
    }

    /// Asks the kernel, and draws the conclusions. Says what is to be made of what came; `None`: there was nothing.
    fn fill(self, cx: &mut Ctx, places: &mut Places, most: usize) -> Result<Option<Form>, Errno> {
        let Some(parts) = cx.parts(self.0) else {
            return Ok(None);
        };
        if !parts.ready.can_read() {
            return Ok(None);
        }
        let reader = &parts.state.reader;
        match places.receive(parts.fd, reader.room(), most) {
            Ok(_) => {
                if places.end() == BatchEnd::Empty {
                    parts.ready.short_read();
                }
                Ok(Some(reader.form()))
            }
            Err(Errno::EAGAIN) => {
                parts.ready.would_block_reading();
                Ok(None)
            }
            Err(errno) => Err(errno),
        }
    }

    /// Tells of datagrams, of which the turn has so many left. What is not taken is kept.
    fn tell(self, cx: &mut Ctx, source: Source<'_>, left: usize) {
        let taken = Cell::new(0);
        if let Some(state) = cx.state_mut(self.0) {
            // What is sent meanwhile can go out together, if there is more than one to answer.
            state.queue.gathers = source.len() > 1;
        }
        let telling = Telling {
            cx,
            udp: self,
            source,
            taken: &taken,
        };
        let mut batch = Batch::new(source, &taken, left);
        telling.cx.call(
            self.0,
            |state: &mut UdpState| &mut state.reader.on_batch,
            |on_batch, cx| on_batch(cx, self, Ok(&mut batch)),
        );
    }

    /// Tells of what was kept, before anything that came later.
    fn tell_kept(self, cx: &mut Ctx, left: &mut usize) {
        let Ok(state) = cx.open_state(self.0) else {
            return;
        };
        let reader = &mut state.reader;
        if !reader.receiving || reader.kept.is_empty() {
            return;
        }
        let count = reader.kept.len().min(*left);
        let kept: Vec<Kept> = reader.kept.drain(..count).collect();
        let source = Source::new(Messages::Kept(&kept), reader.form());
        self.tell(cx, source, *left);
        *left = left.saturating_sub(source.len());
    }

    pub(super) fn tell_error(self, cx: &mut Ctx, errno: Errno) {
        cx.call(
            self.0,
            |state: &mut UdpState| &mut state.reader.on_batch,
            |on_batch, cx| on_batch(cx, self, Err(errno)),
        );
    }
}

impl UdpState {
    /// Whether newer datagrams are wanted.
    #[inline]
    fn may_receive(&self) -> bool {
        self.reader.receiving && self.reader.kept.is_empty()
    }
}

/// Datagrams that are told of. Whatever ends that, a panic included, what was not taken is kept.
struct Telling<'a> {
    cx: &'a mut Ctx,
    udp: Udp,
    source: Source<'a>,
    taken: &'a Cell<usize>,
}

impl Drop for Telling<'_> {
    #[inline]
    fn drop(&mut self) {
        let Ok(state) = self.cx.open_state(self.udp.0) else {
            return;
        };
        state.queue.gathers = false;
        if self.taken.get() < self.source.len() {
            self.keep_rest();
        }
    }
}

impl Telling<'_> {
    #[cold]
    fn keep_rest(&mut self) {
        let Ok(state) = self.cx.open_state(self.udp.0) else {
            return;
        };
        let rest = self.source.rest(self.taken.get());
        let reader = &mut state.reader;
        for kept in rest.into_iter().rev() {
            reader.kept.push_front(kept);
        }
        if reader.receiving {
            // It is open.
            let _ = self.cx.requeue(self.udp.0);
        }
    }
}
