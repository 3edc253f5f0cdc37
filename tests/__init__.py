"""Tests mirror the tree; contract/, e2e/ and faults/ stand beside the mirror."""
