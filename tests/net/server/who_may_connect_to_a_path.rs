//! The mode of a path: everybody may read, write, or both.

use std::os::unix::fs::PermissionsExt;

use uvox::event_loop::Errno;
use uvox::event_loop::sys::fault::{self, Effect, Fault};
use uvox::net::ListenOptions;

use super::common::{as_node, program, scenario, server};

#[test]
fn readable_and_writable() {
    let directory = tempfile::tempdir().unwrap();
    for (readable, writable, mode) in [
        (true, false, 0o444),
        (false, true, 0o222),
        (true, true, 0o666),
    ] {
        let path = directory.path().join("server");
        let code = format!(
            "const server = watch(net.createServer()).listen({{ path: {path:?}, readableAll: {readable}, writableAll: {writable} }}, () => {{
              say((require('fs').statSync({path:?}).mode & {mode}) === {mode});
              server.close();
            }});"
        );
        as_node(&["listening", "true", "close"], &code, |cx, log| {
            let server = server(cx);
            log.watch(cx, server);
            let options = ListenOptions::path(&path)
                .readable_all(readable)
                .writable_all(writable);
            let path = path.clone();
            let listening = move |cx: &mut _, server: uvox::net::Server| {
                let found = std::fs::metadata(&path).unwrap().permissions().mode();
                log.say(found & mode == mode);
                server.close(cx);
            };
            server.listen_then(cx, options, listening).unwrap();
        });
    }
}

/// It is an error of the call, and the server does not listen.
#[test]
fn it_cannot_be_changed() {
    scenario(|| {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("server");
        let said = program(|cx, log| {
            let server = server(cx);
            log.watch(cx, server);
            let fault = Fault::new("chmod", 1, Effect::Fail(Errno::EPERM));
            let faults = fault::plan([fault]);
            let options = ListenOptions::path(&path).writable_all(true);
            let error = server.listen(cx, options).unwrap_err();
            assert_eq!(faults.left(), 0);
            assert_eq!(error.to_string(), "uv_pipe_chmod EPERM");
            assert!(!server.is_listening(cx) && !path.exists());
            server.listen(cx, ListenOptions::path(&path)).unwrap();
            server.on_listening(cx, |cx, server| server.close(cx));
        });
        assert_eq!(said, ["listening", "close"]);
    });
}
