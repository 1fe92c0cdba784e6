mod an_error_stops_the_handle;
mod change_of_interest;
mod close_the_handle_before_the_descriptor;
mod disconnect;
mod pipes_and_fifos;
mod readable_until_drained;
mod urgent_data;
mod writable_until_full;
