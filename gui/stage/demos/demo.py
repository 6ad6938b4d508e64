"""Base class of the demonstrations, and the page that each has."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from core.data.task import Task
from core.language import mark, tr
from core.model_family import FAMILY
from core.train.snapshot import Snapshot
from gui.kit import zoom
from gui.kit.areas.scrolling import EndKeeper
from gui.kit.maths.formula import Formula
from gui.kit.theme import Theme
from gui.stage.demos import parts
from gui.stage.demos.bars import Bars
from gui.stage.demos.chart import Chart
from gui.stage.demos.columns import FOLDS, Shaped
from gui.stage.demos.grid import Grid
from gui.stage.demos.parts import Figure, ValueSlider
from gui.state.background_tasks import Background
from gui.state.selected_example import Example

MARGIN = 16  # px around a page
TITLE = 1.35  # type size relative to the rest
TURN = 0.75  # of what is in sight, scrolled by one press of a clicker
NO_SHARES = mark(
    "The model that is loaded, {model}, gives no probabilities that sum to 1. Choose Logistic or "
    "Softmax under Model, and its own will show here."
)


def no_shares(task: Task) -> str:
    """Return a message if the model's outputs are no probabilities that sum to 1, else ""."""
    kind = FAMILY[task.config.model.kind]
    return "" if kind.outputs_sum_to_one else tr(NO_SHARES, model=tr(kind.title))


class Demo(QWidget):
    """One demonstration: a small stage with a sentence on what to watch.

    title : entry in the list, two to five words.
    watch : one or two sentences: what to do and what to watch.
    stops : where a clicker moves its sliders: the name of one, and its value.
    """

    title = ""
    watch = ""
    stops: ClassVar[tuple[tuple[str, float], ...]] = ()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self._stop = 0  # of `stops`, how many have been shown

    @property
    def shows_runs(self) -> bool:
        """Whether the demonstration shows a run, that is, overrides `show_run`."""
        return type(self).show_run is not Demo.show_run

    @property
    def grows(self) -> bool:
        """Whether one of its widgets takes the remaining height."""
        return bool(self.findChildren(Shaped))

    @property
    def can_reset(self) -> bool:
        """Whether there are values to put back, that is, whether it overrides `reset`."""
        return type(self).reset is not Demo.reset

    def reset(self) -> None:
        """Put the values back with which the demonstration starts."""

    def present(self, is_on: bool) -> None:
        """Take the form for a slide, or the usual one."""
        for part in self.findChildren(QWidget):
            if isinstance(part, Bars | Grid):
                part.present(is_on)

    def begin_turning(self) -> None:
        """Begin with the first of the stops, whatever the sliders show."""
        self._stop = 0

    def turn(self, by: int) -> bool:
        """Go to the next stop (+1) or the one before (−1); return whether there is one."""
        if not 0 <= self._stop + by <= len(self.stops):
            return False
        self._stop += by
        if self._stop == 0:
            self.reset()
        elif (slider := self.slider) is not None:
            slider.set_value(self.stops[self._stop - 1][1])
        return True

    @property
    def slider(self) -> ValueSlider | None:
        """The slider that the present stop has moved, if it is one."""
        return getattr(self, self.stops[self._stop - 1][0]) if self._stop else None

    @property
    def turned_to(self) -> QWidget | None:
        """What the present stop is about, to be brought into sight; what is below it matters."""
        return self.slider

    def show_theme(self, theme: Theme) -> None:
        """Apply the theme to this widget and to all formulae and parts inside it."""
        self.theme = theme
        for part in self.findChildren(QWidget):
            if isinstance(part, Formula | Bars | Chart | Figure | Grid):
                part.set_theme(theme)

    def use(self, background: Background | None) -> None:
        """Take the threads for what takes long, before the demonstration is shown."""

    def show_run(self, task: Task, snapshot: Snapshot) -> None:
        """Show the newest model; while visible, called for at most ten snapshots a second."""

    def show_example(self, example: Example | None) -> None:
        """Show this example from now on, if the demonstration shows one."""

    def end(self) -> None:
        """Drop what is still computed for it: it is about to be deleted."""


class DemoPage(EndKeeper):
    """Scrolls a demonstration where it is too high.

    head : its title, with the button that resets it. watch : what to do and what to watch.
    """

    def __init__(self, demo: Demo) -> None:
        super().__init__()
        self._demo = demo
        self._left: list[int] = []  # where the bar was before each turn
        page = _Page()
        page.setObjectName("page")
        layout = QVBoxLayout(page)
        layout.setContentsMargins(MARGIN, 2, MARGIN, 2)
        layout.setSpacing(6)
        title = QLabel(tr(demo.title))
        zoom.set_type(title, TITLE, bold=True)
        self.head = QWidget()
        row = parts.row(title, None)
        row.setContentsMargins(0, 0, 0, 0)
        if demo.can_reset:
            row.addWidget(parts.reset_button(demo.reset))
        self.head.setLayout(row)
        self.watch = parts.note(tr(demo.watch))
        for above in (self.head, self.watch):
            layout.addWidget(above)
        layout.addWidget(demo, int(demo.grows))
        layout.addStretch(int(not demo.grows))
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setStyleSheet("QScrollArea, #page { background: transparent; }")
        self.viewport().setAutoFillBackground(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(page)

    def fold(self, is_folded: bool) -> None:
        """Leave out what to do, and notes where all else is in sight only without them."""
        self.watch.setHidden(is_folded)
        if bool(self._demo.property(FOLDS)) != is_folded:
            self._demo.setProperty(FOLDS, is_folded)
            self._demo.updateGeometry()

    def turn(self, by: int) -> bool:
        """Scroll on (+1), or to where that began (−1); return whether there was more to see."""
        bar = self.verticalScrollBar()
        if by > 0 and bar.value() < bar.maximum():
            self._left.append(bar.value())
            bar.setValue(bar.value() + round(TURN * bar.pageStep()))
        elif by < 0 and self._left:
            bar.setValue(self._left.pop())
        else:
            return False
        return True


class _Page(QWidget):
    """A page of minimum height 0: Qt's hint is for the smallest width, and thus too high."""

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), 0)
