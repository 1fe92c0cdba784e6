//! TCP's scenarios.
