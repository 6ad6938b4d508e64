"""What views and panels are made of: theme, labels, fields, plots, canvases, and the base View.

Nothing here knows a run, a tab or a neighbour.
"""
