//! Scripts: what is done to one stream, step by step.
//!
//! A script is a few lines: its name; `set`, with how the stream is made (`kind=duplex rhwm=4 write=sync …`); then one line for each step, which is one callback, of
//! calls with ` ; ` between them. Of several streams each has a `set` of its own, with its name, and calls say whom they concern: `a.pipe b`.
//! `runner.js` plays the same scripts on Node.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;

use uvox::env::{self, Env};
use uvox::event_loop::Ctx;

use super::player::Player;

/// How many immediates it is given to come to rest after the last step, as `runner.js` gives.
const TURNS_TO_REST: u32 = 20;

/// What the streams of a script have in common.
#[derive(Default)]
pub(super) struct Shared {
    pub(super) events: RefCell<Vec<String>>,
    pub(super) results: RefCell<Vec<String>>,
    peers: RefCell<Vec<(String, Rc<Player>)>>,
    idle: Cell<u32>,
    pub(super) over: Cell<bool>,
}

/// Plays a script, and gives what happened, as `runner.js` prints it.
pub(crate) fn play(text: &str) -> Vec<String> {
    let mut lines = text.trim().lines();
    let name = lines.next().unwrap();
    let (configs, steps): (Vec<_>, Vec<_>) = lines.partition(|line| line.starts_with("set "));
    let shared = Rc::new(Shared::default());
    let steps: VecDeque<String> = steps.into_iter().map(str::to_owned).collect();
    let mut env = Env::new().unwrap();
    let main = shared.clone();
    env::enter(&mut env, |cx| {
        for config in configs {
            let (own, set) = read_config(config);
            let player = Rc::new(Player::new(main.clone(), own.clone(), set));
            player.make(cx);
            main.peers.borrow_mut().push((own, player));
        }
        env::set_immediate(cx, move |cx| main.turn(cx, steps));
    });
    env.run().unwrap();
    let mut log = vec![format!("# {name}")];
    log.extend(shared.events.take());
    log.push("--".into());
    log.extend(shared.results.take());
    shared.peers.take();
    log
}

fn read_config(config: &str) -> (String, HashMap<String, String>) {
    let (mut own, mut set) = (String::new(), HashMap::new());
    for word in config.split(' ').skip(1) {
        match word.split_once('=') {
            Some((key, value)) => drop(set.insert(key.to_owned(), value.to_owned())),
            None => own = word.to_owned(),
        }
    }
    (own, set)
}

impl Shared {
    pub(super) fn peer(&self, name: &str) -> Rc<Player> {
        let peers = self.peers.borrow();
        let peer = peers.iter().find(|(own, _)| own == name);
        peer.unwrap_or_else(|| panic!("no such stream: {name}"))
            .1
            .clone()
    }

    fn turn(self: &Rc<Shared>, cx: &mut Ctx, mut steps: VecDeque<String>) {
        let all: Vec<_> = self.peers.borrow().clone();
        let main = &all[0].1;
        if let Some(step) = steps.pop_front() {
            for act in step.split(" ; ") {
                main.run(cx, act);
            }
        } else if self.idle.replace(self.idle.get() + 1) >= TURNS_TO_REST {
            self.over.set(true);
            for (own, player) in &all {
                let dot = if own.is_empty() { "" } else { "." };
                main.run(cx, &format!("{own}{dot}state"));
                player.stream.get().unwrap().release(cx);
            }
            return;
        }
        let shared = self.clone();
        env::set_immediate(cx, move |cx| shared.turn(cx, steps));
    }
}
