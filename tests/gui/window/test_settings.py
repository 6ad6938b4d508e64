"""Whatever a settings file holds, the window opens; what cannot be read is kept and said once."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as profile
from hypothesis import strategies as st
from PySide6.QtCore import QByteArray, QPoint, QRect, QSettings, QSize, Qt
from PySide6.QtWidgets import QSplitter, QWidget

from gui.kit import theme as look
from gui.window.main_window import MainWindow
from gui.window.settings import Settings
from tests.gui.conftest import end

KEYS = ("geometry", "columns", "gauges", "theme", "speed", "folder", "mnist_folder")
HOSTILE = (
    "5",
    "abc",
    "",
    "-1",
    "999999999999999999999",
    "1e3",
    "true",
    "a, b, c",
    "@Invalid()",
    "@ByteArray()",
    "@ByteArray(\\0\\0\\0\\xff\\0\\0\\0\\x1)",
    "@Rect(1 2 3 4)",
    "@Size(-5 7)",
    "@Variant(\\0\\0\\0\\x7f\\xff\\xff)",
    "@Unknown(1)",
    "\\x0",
    "x" * 5000,
    "٣",
)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**31), 2**31 - 1),
    st.floats(),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    st.binary(max_size=60).map(QByteArray),
    st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), max_size=3),
    st.builds(QPoint, st.integers(-9, 9), st.integers(-9, 9)),
    st.builds(QSize, st.integers(-9, 9), st.integers(-9, 9)),
    st.just(QRect(0, 0, 1, 1)),
    st.dictionaries(st.text("ab", min_size=1, max_size=3), st.integers(0, 9), max_size=2),
)


def open_file(path: Path) -> QSettings:
    return QSettings(str(path), QSettings.Format.IniFormat)


def read_all(settings: Settings) -> None:
    """Ask for each thing in each way; every answer is of the kind that was asked for."""
    for name in KEYS:
        assert "\0" not in settings.text(name)
        assert settings.choice(name, ("system", "light", "dark")) in ("system", "light", "dark")
        assert 0 <= settings.number(name, 3, 7) <= 7
        splitter = QSplitter(Qt.Orientation.Horizontal)
        for _ in range(3):
            splitter.addWidget(QWidget())
        splitter.setChildrenCollapsible(False)
        width = splitter.handleWidth()
        settings.restore_shares(name, splitter)
        assert splitter.orientation() is Qt.Orientation.Horizontal
        assert not splitter.childrenCollapsible() and splitter.handleWidth() == width
        assert len(splitter.sizes()) == 3 and min(splitter.sizes()) >= 0
        settings.restore_place(name, QWidget())


@profile(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
)
@given(value=VALUES)
def test_every_value_is_read_as_something_of_the_right_kind(value, qapp, tmp_path):
    path = tmp_path / "settings.ini"
    path.unlink(missing_ok=True)
    written = open_file(path)
    for name in KEYS:
        written.setValue(name, value)
    read_all(Settings(written))
    written.sync()
    read_all(Settings(open_file(path)))


@pytest.mark.qt_log_ignore("QVariant::load")  # what Qt says of it itself
@pytest.mark.parametrize("text", HOSTILE)
def test_every_line_of_a_file_is_read_as_something_of_the_right_kind(text, qapp, tmp_path):
    path = tmp_path / "settings.ini"
    path.write_text("[General]\n" + "".join(f"{name}={text}\n" for name in KEYS))
    read_all(Settings(open_file(path)))


def test_what_was_kept_comes_back(qapp, tmp_path):
    path = tmp_path / "settings.ini"
    splitter = QSplitter()
    splitter.resize(600, 50)
    for _ in range(3):
        splitter.addWidget(QWidget())
    splitter.setSizes([100, 200, 300])
    first = Settings(open_file(path))
    for name, value in (
        ("speed", 4),
        ("theme", "dark"),
        ("folder", "/x, y/ü"),
        ("columns", splitter.saveState()),
    ):
        first.set(name, value)
    first.save()
    shares = splitter.sizes()
    splitter.setSizes([300, 200, 100])
    again = Settings(open_file(path))
    assert again.restore_shares("columns", splitter) and splitter.sizes() == shares
    assert again.number("speed", 1, 7) == 4 and again.text("folder") == "/x, y/ü"
    assert again.choice("theme", ("system", "dark")) == "dark"
    assert again.put_aside() == ""


def test_a_place_on_another_screen_is_no_fault_of_the_file(qapp, tmp_path):
    there, here = QWidget(), QWidget()
    there.resize(321, 123)
    place = there.saveGeometry()
    data = bytes(place.data())
    assert here.restoreGeometry(place) and here.size() == there.size()
    width = here.screen().geometry().width()
    stored, halved = (int(w).to_bytes(4, "big") for w in (width, width // 2))
    assert stored in data
    settings = Settings(open_file(tmp_path / "settings.ini"))
    settings.set("geometry", QByteArray(data.replace(stored, halved)))
    assert not settings.restore_place("geometry", QWidget())
    assert settings.put_aside() == ""


def test_without_a_file_nothing_is_left_anywhere(qapp, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    settings = Settings(None)
    settings.set("folder", "/x")
    settings.save()
    assert settings.text("folder") == "/x" and settings.put_aside() == ""
    assert list(tmp_path.iterdir()) == []


# The window -----------------------------------------------------------------------------------

DAMAGED = "[General]\nshares=5\ngeometry=abc\nspeed=fast\ntheme=dark\nmnist_folder=a, b\n"


def test_a_damaged_file_is_put_aside_and_told_of_once(qtbot, open_window, tmp_path):
    path, kept = tmp_path / "settings.ini", tmp_path / "settings.ini.unreadable-1"
    path.write_text(DAMAGED)
    window = open_window(theme=None)
    assert "could not be read (geometry, shares, speed, mnist_folder)" in window.notice.text
    assert str(kept) in window.notice.text and kept.read_text() == DAMAGED
    assert window.appearance.theme is look.DARK  # what can be read still counts
    window.close()
    again = open_window(theme=None)
    assert "could not be read" not in again.notice.text
    assert not (tmp_path / "settings.ini.unreadable-2").exists()


@pytest.mark.parametrize("content", [b"\x00\xff\xfe garbage \x80" * 50, b"[General\ncolumns", b"="])
def test_a_file_that_is_no_settings_file_is_no_obstacle(qtbot, dressed, tmp_path, content):
    path = tmp_path / "settings.ini"
    path.write_bytes(content)
    end(qtbot, MainWindow(open_file(path), "light"))
    copies = [each.read_bytes() for each in tmp_path.glob("settings.ini.unreadable-*")]
    assert content in [path.read_bytes(), *copies]
