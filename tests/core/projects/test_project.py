"""Projects on disk: what goes in comes out to the bit; other files get a sentence."""

import errno
import json
import os
import struct
import tempfile
import zipfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import files
from core.config import DataConfig, RunConfig, TrainingConfig
from core.data import sources
from core.data.points import Points
from core.data.task import prepare
from core.errors import DataError, SaveError
from core.projects import archive, project
from core.projects.project import Project
from core.projects.stored_data import StoredData
from core.runs import model_file
from core.runs.run_state import state_of, take_up
from core.train.trainer import Trainer
from core.train.warm_start import start_from
from tests.core.kept_runs import record_of
from tests.core.training import trained


def project_of(trainer, **more):
    return Project(trainer.task, state_of(trainer), **more)


def opened(path, **more):
    """The project, and a trainer that goes on with its run."""
    found = project.load(path, **more)
    trainer = Trainer(found.task)
    assert found.state is not None
    take_up(trainer, found.state)
    return found, trainer


def assert_goes_on(one, other, steps=30):
    for trainer in (one, other):
        for _ in range(steps):
            trainer.step()
    for a, b in zip(one.params().arrays, other.params().arrays, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "p.logitlab"


@pytest.fixture(scope="module")
def valid(iris, make_task):
    """The bytes of a small project that is in order."""
    one = trained(make_task(iris, optimiser="adam"), 10)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "p"
        project.save(project_of(one, records=(record_of(one),)), path)
        return path.read_bytes()


def packed(path, members):
    with zipfile.ZipFile(path, "w") as file:
        for name, data in members.items():
            file.writestr(name, data)


def members_of(data, folder):
    path = folder / "whole"
    path.write_bytes(data)
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


# What comes back -----------------------------------------------------------------------------


@pytest.mark.parametrize("data", ["iris", "digits"])
def test_bundled_data_are_named_and_the_run_goes_on(data, request, make_task, path):
    one = trained(make_task(request.getfixturevalue(data), data={"source": data}), 40)
    project.save(project_of(one), path)
    found, other = opened(path)
    assert path.stat().st_size < one.task.dataset.X.nbytes + 40_000
    assert found.task.config == one.task.config
    assert_goes_on(one, other)


def test_the_rows_of_a_table_come_along(tmp_path, path):
    table = tmp_path / "t.csv"
    rows = [f"{k * 7 % 11 / 10:.1f};{'mf'[k % 2]};{'no yes'.split()[k % 3 > 0]}" for k in range(60)]
    table.write_text("length (cm);sex;alive\n" + "\n".join(rows) + "\n")
    config = RunConfig(
        DataConfig("csv", path=str(table)), training=TrainingConfig(optimiser="adam")
    )
    one = trained(prepare(sources.load(config.data), config), 20)
    project.save(project_of(one), path)
    table.unlink()
    found, other = opened(path)
    before, after = one.task.source, found.task.source
    np.testing.assert_array_equal(before.X, after.X)
    for name in ("name", "feature_names", "class_names", "units", "indicators", "notes"):
        assert getattr(before, name) == getattr(after, name)
    assert after.understood.describe_label() == before.understood.describe_label()
    assert_goes_on(one, other)


def test_a_linked_table_must_be_the_same_rows(tmp_path, path):
    table = tmp_path / "t.csv"
    rows = [f"{k},{'ab'[k % 2]}" for k in range(40)]
    table.write_text("x,y\n" + "\n".join(rows) + "\n")
    config = RunConfig(DataConfig("csv", path=str(table)))
    one = trained(prepare(sources.load(config.data), config), 5)
    project.save(project_of(one, is_linked=True), path)
    assert_goes_on(one, opened(path)[1])
    table.write_text("x,y\n" + "\n".join(rows[::-1]) + "\n")
    with pytest.raises(DataError, match="has other rows than when the project was saved"):
        project.load(path)
    table.unlink()
    with pytest.raises(DataError, match=r"cannot be opened: .*t\.csv"):
        project.load(path)


def test_a_link_holds_wherever_the_program_is_started(tmp_path, path, monkeypatch):
    (tmp_path / "t.csv").write_text("x,y\n" + "\n".join(f"{k},{'ab'[k % 2]}" for k in range(40)))
    monkeypatch.chdir(tmp_path)
    config = RunConfig(DataConfig("csv", path="t.csv"))
    one = trained(prepare(sources.load(config.data), config), 5)
    project.save(project_of(one, is_linked=True), path)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert_goes_on(one, opened(path)[1])
    assert project.load(path).is_linked


def test_taught_examples_are_kept_and_the_bundled_rows_are_not(digits, make_task, path):
    more = digits.with_examples(digits.X[:3] // 2, np.array([5, 6, 7]))
    one = trained(make_task(more, data={"source": "digits"}), 10)
    project.save(project_of(one), path)
    found, other = opened(path)
    assert found.task.source.added == 3
    np.testing.assert_array_equal(found.task.source.X, more.X)
    assert path.stat().st_size < 500_000
    assert_goes_on(one, other)


def test_drawn_points_come_back_also_where_other_data_are_shown(iris, make_task, path):
    points = Points(class_names=("yes", "no")).with_point(1.25, -2, 1).with_point(0.1, 3, 0)
    one = trained(make_task(iris), 2)
    project.save(project_of(one, points=points, lesson="Toy data"), path)
    found, _ = opened(path)
    np.testing.assert_array_equal(found.points.xy, points.xy)
    np.testing.assert_array_equal(found.points.labels, points.labels)
    assert found.points.class_names == ("yes", "no") and found.lesson == "Toy data"


def test_a_project_whose_data_cannot_be_trained_yet_opens(path):
    config = RunConfig(DataConfig("drawn"))
    task = prepare(sources.drawn(Points()), config)
    project.save(Project(task), path)
    found = project.load(path)
    assert found.state is None and found.task.obstacle == task.obstacle


def test_kept_runs_of_other_data_and_models_come_back(iris, digits, make_task, path):
    shown = trained(make_task(iris), 10)
    others = [
        trained(make_task(iris, model={"hidden": 4}, optimiser="adam"), 30),
        trained(make_task(digits, data={"source": "digits"}), 7),
        trained(make_task(iris, data={"features": ("0", "1", "2")}), 9),
    ]
    records = tuple(record_of(trainer, k) for k, trainer in enumerate(others))
    project.save(project_of(shown, records=records), path)
    found, _ = opened(path)
    for before, after in zip(records, found.records, strict=True):
        for name in ("name", "colour", "config", "settings", "step", "epoch", "status"):
            assert getattr(before, name) == getattr(after, name)
        np.testing.assert_array_equal(before.curves.table, after.curves.table)
        for a, b in zip(before.params.arrays, after.params.arrays, strict=True):
            np.testing.assert_array_equal(a, b)
        np.testing.assert_array_equal(before.task.train_rows, after.task.train_rows)
    assert found.records[0].task.source is found.task.source  # the rows are there once


def test_runs_on_the_same_data_share_their_rows_in_the_file(tmp_path, path):
    table = tmp_path / "t.csv"
    rng = np.random.default_rng(0)
    lines = [f"{a:.6f},{b:.6f},{'ab'[int(a > b)]}" for a, b in rng.normal(size=(5000, 2))]
    table.write_text("u,v,y\n" + "\n".join(lines) + "\n")
    config = RunConfig(DataConfig("csv", path=str(table)))
    source = sources.load(config.data)
    one = trained(prepare(source, config), 3)
    project.save(project_of(one), path)
    alone = path.stat().st_size
    other = trained(prepare(source, replace(config, training=TrainingConfig(seed=5))), 3)
    project.save(project_of(one, records=(record_of(other),)), path)
    assert path.stat().st_size < alone + 20_000


def test_a_model_that_was_opened_keeps_its_own_standardiser(iris, make_task, path):
    task = make_task(iris)
    own = replace(task.standardiser, mean=task.standardiser.mean + 0.125)
    one = Trainer(replace(task, standardiser=own))
    start_from(one, trained(task, 5).params())
    project.save(project_of(one), path)
    found, other = opened(path)
    np.testing.assert_array_equal(found.task.standardiser.mean, own.mean)
    assert_goes_on(one, other)


def test_mnist_is_named_not_stored(mnist_folder, path):
    config = RunConfig(DataConfig("mnist", folder=str(mnist_folder)))
    one = trained(prepare(sources.load(config.data), config), 3)
    project.save(project_of(one), path)
    assert path.stat().st_size < 2_000_000
    assert_goes_on(one, opened(path)[1], 3)


def test_the_same_project_gives_the_same_arrays(iris, make_task):
    one = project_of(trained(make_task(iris), 20))
    a, b = project.packed(one), project.packed(one)
    assert a.contents == b.contents
    for x, y in zip(a.arrays, b.arrays, strict=True):
        np.testing.assert_array_equal(x, y)


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


def test_rows_that_do_not_match_their_digest_are_refused(tmp_path):
    table = tmp_path / "t.csv"
    table.write_text("x,y\n" + "\n".join(f"{k},{'ab'[k % 2]}" for k in range(20)) + "\n")
    config = DataConfig("csv", path=str(table))
    stored = StoredData.of(sources.load(config), config)
    assert stored.rows is not None
    rows = replace(stored.rows, X=stored.rows.X + 1)
    with pytest.raises(DataError, match="not those that were saved"):
        replace(stored, rows=rows).load()
