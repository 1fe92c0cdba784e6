//! Lengths of text are UTF-16 units, as JavaScript counts; a pair of surrogates that is cut is not whole on either side.

use uvox::streams::{Chunk, Encoding};

use crate::common::{plain, program, scenario};

#[test]
fn read_of_so_many_units() {
    scenario(|| {
        program(|cx| {
            let stream = plain(cx);
            stream.set_encoding(cx, Encoding::Utf8);
            stream.push(cx, "a☃😀".as_bytes());
            stream.push(cx, "é!".as_bytes());
            assert_eq!(stream.readable_length(cx), 6);
            assert_eq!(stream.read(cx, 2), Some(Chunk::from("a☃")));
            assert_eq!(stream.read(cx, 1), Some(Chunk::from("\u{fffd}")));
            assert_eq!(stream.readable_length(cx), 3);
            // Across the pieces.
            assert_eq!(stream.read(cx, 2), Some(Chunk::from("\u{fffd}é")));
            assert_eq!(stream.read(cx, 2), None);
            assert_eq!(stream.read(cx, None), Some(Chunk::from("!")));
            stream.destroy(cx, None);
        });
    });
}
