"""The view of the demonstrations: a list, and the chosen one beside it."""

from __future__ import annotations

import time

from PySide6.QtCore import QAbstractItemModel, QEvent, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.data.task import Task
from core.language import mark, tr
from core.train.snapshot import Snapshot
from gui.kit import theme as look
from gui.kit import zoom
from gui.kit.fields import kept
from gui.kit.fields.unscrolled import Combo
from gui.kit.layouts import add_layout
from gui.kit.maths.formula import Formula
from gui.kit.plain_text import as_tip
from gui.kit.theme import Theme
from gui.kit.view import View
from gui.stage.demos import installed, parts
from gui.stage.demos.demo import MARGIN, Demo, DemoPage
from gui.stage.demos.four_losses import FourLossesDemo
from gui.stage.demos.guessing import GuessingDemo
from gui.stage.demos.information.divergence import DivergenceDemo
from gui.stage.demos.likelihood import LikelihoodDemo
from gui.stage.demos.neuron.sigmoid import SigmoidDemo
from gui.stage.demos.neuron.two_classes import TwoClassesDemo
from gui.stage.demos.one_hot import OneHotDemo
from gui.stage.demos.overflow import OverflowDemo
from gui.stage.demos.pictures.picture_numbers import PictureNumbersDemo
from gui.stage.demos.reduction import ReductionDemo
from gui.stage.demos.shift import ShiftDemo
from gui.stage.demos.simplex import SimplexDemo
from gui.stage.demos.softmax_twice import SoftmaxTwiceDemo
from gui.stage.demos.temperature import TemperatureDemo
from gui.stage.demos.texts.normaliser import NormaliserDemo
from gui.stage.demos.texts.push_and_pull import PushAndPullDemo
from gui.stage.demos.worked_example import WorkedExampleDemo
from gui.state.background_tasks import Background
from gui.state.selected_example import Chosen, Example

GROUPS: tuple[tuple[str, tuple[type[Demo], ...]], ...] = (
    (
        mark("Softmax"),
        (
            WorkedExampleDemo,
            ShiftDemo,
            TwoClassesDemo,
            TemperatureDemo,
            SimplexDemo,
            OverflowDemo,
            NormaliserDemo,
        ),
    ),
    (
        mark("Loss"),
        (
            SigmoidDemo,
            OneHotDemo,
            LikelihoodDemo,
            DivergenceDemo,
            GuessingDemo,
            FourLossesDemo,
            SoftmaxTwiceDemo,
            ReductionDemo,
            PushAndPullDemo,
        ),
    ),
    (mark("Data"), (PictureNumbersDemo,)),
)
LIST_FROM, LIST_HEIGHT = 600, 330  # px at 100 % from which the list is beside the demonstration
TABS_FROM, MENU_FROM = 800, 560  # px at 100 % from which the box has room beside tabs, or a menu
TOP = 10  # px above the box, where that is above the demonstration
LETTERS, MENU_LETTERS = 14, 20  # of a title that the box has room for at least, beside a menu
INTERVAL = 0.1  # s between two updates from a run
BESIDE_PX = 8  # beside the longest title in the list


class DemosView(View):
    """The titles on the left, or in a combo box above if narrow; beside them the chosen one.

    Where it is too low for the list, the box stands beside the tabs of the stage, if these have
    room; a very low one has it beside the menu that stands for them, and folds what to do.
    """

    low_px = 240

    def __init__(self, theme: Theme, chosen: Chosen, background: Background | None = None) -> None:
        super().__init__(theme)
        self._chosen, self._background = chosen, background
        self.rows: list[type[Demo] | None] = []  # by row of the list; None for a heading
        self._pages: dict[int, tuple[Demo, DemoPage]] = {}
        self._made: dict[int, Demo] = {}  # by row; their formulae are being typeset
        self._tasks: dict[int, Task] = {}  # by row; the task whose run it shows
        self._first = QTimer(self)  # paints the frame before a demonstration is made
        self._first.setSingleShot(True)
        self._first.timeout.connect(self._show_chosen)
        self._shown_at = 0.0
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._show_run)
        self.titles = _Titles()
        self.titles.setAccessibleName(tr("Demonstrations"))
        self.titles.setProperty("plain", True)
        self.titles.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.combo = _Box(self.titles.model())
        self._fill()
        self._stack = QStackedWidget()
        self._right = right = QVBoxLayout()
        right.setSpacing(0)
        right.setContentsMargins(0, 0, 0, 0)
        self._above = QWidget()
        self._is_lent = False  # the box, to stand beside the tabs
        self._line = above = QHBoxLayout(self._above)
        above.setContentsMargins(MARGIN, TOP, MARGIN, 0)
        above.addWidget(self.combo, 1)
        self._reset = parts.reset_button(lambda: self.demo.reset())  # noqa: PLW0108  the one shown then
        above.addWidget(self._reset)
        right.addWidget(self._above)
        right.addWidget(self._stack, 1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self._left = QWidget()
        (left := QVBoxLayout(self._left)).setContentsMargins(8, 10, 0, 8)
        left.addWidget(self.titles)
        layout.addWidget(self._left)
        add_layout(layout, right, 1)
        self.titles.currentRowChanged.connect(self.choose)
        self.combo.activated.connect(self.titles.setCurrentRow)
        chosen.changed.connect(self._show_example)
        self.fold_changed.connect(self._show_titles)
        self._fit()
        self.titles.setCurrentRow(1)

    @property
    def demo(self) -> Demo:
        """The chosen demonstration."""
        return self._page(self.titles.currentRow())[0]

    @property
    def is_at_rest(self) -> bool:
        is_made = self.titles.currentRow() in self._pages or not self.isVisible()
        return is_made and super().is_at_rest

    @property
    def kept_choices(self) -> dict[str, kept.Kept]:
        return {"demonstration": kept.combo(self.combo)}

    def choose(self, row: int) -> None:
        """Show the demonstration in this row of the list; it is created when first visible."""
        if self._is_demo(row):
            self.combo.setCurrentIndex(row)
            if self.isVisible():
                self._show_chosen()

    def choose_title(self, title: str) -> None:
        """Show the demonstration with this title."""
        self.titles.setCurrentRow([cls and cls.title for cls in self.rows].index(title))
        for demo, _ in self._pages.values():
            demo.begin_turning()

    def _is_demo(self, row: int) -> bool:
        return 0 <= row < len(self.rows) and self.rows[row] is not None

    def _show_chosen(self) -> None:
        """Show the chosen demonstration, now or as soon as its formulae are typeset."""
        row = self.titles.currentRow()
        if not self._is_demo(row):
            return
        if row in self._pages or self._background is None:
            demo, area = self._page(row)
            self._reset.setVisible(demo.can_reset)
            self._stack.setCurrentWidget(area)
            self._show_run()
            return
        if row not in self._made:
            self._made[row] = self._make(row)
        works = [formula.typesetting() for formula in self._made[row].findChildren(Formula)]
        self._background.ask(
            "demonstration", lambda: [work() for work in works], lambda _: self._show_typeset(row)
        )

    def _show_typeset(self, row: int) -> None:
        self._page(row)
        self._show_chosen()

    def _make(self, row: int) -> Demo:
        cls = self.rows[row]
        assert cls is not None
        demo = installed.made(cls, self.theme)
        demo.use(self._background)
        return demo

    def _page(self, row: int) -> tuple[Demo, DemoPage]:
        """Return the demonstration and its page, which is created if it does not exist."""
        if row not in self._pages:
            demo = self._made.pop(row, None) or self._make(row)
            area = DemoPage(demo)
            self._pages[row] = demo, area
            self._show_titles()
            self._stack.addWidget(area)
            demo.show_example(self._chosen.example)
            demo.present(self.is_presented)
        return self._pages[row]

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.titles.currentRow() not in self._pages:
            self._first.start(0)

    def turn(self, by: int) -> bool:
        """Show the next stop or demonstration (+1), or the one before (−1)."""
        if self.turn_within(by):
            return True
        row = self.titles.currentRow() + by
        while 0 <= row < len(self.rows) and self.rows[row] is None:  # a heading
            row += by
        if not 0 <= row < len(self.rows):
            return by < 0  # after the last one, lessons follow
        self.titles.setCurrentRow(row)
        return True

    def turn_within(self, by: int) -> bool:
        """Go to the next stop of the demonstration, then to what is out of sight, or back."""
        row = self.titles.currentRow()
        if row not in self._pages:
            return False
        demo, area = self._pages[row]
        if by < 0 and area.turn(by):
            return True
        if not demo.turn(by):
            return by > 0 and area.turn(by)
        if (part := demo.turned_to) is not None:
            top = part.mapTo(demo, part.rect().topLeft()).y() + demo.y()
            area.verticalScrollBar().setValue(top - part.height())
        return True

    def present(self, is_on: bool) -> None:
        """Leave list and advice out of a slide: page keys turn it, and the speaker says it."""
        self._fit()
        for demo, _ in self._pages.values():
            demo.present(is_on)

    def show_task(self, task: Task) -> None:
        """Discard the demonstrations that show another task's run; they are created anew."""
        for row in [row for row, shown in self._tasks.items() if shown is not task]:
            del self._tasks[row]
            demo, page = self._pages.pop(row)
            demo.end()
            self._stack.removeWidget(page)
            page.deleteLater()
        if self.isVisible() and self.titles.currentRow() not in self._pages:
            self._show_chosen()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        wait = self._shown_at + INTERVAL - time.monotonic()
        if wait <= 0:
            self._show_run()
        elif not self._later.isActive():
            self._later.start(round(1000 * wait) + 1)

    def show_theme(self) -> None:
        self._made.clear()
        for demo, _ in self._pages.values():
            demo.show_theme(self.theme)
        self._dress_headings()
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fill(self) -> None:
        """Fill the list with the titles, each group under its heading."""
        brought, failures = installed.demonstrations()
        others = ((installed.GROUP, brought),) if brought or failures else ()
        for group, classes in (*GROUPS, *others):
            self._add_words(tr(group))
            for cls in classes:
                self.titles.addItem(tr(cls.title))
                self.rows.append(cls)
        for sentence in failures:
            self._add_words(sentence)
        self._dress_headings()

    def _add_words(self, text: str) -> None:
        """Add a row that cannot be chosen."""
        item = QListWidgetItem(text)
        item.setToolTip(as_tip(text))
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        self.titles.addItem(item)
        self.rows.append(None)

    def _dress_headings(self) -> None:
        bold = zoom.font(look.SMALL, bold=True)
        for row, cls in enumerate(self.rows):
            if cls is None:
                self.titles.item(row).setFont(bold)
                self.titles.item(row).setForeground(QColor(self.theme.muted))

    def _fit(self) -> None:
        """Show the list if the view is large enough, else the combo box, which is the title too."""
        scale = zoom.factor()
        is_wide = self.width() >= LIST_FROM * scale and self.height() >= LIST_HEIGHT * scale
        lent_from, letters = (MENU_FROM, MENU_LETTERS) if self.is_low else (TABS_FROM, LETTERS)
        self.combo.setMinimumContentsLength(letters)
        self._lend(self.width() >= lent_from * scale and not is_wide)
        self._left.setVisible(is_wide and not self.is_presented)
        self._above.setVisible(not is_wide and not self.is_presented)
        self._show_titles()
        for demo, _ in self._pages.values():
            demo.updateGeometry()  # whether it has one column or two depends on the height

    @property
    def may_fold(self) -> bool:
        return True  # what to do, of each demonstration

    @property
    def beside_tabs(self) -> QWidget | None:
        return self._above if self._is_lent else None

    def _lend(self, is_lent: bool) -> None:
        """Have the box beside the tabs, or above the demonstration."""
        if is_lent == self._is_lent:
            return
        self._is_lent = is_lent
        if not is_lent:
            self._right.insertWidget(0, self._above)
            zoom.follow_within(self._above)
        top, side = (0, 0) if is_lent else (TOP, MARGIN)
        self._line.setContentsMargins(side, top, side, 0)
        self.fold_changed.emit()

    def _show_titles(self) -> None:
        for _, area in self._pages.values():
            area.head.setVisible(self._above.isHidden())
            area.fold(self.is_presented or self.is_folded)

    def _show_run(self) -> None:
        row = self.titles.currentRow()
        if self.task is None or self.snapshot is None or not self.isVisible():
            return
        if row not in self._pages:  # it is being created
            return
        self._shown_at = time.monotonic()
        self.demo.show_run(self.task, self.snapshot)
        if self.demo.shows_runs:
            self._tasks[row] = self.task

    def _show_example(self, example: Example | None) -> None:
        for demo, _ in self._pages.values():
            demo.show_example(example)
        self._show_run()


class _Box(Combo):
    """The titles in a box that gives way where the tabs need its width."""

    def __init__(self, titles: QAbstractItemModel) -> None:
        super().__init__()
        self.setAccessibleName(tr("Demonstrations"))
        self.setToolTip(tr("Choose a demonstration"))
        self.setModel(titles)
        self.setSizeAdjustPolicy(self.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)


class _Titles(QListWidget):
    """A list as wide as its longest title, whenever its type changes."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        bar = self.verticalScrollBar().sizeHint().width()
        return QSize(self.sizeHintForColumn(0) + bar + BESIDE_PX, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(self.sizeHint().width(), super().minimumSizeHint().height())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.updateGeometry()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.scheduleDelayedItemsLayout()  # rows measured before have no padding
