"""How a shape is written: never twice alike, and still that digit."""

import numpy as np
import pytest

from core.data.digits.drawing import strokes_to_image
from core.data.pens.shapes import shapes
from core.data.pens.writing import write

SOME = [shape for shape in shapes() if shape.name in ("plain", "crossed", "open", "dotted")]


@pytest.mark.parametrize("shape", SOME, ids=lambda shape: f"{shape.digit} {shape.name}")
def test_a_hand_keeps_strokes_and_points_of_the_shape(shape):
    written = write(shape, (1, 2))
    assert [stroke.shape for stroke in written] == [stroke.shape for stroke in shape.strokes]
    assert all(np.isfinite(stroke).all() for stroke in written)


def test_the_same_seed_is_the_same_hand_and_another_is_another():
    once, again, other = (np.concatenate(write(SOME[0], seed)) for seed in ((1, 2), (1, 2), (1, 3)))
    assert np.array_equal(once, again) and not np.allclose(once, other)


def test_hands_differ_in_slant_and_proportions():
    stick = next(shape for shape in shapes() if (shape.digit, shape.name) == (1, "stick"))
    zero = next(shape for shape in shapes() if (shape.digit, shape.name) == (0, "plain"))
    leans, widths = [], []
    for k in range(60):
        (down,) = write(stick, (1, k))
        leans.append((down[0] - down[-1])[0] / (down[-1] - down[0])[1])
        (round_,) = write(zero, (0, k))
        widths.append(np.ptp(round_[:, 0]) / np.ptp(round_[:, 1]))
    assert min(leans) < -0.1 and max(leans) > 0.5
    assert min(widths) < 0.5 and max(widths) > 0.9


def test_a_written_digit_is_nearer_to_its_shape_than_to_most_others():
    plain = [next(s for s in shapes() if s.digit == digit) for digit in range(10)]
    models = np.array([strokes_to_image(s.strokes, deskew=True).ravel() for s in plain])
    near = [
        int(
            ((models - strokes_to_image(write(shape, (k,)), deskew=True).ravel()) ** 2)
            .sum(1)
            .argmin()
        )
        == digit
        for digit, shape in enumerate(plain)
        for k in range(8)
    ]
    assert np.mean(near) > 0.7
