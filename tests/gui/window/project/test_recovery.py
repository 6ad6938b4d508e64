"""Work that was unsaved when the program ended comes back, and nobody else's is taken."""

import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from core.projects import project
from core.projects.recovery import Slot, leftovers
from gui.control.recovery import Recovery
from gui.window.project.recovery_offer import RecoveryOffer
from tests.gui.alone import Alone

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def keeping(tmp_path, dressed):
    """Return keeping(window): the recovery of a window, as the program starts it."""
    made = []

    def begin(window):
        kept = Recovery(
            window.controller, window.projects, Slot.create(tmp_path / "state"), dressed
        )
        made.append(kept)
        return kept

    yield begin
    for kept in made:
        kept.end(is_wanted=False)
        kept.deleteLater()


def step(qtbot, window):
    if isinstance(window, Alone):
        window.walk(1)
        return
    before = window.controller.steps
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_S)
    qtbot.waitUntil(lambda: window.controller.steps == before + 1)


def press(qtbot, offer, text):
    (button,) = (b for b in offer.dialog.buttons() if b.text() == text)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def crash(qtbot, window, kept):
    """End as a crash does: the copy stays, and its slot is free."""
    with qtbot.waitSignal(kept.written, timeout=30_000):
        kept.copy()
    kept.end(is_wanted=True)


def test_an_edit_is_copied_by_itself(window, keeping, qtbot, new_run):
    kept = keeping(window)
    step(qtbot, window)
    with qtbot.waitSignal(kept.written, timeout=30_000), new_run(window):
        qtbot.keyClick(window, Qt.Key.Key_R)
        qtbot.keyClick(window, Qt.Key.Key_S)
    assert project.load(kept.slot.copy).task.source.name == "Iris"


def test_training_is_copied_every_while(desk, keeping, qtbot):
    kept = keeping(desk)
    kept.set_interval(50)
    with qtbot.waitSignals([kept.written, kept.written], timeout=30_000):
        desk.controller.play_or_pause()
    desk.controller.play_or_pause()
    state = project.load(kept.slot.copy).state
    assert state is not None and state.checkpoint.step > 0


def test_a_copy_on_its_way_at_the_end_is_no_failure(desk, keeping, qtbot, monkeypatch):
    kept, begun, gate = keeping(desk), threading.Event(), threading.Event()
    faults: list[str] = []
    kept.failed.connect(faults.append)

    def packed(of):
        begun.set()
        assert gate.wait(30)
        raise FileNotFoundError(kept.slot.copy)

    monkeypatch.setattr(project, "packed", packed)
    step(qtbot, desk)
    kept.copy()
    qtbot.waitUntil(begun.is_set, timeout=30_000)
    kept.end(is_wanted=False)
    gate.set()
    qtbot.waitUntil(lambda: desk.controller.background.is_idle, timeout=30_000)
    assert faults == []


def test_the_work_comes_back_and_is_unsaved(desk, open_desk, keeping, qtbot, tmp_path, new_run):
    kept = keeping(desk)
    step(qtbot, desk)
    step(qtbot, desk)
    crash(qtbot, desk, kept)
    other = open_desk()
    second = keeping(other)
    offer = RecoveryOffer(other.ground, second, leftovers(tmp_path / "state"))
    assert offer.dialog is not None
    assert "Iris, softmax, step 2" in offer.dialog.informativeText()
    with qtbot.waitSignal(second.written, timeout=30_000), new_run(other):
        press(qtbot, offer, "&Restore")
    assert other.controller.steps == 2 and other.projects.is_modified
    slots = list((tmp_path / "state").iterdir())
    assert slots == [second.slot.path]  # the old copy is gone once there is a new one


def test_what_is_left_for_later_is_offered_again_and_gone_once_it_is_discarded(
    desk, open_desk, keeping, qtbot, tmp_path
):
    kept = keeping(desk)
    step(qtbot, desk)
    crash(qtbot, desk, kept)
    other = open_desk()
    second = keeping(other)
    press(qtbot, RecoveryOffer(other.ground, second, leftovers(tmp_path / "state")), "&Later")
    found = leftovers(tmp_path / "state")
    assert len(found) == 1
    press(qtbot, RecoveryOffer(other.ground, second, found), "&Discard")
    assert other.controller.steps == 0 and leftovers(tmp_path / "state") == []


def test_saving_removes_the_copy(window, keeping, qtbot, tmp_path, monkeypatch):
    path = tmp_path / "p.logitlab"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    kept = keeping(window)
    step(qtbot, window)
    with qtbot.waitSignal(kept.written, timeout=30_000):
        kept.copy()
    qtbot.keyClick(window, Qt.Key.Key_S, CONTROL)
    qtbot.waitUntil(lambda: path.exists() and not window.projects.is_modified)
    qtbot.waitUntil(lambda: not kept.slot.copy.exists(), timeout=30_000)


def test_the_name_of_the_project_comes_back_too(
    desk, open_desk, keeping, qtbot, tmp_path, monkeypatch, new_run
):
    path = tmp_path / "p.logitlab"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    kept = keeping(desk)
    step(qtbot, desk)
    desk.project_actions.save()
    qtbot.waitUntil(lambda: path.exists() and not desk.projects.is_modified)
    step(qtbot, desk)
    crash(qtbot, desk, kept)
    other = open_desk()
    offer = RecoveryOffer(other.ground, keeping(other), leftovers(tmp_path / "state"))
    with new_run(other):
        press(qtbot, offer, "&Restore")
    assert other.projects.path == path and other.ground.isWindowModified()


def test_a_full_disk_is_said_once_and_the_work_goes_on(desk, keeping, qtbot, monkeypatch):
    from core.errors import SaveError
    from core.projects import archive

    def full(*_):
        raise SaveError("no space left on device.")

    monkeypatch.setattr(archive, "write", full)
    kept = keeping(desk)
    step(qtbot, desk)
    said: list[str] = []
    kept.failed.connect(said.append)
    kept.copy()
    qtbot.waitUntil(lambda: len(said) == 1, timeout=30_000)
    kept.copy()
    step(qtbot, desk)
    assert "no space left" in said[0] and len(said) == 1


def test_work_that_cannot_be_restored_stays_where_it_is(desk, open_desk, keeping, qtbot, tmp_path):
    kept = keeping(desk)
    step(qtbot, desk)
    crash(qtbot, desk, kept)
    (left,) = leftovers(tmp_path / "state")
    with left.copy.open("r+b") as file:  # its text can be read, its numbers cannot
        file.seek(-3000, 2)
        file.write(bytes(500))
    other = open_desk()
    second = keeping(other)
    offer = RecoveryOffer(other.ground, second, [left])
    press(qtbot, offer, "&Restore")
    qtbot.waitUntil(lambda: "project.logitlab" in "".join(other.told), timeout=30_000)
    step(qtbot, other)
    with qtbot.waitSignal(second.written, timeout=30_000):
        second.copy()
    assert left.copy.exists()
