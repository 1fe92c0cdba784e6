//! The `uvox` command, run as a program: what it prints, what it sends, and how it ends.

mod chat;
mod child;
mod echo;
mod ending;
mod nc;
// There the crate that asks for one does not know what it is called.
#[cfg(not(target_os = "netbsd"))]
mod terminal;
mod tour;
mod udp;
