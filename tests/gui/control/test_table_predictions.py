"""File → Predict a table…: what the window writes is what the terminal writes."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from core.cli import predict
from core.config import DataConfig, RunConfig
from core.data.csv import text_file
from tests.gui.conftest import PATIENCE_MS

HEADER = "name,petal width,petal length\n"
TABLE = HEADER + "a,0.2,1.4\nb,x,4.2\n=c,1.3,4.2\n"


@pytest.fixture
def choose(monkeypatch):
    """Return choose(table, place): the user chooses these in the dialogs that ask."""

    def choose(table, place):
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_, **__: (str(table), ""))
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(place), ""))

    return choose


def wait(qtbot, window):
    qtbot.waitUntil(lambda: not window.controller.writes.is_busy, timeout=PATIENCE_MS)


def test_the_window_writes_what_the_terminal_writes(qtbot, window, choose, tmp_path):
    qtbot.keyClick(window, Qt.Key.Key_S)
    qtbot.waitUntil(lambda: window.controller.snapshot.step == 1, timeout=PATIENCE_MS)
    table, mine, theirs = (tmp_path / name for name in ("t.csv", "mine.csv", "theirs.csv"))
    table.write_text(TABLE)
    choose(table, mine)
    qtbot.keyClick(window, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    window.controller.files.save_model(window.controller.snapshot, tmp_path / "m")
    wait(qtbot, window)
    model = tmp_path / "m.safetensors"
    words = ["--model", str(model), "--table", str(table), "--out", str(theirs)]
    assert predict.main(words) == 0
    assert mine.read_text() == theirs.read_text() and mine.read_text().count("\n") == 4


def test_it_says_how_many_there_are_of_each_class_and_which_row_has_no_answer(
    qtbot, window, choose, tmp_path
):
    said: list[str] = []
    window.controller.done.connect(said.append)
    (tmp_path / "t.csv").write_text(TABLE)
    choose(tmp_path / "t.csv", tmp_path / "o.csv")
    window.files.predict_table()
    wait(qtbot, window)
    assert len(said) == 1 and said[0].startswith("t.csv: 3 rows: ")
    assert "1 row could not be read. Without an answer: line 3: petal width is “x”." in said[0]


def test_a_table_without_the_features_is_refused_in_words(qtbot, window, choose, tmp_path):
    (tmp_path / "t.csv").write_text("length,width\n1,2\n3,4\n")
    choose(tmp_path / "t.csv", tmp_path / "o.csv")
    window.files.predict_table()
    wait(qtbot, window)
    assert "no column “petal length”, “petal width”" in window.notice.text
    assert not (tmp_path / "o.csv").exists()


def test_a_long_table_shows_its_progress_and_can_be_called_off(
    qtbot, window, choose, tmp_path, monkeypatch
):
    monkeypatch.setattr(text_file, "BLOCK_BYTES", 2048)
    table, place = tmp_path / "t.csv", tmp_path / "o.csv"
    table.write_text(HEADER + "a,0.2,1.4\n" * 400_000)
    place.write_text("old")
    choose(table, place)
    window.files.predict_table()
    qtbot.waitUntil(window.files.bar.isVisible, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: "t.csv" in window.files.bar.words.text(), timeout=PATIENCE_MS)
    qtbot.mouseClick(window.files.bar.cancel_button, Qt.MouseButton.LeftButton)
    assert not window.files.bar.isVisible()
    wait(qtbot, window)
    assert place.read_text() == "old" and "called off; nothing was written" in window.notice.text
    assert sorted(path.name for path in tmp_path.glob("*.csv")) == ["o.csv", "t.csv"]


def test_closing_waits_until_the_table_is_written(qtbot, open_window, choose, tmp_path):
    window = open_window(RunConfig(data=DataConfig("iris")))
    (tmp_path / "t.csv").write_text(HEADER + "a,0.2,1.4\n" * 60_000)
    choose(tmp_path / "t.csv", tmp_path / "o.csv")
    window.files.predict_table()
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=PATIENCE_MS)
    assert (tmp_path / "o.csv").read_text().count("\n") == 60_001
