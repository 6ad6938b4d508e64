"""What views need first is loaded before they are shown."""

import threading

from gui.kit.maths import formula


def test_the_typesetter_is_loaded_beside_the_window(open_window, qtbot, monkeypatch):
    threads: list[int] = []
    monkeypatch.setattr(formula, "load", lambda: threads.append(threading.get_ident()))
    open_window()
    qtbot.waitUntil(lambda: bool(threads))
    assert threads[0] != threading.get_ident()
