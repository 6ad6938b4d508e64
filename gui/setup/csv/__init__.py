"""The CSV dialog: preview of a file, corrections of its format, and choice of columns."""
