//! What each system calls the control information of IPv4, and how it lays it out. That of IPv6 is the same everywhere.

/// Which address and interface: `in_pktinfo`.
#[cfg(any(
    target_os = "linux",
    target_os = "android",
    target_os = "netbsd",
    target_vendor = "apple"
))]
pub(super) mod packet_info {
    use std::mem::{offset_of, size_of};

    use libc::in_pktinfo;

    #[cfg(target_os = "netbsd")]
    pub(in super::super) const ENABLE: i32 = libc::IP_RECVPKTINFO;
    #[cfg(not(target_os = "netbsd"))]
    pub(in super::super) const ENABLE: i32 = libc::IP_PKTINFO;

    /// The address to send from.
    #[cfg(target_os = "netbsd")]
    pub(in super::super) const SOURCE: usize = DESTINATION;
    #[cfg(not(target_os = "netbsd"))]
    pub(in super::super) const SOURCE: usize = offset_of!(in_pktinfo, ipi_spec_dst);

    pub(in super::super) const RECEIVED: i32 = libc::IP_PKTINFO;
    pub(in super::super) const SENT: i32 = libc::IP_PKTINFO;
    pub(in super::super) const SIZE: usize = size_of::<in_pktinfo>();
    pub(in super::super) const DESTINATION: usize = offset_of!(in_pktinfo, ipi_addr);
    pub(in super::super) const INTERFACE: Option<usize> = Some(offset_of!(in_pktinfo, ipi_ifindex));
}

/// Only the address, of which there is a word for each direction.
#[cfg(not(any(
    target_os = "linux",
    target_os = "android",
    target_os = "netbsd",
    target_vendor = "apple"
)))]
pub(super) mod packet_info {
    pub(in super::super) const ENABLE: i32 = libc::IP_RECVDSTADDR;
    pub(in super::super) const RECEIVED: i32 = libc::IP_RECVDSTADDR;
    pub(in super::super) const SENT: i32 = libc::IP_SENDSRCADDR;
    pub(in super::super) const SIZE: usize = std::mem::size_of::<libc::in_addr>();
    pub(in super::super) const SOURCE: usize = 0;
    pub(in super::super) const DESTINATION: usize = 0;
    pub(in super::super) const INTERFACE: Option<usize> = None;
}

/// The type of service. It comes as one byte, and goes as one or as four.
pub(super) mod traffic_class {
    use crate::sys::Errno;
    use crate::sys::ancillary::Writer;

    #[cfg(any(target_os = "linux", target_os = "android"))]
    mod names {
        pub(super) const ENABLE: Option<i32> = Some(libc::IP_RECVTOS);
        pub(super) const RECEIVED: Option<i32> = Some(libc::IP_TOS);
        pub(super) const SENT_SIZE: usize = 4;
    }
    #[cfg(target_vendor = "apple")]
    mod names {
        pub(super) const ENABLE: Option<i32> = Some(libc::IP_RECVTOS);
        pub(super) const RECEIVED: Option<i32> = Some(libc::IP_RECVTOS);
        pub(super) const SENT_SIZE: usize = 4;
    }
    #[cfg(target_os = "freebsd")]
    mod names {
        pub(super) const ENABLE: Option<i32> = Some(libc::IP_RECVTOS);
        pub(super) const RECEIVED: Option<i32> = Some(libc::IP_RECVTOS);
        pub(super) const SENT_SIZE: usize = 1;
    }
    #[cfg(not(any(
        target_os = "linux",
        target_os = "android",
        target_os = "freebsd",
        target_vendor = "apple"
    )))]
    mod names {
        pub(super) const ENABLE: Option<i32> = None;
        pub(super) const RECEIVED: Option<i32> = None;
        pub(super) const SENT_SIZE: usize = 0;
    }

    pub(in super::super) const ENABLE: Option<i32> = names::ENABLE;
    pub(in super::super) const RECEIVED: Option<i32> = names::RECEIVED;

    /// `ENOTSUP` where it can only be set for all datagrams of a socket.
    pub(in super::super) fn write(class: u8, writer: &mut Writer<'_>) -> Result<(), Errno> {
        match names::SENT_SIZE {
            4 => writer.push(
                libc::IPPROTO_IP,
                libc::IP_TOS,
                &i32::from(class).to_ne_bytes(),
            ),
            1 => writer.push(libc::IPPROTO_IP, libc::IP_TOS, &[class]),
            _ => Err(Errno::ENOTSUP),
        }
    }
}

/// Several datagrams in one, of which `libc` does not know the names everywhere.
pub(super) mod segments {
    const LINUX: bool = cfg!(any(target_os = "linux", target_os = "android"));

    /// `UDP_SEGMENT`
    pub(in super::super) const SEND: Option<i32> = if LINUX { Some(103) } else { None };
    /// `UDP_GRO`
    pub(in super::super) const RECEIVE: Option<i32> = if LINUX { Some(104) } else { None };
}
