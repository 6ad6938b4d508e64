"""The card of one example: its numbers in brief, beside any view on the stage."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from core.data.shown_names import shown_classes
from core.data.task import Task
from core.language import tr
from core.train.snapshot import Snapshot
from gui.derivation import numbers as trace_numbers
from gui.derivation.lines import PARTS
from gui.derivation.shape import Shape
from gui.derivation.tracer import Followed, Tracer
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.labels import Elided
from gui.kit.layouts import add_layout
from gui.kit.maths.sheet import Sheet
from gui.kit.theme import Theme
from gui.kit.view import CardView

SCALE = 0.85
HEIGHT, HEIGHT_OF_PICTURES = 128, 164


class _SheetHolder(QWidget):
    """Container of a sheet that can grow without a new layout of its surroundings."""

    def __init__(self, sheet: Sheet) -> None:
        super().__init__()
        self._sheet = sheet
        sheet.setParent(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._sheet.fit(event.size().height(), is_shrunk=False)
        self._sheet.resize(event.size().width(), self._sheet.height())


class ExampleView(CardView):
    """x → z → a → L → a − y of the chosen example."""

    trace_wanted = Signal()

    def __init__(self, theme: Theme, tracer: Tracer) -> None:
        super().__init__(theme, tr("Example"))
        self._tracer = tracer
        self._shape: Shape | None = None
        self._words = Elided(Qt.TextElideMode.ElideLeft)  # number and class come last
        zoom.set_type(self._words, look.SMALL)
        self._words.setProperty("small", True)
        self.part = QPushButton(tr("Part N"))
        self.part.setToolTip(tr("One update in four parts: forward, loss, gradient, update (N)"))
        self.part.clicked.connect(tracer.next_part)
        self.open = QPushButton(tr("Trace ›"))
        self.open.setToolTip(tr("Every number, from the input to the new weights"))
        self.open.clicked.connect(self.trace_wanted)
        for button in (self.part, self.open):
            button.setProperty("quiet", True)
        self.sheet = Sheet(theme, scale=SCALE)
        self.sheet.setAccessibleName(tr("The example's numbers"))
        self.header.addWidget(self._words, 1)
        self.header.addWidget(self.part)
        self.header.addWidget(self.open)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 6, 8, 6)
        layout.setSpacing(2)
        add_layout(layout, self.header)
        layout.addWidget(_SheetHolder(self.sheet), 1)
        tracer.watch(self, up_to_update=False)
        tracer.traced.connect(self._show)
        tracer.part_changed.connect(self._light)

    def show_theme(self) -> None:
        self.sheet.set_theme(self.theme)

    @property
    def is_at_rest(self) -> bool:
        return super().is_at_rest and self._tracer.is_at_rest

    def show_task(self, task: Task) -> None:
        """Reserve space for the numbers, so that nothing moves when they arrive."""
        self.rescale()

    def rescale(self) -> None:
        has_pictures = self.task is not None and self.task.dataset.image_shape is not None
        self.setMinimumHeight(zoom.px(HEIGHT_OF_PICTURES if has_pictures else HEIGHT))

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self._tracer.refresh()

    def _show(self, followed: Followed | None) -> None:
        if followed is None:
            self._shape = None
            self.sheet.show_lines((), None, {})
            self._words.setText("")
            return
        if not self.isVisible():
            return
        shape = followed.shape
        if shape != self._shape:
            self._shape = shape
            known = trace_numbers.meanings(shape, followed.brief)
            self.sheet.show_lines(followed.brief, followed.task.dataset.image_shape, known)
            self._light(self._tracer.part)
        images = trace_numbers.pictures(shape, followed.trace) if shape.is_image else {}
        self.sheet.show_numbers(followed.values, images)
        example = followed.example
        label = "" if example.label is None else shown_classes(followed.task.dataset)[example.label]
        self._words.setText(f"{example.words}{', ' if label else ''}{label}")

    def _light(self, part: int | None) -> None:
        self.sheet.light(part)
        self.part.setText(tr("Part N") if part is None else f"{part + 1} {tr(PARTS[part])}")
