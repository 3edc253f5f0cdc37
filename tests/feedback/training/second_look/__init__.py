"""Tests of making the second look."""
