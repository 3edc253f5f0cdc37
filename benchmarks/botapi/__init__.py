"""A Bot API server for benchmarks: a process of its own that costs a few microseconds a call."""
