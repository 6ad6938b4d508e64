"""The sigmoid's demonstration: what it shows for a logit is what the closed forms give."""

import math

import pytest
from PySide6.QtCore import Qt

from gui.kit import theme as look
from gui.stage.demos.neuron.sigmoid import SigmoidDemo


@pytest.fixture
def demo(show_view):
    demo = SigmoidDemo(look.LIGHT)
    show_view(demo, 640, 640)
    return demo


def shown(demo, name):
    return float(demo.figures[name].text.replace("−", "-"))


@pytest.mark.parametrize("y", [0, 1])
@pytest.mark.parametrize("key", [Qt.Key.Key_Home, Qt.Key.Key_Right, Qt.Key.Key_End])
def test_all_figures_follow_the_logit_and_the_class(qtbot, demo, key, y):
    demo.logit.track.setFocus()
    qtbot.keyClick(demo.logit.track, key)
    qtbot.mouseClick(demo.truth.button(y), Qt.MouseButton.LeftButton)
    z = demo.logit.value()
    a = 1 / (1 + math.exp(-z))
    likelihood = a if y else 1 - a
    expected = {
        "a": a,
        "rest": 1 - a,
        "likelihood": likelihood,
        "log_odds": z,
        "cross_entropy": -math.log(likelihood),
        "cross_slope": a - y,
        "squared": (y - a) ** 2,
        "squared_slope": -2 * (y - a) * a * (1 - a),
    }
    for name, value in expected.items():
        assert shown(demo, name) == pytest.approx(value, abs=6e-5)


def test_it_changes_its_mind_at_zero(qtbot, demo):
    demo.logit.set_value(-0.1)
    assert demo.decision.text == "0 ✗"
    demo.logit.track.setFocus()
    qtbot.keyClick(demo.logit.track, Qt.Key.Key_Right)  # to 0: both are as likely
    assert demo.decision.text == "0 ✗"
    qtbot.keyClick(demo.logit.track, Qt.Key.Key_Right)
    assert demo.decision.text == "1 ✓"
