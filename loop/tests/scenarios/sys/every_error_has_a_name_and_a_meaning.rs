//! The table of errors agrees with itself, with the C library, and with the numbers that libuv promises.

use std::collections::{HashMap, HashSet};
use std::io;

use uvox_loop::Errno;
use uvox_loop::sys::{errno_from_eai, unlink};

/// The two names that share a number somewhere; the first is the number's name there.
const SHARED: [(Errno, Errno); 2] = [
    (Errno::EAGAIN, Errno::EWOULDBLOCK),
    (Errno::ENOTSUP, Errno::EOPNOTSUPP),
];

#[test]
fn every_error_has_a_name_and_a_meaning() {
    let mut by_number = HashMap::new();
    let mut meanings = HashSet::new();
    for errno in Errno::ALL {
        assert!(errno.raw() > 0);
        assert_ne!(errno.message(), "", "{errno:?}");
        let first = by_number.insert(errno.raw(), errno.name()).is_none();
        let shared = SHARED
            .iter()
            .any(|(one, other)| one == other && other == errno);
        assert!(first || shared, "{errno:?} is there twice");
        assert!(
            !first || meanings.insert(errno.message()),
            "{errno:?} means what another does"
        );
        // There and back, with either sign, and through the standard library.
        assert_eq!(Errno::from_raw(errno.raw()), *errno);
        assert_eq!(Errno::from_raw(-errno.raw()), *errno);
        assert_eq!(Errno::from(io::Error::from(*errno)), *errno);
        assert_eq!(
            errno.to_string(),
            format!("{}: {}", errno.name(), errno.message())
        );
        assert_eq!(format!("{errno:?}"), errno.name());
    }
    let names: HashSet<_> = by_number.values().collect();
    assert_eq!(names.len(), by_number.len());
    assert_eq!(Errno::from_raw(-libc::ECONNRESET).name(), "ECONNRESET");
    assert_eq!(Errno::EWOULDBLOCK.name(), "EAGAIN");
    assert_eq!(Errno::ENOTSUP.name(), "ENOTSUP");
}

#[test]
fn every_number_of_the_system_has_the_name_it_has_there() {
    // What the C library calls an error it does not know.
    let text = |number| io::Error::from_raw_os_error(number).to_string();
    let unknown = |number: i32| text(number).starts_with("Unknown error");
    let numbers = 1..200;
    let known = numbers.clone().filter(|number| !unknown(*number)).count();
    assert!(known > 80);
    for number in numbers {
        let errno = Errno::from_raw(number);
        assert!(
            errno.name() == "UNKNOWN" || !unknown(number),
            "{errno:?} is no error here"
        );
    }
    for number in [0, 999, 2999, 3012, i32::MAX, i32::MIN] {
        let errno = Errno::from_raw(number);
        assert_eq!(
            (errno.name(), errno.message()),
            ("UNKNOWN", "unknown error")
        );
        assert!(errno.to_string().starts_with("unknown error "));
    }
}

#[test]
fn what_libuv_invented_has_its_numbers() {
    for (errno, number) in [
        (Errno::EOF, 4095),
        (Errno::UNKNOWN, 4094),
        (Errno::ECHARSET, 4080),
        (Errno::EAI_ADDRFAMILY, 3000),
        (Errno::EAI_AGAIN, 3001),
        (Errno::EAI_NONAME, 3008),
        (Errno::EAI_BADHINTS, 3013),
        (Errno::EAI_PROTOCOL, 3014),
    ] {
        assert_eq!(errno.raw(), number);
    }
    let linux = cfg!(any(target_os = "linux", target_os = "android"));
    assert_eq!(Errno::EFTYPE.raw() == 4028, linux);
    assert_eq!(Errno::ENONET.raw() == 4056, !linux);
    let end: io::Error = Errno::EOF.into();
    assert_eq!(end.kind(), io::ErrorKind::UnexpectedEof);
    assert_eq!(
        Errno::from(io::Error::other("not a system call's")),
        Errno::EINVAL
    );
}

#[test]
fn the_resolvers_errors_are_libuvs() {
    for (theirs, ours) in [
        (libc::EAI_AGAIN, Errno::EAI_AGAIN),
        (libc::EAI_BADFLAGS, Errno::EAI_BADFLAGS),
        (libc::EAI_FAIL, Errno::EAI_FAIL),
        (libc::EAI_FAMILY, Errno::EAI_FAMILY),
        (libc::EAI_MEMORY, Errno::EAI_MEMORY),
        (libc::EAI_NONAME, Errno::EAI_NONAME),
        (libc::EAI_OVERFLOW, Errno::EAI_OVERFLOW),
        (libc::EAI_SERVICE, Errno::EAI_SERVICE),
        (libc::EAI_SOCKTYPE, Errno::EAI_SOCKTYPE),
    ] {
        assert_eq!(errno_from_eai(theirs), ours);
    }
    if cfg!(target_os = "linux") {
        assert_eq!(errno_from_eai(-5), Errno::EAI_NODATA);
        assert_eq!(errno_from_eai(-9), Errno::EAI_ADDRFAMILY);
        assert_eq!(errno_from_eai(-101), Errno::EAI_CANCELED);
    }
    assert_eq!(errno_from_eai(-4242), Errno::UNKNOWN);
    // The resolver's way to say: look at `errno`.
    assert_eq!(unlink("/no such directory/file"), Err(Errno::ENOENT));
    assert_eq!(errno_from_eai(libc::EAI_SYSTEM), Errno::ENOENT);
}
