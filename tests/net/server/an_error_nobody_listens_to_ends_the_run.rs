//! An error that nobody listens to is one that nobody caught.

use uvox::env::{self, Env};
use uvox::net::ListenOptions;

use super::common::{as_node, scenario, server};

#[test]
fn it_ends_the_run() {
    scenario(|| {
        let mut env = Env::new().unwrap();
        env::enter(&mut env, |cx| {
            let server = server(cx);
            server
                .listen(cx, ListenOptions::path("/no/such/directory/x"))
                .unwrap();
            env::set_immediate(cx, |_| unreachable!("the run is over"));
        });
        let error = env.run().unwrap_err();
        let message = "listen EACCES: permission denied /no/such/directory/x";
        assert_eq!(
            (error.code(), error.to_string().as_str()),
            ("EACCES", message)
        );
    });
}

#[test]
fn the_hook_hears_of_it_and_the_server_can_listen() {
    let code = "
        process.on('uncaughtException', (e) => { say(text(e)); server.listen(0); });
        const server = net.createServer();
        server.on('listening', () => { say('listening'); server.close(); });
        server.listen('/no/such/directory/x');
    ";
    let path = "/no/such/directory/x";
    let line = format!("EACCES|listen EACCES: permission denied {path}|listen|{path}|-");
    as_node(&[&line, "listening"], code, |cx, log| {
        let server = server(cx);
        let note = log.clone();
        env::on_uncaught(cx, move |cx, error| {
            note.say(super::common::text(&error));
            server.listen(cx, ListenOptions::port(0)).unwrap();
        });
        server.on_listening(cx, move |cx, server| {
            log.say("listening");
            server.close(cx);
        });
        server.listen(cx, ListenOptions::path(path)).unwrap();
    });
}
