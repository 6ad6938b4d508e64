"""NumPy's own files: one array, or features beside labels; nothing in them is run."""

import io
import zipfile

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.config import DataConfig
from core.data.from_table import dataset_of_table


def npy(array):
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def npz(*, save=np.savez_compressed, **named):
    file = io.BytesIO()
    save(file, **named)
    return file.getvalue()


X = np.array([[1.5, 2], [3, 4.25], [5, 6], [7, 8]])
Y = np.array([0, 1, 1, 0])


@pytest.mark.parametrize("dtype", ["<f8", ">f4", "<f2", ">i2", "u1", "<i8"])
def test_the_columns_of_one_array_are_columns(read, dtype):
    values = np.arange(12).reshape(4, 3).astype(dtype)
    table = read(npy(values), "t.npy")
    assert table.names == ("column 1", "column 2", "column 3")
    np.testing.assert_array_equal(np.stack([c.values for c in table.columns], 1), values)


def test_the_fields_of_one_array_are_columns(read, cells):
    values = np.array([(1.5, "a"), (2.5, "b")], dtype=[("size", "f4"), ("kind", "U3")])
    table = read(npy(values), "t.npy")
    assert cells(table, "size") == [1.5, 2.5]
    assert cells(table, "kind") == ["a", "b"]


@pytest.mark.parametrize("names", [("X", "y"), ("data", "target"), ("arr_0", "arr_1")])
@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_features_and_labels_of_an_archive_are_a_table(read, cells, names, save):
    table = read(npz(**dict(zip(names, (X, Y), strict=True)), save=save), "t.npz")
    assert cells(table, "column 2") == [2, 4.25, 6, 8]
    assert cells(table, "label") == [0, 1, 1, 0]
    dataset = dataset_of_table(table, DataConfig(source="csv", path="t.npz"))
    assert (dataset.class_names, dataset.m) == (("0", "1"), 2)


def test_words_may_be_labels(read, cells):
    assert cells(read(npz(X=X, y=np.array([b"a", b"b", b"b", b"a"]))), "label") == list("abba")


def test_pictures_with_their_own_test_set_keep_it(read, rng):
    pictures = rng.integers(0, 256, (30, 28, 28)).astype(np.uint8)
    labels = np.arange(30) % 10
    table = read(
        npz(x_train=pictures[:20], y_train=labels[:20], x_test=pictures[20:], y_test=labels[20:]),
        "mnist.npz",
    )
    dataset = dataset_of_table(table, DataConfig(source="csv", path="mnist.npz"))
    assert dataset.image_shape == (28, 28)
    assert dataset.published_test == 10
    np.testing.assert_array_equal(dataset.X, pictures.reshape(30, -1))
    np.testing.assert_array_equal(dataset.y, labels)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (npy(np.array([{}, []], dtype=object)), "pickle"),
        (npy(np.zeros((0, 3))), "without values"),
        (npy(np.ones((2, 2), dtype=complex)), "complex"),
        (npz(a=np.ones((3, 2)), b=np.ones(4)), "features (rows × columns) and labels"),
        (npy(X)[:-5], "more than it holds|damaged"),
        (npy(X)[:20], "damaged"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_table_is_refused_in_words(refusal, content, words):
    found = refusal(content, "t.npy")
    assert any(word in found for word in words.split("|")), found


def test_an_array_that_states_more_than_it_holds_is_refused_unread(refusal, monkeypatch):
    monkeypatch.setattr(np.lib.format, "read_array", lambda *_, **__: pytest.fail("it was read"))
    head = io.BytesIO()
    stated = {"descr": "<f8", "fortran_order": False, "shape": (10**6, 10**6)}
    np.lib.format.write_array_header_1_0(head, stated)
    assert "more than it holds" in refusal(head.getvalue(), "t.npy")
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("X.npy", head.getvalue())
    assert "more than it holds" in refusal(whole.getvalue(), "t.npz")


WHOLE = [npy(X), npz(X=X, y=Y)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    st.sampled_from(WHOLE),
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=5),
    st.integers(0, 30),
)
def test_any_damage_to_arrays_is_read_or_refused(read_or_refuse, content, changes, cut):
    damaged = bytearray(content[: len(content) - cut])
    for place, byte in changes:
        damaged[place % len(damaged)] = byte
    read_or_refuse(bytes(damaged))
