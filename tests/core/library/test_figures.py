"""Figures without a display: as SVG, and as pictures of pixels."""

import io
import re
import xml.etree.ElementTree as ET

import logitlab as ll
import numpy as np
import pytest
from PIL import Image

from core.errors import DataError
from core.library.figure import Box, Figure, Line, Picture, Words
from core.library.figures import ticks

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def run():
    run = ll.Run("iris", epochs=5)
    run.train()
    return run


def texts(figure):
    return [each.text for each in ET.fromstring(figure.svg()).iter(f"{SVG}text")]  # noqa: S314


def pixels(figure):
    return np.asarray(Image.open(io.BytesIO(figure.png())).convert("RGB"))


def test_a_box_is_painted_where_it_lies_in_both():
    figure = Figure("box", 40, 20, (Box(10, 5, 20, 10, "#0072B2"),))
    found = pixels(figure)
    assert found.shape == (40, 80, 3)
    blue = (found == (0, 0x72, 0xB2)).all(axis=2)
    assert (np.flatnonzero(blue.any(axis=1))[[0, -1]] == [10, 29]).all()
    assert (np.flatnonzero(blue.any(axis=0))[[0, -1]] == [20, 59]).all()
    assert '<rect x="10.00" y="5.00" width="20.00" height="10.00" fill="#0072B2"/>' in figure.svg()


def test_a_dashed_line_has_gaps_and_a_whole_one_has_none():
    ends = tuple((2.0 + k, 5.0) for k in range(36))
    whole, dashed = (
        (pixels(Figure("", 40, 10, (Line(ends, "#000000", 2, is_dashed),))) < 128).any(axis=2)
        for is_dashed in (False, True)
    )
    assert whole.any(axis=0).sum() > 65
    assert dashed.any(axis=0).sum() == pytest.approx(70 * 5 / 9, abs=8)


def test_names_are_text_and_never_markup():
    figure = Figure("<b>", 10, 10, (Words(0, 0, "<script>&\u202e"),))
    assert texts(figure) == ["<script>&‹U+202E›"]
    assert "<script>" not in figure.svg()


def test_curves_show_each_run_and_what_differs():
    runs = [ll.Run("iris", epochs=3, learning_rate=rate) for rate in (0.1, 0.01)]
    for run in runs:
        run.train()
    said = " ".join(texts(ll.curves(*runs)))
    assert "η 0.1;" in said
    assert "η 0.01;" in said
    with pytest.raises(DataError, match="needs a run"):
        ll.curves()


def test_a_confusion_has_the_counts_of_the_evaluation(run):
    counts = ll.evaluate(run).counts
    said = [int(text) for text in texts(ll.confusion(run)) if re.fullmatch(r"\d+", text)]
    assert sum(said) == counts.sum()
    assert sorted(said) == sorted(counts[counts > 0].tolist())


def test_regions_have_the_colour_of_the_class_that_is_answered(run):
    figure = ll.boundary(run)
    picture = figure.shapes[0]
    assert isinstance(picture, Picture)
    corner = ll.predict(run, [[0.8, 0.05]]).labels[0]
    assert corner == 0
    assert picture.pixels[-1, 0].tolist() == [184, 216, 233]  # 28 % of #0072B2 on white
    with pytest.raises(DataError, match="4 features"):
        ll.boundary(ll.Run("iris", features=["all"]))


def test_weights_of_pictures_are_pictures_and_others_bars(run):
    digits = ll.Run("digits", epochs=1)
    digits.train()
    assert ll.weights(digits).svg().count("<image") == 10
    assert "petal width" in texts(ll.weights(run))
    hidden = ll.Run("iris", hidden=3, epochs=1)
    assert "unit 3" in texts(ll.weights(hidden))


def test_a_figure_is_saved_as_its_name_says(run, tmp_path):
    figure = ll.confusion(run)
    assert figure.save(tmp_path / "a.png").read_bytes() == figure.png()
    assert figure.save(tmp_path / "a.svg").read_text() == figure.svg()


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        (0, 240, [0, 50, 100, 150, 200]),
        (0.7, 7.2, [2, 4, 6]),
    ],
)
def test_ticks_are_round(low, high, expected):
    assert ticks(low, high) == expected
