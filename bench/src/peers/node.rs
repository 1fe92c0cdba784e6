//! Node, whose server is a script.

/// The script, for `node -e`; its arguments are the service, and a path if it is to listen on one.
pub(crate) fn script() -> &'static str {
    include_str!("node/server.js")
}
