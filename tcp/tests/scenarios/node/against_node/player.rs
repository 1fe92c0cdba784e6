//! How a piece is played: on our wraps here, on Node's own by `pieces.js`.

use std::cell::Cell;
use std::io::IoSlice;
use std::net::Ipv4Addr;
use std::process::Command;
use std::rc::Rc;
use std::time::Duration;

use uvox_loop::{Check, Ctx, Errno, Idle, Loop, RunMode, Timer};
use uvox_stream::node::{ConnectionWrap, HandleWrap, StreamBase, StreamWriteResult};
use uvox_tcp::node::{SocketType, TcpWrap};
use uvox_tcp::uv::BindFlags;

use crate::common::{Seen, end, scenario};

pub(super) const LOCALHOST: &str = "127.0.0.1";

/// What is seen while a piece is played: who saw what, in order.
#[derive(Clone)]
pub(super) struct Play(Seen<(String, String)>);

/// Plays a piece on our wraps, and on Node's if there is a Node 20 on this machine. Each of those that take part must see the same, line by line. In which order
/// two of them see what they see is not compared.
pub(super) fn as_in_node(piece: &str, play: impl FnOnce(&mut Loop, &Play)) {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let seen = Play(Seen::new());
        play(&mut lp, &seen);
        assert!(!lp.run(RunMode::Default).unwrap());
        let ours = by_who(seen.0.take());
        assert!(!ours.is_empty());
        uvox_testing::close_all(&mut lp);
        assert!(!lp.run(RunMode::Default).unwrap());
        end(lp);
        match played_by_node(piece) {
            Some(nodes) => assert_eq!(ours, by_who(nodes), "ours, and Node's"),
            None => println!("skipped: there is no Node 20 here to compare with"),
        }
    });
}

/// The lines, without the order between different ones.
fn by_who(mut lines: Vec<(String, String)>) -> Vec<(String, String)> {
    lines.sort_by(|one, other| one.0.cmp(&other.0));
    lines
}

fn played_by_node(piece: &str) -> Option<Vec<(String, String)>> {
    let version = Command::new("node").arg("--version").output().ok()?;
    if !version.stdout.starts_with(b"v20.") {
        return None;
    }
    let pieces = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/scenarios/node/against_node/pieces.js"
    );
    let output = Command::new("node").args([pieces, piece]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    let lines = String::from_utf8(output.stdout).unwrap();
    let line = |line: &str| {
        let (who, what) = line.split_once(": ").unwrap();
        (who.to_owned(), what.to_owned())
    };
    Some(lines.lines().map(line).collect())
}

impl Play {
    pub(super) fn note(&self, who: &str, what: impl Into<String>) {
        self.0.add((who.to_owned(), what.into()));
    }

    /// Notes what a call gave.
    pub(super) fn gave<T>(&self, who: &str, call: &str, result: Result<T, Errno>) {
        self.note(who, format!("{call} {}", said(result)));
    }

    /// The same for a method that in Node gives undefined when the wrap is gone.
    fn method(&self, who: &str, cx: &Ctx, tcp: TcpWrap, call: &str, result: Result<(), Errno>) {
        if tcp.unwrap(cx).is_none() {
            assert_eq!(result, Err(Errno::EBADF));
            return self.note(who, format!("{call} undefined"));
        }
        self.gave(who, call, result);
    }

    /// A server on a port of the kernel's choice.
    pub(super) fn listening(
        &self,
        cx: &mut Ctx,
        mut on_connection: impl FnMut(&mut Ctx, TcpWrap, Result<TcpWrap, Errno>) + 'static,
    ) -> (TcpWrap, u16) {
        let server = TcpWrap::new(cx, SocketType::Server);
        server.bind(cx, LOCALHOST, 0).unwrap();
        server.set_on_connection(cx, move |cx, server, client| {
            on_connection(cx, server, client)
        });
        server.listen(cx, 511).unwrap();
        let port = server.getsockname(cx).unwrap().port;
        (server, port)
    }

    /// Calls back with a port on which nobody listens any more, from the closing phase.
    pub(super) fn nobody(&self, cx: &mut Ctx, then: impl FnOnce(&mut Ctx, u16) + 'static) {
        let (server, port) = self.listening(cx, |_, _, _| ());
        server.close(cx, move |cx| then(cx, port));
    }

    pub(super) fn connect(
        &self,
        cx: &mut Ctx,
        who: &'static str,
        tcp: TcpWrap,
        port: u16,
        then: impl FnOnce(&mut Ctx) + 'static,
    ) -> Result<(), Errno> {
        let play = self.clone();
        let req = Seen::new();
        let same = req.clone();
        let begun = tcp.connect(cx, LOCALHOST, port, move |cx, connected| {
            let names = connected.handle == tcp && same.all() == [connected.req];
            let status = said(connected.status);
            let (readable, writable) = (connected.readable, connected.writable);
            play.note(
                who,
                format!("connected {status} {names} {readable} {writable}"),
            );
            then(cx);
        })?;
        req.add(begun);
        Ok(())
    }

    pub(super) fn write(&self, cx: &mut Ctx, who: &'static str, tcp: TcpWrap, size: usize) {
        let play = self.clone();
        let result = tcp.write(cx, &[IoSlice::new(&vec![0; size])], move |_, _, status| {
            play.gave(who, "written", status);
        });
        let StreamWriteResult { err, is_async, .. } = result;
        if tcp.unwrap(cx).is_none() {
            assert_eq!(err, Some(Errno::EBADF));
            return self.note(who, "write undefined");
        }
        let err = said(err.map_or(Ok(()), Err));
        self.note(who, format!("write {err} {is_async}"));
    }

    pub(super) fn shutdown(&self, cx: &mut Ctx, who: &'static str, tcp: TcpWrap) {
        let play = self.clone();
        let begun = tcp.shutdown(cx, move |_, _, status| play.gave(who, "shut", status));
        self.method(who, cx, tcp, "shutdown", begun);
    }

    /// Reads to the end, and notes how much came before it.
    pub(super) fn read(
        &self,
        cx: &mut Ctx,
        who: &'static str,
        tcp: TcpWrap,
        then: impl FnOnce(&mut Ctx) + 'static,
    ) -> Result<(), Errno> {
        let (play, mut bytes, mut then) = (self.clone(), 0, Some(then));
        tcp.set_on_read(cx, move |cx, _: StreamBase, data| match data {
            Ok(data) => bytes += data.len(),
            Err(errno) => {
                play.note(who, format!("read {bytes} {}", errno.name()));
                then.take().unwrap()(cx);
            }
        });
        tcp.read_start(cx)
    }

    pub(super) fn close(
        &self,
        cx: &mut Ctx,
        who: &'static str,
        tcp: TcpWrap,
        then: impl FnOnce(&mut Ctx) + 'static,
    ) {
        let play = self.clone();
        tcp.close(cx, move |cx| {
            play.note(who, "closed");
            then(cx);
        });
    }

    /// Makes two ends that are connected with each other, and calls back with them.
    pub(super) fn connected(
        &self,
        cx: &mut Ctx,
        then: impl FnOnce(&mut Ctx, TcpWrap, TcpWrap) + 'static,
    ) {
        let client = make(cx);
        let (accepted, met) = (Rc::new(Cell::new(None)), Rc::new(Cell::new(Some(then))));
        let ready = move |cx: &mut Ctx, peer: Option<TcpWrap>, is_connected: bool| {
            if let (Some(peer), true) = (peer, is_connected)
                && let Some(then) = met.take()
            {
                then(cx, client, peer);
            }
        };
        let (play, of_server, too) = (self.clone(), accepted.clone(), ready.clone());
        let is_connected = Rc::new(Cell::new(false));
        let by_then = is_connected.clone();
        let (_, port) = self.listening(cx, move |cx, server, peer| {
            let status = said(peer.as_ref().map(|_| ()).map_err(|errno| *errno));
            play.note("server", format!("connection {status} {}", peer.is_ok()));
            of_server.set(peer.ok());
            server.close(cx, |_| ());
            too(cx, of_server.get(), by_then.get());
        });
        let connecting = self.connect(cx, "client", client, port, move |cx| {
            is_connected.set(true);
            ready(cx, accepted.get(), true);
        });
        connecting.unwrap();
    }

    pub(super) fn state(&self, cx: &Ctx, who: &str, tcp: TcpWrap) {
        let fd = match tcp.fd(cx) {
            Ok(Some(_)) => "open",
            Ok(None) => "-1",
            Err(errno) => {
                assert_eq!(errno, Errno::EINVAL);
                "-22"
            }
        };
        self.note(who, format!("fd {fd}"));
        self.note(who, format!("id {}", tcp.get_async_id(cx).is_some()));
        let provider = tcp.get_provider_type(cx).unwrap_or("NONE");
        self.note(who, format!("provider {provider}"));
        self.has_ref(cx, who, tcp);
    }

    pub(super) fn has_ref(&self, cx: &Ctx, who: &str, tcp: TcpWrap) {
        let has_ref = tcp.has_ref(cx);
        let has_ref = has_ref.map_or("undefined".to_owned(), |has_ref| has_ref.to_string());
        self.note(who, format!("hasRef {has_ref}"));
    }

    /// What each method gives.
    pub(super) fn methods(&self, cx: &mut Ctx, who: &'static str, tcp: TcpWrap) {
        let started = tcp.read_start(cx);
        self.method(who, cx, tcp, "readStart", started);
        let stopped = tcp.read_stop(cx);
        self.method(who, cx, tcp, "readStop", stopped);
        self.shutdown(cx, who, tcp);
        self.write(cx, who, tcp, 5);
        self.gave(who, "getsockname", tcp.getsockname(cx));
        self.gave(who, "getpeername", tcp.getpeername(cx));
        self.gave(who, "setNoDelay", tcp.set_no_delay(cx, true));
        self.gave(who, "setKeepAlive", tcp.set_keep_alive(cx, true, 60));
    }

    /// What the methods give that start something, or end all.
    pub(super) fn starting(&self, cx: &mut Ctx, who: &'static str, tcp: TcpWrap) {
        self.gave(who, "bind", tcp.bind(cx, LOCALHOST, 0));
        self.gave(who, "bind6", tcp.bind6(cx, "::1", 0, BindFlags::NONE));
        self.gave(who, "listen", tcp.listen(cx, 511));
        let play = self.clone();
        let reset = tcp.reset(cx, move |_| play.note(who, "never"));
        self.gave(who, "reset", reset);
    }

    /// Closes it once more: nobody is to hear of that.
    pub(super) fn close_in_vain(&self, cx: &mut Ctx, who: &'static str, tcp: TcpWrap) {
        let play = self.clone();
        tcp.close(cx, move |_| play.note(who, "never"));
    }

    /// `setImmediate`.
    pub(super) fn immediate(&self, cx: &mut Ctx, then: impl FnOnce(&mut Ctx, &Play) + 'static) {
        let (play, mut then) = (self.clone(), Some(then));
        let check = Check::new(cx);
        // As long as there is one, the loop does not wait.
        let idle = Idle::new(cx);
        idle.start(cx, |_, _| ()).unwrap();
        check
            .start(cx, move |cx, check| {
                cx.close(idle, |_| ()).unwrap();
                cx.close(check, |_| ()).unwrap();
                then.take().unwrap()(cx, &play);
            })
            .unwrap();
    }

    /// Runs if something else keeps the loop alive, for more turns than it takes to end.
    pub(super) fn while_alive(&self, cx: &mut Ctx, then: impl FnOnce(&mut Ctx, &Play) + 'static) {
        let (play, mut then) = (self.clone(), Some(then));
        let timer = Timer::new(cx);
        cx.unref(timer).unwrap();
        timer
            .start(
                cx,
                Duration::from_millis(1),
                Duration::ZERO,
                move |cx, _| {
                    then.take().unwrap()(cx, &play);
                },
            )
            .unwrap();
    }
}

pub(super) fn make(cx: &mut Ctx) -> TcpWrap {
    TcpWrap::new(cx, SocketType::Socket)
}

pub(super) fn said<T>(result: Result<T, Errno>) -> &'static str {
    result.err().map_or("0", Errno::name)
}

/// The address and the family that a wrap has, and whether there is a port.
pub(super) fn name(cx: &mut Ctx, tcp: TcpWrap) -> String {
    let info = tcp.getsockname(cx).unwrap();
    assert!(info.address.parse::<Ipv4Addr>().is_ok() || info.address == "::1");
    format!("{} {} {}", info.address, info.family, info.port > 0)
}
