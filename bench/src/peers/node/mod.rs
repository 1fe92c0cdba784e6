//! Node, whose server is a script.

/// The script, for `node -e`; its arguments are the service, and a path if it is to listen on one.
pub(crate) fn script() -> &'static str {
    include_str!("server.js")
}

/// The script of the jobs; its arguments are the job, and how much of it.
pub(crate) fn jobs() -> &'static str {
    include_str!("jobs.js")
}
