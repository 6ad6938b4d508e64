"""Variations of pictures: small, of every kind, decided by the seed."""

import numpy as np
import pytest

from core.data import augmentation
from core.data.augmentation import varied
from core.errors import DataError


@pytest.fixture
def ring():
    """400 times the same picture of a ring, in rows of 28 × 28 bytes."""
    y, x = np.mgrid[:28, :28] - 13.5
    picture = 255 * np.clip(2 - np.abs(np.hypot(x, y) - 7), 0, 1)
    return np.tile(picture.astype(np.uint8).reshape(1, -1), (400, 1))


def centres(X):
    """Return the centres of mass (n, 2), x and y from the picture's middle."""
    images = X.reshape(-1, 28, 28).astype(float)
    index = np.arange(28) - 13.5
    mass = images.sum(axis=(1, 2))
    return (
        np.stack([images.sum(axis=1) @ index, images.sum(axis=2) @ index], axis=1) / mass[:, None]
    )


def radii(X):
    """Return the mean distance of the ink from its centre, (n,)."""
    images = X.reshape(-1, 28, 28).astype(float)
    y, x = np.mgrid[:28, :28] - 13.5
    cx, cy = centres(X).T[:, :, None, None]
    return (images * np.hypot(x - cx, y - cy)).sum(axis=(1, 2)) / images.sum(axis=(1, 2))


def test_the_seed_decides_every_variation(ring):
    assert np.array_equal(varied(ring, 3), varied(ring, 3))
    assert not np.array_equal(varied(ring, 3), varied(ring, 4))


def test_what_is_given_stays_as_it_is(ring):
    before = ring.copy()
    varied(ring, 1)
    assert np.array_equal(ring, before)


def test_chunks_leave_no_trace(ring, monkeypatch):
    monkeypatch.setattr(augmentation, "CHUNK", 7)
    made = varied(ring, 1)
    assert len({row.tobytes() for row in made}) > 390


def test_pictures_move_by_no_more_than_the_limit(ring):
    away = centres(varied(ring, 1))
    assert 1.2 < np.abs(away).max() < 1.6 and np.abs(away.mean(axis=0)).max() < 0.15


def test_pictures_are_resized_by_no_more_than_the_limit(ring):
    ratio = radii(varied(ring, 1)) / radii(ring)
    assert 0.88 < ratio.min() < 0.94 and 1.06 < ratio.max() < 1.12


def test_pictures_are_turned_by_no_more_than_the_limit():
    bar = np.zeros((300, 28, 28), dtype=np.uint8)
    bar[:, 4:24, 12:16] = 255
    made = varied(bar.reshape(300, -1), 1).reshape(-1, 28, 28).astype(float)
    y, x = np.mgrid[:28, :28].astype(float)
    mass = made.sum(axis=(1, 2))
    cx, cy = (((made * part).sum(axis=(1, 2)) / mass)[:, None, None] for part in (x, y))
    xy, yy = ((made * (part - c) * (y - cy)).sum(axis=(1, 2)) for part, c in ((x, cx), (y, cy)))
    angle = np.degrees(np.arctan2(xy, yy))
    assert 8.5 < np.abs(angle).max() < 10.5 and abs(angle.mean()) < 1


def test_strokes_become_thinner_and_thicker(ring):
    ink = varied(ring, 1).sum(axis=1, dtype=float) / ring[0].sum(dtype=float)
    assert ink.min() < 0.8 and ink.max() > 1.2


def test_an_empty_picture_stays_empty():
    assert not varied(np.zeros((5, 64), dtype=np.uint8), 1).any()


def test_pictures_that_are_not_square_are_refused():
    with pytest.raises(DataError, match="not square"):
        varied(np.zeros((5, 65), dtype=np.uint8), 1)
