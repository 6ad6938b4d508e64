"""The rows of a run as points in the simplex of three classes, moving as the model learns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from core.data.shown_names import shown_classes
from core.data.task import Task
from core.language import in_a_row, mark, tr
from core.number_format import format_fixed, format_integer
from core.teach import illustrations
from core.teach.illustrations import Reals
from core.train.snapshot import Snapshot
from gui.kit.fields.choices import Choice
from gui.kit.flow_layout import FlowLayout
from gui.kit.labels import Readout
from gui.kit.maths.formula import Formula
from gui.kit.theme import Theme
from gui.stage.demos.columns import Columns, Shaped
from gui.stage.demos.demo import Demo, no_shares
from gui.stage.demos.parts import Figure, note
from gui.stage.demos.triangle import Triangle
from gui.state.selected_example import Example

MOST_POINTS = 2000
NAMES = (mark("first class"), mark("second class"), mark("third class"))
TIPS = (
    mark("The first of the three classes that are shown"),
    mark("The second of the three classes that are shown"),
    mark("The third of the three classes that are shown"),
)


class SimplexDemo(Demo):
    """Each row plotted at its probabilities in a triangle; at a corner one class has p = 1."""

    title = mark("Simplex of probabilities")
    watch = mark(
        "Train and watch: points start in the middle, where nothing is known, and move towards "
        "the corner of their class. Click one, or choose it with the arrows, to follow its way."
    )

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._task: Task | None = None
        self._snapshot: Snapshot | None = None
        self._run, self._step = -1, -1
        self._classes: tuple[int, ...] = ()
        self._rows: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._is_test = np.empty(0, dtype=np.bool_)
        self._X = np.empty((0, 0), dtype=np.float32)
        self._A: Reals = np.empty((0, 3))
        self._is_new = True  # the rows are not in the triangle yet
        self._example: Example | None = None
        self.triangle = Triangle(theme)
        self.triangle.pointed.connect(self._read_out)
        self.choices = [Choice() for _ in range(3)]
        for choice, name, tip in zip(self.choices, NAMES, TIPS, strict=True):
            choice.setAccessibleName(tr(name))
            choice.setToolTip(tr(tip))
            choice.chosen.connect(lambda _: self._choose_classes())
        self.right = [Figure(theme, tr("training right")), Figure(theme, tr("test right"))]
        self.words, self.readout = note(""), Readout(2)
        self._among = QWidget()
        among = QHBoxLayout(self._among)
        among.setContentsMargins(0, 0, 0, 0)
        among.addWidget(QLabel(tr("among")))
        for choice in self.choices:
            among.addWidget(choice)
        above = QWidget()
        flow = FlowLayout(above, 20, 4)
        flow.addWidget(
            Formula(
                theme,
                r"p = \sum_j a_j c_j",
                tr("the place p of a row is the sum of its a j times the corners c j"),
            )
        )
        for figure in self.right:
            flow.addWidget(figure)
        flow.addWidget(self._among)
        layout = Columns(self)
        layout.setSpacing(6)
        layout.addWidget(above)
        layout.addWidget(self.words)
        self._place = Shaped(self.triangle, low=230, high=720)
        layout.addWidget(self._place, 1)
        layout.addWidget(self.readout)

    def show_theme(self, theme: Theme) -> None:
        super().show_theme(theme)
        self.triangle.set_theme(theme)

    def show_run(self, task: Task, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        if task is not self._task:
            self._task = task
            names = shown_classes(task.dataset)
            self._among.setVisible(len(names) > 3)
            classes = _most_frequent(task, 3)
            for choice, k in zip(self.choices, (*classes, 0)[:3], strict=True):
                choice.set_options([(name, i) for i, name in enumerate(names)], k)
            self._show_classes(classes)
        elif snapshot.run != self._run or snapshot.step < self._step:
            self.triangle.choose(self.triangle.chosen)  # restarts its trajectory
        self._run, self._step = snapshot.run, snapshot.step
        self._move()

    def show_example(self, example: Example | None) -> None:
        self._example = example
        if not self._is_new:
            self._ring_example()

    def _ring_example(self) -> None:
        """Mark the point of the selected example, if it is shown."""
        row = self._example.row if self._example else None
        found = np.flatnonzero(self._rows == (-1 if row is None else row))
        if len(found):
            self.triangle.choose(int(found[0]))

    def _choose_classes(self) -> None:
        classes = tuple(choice.currentIndex() for choice in self.choices)
        if len(set(classes)) < 3:
            self.words.setText(tr("Choose three different classes; the last three stay."))
            for choice, k in zip(self.choices, self._classes, strict=True):
                choice.setCurrentIndex(k)
            return
        self._show_classes(classes)
        self._move()

    def _show_classes(self, classes: tuple[int, ...]) -> None:
        """Select the rows of these classes, evenly sampled down to at most MOST_POINTS."""
        assert self._task is not None
        task, dataset = self._task, self._task.dataset
        self._classes = classes
        rows = np.concatenate([task.train_rows, task.held_out_rows])
        is_test = np.arange(len(rows)) >= len(task.train_rows)
        mine = np.flatnonzero(np.isin(dataset.y[rows], classes))
        shown = mine[:: max(1, -(-len(mine) // MOST_POINTS))]
        self._rows, self._is_test = rows[shown], is_test[shown]
        self._X = task.inputs(dataset.values(self._rows))
        y = dataset.y[self._rows]
        self._y = _positions(y, classes)
        self.triangle.show_classes(
            tuple(shown_classes(dataset)[k] for k in classes),
            tuple(dataset.class_marks[k] for k in classes),
        )
        words = []
        if dataset.h > 3:
            words.append(
                tr(
                    "The model knows {h} classes. Shown are the rows of three of them, with their "
                    "probabilities divided by the sum of the three.",
                    h=dataset.h,
                )
            )
        if len(classes) == 2:
            words.append(tr("Two classes make a segment; up and down means nothing here."))
        if len(shown) < len(mine):
            words.append(
                tr(
                    "{k} of {n} rows are shown.",
                    k=format_integer(len(shown)),
                    n=format_integer(len(mine)),
                )
            )
        words.append(tr("Filled points train, hollow ones test.")) if is_test.any() else None
        self.words.setText(in_a_row(*words))
        self._is_new = True

    def _move(self) -> None:
        """Move each point to its current probabilities."""
        if self._snapshot is None or not len(self._classes):
            return
        assert self._task is not None
        kind = self._task.config.model.kind
        log_a = illustrations.log_probabilities(self._X, self._snapshot.params, kind)
        if no_shares(self._task):
            self.words.setText(no_shares(self._task))
            nothing = np.empty(0, dtype=np.int64)
            self.triangle.show_points(
                np.empty((0, len(self._classes))), nothing, nothing.astype(bool)
            )
            return
        if log_a is None or log_a.shape[1] != self._task.dataset.h:
            return  # weights not finite, or for other classes: leave the points
        self._A = illustrations.among(log_a, self._classes)
        if self._is_new:
            self.triangle.show_points(self._A, self._y, self._is_test)
            self._is_new = False
            self._ring_example()
        else:
            self.triangle.move_points(self._A)
        is_right = self._A.argmax(axis=1) == self._y
        for figure, mine in zip(self.right, (~self._is_test, self._is_test), strict=True):
            figure.setVisible(bool(mine.any()))
            figure.show_text(
                tr(
                    "{k} of {n}",
                    k=format_integer(is_right[mine].sum()),
                    n=format_integer(mine.sum()),
                )
            )
        if self.triangle.chosen >= 0:
            self._read_out(self.triangle.chosen, self._A[self.triangle.chosen])

    def _read_out(self, i: int, A: Reals | None) -> None:
        """Show the probabilities A, (classes,), of point i, or of the pointer if i < 0."""
        task = self._task
        if A is None or task is None:
            self.readout.setText("")
            return
        names = [shown_classes(task.dataset)[k] for k in self._classes]
        shares = ", ".join(f"{name} {format_fixed(a, 3)}" for name, a in zip(names, A, strict=True))
        where = tr("here")
        if i >= 0:
            where = f"{task.describe_row(int(self._rows[i]))}, {names[self._y[i]]}"
        self.readout.setText(f"{where}  →  {shares}")


def _most_frequent(task: Task, count: int) -> tuple[int, ...]:
    """Return the `count` classes with the most training rows, in the order of the data set."""
    sizes = np.bincount(task.dataset.y[task.train_rows], minlength=task.dataset.h)
    return tuple(sorted(int(k) for k in np.argsort(-sizes, kind="stable")[:count]))


def _positions(y: NDArray[np.int64], classes: tuple[int, ...]) -> NDArray[np.int64]:
    """Return the index of each class number within `classes`, (n,)."""
    position = np.zeros(max(classes) + 1, dtype=np.int64)
    position[list(classes)] = np.arange(len(classes))
    return position[y]
