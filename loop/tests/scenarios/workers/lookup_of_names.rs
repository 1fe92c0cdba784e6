//! From an address to the names of its host and service.

use std::cell::RefCell;
use std::rc::Rc;

use uvox_loop::{Errno, NameInfo, RunMode};

use crate::common::{end, new_loop, scenario};

fn names(address: &str, flags: i32) -> Result<(String, String), Errno> {
    let mut lp = new_loop();
    let answer = Rc::new(RefCell::new(None));
    let place = answer.clone();
    lp.getnameinfo(address.parse().unwrap(), flags, move |_, found| {
        *place.borrow_mut() = Some(found.map(|info| (info.host, info.service)));
    })
    .unwrap();
    assert!(!lp.run(RunMode::Default).unwrap());
    end(lp);
    answer.take().expect("an answer")
}

fn pair(host: &str, service: &str) -> Result<(String, String), Errno> {
    Ok((host.to_owned(), service.to_owned()))
}

const DIGITS: i32 = NameInfo::NI_NUMERICHOST | NameInfo::NI_NUMERICSERV;

#[test]
fn in_digits() {
    scenario(|| {
        assert_eq!(names("192.0.2.1:8080", DIGITS), pair("192.0.2.1", "8080"));
        assert_eq!(names("[2001:db8::1]:1", DIGITS), pair("2001:db8::1", "1"));
        let datagram = DIGITS | NameInfo::NI_DGRAM;
        assert_eq!(names("0.0.0.0:0", datagram), pair("0.0.0.0", "0"));
    });
}

#[test]
fn localhost_has_a_name() {
    scenario(|| {
        let flags = NameInfo::NI_NAMEREQD | NameInfo::NI_NUMERICSERV;
        assert_eq!(names("127.0.0.1:65535", flags), pair("localhost", "65535"));
    });
}

#[test]
fn a_name_is_required_and_forbidden() {
    scenario(|| {
        let flags = NameInfo::NI_NAMEREQD | DIGITS;
        assert_eq!(names("127.0.0.1:1", flags), Err(Errno::EAI_NONAME));
    });
}

#[test]
fn flags_that_do_not_exist() {
    scenario(|| {
        assert_eq!(names("127.0.0.1:1", 1 << 30), Err(Errno::EAI_BADFLAGS));
    });
}
