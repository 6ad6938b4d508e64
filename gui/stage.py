"""The stage: the big picture, chosen by tabs; views that cannot apply are absent."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QLabel, QStackedWidget, QTabBar, QVBoxLayout, QWidget


class Stage(QFrame):
    """Tabs above one large view."""

    def __init__(self, views: Mapping[str, QWidget]) -> None:
        super().__init__()
        self.setProperty("card", True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.names = tuple(views)
        self._actions: dict[str, QAction] = {}
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setUsesScrollButtons(False)  # scrolled to a tab, it would leave a gap
        self.tabs.setAccessibleName("views")
        self._stack = QStackedWidget()
        for number, (name, view) in enumerate(views.items(), start=1):
            self.tabs.addTab(name)
            self.tabs.setTabToolTip(number - 1, f"Show {name.lower()} ({number})")
            digit = QLabel(str(number))
            digit.setProperty("small", True)
            self.tabs.setTabButton(number - 1, QTabBar.ButtonPosition.RightSide, digit)
            self._stack.addWidget(view)
        self.tabs.currentChanged.connect(self._stack.setCurrentIndex)
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
        old.deleteLater()

    def offer(self, applies: Mapping[str, bool], first: str) -> None:
        """Show the tabs that apply; where what was shown does not, show the first."""
        before = {name for i, name in enumerate(self.names) if self.tabs.isTabVisible(i)}
        for i, name in enumerate(self.names):
            self.tabs.setTabVisible(i, applies[name])
            if name in self._actions:
                self._actions[name].setVisible(applies[name])
                self._actions[name].setEnabled(applies[name])
        now = {name for name, is_shown in applies.items() if is_shown}
        if now != before or not applies[self.current]:
            self.show_name(first)

    @property
    def current(self) -> str:
        return self.names[self.tabs.currentIndex()]

    def show_name(self, name: str) -> None:
        """Show the view of this name, if it applies."""
        index = self.names.index(name)
        if self.tabs.isTabVisible(index):
            self.tabs.setCurrentIndex(index)
            self._stack.setCurrentIndex(index)
