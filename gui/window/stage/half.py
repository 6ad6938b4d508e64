"""One half of the stage: tabs above one view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.language import tr
from gui.kit import zoom
from gui.kit.view import View
from gui.window.stage.tabs import StageTabs
from gui.window.view_spec import ViewSpec


class StageHalf(QWidget):
    """Tabs above a stack of views, one of which is shown.

    views : all views by name, shared by all halves; each view is in exactly one half.
    """

    def __init__(self, specs: Sequence[ViewSpec], views: Mapping[str, QWidget]) -> None:
        super().__init__()
        self._views = views
        self.tabs = StageTabs(specs)
        self._stack = QStackedWidget()
        self._nothing = QWidget()  # shown while no view is
        self._stack.addWidget(self._nothing)
        self._head = QWidget()
        self.head = QHBoxLayout(self._head)
        self.head.setContentsMargins(0, 0, 4, 0)
        self.head.setSpacing(0)
        self.head.addWidget(self.tabs, 1)
        self._lent = QStackedWidget()  # what the shown view has beside the tabs
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._lent.setSizePolicy(policy)
        self._lent.hide()
        self.head.addWidget(self._lent, 1)
        self.more = QToolButton()  # in a low window
        self.more.setText("⋯")
        self.more.setProperty("quiet", True)
        self.more.setCheckable(True)
        self.more.setToolTip(tr("Show the choices and texts of this view too"))
        self.more.setAccessibleName(tr("Choices and texts of this view"))
        self.more.clicked.connect(self._unfold)
        self.more.hide()
        self.head.addWidget(self.more)
        self._line = QFrame()
        self._line.setFixedHeight(1)
        self._line.setObjectName("tabline")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._head)
        layout.addWidget(self._line)
        layout.addWidget(self._stack, 1)

    def hold(self, view: QWidget) -> None:
        """Move a view to this half without showing it."""
        if self._stack.indexOf(view) < 0:
            self._stack.addWidget(view)

    def put(self, name: str) -> None:
        """Move the view of this name to this half and show it."""
        self.hold(self._views[name])
        self._stack.setCurrentWidget(self._views[name])
        self.setAccessibleName(tr(name))
        self.show_folding()

    def show_folding(self) -> None:
        """Offer the parts that the shown view folds, and those that it has beside the tabs."""
        view = self._stack.currentWidget()
        self.more.setVisible(isinstance(view, View) and view.is_low)
        self.more.setChecked(isinstance(view, View) and view.is_unfolded)
        lent = view.beside_tabs if isinstance(view, View) else None
        if lent is not None and self._lent.indexOf(lent) < 0:
            self._lent.addWidget(lent)
            zoom.follow_within(lent)
        if lent is not None:
            self._lent.setCurrentWidget(lent)
        self._lent.setVisible(lent is not None)

    def _unfold(self, is_on: bool) -> None:
        view = self._stack.currentWidget()
        if isinstance(view, View):
            view.unfold(is_on)

    def let_go(self, view: QWidget) -> None:
        """Show nothing if this view is shown.

        A stack whose shown view leaves shows its neighbour, which may not apply to the task.
        """
        if self._stack.currentWidget() is view:
            self._stack.setCurrentWidget(self._nothing)
            self.show_folding()

    def replace(self, old: QWidget, view: QWidget) -> None:
        """Replace a view by another; does nothing if the old one is not in this half."""
        if self._stack.indexOf(old) < 0:
            return
        self._stack.addWidget(view)
        if self._stack.currentWidget() is old:
            self._stack.setCurrentWidget(view)
        self._stack.removeWidget(old)
        self.show_folding()

    def holds_focus(self, widget: QWidget | None) -> bool:
        return widget is not None and self._stack.isAncestorOf(widget)

    def present(self, is_on: bool) -> None:
        """Hide the tabs, as keys choose the view in presenter mode, or show them again."""
        for widget in (self._head, self._line):
            widget.setVisible(not is_on)
