"""Base class of the evaluation pages: computed on the background thread, shown here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QStackedWidget, QWidget

from core.data.task import Task
from core.evaluate.classification import Answers
from core.number_format import format_fixed
from gui.kit import zoom
from gui.kit.areas.scrolling import Scrolled
from gui.kit.theme import Theme

MARGIN = 0.025  # of a plot from 0 to 1, so that points on its edge are not cut off

Inspection = Callable[[Answers], Any]


def share_ticks() -> list[tuple[float, str]]:
    """Return the ticks of an axis from 0 to 1."""
    return [(k / 5, format_fixed(k / 5, 1)) for k in range(6)]


def scrolled(content: QWidget) -> Scrolled:
    """Return a scroll area for the content that scrolls vertically if the height is too small."""
    area = Scrolled()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setObjectName("pages")
    area.setStyleSheet("#pages { background: transparent; }")
    area.setWidget(content)
    content.setAutoFillBackground(False)
    area.viewport().setAutoFillBackground(False)
    return area


class Pages(QStackedWidget):
    """Takes no more height than the page in sight needs; Qt would take that of the highest."""

    def __init__(self) -> None:
        super().__init__()
        self.currentChanged.connect(lambda _: self.updateGeometry())

    def minimumSizeHint(self) -> QSize:
        page = self.currentWidget()
        if page is None:
            return super().minimumSizeHint()
        layout = page.layout()
        # A scroll area asks for the height of a width only where the layout of a page has one.
        is_asked = layout is None or layout.hasHeightForWidth()
        height = 0 if is_asked else self.heightForWidth(self.width())
        return QSize(page.minimumSizeHint().width(), height)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        page = self.currentWidget()
        layout = page.layout() if page is not None else None
        if page is None or layout is None:
            return super().heightForWidth(width)
        least = layout.minimumHeightForWidth(width)  # −1 where it does not depend on the width
        wanted = least if least >= 0 else page.minimumSizeHint().height()
        return max(wanted, zoom.px(page.least_height) if isinstance(page, Page) else 0)


class Page(QWidget):
    """One page of the evaluation; nothing is computed for a hidden one.

    least_height : in px at 100 %, of its plots with what is around them.
    """

    least_height = 200

    row_chosen = Signal(int)  # row of the data set
    changed = Signal()  # the result must be computed again

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme

    def show_theme(self, theme: Theme) -> None:
        """Apply the theme."""
        self.theme = theme

    def show_task(self, task: Task) -> None:
        """Clear the page and prepare it for the classes of this task."""

    def inspect(self, task: Task, text: str) -> Inspection:
        """Return the function that computes the result from the answers, on another thread.

        It has all settings bound, as it must not read the widget.

        text : name of the rows, as in “test rows”.
        """
        raise NotImplementedError

    def show_result(self, result: Any) -> None:
        """Show the result of the function that `inspect` returned."""
        raise NotImplementedError
