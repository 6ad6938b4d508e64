"""File → Export: the shown run as script, tables, and card, as it stands in the window."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog

from core.exports.kinds import KINDS
from core.runs import model_file
from tests.core.exports.repeating import run_text
from tests.gui.conftest import PATIENCE_MS


@pytest.fixture
def choose(monkeypatch):
    """Return choose(path): the user chooses it in the dialog that asks where to write."""

    def choose(path):
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(path), ""))

    return choose


def press(window, text):
    """Trigger an entry of the menus by its text."""
    (action,) = (a for a in window.findChildren(QAction) if a.text().replace("&", "") == text)
    action.trigger()


def told(qtbot, window, signal, act):
    """Return what the window is told by this signal after the act."""
    said: list[str] = []
    signal.connect(said.append)
    act()
    qtbot.waitUntil(lambda: bool(said), timeout=PATIENCE_MS)
    return said[0]


def test_the_script_comes_to_the_weights_that_are_shown(qtbot, window, choose, tmp_path):
    for step in (1, 2, 3):
        qtbot.keyClick(window, Qt.Key.Key_S)
        qtbot.waitUntil(lambda s=step: window.controller.snapshot.step == s, timeout=PATIENCE_MS)
    choose(tmp_path / "run")

    said = told(qtbot, window, window.controller.done, lambda: press(window, "PyTorch script…"))

    assert said == f"Saved {tmp_path / 'run.py'} and {tmp_path / 'run.npz'}."
    names, _ = run_text((tmp_path / "run.py").read_text(encoding="utf-8"), tmp_path / "run.py")
    assert names["W"].numpy().tobytes() == window.controller.snapshot.params.W.tobytes()


def test_each_kind_has_its_entry_in_the_menu(qtbot, window, choose, tmp_path):
    for number, kind in enumerate(KINDS.values()):
        folder = tmp_path / str(number)  # one file of a name that another kind has is not replaced
        folder.mkdir()
        choose(folder / "out")

        text = kind.title.replace("&", "")
        said = told(qtbot, window, window.controller.done, lambda text=text: press(window, text))

        assert said.startswith(f"Saved {folder / f'out{kind.ending}'}"), kind.name


def test_a_file_about_which_nobody_was_asked_is_not_replaced_and_what_is_missing_is_said_before(
    qtbot, window, choose, monkeypatch, tmp_path
):
    (tmp_path / "card.md").write_text("mine")
    choose(tmp_path / "card")

    said = told(qtbot, window, window.files.remarked, lambda: press(window, "Model card…"))

    assert "card.md is there already" in said
    assert (tmp_path / "card.md").read_text() == "mine"

    monkeypatch.setitem(sys.modules, "onnx", None)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: pytest.fail("asked"))

    said = told(qtbot, window, window.files.remarked, lambda: press(window, "ONNX model…"))

    assert "pip install" in said


def test_a_saved_model_holds_its_card(qtbot, window, choose, tmp_path):
    from safetensors import safe_open

    choose(tmp_path / "m")
    told(qtbot, window, window.controller.done, window.files.save_model)

    with safe_open(tmp_path / "m.safetensors", "numpy") as file:
        assert file.metadata()[model_file.CARD].startswith("# Model card: Softmax, Iris")
