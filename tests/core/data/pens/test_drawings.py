"""The bundled drawings: made by the rules, checked when they are read, and pictures of the pad."""

import gzip
from collections import Counter

import numpy as np
import pytest

from core.data.digits.drawing import strokes_to_image
from core.data.pens import bundle, drawings
from core.data.pens.shapes import read_shapes, shapes
from core.errors import DataError


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A place where the program looks for its drawings instead."""
    monkeypatch.setattr(drawings, "files", lambda package: tmp_path)
    drawings.drawings.cache_clear()
    yield tmp_path.joinpath(*drawings.PLACE)
    drawings.drawings.cache_clear()


def test_the_bundled_drawings_are_those_that_the_rules_make():
    for bundled, made in zip(drawings.drawings(), bundle.made(), strict=True):
        assert (bundled.digit, bundled.name) == (made.digit, made.name)
        for ours, theirs in zip(bundled.strokes, made.strokes, strict=True):
            np.testing.assert_allclose(ours, theirs, atol=1)  # rounded on another machine


def test_every_shape_of_a_digit_is_drawn_as_often_as_the_others():
    counts = Counter((drawing.digit, drawing.name) for drawing in drawings.drawings())
    assert counts.keys() == {(shape.digit, shape.name) for shape in shapes()}
    for digit in range(10):
        own = [count for (other, _), count in counts.items() if other == digit]
        assert sum(own) == bundle.PER_DIGIT and max(own) - min(own) <= 1


def test_the_first_drawings_are_as_many_of_each_digit():
    first = drawings.drawings()[:70]
    assert Counter(drawing.digit for drawing in first) == dict.fromkeys(range(10), 7)


def test_drawings_are_written_as_they_are_read():
    some = bundle.made()[:20]
    again = read_shapes(bundle.text(some))
    assert bundle.text(again) == bundle.text(some)


def test_pictures_follow_the_recipe_of_the_pad_with_pens_of_the_seed():
    X, y = drawings.pictures(28, 5, 40)
    assert X.shape == (40, 784) and y.tolist() == [*range(10)] * 4
    strokes = drawings.drawings()[7].strokes
    thin, wide = (strokes_to_image(strokes, pen_width=2.4 * pen).ravel() for pen in drawings.PENS)
    assert thin.sum() <= X[7].sum() <= wide.sum()
    assert np.array_equal(X, drawings.pictures(28, 5, 40)[0])
    assert not np.array_equal(X, drawings.pictures(28, 6, 40)[0])


def test_fewer_pictures_are_the_first_ones():
    assert np.array_equal(drawings.pictures(8, 5, 20)[0], drawings.pictures(8, 5, 40)[0][:20])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read"),
        (b"no gzip", "cannot be read"),
        (gzip.compress(b"7 crossed 0,0 9,1\n" * 9, mtime=0)[:-12], "cannot be read"),
        (gzip.compress(b"7 crossed 0,0 9,1\n", mtime=0), "lack digits"),
        (gzip.compress(b"7 crossed 0,0 9\n", mtime=0), "Line 1"),
        (gzip.compress(b"\xff\xfe", mtime=0), "cannot be read"),
    ],
)
def test_damaged_drawings_are_refused_in_words(place, content, said):
    if content is not None:
        place.parent.mkdir()
        place.write_bytes(content)
    with pytest.raises(DataError, match=said):
        drawings.drawings()
