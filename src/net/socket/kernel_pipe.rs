//! From one socket to another within the kernel. Node has nothing of the kind: what comes closest is `pipeline` of two sockets.

use std::rc::Rc;

use uvox_loop::Ctx;
use uvox_stream::node::{PipeOptions, Piped};

use super::kernel_flow::{self, Callback, Flow, Flows, SOURCE, TARGET};
use super::state::Socket;
use crate::net::errors;
use crate::{Error, listeners};

impl Socket {
    /// Lets what it receives flow to `target`, until either is over; the bytes need not come into this process. `callback` is called once, from the loop or from a tick,
    /// with what became of it.
    ///
    /// - It may be called before either is connected, and begins when both are. What waits in this socket to be read goes first, and what was
    ///   written to `target` before goes before that. What is written to `target` meanwhile goes in between.
    /// - While `target` takes nothing, nothing is read.
    /// - When the peer ends, this socket emits 'end', and `target` is ended, unless [that is not wanted](PipeOptions::end); it calls back when that is finished.
    /// - If one of them fails, or is closed, the other one is destroyed for the same reason: `target` only if it was to be ended, this one only if it has not
    ///   come to its end. That is the callback's error, and no uncaught one.
    /// - No 'data' is emitted, and to pause or resume this socket has no effect before the pipe is over. Its [timeout](Socket::set_timeout), and that of `target`,
    ///   count what goes through, if not to the byte: they may come late by as much as they are long.
    /// - Where the kernel [cannot do it](PipeOptions::splice), it goes on by copying. The bytes are counted in either case.
    ///
    /// Two of them, one for each direction, are a proxy: of sockets that [may be half-open](super::SocketOptions::allow_half_open). One whose target is the socket
    /// itself is an echo.
    ///
    /// # Errors
    ///
    /// Nothing happens then, and nobody is called: `ERR_SOCKET_CLOSED` if one of them is destroyed, or gone; `ERR_STREAM_WRITE_AFTER_END` if `target` was ended;
    /// `ERR_SOCKET_BUSY` if this one is piped already, or another one to `target`; `ERR_INVALID_STATE` if this one reads text.
    pub fn pipe_in_kernel(
        self,
        cx: &mut Ctx,
        target: Socket,
        options: PipeOptions,
        callback: impl FnOnce(&mut Ctx, Result<Piped, Error>) + 'static,
    ) -> Result<(), Error> {
        let callback: Callback = Box::new(callback);
        check(cx, self, target)?;
        listeners::leaf(cx, |cx| {
            kernel_flow::begin(cx, [self, target], options, callback)
        });
        Ok(())
    }

    /// Ends that; neither socket is otherwise touched, and this one is read as it was before. What is on its way still arrives. The callback is told of
    /// [`Unpiped`](uvox_stream::node::PipeEnd::Unpiped). False if it was not piped.
    pub fn unpipe_in_kernel(self, cx: &mut Ctx) -> bool {
        let flow = self.flows(cx)[SOURCE].clone();
        let Some(flow) = flow else {
            return false;
        };
        listeners::leaf(cx, |cx| flow.unpipe(cx));
        true
    }

    /// Whether the bytes go through the kernel alone, right now.
    pub fn is_spliced(self, cx: &Ctx) -> bool {
        let flow = self.flows(cx)[SOURCE].as_ref();
        flow.and_then(|flow| flow.pipe())
            .is_some_and(|pipe| pipe.is_spliced(cx))
    }

    pub(super) fn flows(self, cx: &Ctx) -> &Flows {
        let more = self.state(cx).and_then(|state| state.more.as_ref());
        more.map_or(&[const { None }; 2], |more| &more.flows)
    }

    /// Whether it is not read at the moment, whoever wants that, because it is piped.
    pub(super) fn is_piped(self, cx: &Ctx) -> bool {
        self.flows(cx)[SOURCE].is_some()
    }

    /// Whether it has a part in a pipe.
    pub(super) fn has_flow(self, cx: &Ctx) -> bool {
        self.flows(cx).iter().any(Option::is_some)
    }

    /// Whether anything went through a pipe of its since this was asked last.
    pub(super) fn has_flowed(self, cx: &Ctx) -> bool {
        let flows = self.flows(cx).iter().enumerate();
        let moved = |(place, flow): (usize, &Option<Rc<Flow>>)| {
            flow.as_ref().is_some_and(|flow| flow.has_moved(cx, place))
        };
        // Both are asked.
        flows.filter(|flow| moved(*flow)).count() > 0
    }

    /// It is destroyed, for that reason.
    pub(super) fn leave_flows(self, cx: &mut Ctx, error: Option<&Error>) {
        let more = self.state_mut(cx).and_then(|state| state.more.as_mut());
        let flows = more.map(|more| std::mem::take(&mut more.flows));
        for (place, flow) in flows.into_iter().flatten().enumerate() {
            if let Some(flow) = flow {
                flow.is_left(cx, place, error);
            }
        }
    }
}

fn check(cx: &Ctx, source: Socket, target: Socket) -> Result<(), Error> {
    if source.duplex.is_destroyed(cx) || target.duplex.is_destroyed(cx) {
        return Err(errors::socket_closed());
    }
    if target.duplex.writable_ended(cx) {
        let message = "write after end";
        return Err(Error::new("ERR_STREAM_WRITE_AFTER_END", message));
    }
    if source.flows(cx)[SOURCE].is_some() || target.flows(cx)[TARGET].is_some() {
        return Err(errors::busy("It is piped already"));
    }
    if source.duplex.readable_encoding(cx).is_some() {
        let message = "A socket that reads text cannot be piped within the kernel";
        return Err(Error::new("ERR_INVALID_STATE", message));
    }
    Ok(())
}
