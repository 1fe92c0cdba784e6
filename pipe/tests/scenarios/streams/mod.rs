mod an_echo_of_64_mib;
mod both_ends_of_a_pipe;
mod cancelled_in_order;
mod half_open;
#[cfg(any(target_os = "linux", target_os = "android"))]
mod system_calls_of_an_echo;
mod the_peer_is_gone;
