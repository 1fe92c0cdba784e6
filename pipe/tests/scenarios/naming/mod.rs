mod a_path_and_who_is_at_its_ends;
#[cfg(any(target_os = "linux", target_os = "android"))]
mod abstract_names;
mod names_that_cannot_be;
mod the_path_is_removed_if_it_is_ours;
mod who_may_connect;
