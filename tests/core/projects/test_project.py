"""Projects on disk: what goes in comes out to the bit."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import numpy as np
import pytest

from core.config import DataConfig, RunConfig, TrainingConfig
from core.data import sources
from core.data.points import Points
from core.data.task import prepare
from core.errors import DataError
from core.language import spoken
from core.projects import project
from core.projects.project import Project
from core.projects.stored_data import StoredData, digest_of
from core.train.outcome import Epilogue
from core.train.trainer import Trainer
from core.train.warm_start import start_from
from tests.core.kept_runs import record_of
from tests.core.projects.kept import assert_goes_on, opened, project_of
from tests.core.training import trained


@pytest.mark.parametrize("data", ["iris", "digits"])
def test_bundled_data_are_named_and_the_run_goes_on(data, request, make_task, path):
    one = trained(make_task(request.getfixturevalue(data), data={"source": data}), 40)
    project.save(project_of(one), path)
    found, other = opened(path)
    assert path.stat().st_size < one.task.dataset.X.nbytes + 40_000
    assert found.task.config == one.task.config
    assert_goes_on(one, other)


def test_how_a_run_ended_is_said_in_the_language_in_which_it_is_opened(make_task, iris, path):
    one = Trainer(make_task(iris, learning_rate=1e30))
    with spoken("de"):
        while one.outcome is None:
            one.advance()
        one.epilogue = Epilogue(notes=("Nichts wird gelernt.",))
        assert str(one.message).startswith("Divergiert bei Schritt 1 mit η = 1e+30")
        project.save(project_of(one), path)
        assert opened(path)[1].epilogue == one.epilogue
    _, other = opened(path)
    assert str(other.message).startswith("Diverged at step 1 with η = 1e+30: the loss")
    assert other.epilogue is None  # the end is analysed anew


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


def test_what_was_understood_of_a_table_is_said_in_the_language_of_the_reader(tmp_path, path):
    table = tmp_path / "t.csv"
    table.write_text("x,same,class\n" + "\n".join(f"{k % 7},3,{'aA'[k % 2]}" for k in range(40)))
    with spoken("de"):
        config = RunConfig(DataConfig("csv", path=str(table)))
        project.save(project_of(trained(prepare(sources.load(config.data), config), 5)), path)
    told = opened(path)[0].task.source.understood
    assert told.describe_label() == "class (by its name)"
    assert told.unused_beside((), ()) == {"same": "constant: always 3"}
    assert str(told.remarks[0].text).endswith("2 classes that differ only in how they are written")


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


def test_rows_that_do_not_match_their_digest_are_refused(tmp_path):
    table = tmp_path / "t.csv"
    table.write_text("x,y\n" + "\n".join(f"{k},{'ab'[k % 2]}" for k in range(20)) + "\n")
    config = DataConfig("csv", path=str(table))
    stored = StoredData.of(sources.load(config), config)
    assert stored.rows is not None
    rows = replace(stored.rows, X=stored.rows.X + 1)
    with pytest.raises(DataError, match="not those that were saved"):
        replace(stored, rows=rows).load()


def test_rows_are_digested_once_however_many_ask_at_the_same_time(iris, monkeypatch):
    rows, together, true = replace(iris), Barrier(8), hashlib.sha256
    made: list[None] = []

    def counted():
        made.append(None)
        return true()

    monkeypatch.setattr("core.projects.stored_data.hashlib.sha256", counted)

    def ask(_):
        together.wait()
        return digest_of(rows)

    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(ask, range(8)))
    assert len(found) == len(made) == 1
