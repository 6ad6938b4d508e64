"""The gradient as code beside its derivation: shown as it is run, timed, and compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.data.task import Task
from core.language import mark, tr
from core.number_format import format_integer, format_magnitude, format_three_digits
from core.train.snapshot import Snapshot
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.fields.menus import leave_menu
from gui.kit.labels import small_label
from gui.kit.layouts import add_layout
from gui.kit.plain_text import Plain
from gui.state.background_tasks import Background, Queue

if TYPE_CHECKING:  # they import PyTorch
    from core.teach.derivations.code_run import Form, Ran, Timed

SHARES = (4, 3, 3)  # of the width: the loop is indented most
NOT_RUN = mark("not run yet")


class _Column(QWidget):
    """One form: its title, its code, and what running it gave."""

    def __init__(self) -> None:
        super().__init__()
        self.title, self.code, self.result = QLabel(), QPlainTextEdit(), Plain(tr(NOT_RUN))
        self.title.setProperty("title", True)
        self.code.setReadOnly(True)
        leave_menu(self.code)
        self.code.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.result.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.title)
        layout.addWidget(self.code, 1)
        layout.addWidget(self.result)

    def show_form(self, form: Form) -> None:
        self.title.setText(tr(form.title))
        self.code.setAccessibleName(tr("Code: {title}", title=tr(form.title)))
        self.code.setPlainText(form.source.rstrip())
        self.result.setText(tr(NOT_RUN))

    def rescale(self) -> None:
        """Set the code in the system's type of fixed width, at the current zoom."""
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPointSizeF(zoom.font(look.SMALL).pointSizeF())
        self.code.setFont(font)


class CodePage(QWidget):
    """Loop, NumPy and PyTorch side by side, run on the followed batch when asked."""

    def __init__(self, background: Background) -> None:
        super().__init__()
        self._background = background
        self._task: Task | None = None
        self._snapshot: Snapshot | None = None
        self.columns = [_Column() for _ in SHARES]
        self.run = QPushButton(tr("Run on the batch"))
        self.run.setToolTip(tr("Run all three on the batch of the next update, and time them"))
        self.run.clicked.connect(self._run)
        self.shapes, self.absence = small_label(wraps=True), Plain()
        self.absence.setWordWrap(True)
        self._body = QWidget()
        row = QHBoxLayout(self._body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        for column, share in zip(self.columns, SHARES, strict=True):
            row.addWidget(column, share)
        head = QHBoxLayout()
        head.addWidget(self.run)
        head.addWidget(self.shapes, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 8, 0)
        layout.setSpacing(8)
        add_layout(layout, head)
        layout.addWidget(self.absence)
        layout.addWidget(self._body, 1)
        self.absence.hide()
        self.rescale()

    def rescale(self) -> None:
        for column in self.columns:
            column.rescale()

    def show_task(self, task: Task) -> None:
        """Show the code for this task's model, once it is known; nothing is run."""
        self._task, self._snapshot = task, None
        self.run.setEnabled(False)

        def work() -> tuple[str, tuple[Form, ...]]:
            from core.teach.derivations.code_run import forms, obstacle

            return obstacle(task), forms(task)

        def show(found: tuple[str, tuple[Form, ...]]) -> None:
            if task is self._task:
                self._show_forms(*found)

        self._background.ask("code", work, show)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Take the weights and the batch to run on."""
        self._snapshot = snapshot

    def _show_forms(self, obstacle: str, forms: tuple[Form, ...]) -> None:
        for column, form in zip(self.columns, forms, strict=True):
            column.show_form(form)
        self.shapes.setText("")
        self.absence.setText(obstacle)
        self.absence.setVisible(bool(obstacle))
        self._body.setVisible(not obstacle)
        self.run.setEnabled(not obstacle)

    def _run(self) -> None:
        task, snapshot = self._task, self._snapshot
        if task is None or snapshot is None:
            return
        self.run.setEnabled(False)

        def work() -> Ran:
            from core.teach.derivations.code_run import run

            return run(task, snapshot)

        def show(ran: Ran) -> None:
            if task is self._task:
                self.run.setEnabled(True)
                self._show_ran(ran, snapshot)

        self._background.ask("code", work, show, queue=Queue.STUDIES)

    def _show_ran(self, ran: Ran, snapshot: Snapshot) -> None:
        self.shapes.setText(
            f"{ran.shapes}   {tr('step {step}', step=format_integer(snapshot.step))}"
        )
        loop = ran.forms[0]
        for column, timed in zip(self.columns, ran.forms, strict=True):
            column.result.setText(_said(timed, loop, ran.all_rows))


def _said(timed: Timed, loop: Timed, all_rows: int) -> str:
    """Return how long a form took, how much faster than the loop, and how near it came."""
    per_row = timed.seconds / timed.rows
    words = [tr("{duration}, median of {runs}", duration=_duration(timed.seconds), runs=timed.runs)]
    if timed is not loop:
        faster = loop.seconds / loop.rows / per_row
        words.append(tr("{factor} times as fast as the loop", factor=format_three_digits(faster)))
    if timed.rows < all_rows:
        words.append(
            tr(
                "on the first {n} of {total} rows",
                n=format_integer(timed.rows),
                total=format_integer(all_rows),
            )
        )
    words.append(
        tr("equal to the trainer’s to {difference}", difference=format_magnitude(timed.difference))
    )
    return " · ".join(words)


def _duration(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{format_three_digits(seconds / size)} {unit}"
    return f"{format_three_digits(seconds * 1e6)} µs"
