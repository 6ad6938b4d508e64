"""What the menus are made of: their names, their entries, and the keys of these."""
