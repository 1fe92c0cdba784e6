//! `uvox chat`.

mod lines;
mod room;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::rc::Rc;
use std::time::Duration;

use anyhow::Result;
use bytes::Bytes;
use uvox::env::{self, Env};
use uvox::event_loop::Ctx;
use uvox::net::{ServerOptions, Socket, create_server};
use uvox::streams::Chunk;

use self::lines::Lines;
use self::room::{Id, Room, Told};
use crate::Outcome;
use crate::failure::{Failure, describe};
use crate::serve::{Place, Target, serve};

/// Whoever has so much waiting for them is too slow for the room.
const WRITE_LIMIT: usize = 256 * 1024;

/// So many lines of one client are heard in one turn of the loop, so that those who listen have a turn, too.
const LINES_PER_TURN: usize = 16;

/// Whoever leaves has so long to take what is left for them.
const LINGER: Duration = Duration::from_secs(5);

/// Keep a chat room, for nc, telnet and the like.
///
/// What it says to whom is in the protocol below. Ctrl-C ends it: everybody gets a second to take what is left for them.
#[derive(Debug, clap::Args)]
#[command(after_long_help = PROTOCOL)]
pub(crate) struct Arguments {
    /// The address to listen on; :: for all
    #[arg(long, default_value = "127.0.0.1")]
    host: String,
    /// The port to listen on; 0 for any that is free
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// So many may be in the room; more are turned away
    #[arg(long, value_name = "N", default_value = "1000")]
    most: NonZeroUsize,
}

const PROTOCOL: &str = "\
Protocol: lines of UTF-8 text, ended by LF or CR LF, of at most 1024 bytes.

  b:text       tells everybody, the sender included: `name: text`
  c:name:text  tells one: `name (to you): text`; the sender sees `name (to other): text`
  l            tells how many are here, and who
  n:name       takes another name: 1 to 20 letters, digits, - and _; no two differ in case alone
  byebye       leaves; so does closing the connection

The room speaks in lines that begin with `* `, and of what it refuses with `! `. Everybody is told who joins, leaves and changes their name, and
how many are here then. A line that is too long is refused, and what it said is lost. Empty lines mean nothing. Whoever does not read, until
256 KiB wait for them, is dropped, and the room is told.";

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome> {
    let mut env = Env::new().map_err(|error| Failure::of(&error))?;
    // Who ends before the answers are there still gets them.
    let options = ServerOptions::new()
        .allow_half_open(true)
        .write_limit(WRITE_LIMIT)
        .no_delay(true)
        .keep(true);
    let most = arguments.most.get();
    let server = env::enter(&mut env, |cx| {
        let chat = Rc::new(RefCell::new(Chat::default()));
        let server = create_server(cx, options, move |cx, _, socket| {
            join(cx, &chat, socket);
        });
        server.set_max_connections(cx, Some(most));
        server.on_drop(cx, |_, _, info| {
            log::info!("{:?} is turned away: the room is full", info.remote);
        });
        server
    });
    let place = Place {
        target: Target::Port(arguments.host.clone(), arguments.port),
        retries: 0,
        retry_after: Duration::ZERO,
    };
    match server {
        Some(server) => serve(env, server, place),
        None => Ok(Outcome::Well),
    }
}

/// The room, and how to reach those who are in it.
#[derive(Debug, Default)]
struct Chat {
    room: Room,
    clients: BTreeMap<Id, Client>,
    last: Id,
}

#[derive(Debug)]
struct Client {
    socket: Socket,
    lines: Lines,
    /// It has said more than is heard in one turn.
    held: bool,
}

type Shared = Rc<RefCell<Chat>>;

fn join(cx: &mut Ctx, chat: &Shared, socket: Socket) {
    let mut this = chat.borrow_mut();
    this.last += 1;
    let id = this.last;
    let client = Client {
        socket,
        lines: Lines::default(),
        held: false,
    };
    this.clients.insert(id, client);
    let told = this.room.join(id);
    this.tell(cx, told);
    drop(this);
    log::info!("{id} is {:?}", socket.remote(cx));

    let of = chat.clone();
    socket.on_data(cx, move |cx, _, chunk| {
        arrived(cx, &of, id, |lines| lines.add(chunk.as_bytes()));
    });
    let of = chat.clone();
    socket.on_end(cx, move |cx, _| arrived(cx, &of, id, Lines::end));
    let of = chat.clone();
    socket.on_error(cx, move |cx, _, error| {
        log::info!("{id}: {}", describe(error));
        let why = match error.code() {
            "ERR_STREAM_BUFFER_FULL" => "too slow",
            _ => "connection lost",
        };
        of.borrow_mut().leave(cx, id, Some(why));
    });
    let of = chat.clone();
    socket.on_close(cx, move |cx, _, _| {
        log::info!("{id} is gone");
        let mut chat = of.borrow_mut();
        chat.leave(cx, id, None);
        chat.clients.remove(&id);
    });
}

/// Something has come of a client: it is heard at once, unless there is much to be heard of it already.
fn arrived(cx: &mut Ctx, chat: &Shared, id: Id, note: impl FnOnce(&mut Lines)) {
    let mut this = chat.borrow_mut();
    let Some(client) = this.clients.get_mut(&id) else {
        return;
    };
    note(&mut client.lines);
    let held = client.held;
    drop(this);
    if !held {
        hear(cx, chat, id);
    }
}

/// Hears the lines of one client, as many as are heard in one turn. If there are more, it is not read meanwhile.
fn hear(cx: &mut Ctx, chat: &Shared, id: Id) {
    let mut this = chat.borrow_mut();
    for _ in 0..LINES_PER_TURN {
        let Some(client) = this.clients.get_mut(&id) else {
            return;
        };
        let Some(line) = client.lines.take() else {
            return this.heard(cx, id);
        };
        let told = this.room.hear(id, &line);
        this.tell(cx, told);
    }
    let Some(client) = this.clients.get_mut(&id) else {
        return;
    };
    if !std::mem::replace(&mut client.held, true) {
        client.socket.pause(cx);
    }
    let chat = chat.clone();
    env::set_immediate(cx, move |cx| hear(cx, &chat, id));
}

impl Chat {
    /// All that a client said was heard, for now.
    fn heard(&mut self, cx: &mut Ctx, id: Id) {
        let Some(client) = self.clients.get_mut(&id) else {
            return;
        };
        let socket = client.socket;
        if std::mem::take(&mut client.held) {
            socket.resume(cx);
        }
        if client.lines.is_over() {
            self.leave(cx, id, None);
            see_off(cx, socket);
        }
    }

    fn leave(&mut self, cx: &mut Ctx, id: Id, why: Option<&str>) {
        let told = self.room.leave(id, why);
        self.tell(cx, told);
    }

    /// Tells it to those whom it concerns. Writing calls nobody back, so the room does not change meanwhile.
    fn tell(&self, cx: &mut Ctx, told: Vec<Told>) {
        for one in told {
            match one {
                Told::To(id, text) => {
                    if let Some(client) = self.clients.get(&id) {
                        write(cx, client.socket, &line(text));
                    }
                }
                Told::All(text) => self.tell_all(cx, None, &line(text)),
                Told::AllBut(id, text) => self.tell_all(cx, Some(id), &line(text)),
                Told::Leaves(id) => {
                    if let Some(client) = self.clients.get(&id) {
                        see_off(cx, client.socket);
                    }
                }
            }
        }
    }

    fn tell_all(&self, cx: &mut Ctx, but: Option<Id>, line: &Bytes) {
        for (id, client) in &self.clients {
            if Some(*id) != but && self.room.has(*id) {
                write(cx, client.socket, line);
            }
        }
    }
}

fn line(mut text: String) -> Bytes {
    text.push('\n');
    Bytes::from(text)
}

/// What does not fit any more ends the connection; that is told by its 'error'.
fn write(cx: &mut Ctx, socket: Socket, line: &Bytes) {
    if socket.is_writable(cx) {
        socket.write(cx, Chunk::Bytes(line.clone()));
    }
}

/// Ends a connection, after what was written to it, in good time.
fn see_off(cx: &mut Ctx, socket: Socket) {
    socket.destroy_soon(cx);
    env::set_timeout(cx, LINGER, move |cx| socket.destroy(cx)).unref(cx);
}
