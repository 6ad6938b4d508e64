"""How data come into the window: which are chosen, a CSV file, a gallery, a download."""
