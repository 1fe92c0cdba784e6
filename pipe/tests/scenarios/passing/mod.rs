mod as_many_as_may_wait;
mod descriptors_that_nobody_takes;
mod everything_that_has_a_descriptor;
mod faults_at_every_call;
mod no_descriptors_left;
mod queued_behind_a_full_socket;
mod refused;
mod support;
