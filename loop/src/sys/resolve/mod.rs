//! The C library's resolver.
//!
//! These calls block, so they are made on worker threads. They do not go through [`call`](super::call::call): they report their errors as
//! `EAI_*` numbers and not in `errno`, and the trace and the faults are those of a loop's thread, where they are never made.

mod address;
mod hints;
mod name;

use std::ffi::c_int;

use super::errno::{Errno, errno_from_eai};

pub use address::AddrInfo;
pub use hints::AddrHints;
pub use name::NameInfo;

pub(crate) use address::AddrQuery;
pub(crate) use name::name_info;

/// The resolver's result as ours.
fn eai(code: c_int) -> Result<(), Errno> {
    if code == 0 {
        Ok(())
    } else {
        Err(errno_from_eai(code))
    }
}
