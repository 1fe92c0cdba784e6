//! What the scenarios of lookups have in common.

use std::cell::RefCell;
use std::rc::Rc;

use uvox_loop::{AddrHints, AddrInfo, Errno, RunMode};

use crate::common::{end, new_loop};

/// Looks one thing up on a loop of its own.
pub(super) fn look_up(
    node: Option<&str>,
    service: Option<&str>,
    hints: AddrHints,
) -> Result<Vec<AddrInfo>, Errno> {
    let mut lp = new_loop();
    let answer = Rc::new(RefCell::new(None));
    let place = answer.clone();
    lp.getaddrinfo(node, service, hints, move |_, found| {
        *place.borrow_mut() = Some(found);
    })
    .unwrap();
    assert!(!lp.run(RunMode::Default).unwrap());
    end(lp);
    answer.take().expect("an answer")
}

/// The addresses alone, as text.
pub(super) fn addresses(found: &[AddrInfo]) -> Vec<String> {
    found.iter().map(|info| info.address.to_string()).collect()
}
