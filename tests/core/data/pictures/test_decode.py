"""Picture files of any kind become the same grey values; what is none gets a sentence."""

import os
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from core.config import DataConfig
from core.data.digits.drawing import DigitPreprocessing
from core.data.pictures import decode
from core.data.pictures.cleaning import Cleaning
from core.data.pictures.kinds import looks_like_picture
from core.data.pictures.reading import read_digit
from core.data.sources import load
from core.errors import DataError
from tests.core.data.pictures.pages import file_of, page

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def png_chunk(name, data):
    checked = name + data
    return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))


def png(width, height, chunks=b""):
    """The head of a PNG file that claims this size."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return SIGNATURE + png_chunk(b"IHDR", head) + chunks


@pytest.fixture
def grey():
    return 1 - page(3)


KINDS: dict[str, tuple[dict[str, Any], float]] = {
    "PNG": ({}, 0.003),
    "BMP": ({}, 0.003),
    "TIFF": ({}, 0.003),
    "GIF": ({}, 0.01),
    "PPM": ({}, 0.003),
    "TGA": ({}, 0.003),
    "JPEG": ({"quality": 95}, 0.08),
    "WEBP": ({"lossless": True}, 0.01),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_file_gives_the_same_greys(kind, grey):
    options, tolerance = KINDS[kind]
    read = decode.decode(file_of(grey, kind, **options), "three")
    assert read.dtype == np.float32
    np.testing.assert_allclose(read, grey, atol=tolerance)


@pytest.mark.parametrize("mode", ["LA", "RGB", "RGBA", "P", "1", "CMYK"])
def test_every_mode_gives_the_same_greys(mode, grey):
    flat = (grey > 0.5).astype(float)
    image = Image.fromarray(np.rint(255 * flat).astype(np.uint8)).convert("RGB").convert(mode)
    read = decode.decode(file_of(image, "TIFF" if mode == "CMYK" else "PNG"), "three")
    np.testing.assert_allclose(read, flat, atol=0.01)


@pytest.mark.parametrize(
    ("values", "most"), [(np.uint16, 65535), (np.int32, 65535), (np.float32, 1.0)]
)
def test_more_than_eight_bits(values, most, grey):
    image = Image.fromarray((grey * most).astype(values))
    np.testing.assert_allclose(decode.decode(file_of(image, "TIFF"), "x"), grey, atol=0.001)


@pytest.mark.parametrize(
    ("tag", "turned"),
    [
        (3, Image.Transpose.ROTATE_180),
        (6, Image.Transpose.ROTATE_90),
        (8, Image.Transpose.ROTATE_270),
        (2, Image.Transpose.FLIP_LEFT_RIGHT),
    ],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_a_picture_is_turned_as_its_exif_data_say(tag, turned, kind, grey):
    exif = Image.Exif()
    exif[0x0112] = tag
    stored = Image.fromarray(np.rint(255 * grey).astype(np.uint8)).transpose(turned)
    read = decode.decode(file_of(stored, kind, exif=exif), "three")
    np.testing.assert_allclose(read, grey, atol=0.2)


# Transparency ---------------------------------------------------------------------------------


@pytest.mark.parametrize("ink", [0, 255])
def test_ink_alone_is_on_paper_that_contrasts_with_it(ink):
    digit = page()
    pixels = np.full((*digit.shape, 4), ink, dtype=np.uint8)
    pixels[..., 3] = np.rint(255 * digit)
    expected = 1 - digit if ink == 0 else digit
    np.testing.assert_allclose(
        decode.decode(file_of(Image.fromarray(pixels)), "x"), expected, atol=0.005
    )


@pytest.mark.parametrize("below", [0, 255])
@pytest.mark.parametrize("is_dark", [True, False])
def test_what_is_transparent_beside_paper_is_paper(is_dark, below):
    digit = page()
    grey = 1 - digit if is_dark else digit
    pixels = np.zeros((*digit.shape, 4), dtype=np.uint8)
    pixels[..., :3] = np.rint(255 * grey)[..., None]
    pixels[..., 3] = 255
    pixels[:12] = pixels[:, :9] = (below, below, below, 0)
    read = decode.decode(file_of(Image.fromarray(pixels)), "x")
    np.testing.assert_allclose(read, grey, atol=0.005)


def test_a_transparent_colour_of_a_palette_is_paper():
    ink = page() > 0.5
    image = Image.fromarray(ink.astype(np.uint8))
    image.putpalette([9, 9, 9, 0, 0, 0])
    read = decode.decode(file_of(image, transparency=0), "x")
    np.testing.assert_array_equal(read < 0.5, ink)


def test_nothing_opaque_is_no_fault():
    read = decode.decode(file_of(Image.new("RGBA", (20, 30), (0, 0, 0, 0))), "x")
    assert read.shape == (30, 20) and np.ptp(read) == 0


# Animations -----------------------------------------------------------------------------------


def frames(*greys):
    images = [Image.fromarray(np.rint(255 * grey).astype(np.uint8)) for grey in greys]
    return file_of(images[0], "GIF", save_all=True, append_images=images[1:], duration=100)


def test_of_an_animation_it_is_the_first_frame(grey):
    read = decode.decode(frames(grey, np.zeros_like(grey), 1 - page(7)), "x")
    np.testing.assert_allclose(read, grey, atol=0.01)


def test_of_a_drawing_that_grows_it_is_the_last_frame(grey):
    begun, further = grey.copy(), grey.copy()
    begun[60:] = further[110:] = 1
    read = decode.decode(frames(begun, further, grey), "x")
    np.testing.assert_allclose(read, grey, atol=0.01)


# Size -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_a_large_picture_is_reduced(kind, grey):
    large = Image.fromarray(np.rint(255 * grey).astype(np.uint8)).resize((1800, 1400))
    read = decode.decode(file_of(large, kind), "x")
    assert max(read.shape) <= decode.LONGEST_SIDE < 2 * max(read.shape)
    assert read.shape[1] / read.shape[0] == pytest.approx(1800 / 1400, rel=0.01)


def test_pixels_of_mnist_come_back_to_the_bit(mnist_folder):
    mnist = load(DataConfig("mnist", folder=str(mnist_folder)))
    for pixels in mnist.values(slice(-50, None)).reshape(-1, 28, 28):
        grey = decode.decode(file_of(pixels), "x")
        reading = read_digit(grey, DigitPreprocessing(), Cleaning())
        np.testing.assert_array_equal(reading.image, pixels)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty .0 bytes."),
        (b"GIF89a", "is damaged: it breaks off"),
        (b"\xff\xd8\xff\xe0", "is damaged"),
        (b"hello, world", "is no picture that can be read; choose a PNG"),
        (b"\0\0\0\x18ftypheic" + bytes(20), "is a HEIC photo; save it as JPEG"),
        (b"%PDF-1.7", "is a PDF document"),
        (b"\xef\xbb\xbf\n<svg xmlns='x'>", "is an SVG drawing"),
        (b"<!DOCTYPE html><html>", "is a web page"),
        (b"version https://git-lfs.github.com/spec/v1\n", "is a pointer of Git LFS"),
        (SIGNATURE, "is damaged"),
        (png(100_000, 100_000, png_chunk(b"IDAT", b"")), "at most 34 million"),
        (png(7000, 7000, png_chunk(b"IDAT", b"")), "has 7,000 × 7,000 pixels; at most 34 million"),
        (png(8, 8), "is damaged"),
        (png(8, 8, struct.pack(">I", 2**31) + b"IDAT"), "is damaged"),
    ],
)
def test_what_is_no_picture_gets_a_sentence(content, words, tmp_path):
    path = tmp_path / "four.png"
    path.write_bytes(content)
    with pytest.raises(DataError, match=words) as caught:
        decode.read(path)
    assert "four.png" in str(caught.value)


@pytest.mark.parametrize("name", [b"IHDR", b"abCd"])
def test_a_second_head_does_not_get_past_the_limit(name):
    first = SIGNATURE + png_chunk(name, png(8, 8)[16:29])
    pixels = png_chunk(b"IDAT", zlib.compress(bytes(7001 * 7000)))
    with pytest.raises(DataError, match=r"is damaged|pixels; at most"):
        decode.decode(first + png(7000, 7000, pixels)[8:], "four.png")


def test_no_file_gets_a_sentence(tmp_path):
    with pytest.raises(DataError, match="There is no file"):
        decode.read(tmp_path / "four.png")


SMALL = {kind: file_of(1 - page(size=40, pen=4.0), kind, **KINDS[kind][0]) for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_a_picture_with_bytes_changed_is_read_or_refused_in_words(kind, data):
    changed = bytearray(SMALL[kind])
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(changed) - 1))
        changed[place : place + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    try:
        read = decode.decode(bytes(changed), "x")
    except DataError:
        return
    assert np.isfinite(read).all() and read.min() >= 0 and read.max() <= 1.00001
    assert max(read.shape) <= decode.LONGEST_SIDE


# Kinds ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "TGA"])  # it has no signature
def test_a_picture_is_told_by_its_first_bytes(kind, grey, tmp_path):
    path = tmp_path / "nameless"
    path.write_bytes(file_of(grey, kind))
    assert looks_like_picture(path)


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"PK\x03\x04", b"\x93NUMPY"])
def test_a_table_is_no_picture(content, tmp_path):
    path = tmp_path / "table.png"
    path.write_bytes(content)
    assert not looks_like_picture(path)


def test_what_is_not_there_is_no_picture(tmp_path):
    assert not looks_like_picture(tmp_path / "nothing") and not looks_like_picture(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
def test_a_pipe_is_no_picture_and_nobody_waits_for_it(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert not looks_like_picture(tmp_path / "pipe")
