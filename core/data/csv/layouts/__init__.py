"""Layouts of rows that something else than a header names."""
