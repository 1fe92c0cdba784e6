//! uvox, at three heights.

pub(crate) mod base;
pub(crate) mod jobs;
pub(crate) mod net;
pub(crate) mod udp;
pub(crate) mod uv;
