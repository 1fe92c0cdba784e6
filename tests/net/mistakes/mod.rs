//! What users do that they had better not: no panic comes of it, and the loop can still be used.

mod a_callback_that_panics;
mod extremes;
