mod another_reader_in_alloc;
mod budget;
mod descriptors_in_between;
mod stop_and_start;
