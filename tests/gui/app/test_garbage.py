"""Garbage with Qt objects in it is collected on the window's thread alone."""

from __future__ import annotations

import gc
import threading

from PySide6.QtCore import Qt, QTimer

from gui.app.garbage import GarbageCollector

WAIT_MS = 30_000


class Cyclic(QTimer):
    """A timer that refers to itself."""

    def __init__(self) -> None:
        super().__init__()
        self.itself = self


def drop_a_timer(deleted_by: list[str]) -> None:
    """Leave behind a running timer that only the garbage collector can find."""
    timer = Cyclic()
    timer.start(10)
    timer.destroyed.connect(
        lambda: deleted_by.append(threading.current_thread().name),
        Qt.ConnectionType.DirectConnection,
    )


def make_many_objects() -> None:
    """Make so many that Python's own rule wants all generations looked through."""
    kept = [[k] for k in range(200_000)]
    assert kept


def test_a_thread_that_makes_many_objects_deletes_no_timer(qtbot):
    deleted_by: list[str] = []
    drop_a_timer(deleted_by)
    thread = threading.Thread(target=make_many_objects)
    thread.start()
    thread.join()
    assert not deleted_by


def test_the_window_s_thread_deletes_it(qtbot):
    deleted_by: list[str] = []
    drop_a_timer(deleted_by)
    kept: list[list[int]] = []

    def is_deleted() -> bool:
        kept.extend([k] for k in range(gc.get_threshold()[0] + 1))
        return bool(deleted_by)

    qtbot.waitUntil(is_deleted, timeout=WAIT_MS)
    assert deleted_by == [threading.main_thread().name]


def test_what_exists_when_start_up_ends_is_looked_through_no_more(qapp):
    collector = GarbageCollector(qapp)
    lives_to_the_end = [[k] for k in range(1000)]
    collector.end_start_up()
    assert gc.get_freeze_count() >= len(lives_to_the_end)
    assert not any(one is lives_to_the_end for one in gc.get_objects())
    collector.deleteLater()


def test_the_garbage_after_that_is_collected(qtbot, qapp):
    qapp.findChild(GarbageCollector).end_start_up()
    deleted_by: list[str] = []
    drop_a_timer(deleted_by)
    gc.collect()
    assert deleted_by == [threading.main_thread().name]
