mod a_tracer_that_misbehaves;
mod lines_in_the_log;
mod loop_of_a_thread_that_ends;
mod nothing_is_evaluated_when_off;
mod order_and_causes;
mod system_calls_and_their_results;
mod two_loops_on_one_thread;
