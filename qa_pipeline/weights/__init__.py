"""Model weights: what there is, where it comes from, and whether it is the real thing."""
