"""Window placement: entirely on its screen, frame included."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QStyle, QWidget

SHARE = 0.85  # of a large screen's width and height, for a window without a stored geometry
LARGE = QSize(1440, 900)  # in device-independent pixels; on a smaller screen it is maximised


def fit(inside: QRect, frame: QRect, available: QRect) -> QRect:
    """Return the window's geometry, moved and shrunk so that its frame lies within `available`.

    inside, frame : geometry of the window without and with its frame. available : area.
    All in device-independent pixels; the result is without the frame.
    """
    margins = frame.size() - inside.size()
    size = inside.size().boundedTo(available.size() - margins)
    outer = QRect(frame.topLeft(), size + margins)
    outer.moveRight(min(outer.right(), available.right()))
    outer.moveBottom(min(outer.bottom(), available.bottom()))
    corner = QPoint(max(outer.left(), available.left()), max(outer.top(), available.top()))
    return QRect(corner + inside.topLeft() - frame.topLeft(), size)


def take_first_place(window: QWidget) -> None:
    """Size the window to most of a large screen, or maximise it; call before it is first shown."""
    screen = window.screen()
    available = screen.availableGeometry()
    window.resize(available.size() * SHARE)
    if screen.size().boundedTo(LARGE) != LARGE:
        window.setWindowState(Qt.WindowState.WindowMaximized)


def shrink_to_screen(window: QWidget) -> None:
    """Shrink the window to fit its screen; call before it is first shown.

    The frame is known only once the window is on screen; until then the style's title bar height
    serves as an estimate.
    """
    bar = window.style().pixelMetric(QStyle.PixelMetric.PM_TitleBarHeight, None, window)
    available = window.screen().availableGeometry().adjusted(0, bar, 0, 0)
    window.resize(window.size().boundedTo(available.size()))


def keep_on_screen(window: QWidget) -> None:
    """Move a shown window entirely onto its screen, unless it is maximised or full screen."""
    if window.isMaximized() or window.isFullScreen():
        return
    geometry = fit(window.geometry(), window.frameGeometry(), window.screen().availableGeometry())
    if geometry != window.geometry():
        window.setGeometry(geometry)
