"""Appearance of the whole window: its theme, and its zoom on each screen."""
