"""Festivals: who keeps which, and what we say on them."""
