"""Lessons in the window: their menu, the strip with the shown step, and where a user has got to."""
