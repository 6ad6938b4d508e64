"""The view of the derivations: a choice, and the chosen one unfolding line by line."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from core.data.shown_names import shown_classes
from core.data.task import Task
from core.language import mark, tr
from core.model_family import FAMILY
from core.number_format import format_integer
from core.teach.derivations.catalogue import BY_KEY, DERIVATIONS
from core.teach.derivations.derivation import Derivation
from core.train.snapshot import Snapshot, Status
from gui.derivation.tracer import Followed, Tracer
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.areas.scrolling import Scrolled
from gui.kit.buttons import quiet_button
from gui.kit.described import tell
from gui.kit.fields import kept
from gui.kit.fields.unscrolled import Combo
from gui.kit.flow_layout import FlowLayout, side_by_side
from gui.kit.maths.notation import Key
from gui.kit.maths.unfolding_sheet import UnfoldingSheet
from gui.kit.plain_text import Plain
from gui.kit.theme import Theme
from gui.kit.view import View
from gui.stage.derive.code_page import CodePage
from gui.stage.derive.unfolding import Unfolded, unfold
from gui.state.background_tasks import Background

SPOKEN_WHEN_TRAINING = mark("The numbers change while it trains; pause to have them read.")
ALL = 1000  # more lines than any derivation has


class _Area(Scrolled):
    """A scroll area that leaves the arrow keys to the view around it."""

    resized = Signal()

    def __init__(self, sheet: UnfoldingSheet) -> None:
        super().__init__()
        body = QWidget()
        body.setObjectName("body")
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 8, 0)
        column.addWidget(sheet)
        column.addStretch(1)
        sheet.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(body)
        self.setStyleSheet("QScrollArea, #body { background: transparent; }")
        self.viewport().setAutoFillBackground(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()


class DerivationView(View):
    """Formulae on the left of each line, the numbers of the followed example on the right."""

    lit = Signal(object)  # key of what is pointed at, as the model that trains has it, or None
    kind_wanted = Signal(str)  # kind of model that a derivation is about
    one_map_wanted = Signal()  # a model without its hidden layer

    def __init__(self, theme: Theme, background: Background, tracer: Tracer) -> None:
        super().__init__(theme)
        self._background, self._tracer = background, tracer
        self._unfolded: Unfolded | None = None
        self._count = 1  # lines that are shown
        self.choice = Combo()
        self.choice.setAccessibleName(tr("Derivations"))
        self.choice.setToolTip(tr("Choose a derivation"))
        _fill(self.choice, [each for each in DERIVATIONS if each.fits(0)])
        self.choice.currentIndexChanged.connect(self._begin)
        self.sheet = UnfoldingSheet(theme)
        self.sheet.pointed.connect(self._point)
        tip = tr("Fold the last line again (←, or Page Up on a slide)")
        self.back = quiet_button(tr("‹ Back"), tip)
        tip = tr("Unfold a line (→, or Page Down on a slide)")
        self.next = quiet_button(tr("Next line ›"), tip)
        self.all = quiet_button(tr("All"), tr("Unfold all lines (End)"))
        self.code = quiet_button(tr("Code"), tr("The gradient as code, run on the batch and timed"))
        self.code.setCheckable(True)
        self.code.toggled.connect(self._show_page)
        self.page = CodePage(background)
        self.title, self.watch, self.note = QLabel(), QLabel(), Plain()
        self.switch = QPushButton()
        self.switch.setAccessibleName(tr("Train the model of this derivation"))
        self.switch.setToolTip(tr("The data stay; the numbers are then those of the model itself"))
        self.absence, self.unhide = Plain(), QPushButton(tr("Train without a hidden layer"))
        self.unhide.setToolTip(tr("The other derivations are of models without one; the data stay"))
        self.unhide.clicked.connect(self.one_map_wanted)
        self._example = Plain()
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # so that its keys are heard
        self._build()
        tracer.watch(self, up_to_update=False)
        tracer.traced.connect(self._take)
        self._begin()
        self.show_theme()

    def _build(self) -> None:
        for button, act in (
            (self.back, lambda: self.unfold(self._count - 1)),
            (self.next, lambda: self.unfold(self._count + 1)),
            (self.all, lambda: self.unfold(ALL)),
        ):
            button.clicked.connect(act)
        self.switch.clicked.connect(self._switch)
        zoom.set_type(self._example, look.SMALL)
        self._example.setProperty("small", True)
        self._head = QWidget()
        head = FlowLayout(self._head, 6, 6)
        turns = self.back, self.next, self.all, self.code
        for group in ((self.choice, self.unhide), turns, (self._example,)):
            head.addWidget(side_by_side(*group))
        zoom.set_type(self.title, 1.35, bold=True)
        self.title.hide()
        for label in (self.watch, self.note, self.absence):
            label.setWordWrap(True)
        for label in (self.watch, self.note):
            zoom.set_type(label, look.SMALL)
            label.setProperty("small", True)
        self._below = QWidget()
        below = QHBoxLayout(self._below)
        below.setContentsMargins(0, 0, 0, 0)
        below.addWidget(self.note, 1)
        below.addWidget(self.switch)
        self._area = _Area(self.sheet)
        self._area.resized.connect(self._fit_slide)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 10, 8, 8)
        layout.setSpacing(8)
        for widget in (self._head, self.title, self.watch):
            layout.addWidget(widget)
        layout.addWidget(self._area, 1)
        layout.addWidget(self.page, 1)
        layout.addWidget(self._below)
        layout.addWidget(self.absence)
        self._below.hide()
        self.unhide.hide()
        self.absence.hide()

    # What is shown --------------------------------------------------------------------------------

    @property
    def derivation(self) -> Derivation:
        """The chosen derivation."""
        return BY_KEY[self.choice.currentData()]

    @property
    def length(self) -> int:
        """How many lines it has; 1 until they are known."""
        return len(self._unfolded.shown.lines) if self._unfolded is not None else 1

    @property
    def count(self) -> int:
        """How many lines are shown."""
        return min(self._count, self.length)

    def choose_key(self, key: str) -> None:
        """Show the derivation with this key from its first line, if the model has one."""
        index = self.choice.findData(key)
        if index >= 0:
            self.choice.setCurrentIndex(index)
            self.unfold(1)

    def _offer(self, hidden: int) -> None:
        """Offer the derivations about models with so many hidden units; keep the chosen one."""
        chosen = self.choice.currentData()
        if chosen is None or not BY_KEY[chosen].fits(hidden):
            _fill(self.choice, [each for each in DERIVATIONS if each.fits(hidden)])
            self._begin()

    def unfold(self, count: int) -> None:
        """Show this many lines, at least 1."""
        if count == self._count + 1 or (self.is_presented and count != self._count):
            self._area.follow_end()  # where the line is that was unfolded, once there is room
        self._count = max(count, 1)
        if self._unfolded is None:  # it is being typeset
            return
        self._count = self.count
        self.sheet.unfold(self._count, self._unfolded.ready)
        if self._unfolded.ready < self._count:
            self._take(self._tracer.newest)
        self._show_title()
        self.back.setEnabled(self._count > 1)
        for button in (self.next, self.all):
            button.setEnabled(self._count < self.length)

    def turn(self, by: int) -> bool:
        """Unfold the next line or fold the last; behind the ends come other derivations."""
        index = self.choice.currentIndex() + by
        if not self.turn_within(by) and 0 <= index < self.choice.count():
            self.choice.setCurrentIndex(index)
        return True

    def turn_within(self, by: int) -> bool:
        """Unfold the next line of this derivation, or fold the last."""
        is_known = self._unfolded is not None  # else it is being typeset
        is_there = self._count + by >= 1 and (not is_known or self._count + by <= self.length)
        if is_there:
            self.unfold(self._count + by)
        return is_there

    def show_theme(self) -> None:
        self.sheet.set_theme(self.theme)
        self._tracer.refresh()

    @property
    def is_at_rest(self) -> bool:
        newest = self._tracer.newest
        shows_newest = newest is None or self.shows(newest)
        is_ready = self._unfolded is None or self._unfolded.ready == self.length
        is_there = self._tracer.is_at_rest and shows_newest and is_ready
        is_there = is_there or not self.isVisible()
        return super().is_at_rest and is_there

    def shows(self, followed: Followed) -> bool:
        """Return whether the numbers are those of this trace."""
        return self._unfolded is not None and self._unfolded.followed is followed

    @property
    def kept_choices(self) -> dict[str, kept.Kept]:
        return {"derivation": kept.combo(self.choice)}

    def present(self, is_on: bool) -> None:
        """Show the title instead of the fields; a clicker unfolds the lines."""
        self._head.setVisible(not is_on and not self.absence.text())
        self.title.setVisible(is_on and not self.absence.text())
        self._fit_slide()

    def _show_page(self) -> None:
        """Show the lines, or the code if it is wanted and there is some."""
        self.code.setVisible(self.derivation.has_code)
        is_code = self.derivation.has_code and self.code.isChecked()
        self._area.setVisible(not is_code and not self.absence.text())
        self.page.setVisible(is_code and not self.absence.text())
        has_note = self._unfolded is not None and bool(self._unfolded.note)
        self._below.setVisible(has_note and not is_code and not self.absence.text())

    def rescale(self) -> None:
        self.page.rescale()

    def show_task(self, task: Task) -> None:
        self._unfolded = None
        self._offer(task.config.model.hidden)
        self.page.show_task(task)
        self.show_points(task)

    def show_points(self, task: Task) -> None:
        """Show why there is nothing to follow, where that is so."""
        self.absence.setText(task.obstacle)
        self.absence.setVisible(bool(task.obstacle))
        self.unhide.setVisible(task.config.model.hidden > 0)
        self.watch.setVisible(not task.obstacle)
        self._show_page()
        self.present(self.is_presented)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self.page.show_snapshot(snapshot)
        self._tracer.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._tracer.refresh()
        self._take(self._tracer.newest)

    # The followed example -------------------------------------------------------------------------

    def _begin(self) -> None:
        """Show the chosen derivation from its first line."""
        self._count, self._unfolded = 1, None
        self._area.begin()
        self.sheet.show_lines((), None, {})  # until those of this one are typeset
        self._show_title()
        self.watch.setText(tr(self.derivation.watch))
        self._show_page()
        self._take(self._tracer.newest)

    def _take(self, followed: Followed | None) -> None:
        """Compute the derivation for a new trace."""
        if followed is None:
            self._unfolded = None
            self.sheet.show_lines((), None, {})
            tell(self.sheet, "")
            self._example.setText("")
            self._below.hide()
            return
        if not self.isVisible():
            return
        derivation, known, wanted = self.derivation, self._unfolded, self._count
        self._background.ask(
            "derivation", lambda: unfold(derivation, followed, known, wanted), self._show_unfolded
        )

    def _show_unfolded(self, unfolded: Unfolded) -> None:
        before, self._unfolded = self._unfolded, unfolded
        if unfolded.derivation is not self.derivation or unfolded.followed.task is not self.task:
            self._unfolded = before
            return
        lines = unfolded.shown
        if before is None or before.shown is not lines:
            self.sheet.show_unfolding(lines.lines, lines.meanings, self._count, unfolded.ready)
        self.sheet.show_numbers(unfolded.values)
        if before is None or (before.shown, before.ready) != (lines, unfolded.ready):
            self.unfold(self._count)
        if unfolded.ready < self.length:  # the next line, while this one is read
            self._take(self._tracer.newest)
        self._example.setText(_words(unfolded.followed))
        self._show_page()
        self.note.setText(unfolded.note)
        self.switch.setVisible(not unfolded.scene.is_own)
        words = tr("Train {kind}", kind=FAMILY[unfolded.wanted].title_in_text)
        self.switch.setText(words)
        self.switch.setAccessibleName(tr("{action}, the model of this derivation", action=words))
        is_live = unfolded.followed.snapshot.status is Status.TRAINING
        tell(self.sheet, tr(SPOKEN_WHEN_TRAINING) if is_live else self.sheet.numbers.text())

    def _fit_slide(self) -> None:
        """Let a slide hold the last line, large, and those before it as far as there is room."""
        is_slide = self.is_presented and self.isVisible()
        self.sheet.set_slide(self._area.viewport().height() if is_slide else None)

    def _show_title(self) -> None:
        """Say which derivation a slide shows, and how far it is unfolded."""
        title = tr(self.derivation.title)
        place = tr("line {n} of {total}", n=self.count, total=self.length)
        self.title.setText(title if self._unfolded is None else f"{title} · {place}")

    # What the user does ---------------------------------------------------------------------------

    def _switch(self) -> None:
        if self._unfolded is not None:
            self.kind_wanted.emit(self._unfolded.wanted)

    def _point(self, key: Key | None) -> None:
        known = self._unfolded
        self.lit.emit(known.in_model(key) if known is not None and key is not None else None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Right:
                self.unfold(self._count + 1)
            case Qt.Key.Key_Left:
                self.unfold(self._count - 1)
            case Qt.Key.Key_End:
                self.unfold(ALL)
            case Qt.Key.Key_Home:
                self.unfold(1)
            case _:
                super().keyPressEvent(event)


def _fill(choice: Combo, derivations: Sequence[Derivation]) -> None:
    """Offer these, of which the first is chosen, without a signal."""
    with QSignalBlocker(choice):
        choice.clear()
        for each in derivations:
            choice.addItem(tr(each.title), each.key)


def _words(followed: Followed) -> str:
    """Say which example is shown, and at which step."""
    example = followed.example
    names = shown_classes(followed.task.dataset)
    said = "" if example.label is None else f", {names[example.label]}"
    step = tr("step {step}", step=format_integer(followed.trace.step))
    return f"{example.words}{said} · {step}"
