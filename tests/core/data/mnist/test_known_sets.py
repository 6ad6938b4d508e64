"""Data sets in MNIST's format are shown upright, with the names of their classes."""

import numpy as np
import pytest

from core.config import DataConfig
from core.data.mnist.known_sets import FASHION_START
from core.data.sources import load
from core.errors import DataError

ROLES = ("train-images-idx3", "train-labels-idx1", "test-images-idx3", "test-labels-idx1")


@pytest.fixture
def written(tmp_path, idx):
    """Return written(folder, labels, prefix): four files; each image has its row's number."""

    def write(folder, labels, prefix="", shape=(4, 4)):
        place = tmp_path / folder
        place.mkdir(parents=True)
        labels = np.array(labels)
        X = np.arange(len(labels) * shape[0] * shape[1]).reshape(-1, *shape) % 251
        for role in ROLES:
            values = X if "images" in role else labels
            (place / f"{prefix}{role}-ubyte").write_bytes(idx(values))
        return place, X

    return write


def read(place, **options):
    return load(DataConfig("mnist", folder=str(place), **options))


LETTERS = list(range(1, 27)) * 2


@pytest.mark.parametrize("prefix", ["emnist-letters-", ""])
def test_letters_have_no_class_0_and_are_upright(prefix, written):
    place, X = written("some", LETTERS, prefix)
    data = read(place)
    assert data.class_names == tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    assert data.y[:26].tolist() == list(range(26))
    np.testing.assert_array_equal(data.X[:52].reshape(-1, 4, 4), X.transpose(0, 2, 1))


@pytest.mark.parametrize(
    ("prefix", "labels", "names"),
    [
        ("emnist-balanced-", [0, 10, 35, 36, 38, 46], "0AZadt"),
        ("emnist-bymerge-", [9, 37, 45, 9, 37, 45], "9br"),
        ("emnist-byclass-", [0, 36, 61, 0, 36, 61], "0az"),
        ("emnist-letters-", [1, 2, 26, 1, 2, 26], "ABZ"),
        ("emnist-digits-", list(range(10)), "0123456789"),
        ("emnist-mnist-", list(range(10)), "0123456789"),
    ],
)
def test_parts_of_emnist_have_their_names_without_a_mapping_file(prefix, labels, names, written):
    rest = [k for k in range(max(labels)) if k not in labels]  # a file with few labels is damaged
    place, X = written("gzip", labels + rest, prefix)
    data = read(place)
    found = [data.class_names[k] for k in data.y[: len(labels)]]
    assert "".join(dict.fromkeys(found)) == names
    np.testing.assert_array_equal(data.X[: len(X)].reshape(-1, 4, 4), X.transpose(0, 2, 1))


def test_a_mapping_file_gives_the_names(written):
    place, _ = written("gzip", list(range(12)), "emnist-balanced-")
    codes = [48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 65, 98]
    (place / "emnist-balanced-mapping.txt").write_text(
        "".join(f"{label} {code}\n" for label, code in enumerate(codes))
    )
    (place / "emnist-letters-mapping.txt").write_text("1 65 97\n")
    assert read(place).class_names == (*"0123456789", "A", "b")


@pytest.mark.parametrize("text", ["0 x\n", "nonsense\n", "0 10\n", "0 65\n1 65\n", "-1 65\n"])
def test_a_mapping_file_that_is_none_is_named(text, written):
    place, _ = written("gzip", list(range(10)), "emnist-digits-")
    (place / "emnist-digits-mapping.txt").write_text(text)
    with pytest.raises(DataError, match=r"emnist-digits-mapping\.txt"):
        read(place)


def test_transposing_can_be_asked_for_and_refused(written):
    place, X = written("emnist", list(range(10)) * 2, shape=(4, 3))
    assert read(place).image_shape == (3, 4)
    plain = read(place, transpose=False)
    np.testing.assert_array_equal(plain.X[:20].reshape(-1, 4, 3), X)
    other, X = written("mine", list(range(10)) * 2)
    np.testing.assert_array_equal(read(other).X[:20].reshape(-1, 4, 4), X)
    turned = read(other, transpose=True).X[:20].reshape(-1, 4, 4)
    np.testing.assert_array_equal(turned, X.transpose(0, 2, 1))


@pytest.mark.parametrize(
    ("folder", "labels", "first", "last"),
    [
        ("FashionMNIST/raw", list(range(10)) * 2, "T-shirt/top", "Ankle boot"),
        ("data/fashion", list(range(10)) * 2, "T-shirt/top", "Ankle boot"),
        ("anything", [*FASHION_START, 1, 4, 6, 8], "T-shirt/top", "Ankle boot"),
        ("KMNIST/raw", list(range(10)) * 2, "o", "wo"),
        ("anything", list(range(10)) * 2, "0", "9"),
    ],
)
def test_known_data_sets_have_the_names_of_their_classes(folder, labels, first, last, written):
    place, _ = written(folder, labels)
    names = read(place).class_names
    assert (len(names), names[0], names[-1]) == (10, first, last)


def test_other_labels_that_do_not_occur_are_no_classes(written):
    place, _ = written("own", [0, 1, 3] * 4)
    data = read(place)
    assert data.class_names == ("0", "1", "3") and data.y[:3].tolist() == [0, 1, 2]
