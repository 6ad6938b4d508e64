"""Controllers between the window and core: the Session's only owner, undo, downloads, files.

Views and panels never import this package; the window connects their signals to it.
"""
