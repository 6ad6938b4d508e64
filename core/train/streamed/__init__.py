"""Rows that are read from disk while a model trains: in blocks, shuffled window by window."""
