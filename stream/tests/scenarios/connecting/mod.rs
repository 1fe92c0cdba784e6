mod attempts;
