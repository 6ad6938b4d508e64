"""The base classes of all views of the training state."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import ClassVar

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from core.data.task import Task
from core.train.snapshot import Snapshot
from gui.kit import described, plots, zoom
from gui.kit import theme as look
from gui.kit.covers.covering import cover_all
from gui.kit.fields.kept import Kept
from gui.kit.labels import Readout
from gui.kit.rest import awaits_timer
from gui.kit.theme import Theme

LOW_PX = 320  # height, at a zoom of 100 %, below which a view shows its picture first


class Foldable(QWidget):
    """Holds one part of a view; hidden while that is hidden or folded: no layout spaces it."""

    def __init__(self, part: QWidget, parent: QWidget) -> None:
        super().__init__(parent)  # without one it would be a window of its own when it is shown
        self._part, self._is_folded = part, False
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(part)
        part.installEventFilter(self)
        self.setHidden(self.is_part_hidden)

    def fold(self, is_folded: bool) -> None:
        """Fold the part away, or show it unless it is hidden."""
        self._is_folded = is_folded
        self._show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            self._show()
        return super().eventFilter(watched, event)

    @property
    def is_part_hidden(self) -> bool:
        """Whether it was hidden on purpose: any new widget is hidden until its parent is shown."""
        by_hand = Qt.WidgetAttribute.WA_WState_ExplicitShowHide
        return self._part.testAttribute(by_hand) and self._part.isHidden()

    def _show(self) -> None:
        is_shown = not (self._is_folded or self.is_part_hidden)
        if is_shown == self.isHidden():
            self.setVisible(is_shown)


class View(QWidget):
    """Shows one side of a task and of its newest snapshot; a hidden view does no work.

    `snapshot` always belongs to `task`: after a change of task it is None until the first snapshot
    of the new one. The theme follows the application's palette, by the event of its change.

    A low view folds its secondary parts, as choices and captions are: it shows them on demand.
    """

    fold_changed = Signal()  # whether there are folded parts, or whether they are shown
    low_px: ClassVar[int] = LOW_PX  # height at 100 % below which it is low
    told: ClassVar[dict[View, None] | None] = None  # those to draw at the end of `drawn_once`

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self._zoom = zoom.factor()
        self.task: Task | None = None
        self.snapshot: Snapshot | None = None
        self._is_stale = self._has_old_colours = False
        self._secondary: list[Foldable] = []
        self._was_folded = False
        self.is_low = self.is_unfolded = self.is_presented = False

    @property
    def beside_tabs(self) -> QWidget | None:
        """What the view would rather have beside the tabs of the stage than above its picture.

        `fold_changed` tells that it is another; whoever shows it there gives it a parent.
        """
        return None

    @property
    def is_at_rest(self) -> bool:
        """Whether everything offered is shown, except pending results of the background thread."""
        return not self._is_stale and not awaits_timer(self)

    def receive_task(self, task: Task) -> None:
        """Forget the old run and show the new one's data."""
        self.task, self.snapshot, self._is_stale = task, None, False
        self.show_task(task)
        plots.finish_within(self)

    def receive_points(self, task: Task) -> None:
        """Show a few changed points; the learnt result stays visible until a newer one is known."""
        self.task, self.snapshot, self._is_stale = task, None, False
        self.show_points(task)
        plots.finish_within(self)

    def receive_snapshot(self, snapshot: Snapshot) -> None:
        """Show the snapshot now, or once the view is visible; drop one of another task."""
        if snapshot.task is not self.task:
            return
        self.snapshot = snapshot
        self._is_stale = not self.isVisible()
        if not self._is_stale:
            self.show_snapshot(snapshot)

    def receive_theme(self, theme: Theme) -> None:
        """Draw everything in the new colours or sizes, now or once the view is visible."""
        self.theme = theme
        if View.told is not None:
            View.told[self] = None
            return
        self._has_old_colours = not self.isVisible()
        if not self._has_old_colours:
            self._show_in_colours()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        theme = look.new_theme(self, event) or self.theme
        is_rescaled = self._zoom != zoom.factor()
        self._zoom = zoom.factor()
        if is_rescaled:
            tell_all((self,), lambda view: view.rescale())
            self.fold()
        if theme is not self.theme or is_rescaled:
            # An exception would surface where the palette was set, and keep it from other widgets.
            tell_all((self,), lambda view: view.receive_theme(theme))

    def _show_in_colours(self) -> None:
        self.show_theme()
        if self.task:
            self.show_task(self.task)
        if self.snapshot:
            self.show_snapshot(self.snapshot)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._has_old_colours:
            self._has_old_colours = self._is_stale = False
            self._show_in_colours()
        elif self._is_stale and self.snapshot:
            self._is_stale = False
            self.show_snapshot(self.snapshot)

    def hideEvent(self, event: QHideEvent) -> None:
        """Mark the view stale if an update is deferred: timers have no effect while hidden."""
        super().hideEvent(event)
        self._is_stale |= self.snapshot is not None and awaits_timer(self)

    # Folding ------------------------------------------------------------------------------------

    def secondary(self, part: QWidget) -> QWidget:
        """Return a container for a part that is folded while the view is low."""
        container = Foldable(part, self)
        self._secondary.append(container)
        return container

    @property
    def may_fold(self) -> bool:
        """Whether the view has secondary parts that are not hidden anyway."""
        return not all(container.is_part_hidden for container in self._secondary)

    @property
    def is_folded(self) -> bool:
        return self.is_low and not self.is_unfolded

    def unfold(self, is_on: bool) -> None:
        """Show the secondary parts also while the view is low, or fold them again."""
        self.is_unfolded = is_on
        self.fold()

    def fold(self) -> None:
        """Fold the secondary parts, or show them, as the height demands."""
        before = self.is_low, self._was_folded
        is_lower = self.height() < zoom.px(self.low_px)
        self.is_low = is_lower and self.may_fold and not self.is_presented
        for container in self._secondary:
            container.fold(self.is_folded)
        self._was_folded = self.is_folded
        if before != (self.is_low, self._was_folded):
            self.fold_changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fold()

    # What is shown ------------------------------------------------------------------------------

    def turn(self, by: int) -> bool:
        """Show the next part (+1) or the previous one (−1); return whether there is one."""
        return False

    def turn_within(self, by: int) -> bool:
        """As `turn`, but of what a lesson shows: its parts alone, and at their end no more."""
        return self.turn(by)

    def show_as_slide(self, is_on: bool) -> None:
        """Enter or leave presenter mode; a slide folds nothing."""
        self.is_presented = is_on
        self.present(is_on)
        self.fold()

    def present(self, is_on: bool) -> None:
        """Enter or leave presenter mode, which shows only what a lecture hall can read."""

    def cover_numbers(self, is_on: bool) -> None:
        """Cover the numbers, each until it is pressed, or reveal them; sheets are covered alone.

        What is said of a picture, and of what is pointed at in it, is covered with them.
        """
        self.setProperty(described.COVERED, is_on)
        described.tell_again(self)
        for readout in self.findChildren(Readout):
            readout.say_again()
        cover_all(self, is_on)

    @property
    def kept_choices(self) -> dict[str, Kept]:
        """What a person chooses to see of the view, by names that projects keep; in their order.

        Fields may appear with what is chosen in those before them.
        """
        return {}

    def choose_again(self, choices: Mapping[str, str]) -> None:
        """Choose this again, by the names of `kept_choices`; what does not apply is ignored."""
        for name, words in choices.items():
            kept = self.kept_choices.get(name)
            if kept is not None:
                kept.choose(words)
        self._is_stale |= self.snapshot is not None and not self.isVisible()

    def end_threads(self) -> None:
        """End the view's own threads and wait for them, before the window closes."""

    def show_task(self, task: Task) -> None:
        """Show a new run's data, before any training."""
        raise NotImplementedError

    def show_points(self, task: Task) -> None:
        """Show the points of the task, if the view shows points."""

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the state of the run in this snapshot."""
        raise NotImplementedError

    def rescale(self) -> None:
        """Adapt the least size to the zoom, also while hidden: it keeps room for the view."""

    def show_theme(self) -> None:
        """Apply the colours of `self.theme`, and fonts, lengths and pens at the current zoom."""


@contextmanager
def drawn_once() -> Iterator[None]:
    """Draw each view once, at the exit, however often it is told of new colours and sizes."""
    View.told = {}
    try:
        yield
    finally:
        views, View.told = View.told, None
        tell_all(views, lambda view: view.receive_theme(view.theme))


class CardView(View):
    """A view that can be on a card beside the stage, below a line with its title.

    title : hidden where a tab shows the same. header : the line, at whose end a card adds a button.
    """

    def __init__(self, theme: Theme, title: str) -> None:
        super().__init__(theme)
        self.title = QLabel(title)
        self.title.setProperty("title", True)
        self.header = QHBoxLayout()
        self.header.setSpacing(6)
        self.header.addWidget(self.title)


def tell_all(views: Iterable[View], tell: Callable[[View], None]) -> None:
    """Call `tell` for each view; an exception is reported and does not stop the others.

    Qt does the same for the slots of a signal.
    """
    for view in views:
        try:
            tell(view)
        except Exception:
            sys.excepthook(*sys.exc_info())
