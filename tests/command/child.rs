//! The command as a child process, which does not outlive its test.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

/// The command, running.
pub(crate) struct Uvox {
    child: Child,
    pub(crate) stdin: Option<ChildStdin>,
    pub(crate) stdout: Option<BufReader<ChildStdout>>,
    stderr: Option<BufReader<ChildStderr>>,
}

/// How it ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: Option<i32>,
    /// What was not read before.
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

/// The command with these arguments, all three streams being pipes.
pub(crate) fn uvox(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_uvox"));
    command
        .args(arguments)
        .env_remove("RUST_LOG")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

impl Uvox {
    pub(crate) fn start(arguments: &[&str]) -> Uvox {
        Uvox::spawn(&mut uvox(arguments))
    }

    pub(crate) fn spawn(command: &mut Command) -> Uvox {
        Uvox::of(command.spawn().unwrap())
    }

    /// One that was started already.
    pub(crate) fn of(mut child: Child) -> Uvox {
        Uvox {
            stdin: child.stdin.take(),
            stdout: child.stdout.take().map(BufReader::new),
            stderr: child.stderr.take().map(BufReader::new),
            child,
        }
    }

    /// One that serves, and where it says that it listens.
    pub(crate) fn serve(arguments: &[&str]) -> (Uvox, String) {
        let mut server = Uvox::start(arguments);
        let place = server.listens();
        (server, place)
    }

    /// Waits until it says where it listens.
    pub(crate) fn listens(&mut self) -> String {
        let line = self.line();
        let place = line.strip_prefix("listening on ");
        place.unwrap_or_else(|| panic!("{line:?}")).to_owned()
    }

    /// The next line of its standard output.
    pub(crate) fn line(&mut self) -> String {
        next_line(self.stdout.as_mut().unwrap())
    }

    /// The next line of its standard error.
    pub(crate) fn complaint(&mut self) -> String {
        next_line(self.stderr.as_mut().unwrap())
    }

    pub(crate) fn say(&mut self, bytes: &[u8]) {
        self.stdin.as_mut().unwrap().write_all(bytes).unwrap();
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// The most memory that it ever had, in KiB; `None` where the system does not say.
    pub(crate) fn most_memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id())).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
        line.split_whitespace().nth(1)?.parse().ok()
    }

    /// Lets it end, with no more input.
    pub(crate) fn end(mut self) -> Ended {
        drop(self.stdin.take());
        let mut stdout = Vec::new();
        if let Some(mut rest) = self.stdout.take() {
            rest.read_to_end(&mut stdout).unwrap();
        }
        let mut stderr = String::new();
        if let Some(mut rest) = self.stderr.take() {
            rest.read_to_string(&mut stderr).unwrap();
        }
        let status = self.child.wait().unwrap();
        assert!(!stderr.contains("panicked"), "{stderr}");
        Ended {
            status: status.code(),
            stdout,
            stderr,
        }
    }

    /// Ends a server as Ctrl-C does.
    pub(crate) fn interrupt(self) -> Ended {
        self.signal(Signal::INT);
        self.end()
    }
}

impl Drop for Uvox {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Ended {
    /// It says one line on standard error, and this is it.
    #[track_caller]
    pub(crate) fn one_line(&self) -> &str {
        let line = self.stderr.strip_suffix('\n');
        let line = line.filter(|line| !line.contains('\n') && line.starts_with("uvox: "));
        line.unwrap_or_else(|| panic!("{self:?}"))
    }
}

fn next_line(from: &mut impl BufRead) -> String {
    let mut line = String::new();
    from.read_line(&mut line).unwrap();
    let whole = line.strip_suffix('\n');
    whole
        .unwrap_or_else(|| panic!("it ended: {line:?}"))
        .to_owned()
}

/// A client of a server.
pub(crate) fn connect(place: &str) -> TcpStream {
    TcpStream::connect(place).unwrap()
}

/// The host and the port of a place, as arguments.
pub(crate) fn parts(place: &str) -> (&str, &str) {
    place.rsplit_once(':').unwrap()
}

/// So many bytes that look like noise, the same each time.
pub(crate) fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

/// A message to an echo server and back, from connecting to the end.
pub(crate) fn exchange(place: &str) {
    let mut client = connect(place);
    client.write_all(b"ping").unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    let mut got = Vec::new();
    client.read_to_end(&mut got).unwrap();
    assert_eq!(got, b"ping");
}
