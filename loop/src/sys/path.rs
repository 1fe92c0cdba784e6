//! What is done to a socket's path in the file system.

use std::ffi::CString;
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::call::{NO_FD, call};
use super::errno::Errno;

/// Which file a path names: one file, one identity, for as long as the file exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Identity {
    /// The device of the file system.
    pub device: u64,
    /// The file's number on it.
    pub inode: u64,
}

/// Which file stands at this path, symbolic links not followed.
///
/// Whoever binds a socket to a path and wants to remove it later, but not what somebody else has put there since, compares
/// this with what it was right after the bind.
pub fn identity(path: impl AsRef<Path>) -> Result<Identity, Errno> {
    let path = terminated(path.as_ref())?;
    let mut status = MaybeUninit::<libc::stat>::uninit();
    call("lstat", NO_FD, |_| {
        // SAFETY: the kernel reads the path up to its zero byte, and writes one `stat`.
        unsafe { libc::lstat(path.as_ptr(), status.as_mut_ptr()) as isize }
    })?;
    // SAFETY: the call succeeded, so the kernel wrote it.
    let status = unsafe { status.assume_init() };
    Ok(Identity {
        device: status.st_dev as u64,
        inode: status.st_ino as u64,
    })
}

/// Removes a path; of a file, the name.
pub fn unlink(path: impl AsRef<Path>) -> Result<(), Errno> {
    let path = terminated(path.as_ref())?;
    call("unlink", NO_FD, |_| {
        // SAFETY: the kernel reads the path up to its zero byte.
        unsafe { libc::unlink(path.as_ptr()) as isize }
    })?;
    Ok(())
}

/// Sets who may do what with a path: the bits of `chmod(2)`, `0o666`.
pub fn chmod(path: impl AsRef<Path>, mode: u32) -> Result<(), Errno> {
    let path = terminated(path.as_ref())?;
    call("chmod", NO_FD, |_| {
        // SAFETY: the kernel reads the path up to its zero byte.
        unsafe { libc::chmod(path.as_ptr(), mode as libc::mode_t) as isize }
    })?;
    Ok(())
}

/// The path as the kernel reads it; `EINVAL` if it has a zero byte in it.
fn terminated(path: &Path) -> Result<CString, Errno> {
    CString::new(path.as_os_str().as_bytes()).map_err(|_| Errno::EINVAL)
}
