"""Picture files as pixels of one size: turned, on white, in their proportions, of any kind."""

import io

import numpy as np
import pytest
from PIL import Image

from core.data.pictures.scaled import Form, scaled, size_of
from core.errors import DataError


def file_of(image, kind="PNG", **options):
    data = io.BytesIO()
    image.save(data, kind, **options)
    return data.getvalue()


def pixels_of(image, form, kind="PNG", **options):
    return scaled(file_of(image, kind, **options), "picture", form)[0]


@pytest.fixture
def half():
    """A picture of 10 × 8 whose left half is black and whose right half is white."""
    pixels = np.zeros((10, 8), dtype=np.uint8)
    pixels[:, 4:] = 255
    return Image.fromarray(pixels)


def test_a_picture_of_the_size_keeps_its_pixels(half):
    np.testing.assert_array_equal(pixels_of(half, Form(10, 8)), np.asarray(half))


def test_greys_of_colours_are_their_luminance():
    colours = np.random.default_rng(0).integers(0, 256, (5, 5, 3), dtype=np.uint8)
    found = pixels_of(Image.fromarray(colours), Form(5, 5))
    np.testing.assert_allclose(found, colours @ [0.299, 0.587, 0.114], atol=1)


@pytest.mark.parametrize(("width", "height"), [(40, 10), (10, 40), (31, 30), (3, 2), (400, 1)])
def test_proportions_are_kept_and_the_rest_has_the_colour_of_the_border(width, height):
    found = pixels_of(Image.new("RGB", (width, height), (9, 99, 199)), Form(20, 20, True))
    assert found.shape == (60, 20)
    for plane, value in zip(found.reshape(3, 20, 20), (9, 99, 199), strict=True):
        assert (plane == value).all()


def test_a_wide_picture_stands_in_the_middle():
    ink = np.full((20, 60), 255, dtype=np.uint8)
    ink[5:15, 10:50] = 0
    found = pixels_of(Image.fromarray(ink), Form(30, 30))
    dark = np.argwhere(found < 128)
    np.testing.assert_allclose(dark.min(axis=0), [12, 5], atol=1)
    np.testing.assert_allclose(dark.max(axis=0), [17, 24], atol=1)
    assert found[0, 0] == 255


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_turned_as_its_camera_says(orientation, half):
    turned = {
        1: half,
        2: half.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        3: half.transpose(Image.Transpose.ROTATE_180),
        4: half.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
        5: half.transpose(Image.Transpose.TRANSPOSE),
        6: half.transpose(Image.Transpose.ROTATE_90),
        7: half.transpose(Image.Transpose.TRANSVERSE),
        8: half.transpose(Image.Transpose.ROTATE_270),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = file_of(turned, "PNG", exif=exif)
    pixels, size = scaled(data, "photo", Form(10, 8))
    np.testing.assert_array_equal(pixels, np.asarray(half))
    assert size == size_of(data, "photo") == (10, 8)


def test_what_is_transparent_is_white():
    clear = Image.new("RGBA", (4, 4), (0, 0, 0, 0))
    clear.putpixel((1, 2), (10, 20, 30, 255))
    found = pixels_of(clear, Form(4, 4, True)).reshape(3, 4, 4)
    assert found[:, 2, 1].tolist() == [10, 20, 30]
    assert (np.delete(found.reshape(3, 16), 9, axis=1) == 255).all()


def test_a_transparent_colour_of_a_palette_is_white():
    image = Image.new("P", (4, 4), 1)
    image.putpalette([255, 0, 0, 0, 0, 255])
    image.putpixel((0, 0), 0)
    found = pixels_of(image, Form(4, 4, True), "GIF", transparency=1).reshape(3, 4, 4)
    assert found[:, 0, 0].tolist() == [255, 0, 0]
    assert found[:, 1, 1].tolist() == [255, 255, 255]


def test_a_large_transparent_picture_is_averaged_over_white():
    large = np.zeros((800, 800, 4), dtype=np.uint8)
    large[:, ::2, 3] = 255  # every second column is black, the others are clear
    found = pixels_of(Image.fromarray(large), Form(8, 8))
    np.testing.assert_allclose(found, 127.5, atol=2)


def test_greys_of_16_bits_keep_their_range():
    values = np.linspace(0, 65535, 64).astype(np.uint16).reshape(8, 8)
    found = pixels_of(Image.fromarray(values), Form(8, 8))
    np.testing.assert_allclose(found, values / 257, atol=0.51)


def test_of_a_moving_picture_the_first_frame_is_read():
    frames = [Image.new("L", (4, 4), value) for value in (50, 150, 250)]
    found = pixels_of(frames[0], Form(4, 4), "GIF", save_all=True, append_images=frames[1:])
    assert (found == 50).all()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "F"])
def test_every_mode_of_colours_is_read(mode):
    kind = "TIFF" if mode in ("CMYK", "I;16", "F") else "PNG"
    plain = Image.new("L", (6, 6), 255)
    if mode == "I;16":
        image = Image.fromarray(np.full((6, 6), 65535, dtype=np.uint16))
    elif mode == "F":
        image = Image.fromarray(np.ones((6, 6), dtype=np.float32))
    else:
        image = plain.convert(mode)
    for is_coloured in (False, True):
        assert (pixels_of(image, Form(6, 6, is_coloured), kind) == 255).all()


def test_a_large_jpeg_has_the_colours_that_it_shows():
    colours = np.zeros((600, 900, 3), dtype=np.uint8)
    colours[:, :450] = 200, 30, 60
    colours[:, 450:] = 20, 130, 240
    found = pixels_of(Image.fromarray(colours), Form(6, 9, True), "JPEG", quality=95)
    planes = found.reshape(3, 6, 9)
    np.testing.assert_allclose(planes[:, :, 1].T, [[200, 30, 60]] * 6, atol=4)
    np.testing.assert_allclose(planes[:, :, 7].T, [[20, 130, 240]] * 6, atol=4)


def test_inversion_makes_light_dark(half):
    np.testing.assert_array_equal(
        pixels_of(half, Form(10, 8, is_inverted=True)), 255 - np.asarray(half)
    )


@pytest.mark.parametrize("data", [b"", b"hello", b"\x89PNG\r\n\x1a\n rest"])
def test_what_is_no_picture_is_refused(data):
    with pytest.raises(DataError, match="photo is"):
        scaled(data, "photo", Form(4, 4))
