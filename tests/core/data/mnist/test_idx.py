"""IDX files: read when sound; otherwise one sentence that names the file, and no memory spent."""

import gzip
import os
import struct
import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data.mnist import idx
from core.data.mnist.folder import find_files
from core.errors import DataError

IMAGES, LABELS = "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"
TEST_IMAGES, TEST_LABELS = "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"
ALL = (IMAGES, LABELS, TEST_IMAGES, TEST_LABELS)


def load(folder):
    files = find_files(str(folder))
    assert files is not None
    return idx.load(files)


def head(*shape, magic=None):
    return (magic or bytes((0, 0, 8, len(shape)))) + struct.pack(f">{len(shape)}I", *shape)


def zipped(content):
    return gzip.compress(content, mtime=0)


def flipped(content, place):
    return content[:place] + bytes((content[place] ^ 0xFF,)) + content[place + 1 :]


def test_a_sound_folder_is_read(small_mnist):
    X, y, n_test, shape = load(small_mnist)
    pixels = gzip.decompress((small_mnist / IMAGES).read_bytes())[16:]
    labels = gzip.decompress((small_mnist / TEST_LABELS).read_bytes())[8:]
    assert X.shape == (50, 12) and X.dtype == np.uint8 and shape == (4, 3)
    assert X[:30].tobytes() == pixels
    assert y.dtype == np.int64 and y[30:].tolist() == list(labels) and n_test == 20


def test_plain_files_and_names_with_dots_hold_the_same(small_mnist):
    expected, *_ = load(small_mnist)
    for path in list(small_mnist.iterdir()):
        plain = path.with_name(path.name.removesuffix(".gz").replace("-idx", ".idx"))
        plain.write_bytes(gzip.decompress(path.read_bytes()))
        path.unlink()
    assert min(path.name for path in small_mnist.iterdir()) == "t10k-images.idx3-ubyte"
    np.testing.assert_array_equal(load(small_mnist)[0], expected)


def test_a_gzipped_file_may_have_lost_its_ending(small_mnist):
    expected, *_ = load(small_mnist)
    (small_mnist / IMAGES).rename(small_mnist / IMAGES.removesuffix(".gz"))
    np.testing.assert_array_equal(load(small_mnist)[0], expected)


def test_the_real_files_are_read(mnist_folder):
    X, y, n_test, shape = load(mnist_folder)
    assert (X.shape, n_test, shape) == ((70_000, 784), 10_000, (28, 28))
    assert np.bincount(y).min() > 6000


# Damage, file by file -------------------------------------------------------------------------

PICTURES = b"".join((head(30, 4, 3), bytes(360)))
DAMAGE = {
    "empty": (b"", "is empty"),
    "empty inside": (zipped(b""), "starts with nothing"),
    "truncated gzip": (zipped(PICTURES)[:-12], "breaks off"),
    "truncated checksum": (zipped(PICTURES)[:-3], "breaks off before its checksum"),
    "truncated gzip header": (zipped(PICTURES)[:5], "starts with nothing"),
    "gzip magic alone": (b"\x1f\x8b", "starts with nothing"),
    "flipped bits": (flipped(zipped(PICTURES), 14), "is damaged|starts with|breaks off"),
    "flipped checksum": (flipped(zipped(PICTURES), -8), "is damaged"),
    "flipped length": (flipped(zipped(PICTURES), -1)[: len(zipped(PICTURES))], "is damaged"),
    "bad compression method": (b"\x1f\x8b\x07" + zipped(PICTURES)[3:], "is damaged"),
    "web page": (b"<!DOCTYPE html><html>Log in</html>", "is a web page"),
    "zipped web page": (zipped(b"\n <html>Log in</html>"), "is a web page"),
    "wrong magic": (zipped(head(30, 4, 3, magic=b"\0\0\x0d\x03") + bytes(360)), "00 00 0d 03"),
    "labels for images": (zipped(head(30) + bytes(30)), "two files are swapped"),
    "a CSV": (b"5,0,0,0\n", "another kind of file"),
    "half a header": (head(30, 4, 3)[:11], "breaks off inside its header"),
    "half a zipped header": (zipped(head(30, 4, 3)[:11]), "breaks off inside its header"),
    "a header alone": (head(30, 4, 3), "promises 360 bytes .30 × 4 × 3. and 0 are there"),
    "a byte too few": (PICTURES[:-1], "breaks off.*359 are there"),
    "a byte too few, zipped": (zipped(PICTURES[:-1]), "breaks off.*359 are there"),
    "a byte too many": (PICTURES + b"\0", "holds more than the 360 bytes"),
    "a byte too many, zipped": (zipped(PICTURES + b"\0"), "holds more than the 360 bytes"),
    "second gzip member": (zipped(PICTURES) + zipped(b"x"), "holds more than"),
    "padding": (zipped(PICTURES) + bytes(64), "holds more than"),
    "no images": (zipped(head(0, 28, 28)), "holds no images"),
    "images of no width": (zipped(head(30, 28, 0)), "holds no images"),
    "terabytes claimed": (zipped(head(0xFFFFFFFF, 28, 28)), "claims .* = 3,136 GiB"),
    "a product that overflows": (zipped(head(*[0xFFFFFFFF] * 3)), "claims"),
    "bomb": (zipped(PICTURES + bytes(30_000_000)), "holds more than the 360 bytes"),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
@pytest.mark.parametrize("name", [IMAGES, TEST_IMAGES])
def test_a_damaged_file_is_refused_by_name(damage, name, small_mnist):
    content, words = damage
    (small_mnist / name).write_bytes(content)
    if name == TEST_IMAGES:  # as many labels as the damaged file has images
        (small_mnist / TEST_LABELS).write_bytes((small_mnist / LABELS).read_bytes())
    with pytest.raises(DataError, match=words) as caught:
        load(small_mnist)
    assert str(caught.value).startswith(name)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ALL)
def test_a_missing_file_is_named(name, small_mnist):
    (small_mnist / name).unlink()
    with pytest.raises(DataError, match=f"holds no {name.removesuffix('.gz')}"):
        load(small_mnist)


def test_a_file_that_cannot_be_read_is_named_with_the_reason(small_mnist, monkeypatch):
    def refuse(path, mode):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", refuse)  # root may read everything
    with pytest.raises(DataError, match=rf"{IMAGES} cannot be read: Permission denied"):
        load(small_mnist)


def test_a_file_beyond_all_bounds_is_not_read(small_mnist):
    os.truncate(small_mnist / IMAGES, 2**40)  # without a block on the disk
    with pytest.raises(DataError, match=rf"{IMAGES} has 1,048,576 MiB"):
        load(small_mnist)


def test_a_folder_under_a_files_name_counts_as_missing(small_mnist):
    (small_mnist / LABELS).unlink()
    (small_mnist / LABELS).mkdir()
    with pytest.raises(DataError, match="holds no train-labels-idx1-ubyte"):
        load(small_mnist)


def test_images_and_labels_of_different_number_are_refused_as_a_pair(small_mnist):
    (small_mnist / LABELS).write_bytes((small_mnist / TEST_LABELS).read_bytes())
    with pytest.raises(DataError, match=f"{IMAGES} holds 30 images and {LABELS} 20 labels"):
        load(small_mnist)


@pytest.mark.parametrize(("one", "other"), [(IMAGES, LABELS), (TEST_IMAGES, TEST_LABELS)])
def test_swapped_files_are_recognised(one, other, small_mnist):
    contents = [(small_mnist / name).read_bytes() for name in (one, other)]
    for name, content in zip((other, one), contents, strict=True):
        (small_mnist / name).write_bytes(content)
    with pytest.raises(DataError, match=f"^{one} .*two files are swapped"):
        load(small_mnist)


@pytest.mark.parametrize("label", [10, 255])
def test_a_label_beyond_nine_is_named_with_its_place(label, small_mnist, idx):
    values = np.arange(20) % 10
    values[7] = label
    (small_mnist / TEST_LABELS).write_bytes(zipped(idx(values)))
    with pytest.raises(DataError, match=f"{TEST_LABELS}, label 8: found {label}; .* from 0 to 9"):
        load(small_mnist)


def test_labels_most_of_which_never_occur_are_refused(small_mnist, idx):
    (small_mnist / LABELS).write_bytes(zipped(idx(np.arange(30) % 3 * 20)))
    with pytest.raises(DataError, match="labels from 0 to 40, and only 3 of these occur"):
        load(small_mnist)


def test_labels_may_be_more_than_ten_and_begin_at_one(small_mnist, idx):
    for name, n in ((LABELS, 30), (TEST_LABELS, 20)):
        (small_mnist / name).write_bytes(zipped(idx(np.arange(n) % 26 + 1)))
    _, y, *_ = load(small_mnist)
    assert (y.min(), y.max()) == (1, 26)


@pytest.mark.parametrize("fault", ["number", "label", "size"])
def test_what_does_not_fit_is_refused_before_the_images_are_unpacked(fault, small_mnist, idx):
    images = np.zeros((30, 1000, 1000), np.uint8)
    (small_mnist / IMAGES).write_bytes(zipped(idx(images)))
    size = (20, 1000, 1000)
    if fault == "number":
        (small_mnist / LABELS).write_bytes(zipped(idx(np.arange(29) % 10)))
    elif fault == "label":
        (small_mnist / TEST_LABELS).write_bytes(zipped(idx(np.full(20, 99))))
    if fault != "size":
        (small_mnist / TEST_IMAGES).write_bytes(zipped(idx(np.zeros(size, np.uint8))))
    tracemalloc.start()
    with pytest.raises(DataError):
        load(small_mnist)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000


def test_training_and_test_images_of_different_size_are_refused(small_mnist, idx):
    (small_mnist / TEST_IMAGES).write_bytes(zipped(idx(np.zeros((20, 3, 4)))))
    with pytest.raises(DataError, match=f"{IMAGES} holds 4 × 3 images and {TEST_IMAGES} 3 × 4"):
        load(small_mnist)


@pytest.mark.parametrize(
    "content",
    [
        zipped(head(0xFFFFFFFF, 28, 28)),
        zipped(head(4_000_000, 28, 28)),
        head(4_000_000, 28, 28),
        zipped(PICTURES + bytes(100_000_000)),
    ],
    ids=["terabytes", "gigabytes", "gigabytes, plain", "bomb"],
)
def test_a_lying_header_costs_no_memory(content, small_mnist):
    (small_mnist / IMAGES).write_bytes(content)
    tracemalloc.start()
    with pytest.raises(DataError):
        load(small_mnist)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000


# Fuzz -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory, idx):
    """A folder whose first file the fuzz tests overwrite again and again."""
    folder = tmp_path_factory.mktemp("fuzz")
    for name, shape in zip(ALL, [(6, 2, 2), (6,), (2, 2, 2), (2,)], strict=True):
        (folder / name).write_bytes(zipped(idx(np.ones(shape))))
    return folder


def load_or_refuse(folder, name, content):
    sound, answer = (folder / name).read_bytes(), ""
    (folder / name).write_bytes(content)
    try:
        X, y, _, _ = load(folder)
    except DataError as error:
        answer = str(error)
    else:
        assert len(X) == len(y) == 8 and y.max() < 10
    finally:
        (folder / name).write_bytes(sound)
    assert not answer or name.removesuffix(".gz") in answer


@given(name=st.sampled_from(ALL), content=st.binary(max_size=200))
def test_arbitrary_bytes_are_read_or_refused(folder, name, content):
    load_or_refuse(folder, name, content)


@given(
    name=st.sampled_from(ALL),
    prefix=st.sampled_from([head(6, 2, 2), head(6), b"\0\0\x08\x03", b""]),
    content=st.binary(max_size=60),
)
def test_arbitrary_bytes_in_a_sound_gzip_are_read_or_refused(folder, name, prefix, content):
    load_or_refuse(folder, name, zipped(prefix + content))


@given(name=st.sampled_from(ALL), data=st.data())
def test_sound_files_with_changed_bytes_are_read_or_refused(folder, name, data):
    content = (folder / name).read_bytes()
    if data.draw(st.booleans(), label="plain"):
        content = zlib.decompress(content, wbits=31)
    changed = bytearray(content)
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=4), label="places"):
        changed[place] = data.draw(st.integers(0, 255), label="byte")
    length = data.draw(st.integers(0, len(content)), label="length")
    load_or_refuse(folder, name, bytes(changed[: max(length, 1)]))
