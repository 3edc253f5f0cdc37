"""Campaigns: what marketers send to a segment, from the plan to the tally."""
