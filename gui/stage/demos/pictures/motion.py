"""Whether pictures may move: those who have animations switched off see where they end."""

from __future__ import annotations

from PySide6.QtWidgets import QStyle, QWidget


def is_wanted(widget: QWidget) -> bool:
    """Return whether the desktop's style lets widgets move."""
    hint = QStyle.StyleHint.SH_Widget_Animation_Duration
    return widget.style().styleHint(hint, None, widget) > 0
