//! An error that nobody listens to ends the run; with a hook, the run goes on, without 'close'.

use uvox::Error;
use uvox::env::{self, Env};

use crate::common::{Seen, plain, program, scenario};

#[test]
fn it_ends_the_run() {
    scenario(|| {
        let mut env = Env::new().unwrap();
        env::enter(&mut env, |cx| {
            let stream = plain(cx);
            stream.destroy(cx, Some(Error::new("EOOPS", "oops")));
            env::set_immediate(cx, |_| unreachable!("the run is over"));
        });
        let error = env.run().unwrap_err();
        assert_eq!(
            (error.code(), error.to_string()),
            ("EOOPS", "oops".to_owned())
        );
    });
}

#[test]
fn the_hook_hears_of_it() {
    scenario(|| {
        let seen = Seen::new();
        let (log, hook) = (seen.clone(), seen.clone());
        program(move |cx| {
            env::on_uncaught(cx, move |_, error| hook.add(error.to_string()));
            let stream = plain(cx);
            stream.on_close(cx, move |_, _| log.add("close".to_owned()));
            stream.destroy(cx, Some(Error::new("", "oops")));
        });
        assert_eq!(seen.all(), ["oops"]);
    });
}
