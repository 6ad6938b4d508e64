"""A child process in which a user acts on the window at rest, one action after the other.

Prints for each the longest stretch for which the window's thread computed without a look at what
the user does next: a turn of its event loop, by the thread's own processor time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer
from PySide6.QtTest import QTest

from benchmarks.children import window as child
from benchmarks.children.window import Driver
from gui.window.main_window import MainWindow

SETTLED_SECONDS = 0.3  # at rest, after which nothing comes any more
PAUSE_SECONDS = 0.001  # between two turns of a loop that has nothing to do
IDLE_SECONDS = 0.002  # of a turn in which nothing was done
LOADED_MS = 2500  # from the start until what is loaded in the background is there
CTRL, NO_KEY = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier
Act = Callable[[], object]


class Actions(Driver):
    """Does each action once the one before has come to rest, all of them `plan.count` times."""

    def _begin(self) -> None:
        self._poster = _Poster(self)
        QTimer.singleShot(LOADED_MS, self._act)

    def _act(self) -> None:
        found: dict[str, float] = {}
        for _ in range(self._plan.count):
            for name, act in actions(self._window):
                spent = 1000 * self._longest_stretch(act)
                found[name] = max(found.get(name, 0.0), spent)
        self._end(found)

    def _longest_stretch(self, act: Act) -> float:
        """Return the longest turn of the event loop from the action until rest, in seconds."""
        self._poster.post(act)
        longest, busy_at = 0.0, time.monotonic()
        while time.monotonic() - busy_at < SETTLED_SECONDS:
            started = time.thread_time()
            QCoreApplication.processEvents()
            spent = time.thread_time() - started
            longest = max(longest, spent)
            if spent > IDLE_SECONDS or not self._window.is_at_rest:
                busy_at = time.monotonic()
            else:
                time.sleep(PAUSE_SECONDS)
        return longest


class _Poster(QObject):
    """Acts as an event does: what follows from it at once belongs to the same turn."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._act: Act | None = None

    def post(self, act: Act) -> None:
        self._act = act
        QCoreApplication.postEvent(self, QEvent(QEvent.Type.User))

    def event(self, event: QEvent) -> bool:
        if event.type() != QEvent.Type.User or self._act is None:
            return super().event(event)
        self._act()
        return True


def actions(window: MainWindow) -> list[tuple[str, Act]]:
    """Return what a user does, by name, in an order that comes back to where it began."""

    def key(key: Qt.Key, modifier: Qt.KeyboardModifier = NO_KEY) -> Act:
        return lambda: QTest.keyClick(window, key, modifier)

    stage, look, cards = window.stage, window.appearance, window.side_panel.cards
    views = [(name, partial(stage.go_to, name)) for name in (*stage.available, stage.current)]
    return [
        ("slide", key(Qt.Key.Key_F5)),
        ("end of the slide", key(Qt.Key.Key_Escape)),
        ("zoom in", key(Qt.Key.Key_Plus, CTRL)),
        ("zoom out", key(Qt.Key.Key_Minus, CTRL)),
        ("dark", partial(look.choose, "dark")),
        ("light", partial(look.choose, "light")),
        *views,
        ("two views", key(Qt.Key.Key_D, CTRL)),
        ("one view", key(Qt.Key.Key_D, CTRL)),
        ("large card", cards[0].enlarge_button.click),
        ("all cards", key(Qt.Key.Key_Escape)),
        ("all settings", key(Qt.Key.Key_Comma, CTRL)),
        ("few settings", key(Qt.Key.Key_Comma, CTRL)),
        ("other model", lambda: window.knobs.kind_chosen.emit("ovr")),
        ("undo", key(Qt.Key.Key_Z, CTRL)),
        ("other data", lambda: window.data_choice.choose("digits")),
        ("data as before", lambda: window.data_choice.choose("iris")),
        ("step", key(Qt.Key.Key_S)),
        ("step back", key(Qt.Key.Key_B)),
    ]


if __name__ == "__main__":
    child.main({"act": Actions})
