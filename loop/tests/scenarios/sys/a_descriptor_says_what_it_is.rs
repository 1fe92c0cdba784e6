//! What stands behind a descriptor, and whether it was opened to be read or to be written, for those who are handed one.

use std::fs::{File, OpenOptions};
use std::os::fd::{AsFd, AsRawFd};

use uvox_loop::Errno;
use uvox_loop::sys::{self, Access, DescriptorKind, Domain, Type};

use crate::common::scenario;

const READ: Access = Access {
    readable: true,
    writable: false,
};
const WRITE: Access = Access {
    readable: false,
    writable: true,
};
const BOTH: Access = Access {
    readable: true,
    writable: true,
};

fn kind(fd: &impl AsRawFd) -> DescriptorKind {
    sys::descriptor_kind(fd.as_raw_fd()).unwrap()
}

#[test]
fn a_descriptor_says_what_it_is() {
    scenario(|| {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        let file = File::create(&path).unwrap();
        assert_eq!(kind(&file), DescriptorKind::File);
        assert_eq!(
            kind(&File::open("/dev/null").unwrap()),
            DescriptorKind::File
        );
        let (reader, writer) = sys::pipe().unwrap();
        assert_eq!(kind(&reader), DescriptorKind::Pipe);
        assert_eq!(kind(&writer), DescriptorKind::Pipe);
        let of_directory = File::open(directory.path()).unwrap();
        assert_eq!(kind(&of_directory), DescriptorKind::Unknown);
        let number = file.as_raw_fd();
        drop(file);
        assert_eq!(sys::descriptor_kind(number), Err(Errno::EBADF));
        assert_eq!(sys::descriptor_kind(-1), Err(Errno::EBADF));
    });
}

#[test]
fn a_descriptor_says_whether_calls_on_it_wait() {
    scenario(|| {
        let (reader, _writer) = sys::pipe().unwrap();
        assert_eq!(sys::is_nonblocking(reader.as_fd()), Ok(true));
        sys::set_nonblocking(reader.as_fd(), false).unwrap();
        assert_eq!(sys::is_nonblocking(reader.as_fd()), Ok(false));
        let file = File::open("/dev/null").unwrap();
        assert_eq!(sys::is_nonblocking(file.as_fd()), Ok(false));
    });
}

#[test]
fn a_socket_says_of_which_sort_it_is() {
    scenario(|| {
        let sorts = [
            (Domain::IPV4, Type::STREAM, DescriptorKind::Tcp),
            (Domain::IPV6, Type::STREAM, DescriptorKind::Tcp),
            (Domain::IPV4, Type::DGRAM, DescriptorKind::Udp),
            (Domain::IPV6, Type::DGRAM, DescriptorKind::Udp),
            (Domain::UNIX, Type::STREAM, DescriptorKind::UnixStream),
            (Domain::UNIX, Type::DGRAM, DescriptorKind::UnixDatagram),
        ];
        for (domain, sort, expected) in sorts {
            let socket = sys::socket(domain, sort, None).unwrap();
            assert_eq!(kind(&socket), expected);
            assert_eq!(sys::access(socket.as_fd()), Ok(BOTH));
        }
        let (one, other) = sys::socketpair(Domain::UNIX, Type::STREAM, None).unwrap();
        assert_eq!(kind(&one), DescriptorKind::UnixStream);
        sys::shutdown(other.as_fd(), std::net::Shutdown::Both).unwrap();
        assert_eq!(sys::access(other.as_fd()), Ok(BOTH));
        if !cfg!(target_vendor = "apple") {
            let packets = sys::socket(Domain::UNIX, Type::SEQPACKET, None).unwrap();
            assert_eq!(kind(&packets), DescriptorKind::Unknown);
        }
    });
}

#[test]
#[cfg(target_os = "linux")]
fn a_terminal_is_one() {
    scenario(|| {
        // A new one, seen from the side of the program that shows it.
        let terminal = OpenOptions::new().read(true).write(true).open("/dev/ptmx");
        assert_eq!(kind(&terminal.unwrap()), DescriptorKind::Tty);
    });
}

#[test]
fn a_descriptor_says_what_it_was_opened_for() {
    scenario(|| {
        let (reader, writer) = sys::pipe().unwrap();
        assert_eq!(sys::access(reader.as_fd()), Ok(READ));
        assert_eq!(sys::access(writer.as_fd()), Ok(WRITE));
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        let file = File::create(&path).unwrap();
        assert_eq!(sys::access(file.as_fd()), Ok(WRITE));
        let file = File::open(&path).unwrap();
        assert_eq!(sys::access(file.as_fd()), Ok(READ));
        // What else a descriptor was told makes no difference.
        sys::set_nonblocking(file.as_fd(), true).unwrap();
        assert_eq!(sys::access(file.as_fd()), Ok(READ));
        let file = OpenOptions::new().read(true).append(true).open(&path);
        assert_eq!(sys::access(file.unwrap().as_fd()), Ok(BOTH));
    });
}

// By way of musl's `O_ACCMODE` the standard library takes the flag away.
#[test]
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn a_place_in_the_file_system_is_neither_read_nor_written() {
    use std::os::unix::fs::OpenOptionsExt;

    scenario(|| {
        let place = OpenOptions::new()
            .read(true)
            .custom_flags(libc::O_PATH)
            .open("/dev/null")
            .unwrap();
        let neither = Access {
            readable: false,
            writable: false,
        };
        assert_eq!(sys::access(place.as_fd()), Ok(neither));
    });
}
