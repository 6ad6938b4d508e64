"""A batch worked out in a table: from logits and classes to softmax, losses and gradient."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QEvent
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from core.language import mark, tr
from core.number_format import format_fixed
from gui.kit import theme as look
from gui.kit.buttons import text_button
from gui.kit.flow_layout import FlowLayout
from gui.kit.layouts import add_layout
from gui.kit.maths.formula import Formula, flow_of
from gui.kit.theme import Theme
from gui.stage.demos.batch import DECIMALS, Batch, gradient_columns, input_columns
from gui.stage.demos.batch_sheet import SIZES, Sheet, SheetView
from gui.stage.demos.columns import Columns
from gui.stage.demos.demo import Demo
from gui.stage.demos.parts import note

MAX_ROWS = 20
BETWEEN = 8  # px, between the tables


class WorkedExampleDemo(Demo):
    """The worked example of the theory; editing a cell recomputes every number."""

    title = mark("Worked example")
    watch = mark(
        "Type over a logit or a class: everything after it is computed anew. Watch the gradient: "
        "only in the column of the true class, in bold, is it negative."
    )

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._least = look.SMALL  # type in which the tables may be side by side
        self.batch = Batch(self)
        h = self.batch.h
        self.inputs = SheetView(
            Sheet(self.batch, input_columns(h), tr("mean"), theme),
            tr("Classes, logits, probabilities and losses"),
        )
        self.gradient = SheetView(
            Sheet(self.batch, gradient_columns(h), tr("sum"), theme),
            tr("Gradient of the mean loss by the logits"),
        )
        self.words = note("")
        self.add_button = text_button(
            tr("Add row"), tr("One more example, of class 0 with logits of zero")
        )
        self.remove_button = text_button(
            tr("Remove row"), tr("Take the chosen example away, else the last")
        )
        self.reset_button = text_button(
            tr("Reset"), tr("Put the published logits and classes back")
        )
        self.copy_button = text_button(
            tr("Copy CSV"), tr("Copy both tables; Ctrl+C in a table copies that one")
        )
        self._lay_out(theme)
        self._connect()
        self._show_loss()

    def _lay_out(self, theme: Theme) -> None:
        above = QWidget()
        flow_of(above, (Formula(theme, latex, tr(said)) for latex, said in FORMULAE), 18)
        buttons = QWidget()
        keys = FlowLayout(buttons, 8, 4)
        for button in (self.add_button, self.remove_button, self.reset_button, self.copy_button):
            keys.addWidget(button)
        second = QVBoxLayout()
        second.addWidget(self.gradient)
        second.addWidget(
            note(
                tr(
                    "Each row of the gradient sums to 0. The sums of its columns are "
                    "∂<i>L</i>/∂<i>b</i>, a number for each class."
                )
            )
        )
        second.addStretch(1)
        first = QVBoxLayout()
        first.setSpacing(6)
        first.addWidget(self.inputs)
        first.addWidget(self.words)
        first.addWidget(buttons)
        first.addStretch(1)
        self._tables = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._tables.setSpacing(BETWEEN)
        add_layout(self._tables, first)
        add_layout(self._tables, second)
        layout = Columns(self)
        layout.setSpacing(6)
        layout.addWidget(above)
        add_layout(layout, self._tables)

    def _connect(self) -> None:
        self.add_button.clicked.connect(self.batch.add)
        self.remove_button.clicked.connect(self._remove)
        self.reset_button.clicked.connect(self.batch.reset)
        self.copy_button.clicked.connect(self._copy_all)
        self.batch.changed.connect(self._show_loss)
        self.batch.refused.connect(self._refuse)
        for grid in (self.inputs, self.gradient):
            grid.copied.connect(lambda: self.words.setText(tr("Copied as CSV.")))

    def show_theme(self, theme: Theme) -> None:
        super().show_theme(theme)
        for grid in (self.inputs, self.gradient):
            grid.sheet.theme = theme
            grid.viewport().update()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.inputs.fit()
            self.gradient.fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def present(self, is_on: bool) -> None:
        """Have both tables on a slide at once, in type as small as that takes."""
        super().present(is_on)
        self._least = SIZES[-1] if is_on else look.SMALL
        self._arrange()

    def _arrange(self) -> None:
        """Put the tables side by side if there is room for that."""
        widths = [grid.width_in(self._least) for grid in (self.inputs, self.gradient)]
        wide = self.width() >= sum(widths) + BETWEEN
        towards = QBoxLayout.Direction
        self._tables.setDirection(towards.LeftToRight if wide else towards.TopToBottom)
        for place, width in enumerate(widths):
            self._tables.setStretch(place, width if wide else 0)

    def _refuse(self, why: str) -> None:
        colour = self.theme.counter_accent
        self.words.setText(f'<span style="color:{colour}">{escape(why)}</span>')

    def _remove(self) -> None:
        chosen = self.inputs.currentIndex().row()
        self.batch.remove(chosen if 0 <= chosen < self.batch.n else self.batch.n - 1)

    def _copy_all(self) -> None:
        both = self.inputs.csv(whole=True) + "\n" + self.gradient.csv(whole=True)
        QGuiApplication.clipboard().setText(both)
        self.words.setText(tr("Copied both tables as CSV."))

    def _show_loss(self) -> None:
        example = self.batch.example
        self.words.setText(
            tr("Mean loss <i>L</i> = <b>{loss}</b>", loss=format_fixed(example.loss, DECIMALS))
        )
        self.add_button.setEnabled(self.batch.n < MAX_ROWS)
        self.remove_button.setEnabled(self.batch.n > 1)


FORMULAE = (
    (
        r"a_j = \frac{e^{z_j}}{\sum_k e^{z_k}}",
        mark("a j is e to the z j over the sum of e to the z k"),
    ),
    (r"\ell = -\log a_y", mark("the loss is minus log a y")),
    (r"L = \frac{1}{n} \sum_i \ell_i", mark("L is the mean of the losses")),
    (
        r"\frac{\partial L}{\partial z_j} = \frac{a_j - y_j}{n}",
        mark(
            "the gradient of L by z j is a j minus y j, over n; y j is 1 for the true class, else 0"
        ),
    ),
)
