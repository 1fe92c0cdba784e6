//! Much of it.
