//! Chooses how the loop waits and how it is woken, in one place: the rest of the crate asks `cfg(poller = "…")` and
//! `cfg(waker = "…")`.

use std::env;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// The systems whose own interface is `kqueue(2)`.
const KQUEUE: [&str; 9] = [
    "macos",
    "ios",
    "tvos",
    "watchos",
    "visionos",
    "freebsd",
    "netbsd",
    "openbsd",
    "dragonfly",
];

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!(
        "cargo::rustc-check-cfg=cfg(poller, values(\"epoll\", \"kqueue\", \"mio\", \"none\"))"
    );
    println!("cargo::rustc-check-cfg=cfg(libkqueue)");
    println!("cargo::rustc-check-cfg=cfg(waker, values(\"eventfd\", \"pipe\"))");
    let system = env::var("CARGO_CFG_TARGET_OS").unwrap_or_default();
    let linux = matches!(system.as_str(), "linux" | "android");
    let libkqueue = system == "linux" && env::var_os("CARGO_CFG_UVOX_KQUEUE").is_some();
    let mio = env::var_os("CARGO_FEATURE_MIO").is_some();
    let poller = match system.as_str() {
        _ if mio => "mio",
        _ if libkqueue => "kqueue",
        _ if linux => "epoll",
        system if KQUEUE.contains(&system) => "kqueue",
        _ => "none",
    };
    let waker = if linux && !libkqueue {
        "eventfd"
    } else {
        "pipe"
    };
    println!("cargo::rustc-cfg=poller=\"{poller}\"");
    println!("cargo::rustc-cfg=waker=\"{waker}\"");
    if libkqueue && !mio {
        println!("cargo::rustc-cfg=libkqueue");
        link_libkqueue()?;
    }
    Ok(())
}

/// Links the `libkqueue` that `LIBKQUEUE_DIR` points at. Without the variable the crate can be checked, not linked.
///
/// What is linked is a symbolic link in Cargo's own output folder: of the folders that build scripts name, Cargo adds
/// those to the loader's path when it runs tests, also the tests of crates that depend on this one.
fn link_libkqueue() -> io::Result<()> {
    println!("cargo::rerun-if-env-changed=LIBKQUEUE_DIR");
    println!("cargo::rustc-link-lib=kqueue");
    let (Some(from), Some(to)) = (env::var_os("LIBKQUEUE_DIR"), env::var_os("OUT_DIR")) else {
        return Ok(());
    };
    let (from, to) = (PathBuf::from(from).canonicalize()?, Path::new(&to));
    for file in fs::read_dir(&from)? {
        let file = file?;
        if !file
            .file_name()
            .to_string_lossy()
            .starts_with("libkqueue.so")
        {
            continue;
        }
        let link = to.join(file.file_name());
        match fs::remove_file(&link) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => symlink(file.path(), &link)?,
        }
    }
    println!("cargo::rustc-link-search=native={}", to.display());
    Ok(())
}
