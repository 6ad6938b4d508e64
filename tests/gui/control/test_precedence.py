"""The window comes before all other threads while it is laid out and painted anew."""

import sys

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt

from gui.control.precedence import Precedence


class Laid(QObject):
    """Stands for what Qt posts when something is to be laid out or painted."""

    def __init__(self, notes):
        super().__init__()
        self.notes = notes

    def event(self, event):
        if event.type() == QEvent.Type.LayoutRequest:
            self.notes.append("laid out")
        return super().event(event)


def test_the_thread_resumes_after_the_posted_layouts(qtbot):
    notes: list[str] = []
    owner, laid = QObject(), Laid(notes)
    suspend, resume = (lambda word=word: notes.append(word) for word in ("suspended", "resumed"))
    Precedence(suspend, resume, owner).take()
    QCoreApplication.postEvent(laid, QEvent(QEvent.Type.LayoutRequest))
    qtbot.waitUntil(lambda: "resumed" in notes)
    assert notes == ["suspended", "laid out", "resumed"]


def test_other_threads_give_the_lock_back_sooner_until_it_ends(qtbot):
    usual, owner = sys.getswitchinterval(), QObject()
    precedence = Precedence(lambda: None, lambda: None, owner)
    precedence.take()
    precedence.take()  # within the first
    assert sys.getswitchinterval() < usual
    qtbot.waitUntil(lambda: sys.getswitchinterval() == usual)


def test_it_can_end_before_the_event_loop_turns():
    usual, owner = sys.getswitchinterval(), QObject()
    precedence = Precedence(lambda: None, lambda: None, owner)
    precedence.take()
    precedence.give_back()
    assert sys.getswitchinterval() == usual


def test_a_run_trains_on_through_presenter_mode_and_a_theme(window, qtbot):
    qtbot.keyClick(window, Qt.Key.Key_Space)
    controller = window.controller
    qtbot.waitUntil(lambda: controller.is_training)
    for act in (window.presenter.toggle, lambda: window.appearance.choose("dark")):
        step = controller.snapshot.step
        act()
        qtbot.waitUntil(lambda step=step: controller.snapshot.step > step + 10)
    assert controller.is_training
