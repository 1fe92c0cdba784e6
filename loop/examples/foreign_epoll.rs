//! A uvox loop as a guest of somebody else's epoll loop, which does the waiting for both.
//!
//! The host watches the guest's one descriptor among its own, sleeps for as long as the guest allows, and lets it run when there is
//! something to do. `on_change` tells it that what it knows of the guest's timeout is out of date.
//!
//! ```text
//! cargo run --release -p uvox-loop --example foreign_epoll
//! ```

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("this example's host is an epoll loop, and this system has none");
}

#[cfg(target_os = "linux")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    linux::main()
}

#[cfg(target_os = "linux")]
mod linux {
    use std::cell::Cell;
    use std::error::Error;
    use std::io::{Read, Write};
    use std::mem::MaybeUninit;
    use std::os::fd::AsFd;
    use std::os::unix::net::UnixStream;
    use std::rc::Rc;
    use std::time::Duration;

    use rustix::event::{Timespec, epoll};
    use uvox_loop::{Async, Loop, RunMode, Timer};

    const GUEST: u64 = 0;
    const OWN: u64 = 1;

    pub(super) fn main() -> Result<(), Box<dyn Error>> {
        // The host, with a descriptor of its own.
        let host = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let (mut ours, mut theirs) = UnixStream::pair()?;
        epoll::add(
            &host,
            &ours,
            epoll::EventData::new_u64(OWN),
            epoll::EventFlags::IN,
        )?;

        let mut guest = Loop::new()?;
        epoll::add(
            &host,
            guest.as_fd(),
            epoll::EventData::new_u64(GUEST),
            epoll::EventFlags::IN,
        )?;
        let stale = Rc::new(Cell::new(true));
        guest.on_change(Some(Box::new({
            let stale = stale.clone();
            move || stale.set(true)
        })));
        let ticks = start_guest(&mut guest)?;

        let (mut timeout, mut own_bytes) = (None, 0);
        while guest.alive() {
            if stale.replace(false) {
                timeout = guest.backend_timeout();
            }
            for data in wait(&host, timeout)? {
                if data == OWN {
                    let mut byte = [0];
                    own_bytes += ours.read(&mut byte)?;
                }
            }
            guest.run(RunMode::NoWait)?;
            timeout = guest.backend_timeout();
            // The host's own business, in between.
            if own_bytes < 3 {
                theirs.write_all(b"x")?;
            }
        }
        println!(
            "the guest ticked {} times, the host read {own_bytes} bytes of its own",
            ticks.get()
        );
        Loop::close(guest).map_err(|busy| busy.errno())?;
        Ok(())
    }

    /// Five ticks, and a wake-up from another thread.
    fn start_guest(guest: &mut Loop) -> Result<Rc<Cell<u32>>, uvox_loop::Errno> {
        let ticks = Rc::new(Cell::new(0));
        let timer = Timer::new(guest);
        let tick = Duration::from_millis(2);
        guest.update_time();
        timer.start(guest, tick, tick, {
            let ticks = ticks.clone();
            move |cx, timer| {
                ticks.set(ticks.get() + 1);
                if ticks.get() == 5 {
                    cx.close(timer, |_| ()).unwrap();
                }
            }
        })?;
        let (_, sender) = Async::new(guest, |cx, wakeup| {
            println!("woken by another thread");
            cx.close(wakeup, |_| ()).unwrap();
        });
        std::thread::spawn(move || sender.send());
        Ok(ticks)
    }

    /// Sleeps until something happens or the guest's timeout is over; returns what happened.
    fn wait(host: impl AsFd, timeout: Option<Duration>) -> Result<Vec<u64>, Box<dyn Error>> {
        let timeout = timeout.map(Timespec::try_from).transpose()?;
        let mut events = [MaybeUninit::<epoll::Event>::uninit(); 8];
        let (ready, _) = epoll::wait(host, &mut events, timeout.as_ref())?;
        Ok(ready.iter().map(|event| event.data.u64()).collect())
    }
}
