//! What the kernel says of each datagram, and what it can be told; and many of them.

mod a_hundred_thousand;
mod congestion;
mod segments;
mod which_address_it_came_to;
