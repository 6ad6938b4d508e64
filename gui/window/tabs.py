"""The stage: the big picture, chosen by tabs; views that cannot apply are absent."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QFontMetricsF, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLabel,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from core.data.task import Task
from gui.kit import theme as look
from gui.kit.fields.unscrolled import Tabs
from gui.window.view_registry import ViewSpec, key_of

ROOM_OF_A_TAB = 40  # px beside its name: margins and its digit
ROOM_OF_A_NARROW_TAB = 11  # without the digit; below that, names are smaller


class Stage(QFrame):
    """Tabs above one large view."""

    def __init__(self, specs: Sequence[ViewSpec]) -> None:
        super().__init__()
        self.setProperty("card", True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._specs = specs
        self.names = tuple(spec.name for spec in specs)
        self._actions: dict[str, QAction] = {}
        self._digits: list[QLabel] = []
        self.tabs = Tabs()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setUsesScrollButtons(False)  # scrolled to a tab, it would leave a gap
        self.tabs.setAccessibleName("views")
        self._stack = QStackedWidget()
        for i, name in enumerate(self.names):
            self.tabs.addTab(name)
            self.tabs.setTabToolTip(i, f"Show {name.lower()} ({key_of(name)})")
            digit = QLabel(key_of(name))
            digit.setProperty("small", True)
            self._digits.append(digit)
            self.tabs.setTabButton(i, QTabBar.ButtonPosition.RightSide, digit)
            self._stack.addWidget(QWidget())  # until its view is made
        self.tabs.currentChanged.connect(self._turn_to)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        layout.addWidget(self.tabs)
        line = QFrame()
        line.setFrameShape(QFrame.Shape.HLine)
        line.setFixedHeight(1)
        line.setObjectName("tabline")
        layout.addWidget(line)
        layout.addWidget(self._stack, 1)

    def _turn_to(self, index: int) -> None:
        """Show this view; the focus of the one before goes to the stage, not to what is next."""
        focused = QApplication.focusWidget()
        if focused is not None and self._stack.isAncestorOf(focused):
            self.setFocus()
        self._stack.setCurrentIndex(index)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Leave the digits out where there is no room for them: the tooltips name them, too."""
        names = self.offered
        metrics = QFontMetricsF(look.scaled(self.font(), 1.0, bold=True))
        words = sum(metrics.horizontalAdvance(name) for name in names)
        is_narrow = words + ROOM_OF_A_TAB * len(names) > self.width()
        is_tight = words + ROOM_OF_A_NARROW_TAB * len(names) > self.width()
        wanted = is_narrow and not is_tight, is_tight
        if wanted != (bool(self.tabs.property("narrow")), bool(self.tabs.property("tight"))):
            for name, value in zip(("narrow", "tight"), wanted, strict=True):
                self.tabs.setProperty(name, value)
            self.tabs.style().unpolish(self.tabs)
            self.tabs.style().polish(self.tabs)
        for i, digit in enumerate(self._digits):
            is_seen = self.tabs.isTabVisible(i) and not is_narrow
            words_now = key_of(self.names[i]) if is_seen else ""
            if words_now != digit.text():
                digit.setText(words_now)
                digit.setFixedWidth(digit.sizeHint().width() if words_now else 0)
                # Set again, it is measured again.
                self.tabs.setTabButton(i, QTabBar.ButtonPosition.RightSide, digit)
                digit.setVisible(bool(words_now))

    def bind(self, name: str, action: QAction) -> None:
        """Let the action, which shows this view, come and go with its tab."""
        self._actions[name] = action

    def replace(self, name: str, view: QWidget) -> None:
        """Put another view behind the tab of this name."""
        index = self.names.index(name)
        if (old := self._stack.widget(index)) is None:
            return
        self._stack.insertWidget(index, view)
        self._stack.removeWidget(old)
        self._stack.setCurrentIndex(self.tabs.currentIndex())
        old.deleteLater()

    def show_task(self, task: Task) -> None:
        """Show the tabs that apply; where what was shown does not, show the first."""
        applies = {spec.name: spec.applies_to(task) for spec in self._specs}
        before = set(self.offered)
        for i, name in enumerate(self.names):
            if self.tabs.isTabVisible(i) != applies[name]:  # each makes the bar lay out its tabs
                self.tabs.setTabVisible(i, applies[name])
                # Where room is short, the bar gives a share of it to tabs that are not seen.
                self.tabs.setTabText(i, name if applies[name] else "")
            if name in self._actions:
                self._actions[name].setVisible(applies[name])
                self._actions[name].setEnabled(applies[name])
        self._fit()
        now = {name for name, is_shown in applies.items() if is_shown}
        if now != before or not applies[self.current]:
            self.show_name(next(spec.name for spec in self._specs if spec.first_for(task)))

    @property
    def offered(self) -> tuple[str, ...]:
        """The names of the views that apply."""
        return tuple(name for i, name in enumerate(self.names) if self.tabs.isTabVisible(i))

    @property
    def current(self) -> str:
        return self.names[self.tabs.currentIndex()]

    def show_name(self, name: str) -> None:
        """Show the view of this name, if it applies."""
        index = self.names.index(name)
        if self.tabs.isTabVisible(index):
            self.tabs.setCurrentIndex(index)
            self._stack.setCurrentIndex(index)
