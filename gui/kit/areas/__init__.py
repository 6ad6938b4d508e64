"""Areas of the window: those whose room is divided, and those that scroll."""
