"""Text tables: detect a file's format, read its columns, and write CSV that is safe to open."""
