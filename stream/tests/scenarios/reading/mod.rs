mod budget;
mod stop_and_start;
