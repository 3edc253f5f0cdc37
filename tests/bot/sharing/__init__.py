"""Sharing the work over several processes."""
