"""Where a window stands: wholly on its screen, frame included."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QStyle, QWidget

SHARE = 0.85  # of the room on a large screen, for a window that has no place of its own yet
LARGE = QSize(1440, 900)  # in device-independent pixels; on a smaller screen it is maximised


def fit(inside: QRect, frame: QRect, room: QRect) -> QRect:
    """Where a window may stand in a room, which its frame may not leave.

    inside, frame : the window without its frame, and with it.
    """
    margins = frame.size() - inside.size()
    size = inside.size().boundedTo(room.size() - margins)
    outer = QRect(frame.topLeft(), size + margins)
    outer.moveRight(min(outer.right(), room.right()))
    outer.moveBottom(min(outer.bottom(), room.bottom()))
    corner = QPoint(max(outer.left(), room.left()), max(outer.top(), room.top()))
    return QRect(corner + inside.topLeft() - frame.topLeft(), size)


def take_first_place(window: QWidget) -> None:
    """Take most of the screen, and all of a small one; before the window is first shown."""
    screen = window.screen()
    room = screen.availableGeometry()
    window.resize(room.size() * SHARE)
    if screen.size().boundedTo(LARGE) != LARGE:
        window.setWindowState(Qt.WindowState.WindowMaximized)


def shrink_to_screen(window: QWidget) -> None:
    """Take a size that the screen has room for; before the window is first shown.

    Its frame is known only once it is on screen: until then the style's guess has to do.
    """
    bar = window.style().pixelMetric(QStyle.PixelMetric.PM_TitleBarHeight, None, window)
    room = window.screen().availableGeometry().adjusted(0, bar, 0, 0)
    window.resize(window.size().boundedTo(room.size()))


def keep_on_screen(window: QWidget) -> None:
    """Bring the window, which is shown, wholly on its screen; one that fills it is left alone."""
    if window.isMaximized() or window.isFullScreen():
        return
    place = fit(window.geometry(), window.frameGeometry(), window.screen().availableGeometry())
    if place != window.geometry():
        window.setGeometry(place)
