//! The stops: what is done, what is claimed of it, and why it is so.

use anyhow::{Context, Result};
use uvox::event_loop::Phase;
use uvox::event_loop::trace::{Event, Layer, Outcome};
use uvox::net::{self, ConnectOptions, ListenOptions, ReadyState, ServerOptions, Socket, Wrap};

use super::stage::Stage;

/// A stop.
pub(super) struct Stop {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) intro: &'static str,
    pub(super) go: fn(&mut Stage) -> Result<Told>,
}

/// What is said of it.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) whys: Vec<String>,
    pub(super) claims: Vec<Claim>,
}

/// Something that is so, or the command fails.
#[derive(Debug)]
pub(super) struct Claim {
    pub(super) sentence: String,
    pub(super) holds: bool,
}

impl Told {
    fn why(&mut self, sentence: impl Into<String>) {
        self.whys.push(sentence.into());
    }

    fn claim(&mut self, holds: bool, sentence: impl Into<String>) {
        self.claims.push(Claim {
            sentence: sentence.into(),
            holds,
        });
    }
}

/// All of them, in their order.
pub(super) static STOPS: [Stop; 7] = [
    Stop {
        name: "listen",
        title: "listen",
        intro: "A server is made, and told to listen on 127.0.0.1, on a port of the kernel's choice.",
        go: listen,
    },
    Stop {
        name: "connect",
        title: "connect",
        intro: "A client connects to it. Both ends are in this loop, so both are told in it.",
        go: connect,
    },
    Stop {
        name: "small-write",
        title: "a small write, on the fast path",
        intro: "The client writes a few bytes of text.",
        go: small_write,
    },
    Stop {
        name: "big-write",
        title: "a write that the kernel takes in parts",
        intro: "The peer stops reading, and the client writes a million bytes.",
        go: big_write,
    },
    Stop {
        name: "back-pressure",
        title: "reads with back-pressure",
        intro: "The loop turns while nobody wants the data; then the peer resumes.",
        go: back_pressure,
    },
    Stop {
        name: "half-close",
        title: "half-close",
        intro: "The client ends what it sends; the peer, which is allowed to stay half open, still answers.",
        go: half_close,
    },
    Stop {
        name: "close",
        title: "close",
        intro: "The peer ends, too, and the server does not listen any more.",
        go: close,
    },
];

/// The system calls of that name.
fn calls<'a>(events: &'a [Event], name: &'a str) -> impl Iterator<Item = &'a Event> {
    events
        .iter()
        .filter(move |event| event.layer == Layer::Sys && event.name == name)
}

/// What those that went well said, together.
fn total(events: &[Event], name: &str) -> u64 {
    calls(events, name)
        .map(|event| match event.result {
            Outcome::Done(count) => count,
            _ => 0,
        })
        .sum()
}

fn listen(stage: &mut Stage) -> Result<Told> {
    let seen = stage.seen.clone();
    let server = stage.act(|cx| {
        let options = ServerOptions::new().allow_half_open(true);
        net::create_server(cx, options, move |cx, _, peer| {
            seen.borrow_mut().peer = Some(peer);
            watch_peer(cx, peer, &seen);
        })
    })?;
    stage.server = Some(server);
    let seen = stage.seen.clone();
    let heard_inside = stage.act(|cx| {
        server.on_listening(cx, move |_, _| seen.borrow_mut().listening = true);
        let listening = ListenOptions::port(0).host("127.0.0.1");
        server
            .listen(cx, listening)
            .map(|()| server.is_listening(cx))
    })??;
    stage.until(|_, seen| seen.listening)?;
    let port = server.port(&mut stage.env).context("it does not listen")?;
    let events = stage.events();
    let mut told = Told::default();
    told.why("A host is looked up first, even if it is an address: so listen() returns before there is a socket, and errors come as events.");
    told.why("A listening socket is watched level-triggered: as long as connections wait, each poll says so.");
    told.claim(!heard_inside, "nothing listened yet when listen() returned");
    for name in ["socket", "bind", "listen"] {
        let went_well = calls(&events, name).any(|event| matches!(event.result, Outcome::Done(_)));
        told.claim(went_well, format!("{name}(2) was called, and went well"));
    }
    told.claim(port > 0, format!("the kernel chose port {port}"));
    Ok(told)
}

fn watch_peer(
    cx: &mut uvox::event_loop::Ctx,
    peer: Socket,
    seen: &std::rc::Rc<std::cell::RefCell<super::stage::Seen>>,
) {
    let (got, ended, closed) = (seen.clone(), seen.clone(), seen.clone());
    peer.on_data(cx, move |_, _, chunk| {
        got.borrow_mut().peer_got += chunk.len()
    });
    peer.on_end(cx, move |_, _| ended.borrow_mut().peer_ended = true);
    peer.on_close(cx, move |_, _, had_error| {
        closed.borrow_mut().closed.push(("peer", had_error));
    });
}

fn connect(stage: &mut Stage) -> Result<Told> {
    let server = stage.server.context("there is no server")?;
    let port = server.port(&mut stage.env).context("it does not listen")?;
    let client =
        stage.act(|cx| net::connect(cx, ConnectOptions::port(port).host("127.0.0.1")))??;
    stage.client = Some(client);
    let seen = stage.seen.clone();
    stage.act(move |cx| {
        let (connected, got, drained, closed) = (seen.clone(), seen.clone(), seen.clone(), seen);
        client.on_connect(cx, move |_, _| connected.borrow_mut().connected = true);
        client.on_data(cx, move |_, _, chunk| {
            got.borrow_mut().client_got += chunk.len()
        });
        client.on_drain(cx, move |_, _| drained.borrow_mut().drained += 1);
        client.on_close(cx, move |_, _, had_error| {
            closed.borrow_mut().closed.push(("client", had_error));
        });
    })?;
    stage.until(|_, seen| seen.connected && seen.peer.is_some())?;
    let events = stage.events();
    let mut told = Told::default();
    let asked = calls(&events, "connect").next();
    told.why("connect(2) on a socket that does not block only begins: EINPROGRESS. That it is connected the kernel says by making the socket writable.");
    told.why("Each socket is registered once, edge-triggered, for everything; from here on reading and writing need no epoll_ctl.");
    let in_progress = |event: &Event| {
        matches!(event.result, Outcome::Failed(errno) if errno.name() == "EINPROGRESS")
            || matches!(event.result, Outcome::Done(_))
    };
    told.claim(asked.is_some_and(in_progress), "connect(2) did not wait");
    let accepted = calls(&events, "accept4")
        .chain(calls(&events, "accept"))
        .next();
    told.claim(accepted.is_some(), "the listener accepted the connection");
    let told_in = events
        .iter()
        .find(|event| event.name == "socket.after_connect");
    told.claim(
        told_in.is_some_and(|event| event.phase == Phase::Poll),
        "'connect' came from the poll phase",
    );
    told.claim(
        client.ready_state(&stage.env) == ReadyState::Open,
        "the client is open in both directions",
    );
    Ok(told)
}

const GREETING: &str = "hello from the other end\n";

fn small_write(stage: &mut Stage) -> Result<Told> {
    let client = stage.client.context("there is no client")?;
    let seen = stage.seen.clone();
    let (enough, inside) = stage.act(|cx| {
        let written = seen.clone();
        let enough = client.write_then(cx, GREETING, move |_, result| {
            written.borrow_mut().written = result.is_ok();
        });
        (enough, seen.borrow().written)
    })?;
    let sent = stage.events();
    stage.until(|_, seen| seen.peer_got == GREETING.len())?;
    let events = stage.events();
    let mut told = Told::default();
    let size = GREETING.len();
    told.why(format!("Nothing was queued, so the kernel was tried at once, and took all {size} bytes: no request was made, nothing was copied to the heap, nobody waits for writable."));
    told.why("What is up to 16,384 bytes of text is tried from where it is, or from the stack; only what the kernel leaves would be copied.");
    told.claim(
        calls(&sent, "send").count() == 1,
        "there was one send(2), inside the call of write()",
    );
    told.claim(
        total(&sent, "send") == size as u64,
        format!("it took {size} of {size} bytes"),
    );
    told.claim(enough, "write() said that there is room for more");
    told.claim(
        !inside && stage.seen.borrow().written,
        "the callback of the write came after write() returned, in a tick",
    );
    told.claim(
        calls(&events, "epoll_ctl").next().is_none(),
        "there was no epoll_ctl(2)",
    );
    told.claim(
        total(&events, "recv") == size as u64,
        format!("the peer received {size} bytes"),
    );
    Ok(told)
}

/// What is written at once, in the fourth stop.
const BIG: usize = 1_000_000;

/// How much the kernel is to hold for the connection, at either end: less than what is written.
const BUFFERS: usize = 64 * 1024;

fn tcp(stage: &Stage, socket: Socket) -> Result<uvox::tcp::uv::Tcp> {
    match socket.wrap(&stage.env) {
        Some(Wrap::Tcp(tcp)) => tcp.tcp(&stage.env).context("it is closed"),
        _ => anyhow::bail!("it is not connected"),
    }
}

fn big_write(stage: &mut Stage) -> Result<Told> {
    let client = stage.client.context("there is no client")?;
    let peer = stage.peer().context("there is no peer")?;
    let (ours, theirs) = (tcp(stage, client)?, tcp(stage, peer)?);
    let enough = stage.act(|cx| -> Result<bool> {
        ours.set_send_buffer_size(cx, BUFFERS)?;
        theirs.set_receive_buffer_size(cx, BUFFERS)?;
        peer.pause(cx);
        Ok(client.write(cx, vec![b'x'; BIG]))
    })??;
    let events = stage.events();
    let (took, waits) = (total(&events, "send"), client.buffer_size(&stage.env));
    let queued = BIG as u64 - took.min(BIG as u64);
    let mut told = Told::default();
    told.why(format!(
        "send(2) took {} of {} bytes: {} are queued, waiting for writable.",
        grouped(took),
        grouped(BIG as u64),
        grouped(queued)
    ));
    told.why("They are not copied: the queue holds the rest of the buffer that was written.");
    told.claim(
        took > 0 && queued > 0,
        format!(
            "the kernel took a part, and {} bytes are left",
            grouped(queued)
        ),
    );
    told.claim(
        queue_size(stage, client) == queued,
        "the uv stream's write queue holds exactly the rest",
    );
    told.claim(
        waits == Some(BIG),
        "the socket counts the whole write as not sent yet",
    );
    told.claim(
        !enough,
        "write() said that it is enough: 'drain' will say when there is room",
    );
    told.claim(
        calls(&events, "epoll_ctl").next().is_none(),
        "no epoll_ctl(2) was needed to wait for writable",
    );
    Ok(told)
}

fn queue_size(stage: &Stage, socket: Socket) -> u64 {
    use uvox::stream::node::HandleWrap;
    let size = |wrap: Wrap| wrap.stream_base().write_queue_size(&stage.env);
    socket.wrap(&stage.env).map_or(0, size) as u64
}

/// How much the peer's stream holds before it has enough.
const HIGH_WATER_MARK: usize = 16_384;

fn back_pressure(stage: &mut Stage) -> Result<Told> {
    let client = stage.client.context("there is no client")?;
    let peer = stage.peer().context("there is no peer")?;
    let before = stage.seen.borrow().peer_got;
    // Until the peer's stream has enough, whenever the kernel brings it, and the kernel's buffers are full.
    stage.until(|cx, _| peer.readable_length(cx) >= HIGH_WATER_MARK)?;
    let mut quiet = 0;
    while quiet < 2 {
        let known = stage.events().len();
        stage.turn()?;
        let events = stage.events();
        let moved = events[known..].iter().any(|event| event.layer == Layer::Uv);
        quiet = if moved { 0 } else { quiet + 1 };
    }
    let stopped = stage.events();
    let stuck = queue_size(stage, client);
    let buffered = peer.readable_length(&stage.env);
    stage.act(|cx| peer.resume(cx))?;
    stage.until(move |_, seen| seen.peer_got == before + BIG && seen.drained > 0)?;
    let events = stage.events();
    let mut told = Told::default();
    told.why(format!("The peer's stream holds {} bytes, its high-water mark is 16,384: it asks for no more, and the stream base stops reading. What the kernel says of more data is remembered, not asked for.", grouped(buffered as u64)));
    told.why(format!("So the peer's receive buffer fills, then the client's send buffer, and {} bytes stay in the client's queue: memory is bounded at every step.", grouped(stuck)));
    told.why("When the peer resumes, each read makes room, the client's socket becomes writable, and the queue goes out in parts. When the last is out, 'drain'.");
    let stops = stopped
        .iter()
        .filter(|event| event.name == "base.read_stop")
        .count();
    told.claim(stops == 1, "reading was stopped once");
    told.claim(
        stuck > 0,
        format!(
            "{} bytes could not be sent while nobody read",
            grouped(stuck)
        ),
    );
    told.claim(
        stage.seen.borrow().peer_got == before + BIG,
        format!("all {} bytes arrived", grouped(BIG as u64)),
    );
    told.claim(stage.seen.borrow().drained == 1, "'drain' was told once");
    told.claim(
        calls(&events, "epoll_ctl").next().is_none(),
        "stopping and resuming took no system call",
    );
    Ok(told)
}

const ANSWER: &str = "I heard you\n";

fn half_close(stage: &mut Stage) -> Result<Told> {
    let client = stage.client.context("there is no client")?;
    let peer = stage.peer().context("there is no peer")?;
    stage.act(|cx| client.end(cx))?;
    stage.until(|_, seen| seen.peer_ended)?;
    let (ours, theirs) = (client.ready_state(&stage.env), peer.ready_state(&stage.env));
    stage.act(|cx| peer.write(cx, ANSWER))?;
    stage.until(|_, seen| seen.client_got == ANSWER.len())?;
    let events = stage.events();
    let mut told = Told::default();
    told.why("end() waits for what is queued, then shutdown(2) sends a FIN: the client says no more, and goes on reading.");
    told.why("The peer reads 0 bytes: EOF. Node would end the other direction, too, unless allowHalfOpen says otherwise, as it does here.");
    told.claim(
        calls(&events, "shutdown").count() == 1,
        "there was one shutdown(2)",
    );
    told.claim(ours == ReadyState::ReadOnly, "the client can only read");
    told.claim(theirs == ReadyState::WriteOnly, "the peer can only write");
    told.claim(
        stage.seen.borrow().client_got == ANSWER.len(),
        "the answer arrived after the end",
    );
    Ok(told)
}

fn close(stage: &mut Stage) -> Result<Told> {
    let server = stage.server.context("there is no server")?;
    let peer = stage.peer().context("there is no peer")?;
    stage.act(|cx| {
        peer.end(cx);
        server.close(cx);
    })?;
    stage.until(|_, seen| seen.closed.len() == 2)?;
    stage.env.run()?;
    let events = stage.events();
    let mut told = Told::default();
    told.why("A stream that has ended in both directions destroys itself. Its descriptor is closed at once; the rest waits for the closing phase, when nobody is in the middle of anything.");
    told.claim(
        calls(&events, "close").count() == 3,
        "three descriptors were closed: the listener's, and one of each end",
    );
    let closed = |event: &&Event| event.name == "socket.close";
    let in_closing = events
        .iter()
        .filter(closed)
        .all(|event| event.phase == Phase::Closing);
    told.claim(
        in_closing && events.iter().filter(closed).count() == 2,
        "both ends told 'close' in the closing phase",
    );
    let clean = stage
        .seen
        .borrow()
        .closed
        .iter()
        .all(|(_, had_error)| !had_error);
    told.claim(clean, "neither after an error");
    told.claim(!stage.env.alive(), "nothing is left, and the loop ends");
    Ok(told)
}

/// A number with its digits in groups.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
