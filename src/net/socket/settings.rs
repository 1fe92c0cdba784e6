//! Options of the connection, which may be set before there is one (`setNoDelay`, `setKeepAlive`, `ref`, `unref`).

use std::time::Duration;

use uvox_loop::{Ctx, Errno};
use uvox_stream::node::HandleWrap;
use uvox_tcp::node::TcpWrap;
use uvox_tcp::uv::KeepAlive;

use super::race::Race;
use super::state::Socket;
use crate::Error;
use crate::env::Timeout;

/// What was asked for.
#[derive(Clone, Debug, Default)]
pub(in crate::net) struct Settings {
    pub(in crate::net) no_delay: bool,
    pub(in crate::net) keep_alive: bool,
    pub(in crate::net) keep_alive_secs: u32,
    /// What few ask for.
    rare: Option<Box<Rare>>,
}

#[derive(Clone, Debug, Default)]
struct Rare {
    /// The interval and the count, if they are not the usual ones.
    keep_alive_probes: Option<(Duration, u32)>,
    user_timeout: Option<Duration>,
}

impl Settings {
    /// Sets on a connection what was asked for before there was one. As in Node, what the kernel says to that is nobody's business.
    pub(in crate::net) fn apply(&self, cx: &mut Ctx, tcp: TcpWrap) {
        if self.no_delay {
            let _ = tcp.set_no_delay(cx, true);
        }
        if self.keep_alive {
            let _ = self.apply_keep_alive(cx, tcp);
        }
        let user_timeout = self.rare.as_ref().and_then(|rare| rare.user_timeout);
        if let (Some(tcp), Some(_)) = (tcp.tcp(cx), user_timeout) {
            let _ = tcp.user_timeout(cx, user_timeout);
        }
    }

    fn keep_alive_probes(&self) -> Option<(Duration, u32)> {
        self.rare.as_ref()?.keep_alive_probes
    }

    fn apply_keep_alive(&self, cx: &mut Ctx, tcp: TcpWrap) -> Result<(), Errno> {
        let Some(tcp) = tcp.tcp(cx).filter(|_| !tcp.is_closing(cx)) else {
            return Ok(());
        };
        let mut keep_alive = KeepAlive::after(Duration::from_secs(self.keep_alive_secs.into()));
        if let Some((interval, count)) = self.keep_alive_probes() {
            (keep_alive.interval, keep_alive.count) = (interval, count);
        }
        tcp.keepalive(cx, self.keep_alive.then_some(keep_alive))
    }
}

/// More than the kernel takes stays more than it takes.
pub(super) fn whole_seconds(time: Duration) -> u32 {
    u32::try_from(time.as_secs()).unwrap_or(u32::MAX)
}

impl Socket {
    fn settings(self, cx: &mut Ctx) -> Option<&mut Settings> {
        Some(&mut self.state_mut(cx)?.settings)
    }

    fn tcp(self, cx: &Ctx) -> Option<TcpWrap> {
        self.wrap(cx)?.tcp()
    }

    /// Whether what is written goes out at once, however little it is (`setNoDelay`). It can be set before it is connected. Of what is not TCP it means
    /// nothing.
    pub fn set_no_delay(self, cx: &mut Ctx, enable: bool) {
        let tcp = self.tcp(cx);
        let Some(settings) = self.settings(cx) else {
            return;
        };
        let changed = std::mem::replace(&mut settings.no_delay, enable) != enable;
        if let Some(tcp) = tcp.filter(|_| changed) {
            let _ = tcp.set_no_delay(cx, enable);
        }
    }

    /// Whether the peer is asked from time to time if it is still there, first when nothing came for `initial_delay`, which counts in whole seconds; with less than
    /// one the kernel's own times hold (`setKeepAlive`). It can be set before it is connected.
    pub fn set_keep_alive(self, cx: &mut Ctx, enable: bool, initial_delay: Duration) {
        self.keep_alive(cx, enable, initial_delay, None);
    }

    /// The same, and how long it waits for an answer before it asks again, and how often it asks before the connection fails with `ETIMEDOUT`. In Node both are
    /// libuv's: a second, and ten times.
    pub fn set_keep_alive_probes(
        self,
        cx: &mut Ctx,
        initial_delay: Duration,
        interval: Duration,
        count: u32,
    ) {
        self.keep_alive(cx, true, initial_delay, Some((interval, count)));
    }

    fn keep_alive(
        self,
        cx: &mut Ctx,
        enable: bool,
        initial_delay: Duration,
        probes: Option<(Duration, u32)>,
    ) {
        let tcp = self.tcp(cx);
        let Some(settings) = self.settings(cx) else {
            return;
        };
        let before = settings.clone();
        settings.keep_alive = enable;
        settings.keep_alive_secs = whole_seconds(initial_delay);
        if probes != settings.keep_alive_probes() {
            settings.rare.get_or_insert_default().keep_alive_probes = probes;
        }
        let settings = settings.clone();
        let changed = before.keep_alive != enable
            || enable && before.keep_alive_secs != settings.keep_alive_secs
            || enable && before.keep_alive_probes() != probes;
        if let Some(tcp) = tcp.filter(|_| changed) {
            let _ = settings.apply_keep_alive(cx, tcp);
        }
    }

    /// How long what was sent may stay unacknowledged before the connection fails with `ETIMEDOUT` (`TCP_USER_TIMEOUT`); `None` leaves it to the kernel. It can
    /// be set before it is connected. Node does not have it.
    ///
    /// # Errors
    ///
    /// `setsockopt ENOTSUP` anywhere but on Linux, `setsockopt EINVAL` for more than 24 days.
    pub fn set_user_timeout(self, cx: &mut Ctx, timeout: Option<Duration>) -> Result<(), Error> {
        let tcp = self.tcp(cx).and_then(|tcp| tcp.tcp(cx));
        if let Some(settings) = self.settings(cx) {
            settings.rare.get_or_insert_default().user_timeout = timeout;
        }
        match tcp {
            Some(tcp) => tcp
                .user_timeout(cx, timeout)
                .map_err(|errno| Error::system(errno, "setsockopt")),
            None => Ok(()),
        }
    }

    /// Lets it keep the loop alive while it is open, which it does unless it was [unref](Socket::unref)'d (`ref`). Before there is a connection it waits
    /// for that.
    pub fn ref_(self, cx: &mut Ctx) {
        if let Some(timeout) = self.connect_timeout(cx) {
            timeout.ref_(cx);
        }
        for tcp in self.racing(cx) {
            let _ = tcp.ref_(cx);
        }
        match self.wrap(cx) {
            Some(wrap) => drop(wrap.ref_(cx)),
            None => self.once_connected(cx, move |cx| self.ref_(cx)),
        }
    }

    /// Lets the loop end though it is open (`unref`). Before there is a connection it waits for that.
    pub fn unref(self, cx: &mut Ctx) {
        if let Some(timeout) = self.connect_timeout(cx) {
            timeout.unref(cx);
        }
        for tcp in self.racing(cx) {
            let _ = tcp.unref(cx);
        }
        match self.wrap(cx) {
            Some(wrap) => drop(wrap.unref(cx)),
            None => self.once_connected(cx, move |cx| self.unref(cx)),
        }
    }

    /// The wraps of the attempts that are made at the same time.
    fn racing(self, cx: &Ctx) -> Vec<TcpWrap> {
        let race = || self.state(cx)?.more.as_ref()?.race.as_ref();
        race().map_or(Vec::new(), Race::wraps)
    }

    fn connect_timeout(self, cx: &Ctx) -> Option<Timeout> {
        self.state(cx)?.more.as_ref()?.connect_timeout
    }
}
