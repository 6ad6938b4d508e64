"""Between the window and core: the only owner of a Session, undo, downloads and files written.

Views and panels never import this; the window connects their signals to it.
"""
