//! The streams' scenarios: calls, listeners, text, errors, lives, and scripts that run as on Node.

mod calls;
mod common;
mod compare;
mod errors;
mod life;
mod listeners;
mod text;
