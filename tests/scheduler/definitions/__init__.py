"""Tests of what a company defines."""
