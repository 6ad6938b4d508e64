"""One-hot encoding of class numbers, and the term of the loss that the 1 selects."""

from __future__ import annotations

from html import escape

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHeaderView, QLabel, QVBoxLayout, QWidget

from core.data.shown_names import shown_classes
from core.data.task import Task
from core.language import mark, tr
from core.model_family import DEFAULT_KIND
from core.number_format import format_fixed, format_integer
from core.teach import illustrations
from core.train.snapshot import Params, Snapshot
from gui.kit import zoom
from gui.kit.fields.choices import Choice
from gui.kit.fields.numbers import CountField
from gui.kit.flow_layout import FlowLayout
from gui.kit.layouts import add_layout
from gui.kit.maths.formula import Formula
from gui.kit.maths.notation import worded
from gui.kit.theme import Theme
from gui.stage.demos.bars import FEW
from gui.stage.demos.demo import Demo, no_shares
from gui.stage.demos.grid import Grid
from gui.stage.demos.parts import Wrapped, caption, note, together
from gui.state.selected_example import Example

MOST = 10  # classes shown in the tables
DEFAULT_NAMES = ("0", "1", "2")


class OneHotDemo(Demo):
    """The one-hot rows of all classes, their distances, and the term that y · log a keeps."""

    title = mark("One-hot rows")
    watch = mark(
        "Choose a class. Its number becomes a row of zeros with a single 1. The last columns say "
        "how far each class is from it; of the logs below, only that of the true class is kept."
    )

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._task: Task | None = None
        self._params: Params | None = None
        self._example: Example | None = None
        self._rows: NDArray[np.int64] = np.empty(0, dtype=np.int64)  # training rows of the class
        self._x: NDArray[np.float32] | None = None
        self._names: tuple[str, ...] = ()
        self._digits = 4
        self._is_slide = False
        self.class_choice = Choice()
        self.class_choice.setAccessibleName(tr("class"))
        self.class_choice.setToolTip(
            tr("The class whose row is shown and that the others are far from")
        )
        self.example = CountField(1, 1)
        self.example.setAccessibleName(tr("example of the class"))
        self.example.setToolTip(tr("Which of the class's training rows; arrows up and down go on"))
        self._of = QLabel()
        self.rows = Grid(theme, tr("One-hot row of each class, and distances"), (), ())
        self.terms = Grid(theme, tr("Terms of the loss of one example"), (), TERMS)
        for grid in (self.rows, self.terms):  # ten classes are as many columns
            grid.horizontalHeader().setProperty("dense", True)
        self.order, self.kept = note(""), note("")
        self._lay_out(theme)
        self.class_choice.chosen.connect(lambda _: self._choose_class())
        self.example.valueChanged.connect(lambda _: self._choose_example())
        self._set_options(DEFAULT_NAMES)

    def _lay_out(self, theme: Theme) -> None:
        above = QWidget()
        formulae = FlowLayout(above, 28, 4)
        for latex, spoken in FORMULAE:
            formulae.addWidget(Formula(theme, worded(latex), tr(spoken)))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(above)
        layout.addWidget(
            Wrapped(
                together(QLabel(tr("class")), self.class_choice),
                together(QLabel(tr("example")), self.example, self._of),
            )
        )
        self._said: list[QWidget] = []
        first, second = QVBoxLayout(), QVBoxLayout()
        for column, words, grid, sentence in (
            (
                first,
                tr("Rows of Y, and how far they are from the chosen one"),
                self.rows,
                self.order,
            ),
            (second, tr("Terms of the chosen example"), self.terms, self.kept),
        ):
            column.setSpacing(6)
            title = caption(words, wraps=True)
            self._said += title, sentence
            column.addWidget(title)
            column.addWidget(grid)
            column.addWidget(sentence)
            column.addStretch(1)
        self._tables = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._tables.setSpacing(8)
        add_layout(self._tables, first)
        add_layout(self._tables, second)
        add_layout(layout, self._tables)

    def present(self, is_on: bool) -> None:
        super().present(is_on)
        if is_on != self._is_slide:
            self._is_slide = is_on
            self._set_options(self._names)

    def _show_said(self, *, is_wide: bool) -> None:
        """Leave the sentences to the speaker of a slide on which they would take the room."""
        for words in self._said:
            words.setHidden(self._is_slide and (len(self._names) > FEW or not is_wide))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Put the tables side by side if both have room so."""
        needed = self.rows.least_width + self._tables.spacing() + self.terms.least_width
        is_wide = self.width() >= needed
        self._show_said(is_wide=is_wide)
        towards = QBoxLayout.Direction
        self._tables.setDirection(towards.LeftToRight if is_wide else towards.TopToBottom)
        self._tables.setStretch(0, self.rows.least_width * is_wide)
        self._tables.setStretch(1, self.terms.least_width * is_wide)

    @property
    def k(self) -> int:
        """The chosen class."""
        return max(self.class_choice.currentIndex(), 0)

    def show_theme(self, theme: Theme) -> None:
        super().show_theme(theme)
        self._choose_class()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._set_options(self._names)

    def show_run(self, task: Task, snapshot: Snapshot) -> None:
        self._params = snapshot.params
        if task is not self._task:
            self._task = task
            self._set_options(shown_classes(task.dataset))
            self._go_to_example()
        else:
            self._show_terms()

    def show_example(self, example: Example | None) -> None:
        self._example = example
        self._go_to_example()

    def _go_to_example(self) -> None:
        """Select class and row of the selected example, if it is a training row."""
        task, row = self._task, self._example.row if self._example else None
        if task is None or row is None or row not in task.train_rows:
            return
        k = int(task.dataset.y[row])
        if k < min(len(self._names), MOST):
            self.class_choice.setCurrentIndex(k)
            self._choose_class()
            self.example.setValue(int(np.searchsorted(self._rows, row)) + 1)

    def _set_options(self, names: tuple[str, ...]) -> None:
        """Offer these classes; keep the chosen one if the names are the same as before."""
        k = self.k if names == self._names else 0
        self._names = names
        shown = names[:MOST]
        self.class_choice.set_options([(f"{i} · {name}", i) for i, name in enumerate(shown)], k)
        h = len(shown)
        self.rows.set_headings(shown, [*(str(j) for j in range(h)), tr("number"), tr("row")])
        header = self.rows.horizontalHeader()
        widest = "0" * len(str(h - 1))
        header.setMinimumSectionSize(self.fontMetrics().horizontalAdvance(widest) + 8)
        fixed, stretch = QHeaderView.ResizeMode.Fixed, QHeaderView.ResizeMode.Stretch
        for j in range(h):
            header.setSectionResizeMode(j, stretch)
        bold = QFontMetrics(zoom.font(1.0, bold=True))
        for j, (widest, tip) in enumerate(DISTANCES, h):
            header.setSectionResizeMode(j, fixed)
            self.rows.setColumnWidth(j, bold.horizontalAdvance(tr(widest) + "0") + 4)
            item = self.rows.horizontalHeaderItem(j)
            assert item is not None
            item.setToolTip(tr(tip))
        self.terms.set_headings([*shown, tr("sum")], TERMS)
        # Many classes need the width for their columns of Y, most of all on a slide.
        self._digits = 4 if h <= FEW else 2 if self._is_slide else 3
        number = format_fixed(-1, self._digits)
        self.terms.horizontalHeader().setMinimumSectionSize(bold.horizontalAdvance("00") + 4)
        self.terms.fix_columns({1: number.strip("−"), 2: number, 3: number})
        self._choose_class()
        self._arrange()

    def _choose_class(self) -> None:
        if self._task is not None:
            train = self._task.train_rows
            self._rows = train[self._task.dataset.y[train] == self.k]
        self.example.setEnabled(len(self._rows) > 0)
        self.example.setMaximum(max(len(self._rows), 1))
        self._of.setText(tr("of {n}", n=format_integer(len(self._rows))) if len(self._rows) else "")
        self._show_rows()
        self._choose_example()

    def _choose_example(self) -> None:
        self._x = None
        if self._task is not None and len(self._rows):
            row = self._rows[self.example.value() - 1 : self.example.value()]
            self._x = self._task.inputs(self._task.dataset.values(row))
        self._show_terms()

    def _show_rows(self) -> None:
        k, names = self.k, self._names[:MOST]
        h = len(names)
        Y = illustrations.one_hot(np.arange(h), h)
        by_number = illustrations.distances(np.arange(h, dtype=np.float64)[:, None])
        by_row = illustrations.distances(Y)
        for i in range(h):
            for j in range(h):
                self.rows.show_text(i, j, f"{Y[i, j]:.0f}")
            self.rows.show_text(i, h, f"{by_number[i, k]:.0f}")
            self.rows.show_number(i, h + 1, by_row[i, k], 3)
            for j in range(h + 2):
                self._dress(self.rows, i, j, is_lit=i == k, is_bold=i == j)
        self.order.setText(self._describe_order(by_number[k]))

    def _describe_order(self, distance: NDArray[np.float64]) -> str:
        k, names = self.k, [escape(name) for name in self._names[:MOST]]
        far = int(distance.argmax())
        near = int(np.argmin(np.where(distance == 0, np.inf, distance)))
        apart = tr("As one-hot rows, any two classes are √2 = 1.414 apart.")
        if distance[far] == distance[near]:
            said = tr(
                "As numbers, the others are {far} away from “{name}”.",
                far=f"{distance[far]:.0f}",
                name=names[k],
            )
            return f"{said} {apart}"
        said = tr(
            "As numbers, “{other}” would be {far} away from “{name}” and “{neighbour}” only {near}"
            ": an order that the classes do not have.",
            other=names[far],
            far=f"{distance[far]:.0f}",
            name=names[k],
            neighbour=names[near],
            near=f"{distance[near]:.0f}",
        )
        return f"{said} {apart}"

    def _show_terms(self) -> None:
        if self._x is None or self._params is None:
            self.kept.setText(tr("There is no training row of this class."))
            return
        k, h = self.k, min(len(self._names), MOST)
        kind = DEFAULT_KIND if self._task is None else self._task.config.model.kind
        answer = illustrations.log_probabilities(self._x, self._params, kind)
        if answer is None or answer.shape[1] != len(self._names):
            missing = "" if self._task is None else no_shares(self._task)
            why = tr("The model gives no probabilities: its weights are no numbers.")
            self.kept.setText(missing or why)
            for i in range(h + 1):
                for j in range(4):
                    self.terms.show_text(i, j, "")
            return
        log_a = answer[0]
        y = illustrations.one_hot(np.array([k]), len(log_a))[0]
        a, kept = np.exp(log_a), y * log_a + 0.0
        for j, values in enumerate((y, a, log_a, kept)):
            digits = 0 if j == 0 else self._digits
            for i in range(h):
                self.terms.show_number(i, j, values[i], digits)
                self._dress(self.terms, i, j, is_lit=i == k, is_bold=i == k)
            if j != LOG_A:  # the sum of the logs has no meaning
                self.terms.show_number(h, j, float(values.sum()), digits)
                self._dress(self.terms, h, j, is_lit=False, is_bold=True)
        loss = -float(kept.sum()) + 0.0
        self.kept.setText(
            tr(
                "Only class {k} is kept: the loss is −log {a} = <b>{loss}</b>.",
                k=k,
                a=format_fixed(a[k], 4),
                loss=format_fixed(loss, 4),
            )
            + self._describe_rest()
        )

    def _describe_rest(self) -> str:
        h = len(self._names)
        return " " + tr("The first {n} of {h} classes are shown.", n=MOST, h=h) if h > MOST else ""

    def _dress(self, grid: Grid, i: int, j: int, *, is_lit: bool, is_bold: bool) -> None:
        item = grid.item(i, j)
        assert item is not None
        item.setBackground(QBrush(QColor(self.theme.selected)) if is_lit else QBrush())
        font = QFont(self.font())
        item.setFont(zoom.scaled(font, 1.0, bold=True) if is_bold else font)


LOG_A = 2
DISTANCES = (
    (
        mark("number"),
        mark("How far the class is from the chosen one where classes are numbers: |y − k|"),
    ),
    ("1.414", mark("How far it is where classes are rows: the length of the rows' difference")),
)
TERMS = ("y", "a", "log a", "y · log a")
FORMULAE = (
    (
        mark(r"$Y_{ij} = 1 \text{ if } y_i = j, \text{ else } 0$"),
        mark("Y i j is one if y i is j, else zero"),
    ),
    (
        r"\ell = -\sum_j y_j \log a_j = -\log a_y",
        mark("the loss is minus the sum over j of y j log a j, which is minus log a y"),
    ),
)
