//! Datagrams to many: groups, and all of a network.

mod broadcast;
mod joined_and_left;
mod loopback_off;
mod of_ipv6;
mod one_source_only;
