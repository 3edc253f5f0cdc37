"""Segments: read, asked of the database, kept by name."""
