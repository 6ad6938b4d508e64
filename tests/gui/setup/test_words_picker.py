"""Columns of words in the data card: shown, chosen and taken back after a table is loaded."""

import pytest

from core.config import DataConfig, RunConfig
from gui.setup.words_picker import MISSING

SHIP = "age,sex,port,deck,fate\n" + "".join(
    f"{20 + k * 7 % 50},{('male', 'female')[k % 3 // 2]},{('Cork', 'Dover', 'Brest')[k % 3]},"
    f"{('', 'A', 'B')[k % 3]},{('lost', 'saved')[k % 5 // 3]}\n"
    for k in range(60)
)


@pytest.fixture
def ship(open_panel, tmp_path):
    """The panel on a table with three columns of words, one of which has gaps."""
    path = tmp_path / "ship.csv"
    path.write_text(SHIP)
    return open_panel(RunConfig(DataConfig(source="csv", path=str(path), label="fate")))


def press(panel, name):
    """Press an entry of the menu."""
    (action,) = (a for a in panel.setup.data.words.menu().actions() if a.text() == name)
    action.trigger()


def checked(panel):
    actions = panel.setup.data.words.menu().actions()
    return [action.text() for action in actions if action.isChecked()]


def test_the_card_shows_which_columns_of_words_go_in(ship):
    assert ship.setup.data.words.isVisible()
    assert ship.setup.data.words.text() == "2 of 3 ▾"
    assert checked(ship) == ["sex", "deck"]


def test_a_column_goes_in_and_is_taken_back(ship, new_run):
    with new_run(ship):
        press(ship, "port")
    task = ship.controller.run.task
    assert [n for n in task.dataset.feature_names if n.startswith("port")] == [
        *("port = Brest", "port = Cork", "port = Dover")
    ]
    assert checked(ship) == ["sex", "port", "deck"]
    with new_run(ship):
        press(ship, "sex")
    names = ship.controller.run.task.dataset.feature_names
    assert not [name for name in names if name.startswith("sex")]
    assert "age" in names


def test_with_chosen_features_the_column_is_one_of_them(ship, new_run):
    with new_run(ship):
        ship.setup.wishes.change_features(("age", "sex"))
    with new_run(ship):
        press(ship, "port")
    columns = [column.name for column in ship.controller.run.task.dataset.columns]
    assert columns == ["age", "sex", "port"]


def test_missing_words_become_a_category(ship, new_run):
    rows = ship.controller.run.task.dataset.n
    with new_run(ship):
        press(ship, MISSING)
    task = ship.controller.run.task
    assert (rows, task.dataset.n) == (40, 60)
    assert "deck = (missing)" in task.dataset.feature_names
    assert checked(ship)[-1] == MISSING


def test_a_change_of_categories_is_undone_at_once(ship, new_run):
    before = ship.controller.run.task.dataset.feature_names
    with new_run(ship):
        press(ship, "port")
    ship.controller.undo_stack.undo()
    assert ship.controller.run.task.dataset.feature_names == before
    assert checked(ship) == ["sex", "deck"]


def test_numbers_alone_have_no_such_row(panel):
    assert not panel.setup.data.words.isVisible()
