"""Pictures of what runs have learnt: regions of a plane, or the weights of one class as images.

Regions are computed on the background thread and cached until weights, plane or theme change.
"""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from core.data import points as drawing
from core.data.shown_names import shown_classes, shown_features
from core.data.shown_task import shown
from core.data.task import Task
from core.explain.plane import Plane, boundary_lines
from core.language import localised, mark, tr
from core.number_format import format_plain
from core.runs.run_record import (
    Record,
    default_name,
    format_setting,
    same_data,
    same_features,
    short_names,
)
from core.train.snapshot import Params, Status
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.areas.scrolling import Scrolled
from gui.kit.covers.figures import small_figures
from gui.kit.fields.choices import Segments
from gui.kit.fields.unscrolled import Combo
from gui.kit.layouts import add_layout
from gui.kit.plane_shading import shade
from gui.kit.theme import Theme
from gui.kit.training_sample import sign_of
from gui.stage.runs.small_multiples import Lines, Multiples, Picture
from gui.state.background_tasks import Background, Queue
from gui.state.kept_runs import LIVE_NAME, colour_of

NODES = 72  # grid nodes along the wider side of a picture
MARGIN = 0.08  # on each side, as a fraction of the range of the data
SEVERAL, ONE = "several", "one"
NO_PICTURES = mark(
    "Texts have no picture: Curves and the table compare runs on them, and Words shows what the "
    "shown one has learnt."
)

Drawn = tuple[NDArray[np.uint8], Lines]


class RunPictures(QWidget):
    """The pictures of the runs, with choices of plane or class, and of several pictures or one."""

    def __init__(self, theme: Theme, background: Background, key: str) -> None:
        super().__init__()
        self._theme, self._background, self._key = theme, background, key
        self._task: Task | None = None
        self._records: list[Record] = []
        self._drawn: dict[str, tuple[Params, object, Drawn]] = {}
        self._names: tuple[str, ...] = ()
        self.layout_choice = Segments(
            (
                (tr("side by side"), SEVERAL, tr("One picture for each run")),
                (tr("in one picture"), ONE, tr("The boundaries of all runs over the same points")),
            )
        )
        self.layout_choice.choose(SEVERAL)
        self._layout_chosen = SEVERAL
        self.layout_choice.chosen.connect(self._choose_layout)
        self.x_choice, self.y_choice = Combo(), Combo()
        self.class_choice = Combo()
        self._plane_row, self._class_row = QWidget(), QWidget()
        for choice, name, tip in (
            (
                self.x_choice,
                tr("feature across"),
                tr("Feature across; the others stay at their means"),
            ),
            (self.y_choice, tr("feature up"), tr("Feature up; the others stay at their means")),
            (self.class_choice, tr("class"), tr("The class whose weights are shown")),
        ):
            choice.setAccessibleName(name)
            choice.setToolTip(tip)
            choice.activated.connect(lambda _: self._draw())
        self._words = small_figures(wraps=True)
        self._legend = QLabel()
        self._legend.setWordWrap(True)
        self._legend.setTextFormat(Qt.TextFormat.RichText)
        self.multiples = Multiples(theme)
        self._area = Scrolled()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setStyleSheet("background: transparent;")
        self._area.setWidget(self.multiples)
        self._area.viewport().installEventFilter(self)
        self._lay_out()

    def _lay_out(self) -> None:
        for row, parts in (
            (self._plane_row, ((tr("across"), self.x_choice), (tr("up"), self.y_choice))),
            (self._class_row, ((tr("weights of class"), self.class_choice),)),
        ):
            line = QHBoxLayout(row)
            line.setContentsMargins(0, 0, 0, 0)
            for words, choice in parts:
                label = QLabel(words)
                zoom.set_type(label, look.SMALL)
                label.setProperty("small", True)
                line.addWidget(label)
                line.addWidget(choice)
        head = QHBoxLayout()
        head.addWidget(self.layout_choice)
        head.addStretch(1)
        head.addWidget(self._plane_row)
        head.addWidget(self._class_row)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        add_layout(column, head)
        column.addWidget(self._legend)
        column.addWidget(self._area, 1)
        column.addWidget(self._words)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._drawn.clear()
        self.multiples.set_theme(theme)
        self._draw()

    def show_records(self, task: Task, records: Sequence[Record]) -> None:
        """Show the runs on the same features as this task; list the others as not comparable."""
        if self._task is None or not same_features(self._task, task):
            self._drawn.clear()
        if task is not self._task:
            self._show_choices(task)
        self._task = task
        self._records = [record for record in records if same_features(record.task, task)]
        apart = [r for r in records if not same_features(r.task, task)]
        words = [
            tr("{name} (other features)", name=r.name)
            if same_data(r.task, task)
            else tr("{name} (other data)", name=r.name)
            for r in apart
        ]
        apart_words = tr("Not comparable here: {runs}.", runs=", ".join(words))
        self._apart = f"{apart_words} " if words else ""
        self._draw()

    # Choices ------------------------------------------------------------------------------------

    def _show_choices(self, task: Task) -> None:
        dataset = task.dataset
        is_image = dataset.image_shape is not None
        names = dataset.feature_names
        self._plane_row.setVisible(dataset.is_measured and len(names) > 2)
        self._class_row.setVisible(is_image)
        self.layout_choice.setVisible(dataset.is_measured and len(names) >= 2)
        if is_image:
            shown = [self.class_choice.itemText(i) for i in range(self.class_choice.count())]
            if list(classes := shown_classes(dataset)) != shown:
                self.class_choice.clear()
                self.class_choice.addItems(classes)
        elif dataset.is_measured and names != self._names:
            liked = [names.index(name) for name in task.source.preferred_features if name in names]
            indices = (liked + [j for j in range(len(names)) if j not in liked])[:2]
            for choice, index in zip((self.x_choice, self.y_choice), indices, strict=False):
                choice.clear()
                choice.addItems(shown_features(dataset))
                choice.setCurrentIndex(index)
        self._names = names

    def _choose_layout(self, layout: object) -> None:
        self._layout_chosen = str(layout)
        self._draw()

    def plane(self) -> Plane | None:
        """Return the plane through the mean of the rows; None for images and for one feature."""
        task = self._task and shown(self._task)
        if task is None or not task.dataset.is_measured or task.dataset.m < 2:
            return None
        values = task.dataset.values()
        x, y = self.x_choice.currentIndex(), self.y_choice.currentIndex()
        if task.config.data.source == "drawn":
            x_range = y_range = drawing.RANGE
        else:
            x_range, y_range = _around(values[:, x]), _around(values[:, y])
        rows = task.train_rows if len(task.train_rows) else task.test_rows
        at = values[rows].mean(axis=0, dtype=np.float64) if len(rows) else np.zeros(task.dataset.m)
        return Plane(x, y, x_range, y_range, tuple(at.tolist()))

    # Pictures -----------------------------------------------------------------------------------

    def _draw(self) -> None:
        if self._task is None:
            return
        self._legend.setVisible(False)
        self._words.setText(self._apart)
        if self._task.dataset.image_shape is not None:
            self._draw_weights(self._task, self._task.dataset.image_shape)
        elif (plane := self.plane()) is None:
            is_text = self._task.dataset.is_text
            self._words.setText(tr(NO_PICTURES) if is_text else tr("A plane needs two features."))
            self.multiples.show_pictures([])
        elif plane.x == plane.y:
            self._words.setText(tr("Choose two different features."))
            self.multiples.show_pictures([])
        else:
            self._ask(plane)
        self._words.setVisible(bool(self._words.text()))

    def _ask(self, plane: Plane) -> None:
        """Draw missing pictures on the background thread; show the cached ones meanwhile."""
        theme, task = self._theme, self._task
        about = plane, theme
        names = {record.name for record in self._records}
        self._drawn = {
            name: drawn
            for name, drawn in self._drawn.items()
            if name in names and drawn[1] == about
        }
        missing = [
            record
            for record in self._records
            if record.name not in self._drawn or self._drawn[record.name][0] is not record.params
        ]
        self._show_planes(plane)
        if not missing:
            return

        def answer(found: list[Drawn]) -> None:
            for record, drawn in zip(missing, found, strict=True):
                self._drawn[record.name] = record.params, about, drawn
            if task is self._task:
                self._show_planes(plane)

        self._background.ask(
            self._key, _drawer(missing, plane, theme), answer, self._fail, Queue.STUDIES
        )

    def _fail(self, error: BaseException) -> None:
        self._words.setText(tr("The pictures could not be drawn ({error}).", error=error))
        self._words.setVisible(True)

    def _show_planes(self, plane: Plane) -> None:
        theme, task = self._theme, self._task
        known = [(r, self._drawn[r.name][2]) for r in self._records if r.name in self._drawn]
        if not known:
            return
        colours = [colour_of(theme, record.colour) for record, _ in known]
        if self._layout_chosen == ONE:
            lines = tuple((c, d[1]) for c, (_, d) in zip(colours, known, strict=True))
            pictures = [Picture("", "", "", theme.panel, lines=lines)]
            entries = (
                f'<span style="color:{c}">━━</span>&nbsp;{html.escape(r.name)}'
                for c, (r, _) in zip(colours, known, strict=True)
            )
            self._legend.setText(" &nbsp; ".join(entries))
            self._legend.setVisible(True)
        else:
            names = _titles([record for record, _ in known])
            pictures = [
                Picture(name, *_format_figures(r), c, d[0][::-1], ((theme.ink, d[1]),))
                for name, c, (r, d) in zip(names, colours, known, strict=True)
            ]
        self._show(pictures, plane, task)

    def _draw_weights(self, task: Task, shape: tuple[int, int]) -> None:
        k = self.class_choice.currentIndex()
        rows = [(record, _weights(record, k)) for record in self._records]
        scale = max((float(np.abs(w).max()) for _, w in rows if w is not None), default=0.0) or 1.0
        colours = look.signed_map(self._theme)
        middle = len(colours) // 2
        pictures = []
        names = _titles(self._records)
        for name, (record, w) in zip(names, rows, strict=True):
            image = None
            note, brief = _format_figures(record)
            if w is None:
                note = brief = tr("no weights of a class")
            else:
                levels = look.signed_levels(w, scale, middle) + middle
                image = colours[levels].reshape(*shape, 3)
            pictures.append(
                Picture(name, note, brief, colour_of(self._theme, record.colour), image)
            )
        scale_words = tr("One scale for all: −{scale} … {scale}.", scale=format_plain(scale, 3))
        self._words.setText(f"{self._apart}{scale_words}")
        self._show(pictures, None, None, shape[1] / shape[0])

    def _show(
        self,
        pictures: list[Picture],
        plane: Plane | None,
        task: Task | None,
        aspect: float = 1.25,
    ) -> None:
        self.multiples.show_pictures(pictures, plane, task, aspect)
        self._fit()

    def _fit(self) -> None:
        available = self._area.viewport().size()
        height = self.multiples.height_for(available.width(), available.height())
        self.multiples.setMinimumHeight(height if height > available.height() else 0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._fit()
        return super().eventFilter(watched, event)


def _drawer(records: list[Record], plane: Plane, theme: Theme) -> Callable[[], list[Drawn]]:
    def work() -> list[Drawn]:
        from core.explain import probe  # imports PyTorch

        drawn: list[Drawn] = []
        for record in records:
            grid = probe.decision_grid(record.task, record.params, plane, NODES, NODES * 4 // 5)
            image = shade(grid, record.task.dataset.class_marks, theme)
            drawn.append((image, boundary_lines(grid)))
        return drawn

    return work


def _titles(records: Sequence[Record]) -> list[str]:
    """Return short titles that distinguish the runs; the live run keeps its name."""
    names = [default_name(r.config, r.settings) if r.name == LIVE_NAME else r.name for r in records]
    return [
        tr(LIVE_NAME) if record.name == LIVE_NAME else name
        for record, name in zip(records, short_names(names), strict=True)
    ]


def _weights(record: Record, k: int) -> NDArray[np.float32] | None:
    """Return the weights (m,) of class k, or None if the run has no weights per class."""
    model, task = record.config.model, record.task
    if model.hidden:
        return None
    if task.is_neuron:
        k = 0
    elif task.outputs != task.dataset.h or k >= task.outputs:
        return None
    weights: NDArray[np.float32] = record.params.W[k]
    return weights


def _format_figures(record: Record) -> tuple[str, str]:
    """Return loss and accuracy as a text, and as a shorter one."""
    metrics = record.metrics
    has_test = not math.isnan(metrics.test_accuracy)
    sign = sign_of(metrics)
    accuracy = metrics.test_accuracy if has_test else metrics.train_accuracy
    share = f"{'' if has_test else sign}{localised(f'{accuracy:.1%}')}"
    right = tr("test {share}", share=share) if has_test else tr("train {share}", share=share)
    if record.status is Status.DIVERGED:
        return f"{tr('diverged')} · {right}", f"{tr('diverged')} · {share}"
    loss = tr("loss {loss}", loss=f"{sign}{format_setting('train loss', metrics.train_loss)}")
    return f"{loss} · {right}", f"{sign}{format_plain(metrics.train_loss, 3)} · {share}"


def _around(values: NDArray[np.floating]) -> tuple[float, float]:
    if not len(values):
        return drawing.RANGE
    low, high = float(values.min()), float(values.max())
    margin = (high - low) * MARGIN or max(abs(low), 1.0)
    return low - margin, high + margin
