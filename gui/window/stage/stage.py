"""The stage: the big picture, chosen by tabs; views that cannot apply are absent."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.data.task import Task
from gui.window.stage.tabs import StageTabs
from gui.window.view_registry import ViewSpec, keys_of


class Stage(QFrame):
    """Tabs above one large view, at whose lower edge a banner may lie."""

    turned = Signal(str)  # to the view of this name

    def __init__(self, specs: Sequence[ViewSpec], banner: QWidget) -> None:
        super().__init__()
        self.setProperty("card", True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._specs = specs
        self.names = tuple(spec.name for spec in specs)
        self._actions: dict[str, QAction] = {}
        self.tabs = StageTabs(specs)
        self.enlarge_button = QToolButton()
        self.enlarge_button.setText("□")
        self.enlarge_button.setProperty("quiet", True)
        self.enlarge_button.setCheckable(True)
        self.enlarge_button.setToolTip("Give the stage all the room; Esc returns")
        self.enlarge_button.setAccessibleName("Enlarge the stage")
        self._stack = QStackedWidget()
        for _ in self.names:
            self._stack.addWidget(QWidget())  # until its view is made
        self.tabs.chosen.connect(self._turn_to)
        self._head = QWidget()
        head = QHBoxLayout(self._head)
        head.setContentsMargins(0, 0, 4, 0)
        head.setSpacing(0)
        head.addWidget(self.tabs, 1)
        head.addWidget(self.enlarge_button)
        self._line = QFrame()
        self._line.setFixedHeight(1)
        self._line.setObjectName("tabline")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        layout.addWidget(self._head)
        layout.addWidget(self._line)
        place = QGridLayout()  # the banner lies on the view
        place.addWidget(self._stack, 0, 0)
        place.addWidget(banner, 0, 0, Qt.AlignmentFlag.AlignBottom)
        layout.addLayout(place, 1)
        self.tabs.offer(self.names, keys_of(self.names), self.names[0])

    def _turn_to(self, name: str) -> None:
        """Show this view; the focus of the one before goes to the stage, not to what is next."""
        focused = QApplication.focusWidget()
        if focused is not None and self._stack.isAncestorOf(focused):
            self.setFocus()
        self._stack.setCurrentIndex(self.names.index(name))
        self.turned.emit(name)

    def present(self, is_on: bool) -> None:
        """Leave the tabs out, as keys choose the view, or show them again."""
        for widget in (self._head, self._line):
            widget.setVisible(not is_on)

    def bind(self, name: str, action: QAction) -> None:
        """Let the action, which shows this view, come and go with its tab."""
        self._actions[name] = action

    def replace(self, name: str, view: QWidget) -> None:
        """Put another view behind the tab of this name."""
        index = self.names.index(name)
        if (old := self._stack.widget(index)) is None:
            return
        is_shown = self._stack.currentWidget() is old
        self._stack.insertWidget(index, view)
        self._stack.removeWidget(old)
        if is_shown:
            self._stack.setCurrentIndex(index)
        old.deleteLater()

    def show_task(self, task: Task) -> None:
        """Offer the views that apply; where what was shown does not, show the first."""
        offered = tuple(spec.name for spec in self._specs if spec.applies_to(task))
        keys = keys_of(offered)
        for name, action in self._actions.items():
            action.setVisible(name in offered)
            action.setEnabled(name in offered)
            action.setShortcut(QKeySequence(keys.get(name, "")))
        if offered == self.offered:
            return
        before = self.current
        first = (s.name for s in self._specs if s.name in offered and s.first_for(task))
        current = next(first, before if before in offered else offered[0])
        self.tabs.offer(offered, keys, current)
        if current != before:
            self._turn_to(current)

    @property
    def offered(self) -> tuple[str, ...]:
        """The names of the views that apply."""
        return self.tabs.offered

    @property
    def current(self) -> str:
        return self.tabs.current

    def show_name(self, name: str) -> None:
        """Show the view of this name, if it applies."""
        self.tabs.show_name(name)
