mod arrives_intact;
mod half_close;
mod kinds_of_stdio;
mod progress;
mod what_goes_wrong;
