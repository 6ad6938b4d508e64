"""The drawing with its undo stack: content and the current gesture, without a widget."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from gui.stage.draw.strokes import Content, Gesture, Picture, Point

ERASER = 0.045  # of the side: the reach of the eraser
MOST_EDITS = 200  # that can be undone


class Edit(QUndoCommand):
    """The change from one content to the next."""

    def __init__(self, show: Callable[[Content], None], before: Content, after: Content) -> None:
        super().__init__()
        self._show, self._before, self._after = show, before, after

    def redo(self) -> None:
        self._show(self._after)

    def undo(self) -> None:
        self._show(self._before)


class Drawing(QObject):
    """Strokes, a picture or a photo, in shares of a square's side.

    content : the finished part; the current stroke is added when the pen is lifted.
    edits : the undo stack.
    renewed : converts a content before it is shown, also by undo: pictures depend on the data,
        which change.
    """

    changed = Signal()  # on every change
    replaced = Signal()  # any part of the content may have changed
    started = Signal(object)  # list[Point], the current stroke; nothing else has changed
    extended = Signal(object)
    finished = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.content = Content()
        self.renewed: Callable[[Content], Content] = lambda content: content
        self.edits = QUndoStack(self)
        self.edits.setUndoLimit(MOST_EDITS)
        self._gesture: Gesture | None = None

    @property
    def is_empty(self) -> bool:
        return self.content.is_empty and not self.growing

    @property
    def is_under_way(self) -> bool:
        """Whether the pen is down."""
        return self._gesture is not None

    @property
    def growing(self) -> list[Point]:
        """The points of the current stroke."""
        return self._gesture.points if self._gesture else []

    # Edits --------------------------------------------------------------------------------------

    def put_picture(self, picture: Picture, note: str, data: int = 0) -> None:
        """Replace the content by a picture, as an edit that can be undone."""
        self.abandon()
        self._push(self.content, Content((), picture, note, data))

    def put_photo(self, photo: Picture, note: str) -> None:
        """Replace the content by any picture of grey values, as an edit that can be undone."""
        self.abandon()
        self._push(self.content, Content(note=note, photo=photo))

    def clear(self) -> None:
        if not self.is_empty:
            self.abandon()
            self._push(self.content, Content())

    def renew(self) -> None:
        """Convert and show the content again, after a change of the data."""
        self._show(self.content)

    def undo(self) -> None:
        if not self.is_under_way:
            self.edits.undo()

    def redo(self) -> None:
        if not self.is_under_way:
            self.edits.redo()

    def _push(self, before: Content, after: Content) -> None:
        self.edits.push(Edit(self._show, before, after))

    def _show(self, content: Content) -> None:
        content = self.renewed(content)
        if content is not self.content:
            self._replace(content)

    def _replace(self, content: Content) -> None:
        self.content = content
        self.replaced.emit()
        self.changed.emit()

    # The current gesture ------------------------------------------------------------------------

    def begin(self, point: Point, *, erases: bool) -> None:
        """Begin a gesture with the pen or the eraser."""
        if self.is_under_way:
            return
        self._gesture = Gesture(self.content)
        if erases:
            self._erase(point)
            return
        had_strokes = bool(self.content.strokes)
        if self.content.is_picture:  # a new drawing begins
            self.content = Content()
        self.growing.append(point)
        if not had_strokes:  # removes a picture, or the hint on an empty pad
            self.replaced.emit()
        self.started.emit(self.growing)
        self.changed.emit()

    def go_on(self, point: Point) -> None:
        """Continue the gesture at this point."""
        if self._gesture is None:
            return
        if not self.growing:
            self._erase(point)
        elif self._gesture.add(point):
            self.extended.emit(self.growing)
            self.changed.emit()

    def end(self) -> None:
        """End the gesture, which becomes one edit."""
        if self._gesture is None:
            return
        before, points, self._gesture = self._gesture.before, self.growing, None
        if points:
            self.content = self.content.with_stroke(points)
            self.finished.emit(points)
        if self.content is not before:
            self._push(before, self.content)
            self.changed.emit()

    def abandon(self) -> None:
        """Revert what the gesture has done so far."""
        if self._gesture is not None:
            before, self._gesture = self._gesture.before, None
            self._replace(self.renewed(before))

    def _erase(self, point: Point) -> None:
        self._show(self.content.without_touched(point, ERASER))
