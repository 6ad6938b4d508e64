"""Data sets of other packages in the window."""

from core.config import DataConfig
from tests.brought import install

TEXT = """
from logitlab import Rows
def squares():
    return Rows(X=[[0, 1], [1, 0], [0.2, 1.1], [1.3, 0.1]] * 10, y=["a", "b"] * 20, name="Squares")
"""


def test_a_data_set_of_a_package_is_chosen_in_the_menu_and_named_at_the_left(
    window, tmp_path, monkeypatch, qtbot
):
    menu = window.data_choice.installed
    menu.aboutToShow.emit()
    assert not menu.actions()[0].isEnabled()
    install(tmp_path, monkeypatch, TEXT, "logitlab.data_sets", squares="squares")
    menu.aboutToShow.emit()
    (action,) = menu.actions()
    assert action.text() == "squares"
    action.trigger()
    qtbot.waitUntil(lambda: window.controller.run.task.source.name == "Squares", timeout=30_000)
    assert window.controller.config.data == DataConfig(
        "installed", path="squares", features=("all",), test_fraction=0.2, standardise=True
    )
    button = window.rail.source.button("csv")
    assert button.isChecked()
    assert button.accessibleName() == "Squares, 40 × 2 · 2 classes"
