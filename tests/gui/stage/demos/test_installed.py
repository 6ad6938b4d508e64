"""Demonstrations that other packages bring."""

from PySide6.QtWidgets import QLabel

from gui.kit import theme as look
from gui.stage.demos.installed import GROUP
from gui.stage.demos.view import DemosView
from gui.state.selected_example import Chosen
from tests.brought import install

TEXT = """
from PySide6.QtWidgets import QLabel, QVBoxLayout
from logitlab.demonstrations import Demo

class Odds(Demo):
    title = "Odds"
    def __init__(self, theme):
        super().__init__(theme)
        QVBoxLayout(self).addWidget(QLabel("ten to one"))

class Broken(Demo):
    title = "Broken"
    def __init__(self, theme):
        raise ValueError("<b>no</b>")
"""


def test_they_are_a_group_of_their_own_and_what_fails_says_so(tmp_path, monkeypatch, show_view):
    names = {"odds": "Odds", "broken": "Broken", "gone": "Gone"}
    install(tmp_path, monkeypatch, TEXT, "logitlab.demonstrations", **names)
    view = DemosView(look.LIGHT, Chosen())
    show_view(view, 900, 900)
    titles = [view.titles.item(row).text() for row in range(view.titles.count())]
    group = titles[titles.index(GROUP) :]
    assert group[1:3] == ["Broken", "Odds"]
    assert group[3].startswith("“gone” of the package brought-rows failed: AttributeError")
    view.choose_title("Odds")
    assert [label.text() for label in view.demo.findChildren(QLabel)] == ["ten to one"]
    view.choose_title("Broken")
    said = [label.text() for label in view.demo.findChildren(QLabel)]
    assert said == ["Broken failed: ValueError: &lt;b&gt;no&lt;/b&gt;"]
