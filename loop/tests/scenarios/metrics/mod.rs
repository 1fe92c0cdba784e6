mod times_if_measured;
mod turns_and_events;
