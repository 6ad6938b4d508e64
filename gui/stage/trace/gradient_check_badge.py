"""The gradient check: a badge with its result, and a table of three computed gradients."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QHideEvent,
    QKeySequence,
    QShortcut,
)
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.data.task import Task
from core.explain.gradient_agreement import GradientCheck
from core.language import mark, tr
from core.model_family import DEFAULT_KIND
from core.number_format import format_fixed, format_integer, format_magnitude, format_significant
from core.train.snapshot import Snapshot
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.covers.covering import copy_figures, table_of
from gui.kit.covers.figures import FigureLabel, PlainFigures, small_figures
from gui.kit.described import said, tell
from gui.kit.labels import Elided
from gui.kit.layouts import add_layout
from gui.kit.maths.formula import Formula, copy_menu
from gui.kit.theme import Theme
from gui.stage.trace.gradient_formula import by_hand
from gui.state.background_tasks import Background, Queue

KEY = "gradient check"
ROWS = 8
DIGITS = 10  # significant digits of a derivative; float64 has 16
HEADERS = (mark("parameter"), mark("by hand"), mark("autograd"), mark("finite differences"))
TIPS = (
    "",
    mark("The program's own formulae, here in float64"),
    mark("The derivative that PyTorch works out from the loss alone, in float64"),
    mark(
        "From five values of the loss around the weights: "
        "(L(θ−2ε) − 8 L(θ−ε) + 8 L(θ+ε) − L(θ+2ε)) / 12ε"
    ),
)
LEFT, RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight


class CheckBadge(QWidget):
    """Shows whether the gradient was checked; its button starts a check."""

    def __init__(self, theme: Theme, background: Background) -> None:
        super().__init__()
        self._theme, self._background = theme, background
        self._task: Task | None = None
        self._snapshot: Snapshot | None = None  # the newest
        self._asked: Snapshot | None = None  # being checked
        self._checked: tuple[Snapshot, GradientCheck] | None = None
        self._fault = ""
        self.badge = PlainFigures()
        self.badge.setAccessibleName(tr("Gradient check"))
        self.button = QPushButton(tr("Check the gradient"))
        self.button.setToolTip(
            tr(
                "Compute the gradient of the next batch by hand, by autograd and by finite "
                "differences"
            )
        )
        self.button.setEnabled(False)
        self.button.clicked.connect(self._ask)
        self.table = Comparison(theme, self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(look.GRID)
        row.addWidget(self.button)
        row.addWidget(self.badge, 1)
        self._tell()

    def set_snapshot(self, task: Task, snapshot: Snapshot) -> None:
        """Set the snapshot that the button would check."""
        if task is not self._task:
            self.forget()
        self._task, self._snapshot = task, snapshot
        self.button.setEnabled(bool(len(snapshot.batch)))
        self._tell()

    def forget(self) -> None:
        """Drop the run that could be checked, and its result."""
        self._task = self._snapshot = self._checked = self._asked = None
        self._fault = ""
        self._background.forget(KEY)
        self.table.hide()
        self.button.setEnabled(False)
        self._tell()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.table.set_theme(theme)
        self._tell()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.table.hide()

    def _ask(self) -> None:
        task, snapshot = self._task, self._snapshot
        if task is None or snapshot is None:
            return
        self._asked, self._fault = snapshot, ""

        def work() -> GradientCheck:
            from core.explain import gradient_check  # imports PyTorch

            settings = snapshot.settings
            return gradient_check.check(task, snapshot.params, snapshot.batch, settings.l2)

        def answer(check: GradientCheck) -> None:
            self._asked, self._checked = None, (snapshot, check)
            self._tell()
            if self.table.isVisible():
                self.table.show_check(check, snapshot)

        def failed(error: BaseException) -> None:
            self._asked, self._fault = None, str(error) or type(error).__name__
            self._tell()
            self.table.show_words(
                tr("The gradient could not be checked: {fault}", fault=self._fault)
            )

        self._background.ask(KEY, work, answer, failed, Queue.STUDIES)
        self._tell()
        self.table.show_words(
            tr("Checking the gradient at step {step} …", step=format_integer(snapshot.step))
        )
        self.table.open_below(self.button)

    def _tell(self) -> None:
        """Show the state of the check in the badge."""
        words, tip, is_bad = self._words()
        if words != self.badge.text():
            self.badge.setText(words)
            tell(self.badge, tip or words)
        self.badge.setToolTip(tip)
        colour = self._theme.counter_accent if is_bad else self._theme.muted
        zoom.set_type(self.badge, look.SMALL, bold=is_bad)
        sheet = f"color: {colour};"
        if sheet != self.badge.styleSheet():
            self.badge.setStyleSheet(sheet)

    def _words(self) -> tuple[str, str, bool]:
        """Return the badge's text, its tool tip, and whether it reports a failure."""
        if self._asked is not None:
            return tr("∇ checking …"), "", False
        if self._fault:
            return tr("∇ could not be checked"), self._fault, True
        if self._checked is None:
            return tr("∇ not checked"), "", False
        snapshot, check = self._checked
        is_old = not _is_same(snapshot, self._snapshot)
        step = format_integer(snapshot.step)
        if check.trouble:
            old = tr("∇ not finite at step {step}", step=step)
            return old if is_old else tr("∇ not finite"), check.summary, True
        if not check.passed:
            old = tr("∇ ✗ {verdict} at step {step}", verdict=check.verdict, step=step)
            return old if is_old else f"∇ ✗ {check.verdict}", check.summary, True
        old = tr("∇ ✓ checked at step {step}", step=step)
        return old if is_old else f"∇ ✓ {format_magnitude(check.largest)}", check.summary, False


def _is_same(checked: Snapshot, newest: Snapshot | None) -> bool:
    """Return whether both snapshots have the same gradient: same batch, weights, penalties."""
    if newest is None or checked is newest:
        return True
    return (
        checked.step == newest.step
        and checked.settings.l2 == newest.settings.l2
        and np.array_equal(checked.batch, newest.batch)
        and all(map(np.array_equal, checked.params.arrays, newest.params.arrays))
    )


class Comparison(QFrame):
    """Popup that compares the gradient by hand, by autograd and by finite differences."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_NoMouseReplay)  # the button would reopen it
        self.setObjectName("comparison")
        self.setAccessibleName(tr("The gradient three ways"))
        self._check: GradientCheck | None = None
        self._anchor: QWidget | None = None
        self.words = PlainFigures()
        self.words.setWordWrap(True)
        self.formula = Formula(theme, *by_hand(DEFAULT_KIND, has_bias=True, has_decay=False), px=16)
        self.grid = Table()
        self.foot = small_figures(wraps=True)
        self.copy_button = QPushButton(tr("Copy as CSV"))
        self.copy_button.setToolTip(tr("Copy every parameter that was checked, with all digits"))
        self.copy_button.clicked.connect(self.copy_table)
        self.close_button = QPushButton(tr("Close"))
        self.close_button.setToolTip(tr("Close (Esc)"))
        self.close_button.clicked.connect(self.close)
        QShortcut(QKeySequence.StandardKey.Copy, self, self.copy_table)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.copy_button)
        buttons.addWidget(self.close_button)
        layout = self._layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.setSpacing(look.GRID)
        for widget in (self.words, self.formula, self.grid, self.foot):
            layout.addWidget(widget)
        add_layout(layout, buttons)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.formula.set_theme(theme)
        self.setStyleSheet(
            f"#comparison {{ background: {theme.panel}; border: 1px solid {theme.line}; }}"
        )
        self._paint_words()

    def open_below(self, anchor: QWidget) -> None:
        """Open below a widget, within the screen."""
        self._anchor = anchor
        self._settle()
        self.show()
        self.close_button.setFocus()

    def show_words(self, text: str) -> None:
        """Show a text instead of the table."""
        self._check = None
        self.words.setText(text)
        for part in (self.formula, self.grid, self.foot, self.copy_button):
            part.hide()
        self._paint_words()
        self._settle()

    def show_check(self, check: GradientCheck, snapshot: Snapshot) -> None:
        """Show the three gradients for the weights of a snapshot."""
        self._check = check
        first, rest = check.summary[0].upper(), check.summary[1:]
        step = tr("Step {step}.", step=format_integer(snapshot.step))
        said = f"{step} {first}{rest}"
        self.words.setText(said if said.endswith((".", "。")) else f"{said}.")
        settings = snapshot.settings
        self.formula.show_formula(
            *by_hand(
                check.kind,
                has_bias=check.has_bias,
                has_decay=settings.l2 > 0,
                is_deep=check.units > 0,
            )
        )
        rows = check.largest_rows(ROWS)
        decimals = _decimals([value for row in rows for value in row[1:]])
        self.grid.show_rows(
            [(name, *(_aligned(value, decimals) for value in values)) for name, *values in rows]
        )
        self.foot.setText(self._foot(check, len(rows)))
        for part in (self.formula, self.grid, self.foot, self.copy_button):
            part.show()
        self._paint_words()
        self._settle()

    def copy_table(self) -> None:
        """Copy every checked parameter to the clipboard, as CSV."""
        if self._check is not None:
            copy_figures(self, self._check.csv())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self._check is not None:
            menu = copy_menu(
                self,
                self.formula.latex,
                said(self, self.words.text()),
                table_of(self, self._check.csv()),
            )
            menu.exec(event.globalPos())

    @staticmethod
    def _foot(check: GradientCheck, shown: int) -> str:
        if shown == len(check.checked):
            return check.remarks
        all_of_them = format_integer(len(check.checked))
        of = tr("The {shown} steepest of {all} checked parameters.", shown=shown, all=all_of_them)
        return f"{of} {check.remarks}"

    def _paint_words(self) -> None:
        is_bad = self._check is not None and not self._check.passed
        colour = self._theme.counter_accent if is_bad else self._theme.ink
        self.words.setStyleSheet(f"color: {colour};")

    def _settle(self) -> None:
        """Resize to the contents and move within the screen."""
        if self._anchor is None:
            return
        available = self._anchor.screen().availableGeometry()
        unit = self.fontMetrics().height()
        width = min(38 * unit if self._check is not None else 20 * unit, available.width())
        self.setFixedWidth(width)
        self._layout.activate()
        self.resize(width, self._layout.heightForWidth(width))
        at = self._anchor.mapToGlobal(QPoint(0, self._anchor.height() + 4))
        at.setX(max(min(at.x(), available.right() - self.width()), available.left()))
        if at.y() + self.height() > available.bottom():
            above = self._anchor.mapToGlobal(QPoint(0, -4)).y() - self.height()
            at.setY(max(above, available.top()))
        self.move(at)


class Table(QWidget):
    """Up to ROWS parameters, one per row, with three derivatives each."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Derivatives of the loss by its parameters"))
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(2 * look.GRID)
        grid.setVerticalSpacing(look.GRID // 2)
        grid.setColumnStretch(0, 1)
        for column, (title, tip) in enumerate(zip(HEADERS, TIPS, strict=True)):
            label = QLabel(tr(title))
            label.setProperty("title", True)
            label.setToolTip(tr(tip))
            grid.addWidget(label, 0, column, LEFT if column == 0 else RIGHT)
        self.labels = [
            (Elided(), *(FigureLabel() for _ in range(len(HEADERS) - 1))) for _ in range(ROWS)
        ]
        for i, labels in enumerate(self.labels):
            for column, label in enumerate(labels):
                if column == 0:
                    grid.addWidget(label, i + 1, 0)
                else:
                    grid.addWidget(label, i + 1, column, RIGHT)

    def show_rows(self, rows: list[tuple[str, ...]]) -> None:
        """Show these texts, row by row; hide the other rows."""
        for i, labels in enumerate(self.labels):
            for label, text in zip(labels, rows[i] if i < len(rows) else HEADERS, strict=True):
                label.setText(text)
                label.setVisible(i < len(rows))


def _decimals(values: list[float]) -> int | None:
    """Return the decimals that give the largest value DIGITS digits; None: powers of ten."""
    largest = max((abs(value) for value in values if math.isfinite(value)), default=0.0)
    if not 1e-3 <= largest < 1e6:
        return None
    return DIGITS - 1 - math.floor(math.log10(largest))


def _aligned(value: float, decimals: int | None) -> str:
    if decimals is None or not math.isfinite(value):
        return format_significant(value, DIGITS)
    return format_fixed(value, decimals)
