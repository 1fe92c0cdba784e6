//! The classic retry: on EADDRINUSE it is closed, and listens again a little later, until the address is free.

use std::time::Duration;

use uvox::env;
use uvox::event_loop::Ctx;
use uvox::net::{ListenOptions, Server};

use super::common::{as_node, server};

fn play(host: Option<&'static str>) {
    let argument = host.map_or(String::new(), |host| format!(", '{host}'"));
    let code = format!(
        "const one = net.createServer().listen(0{argument}, () => {{
          const {{ port }} = one.address();
          const two = net.createServer();
          let tries = 0;
          two.on('error', (e) => {{
            say(e.code);
            if (++tries === 3) one.close();
            setTimeout(() => {{ two.close(); two.listen(port{argument}); }}, 5);
          }});
          two.on('close', () => say('close'));
          two.on('listening', () => {{ say('listening'); two.removeAllListeners('close'); two.close(); }});
          two.listen(port{argument});
        }});"
    );
    let lines = [
        "EADDRINUSE",
        "close",
        "EADDRINUSE",
        "close",
        "EADDRINUSE",
        "close",
        "listening",
    ];
    as_node(&lines, &code, move |cx, log| {
        let options = move |port: u16| match host {
            Some(host) => ListenOptions::port(port).host(host),
            None => ListenOptions::port(port),
        };
        let one = server(cx);
        let listening = move |cx: &mut Ctx, one: Server| {
            let port = one.port(cx).unwrap();
            let two = server(cx);
            let (note, mut tries) = (log.clone(), 0);
            two.on_error(cx, move |cx, two, error| {
                note.say(error.code());
                tries += 1;
                if tries == 3 {
                    one.close(cx);
                }
                env::set_timeout(cx, Duration::from_millis(5), move |cx| {
                    two.close(cx);
                    two.listen(cx, options(port)).unwrap();
                });
            });
            let note = log.clone();
            let closes = two.on_close(cx, move |_, _| note.say("close"));
            let note = log.clone();
            two.on_listening(cx, move |cx, two| {
                note.say("listening");
                assert!(two.off(cx, closes));
                two.close(cx);
            });
            two.listen(cx, options(port)).unwrap();
        };
        one.listen_then(cx, options(0), listening).unwrap();
    });
}

#[test]
fn with_a_host() {
    play(Some("127.0.0.1"));
}

/// Then the error is found inside the call, and told after 'close'.
#[test]
fn without_a_host() {
    play(None);
}
