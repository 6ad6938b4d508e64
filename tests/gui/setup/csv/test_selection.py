"""What is chosen of a table, without a dialog: roles, what it comes to, why it cannot be loaded."""

from __future__ import annotations

import pytest

from core.config import CsvOptions
from core.data.csv import reader
from gui.setup.csv.selection import Role, Selection

ROWS = 12
BIRDS = "id,bill,depth,city,kind\n" + "".join(
    f"{k},{30.5 + k % 7},{20 - k % 5},X,{('Adelie', 'Gentoo')[k % 2]}\n" for k in range(ROWS)
)
GAPS = "12,,19,X,Adelie\n13,31.5,18,X,\n"


@pytest.fixture
def select(tmp_path):
    """Return select(text): the selection that is proposed of a file with this text."""

    def select(text: str = BIRDS) -> Selection:
        path = tmp_path / "birds.csv"
        path.write_text(text, encoding="utf-8")
        return Selection(reader.read(path, CsvOptions()))

    return select


def role_of(selection: Selection, name: str) -> Role:
    return selection.roles[selection.table.column(name)]


def test_the_likeliest_label_and_all_features_without_a_doubt_are_proposed(select):
    roles = dict(zip(select().table.names, select().roles, strict=True))
    assert roles == {
        "id": Role.UNUSED,
        "bill": Role.FEATURE,
        "depth": Role.FEATURE,
        "city": Role.UNUSABLE,
        "kind": Role.LABEL,
    }


def test_a_feature_goes_in_and_out_and_an_unusable_column_stays_out(select):
    selection = select()
    bill, city = (selection.table.column(name) for name in ("bill", "city"))
    for wanted in (Role.UNUSED, Role.FEATURE):
        selection.toggle(bill)
        assert role_of(selection, "bill") is wanted
    selection.toggle(city)
    assert role_of(selection, "city") is Role.UNUSABLE


def test_another_label_is_no_feature_and_the_one_before_can_be_one_again(select):
    selection = select()
    selection.choose_label(selection.table.column("depth"))
    assert role_of(selection, "depth") is Role.LABEL
    selection.choose_label(selection.table.column("kind"))
    assert role_of(selection, "depth") is Role.FEATURE


def test_features_are_named_and_all_of_them_are_all(select):
    selection = select()
    assert selection.config.features == ("bill", "depth")
    selection.take_all()
    assert selection.config.features == ("all",)


def test_rows_with_a_gap_are_counted_only_where_they_are_filled(select):
    selection = select(BIRDS + GAPS)
    assert selection.outcome().summary == f"Loads {ROWS} rows × 2 features"
    selection.missing = "fill"
    assert selection.outcome().summary == f"Loads {ROWS + 1} rows × 2 features"
    assert int(selection.outcome().gaps.no_label.sum()) == 1


def test_without_a_feature_nothing_can_be_loaded(select):
    selection = select()
    selection.take_none()
    assert selection.outcome().obstacle == "Tick at least one feature."


def test_a_label_with_fractions_is_an_obstacle_and_has_no_classes(select):
    selection = select()
    selection.choose_label(selection.table.column("bill"))
    outcome = selection.outcome()
    assert "holds numbers with fractions" in outcome.obstacle
    assert outcome.classes == ""


def test_the_pixels_of_pictures_are_all_features(select):
    pixels = "".join(
        ",".join(str((k * j) % 17) for j in range(64)) + f",{k % 3}\n" for k in range(9)
    )
    selection = select(pixels)
    selection.toggle(5)
    assert selection.is_pictures and selection.config.features == ("all",)
    assert selection.outcome().summary == "Loads 9 pictures of 8 × 8 pixels"
