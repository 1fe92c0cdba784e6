//! `UV_THREADPOOL_SIZE` says how many threads there are, unless the builder does. Tried in processes of their own.

use std::process::Command;

use uvox_loop::Loop;

use super::as_many_at_once_as_the_builder_says::check_size;
use crate::common::{new_loop, scenario};

/// In a child: how many threads its loop must have.
const EXPECTED: &str = "UVOX_TEST_EXPECTED_THREADS";

#[test]
fn size_from_the_environment() {
    if let Ok(expected) = std::env::var(EXPECTED) {
        scenario(|| {
            check_size(new_loop(), expected.parse().unwrap());
            check_size(Loop::builder().worker_threads(6).build().unwrap(), 6);
        });
        return;
    }
    scenario(|| {
        let cases = [
            (Some("3"), 3),
            (Some(" +2 threads"), 2),
            (Some("0"), 1),
            (Some("-5"), 1),
            (Some("many"), 1),
            (Some(""), 1),
            (None, 4),
        ];
        for (size, expected) in cases {
            let mut child = Command::new(std::env::current_exe().unwrap());
            child
                .args([
                    "--exact",
                    "workers::size_from_the_environment::size_from_the_environment",
                ])
                .env(EXPECTED, expected.to_string())
                .env_remove("UV_THREADPOOL_SIZE");
            if let Some(size) = size {
                child.env("UV_THREADPOOL_SIZE", size);
            }
            let output = child.output().unwrap();
            let said = String::from_utf8_lossy(&output.stdout);
            assert!(output.status.success(), "{size:?}: {said}");
            assert!(said.contains("1 passed"), "{size:?}: {said}");
        }
    });
}
