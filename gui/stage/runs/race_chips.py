"""Chips of the entries of a race, and the menu that adds one."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMenu, QPushButton, QToolButton, QWidget

from core.data.suitability import not_counted
from core.language import tr
from core.runs.race import MOST
from core.runs.run_record import Record, same_features
from gui.kit.flow_layout import FlowLayout
from gui.kit.plain_text import as_tip, short, unmarked
from gui.kit.theme import Theme
from gui.stage.runs.race_entries import Entry, name_of, variants
from gui.state.kept_runs import LIVE, KeptRuns, free_colour, free_name, swatch

NAME_LETTERS = 26


class RaceChips(QWidget):
    """A chip for each entry, which removes it when clicked.

    entries : of the race, in order. live : the live run. add_button : placed by the owner.
    """

    changed = Signal()  # of entries

    def __init__(self, theme: Theme, kept: KeptRuns) -> None:
        super().__init__()
        self._theme, self._kept = theme, kept
        self._is_open = True
        self.live: Record | None = None
        self._before: Record | None = None  # the newest live run that there was
        self.entries: list[Entry] = []
        self._flow = FlowLayout(self, 6, 4)
        self.add_button = QToolButton()
        self.add_button.setText(tr("+ Add"))
        self.add_button.setToolTip(tr("Add a kept run, or a variant of the run that is shown"))
        self.add_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = QMenu(self.add_button)
        self.menu.aboutToShow.connect(self._fill_menu)
        self.add_button.setMenu(self.menu)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._show()

    def set_open(self, is_open: bool) -> None:
        """Allow or forbid changes of the entries; during a race they are forbidden."""
        if is_open != self._is_open:
            self._is_open = is_open
            self._show()

    def show_live(self, live: Record | None, *, has_begun: bool) -> None:
        """Take the live run; on other data or features, remove all entries.

        has_begun : whether the race has begun, so that entries keep the settings of its start.
        """
        self.live = live
        if live is None:  # until the first snapshot of the next run
            return
        before, self._before = self._before, live
        is_new = before is None or before.task is not live.task
        if is_new and before is not None and not same_features(before.task, live.task):
            has_begun = False
            self._change([])
        is_other = before is None or before.name != live.name or before.settings != live.settings
        if not has_begun and (is_new or is_other):
            self._refresh_live(live)

    def _refresh_live(self, live: Record) -> None:
        """Update the entry of the live run, if any, to its current settings."""
        if any(entry.colour == LIVE for entry in self.entries):
            self._change([Entry.of(live) if e.colour == LIVE else e for e in self.entries])

    def enter_default(self) -> None:
        """If there are no entries, enter the live run and ticked runs on the same features."""
        live = self.live
        if live is None or self.entries:
            return
        ticked = [
            Entry.of(record)
            for record in self._kept.shown(live.task)
            if same_features(record.task, live.task)
        ]
        self._change([Entry.of(live), *ticked[: MOST - 1]])

    def enter(self, entry: Entry) -> None:
        """Add an entry with a unique colour and name; do nothing if the race is full."""
        if len(self.entries) >= MOST:
            return
        taken = [other.colour for other in self.entries]
        colour = entry.colour
        if colour in taken or colour == LIVE:
            colour = free_colour(taken)
        name = free_name(entry.name, (other.name for other in self.entries))
        self._change([*self.entries, Entry(name, colour, entry.task, entry.config)])

    def leave(self, entry: Entry) -> None:
        """Remove an entry."""
        self._change([other for other in self.entries if other is not entry])

    def _enter_live(self) -> None:
        if self.live is not None and len(self.entries) < MOST:
            self._change([Entry.of(self.live), *self.entries])

    def _change(self, entries: list[Entry]) -> None:
        self.entries = entries
        self._show()
        self.changed.emit()

    def _fill_menu(self) -> None:
        menu, live = self.menu, self.live
        menu.clear()
        if live is None:
            return
        if not any(entry.colour == LIVE for entry in self.entries):
            menu.addAction(unmarked(short(live.name))).triggered.connect(self._enter_live)
        runs = menu.addMenu(tr("Kept runs"))
        for record in self._kept.records:
            action = runs.addAction(
                swatch(self._theme, record.colour), unmarked(short(record.name))
            )
            action.setEnabled(same_features(record.task, live.task))
            if not action.isEnabled():
                action.setText(tr("{text} (other data or features)", text=action.text()))
            action.setToolTip(as_tip(record.name))
            action.triggered.connect(partial(self._press_enter, Entry.of(record)))
        runs.setEnabled(bool(self._kept.records))
        menu.addSeparator()
        config = Entry.of(live).config
        for title, group in variants(config, live.task.source.h):
            submenu = menu.addMenu(title)
            for words, made in group:
                entry = Entry(name_of(config, made, words), LIVE, live.task, made)
                action = submenu.addAction(unmarked(short(words)))
                action.setEnabled(not not_counted(live.task.dataset, made.data, made.model))
                action.triggered.connect(partial(self._press_enter, entry))

    def _press_enter(self, entry: Entry, _: bool = False) -> None:
        self.enter(entry)

    def _press_leave(self, entry: Entry, _: bool = False) -> None:
        self.leave(entry)

    def _show(self) -> None:
        self.add_button.setEnabled(len(self.entries) < MOST and self._is_open)
        self.setVisible(bool(self.entries) and self._is_open)
        self._flow.clear()
        for entry in self.entries:
            metrics = self.fontMetrics()
            width = NAME_LETTERS * metrics.averageCharWidth()
            name = metrics.elidedText(entry.name, Qt.TextElideMode.ElideRight, width)
            chip = QPushButton(swatch(self._theme, entry.colour), f" {unmarked(name)}  ×")
            chip.setToolTip(as_tip(tr("{name}: a click takes it out of the race", name=entry.name)))
            chip.setAccessibleName(tr("{name}, in the race", name=entry.name))
            chip.clicked.connect(partial(self._press_leave, entry))
            self._flow.addWidget(chip)
