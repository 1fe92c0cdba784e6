//! What the commands that serve have in common: how they come to listen, and how they end.

use std::cell::{Cell, RefCell};
use std::io::{self, Write};
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use anyhow::Result;
use uvox::env::{self, Env};
use uvox::event_loop::{Ctx, Errno, sys};
use uvox::net::{Address, ConnectOptions, ListenOptions, Server};
use uvox::{Error, net};

use crate::failure::{Failure, describe};
use crate::{Outcome, interrupt};

/// How long connections have to end by themselves when the server is to end.
const GRACE: Duration = Duration::from_secs(1);

/// Where to listen, and what to do if somebody else does.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) target: Target,
    /// So often it is tried again if the address is in use.
    pub(crate) retries: u32,
    pub(crate) retry_after: Duration,
}

#[derive(Clone, Debug)]
pub(crate) enum Target {
    Port(String, u16),
    Path(PathBuf),
}

/// Listens, says on standard output where, and serves until a signal comes: then connections get time to end, and a second signal ends them at once. A server that was made to be
/// [kept](net::ServerOptions::keep) is needed, for it may have to listen more than once.
pub(crate) fn serve(mut env: Env, server: Server, place: Place) -> Result<Outcome> {
    let ended = Rc::new(RefCell::new(None));
    let begun = env::enter(&mut env, |cx| {
        let told = ended.clone();
        let signalled = Rc::new(Cell::new(false));
        interrupt::watch(cx, move |cx, error| {
            if signalled.replace(true) {
                return env::throw(cx, error);
            }
            end(cx, server, error, told.clone());
        })?;
        server.on_listening(cx, |cx, server| {
            let address = server.address(cx).map(shown).unwrap_or_default();
            announce(cx, &address);
        });
        let attempt = Attempt {
            server,
            place: Rc::new(place),
            used: Rc::new(Cell::new(0)),
        };
        let again = attempt.clone();
        server.on_error(cx, move |cx, server, error| match server.is_listening(cx) {
            true => log::warn!("{}", describe(error)),
            false => again.failed(cx, error),
        });
        attempt.listen(cx)
    });
    begun
        .unwrap_or(Ok(()))
        .map_err(|error| Failure::of(&error))?;
    env.run().map_err(|error| Failure::of(&error))?;
    match ended.take() {
        Some(error) => Err(Failure::of(&error).into()),
        None => Ok(Outcome::Well),
    }
}

/// Ends a server, and says what became of its connections.
fn end(cx: &mut Ctx, server: Server, error: Error, told: Rc<RefCell<Option<Error>>>) {
    // One that waits for its address has nothing to end.
    if !server.is_listening(cx) {
        return env::throw(cx, error);
    }
    log::info!("{error}: connections have {GRACE:?} to end");
    server.shutdown(cx, GRACE, move |_, shutdown| {
        let message = match shutdown.drained + shutdown.reset {
            0 => error.to_string(),
            _ => format!(
                "{error}: {} ended, {} reset",
                counted(shutdown.drained as u64, "connection", "connections"),
                shutdown.reset
            ),
        };
        *told.borrow_mut() = Some(Error::new(error.code().to_owned(), message));
    });
}

/// So many of what is called that.
pub(crate) fn counted(count: impl Into<u64>, one: &str, many: &str) -> String {
    match count.into() {
        1 => format!("1 {one}"),
        count => format!("{count} {many}"),
    }
}

/// Whether there is the directory that a path is in.
fn has_directory(path: &Path) -> bool {
    path.parent()
        .is_none_or(|parent| parent.as_os_str().is_empty() || parent.is_dir())
}

fn shown(address: Address) -> String {
    match address {
        Address::Path(path) => path.display().to_string(),
        Address::Ip(info) => place(&info.address, info.port),
    }
}

/// An address and a port, as one writes them.
pub(crate) fn place(address: &str, port: u16) -> String {
    match address.contains(':') {
        true => format!("[{address}]:{port}"),
        false => format!("{address}:{port}"),
    }
}

/// Says on standard output where it listens.
pub(crate) fn announce(cx: &mut Ctx, address: &str) {
    let said = writeln!(io::stdout(), "listening on {address}");
    if let Err(error) = said {
        env::throw(cx, Error::new("EIO", format!("standard output: {error}")));
    }
}

/// A server on its way to listen.
#[derive(Clone)]
struct Attempt {
    server: Server,
    place: Rc<Place>,
    /// How many retries were made.
    used: Rc<Cell<u32>>,
}

impl Attempt {
    fn listen(&self, cx: &mut Ctx) -> Result<(), Error> {
        let options = match &self.place.target {
            Target::Port(host, port) => ListenOptions::port(*port).host(host),
            Target::Path(path) => ListenOptions::path(path),
        };
        self.server.listen(cx, options)
    }

    fn listen_or_end(&self, cx: &mut Ctx) {
        if let Err(error) = self.listen(cx) {
            env::throw(cx, error);
        }
    }

    fn failed(&self, cx: &mut Ctx, error: &Error) {
        match (error.errno(), self.place.target.clone()) {
            (Some(Errno::EADDRINUSE), Target::Port(..)) => self.retry(cx, error),
            (Some(Errno::EADDRINUSE), Target::Path(path)) => {
                self.look_who_is_there(cx, &path, error.clone());
            }
            // What libuv calls EACCES may be that.
            (Some(Errno::EACCES), Target::Path(path)) if !has_directory(&path) => {
                env::throw(
                    cx,
                    Error::new("ENOENT", format!("{error}: there is no such directory")),
                );
            }
            _ => env::throw(cx, error.clone()),
        }
    }

    /// The classic: after a second, close and listen again.
    fn retry(&self, cx: &mut Ctx, error: &Error) {
        let (used, all) = (self.used.get(), self.place.retries);
        if used == all {
            let given_up = format!(
                "{error}; given up after {}",
                counted(all, "retry", "retries")
            );
            return env::throw(cx, Error::new("EADDRINUSE", given_up));
        }
        self.used.set(used + 1);
        let after = self.place.retry_after;
        let _ = writeln!(
            io::stderr(),
            "uvox: {error}; trying again in {after:?} ({} of {all})",
            used + 1
        );
        let again = self.clone();
        env::set_timeout(cx, after, move |cx| {
            again.server.close(cx);
            again.listen_or_end(cx);
        });
    }

    /// There is something at the path. A socket that nobody answers on was left behind by a server that is gone, and is removed; anything else is somebody else's.
    fn look_who_is_there(&self, cx: &mut Ctx, path: &Path, error: Error) {
        let is_socket = path
            .symlink_metadata()
            .is_ok_and(|metadata| metadata.file_type().is_socket());
        let (Ok(found), true) = (sys::identity(path), is_socket) else {
            return self.taken(cx, &error, "and what is there is no socket");
        };
        let client = match net::connect(cx, ConnectOptions::path(path)) {
            Ok(client) => client,
            Err(error) => return env::throw(cx, error),
        };
        let (answered, in_use) = (self.clone(), error.clone());
        client.on_connect(cx, move |cx, client| {
            client.destroy(cx);
            answered.taken(cx, &in_use, "and somebody answers there");
        });
        let (again, path) = (self.clone(), path.to_owned());
        client.on_error(cx, move |cx, _, refused| {
            let nobody = matches!(refused.errno(), Some(Errno::ECONNREFUSED | Errno::ENOENT));
            if !nobody || again.used.replace(1) > 0 {
                return again.taken(cx, &error, "and it cannot be told whether it is stale");
            }
            // If another one has put its own there meanwhile, that stays.
            if sys::identity(&path) == Ok(found) {
                let _ = writeln!(
                    io::stderr(),
                    "uvox: {} is stale: nobody answers on it, so it is removed",
                    path.display()
                );
                if let Err(errno) = sys::unlink(&path) {
                    let failed = Error::system(errno, "unlink");
                    return env::throw(cx, failed.at(path.display().to_string(), None));
                }
            }
            again.listen_or_end(cx);
        });
    }

    fn taken(&self, cx: &mut Ctx, error: &Error, why: &str) {
        env::throw(cx, Error::new("EADDRINUSE", format!("{error}, {why}")));
    }
}
