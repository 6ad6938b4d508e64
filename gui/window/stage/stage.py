"""The stage: the main view, chosen by tabs; views that do not apply to the task are hidden."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.data.shown_task import describe as describe_sample
from core.data.shown_task import shown
from core.data.task import Task
from core.language import tr
from gui.kit.areas.grips import Gripped
from gui.kit.fields import kept
from gui.kit.labels import Elided
from gui.kit.layouts import add_layout
from gui.kit.view import View
from gui.window.look.pointing import point_at
from gui.window.stage.half import StageHalf
from gui.window.view_registry import keys_of
from gui.window.view_spec import ViewSpec


class Stage(QFrame):
    """Tabs above a large view, above a banner for messages; when split, two views side by side.

    A view is in exactly one half: when it is chosen in the other one, the two halves swap views.
    """

    turned = Signal(str)  # the view of this name is now shown, in either half

    def __init__(self, specs: Sequence[ViewSpec], banner: QWidget) -> None:
        super().__init__()
        self.setProperty("card", True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # Tab goes on to what can be used
        self.setAccessibleName(tr("Stage"))
        self._specs = specs
        self._is_slide = False  # in presenter mode
        self.names = tuple(spec.name for spec in specs)
        self._actions: dict[str, QAction] = {}
        self._views: dict[str, QWidget] = {name: QWidget() for name in self.names}  # placeholders
        self._main, self._beside = (StageHalf(specs, self._views) for _ in range(2))
        self._shown = {self._main: "", self._beside: ""}
        for view in self._views.values():
            self._main.hold(view)  # with a parent in the window, they are deleted with it
        for half in self._shown:
            half.tabs.chosen.connect(lambda name, half=half: self._turn_to(half, name))
        self.tabs, self.more = self._main.tabs, self._main.more
        self.enlarge_button = QToolButton()
        self.enlarge_button.setText("□")
        self.enlarge_button.setProperty("quiet", True)
        self.enlarge_button.setCheckable(True)
        self.enlarge_button.setToolTip(tr("Give the stage all the room; Esc returns"))
        self.enlarge_button.setAccessibleName(tr("Enlarge the stage"))
        self._main.head.addWidget(self.enlarge_button)
        self.tabs.tabBarDoubleClicked.connect(self._enlarge_beside_tabs)
        self._beside.hide()
        self._halves = halves = Gripped(Qt.Orientation.Horizontal)
        halves.setChildrenCollapsible(False)
        halves.restored.connect(halves.share_by_stretch)
        for half in self._shown:
            halves.addWidget(half)
            halves.setStretchFactor(halves.count() - 1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addWidget(halves, 1)
        self.sampled = Elided(Qt.TextElideMode.ElideRight)
        self.sampled.setProperty("muted", True)
        self.sampled.setAccessibleName(tr("sampled rows"))
        self.sampled.hide()
        row = QHBoxLayout()
        row.setContentsMargins(14, 0, 14, 8)
        row.addWidget(self.sampled)
        add_layout(column, row)
        column.addWidget(banner)  # below the views: over them it would hide an axis
        self.tabs.set_views(self.names, keys_of(self.names), self.names[0])
        self._turn_to(self._main, self.names[0])

    def _enlarge_beside_tabs(self, tab: int) -> None:
        """Enlarge the stage, or return it, by a double click beside the tabs."""
        if tab < 0:
            self.enlarge_button.toggle()

    def _turn_to(self, half: StageHalf, name: str) -> None:
        """Show this view in the half; focus in the old view moves to the stage itself."""
        if half.holds_focus(QApplication.focusWidget()):
            self.setFocus()
        other = self._beside if half is self._main else self._main
        before, self._shown[half] = self._shown[half], name
        other.let_go(self._views[name])
        half.put(name)
        if self._shown[other] == name and before:
            other.tabs.show_name(before)
        self.turned.emit(name)

    @property
    def is_split(self) -> bool:
        return not self._beside.isHidden()

    def split(self, is_split: bool) -> None:
        """Show two views side by side, or one."""
        if is_split == self.is_split:
            return
        self._beside.setVisible(is_split)
        if is_split:
            self._fill_beside()
            self._halves.setSizes([self.width()] * 2)
        else:
            # When it is visible again, the view may not apply any more.
            self._beside.let_go(self._views[self._shown[self._beside]])
            self._shown[self._beside] = ""
            self._main.put(self.current)
            self.turned.emit(self.current)  # there is one view again

    @property
    def shares(self) -> str:
        """The widths of the two halves as text; "" if the stage is not split."""
        return kept.listed(self._halves.sizes()) if self.is_split else ""

    def set_shares(self, text: str) -> None:
        """Divide the width of a split stage as in the format of `shares`, if it is one."""
        found = kept.sizes(text, self._halves.count())
        if found and self.is_split:
            room = sum(self._halves.sizes())
            self._halves.setSizes([room * each // sum(found) for each in found])

    def _fill_beside(self) -> None:
        """Offer the same views in the second half, and show one that the first does not show."""
        others = [name for name in self.available if name != self.current]
        shown = self._shown[self._beside]
        name = shown if shown in others else others[0]
        self._beside.tabs.set_views(self.available, {}, name)
        self._turn_to(self._beside, name)

    def present(self, is_on: bool) -> None:
        """Hide the tabs, as keys choose the view in presenter mode, or show them again."""
        self._is_slide = is_on
        for half in self._shown:
            half.present(is_on)

    def flatten(self, is_flat: bool) -> None:
        """Make the tabs flat, so that the views have their height, or as high as usual."""
        for half in self._shown:
            half.tabs.take_shape("flat", is_flat)

    def bind(self, name: str, action: QAction) -> None:
        """Make the action that shows this view visible and enabled only along with its tab."""
        self._actions[name] = action

    def replace(self, name: str, view: View) -> None:
        """Replace the view or placeholder of this name."""
        old, self._views[name] = self._views[name], view
        for half in self._shown:
            half.replace(old, view)
            view.fold_changed.connect(half.show_folding)
        old.deleteLater()

    def show_task(self, task: Task) -> None:
        """Offer the views that apply to the task.

        If their set changes, show the first one that is `first_for` the task, else keep the shown
        view, or show the first available one if that does not apply.
        """
        words = describe_sample(shown(task))
        self.sampled.setText(
            tr("Read from disk: all rows train, and {sample} is shown", sample=words)
        )
        self.sampled.setVisible(bool(words))
        available = tuple(spec.name for spec in self._specs if spec.applies_to(task))
        keys = keys_of(available)
        for name, action in self._actions.items():
            action.setVisible(name in available)
            action.setEnabled(name in available)
            action.setShortcut(QKeySequence(keys.get(name, "")))
        if available == self.available:
            return
        before = self.current
        first = (s.name for s in self._specs if s.name in available and s.first_for(task))
        current = next(first, before if before in available else available[0])
        self.tabs.set_views(available, keys, current)
        if current != before:
            self._turn_to(self._main, current)
        if self.is_split:
            self._fill_beside()

    @property
    def available(self) -> tuple[str, ...]:
        """Names of the views that apply."""
        return self.tabs.available

    @property
    def current(self) -> str:
        return self.tabs.current

    @property
    def beside(self) -> str:
        """The view in the second half; "" if the stage is not split."""
        return self._shown[self._beside] if self.is_split else ""

    def show_beside(self, name: str) -> None:
        """Show the view of this name in the second half of a split stage, if it applies."""
        self._beside.tabs.show_name(name)

    @property
    def _spec(self) -> ViewSpec | None:
        return next((spec for spec in self._specs if spec.name == self.current), None)

    @property
    def is_page(self) -> bool:
        """Whether the shown view is a page, which takes space of the side panel."""
        shown = self._spec
        return shown is not None and (shown.is_page or (shown.is_whole_slide and self._is_slide))

    @property
    def is_wide(self) -> bool:
        """Whether the shown view is a page where the window is crowded."""
        return self._spec is not None and self._spec.is_wide

    @property
    def is_tall(self) -> bool:
        """Whether the shown view is a page where the side panel lies under the stage."""
        return self._spec is not None and self._spec.is_tall

    def show_name(self, name: str) -> None:
        """Show the view of this name, if it applies."""
        self.tabs.show_name(name)

    def go_to(self, name: str) -> None:
        """Show the view of this name, if it applies; Tab goes on from the stage."""
        self.show_name(name)
        self.setFocus()

    def point_at(self, name: str) -> None:
        """Point at the stage if the name is that of one of its views."""
        point_at(self, name in self.names)
