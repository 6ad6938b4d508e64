"""Connected parts: as scipy labels them."""

import numpy as np
import pytest
from scipy import ndimage

from core.data.pictures.labelling import connected


@pytest.mark.parametrize("share", [0.0, 0.1, 0.4, 0.6, 1.0])
@pytest.mark.parametrize("shape", [(1, 1), (1, 30), (30, 1), (40, 57)])
def test_parts_are_those_of_scipy(share, shape):
    for seed in range(5):
        mask = np.random.default_rng(seed).random(shape) < share
        expected, count = ndimage.label(mask, np.ones((3, 3)))
        parts = connected(mask)
        assert len(parts) == count
        pairs = {(int(a), int(b)) for a, b in zip(parts.labels.flat, expected.flat, strict=True)}
        assert len(pairs) == len({a for a, _ in pairs}) == len({b for _, b in pairs})
        for k, (rows, columns) in enumerate(ndimage.find_objects(parts.labels)):
            box = parts.top[k], parts.bottom[k], parts.left[k], parts.right[k]
            assert box == (rows.start, rows.stop, columns.start, columns.stop)
            assert parts.area[k] == (parts.labels == k + 1).sum()


def test_a_spiral_is_one_part():
    mask = np.zeros((41, 41), dtype=bool)
    for k in range(0, 20, 2):
        mask[k, k : 41 - k] = mask[k : 41 - k, 40 - k] = True
        mask[40 - k, k : 41 - k] = mask[k + 2 : 41 - k, k] = True
        mask[k + 2, k : k + 3] = True
    assert len(connected(mask)) == 1
