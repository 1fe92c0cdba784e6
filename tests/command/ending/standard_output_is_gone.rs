//! Nobody reads standard output: a server that cannot say where it listens does not serve.

use crate::child::Uvox;
use crate::child::uvox;

#[test]
fn before_it_listens() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = uvox(&["echo", "--port", "0"]);
    command.stdout(writer);
    let ended = Uvox::spawn(&mut command).end();
    assert_eq!(ended.status, Some(2));
    let line = ended.one_line();
    assert!(line.starts_with("uvox: standard output: "), "{line}");
}

/// Standard error is gone as well: the status is what is left.
#[test]
fn and_standard_error_as_well() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = uvox(&["echo", "--port", "0"]);
    command.stdout(writer.try_clone().unwrap()).stderr(writer);
    assert_eq!(Uvox::spawn(&mut command).end().status, Some(2));
}

/// As with `uvox tour | head -1`.
#[test]
fn on_a_tour() {
    for arguments in [&["tour"][..], &["tour", "--json"], &["tour", "--list"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = uvox(arguments);
        command.stdout(writer);
        let ended = Uvox::spawn(&mut command).end();
        assert_eq!(ended.status, Some(2));
        let line = ended.one_line();
        assert!(
            line.starts_with("uvox: standard output: "),
            "{arguments:?} {line}"
        );
    }
}
