"""Segments: a filter over all that is known of customers, in a small language of its own."""
