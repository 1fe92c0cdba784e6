//! What goes along with a datagram: by which address and interface, how congested, in pieces of which size.

mod names;

use std::mem::{offset_of, size_of};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::os::fd::BorrowedFd;

use socket2::Domain;

use super::address::RawAddress;
use super::ancillary::{DatagramRoom, Item, Writer};
use super::errno::Errno;
use super::option::{get_option, set_option};
use names::{packet_info, segments, traffic_class};

/// What goes along with a datagram, whether it comes or goes. What is `None` is left to the system, or was not said.
///
/// Of a received datagram it holds only what the socket was asked to tell: see [`receive_packet_info`],
/// [`receive_traffic_class`] and [`receive_coalesced`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Control {
    /// Received: which of this machine's addresses it was sent to, and where it came in. To send: where from.
    pub packet_info: Option<PacketInfo>,
    /// IPv4's type of service, IPv6's traffic class: six bits of service and two of [congestion](Ecn).
    pub traffic_class: Option<u8>,
    /// It is several datagrams in one, each of this size but for the last, which may be shorter. Received: the kernel
    /// put together what came from one sender. To send: the kernel takes it apart. Linux only.
    pub segment_size: Option<u16>,
}

/// A datagram's address on this machine's side, and its interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PacketInfo {
    /// Received: the destination in its header. To send: the source; an unspecified one leaves the choice to the system.
    pub address: IpAddr,
    /// The interface's index, 0 for none in particular. FreeBSD and OpenBSD neither say nor heed it for IPv4.
    pub interface: u32,
}

/// Explicit congestion notification (RFC 3168): the two low bits of the traffic class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ecn {
    /// The sender does not take part.
    NotCapable = 0,
    /// The sender takes part: ECT(1).
    Capable1 = 1,
    /// The sender takes part: ECT(0).
    Capable0 = 2,
    /// A router on the way was congested.
    Congested = 3,
}

impl Control {
    /// Whether it says nothing at all.
    pub fn is_empty(&self) -> bool {
        *self == Control::default()
    }

    /// The congestion notification in the traffic class.
    pub fn ecn(&self) -> Option<Ecn> {
        self.traffic_class.map(|class| match class & 3 {
            0 => Ecn::NotCapable,
            1 => Ecn::Capable1,
            2 => Ecn::Capable0,
            _ => Ecn::Congested,
        })
    }

    /// Sets the congestion notification, and leaves the other bits of the traffic class.
    pub fn set_ecn(&mut self, ecn: Ecn) {
        self.traffic_class = Some(self.traffic_class.unwrap_or(0) & !3 | ecn as u8);
    }

    /// Writes it for a message to `to`, and returns how many bytes that took.
    pub(super) fn write(
        &self,
        to: Option<&RawAddress>,
        room: &mut DatagramRoom,
    ) -> Result<usize, Errno> {
        let mut writer = room.writer();
        if let Some(info) = self.packet_info {
            write_packet_info(info, &mut writer)?;
        }
        if let Some(class) = self.traffic_class {
            let (v4, v6) = self.versions(to);
            if v4 {
                traffic_class::write(class, &mut writer)?;
            }
            if v6 {
                let class = i32::from(class).to_ne_bytes();
                writer.push(libc::IPPROTO_IPV6, libc::IPV6_TCLASS, &class)?;
            }
        }
        if let Some(size) = self.segment_size {
            let kind = segments::SEND.ok_or(Errno::ENOTSUP)?;
            writer.push(libc::IPPROTO_UDP, kind, &size.to_ne_bytes())?;
        }
        Ok(writer.written())
    }

    /// Notes what came with a datagram.
    pub(super) fn note(&mut self, item: &Item<'_>) {
        match (item.level, item.kind) {
            (libc::IPPROTO_IP, packet_info::RECEIVED) => {
                self.packet_info = read_packet_info_v4(item.data).or(self.packet_info);
            }
            (libc::IPPROTO_IP, kind) if Some(kind) == traffic_class::RECEIVED => {
                self.traffic_class = item.data.first().copied();
            }
            (libc::IPPROTO_IPV6, libc::IPV6_PKTINFO) => {
                self.packet_info = read_packet_info_v6(item.data).or(self.packet_info);
            }
            (libc::IPPROTO_IPV6, libc::IPV6_TCLASS) => {
                let class = part(item.data, 0).map(i32::from_ne_bytes);
                self.traffic_class = class.map(|class| class as u8);
            }
            (libc::IPPROTO_UDP, kind) if Some(kind) == segments::RECEIVE => {
                let size = part(item.data, 0).map(i32::from_ne_bytes);
                self.segment_size = size.and_then(|size| u16::try_from(size).ok());
            }
            _ => {}
        }
    }

    /// Whether the message may go by IPv4, and whether by IPv6. Both, if it goes wherever the socket is connected to:
    /// what speaks of the other version is passed over.
    fn versions(&self, to: Option<&RawAddress>) -> (bool, bool) {
        let to = to
            .and_then(RawAddress::ip)
            .map(|to| to.ip())
            .or_else(|| self.packet_info.map(|info| info.address));
        match to.map(|to| to.to_canonical()) {
            None => (traffic_class::RECEIVED.is_some(), true),
            Some(IpAddr::V4(_)) => (true, false),
            Some(IpAddr::V6(_)) => (false, true),
        }
    }
}

/// Makes a socket of this domain (IPv4 or IPv6) say of each datagram which address and interface it came to, or no
/// longer.
///
/// # Errors
///
/// `ENOPROTOOPT` or `EINVAL`, depending on the system, if the socket is not one of that domain and cannot do it.
pub fn receive_packet_info(socket: BorrowedFd<'_>, domain: Domain, on: bool) -> Result<(), Errno> {
    match domain {
        Domain::IPV6 => set_option(
            socket,
            libc::IPPROTO_IPV6,
            libc::IPV6_RECVPKTINFO,
            i32::from(on),
        ),
        _ => set_option(socket, libc::IPPROTO_IP, packet_info::ENABLE, i32::from(on)),
    }
}

/// Makes a socket of this domain (IPv4 or IPv6) say the traffic class of each datagram, or no longer.
///
/// # Errors
///
/// `ENOTSUP` for IPv4 on systems that cannot. `ENOPROTOOPT` or `EINVAL`, depending on the system, if the socket is not
/// one of that domain and cannot do it.
pub fn receive_traffic_class(
    socket: BorrowedFd<'_>,
    domain: Domain,
    on: bool,
) -> Result<(), Errno> {
    let v4 = traffic_class::ENABLE.map_or(Err(Errno::ENOTSUP), |name| {
        set_option(socket, libc::IPPROTO_IP, name, i32::from(on))
    });
    match domain {
        // Such a socket may receive IPv4 as well; where it cannot be asked about that, it says nothing of it.
        Domain::IPV6 => set_option(
            socket,
            libc::IPPROTO_IPV6,
            libc::IPV6_RECVTCLASS,
            i32::from(on),
        ),
        _ => v4,
    }
}

/// Lets the kernel put datagrams from one sender together (`UDP_GRO`), or no longer. Give it room for 64 KiB.
///
/// Those that it has put together and that wait when that is turned off come as one datagram without a
/// [segment size](Control::segment_size): nobody can say any more what was sent.
///
/// # Errors
///
/// `ENOTSUP` anywhere but on Linux. `ENOPROTOOPT` or `EOPNOTSUPP` if it is no UDP socket, or the kernel is older than
/// 5.0.
pub fn receive_coalesced(socket: BorrowedFd<'_>, on: bool) -> Result<(), Errno> {
    let name = segments::RECEIVE.ok_or(Errno::ENOTSUP)?;
    set_option(socket, libc::IPPROTO_UDP, name, i32::from(on))
}

/// Whether it does (`UDP_GRO`). The call's name is `getsockopt`.
///
/// # Errors
///
/// `ENOTSUP` anywhere but on Linux. `ENOPROTOOPT` or `EOPNOTSUPP` if it is no UDP socket, or the kernel is too old to say.
pub fn receives_coalesced(socket: BorrowedFd<'_>) -> Result<bool, Errno> {
    let name = segments::RECEIVE.ok_or(Errno::ENOTSUP)?;
    get_option(socket, libc::IPPROTO_UDP, name).map(|on| on != 0)
}

/// The size of the datagrams that the kernel takes apart whatever a socket sends into (`UDP_SEGMENT`); 0 if it does not, unless a message
/// [says so](Control::segment_size). The call's name is `getsockopt`.
///
/// # Errors
///
/// `ENOTSUP` anywhere but on Linux. `ENOPROTOOPT` or `EOPNOTSUPP` if it is no UDP socket, or the kernel is older than 4.18: then a message that says so is sent as a whole.
pub fn segment_size(socket: BorrowedFd<'_>) -> Result<i32, Errno> {
    let name = segments::SEND.ok_or(Errno::ENOTSUP)?;
    get_option(socket, libc::IPPROTO_UDP, name)
}

fn write_packet_info(info: PacketInfo, writer: &mut Writer<'_>) -> Result<(), Errno> {
    match info.address {
        IpAddr::V4(address) => {
            let mut data = [0; packet_info::SIZE];
            put(&mut data, packet_info::SOURCE, &address.octets());
            if let Some(at) = packet_info::INTERFACE {
                put(&mut data, at, &info.interface.to_ne_bytes());
            }
            writer.push(libc::IPPROTO_IP, packet_info::SENT, &data)
        }
        IpAddr::V6(address) => {
            let mut data = [0; size_of::<libc::in6_pktinfo>()];
            put(
                &mut data,
                offset_of!(libc::in6_pktinfo, ipi6_addr),
                &address.octets(),
            );
            put(
                &mut data,
                offset_of!(libc::in6_pktinfo, ipi6_ifindex),
                &info.interface.to_ne_bytes(),
            );
            writer.push(libc::IPPROTO_IPV6, libc::IPV6_PKTINFO, &data)
        }
    }
}

fn read_packet_info_v4(data: &[u8]) -> Option<PacketInfo> {
    let address: [u8; 4] = part(data, packet_info::DESTINATION)?;
    let interface = match packet_info::INTERFACE {
        Some(at) => u32::from_ne_bytes(part(data, at)?),
        None => 0,
    };
    Some(PacketInfo {
        address: Ipv4Addr::from(address).into(),
        interface,
    })
}

fn read_packet_info_v6(data: &[u8]) -> Option<PacketInfo> {
    let address: [u8; 16] = part(data, offset_of!(libc::in6_pktinfo, ipi6_addr))?;
    let interface = part(data, offset_of!(libc::in6_pktinfo, ipi6_ifindex))?;
    Some(PacketInfo {
        address: Ipv6Addr::from(address).into(),
        interface: u32::from_ne_bytes(interface),
    })
}

/// `N` bytes from `at`, if there are so many.
fn part<const N: usize>(data: &[u8], at: usize) -> Option<[u8; N]> {
    data.get(at..)?.first_chunk().copied()
}

fn put(data: &mut [u8], at: usize, part: &[u8]) {
    data[at..at + part.len()].copy_from_slice(part);
}
