"""Building blocks of views and panels: theme, labels, fields, plots, canvases, the base View.

Nothing here depends on a particular run, tab or neighbouring view.
"""
