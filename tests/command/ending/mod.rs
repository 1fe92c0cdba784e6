mod ctrl_c;
mod ports_that_cannot_be_had;
mod standard_output_is_gone;
