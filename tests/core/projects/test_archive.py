"""Files of projects: old ones survive a failing disk, and what is none gets a sentence."""

import errno
import json
import os
import struct
import tempfile
import zipfile
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import files
from core.errors import DataError, SaveError
from core.projects import archive, project
from core.runs import model_file
from tests.core.projects.kept import opened, project_of
from tests.core.training import trained


def packed(path, members):
    with zipfile.ZipFile(path, "w") as file:
        for name, data in members.items():
            file.writestr(name, data)


def members_of(data, folder):
    path = folder / "whole"
    path.write_bytes(data)
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


# What is written -----------------------------------------------------------------------------


def test_a_failing_disk_leaves_the_old_project(valid, path, iris, make_task, monkeypatch):
    path.write_bytes(valid)
    other = project_of(trained(make_task(iris), 3))

    def fail(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(SaveError, match="no space left"):
        project.save(other, path)
    assert path.read_bytes() == valid
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("array", "is_packed"),
    [
        pytest.param(np.random.default_rng(0).normal(size=(784, 100)), False, id="weights"),
        pytest.param(np.tile(np.arange(784, dtype=np.uint8), (100, 1)), True, id="pictures"),
        pytest.param(np.random.default_rng(0).integers(0, 9, (999, 99)) / 10, True, id="a table"),
        pytest.param(np.zeros((0, 3)), False, id="nothing"),
    ],
)
def test_only_numbers_that_shrink_are_compressed(array, is_packed, path):
    arrays = [np.ones(3), array, np.ones(1)]
    archive.write(path, {}, arrays)
    with zipfile.ZipFile(path) as file:
        about = file.getinfo(archive.ARRAYS)
    assert (about.compress_size < 0.8 * about.file_size) == is_packed
    assert all(map(np.array_equal, archive.read(path)[1], arrays))


class Full:
    """A file on a disk that is full after some bytes, and stays so."""

    def __init__(self, file, left):
        self._file, self._left = file, left

    def write(self, data):
        self._left -= memoryview(data).nbytes
        if self._left < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return self._file.write(data)

    def __getattr__(self, name):
        return getattr(self._file, name)


@pytest.mark.parametrize("share", [0, 0.01, 0.1, 0.3, 0.6, 0.9, 0.99, 1])
def test_a_disk_that_fills_at_any_byte_leaves_the_old_project(
    share, valid, path, iris, make_task, monkeypatch
):
    path.write_bytes(valid)
    other = project_of(trained(make_task(iris), 3))
    project.save(other, path.with_name("whole"))
    size = path.with_name("whole").stat().st_size
    path.with_name("whole").unlink()
    true = files.writing_bytes

    @contextmanager
    def filling(target):
        with true(target) as file:
            yield Full(file, int(share * size) - 1)

    monkeypatch.setattr(files, "writing_bytes", filling)
    with pytest.raises(SaveError, match="no space left"):
        project.save(other, path)
    assert path.read_bytes() == valid
    assert list(path.parent.iterdir()) == [path]


def test_a_name_without_ending_gets_one(tmp_path):
    assert archive.with_ending(tmp_path / "a.b").name == "a.b.logitlab"
    assert archive.with_ending(tmp_path / "a.LogitLab").name == "a.LogitLab"


# Files that are none -------------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"\x89PNG" * 9, b"x" * 1000])
def test_a_foreign_file_gets_a_sentence(data, path):
    path.write_bytes(data)
    assert not archive.is_project(path)
    with pytest.raises(DataError, match=r"p\.logitlab .*Choose a project"):
        project.load(path)


def test_a_folder_and_nothing_at_all_get_a_sentence(tmp_path):
    for name, words in (("", "is a folder"), ("none", "there is no such file")):
        with pytest.raises(DataError, match=words):
            project.load(tmp_path / name)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert not archive.is_project(tmp_path / "pipe")
    assert not model_file.is_model(tmp_path / "pipe")


def test_an_archive_of_something_else_is_no_project(path):
    packed(path, {"word/document.xml": b"<x/>"})
    with pytest.raises(DataError, match="is an archive, but no project"):
        project.load(path)


def test_a_bomb_is_refused_before_it_is_unpacked(valid, path, tmp_path, monkeypatch):
    members = members_of(valid, tmp_path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        file.writestr("project.json", members["project.json"])
        file.writestr("arrays.safetensors", bytes(10**7))
    monkeypatch.setattr(archive, "MAX_ARRAYS", 10**6)
    monkeypatch.setattr(zipfile.ZipFile, "read", None)  # would raise another error
    with pytest.raises(DataError, match=r"says that arrays\.safetensors has 10,000,000 bytes"):
        project.load(path)


def test_a_lie_about_a_size_is_found(valid, path):
    """The central directory says that the text unpacks to two billion bytes."""
    place = valid.rindex(b"PK\x01\x02", 0, valid.rindex(b"PK\x01\x02"))
    spoilt = bytearray(valid)
    spoilt[place + 24 : place + 28] = struct.pack("<I", 2**31)
    path.write_bytes(spoilt)
    with pytest.raises(DataError, match=r"says that project\.json has"):
        project.load(path)


@pytest.mark.parametrize(
    ("version", "words"), [(2, "newer Logit Lab"), (0, "is damaged"), ("x", "is damaged")]
)
def test_another_version_is_told_before_anything_is_believed(version, words, valid, path, tmp_path):
    members = members_of(valid, tmp_path)
    told = json.loads(members["project.json"]) | {"format": version, "data": "anything"}
    packed(path, members | {"project.json": json.dumps(told)})
    with pytest.raises(DataError, match=words):
        project.load(path)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: t.pop("tasks"), "project.tasks is missing"),
        (lambda t: t.update(more=1), "“more”, which is not known"),
        (lambda t: t["tasks"][0].update(data=7), "has no data"),
        (lambda t: t["tasks"][0].update(data=-1), "has no data"),
        (lambda t: t["records"][0].update(task=99), "a kept run has no data"),
        (lambda t: t["data"][0].update(digest="0" * 64), "has other rows"),
        (lambda t: t["tasks"][0]["config"]["training"].update(learning_rate=-1), "learning_rate"),
        (lambda t: t["points"].update(class_names=["one"]), "drawn points are impossible"),
        (lambda t: t["state"]["checkpoint"].update(step="x"), r"checkpoint.step is 'x'"),
        (lambda t: t["state"]["checkpoint"]["parameters"].pop(), None),
        (lambda t: t["state"].update(message=5), r"state.message is 5"),
        (lambda t: t["state"]["metrics"].update(confusion={"array": 10**9}), "confusion"),
    ],
)
def test_a_part_that_cannot_be_is_named(change, words, valid, path, tmp_path):
    members = members_of(valid, tmp_path)
    told = json.loads(members["project.json"])
    change(told)
    packed(path, members | {"project.json": json.dumps(told)})
    with pytest.raises(DataError, match=words):
        opened(path)


def load_or_refuse(path):
    said = "it opened"
    try:
        opened(path)
    except DataError as error:
        said = str(error)
    assert 0 < len(said) < 700


@settings(max_examples=60)
@given(st.data())
def test_a_file_with_bytes_changed_loads_or_is_refused_in_words(valid, data):
    spoilt = bytearray(valid)
    for _ in range(data.draw(st.integers(1, 4))):
        spoilt[data.draw(st.integers(0, len(spoilt) - 1))] = data.draw(st.integers(0, 255))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "p.logitlab"
        path.write_bytes(spoilt[: data.draw(st.integers(0, len(spoilt)))] or spoilt)
        load_or_refuse(path)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["array", "x"]), inner)
    ),
    max_leaves=5,
)


def places(value, path=()):
    """The way to each value within a JSON value."""
    yield path
    if isinstance(value, dict):
        for key, each in value.items():
            yield from places(each, (*path, key))
    if isinstance(value, list):
        for k, each in enumerate(value):
            yield from places(each, (*path, k))


@settings(max_examples=150)
@given(st.data())
def test_any_value_in_any_place_loads_or_is_refused_in_words(valid, data):
    with tempfile.TemporaryDirectory() as folder:
        members = members_of(valid, Path(folder))
        told = json.loads(members["project.json"])
        way = data.draw(st.sampled_from([w for w in places(told) if w]))
        inner = told
        for key in way[:-1]:
            inner = inner[key]
        inner[way[-1]] = data.draw(JSON)
        path = Path(folder) / "p.logitlab"
        try:
            text = json.dumps(told, allow_nan=False)
        except ValueError:
            return
        packed(path, members | {"project.json": text.encode(errors="replace")})
        load_or_refuse(path)
