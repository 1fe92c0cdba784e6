//! What is done to a socket's path in the file system.

use std::ffi::{CString, c_char};
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
/// Whoever binds a socket to a path and wants to remove it later, but not what somebody else has put there since,
/// compares this with what it was right after the bind.
///
/// # Errors
///
/// `ENOENT` if there is none, or no directory that leads to it. `EACCES` if one of those directories may not be
/// searched. `ENOTDIR`, `ELOOP` and `ENAMETOOLONG` for paths that cannot be followed. `EINVAL` for one with a zero byte
/// in it.
pub fn identity(path: impl AsRef<Path>) -> Result<Identity, Errno> {
    let status = status("lstat", libc::lstat, path.as_ref())?;
    Ok(Identity {
        device: status.st_dev as u64,
        inode: status.st_ino as u64,
    })
}

/// Removes a path; of a file, the name.
///
/// # Errors
///
/// As of [`identity`]; `EACCES` also if the directory may not be written to. `EPERM`, on Linux `EISDIR`, for a
/// directory. `EROFS`, `EBUSY`.
pub fn unlink(path: impl AsRef<Path>) -> Result<(), Errno> {
    let path = terminated(path.as_ref())?;
    call("unlink", NO_FD, |_| {
        // SAFETY: the kernel reads the path up to its zero byte.
        unsafe { libc::unlink(path.as_ptr()) as isize }
    })?;
    Ok(())
}

/// Sets who may do what with a path: the bits of `chmod(2)`, `0o666`.
///
/// # Errors
///
/// As of [`identity`]. `EPERM` if the file is somebody else's; `EROFS`.
pub fn chmod(path: impl AsRef<Path>, mode: u32) -> Result<(), Errno> {
    let path = terminated(path.as_ref())?;
    call("chmod", NO_FD, |_| {
        // SAFETY: the kernel reads the path up to its zero byte.
        unsafe { libc::chmod(path.as_ptr(), mode as libc::mode_t) as isize }
    })?;
    Ok(())
}

/// Who may do what with a path: the bits that [`chmod`] sets, symbolic links followed as it follows them. The call's
/// name is `stat`.
///
/// # Errors
///
/// As of [`identity`].
pub fn mode(path: impl AsRef<Path>) -> Result<u32, Errno> {
    let status = status("stat", libc::stat, path.as_ref())?;
    Ok(status.st_mode as u32 & 0o7777)
}

/// `stat` or `lstat`.
type StatusCall = unsafe extern "C" fn(*const c_char, *mut libc::stat) -> i32;

fn status(name: &'static str, f: StatusCall, path: &Path) -> Result<libc::stat, Errno> {
    let path = terminated(path)?;
    let mut status = MaybeUninit::uninit();
    call(name, NO_FD, |_| {
        // SAFETY: the kernel reads the path up to its zero byte, and writes one `stat`.
        unsafe { f(path.as_ptr(), status.as_mut_ptr()) as isize }
    })?;
    // SAFETY: the call succeeded, so the kernel wrote it.
    Ok(unsafe { status.assume_init() })
}

/// The path as the kernel reads it; `EINVAL` if it has a zero byte in it.
fn terminated(path: &Path) -> Result<CString, Errno> {
    CString::new(path.as_os_str().as_bytes()).map_err(|_| Errno::EINVAL)
}
