mod a_hosts_own_time_is_no_delay;
mod times_if_measured;
mod turns_and_events;
