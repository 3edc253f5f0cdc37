"""Festivals: which there are, who keeps which, and what we say on them."""
