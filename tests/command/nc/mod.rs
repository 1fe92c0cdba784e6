mod arrives_intact;
mod half_close;
#[cfg(not(target_os = "netbsd"))]
mod kinds_of_stdio;
#[cfg(not(target_os = "netbsd"))]
mod progress;
mod what_goes_wrong;
