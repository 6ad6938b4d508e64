"""Text tables: how a file is written, what is in its columns, and CSV that is safe to open."""
