"""Kept runs: table, curves, boundaries side by side, and the race."""
