mod half_open;
