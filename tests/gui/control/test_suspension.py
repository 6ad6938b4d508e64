"""Training waits while the window is laid out and painted anew."""

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt

from gui.control.suspension import Suspension


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
    Suspension(suspend, resume, owner).begin()
    QCoreApplication.postEvent(laid, QEvent(QEvent.Type.LayoutRequest))
    qtbot.waitUntil(lambda: "resumed" in notes)
    assert notes == ["suspended", "laid out", "resumed"]


def test_a_run_trains_on_through_presenter_mode_and_a_theme(window, qtbot):
    qtbot.keyClick(window, Qt.Key.Key_Space)
    controller = window.controller
    qtbot.waitUntil(lambda: controller.is_training)
    for act in (window.presenter.toggle, lambda: window.appearance.choose("dark")):
        step = controller.snapshot.step
        act()
        qtbot.waitUntil(lambda step=step: controller.snapshot.step > step + 10)
    assert controller.is_training
