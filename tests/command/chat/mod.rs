mod conversation;
mod lines_are_cut_anywhere;
mod one_who_does_not_read;
mod the_room_is_full;

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;

use crate::child::connect;

/// Somebody in the room.
struct Guest {
    socket: TcpStream,
    hears: BufReader<TcpStream>,
}

impl Guest {
    /// Comes in, and hears a welcome as `name`, with so many there.
    fn join(place: &str, name: &str, count: usize) -> Guest {
        let socket = connect(place);
        let hears = BufReader::new(socket.try_clone().unwrap());
        let mut guest = Guest { socket, hears };
        let welcome = guest.hear();
        let expected = format!("* you are {name}; {count} here; b:text to all");
        assert!(welcome.starts_with(&expected), "{welcome}");
        guest
    }

    fn say(&mut self, text: &str) {
        self.socket.write_all(text.as_bytes()).unwrap();
    }

    /// The next line; none at the end.
    fn hear(&mut self) -> String {
        let mut line = String::new();
        self.hears.read_line(&mut line).unwrap();
        line.trim_end_matches('\n').to_owned()
    }

    #[track_caller]
    fn hears(&mut self, lines: &[&str]) {
        for line in lines {
            assert_eq!(self.hear(), *line);
        }
    }
}
