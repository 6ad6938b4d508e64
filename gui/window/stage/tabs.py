"""Tabs of the stage: one per view, or one per group of views, which a menu offers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QMenu

from core.language import mark, tr
from gui.kit.fields.unscrolled import Tabs
from gui.window.view_spec import ViewSpec, in_sentence

MENU_SIGN = " ▾"
ALL = mark("Views")  # the single group if there is no space for tabs
OPENS = (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class StageTabs(Tabs):
    """Offers views by name. A group's tab has the name of its shown view when it is current.

    If the tabs do not fit, all views form one group.
    """

    chosen = Signal(str)  # name of the view to show

    def __init__(self, specs: Sequence[ViewSpec]) -> None:
        super().__init__()
        self._group_of = {spec.name: spec.group for spec in specs}
        self._available: tuple[str, ...] = ()
        self._keys: Mapping[str, str] = {}
        self._groups: list[tuple[str, list[str]]] = []  # for each tab: group and its views
        self._shown: dict[str, str] = {}  # for each group: the view shown last
        self._width_needed = 0
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setUsesScrollButtons(False)  # scrolling to a tab would leave a gap
        self.setProperty("narrow", True)
        self.setAccessibleName(tr("views"))
        self.currentChanged.connect(self._turn_to)

    @property
    def available(self) -> tuple[str, ...]:
        """Names of the views that can be chosen."""
        return self._available

    @property
    def current(self) -> str:
        """Name of the shown view; "" if there is none."""
        if not self._groups:
            return ""
        name, members = self._groups[self.currentIndex()]
        return self._shown.get(name, members[0])

    def set_views(self, names: Sequence[str], keys: Mapping[str, str], current: str) -> None:
        """Set the views, at least one, and show `current`; keys : shortcuts by view name."""
        self._available, self._keys = tuple(names), keys
        self._make_tabs(current, is_one=False)
        self._width_needed = self.sizeHint().width()
        self._fit()

    def show_name(self, name: str) -> None:
        """Show the view of this name, if it is available."""
        for i, (group, members) in enumerate(self._groups):
            if name in members:
                is_other = self.currentIndex() == i and self.current != name
                self._shown[group] = name
                self._label(i)
                self.setCurrentIndex(i)
                if is_other:
                    self.chosen.emit(name)

    def _make_tabs(self, current: str, *, is_one: bool) -> None:
        """Create a tab for each view or group, or one for all."""
        groups: dict[str, list[str]] = {}
        for name in self._available:
            groups.setdefault(ALL if is_one else self._group_of[name] or name, []).append(name)
        before = self.blockSignals(True)
        self._groups = []
        while self.count():
            self.removeTab(0)
        for i, (group, members) in enumerate(groups.items()):
            if self._shown.get(group) not in members:
                self._shown.pop(group, None)
            if current in members:
                self._shown[group] = current
            self._groups.append((group, members))
            self.addTab("")
            self._label(i)
        at = next(i for i, (_, members) in enumerate(self._groups) if current in members)
        self.setCurrentIndex(at)
        for i in range(self.count()):
            self._label(i)
        self.blockSignals(before)

    def _label(self, index: int) -> None:
        group, members = self._groups[index]
        if len(members) == 1:
            text, tip = tr(members[0]), tr("Show {view}", view=self._named(members[0]))
        else:
            is_current = index == self.currentIndex()
            text = tr(self._shown.get(group, group) if is_current else group) + MENU_SIGN
            tip = tr("Show {view}", view=", ".join(map(self._named, members)))
        if text != self.tabText(index):
            self.setTabText(index, text)
        self.setAccessibleTabName(index, text.replace(MENU_SIGN, tr(", a menu")))
        self.setTabToolTip(index, tip)

    def _named(self, name: str) -> str:
        key = self._keys.get(name)
        return in_sentence(name) + (f" ({key})" if key else "")

    def _turn_to(self, _: int) -> None:
        for i in range(self.count()):
            self._label(i)
        self.chosen.emit(self.current)

    def _fit(self) -> None:
        is_one = self._width_needed > self.width()
        if self._groups and is_one != (self._groups[0][0] == ALL):
            self._make_tabs(self.current, is_one=is_one)

    # Events -------------------------------------------------------------------------------------

    def minimumSizeHint(self) -> QSize:
        """Return a width of 0: when the tabs do not fit, a menu replaces them."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and self._available:
            self.set_views(self._available, self._keys, self.current)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = self.tabAt(event.position().toPoint())
        if at >= 0 and event.button() == Qt.MouseButton.LeftButton and self._open_menu(at):
            return
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in OPENS and self._open_menu(self.currentIndex()):
            return
        super().keyPressEvent(event)

    def _open_menu(self, index: int) -> bool:
        """Open the menu of a tab; return whether the tab has one, as those of groups do."""
        _, members = self._groups[index]
        if len(members) == 1:
            return False
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name in members:
            action = menu.addAction(f"{tr(name)}\t{self._keys.get(name, '')}")
            action.setCheckable(True)
            action.setChecked(name == self.current)
            action.triggered.connect(lambda _=False, name=name: self.show_name(name))
        menu.popup(self.mapToGlobal(self.tabRect(index).bottomLeft() + QPoint(0, 1)))
        return True
