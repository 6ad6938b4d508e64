"""Views as drawings of shapes, and these as SVG, PDF and PNG.

Nothing here knows a view: any widget can be drawn.
"""
