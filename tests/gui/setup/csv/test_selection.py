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


SHIP = "age,sex,port,note,fate\n" + "".join(
    f"{20 + k * 7 % 40},{('f', 'm')[k % 3 // 2]},{('Cork', 'Dover', '', 'Brest')[k % 4]},n{k},"
    f"{('lost', 'Lost', 'saved')[k % 3]}\n"
    for k in range(40)
)


def test_two_words_are_a_feature_and_more_wait_to_be_ticked(select):
    selection = select(SHIP)
    assert selection.config.categorical == ("sex",)
    selection.toggle(selection.table.column("port"))
    assert selection.config.categorical == ("sex", "port")
    assert selection.config.features == ("all",)


def test_columns_that_are_not_used_are_named_with_the_reason(select):
    said = select(SHIP).describe_unused()
    assert said == "Not used: port (words: 3 different ones); note (text: 40 different words)"


def test_missing_words_that_are_a_category_leave_no_row_out(select):
    selection = select(SHIP)
    selection.toggle(selection.table.column("port"))
    assert selection.has_missing_words
    assert selection.outcome().summary.startswith("Loads 30 rows")
    selection.missing_category = True
    assert selection.outcome().summary.startswith("Loads 40 rows")
    assert selection.config.missing_category


def test_merged_spellings_are_counted_as_one_class(select):
    selection = select(SHIP)
    assert selection.has_spellings
    assert selection.outcome().classes == "3 classes: Lost (13), lost (14), saved (13)"
    selection.merge_case = True
    assert selection.outcome().classes == "2 classes: lost (27), saved (13)"
    assert selection.config.merge_case


def test_a_quantity_is_asked_about_and_accepted_by_loading_it(select):
    selection = select(SHIP)
    assert not selection.config.any_label
    selection.choose_label(selection.table.column("age"))
    assert "looks like a quantity" in selection.outcome().question
    assert selection.outcome().obstacle == ""
    assert selection.config.any_label


def test_pixels_without_a_label_wait_for_one_to_be_chosen(select):
    rows = "".join(",".join(str((k * j) % 17) for j in range(64)) + "\n" for k in range(9))
    selection = select(rows)
    assert "there is no label column" in selection.outcome().obstacle
    selection.choose_label(63)
    assert selection.outcome().obstacle == ""


def test_a_total_is_not_counted_and_is_said(select):
    outcome = select(SHIP + "999,,,,Total\n").outcome()
    assert "Total" in outcome.classes
    assert [remark.text for remark in outcome.remarks][-1].startswith("line 42 is left out")
    assert outcome.summary.startswith("Loads 40 rows")


def test_a_label_that_was_chosen_stays_when_the_file_is_read_again(select):
    selection = select(SHIP)
    selection.choose_label(selection.table.column("port"))
    again = selection.of_table(select(SHIP).table)
    assert again.table.names[again.label] == "port"
    assert again.features == selection.features
