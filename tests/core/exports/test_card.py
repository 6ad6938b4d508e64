"""The card of a model says what it is worth, and what not."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from markdown_it import MarkdownIt

from core import VERSION
from core.evaluate.classification import wilson
from core.exports import card
from core.exports.exported_run import ExportedRun
from tests.core.training import train, trained

DAY = date(2026, 3, 1)


def card_of(trainer):
    return card.card(ExportedRun.of(trainer).record(), DAY)


def tables_of(text):
    """Return the cells of each table, row by row, as a reader of Markdown shows them."""
    tables: list[list[list[str]]] = []
    row: list[str] = []
    is_within = False
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        if token.type == "table_open":
            tables.append([])
            is_within = True
        elif token.type == "table_close":
            is_within = False
        elif token.type == "tr_open":
            row = []
            tables[-1].append(row)
        elif token.type == "inline" and is_within:
            row.append("".join(part.content for part in token.children or []))
    return tables


def test_accuracies_stand_with_wilsons_intervals(make_task, iris):
    trainer = trained(make_task(iris), 9)

    figures = {row[0]: row[1:] for row in tables_of(card_of(trainer))[0]}

    hits = round(trainer.measure().test_accuracy * 30)
    low, high = wilson(hits, 30)
    assert figures["test"][0] == "30"
    assert figures["test"][2:] == [f"{hits / 30:.2%}", f"{low:.2%} … {high:.2%}"]


def test_rows_of_each_class_are_counted_part_by_part(make_task, iris):
    trainer = trained(make_task(iris, {"validation_fraction": 0.25}), 3)

    _, classes, _ = tables_of(card_of(trainer))

    assert classes[0][:4] == ["class", "training rows", "validation rows", "test rows"]
    assert [row[:4] for row in classes[1:]] == [[n, "30", "10", "10"] for n in iris.class_names]


def test_settings_changes_day_and_version_are_said(make_task, iris):
    trainer = trained(make_task(iris, weight_decay=0.01), 9)
    trainer.set_hyperparameters(learning_rate=0.3)
    trainer.step()

    text = card_of(trainer)

    settings = dict(tables_of(text)[2])
    assert settings["λ"] == "0.01"
    assert settings["edits"] == "η 0.1 → 0.3 at step 9"
    assert f"2026-03-01 with Logit Lab {VERSION}" in text
    assert "mean over the training rows is subtracted" in text


@pytest.mark.parametrize(
    ("data", "model", "sentence"),
    [
        ({"test_fraction": 0.0}, {}, "There are no test rows"),
        ({}, {}, "30 test rows are few"),
        ({}, {"kind": "svm"}, "It says which class, not how likely"),
        ({}, {}, "It knows its classes only"),
    ],
)
def test_its_limits_are_those_of_the_run(make_task, iris, data, model, sentence):
    assert sentence in card_of(trained(make_task(iris, data, model), 3))


def test_drawings_of_pens_are_counted(make_task, digits):
    text = card_of(trained(make_task(digits, {"pens": True}), 3))
    assert "- 590 of the 2,028 training rows are drawings of pens" in text
    assert "drawings of pens" not in card_of(trained(make_task(digits), 3))


def test_unequally_frequent_classes_are_named(make_task, iris):
    few = np.r_[0:50, 50:56, 100:106]
    rare = replace(iris, X=iris.X[few], y=iris.y[few])
    assert "The classes are unequally frequent" in card_of(trained(make_task(rare), 3))


def test_colours_of_pictures_are_no_rows_of_pixels(make_task, digits):
    coloured = replace(digits, X=np.tile(digits.X[:60], 3), y=digits.y[:60])
    names = tuple(map(str, range(192)))
    coloured = replace(coloured, feature_names=names, image_shape=(24, 8), looks="colour")

    text = card_of(trained(make_task(coloured), 1))

    assert "pictures of 8 × 8 pixels in red, green and blue, 0 … 16" in text


def test_rows_that_chose_the_epoch_are_said_to_flatter(make_task, iris):
    task = make_task(iris, {"validation_fraction": 0.3}, patience=2, epochs=5)
    assert "their figures are flattering" in card_of(train(task))


NAMES = ("<script>alert(1)</script>", "a|b `c` *d*", "[x](http://y) www.z.org\n# h")


def test_names_are_text_whatever_they_hold(make_task, iris):
    named = replace(iris, class_names=NAMES, feature_names=(*NAMES, "$e$"), name=NAMES[2])
    trainer = trained(make_task(named, {"features": ("all",)}), 3)

    text = card_of(trainer)

    shown = MarkdownIt("commonmark").enable("table").render(text)
    assert "<script>" not in shown and "<a " not in shown and "<em>" not in shown
    _, classes, _ = tables_of(text)
    seen = [" ".join(name.split()) for name in trainer.task.dataset.class_names]
    assert [row[0] for row in classes[1:]] == seen
