"""Demonstrations of what a loss measures."""
