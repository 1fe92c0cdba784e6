//! A server's process: started, pinned, asked, killed.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use rustix::process::{Pid, Resource, Signal, getrlimit, kill_process, setrlimit};
use rustix::thread::{CpuSet, sched_setaffinity};

use crate::error::{Result, error};
use crate::peers::{self, Peer};
use crate::serve::Service;

/// Where a server listens.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    Tcp(SocketAddr),
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
        let mut words: Vec<OsString> = ["taskset", "-c", &self.core.to_string()]
            .map(OsString::from)
            .into();
        words.extend(self.under.iter().cloned());
        let service = self.service.to_string();
        if self.peer.is_ours() {
            words.push(env::current_exe()?.into());
            words.extend(["serve", &self.peer.to_string(), &service].map(OsString::from));
            if self.control {
                words.push("--control".into());
            }
            if let Some(path) = &self.unix {
                words.extend(["--unix".into(), path.into()]);
            }
        } else {
            words.extend(["node", "-e", peers::node_script(), &service].map(OsString::from));
            words.extend(self.unix.iter().map(OsString::from));
        }
        let mut child = Command::new(&words[0])
            .args(&words[1..])
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
                None => Place::Tcp(place.parse().ok()?),
            };
            Some((pid.parse().ok()?, place))
        });
        (server.pid, server.place) =
            said.ok_or_else(|| error(format!("{} said {line:?}", self.peer)))?;
        Ok(server)
    }
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
            return Err(error(format!("the server ended: {}", self.child.wait()?)));
        }
        Ok(line.trim_end().to_owned())
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

/// Pins this process to a core.
pub(crate) fn pin(core: usize) -> Result<()> {
    let mut set = CpuSet::new();
    set.set(core);
    sched_setaffinity(None, &set)?;
    Ok(())
}

/// As many descriptors as the system lets us have, for us and for the servers.
pub(crate) fn allow_descriptors() -> Result<()> {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit)?;
    Ok(())
}
