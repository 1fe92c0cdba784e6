//! The `uvox` command, run as a program: what it prints, what it sends, and how it ends.

mod chat;
mod child;
mod echo;
mod ending;
mod nc;
mod terminal;
mod tour;
mod udp;
