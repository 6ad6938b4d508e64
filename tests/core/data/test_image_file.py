"""Pictures from files: read whatever their kind, and brought into MNIST's form."""

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from core.config import DataConfig
from core.data import image_file
from core.data.digits.drawing import DigitPreprocessing, draw, strokes_to_image
from core.data.digits.layout import MNIST
from core.data.sources import load
from core.errors import DataError
from tests.core.hands import everybody, written


def paper(digit=3, size=200, pen=14.0, share=0.6):
    """A digit somewhere on a large sheet, ink in 0 … 1."""
    stroke = [part * (share * size) + 0.1 * size for part in written(digit)]
    recipe = DigitPreprocessing(
        crop=False, scale_to_box=False, centre=False, size=size, pen_width=pen
    )
    return draw(stroke, recipe, frame=(size, size))


def saved(path, grey, mode="L"):
    """Save grey in 0 … 1 as a PNG of that kind."""
    image = Image.fromarray(np.rint(255 * grey).astype(np.uint8))
    if mode == "I;16":
        image = Image.fromarray(np.rint(65535 * grey).astype(np.uint16))
    elif mode != "L":
        image = image.convert(mode)
    image.save(path, format="PNG")
    return path


@pytest.fixture
def path(tmp_path):
    return tmp_path / "four.png"


def png_chunk(name, data):
    checked = name + data
    return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))


def png(width, height, chunks=b""):
    """The head of a PNG file that claims this size."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return image_file.SIGNATURE + png_chunk(b"IHDR", head) + chunks


# Reading --------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA", "P", "I;16"])
@pytest.mark.parametrize("is_dark", [True, False])
def test_ink_is_the_same_in_every_kind_of_png_dark_on_light_or_light_on_dark(mode, is_dark, path):
    ink = paper()
    read = image_file.read(saved(path, 1 - ink if is_dark else ink, mode))
    assert read.dtype == np.float32
    np.testing.assert_allclose(read, ink, atol=0.003)


def test_black_and_white_without_grey(path):
    ink = (paper() > 0.5).astype(float)
    np.testing.assert_array_equal(image_file.read(saved(path, 1 - ink, "1")), ink)


@pytest.mark.parametrize("grey", [0, 255])
def test_transparent_is_the_paper_that_the_ink_stands_out_from(grey, path):
    ink = paper()
    pixels = np.full((*ink.shape, 4), grey, dtype=np.uint8)
    pixels[..., 3] = np.rint(255 * ink)
    Image.fromarray(pixels).save(path)
    np.testing.assert_allclose(image_file.read(path), ink, atol=0.003)


def test_a_transparent_colour_of_a_palette_is_paper(path):
    ink = paper() > 0.5
    image = Image.fromarray(ink.astype(np.uint8))
    image.putpalette([9, 9, 9, 0, 0, 0])
    image.save(path, transparency=0)
    np.testing.assert_array_equal(image_file.read(path), ink)


def test_grey_paper_is_paper(path):
    read = image_file.read(saved(path, 0.8 - 0.8 * paper()))
    assert np.median(read) == 0 and read.max() == pytest.approx(1, abs=0.01)


def test_pixels_of_mnist_come_back_to_the_bit(path, mnist_folder):
    mnist = load(DataConfig("mnist", folder=str(mnist_folder)))
    values = mnist.values(slice(-50, None)).reshape(-1, 28, 28)
    for pixels in values:
        ink = image_file.read(saved(path, pixels))
        np.testing.assert_array_equal(image_file.picture_to_image(ink), pixels)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty (0 bytes)"),
        (b"GIF89a", "is no PNG picture"),
        (b"\xff\xd8\xff\xe0", "is no PNG picture"),
        (image_file.SIGNATURE, "has 0 × 0 pixels"),
        (png(0, 5), "has 0 × 5 pixels"),
        (png(100_000, 100_000), "has 100,000 × 100,000 pixels; at most 17 million"),
        (png(5000, 5000), "at most 17 million"),
        (png(8, 8), "is damaged"),
        (png(8, 8, struct.pack(">I", 2**31) + b"IDAT"), "is damaged"),
    ],
)
def test_what_is_no_picture_gets_a_sentence(content, words, path):
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"four\.png") as caught:
        image_file.read(path)
    assert words in str(caught.value)


@pytest.mark.parametrize("name", [b"IHDR", b"abCd"])
def test_a_second_head_does_not_get_past_the_limit(name, path):
    first = image_file.SIGNATURE + png_chunk(name, png(8, 8)[16:29])
    pixels = png_chunk(b"IDAT", zlib.compress(bytes(5001 * 5000)))
    path.write_bytes(first + png(5000, 5000, pixels)[8:])
    with pytest.raises(DataError, match=r"four\.png is damaged \(it gives its size twice\)"):
        image_file.read(path)


def test_no_file_gets_a_sentence(path):
    with pytest.raises(DataError, match="There is no file"):
        image_file.read(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_picture_with_bytes_changed_is_read_or_refused_in_words(data, path):
    buffer = io.BytesIO()
    Image.fromarray(np.rint(255 * paper(size=40, pen=4.0)).astype(np.uint8)).save(buffer, "PNG")
    changed = bytearray(buffer.getvalue())
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(changed) - 1))
        changed[place : place + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    path.write_bytes(changed)
    try:
        read = image_file.read(path)
    except DataError:
        return
    assert np.isfinite(read).all() and read.min() >= 0 and read.max() <= 1


# MNIST's form ---------------------------------------------------------------------------------


@pytest.mark.parametrize("digit", range(10))
def test_a_picture_becomes_what_the_same_strokes_become(digit):
    image = image_file.picture_to_image(paper(digit))
    expected = strokes_to_image(written(digit), pen_width=14 * 19 / 134)
    assert np.abs(image - expected).mean() < 0.01


def test_pictures_fit_the_box_with_their_mass_in_the_middle():
    for digit in range(10):
        image = image_file.picture_to_image(paper(digit))
        assert image.shape == (28, 28) and image.dtype == np.float32 and image.flags.writeable
        assert image.min() >= 0 and image.max() <= 1
        (rows,), (columns,) = (np.nonzero((image > 0.05).any(axis=k)) for k in (1, 0))
        assert max(np.ptp(rows), np.ptp(columns)) + 1 <= 21
        index = np.arange(28)
        centre = image.sum(axis=0) @ index, image.sum(axis=1) @ index
        middle = np.array(MNIST.middle, dtype=float)
        np.testing.assert_allclose(np.array(centre) / image.sum(), middle, atol=0.15)


@pytest.mark.parametrize(("size", "share"), [(100, 0.4), (250, 0.2), (256, 0.8)])
def test_place_and_size_make_little_difference(size, share):
    small = image_file.picture_to_image(paper(5, size, 0.1 * share * size, share))
    large = image_file.picture_to_image(paper(5, 200, 0.1 * 0.6 * 200))
    assert np.abs(small - large).mean() < 0.05


def test_thin_strokes_become_thicker():
    thin, wide = (image_file.picture_to_image(paper(7, pen=pen)) for pen in (2.0, 14.0))
    assert thin.max() > 0.9 and thin.sum() > 0.6 * wide.sum()


def test_a_picture_in_the_form_of_8_by_8_digits_is_taken_as_it_is(digits):
    for row in digits.values(slice(0, 20)):
        np.testing.assert_array_equal(
            image_file.picture_to_image(row.reshape(8, 8), 8), row.reshape(8, 8)
        )


def test_a_small_picture_with_the_ink_in_a_corner_is_moved():
    corner = np.zeros((28, 28), dtype=np.float32)
    corner[1:9, 1:3] = 1
    moved = image_file.picture_to_image(corner)
    assert moved[13:15, 13:15].all() and not moved[:4].any()


@pytest.mark.parametrize("size", [8, 28])
def test_a_large_picture_fits_every_form(size):
    for strokes, _ in everybody([None])[::5]:
        ink = draw(strokes, DigitPreprocessing(size=250, pen_width=15.0))
        assert image_file.picture_to_image(ink, size).shape == (size, size)


@pytest.mark.parametrize("shape", [(28, 28), (1, 1), (3, 300)])
def test_empty_paper_is_an_empty_picture(shape):
    empty = image_file.picture_to_image(np.full(shape, 0.05, dtype=np.float32))
    assert empty.shape == (28, 28) and not empty.any()


def test_a_shadow_far_from_the_stroke_leaves_it_in_the_frame():
    shaded = np.zeros((200, 1000), dtype=np.float32)
    shaded[:, 700:] = 0.15
    shaded[20:80, 30:40] = 1
    image = image_file.picture_to_image(shaded)
    assert image[8:20, 14].min() > 0.9 and not image[:, :8].any()


@pytest.mark.parametrize("shape", [(2, 1000), (1000, 2), (1, 1), (2, 2)])
def test_odd_shapes_are_no_obstacle(shape):
    image = image_file.picture_to_image(np.ones(shape, dtype=np.float32))
    assert image.shape == (28, 28) and np.isfinite(image).all() and image.any()
