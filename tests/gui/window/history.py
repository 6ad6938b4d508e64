"""The line of the history bar."""

from PySide6.QtCore import QPoint


def at_share(line, share):
    """Return the pixel of the line at this share of its steps."""
    return QPoint(round(line.x_of(share * line.newest)), line.height() // 2)
