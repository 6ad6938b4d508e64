"""An image as a matrix of numbers, as the long vector that a model reads, and in a batch."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from core.config import DataConfig
from core.data import sources
from core.data.dataset import Dataset
from core.data.task import Task
from core.explain.coefficients import output_names
from core.language import mark, tr
from core.number_format import format_fixed, format_integer, format_plain
from core.teach.pixels import (
    FLOAT_BYTES,
    PictureNumbers,
    PixelOrder,
    picture_numbers,
    plain_numbers,
    strides,
)
from core.train.snapshot import Snapshot
from gui.kit.described import describe, point_out
from gui.kit.fields.choices import Segments
from gui.kit.labels import Readout
from gui.kit.theme import Theme
from gui.stage.demos.columns import Columns, Shaped
from gui.stage.demos.demo import Demo
from gui.stage.demos.grid import Grid
from gui.stage.demos.parts import Wrapped, note
from gui.stage.demos.pictures.matrix import CHANNELS, Stack
from gui.stage.demos.pictures.pixel_sheet import Pixels, PixelSheet
from gui.stage.demos.pictures.strip import place_name
from gui.state.selected_example import Example

STORED, SHARE, INPUT = "stored", "share", "input"
FORMS = (
    (mark("stored"), STORED, mark("The numbers as the file has them")),
    ("0 … 1", SHARE, mark("Divided by the largest that can be")),
    (mark("as the model reads them"), INPUT, mark("Standardised, if the data are")),
)
DECIMALS = {STORED: 0, SHARE: 2, INPUT: 2}
LOW, SLIDE_LOW, HIGH = 190, 272, 640  # px at 100 %: heights of the sheet
MOST_OUTPUTS = 10
READ_TURN, LAST_TURN = 4, 5  # of a clicker
WIDEST = "−0.000"  # of a weight
CELL_PX, ROW_PX = 8, 24  # beside a number, and beside the name of a row
NO_PICTURES = mark(
    "The data at hand are no pictures: this is a bundled digit. Choose Digits 8×8 at the left, and "
    "the weights of the model stand here."
)


class _Sentence(Readout):
    """A sentence that keeps the lines of the longest one, however wide it is."""

    def __init__(self) -> None:
        super().__init__(1)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self._longest = ""

    def reserve(self, longest: str) -> None:
        if longest != self._longest:
            self._longest = longest
            self.updateGeometry()

    def heightForWidth(self, width: int) -> int:
        needed = self.fontMetrics().horizontalAdvance(f"{self._longest}−")
        lines = math.ceil(needed / width) if width > 0 else 1
        return max(lines, 1) * self.fontMetrics().lineSpacing()


@cache
def bundled_digits() -> Dataset:
    """Return the data set whose first digit is shown where the data are no pictures."""
    return sources.load(DataConfig(source="digits"))


class PictureNumbersDemo(Demo):
    """Matrix, vector and batch of the followed picture, and the weights of one pixel."""

    title = mark("Pictures as numbers")
    watch = mark(
        "Point at a pixel, or choose one by arrow keys: it is lit in the matrix and in the vector "
        "x, and the weights below belong to its place k. Unfold: row after row becomes x."
    )

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._example: Example | None = None
        self._newest: tuple[Task, Snapshot] | None = None
        self._numbers: PictureNumbers | None = None
        self._shown: tuple[object, ...] = ()
        self._form = STORED
        self._turned = 0  # how far a clicker has turned it
        self.forms = Segments([(tr(words), form, tr(tip)) for words, form, tip in FORMS])
        self.forms.choose(STORED)
        self.forms.chosen.connect(self._choose_form)
        self.again = QPushButton(tr("Unfold"))
        self.again.setToolTip(tr("Lay the rows of the picture one after the other into the vector"))
        self.again.clicked.connect(lambda _=False: self._unfold())
        self.sheet = PixelSheet(theme)
        self.sheet.chosen.connect(lambda _: self._show_pixel())
        self.place, self.value, self.batch = _Sentence(), _Sentence(), note("")
        self.weights = Grid(theme, tr("Weights of the pixel"), ("w", "w·x"), ())
        layout = Columns(self)
        layout.setSpacing(6)
        layout.addWidget(Wrapped(self.forms, self.again))
        self._shaped = Shaped(self.sheet, low=LOW, high=HIGH)
        layout.addWidget(self._shaped, 1)
        for widget in (self.place, self.value, self.weights, self.batch):
            layout.addWidget(widget)

    def show_theme(self, theme: Theme) -> None:
        super().show_theme(theme)
        self.sheet.set_theme(theme)

    def show_example(self, example: Example | None) -> None:
        self._example = example

    def show_run(self, task: Task, snapshot: Snapshot) -> None:
        self._newest = task, snapshot
        self._show()

    def reset(self) -> None:
        self._turned = 0
        self.forms.choose(STORED)
        self._choose_form(STORED)
        self._unfold(is_at_once=True)

    # Steps ----------------------------------------------------------------------------------------

    def present(self, is_on: bool) -> None:
        """Let a slide have room for all numbers of a small picture; a clicker turns to the rest."""
        super().present(is_on)
        self._shaped.set_low(SLIDE_LOW if is_on else LOW)

    def begin_turning(self) -> None:
        self._turned = 0

    def turn(self, by: int) -> bool:
        """Show no row, the first one, all rows in the vector; what the model reads; weights."""
        if not 0 <= self._turned + by <= LAST_TURN:
            return False
        self._turned += by
        form = INPUT if self._turned >= READ_TURN else STORED
        self.forms.choose(form)
        self._choose_form(form)
        order = self._numbers.order if self._numbers is not None else PixelOrder(1, 1, 1)
        rows = {1: 0, 2: 1}.get(self._turned, order.C * order.H)
        is_forward = by > 0 and self._turned < READ_TURN
        self.sheet.unfold(rows, from_row=min(self.sheet.rows, rows) if is_forward else rows)
        return True

    @property
    def turned_to(self) -> QWidget | None:
        if not self._turned:
            return None
        return self.batch if self._turned == LAST_TURN else self.forms

    def _unfold(self, *, is_at_once: bool = False) -> None:
        if self._numbers is not None:
            rows = self._numbers.order.C * self._numbers.order.H
            self.sheet.unfold(rows, from_row=rows if is_at_once else 0)

    def _choose_form(self, form: object) -> None:
        self._form = str(form)
        self._show()

    # What is shown --------------------------------------------------------------------------------

    def _show(self) -> None:
        if self._newest is None:
            return
        task, snapshot = self._newest
        example = self._example
        if task.dataset.image_shape is None or example is None or example.task is not task:
            self._show_bundled()
        else:
            rows = snapshot.batch
            shown = (task, example, self._form, tuple(rows[: Stack.MOST].tolist()), len(rows))
            if shown != self._shown:
                self._shown = shown
                self._numbers = picture_numbers(task, example.values)
                self._show_picture(task.dataset, rows)
        self._show_pixel()

    def _show_bundled(self) -> None:
        """Show a bundled digit: there is no picture to follow."""
        if self._shown != (None, self._form):
            self._shown = (None, self._form)
            digits = bundled_digits()
            self._numbers = plain_numbers(digits, 0)
            self._show_picture(digits, np.arange(digits.n))
            self.batch.setText(tr(NO_PICTURES))

    def _show_picture(self, dataset: Dataset, rows: NDArray[np.int64]) -> None:
        numbers = self._numbers
        assert numbers is not None
        order, n = numbers.order, len(rows)
        numbers_of = {STORED: numbers.stored, SHARE: numbers.shares, INPUT: numbers.inputs}
        shape = (n, order.C, order.H, order.W)
        self.sheet.show_pixels(
            Pixels(
                order,
                dataset.looks,
                numbers.shares,
                np.asarray(numbers_of[self._form], dtype=np.float64),
                self._decimals(numbers),
                dataset.values(rows[: Stack.MOST]),
                f"(N, C, H, W) = {_shape(shape)}",
            )
        )
        flat = (n, order.m)
        self.batch.setText(
            tr(
                "X of this batch is {flat}: float32, contiguous, strides {steps}, {bytes} bytes. "
                "As (N, C, H, W) = {shape} the strides are {strides} over the same bytes; "
                "reshape(N, −1) leads back to X.",
                flat=_shape(flat),
                steps=_shape(strides(flat)),
                bytes=format_integer(n * order.m * FLOAT_BYTES),
                shape=_shape(shape),
                strides=_shape(strides(shape)),
            )
        )
        self._fit()
        said = tr(
            "A picture of {rows} rows and {columns} columns as numbers",
            rows=order.H,
            columns=order.W,
        )
        describe(self.sheet, said)

    def _decimals(self, numbers: PictureNumbers) -> int:
        is_whole = bool((numbers.stored == np.rint(numbers.stored)).all())
        return DECIMALS[self._form] if self._form != STORED or is_whole else 1

    def _show_pixel(self) -> None:
        numbers, k = self._numbers, self.sheet.k
        if numbers is None or k >= numbers.order.m:
            return
        place, value = _place(numbers.order, k), _value(numbers, k)
        for readout, text in ((self.place, place), (self.value, value)):
            if text != readout.text():
                readout.setText(text)
        point_out(self.sheet, f"{place}. {value}")
        self._show_weights(k)

    def _fit(self) -> None:
        """Reserve the lines that the sentences need where their numbers are the longest."""
        if self._numbers is None:
            return
        last = self._numbers.order.m - 1  # whose numbers these are
        self.place.reserve(_place(self._numbers.order, last))
        self.value.reserve(_value(self._numbers, last))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_pixel()

    def _show_weights(self, k: int) -> None:
        """Show the weights of place k to each output or hidden unit, as many as have room."""
        is_followed = self._newest is not None and self._shown[:1] == (self._newest[0],)
        self.weights.setVisible(is_followed)
        if self._newest is None or self._numbers is None or not is_followed:
            return
        task, snapshot = self._newest
        hidden = snapshot.params.hidden
        W = snapshot.params.W if hidden is None else hidden.V
        names = (
            output_names(task)
            if hidden is None
            else [tr("unit {u}", u=u + 1) for u in range(len(W))]
        )
        x = float(self._numbers.inputs[k])
        weight = place_name(k, "w")
        rows = (weight, f"{weight}·{place_name(k)}")
        metrics = self.fontMetrics()
        room = self.width() - metrics.horizontalAdvance(rows[1]) - ROW_PX
        count = room // (metrics.horizontalAdvance(WIDEST) + CELL_PX)
        count = min(max(count, 1), MOST_OUTPUTS, len(W))
        self.weights.set_headings(rows, names[:count])
        for column, w in enumerate(W[:count, k].tolist()):
            self.weights.show_number(0, column, w, 3)
            self.weights.show_number(1, column, w * x, 3)


def _place(order: PixelOrder, k: int) -> str:
    """Say where the pixel at place k of the vector is, and how k follows from that."""
    c, i, j = order.place(k)
    channel = f"{tr(CHANNELS[c])}, " if order.C > 1 else ""
    place = tr("row i = {i}, column j = {j}:", i=i, j=j)
    return (
        f"{channel}{place}  k = (c·H + i)·W + j = "
        f"({c}·{order.H} + {i})·{order.W} + {j} = {order.index(c, i, j)}"
    )


def _value(numbers: PictureNumbers, k: int) -> str:
    """Say how the stored number of a pixel becomes what the model reads."""
    stored = format_plain(float(numbers.stored[k]), 6)
    share = format_fixed(float(numbers.shares[k]), 4)
    text = f"{place_name(k)}:  {stored} / {format_plain(numbers.scale, 6)} = {share}"
    if not numbers.is_standardised:
        return tr("{text}, as the model reads it", text=text) if numbers.is_read else text
    mean, std = (format_fixed(float(part[k]), 4) for part in (numbers.mean, numbers.std))
    read = format_fixed(float(numbers.inputs[k]), 4)
    return f"{text};  {tr('standardised')} ({share} − {mean}) / {std} = {read}"


def _shape(shape: tuple[int, ...]) -> str:
    return f"({', '.join(f'{n:,}' if n < 10_000 else str(n) for n in shape)})"
