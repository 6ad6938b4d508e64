"""A button whose menu lists names to tick."""

from __future__ import annotations

from collections.abc import Callable, Collection

from PySide6.QtWidgets import QMenu, QToolButton

from core.data.task import Task
from core.language import tr
from gui.kit.plain_text import as_tip, short, unmarked

MOST_LISTED = 40
ALL = ("all",)  # as DataConfig has it


class MenuPicker(QToolButton):
    """Shows how many of some names the task uses, and lists them in a menu."""

    def __init__(self) -> None:
        super().__init__()
        self._task: Task | None = None
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setMenu(QMenu(self))

    def _fill(
        self,
        names: tuple[str, ...],
        said: tuple[str, ...],
        used: Collection[str],
        toggle: Callable[[str], None],
        *,
        may_be_none: bool,
    ) -> QMenu:
        """List the names, those in use ticked, and return the menu, which ends with a separator.

        said : the names as they are shown.
        may_be_none : whether the last one in use may be taken out.
        """
        count = tr("{n} of {total}", n=len(used), total=len(names))
        self.setText(f"{count} ▾")
        self.setAccessibleDescription(f"{count}. {self.toolTip()}")
        menu = self.menu()
        menu.clear()
        for name, words in zip(names, said, strict=True):
            action = menu.addAction(unmarked(short(words)))
            action.setToolTip(as_tip(words))
            action.setCheckable(True)
            action.setChecked(name in used)
            action.setEnabled(name not in used or may_be_none or len(used) > 1)
            action.triggered.connect(lambda _=False, n=name: toggle(n))
        menu.addSeparator()
        return menu
