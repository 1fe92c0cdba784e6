//! How a piece is played: on our wraps here, on Node's own by `pieces.js`.

use std::path::Path;
use std::process::Command;

use uvox_loop::{Check, Ctx, Errno, Idle, Loop, RunMode};
use uvox_pipe::node::{PipeWrap, SocketType};
use uvox_stream::node::HandleWrap;

use crate::common::{Seen, end, scenario};

/// What is seen while a piece is played: who saw what, in order.
#[derive(Clone)]
pub(super) struct Play(Seen<(String, String)>);

/// Plays a piece on our wraps, and on Node's if there is a Node 20 on this machine, each in an empty directory. Each of those that take part must
/// see the same, line by line. In which order two of them see what they see is not compared.
pub(super) fn as_in_node(piece: &str, play: impl FnOnce(&mut Loop, &Play, &Path)) {
    scenario(|| {
        let directory = tempfile::tempdir().unwrap();
        let mut lp = Loop::new().unwrap();
        let seen = Play(Seen::new());
        play(&mut lp, &seen, directory.path());
        assert!(!lp.run(RunMode::Default).unwrap());
        let ours = by_who(seen.0.take());
        assert!(!ours.is_empty());
        uvox_testing::close_all(&mut lp);
        assert!(!lp.run(RunMode::Default).unwrap());
        end(lp);
        let directory = tempfile::tempdir().unwrap();
        match played_by_node(piece, directory.path()) {
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

fn played_by_node(piece: &str, directory: &Path) -> Option<Vec<(String, String)>> {
    let version = Command::new("node").arg("--version").output().ok()?;
    if !version.stdout.starts_with(b"v20.") {
        return None;
    }
    let pieces = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/scenarios/node/pieces.js"
    );
    let mut node = Command::new("node");
    let output = node.args([pieces, piece]).arg(directory).output().unwrap();
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
    fn method(&self, who: &str, cx: &Ctx, pipe: PipeWrap, call: &str, result: Result<(), Errno>) {
        if pipe.unwrap(cx).is_none() {
            assert_eq!(result, Err(Errno::EBADF));
            return self.note(who, format!("{call} undefined"));
        }
        self.gave(who, call, result);
    }

    pub(super) fn connect(
        &self,
        cx: &mut Ctx,
        who: &'static str,
        pipe: PipeWrap,
        path: &Path,
        then: impl FnOnce(&mut Ctx) + 'static,
    ) {
        let (play, req) = (self.clone(), Seen::new());
        let same = req.clone();
        let begun = pipe.connect(cx, path, move |cx, connected| {
            let names = connected.handle == pipe && same.all() == [connected.req];
            let status = said(connected.status);
            let (readable, writable) = (connected.readable, connected.writable);
            play.note(
                who,
                format!("connected {status} {names} {readable} {writable}"),
            );
            then(cx);
        });
        self.gave(who, "connect", begun);
        req.add(begun.unwrap());
    }

    pub(super) fn close(&self, cx: &mut Ctx, who: &'static str, pipe: PipeWrap) {
        let play = self.clone();
        pipe.close(cx, move |_| play.note(who, "closed"));
    }

    /// What each method gives.
    pub(super) fn methods(&self, cx: &mut Ctx, who: &'static str, pipe: PipeWrap) {
        let fd = match pipe.fd(cx) {
            Ok(Some(_)) => "open",
            Ok(None) => "-1",
            Err(errno) => {
                assert_eq!(errno, Errno::EINVAL);
                "-22"
            }
        };
        self.note(who, format!("fd {fd}"));
        let provider = pipe.get_provider_type(cx).unwrap_or("NONE");
        self.note(who, format!("provider {provider}"));
        self.note(who, format!("id {}", pipe.get_async_id(cx).is_some()));
        let started = pipe.read_start(cx);
        self.method(who, cx, pipe, "readStart", started);
        let stopped = pipe.read_stop(cx);
        self.method(who, cx, pipe, "readStop", stopped);
        let begun = pipe.shutdown(cx, |_, _, _| ());
        self.method(who, cx, pipe, "shutdown", begun);
        self.method(who, cx, pipe, "fchmod", pipe.fchmod(cx, 3));
    }

    /// `setImmediate`.
    pub(super) fn immediate(&self, cx: &mut Ctx, then: impl FnOnce(&mut Ctx, &Play) + 'static) {
        let (play, mut then) = (self.clone(), Some(then));
        let check = Check::new(cx);
        // As long as there is one, the loop does not wait.
        let idle = Idle::new(cx);
        idle.start(cx, |_, _| ()).unwrap();
        let run = move |cx: &mut Ctx, check: Check| {
            cx.close(idle, |_| ()).unwrap();
            cx.close(check, |_| ()).unwrap();
            then.take().unwrap()(cx, &play);
        };
        check.start(cx, run).unwrap();
    }
}

pub(super) fn make(cx: &mut Ctx) -> PipeWrap {
    PipeWrap::new(cx, SocketType::Socket)
}

pub(super) fn said<T>(result: Result<T, Errno>) -> &'static str {
    result.err().map_or("0", Errno::name)
}
