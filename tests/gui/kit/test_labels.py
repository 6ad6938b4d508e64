"""Labels that give way, and labels that keep their room."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from core.language import spoken
from gui.kit.labels import Elided, Readout

SAID = [
    "one line",
    "a class\nof two lines",
    "x<sub>1</sub><br>x<sub>2</sub>",
    "long " * 60,
    "∇ ⬢ 中",
]


@pytest.mark.usefixtures("face")
@pytest.mark.parametrize("make", [Elided, lambda: Readout(1), lambda: Readout(2)])
@pytest.mark.parametrize("text", SAID, ids=["line", "break", "tags", "long", "signs"])
def test_what_a_readout_says_moves_nothing_beside_it(show_view, make, text):
    page, label, beside = QWidget(), make(), QWidget()
    layout = QVBoxLayout(page)
    layout.addWidget(beside, 1)
    layout.addWidget(label)
    show_view(page, 300, 200)
    page.grab()
    empty, least = beside.geometry(), page.minimumSizeHint()
    label.setText(text)
    page.grab()
    assert (beside.geometry(), page.minimumSizeHint()) == (empty, least)


@pytest.mark.parametrize("lines", [1, 2])
def test_a_readout_has_room_for_its_lines(qtbot, lines):
    readout = Readout(lines)
    qtbot.addWidget(readout)
    readout.resize(400, readout.sizeHint().height())
    readout.setText("\n".join(["words"] * lines))
    metrics = readout.fontMetrics()
    assert readout.height() == lines * metrics.lineSpacing()
    readout.set_lines(lines + 1)
    assert readout.sizeHint().height() == (lines + 1) * metrics.lineSpacing()


def test_a_readout_has_room_for_the_taller_letters_of_chinese(qtbot):
    with spoken("zh_CN"):
        label, usual = Readout(2), QLabel("像素\n像素")
        qtbot.addWidget(label)
        qtbot.addWidget(usual)
        assert label.heightForWidth(200) >= usual.sizeHint().height()
