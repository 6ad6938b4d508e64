"""Kept runs: table, curves, decision boundaries side by side, and the race."""
