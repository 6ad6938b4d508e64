"""The window. It shows core and asks it for things; it does no arithmetic beyond pixels."""
