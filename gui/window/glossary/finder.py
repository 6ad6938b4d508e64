"""Which page of the glossary is about a widget: by its words, else by the part that it is in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from gui.kit.areas.grips import Grip
from gui.kit.view import View
from gui.setup.knobs_row import KnobsRow
from gui.setup.setup_panel import SetupPanel
from gui.window.lesson.strip import LessonStrip
from gui.window.message import Banner
from gui.window.presenter import PresenterBar
from gui.window.rail import Rail
from gui.window.run_bar import RunBar
from gui.window.side.panel import SidePanel
from gui.window.stage.stage import Stage
from gui.window.status_area import StatusArea
from gui.window.timeline import HistoryBar

if TYPE_CHECKING:
    from core.teach.glossary import Entry

PARTS: tuple[tuple[type[QWidget], str], ...] = (  # the innermost of these decides
    (Grip, "Stage"),
    (RunBar, "Run bar"),
    (PresenterBar, "Presenter mode"),
    (KnobsRow, "Settings"),
    (SetupPanel, "Settings"),
    (Rail, "Data sets"),
    (LessonStrip, "Lessons"),
    (HistoryBar, "Time line"),
    (Banner, "Messages"),
    (SidePanel, "Side cards"),
    (StatusArea, "Messages"),
)
TAGS = re.compile(r"<[^>]*>")


def entry_about(widget: QWidget, views: Iterable[tuple[str, View]]) -> Entry | None:
    """Return the entry of what a widget of the window shows or sets, or of the part it is in.

    views : those that have been made, by name.
    """
    from core.teach import glossary

    names = {view: name for name, view in views}
    at: QWidget | None = widget
    while at is not None and not at.isWindow():
        told = _words_of(at)
        found = _part(at, names) if isinstance(at, Stage | View) else None
        found = found or next(filter(None, map(glossary.named, told)), None)
        if found is None and at is widget:
            found = next(filter(None, map(glossary.within, told)), None)
        if found is None:
            found = _part(at, names)
        if found is not None:
            return found
        at = at.parentWidget()
    return None


def _part(widget: QWidget, names: dict[View, str]) -> Entry | None:
    """Return the entry of the view or of the part of the window that this widget is, or None."""
    from core.teach import glossary

    if isinstance(widget, View):
        return glossary.part(names[widget]) if widget in names else None
    if isinstance(widget, Stage):
        return glossary.part(widget.current) or glossary.part("Stage")
    return next((glossary.part(name) for kind, name in PARTS if isinstance(widget, kind)), None)


def _words_of(widget: QWidget) -> list[str]:
    """Return what the widget is called, as a screen reader hears it and as it is written on it."""
    told = [widget.accessibleName()]
    if isinstance(widget, QAbstractButton | QLabel):
        told.append(unescape(TAGS.sub("", widget.text())).replace("\xa0", " "))
    if isinstance(widget, QLabel) and (buddy := widget.buddy()) is not None:
        told.append(buddy.accessibleName())
    return [words for words in told if words.strip()]
