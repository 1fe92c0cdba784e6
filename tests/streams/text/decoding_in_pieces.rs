//! Text from bytes that come piece by piece, cut anywhere, in every encoding.

use std::io::Write;
use std::process::{Command, Stdio};

use uvox::streams::{Encoding, StringDecoder};

use crate::common::scenario;

const ENCODINGS: [Encoding; 7] = [
    Encoding::Utf8,
    Encoding::Utf16Le,
    Encoding::Latin1,
    Encoding::Ascii,
    Encoding::Hex,
    Encoding::Base64,
    Encoding::Base64Url,
];

/// What each piece gives, and the end.
fn decode(encoding: Encoding, pieces: &[Vec<u8>]) -> String {
    let mut decoder = StringDecoder::new(encoding);
    let mut texts: Vec<String> = pieces.iter().map(|piece| decoder.write(piece)).collect();
    texts.push(decoder.end());
    texts.join("|")
}

#[test]
fn what_node_says_of_cut_characters() {
    let pieces = |pieces: &[&[u8]]| -> Vec<Vec<u8>> { pieces.iter().map(|p| p.to_vec()).collect() };
    let utf8 = |of: &[&[u8]]| decode(Encoding::Utf8, &pieces(of));
    assert_eq!(utf8(&[b"\xe2\x98", b"\x83"]), "|☃|");
    assert_eq!(utf8(&[b"\xf0", b"\x9f", b"\x98", b"\x80"]), "|||😀|");
    assert_eq!(utf8(&[b"\xe2", b"a"]), "|\u{fffd}a|");
    assert_eq!(utf8(&[b"\xc3\xe2\x98"]), "\u{fffd}|\u{fffd}");
    assert_eq!(utf8(&[b"\xe2\x98", b"\xe2\x98\x83"]), "|\u{fffd}☃|");
    let utf16 = |of: &[&[u8]]| decode(Encoding::Utf16Le, &pieces(of));
    assert_eq!(utf16(&[b"\x3d", b"\xd8\x00", b"\xde"]), "||😀|");
    assert_eq!(utf16(&[b"\x3d\xd8", b""]), "||\u{fffd}");
    assert_eq!(utf16(&[b"a\0b"]), "a|");
    let base64 = |of: &[&[u8]]| decode(Encoding::Base64, &pieces(of));
    assert_eq!(base64(&[b"a", b"b", b"c"]), "||YWJj|");
    assert_eq!(base64(&[b"abcd"]), "YWJj|ZA==");
}

/// Bytes that are mostly the beginnings, middles and ends of characters.
fn noise(seed: u32) -> Vec<Vec<u8>> {
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    let mut below = |limit: u32| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (state >> 8) % limit
    };
    let odd = b"a\x80\xbf\xc3\xe2\x98\x83\xf0\x9f\xed\xa0\xf4\x90\xff\xd8\xdc\x3d\x00";
    let pieces = 1 + below(5);
    (0..pieces)
        .map(|_| {
            let len = below(6);
            (0..len)
                .map(|_| odd[below(odd.len() as u32) as usize])
                .collect()
        })
        .collect()
}

#[test]
fn any_bytes_in_any_pieces_are_what_node_makes_of_them() {
    scenario(compare);
}

fn compare() {
    let cases: Vec<_> = (1..=3000).map(noise).collect();
    let mut script = String::from(
        "const { StringDecoder } = require('string_decoder');\n\
         const show = (of, pieces) => { const d = new StringDecoder(of); \
         const all = [...pieces.map((p) => d.write(Buffer.from(p, 'hex'))), d.end()]; \
         console.log(all.join(of === 'utf16le' ? '' : '|')); };\n",
    );
    let mut ours = Vec::new();
    for (number, pieces) in cases.iter().enumerate() {
        let encoding = ENCODINGS[number % ENCODINGS.len()];
        let hex: Vec<_> = pieces
            .iter()
            .map(|piece| format!("'{}'", Encoding::Hex.decode(piece)))
            .collect();
        script += &format!("show('{}', [{}]);\n", encoding.name(), hex.join(","));
        // Node gives out half a pair when only its second byte was missing; here it waits for the other half. Together it is the same.
        let text = decode(encoding, pieces);
        ours.push(match encoding {
            Encoding::Utf16Le => text.replace('|', ""),
            _ => text,
        });
    }
    let version = Command::new("node").arg("--version").output();
    if !version.is_ok_and(|version| version.stdout.starts_with(b"v20.")) {
        println!("skipped: there is no Node 20 to compare with");
        return;
    }
    let mut child = Command::new("node")
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(script.as_bytes()).unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let theirs = String::from_utf8(output.stdout).unwrap();
    // Control characters may be in there, so lines are what ends with a line feed, and nothing else.
    let theirs: Vec<&str> = theirs.strip_suffix('\n').unwrap().split('\n').collect();
    assert_eq!(theirs.len(), ours.len());
    for ((number, ours), theirs) in ours.iter().enumerate().zip(theirs) {
        let encoding = ENCODINGS[number % ENCODINGS.len()];
        assert_eq!(ours, theirs, "{encoding:?} of {:?}", cases[number]);
    }
}
