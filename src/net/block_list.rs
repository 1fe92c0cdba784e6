//! Addresses that are not to be connected to, or from (`net.BlockList`).

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

use crate::Error;

/// A list of addresses, ranges and subnets (`net.BlockList`), for clients and servers. An IPv4 address and its IPv6 form (`::ffff:127.0.0.1`) are the same
/// address to it.
///
/// ```
/// use uvox::net::BlockList;
///
/// let mut list = BlockList::new();
/// list.add_address("10.0.0.7".parse().unwrap());
/// list.add_range("10.1.0.1".parse().unwrap(), "10.1.0.9".parse().unwrap())?;
/// list.add_subnet("fe80::".parse().unwrap(), 10)?;
/// assert!(list.check("10.1.0.5".parse().unwrap()));
/// assert!(list.check("::ffff:10.0.0.7".parse().unwrap()));
/// assert!(!list.check("10.0.0.8".parse().unwrap()));
/// # Ok::<(), uvox::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct BlockList {
    rules: Vec<Rule>,
}

/// One entry of a [`BlockList`]. It displays as Node names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    /// One address.
    Address(IpAddr),
    /// All from the one to the other, both included.
    Range(IpAddr, IpAddr),
    /// All whose first bits, so many, are these.
    Subnet(IpAddr, u8),
}

impl BlockList {
    /// An empty one.
    pub fn new() -> BlockList {
        BlockList::default()
    }

    /// Adds one address (`addAddress`).
    pub fn add_address(&mut self, address: IpAddr) {
        self.rules.push(Rule::Address(address));
    }

    /// Adds all addresses from `start` to `end`, both included (`addRange`).
    ///
    /// # Errors
    ///
    /// `ERR_INVALID_ARG_VALUE` if `start` comes after `end`, or they are of two versions.
    pub fn add_range(&mut self, start: IpAddr, end: IpAddr) -> Result<(), Error> {
        if start.is_ipv4() != end.is_ipv4() || start > end {
            let message = format!("The argument 'start' must come before end. Received {start}");
            return Err(Error::new("ERR_INVALID_ARG_VALUE", message));
        }
        self.rules.push(Rule::Range(start, end));
        Ok(())
    }

    /// Adds all addresses whose first `prefix` bits are those of `network` (`addSubnet`).
    ///
    /// # Errors
    ///
    /// `ERR_OUT_OF_RANGE` for more bits than there are: 32 or 128.
    pub fn add_subnet(&mut self, network: IpAddr, prefix: u8) -> Result<(), Error> {
        let most = if network.is_ipv4() { 32 } else { 128 };
        if prefix > most {
            let message = format!(
                "The value of \"prefix\" is out of range. It must be >= 0 && <= {most}. Received {prefix}"
            );
            return Err(Error::new("ERR_OUT_OF_RANGE", message));
        }
        self.rules.push(Rule::Subnet(network, prefix));
        Ok(())
    }

    /// Whether an address is on the list (`check`).
    pub fn check(&self, address: IpAddr) -> bool {
        self.rules.iter().any(|rule| rule.contains(address))
    }

    /// What is on it, the latest first (`rules`).
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().rev()
    }
}

impl Rule {
    fn contains(&self, address: IpAddr) -> bool {
        let bits = as_v6(address);
        match *self {
            Rule::Address(one) => bits == as_v6(one),
            Rule::Range(start, end) => {
                // An IPv4 address comes neither before nor after one that has no IPv4 form.
                let comparable = |end: IpAddr| !address.is_ipv4() || end.to_canonical().is_ipv4();
                comparable(start) && comparable(end) && (as_v6(start)..=as_v6(end)).contains(&bits)
            }
            Rule::Subnet(network, prefix) => {
                let prefix = u32::from(prefix) + if network.is_ipv4() { 96 } else { 0 };
                let ignored = 128 - prefix;
                let first = |bits: u128| bits.checked_shr(ignored).unwrap_or(0);
                first(bits) == first(as_v6(network))
            }
        }
    }
}

/// The address as an IPv6 one, in which an IPv4 one stands at the end.
fn as_v6(address: IpAddr) -> u128 {
    let address: Ipv6Addr = match address {
        IpAddr::V4(address) => address.to_ipv6_mapped(),
        IpAddr::V6(address) => address,
    };
    address.to_bits()
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let family = |address: &IpAddr| if address.is_ipv4() { "IPv4" } else { "IPv6" };
        match self {
            Rule::Address(one) => write!(f, "Address: {} {one}", family(one)),
            Rule::Range(start, end) => write!(f, "Range: {} {start}-{end}", family(start)),
            Rule::Subnet(network, prefix) => {
                write!(f, "Subnet: {} {network}/{prefix}", family(network))
            }
        }
    }
}
