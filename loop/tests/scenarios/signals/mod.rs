mod a_signal_is_delivered;
mod more_at_once_than_a_turn_delivers;
mod one_shot;
mod several_handles_and_loops;
mod signal_inside_a_callback;
mod stop_and_restart_forget;
mod the_hosts_own_handler_stays;
