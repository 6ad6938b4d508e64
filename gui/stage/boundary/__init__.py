"""The plane of two features: regions, points to draw and drag, gradient arrows, hidden units."""
