"""The derivation on the stage: one example's numbers, from its input to the new weights."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from core.data.shown_names import shown_classes
from core.data.task import Task
from core.language import mark, tr
from core.model_family import FAMILY
from core.number_format import format_integer
from core.train.snapshot import Snapshot, Status
from gui.derivation import numbers as trace_numbers
from gui.derivation.lines import PARTS, UPDATE
from gui.derivation.shape import Shape
from gui.derivation.tracer import Followed, Tracer
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.areas.scrolling import scrolled
from gui.kit.buttons import quiet_button
from gui.kit.described import tell
from gui.kit.fields.choices import Choice
from gui.kit.flow_layout import FlowLayout, side_by_side
from gui.kit.layouts import finish
from gui.kit.maths.sheet import Sheet
from gui.kit.plain_text import Plain, html, short
from gui.kit.theme import Theme
from gui.kit.view import View
from gui.stage.trace.chain import Chain
from gui.stage.trace.gradient_check_badge import CheckBadge
from gui.stage.trace.jacobian_view import FORMULAE, JacobianView
from gui.state.background_tasks import Background

GAP = 2  # px between the parts
SPACING = 4  # px between the derivation and the Jacobian
SPOKEN_WHEN_TRAINING = mark("The numbers change while it trains; pause to have them read.")


class TraceView(View):
    """One example followed through one update, with the numbers of the current step."""

    row_wanted = Signal(int)

    def __init__(self, theme: Theme, background: Background, tracer: Tracer) -> None:
        super().__init__(theme)
        self._tracer, self._background = tracer, background
        self._shape: Shape | None = None
        self.sheet, self.chain = Sheet(theme), Chain(theme)
        self.jacobian = JacobianView(theme)
        self.jacobian.hide()  # until its formula is typeset
        self._has_jacobian = False
        self._is_jacobian_wanted: bool | None = None  # None: where there is room
        self.badge = CheckBadge(theme, background)
        self._words = QLabel()
        self._words.setWordWrap(False)
        self._step = QLabel()
        zoom.set_type(self._step, look.SMALL)
        self._step.setProperty("small", True)
        self._build()
        tracer.watch(self, up_to_update=True, formulae=FORMULAE)
        tracer.traced.connect(self._show)
        tracer.part_changed.connect(self._light)
        self._show(None)
        self.show_theme()

    def _build(self) -> None:
        self._head = QWidget()
        row = FlowLayout(self._head, 6, 6)
        groups = (self._example_buttons(), self._cover_buttons(), self._part_buttons())
        self.open_jacobian = _button(
            tr("Jacobian"), tr("The derivatives of the outputs by the logits, below the numbers")
        )
        self.open_jacobian.setCheckable(True)
        self.open_jacobian.clicked.connect(self._open_jacobian)
        for group in (*groups, (self.badge, self.open_jacobian)):
            row.addWidget(side_by_side(*group))
        self._area = self._scrolled_sheets()
        self.absence = Plain()
        self.absence.setWordWrap(True)
        self.absence.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.absence.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 6, 8, 2)
        layout.setSpacing(GAP)
        layout.addWidget(self._head)
        layout.addWidget(self.chain)
        layout.addWidget(self._area, 1)
        layout.addWidget(self.absence, 1)

    def _example_buttons(self) -> tuple[QWidget, ...]:
        """Create the widgets that choose and name the example."""
        self.before, self.after = (
            _button("‹", tr("The row before")),
            _button("›", tr("The row after")),
        )
        self.before.clicked.connect(lambda: self._move(-1))
        self.after.clicked.connect(lambda: self._move(+1))
        self.label = Choice()
        self.label.setAccessibleName(tr("true class of the drawing"))
        self.label.setToolTip(tr("What the drawing is; from there on there is a loss"))
        self.label.chosen.connect(self._tracer.set_label)
        return self.before, self.after, self._words, self.label, self._step

    def _cover_buttons(self) -> tuple[QWidget, ...]:
        """Create the buttons that find the worst row, cover numbers and reveal them."""
        self.worst = _button(tr("Worst"), tr("The training row with the largest loss now"))
        self.worst.clicked.connect(self._choose_worst)
        covered = tr(
            "Cover a number, for the class to guess: by a click, or by arrow keys and Return"
        )
        self.cover = _button(tr("Cover"), covered)
        self.cover.setCheckable(True)
        self.cover.toggled.connect(self._set_covering)
        self.reveal = _button(tr("Reveal"), tr("Show every covered number"))
        self.reveal.clicked.connect(self.sheet.reveal_all)
        self.sheet.covered_changed.connect(self._note_covered)
        self._note_covered()
        return self.worst, self.cover, self.reveal

    def _part_buttons(self) -> tuple[QWidget, ...]:
        """Create a button for each part of an update."""
        self.parts = [
            _button(f"{k} {tr(name)}", tr("Part {k} of an update (N)", k=k))
            for k, name in enumerate(PARTS, start=1)
        ]
        for button in self.parts:
            button.setProperty("quiet", None)
            button.setProperty("marker", True)
            button.setCheckable(True)
            button.clicked.connect(self._press_part)
        return tuple(self.parts)

    def _scrolled_sheets(self) -> QScrollArea:
        """Return a scroll area with the derivation and the Jacobian below it."""
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING)
        column.addWidget(self.sheet)
        policy = self.jacobian.sizePolicy()  # it must not make the sheet wider than the stage
        policy.setHorizontalPolicy(QSizePolicy.Policy.Ignored)
        self.jacobian.setSizePolicy(policy)
        column.addWidget(self.jacobian)
        column.addStretch(1)
        area = scrolled(body)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.viewport().installEventFilter(self)
        return area

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        """Set the derivation as it fits, with the Jacobian if it is wanted or there is room.

        Where not all of it is in sight, it stands above itself in brief.
        """
        room = self._area.geometry().bottom() - self._head.geometry().bottom()
        height, is_whole = room - GAP - SPACING, True
        is_open = self._has_jacobian and self._is_jacobian_wanted is not False
        if is_open and self._is_jacobian_wanted is None:
            below = self.jacobian.minimumSizeHint().height() + SPACING
            is_open = self.sheet.fit(height - below, is_shrunk=False, or_stay=True)
        if not (is_open and self._is_jacobian_wanted is None):
            is_whole = self.sheet.fit(height, is_shrunk=not self.is_presented)
        is_brief = not (is_whole or self.is_presented or self._area.isHidden())
        self.chain.setVisible(is_brief)
        if is_brief and self._tracer.newest is not None:
            self.chain.follow(self._tracer.newest)
        self.open_jacobian.setChecked(is_open)
        self.jacobian.setVisible(is_open)

    def _open_jacobian(self, is_open: bool) -> None:
        self._is_jacobian_wanted = is_open
        self._fit()
        if is_open:
            finish()
            self._area.ensureWidgetVisible(self.jacobian)

    # What is shown --------------------------------------------------------------------------------

    def show_theme(self) -> None:
        self.sheet.set_theme(self.theme)
        self.chain.set_theme(self.theme)
        self.jacobian.set_theme(self.theme)
        self.badge.set_theme(self.theme)
        self._tracer.refresh()

    @property
    def is_at_rest(self) -> bool:
        return super().is_at_rest and self._tracer.is_at_rest

    def show_task(self, task: Task) -> None:
        if self.snapshot is None:
            self.badge.forget()
        names = shown_classes(task.dataset)
        self.label.set_options(
            [(tr("class ?"), None), *((name, k) for k, name in enumerate(names))], None
        )
        self.show_points(task)

    def show_points(self, task: Task) -> None:
        """Show why there is nothing to follow, where that is so."""
        absence = task.obstacle
        self.absence.setText(absence)
        self.absence.setVisible(bool(absence))
        for widget in (self._head, self._area):
            widget.setVisible(not absence)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        if self.task is not None:
            self.badge.set_snapshot(self.task, snapshot)
        self._tracer.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._tracer.refresh()  # batches are not averaged while the view is hidden

    def _show(self, followed: Followed | None) -> None:
        if followed is None:
            self._shape = None
            self.sheet.show_lines((), None, {})
            tell(self.sheet, "")
            self._has_jacobian = False
            self.open_jacobian.hide()
            self._fit()
            self.label.hide()
            self._words.clear()
            self._step.clear()
            return
        if not self.isVisible() or not followed.is_whole:
            return
        task, shape, example = followed.task, followed.shape, followed.example
        if is_new := shape != self._shape:
            self._shape = shape
            known = trace_numbers.meanings(shape, followed.lines)
            self.sheet.show_lines(followed.lines, task.dataset.image_shape, known)
            self.sheet.light(self._tracer.part)
        images = trace_numbers.pictures(shape, followed.trace) if shape.is_image else {}
        self.sheet.show_numbers(followed.values, images)
        trace = followed.trace
        label = trace.label
        model = FAMILY[trace.kind]
        has_jacobian = label is not None and model.outputs_sum_to_one
        if has_jacobian:
            self.jacobian.show_answer(
                trace.a,
                label if model.chain_collapses else None,
                shown_classes(task.dataset),
                task.dataset.class_marks,
            )
        if has_jacobian != self._has_jacobian or is_new:
            self._has_jacobian = has_jacobian
            self.open_jacobian.setVisible(has_jacobian)
            self._fit()
        if not self.chain.isHidden():
            self.chain.follow(followed)
        said = "" if example.label is None else f", {shown_classes(task.dataset)[example.label]}"
        self._words.setText(f"<b>{html(example.words)}</b>{html(short(said))}")
        self.label.setVisible(example.label is None)
        has_rows = example.row is not None
        self.before.setEnabled(has_rows)
        self.after.setEnabled(has_rows)
        self._step.setText(tr("step {step}", step=format_integer(trace.step)))
        if is_new:
            finish()  # the words of the head have another width
        is_live = followed.snapshot.status is Status.TRAINING
        tell(self.sheet, tr(SPOKEN_WHEN_TRAINING) if is_live else self.sheet.numbers.text())

    def turn(self, by: int) -> bool:
        """Take the next part of an update if by > 0; parts cannot be undone."""
        if by > 0:
            self._tracer.next_part()
        return True

    def turn_within(self, by: int) -> bool:
        """Take the parts of one update, and no further ones."""
        return by > 0 and self._tracer.part != UPDATE and self.turn(by)

    # What the user does ---------------------------------------------------------------------------

    def _move(self, by: int) -> None:
        example, task = self._tracer.chosen.example, self.task
        if example is not None and example.row is not None and task is not None:
            self.row_wanted.emit((example.row + by) % task.dataset.n)

    def _choose_worst(self) -> None:
        """Choose the training row with the largest loss, found on the background thread."""
        task, snapshot = self.task, self.snapshot
        if task is None or snapshot is None:
            return

        def work() -> int:
            from core.explain.probe import row_answers

            losses = row_answers(task, snapshot.params).loss[task.train_rows]
            return int(task.train_rows[int(np.nanargmax(losses))])

        self._background.ask("worst row", work, self.row_wanted.emit)

    def _press_part(self) -> None:
        self._light(self._tracer.part)  # every part's button takes the next part
        self._tracer.next_part()

    def _light(self, part: int | None) -> None:
        """Highlight a part of the update and scroll to it."""
        for k, button in enumerate(self.parts):
            button.setChecked(part is not None and k <= part)
        for sheet in (self.sheet, self.chain):
            sheet.light(part)
        if part is not None:
            top, bottom = self.sheet.span_of(part)
            bar = self._area.verticalScrollBar()
            available = self._area.viewport().height()
            if bottom > bar.value() + available or top < bar.value():
                bar.setValue(top - 8)

    def _set_covering(self, is_on: bool) -> None:
        self.sheet.is_covering = is_on

    def _note_covered(self, *_: object) -> None:
        self.reveal.setEnabled(bool(self.sheet.numbers.covered))


def _button(text: str, tip: str) -> QPushButton:
    """Return a button whose accessible name has its tool tip, as its label says little."""
    name = f"{text}: {tip[0].lower()}{tip[1:]}" if text[-1].isalpha() else tip
    return quiet_button(text, tip, name=name)
