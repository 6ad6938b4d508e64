"""A folder of pictures becomes a data set: its pixels, classes, split, and what is left out."""

import io
import threading

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from core import memory
from core.config import DataConfig, RunConfig
from core.data import sources
from core.data.picture_folder import reading
from core.data.task import prepare
from core.errors import Cancelled, DataError
from tests.core.training import train


def png(pixels):
    data = io.BytesIO()
    Image.fromarray(pixels).save(data, "PNG")
    return data.getvalue()


def random_pixels(seed, *shape):
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


@pytest.fixture
def folder(tmp_path):
    """Return folder({path: pixels or bytes}): a folder of these files, as a config's path."""
    root = tmp_path / "pictures"

    def folder(files):
        for path, content in files.items():
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content if isinstance(content, bytes) else png(content))
        return str(root)

    return folder


def read(path, **options):
    return sources.load(DataConfig(source="pictures", path=path, **options))


@pytest.fixture
def two(folder):
    """A folder of two classes with three pictures each, of 6 × 5 pixels."""
    return folder(
        {
            f"{name}/{k}.png": random_pixels(10 * j + k, 6, 5)
            for j, name in enumerate("ab")
            for k in range(3)
        }
    )


def test_small_pictures_of_one_size_keep_their_pixels(two):
    data = read(two)
    assert data.image_shape == (6, 5)
    assert data.looks == "grey"
    np.testing.assert_array_equal(data.X[4].reshape(6, 5), random_pixels(11, 6, 5))
    assert data.class_names == ("a", "b")
    assert data.y.tolist() == [0, 0, 0, 1, 1, 1]
    assert data.scale == 255
    assert data.folder.sizes == (((6, 5), 6),)


def test_colours_are_three_pictures_one_below_the_other(folder):
    pixels = random_pixels(0, 4, 4, 3)
    data = read(folder({"a/1.png": pixels, "b/1.png": pixels}), colour=True)
    assert data.image_shape == (12, 4)
    assert data.looks == "colour"
    np.testing.assert_array_equal(data.X[0].reshape(3, 4, 4), pixels.transpose(2, 0, 1))
    assert data.feature_names[0] == "red pixel 0,0"
    assert data.feature_names[16] == "green pixel 0,0"
    assert len(set(data.feature_names)) == 48


def test_pictures_of_several_sizes_become_28(folder):
    data = read(folder({"a/1.png": random_pixels(0, 50, 70), "b/1.png": random_pixels(1, 20, 20)}))
    assert data.image_shape == (28, 28)
    assert dict(data.folder.sizes) == {(50, 70): 1, (20, 20): 1}


def test_a_size_that_is_asked_for_and_inversion(two):
    data = read(two, size=6, invert=True)
    assert data.image_shape == (6, 6)
    own = read(two, size=6)
    np.testing.assert_array_equal(data.X, 255 - own.X)


def test_light_ink_on_black_is_told_from_photos(folder):
    digit = np.zeros((9, 9), dtype=np.uint8)
    digit[3:6, 3:6] = 255
    path = folder({"a/1.png": digit, "a/2.png": digit, "b/1.png": digit.T})
    assert read(path).looks == "ink"
    assert read(path, invert=True).looks == "grey"


def test_a_published_test_set_is_kept(folder):
    path = folder(
        {
            f"{part}/{name}/{k}.png": random_pixels(k, 3, 3)
            for part, count in (("train", 4), ("test", 2))
            for name in "ab"
            for k in range(count)
        }
    )
    task = prepare(read(path), RunConfig(data=DataConfig(source="pictures", path=path)))
    assert task.config.data.test_fraction is None
    assert task.dataset.y[task.train_rows].tolist() == [0] * 4 + [1] * 4
    assert task.dataset.y[task.test_rows].tolist() == [0, 0, 1, 1]


def test_damaged_files_are_left_out_by_name_and_the_rest_is_read(folder):
    whole = png(random_pixels(0, 9, 9))
    data = read(
        folder(
            {
                "a/1.png": whole,
                "a/cut.png": whole[: len(whole) // 2],
                "a/empty.jpg": b"",
                "a/page.jpg": b"<!DOCTYPE html><html>",
                "b/2.png": random_pixels(1, 9, 9),
            }
        )
    )
    assert data.n == 2
    assert data.y.tolist() == [0, 1]
    told = {each.why: each.names for each in data.folder.left_out}
    assert told == {
        "damaged": ("a/cut.png",),
        "empty (0 bytes)": ("a/empty.jpg",),
        "a web page": ("a/page.jpg",),
    }
    assert any("a/cut.png" in note for note in map(str, data.notes))


def test_a_class_whose_pictures_are_all_damaged_is_none(folder):
    files = {"a/1.png": random_pixels(0, 3, 3), "b/1.png": random_pixels(1, 3, 3), "c/1.png": b"x"}
    data = read(folder(files))
    assert data.class_names == ("a", "b")
    assert any("no row of class “c”" in note for note in map(str, data.notes))


def test_less_than_two_classes_with_readable_pictures_are_refused(folder):
    with pytest.raises(DataError, match=r"1 class are left .*b/1\.png"):
        read(folder({"a/1.png": random_pixels(0, 3, 3), "b/1.png": b"x"}))


def test_a_picture_that_claims_millions_of_pixels_is_left_out(folder):
    bomb = io.BytesIO()
    Image.new("1", (9_000, 4_000)).save(bomb, "PNG")
    files = {"a/1.png": random_pixels(0, 3, 3), "a/2.png": bomb.getvalue()}
    data = read(folder(files | {"b/1.png": random_pixels(1, 3, 3)}), size=8)
    assert [each.why for each in data.folder.left_out] == ["of too many pixels"]


def test_a_folder_that_does_not_fit_into_memory_is_refused_before_it_is_read(two, monkeypatch):
    monkeypatch.setattr(memory, "free", lambda: 10_000)
    told = []
    with pytest.raises(DataError, match=r"6 pictures of 256 × 256 .* Choose a smaller size"):
        reading.read(
            DataConfig(source="pictures", path=two, size=256), lambda *said: told.append(said)
        )
    assert told == []


def test_reading_is_told_and_can_be_cancelled(two, monkeypatch):
    monkeypatch.setattr(reading, "AT_ONCE", 2)
    config, told, stop = DataConfig(source="pictures", path=two), [], threading.Event()
    reading.read(config, lambda words, share: told.append((words, share)))
    assert [words for words, _ in told] == [f"pictures  {k} of 6 pictures" for k in (0, 2, 4)]
    stop.set()
    with pytest.raises(Cancelled):
        reading.read(config, is_cancelled=stop.is_set)


def test_square_pictures_without_colours_alone_are_deskewed(two):
    with pytest.raises(DataError, match="only square ones"):
        prepare(read(two), RunConfig(data=DataConfig(source="pictures", path=two, deskew=True)))


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(data=st.data())
def test_no_damage_of_a_file_keeps_the_others_from_being_read(folder, data):
    """Either the damaged file is among the pictures, or it is named."""
    kind = data.draw(st.sampled_from(["PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP"]))
    whole = io.BytesIO()
    Image.fromarray(random_pixels(5, 12, 9, 3)).save(whole, kind)
    content = bytearray(whole.getvalue())
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    content = content[: data.draw(st.integers(0, len(content)))]
    files = {"a/1.png": random_pixels(0, 8, 8), "b/1.png": random_pixels(1, 8, 8)}
    found = read(folder(files | {"b/damaged.png": bytes(content)}), size=8)
    left = [name for each in found.folder.left_out for name in each.names]
    assert found.n + len(left) == 3
    assert set(left) <= {"b/damaged.png"}
    np.testing.assert_array_equal(found.X[0].reshape(8, 8), random_pixels(0, 8, 8))


def test_photos_on_a_light_ground_learn_at_the_usual_rate(folder):
    """As they are, all weights would move at once, and the second step would be far too large."""
    rng = np.random.default_rng(4)
    files = {}
    for name, side in (("wide", 14), ("small", 5)):
        for k in range(12):
            photo = np.full((20, 20), 238, dtype=np.uint8)
            top, left = rng.integers(0, 20 - side, 2)
            photo[top : top + side, left : left + side] = 60
            files[f"{name}/{k}.png"] = photo
    config = RunConfig(DataConfig(source="pictures", path=folder(files)))
    task = prepare(sources.load(config.data), config)
    assert task.config.data.standardise
    trainer = train(task, 60)
    assert trainer.outcome is None
    assert trainer.measured().train_loss < 0.3
