"""A flow layout is as high as its rows, also after its widgets have changed."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel, QWidget

from gui.kit import theme as look
from gui.kit.flow_layout import FlowLayout
from gui.kit.maths.formula import Formula, flow_of

WIDTH = 200


@pytest.fixture
def flow(qtbot):
    """Three labels in a row that has room for them."""
    host = QWidget()
    qtbot.addWidget(host)
    layout = FlowLayout(host, 4, 4)
    for _ in range(3):
        layout.addWidget(QLabel("abc"))
    host.resize(WIDTH, 100)
    host.show()
    yield layout  # whose host lives until the test is over
    host.close()


def labels(flow: FlowLayout) -> list[QLabel]:
    found = [flow.itemAt(k) for k in range(flow.count())]
    return [w for w in (item.widget() for item in found if item) if isinstance(w, QLabel)]


def test_words_that_grow_take_rows_of_their_own(flow):
    one_row = flow.heightForWidth(WIDTH)
    for label in labels(flow):
        label.setText("much longer than before, and wide")
    rows = flow.heightForWidth(WIDTH)
    assert rows == 3 * one_row + 2 * 4


def test_a_hidden_widget_takes_no_row(flow):
    for label in labels(flow):
        label.setText("much longer than before, and wide")
    three = flow.heightForWidth(WIDTH)
    labels(flow)[0].hide()
    assert flow.heightForWidth(WIDTH) < three


def test_another_widget_takes_its_row(flow):
    one_row = flow.heightForWidth(WIDTH)
    label = QLabel("long enough that there is no room for it beside the rest")
    flow.addWidget(label)
    label.show()
    assert flow.heightForWidth(WIDTH) == 2 * one_row + 4
    flow.takeAt(3)
    assert flow.heightForWidth(WIDTH) == one_row


def test_a_hidden_host_s_words_count_when_it_is_seen(flow):
    one_row = flow.heightForWidth(WIDTH)
    flow.parentWidget().hide()
    for label in labels(flow):
        label.setText("much longer than before, and wide")
    flow.parentWidget().show()
    assert flow.heightForWidth(WIDTH) == 3 * one_row + 2 * 4


def test_formulae_of_a_row_share_a_baseline(qtbot, dressed):
    host = QWidget()
    qtbot.addWidget(host)
    given = (("x", "x"), (r"\frac{a}{b}", "a over b"), (r"\sum_k e^{z_k}", "the sum"))
    formulae = [Formula(look.LIGHT, *words) for words in given]
    flow_of(host, formulae, 8)
    host.resize(600, 200)
    host.show()
    assert len({formula.height() for formula in formulae}) == 3
    assert len({formula.y() + formula.above for formula in formulae}) == 1
    host.close()
