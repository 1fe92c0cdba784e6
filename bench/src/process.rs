//! A server's process: started, pinned, asked, killed.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::error::{Reason, Result, error};
use crate::host;
use crate::peers::{self, Peer};
use crate::serve::Service;

/// Where a server listens.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    Internet(SocketAddr),
    Unix(PathBuf),
}

/// What is to be started.
#[derive(Clone, Debug)]
pub(crate) struct Launch {
    pub(crate) peer: Peer,
    pub(crate) service: Service,
    /// The path to listen on; TCP without it.
    pub(crate) unix: Option<PathBuf>,
    /// What it runs under: valgrind and the like, with arguments.
    pub(crate) under: Vec<OsString>,
    /// The core that it is pinned to.
    pub(crate) core: usize,
    /// Whether it answers questions.
    pub(crate) control: bool,
}

impl Launch {
    pub(crate) fn new(peer: Peer, service: Service, core: usize) -> Launch {
        Launch {
            peer,
            service,
            unix: None,
            under: Vec::new(),
            core,
            control: false,
        }
    }

    /// Runs it, and waits until it says that it is ready.
    pub(crate) fn start(&self) -> Result<Server> {
        let mut command = pinned(self.core);
        command.args(&self.under);
        let service = self.service.to_string();
        if self.peer.is_ours() {
            command.arg(env::current_exe()?);
            command.args(["serve", &self.peer.to_string(), &service]);
            if self.control {
                command.arg("--control");
            }
            if let Some(path) = &self.unix {
                command.arg("--unix").arg(path);
            }
        } else {
            command.args(["node", "-e", peers::node_script(), &service]);
            command.args(&self.unix);
        }
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let (Some(stdin), Some(stdout)) = (stdin, stdout) else {
            return Err(error("the server has no pipes"));
        };
        let mut server = Server {
            child,
            pid: 0,
            place: Place::Unix(PathBuf::new()),
            stdin,
            stdout: BufReader::new(stdout),
        };
        let line = server.line()?;
        let said = line.split_once(' ').and_then(|(pid, place)| {
            let place = match &self.unix {
                Some(path) => Place::Unix(path.clone()),
                None => Place::Internet(place.parse().ok()?),
            };
            Some((pid.parse().ok()?, place))
        });
        (server.pid, server.place) =
            said.ok_or_else(|| error(format!("{} said {line:?}", self.peer)))?;
        Ok(server)
    }
}

/// The beginning of a command that is killed when the thread that started it ends, however that ends.
pub(crate) const TIED: [&str; 3] = ["setpriv", "--pdeathsig", "KILL"];

/// The beginning of a command that is tied to us, and runs on a core.
pub(crate) fn pinned(core: usize) -> Command {
    let mut command = Command::new(TIED[0]);
    command.args(&TIED[1..]);
    command.args(["taskset", "-c", &core.to_string()]);
    command
}

/// Both are in util-linux; `chrt` is for the counts.
pub(crate) fn require_tools() -> Result<()> {
    ["setpriv", "taskset", "chrt"]
        .iter()
        .try_for_each(|tool| host::require(tool, "util-linux"))
}

/// A server that runs; killed when dropped.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    /// The server itself, whatever it runs under.
    pub(crate) pid: u32,
    pub(crate) place: Place,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

impl Server {
    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        if self.stdout.read_line(&mut line)? == 0 {
            return Err(error(format!("the server ended ({})", self.child.wait()?)));
        }
        Ok(line.trim_end().to_owned())
    }

    /// What went wrong: that it has ended, if it has.
    pub(crate) fn why(&mut self, reason: Reason) -> Reason {
        // Its connections are gone before it is.
        for _ in 0..20 {
            if let Ok(Some(status)) = self.child.try_wait() {
                return error(format!("the server ended ({status}): {reason}"));
            }
            thread::sleep(Duration::from_millis(5));
        }
        reason
    }

    /// The numbers of its answer.
    pub(crate) fn ask(&mut self) -> Result<Vec<i64>> {
        self.stdin.write_all(b"\n")?;
        let line = self.line()?;
        Ok(line
            .split(' ')
            .map(str::parse)
            .collect::<std::result::Result<_, _>>()?)
    }

    /// Ends the server, and waits for what it runs under.
    pub(crate) fn end(mut self) -> Result<()> {
        if let Some(pid) = Pid::from_raw(self.pid as i32) {
            kill_process(pid, Signal::TERM)?;
        }
        self.child.wait()?;
        Ok(())
    }

    /// How much of its memory is resident that is no file's, in bytes.
    pub(crate) fn resident(&self) -> Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid))?;
        let kibibytes = status.lines().find_map(|line| {
            let words = line.strip_prefix("RssAnon:")?.trim();
            words.strip_suffix(" kB")?.parse::<u64>().ok()
        });
        Ok(kibibytes.ok_or_else(|| error("the kernel does not say what is resident"))? * 1024)
    }

    /// What it has used of a processor so far.
    pub(crate) fn cpu(&self) -> Result<Cpu> {
        Cpu::of(self.pid)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // One that ended is not there to be killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if let Place::Unix(path) = &self.place {
            let _ = fs::remove_file(path);
        }
    }
}

/// Time on a processor, in nanoseconds, by the kernel's accounting.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cpu {
    pub(crate) total: u64,
    /// In clock ticks, which is coarse: only the ratio of the two is of use.
    pub(crate) user_ticks: u64,
    pub(crate) system_ticks: u64,
}

impl Cpu {
    fn of(pid: u32) -> Result<Cpu> {
        let mut cpu = Cpu::default();
        for task in fs::read_dir(format!("/proc/{pid}/task"))? {
            // One that has just ended is left out.
            let Ok(text) = fs::read_to_string(task?.path().join("schedstat")) else {
                continue;
            };
            let first = text.split(' ').next().and_then(|word| word.parse().ok());
            cpu.total += first.unwrap_or(0u64);
        }
        let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
        // The name, which may contain anything, is in parentheses; the 14th and 15th fields are the 12th and 13th behind it.
        let behind = stat.rsplit_once(") ").map_or("", |(_, behind)| behind);
        if behind.starts_with(['Z', 'X']) {
            return Err(error("the server has ended"));
        }
        let mut ticks = behind
            .split(' ')
            .skip(11)
            .map_while(|word| word.parse().ok());
        cpu.user_ticks = ticks.next().unwrap_or(0);
        cpu.system_ticks = ticks.next().unwrap_or(0);
        Ok(cpu)
    }
}
