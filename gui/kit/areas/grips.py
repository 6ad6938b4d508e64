"""Splitters whose handles are moved by mouse or by keys."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QMoveEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QShowEvent,
)
from PySide6.QtWidgets import QSplitter, QSplitterHandle, QWidget

from core.language import tr
from core.number_format import format_percent
from gui.kit import zoom
from gui.kit.described import announce
from gui.kit.shortcuts import RETURN, direction

QT_LAST = 2**24 - 1  # px, beyond every place
STRIDE_PX = 16  # moved by an arrow key
RING_PX = 2  # around the grip that has the focus
ENDS = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: QT_LAST}


class Grip(QSplitterHandle):
    """The handle between two parts: dragging it divides the room, a double click restores it.

    Tab reaches it: arrow keys move it, Home and End as far as it goes, Return restores the room.
    Where there is nothing to divide, as beside a part of fixed width, it is not seen.
    """

    restored = Signal()

    def __init__(self, orientation: Qt.Orientation, splitter: QSplitter) -> None:
        super().__init__(orientation, splitter)
        self._usual_cursor = self.cursor()
        # Not by `QSplitterHandle.splitter`, whose result PySide takes for the handle's child: it
        # deletes the splitter along with the handle's wrapper, and the program crashes.
        self._gripped = splitter
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a press leaves the focus where it is

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.restored.emit()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.ShortcutOverride:
            event.setAccepted(self._does(event))
            return event.isAccepted()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._does(event):
            event.ignore()
            return
        if event.key() in RETURN:
            self.restored.emit()
        elif (end := ENDS.get(Qt.Key(event.key()))) is not None:
            self.moveSplitter(end)
        else:
            at = self.x() if self._is_across else self.y()
            self.moveSplitter(at + self._stride(event) * zoom.px(STRIDE_PX))
        announce(self, self._share())

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._name()
        super().focusInEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._adapt()

    def moveEvent(self, event: QMoveEvent) -> None:
        super().moveEvent(event)
        self._adapt()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self)
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Highlight), RING_PX))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    @property
    def _is_across(self) -> bool:
        """Whether it divides a width."""
        return self.orientation() is Qt.Orientation.Horizontal

    def _stride(self, event: QKeyEvent) -> int:
        """Return where an arrow key moves it, −1 or 1; 0 for any other key."""
        across, down = direction(event) or (0, 0)
        return across if self._is_across else down

    def _does(self, event: QKeyEvent) -> bool:
        """Whether it has something to do for this key."""
        plain = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier
        is_end = event.key() in (*RETURN, *ENDS)
        return event.modifiers() in plain and (is_end or bool(self._stride(event)))

    def _adapt(self) -> None:
        """Be a handle or only a gap."""
        first, last = self.closestLegalPosition(0), self.closestLegalPosition(QT_LAST)
        self.setEnabled(first < last)
        self.setCursor(self._usual_cursor if first < last else Qt.CursorShape.ArrowCursor)
        tip = tr(
            "Drag to divide the room; double click restores it. Arrow keys, Home and End move it, "
            "Return restores it"
        )
        self.setToolTip(tip if first < last else "")
        self._name()

    def _parts(self) -> tuple[QWidget, QWidget] | None:
        """Return the visible parts before and behind it."""
        splitter = self._gripped
        here = splitter.indexOf(self)
        before = [p for i in range(here) if (p := splitter.widget(i)) and not p.isHidden()]
        behind = splitter.widget(here)
        return (before[-1], behind) if before and behind is not None else None

    def _name(self) -> None:
        """Say what it divides, and how."""
        if (parts := self._parts()) is not None:
            first, second = (part.accessibleName() for part in parts)
            self.setAccessibleName(
                tr("Grip between {first} and {second}", first=first, second=second)
            )
            self.setAccessibleDescription(self._share())

    def _share(self) -> str:
        """Return how much of the room of both parts the first one has."""
        if (parts := self._parts()) is None:
            return ""
        first, second = (p.width() if self._is_across else p.height() for p in parts)
        share = format_percent(first / max(first + second, 1), 0)
        return tr("{part} has {share}", part=parts[0].accessibleName(), share=share)


class Gripped(QSplitter):
    """A splitter whose handles restore the usual sizes by a double click or Return.

    Each part has an accessible name, by which its handles are named.
    """

    restored = Signal()

    def createHandle(self) -> QSplitterHandle:
        grip = Grip(self.orientation(), self)
        grip.restored.connect(self.restored)
        return grip

    def share_by_stretch(self) -> None:
        """Divide the room by the stretch factors of the parts."""
        is_across = self.orientation() is Qt.Orientation.Horizontal
        policies = [part.sizePolicy() for i in range(self.count()) if (part := self.widget(i))]
        shares = [p.horizontalStretch() if is_across else p.verticalStretch() for p in policies]
        room = self.width() if is_across else self.height()
        self.setSizes([room * share // max(sum(shares), 1) for share in shares])
