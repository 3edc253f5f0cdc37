"""Campaigns: planned, queued, moved, counted."""
