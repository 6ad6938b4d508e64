"""A report's figures are those of the run; what comes from the data is text; it can be repeated."""

from __future__ import annotations

import json
import math
import shlex
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from core.cli import train as cli
from core.config import DataConfig, ModelConfig, RunConfig, TrainingConfig
from core.data import sources
from core.data.task import prepare
from core.evaluate.classification import wilson
from core.evaluate.model_outputs import ask
from core.report.findings import findings_of
from core.report.page import Figure, to_html
from core.report.reproduction import reproduction_of
from core.train.snapshot import Pace, Snapshot, Status
from core.train.trainer import Trainer

WHEN = "2026-01-02 03:04"


def trained(config: RunConfig, steps: int | None = None) -> Trainer:
    trainer = Trainer(prepare(sources.load(config.data), config))
    while trainer.outcome is None and (steps is None or trainer.step_count < steps):
        trainer.advance()
    return trainer


def snapshot_of(trainer: Trainer) -> Snapshot:
    return Snapshot(
        run=1,
        task=trainer.task,
        made_at=0.0,
        status=trainer.outcome or Status.PAUSED,
        step=trainer.step_count,
        epoch=trainer.epoch,
        params=trainer.params(),
        metrics=trainer.measure(exact=True),
        curves=trainer.history.curves(),
        pace=Pace(),
        settings=trainer.settings,
        batch=np.empty(0, np.int64),
        message=str(trainer.message),
        newest_step=trainer.timeline.newest_step,
        oldest_step=trainer.timeline.oldest_step,
        trajectory=trainer.history.trajectory(),
        has_one_plan=trainer.timeline.changes.has_one_plan,
        is_best=trainer.stopping.is_best(trainer.step_count, trainer.settings),
    )


class Reader(HTMLParser):
    """The tags of a page, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def iris() -> Snapshot:
    data = DataConfig(validation_fraction=0.2)
    return snapshot_of(trained(RunConfig(data, training=TrainingConfig(epochs=8, seed=5))))


def test_the_figures_are_those_of_the_snapshot(iris):
    found, metrics = findings_of(iris, WHEN), iris.metrics
    for part in found.parts:
        prefix = {"training": "train"}.get(part.name, part.name)
        assert part.loss == pytest.approx(getattr(metrics, f"{prefix}_loss"), rel=1e-5)
        assert part.accuracy == pytest.approx(getattr(metrics, f"{prefix}_accuracy"))
        assert part.interval == wilson(round(part.accuracy * part.rows), part.rows)
    assert np.array_equal(found.confusion.counts, metrics.confusion)
    assert (found.step, found.epoch) == (iris.step, iris.epoch)


def test_the_confusion_matrix_is_that_of_scikit_learn(iris):
    task = iris.task
    answers = ask(task, iris.params, task.test_rows)
    found = findings_of(iris, WHEN).confusion
    assert np.array_equal(found.counts, confusion_matrix(answers.y, answers.predicted))
    precision, recall, f1, support = precision_recall_fscore_support(
        answers.y, answers.predicted, zero_division=np.nan
    )
    by_class = found.by_class
    assert np.allclose(by_class.precision, precision, equal_nan=True)
    assert np.allclose(by_class.recall, recall, equal_nan=True)
    assert np.array_equal(by_class.support, support)
    assert np.allclose(np.nan_to_num(f1), by_class.f1)


def test_the_rows_of_each_class_add_up(iris):
    found, task = findings_of(iris, WHEN), iris.task
    sums = np.array([row[1:] for row in found.class_rows]).sum(axis=0)
    parts = task.train_rows, task.validation_rows, task.test_rows
    assert sums.tolist() == [len(rows) for rows in parts]


def test_settings_that_are_not_at_their_default_are_marked(iris):
    marked = {s.name: (s.value, s.default) for s in findings_of(iris, WHEN).settings if s.default}
    assert marked["seed"] == ("5", "123")
    assert marked["epoch limit"] == ("8", "100")
    assert not {"model", "data", "η", "batch"} & set(marked)


def test_the_page_says_all_of_it(iris):
    found = findings_of(iris, WHEN)
    text = Reader(to_html(found, ())).text
    for part in found.parts:
        assert f"{100 * part.accuracy:.2f}\xa0%" in text and f"{part.loss:.4f}" in text
    for words in (WHEN, found.version, *iris.task.dataset.class_names, "default: 123"):
        assert words in text
    assert str(found.reproduction.command) in text
    weights = found.weights
    assert weights is not None
    assert f"{weights.W[0, 0]:.4f}".replace("-", "−") in text


def test_pictures_are_in_the_page_which_needs_nothing_else(iris):
    page = to_html(findings_of(iris, WHEN), [Figure("a <caption>", b"<svg/>", "image/svg+xml")])
    read = Reader(page)
    addresses = [value for name, value in read.attributes if name in ("src", "href")]
    assert addresses == ["data:image/svg+xml;base64,PHN2Zy8+"]
    assert "a <caption>" in read.text


HOSTILE = "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "a & b</td></table>"


def test_names_of_the_data_are_text_and_no_markup(tmp_path):
    path = tmp_path / "<b>it's&.csv"
    lines = [f'"{HOSTILE[0]}",w,"</p><h1>kind"']
    labels = [name.replace('"', '""') for name in HOSTILE[1:]]
    lines += [f'{i * i % 11},{i * 7 % 5},"{labels[i % 2]}"' for i in range(40)]
    path.write_text("\n".join(lines), encoding="utf-8")
    config = RunConfig(DataConfig("csv", path=str(path)), training=TrainingConfig(epochs=2))
    plain = Reader(to_html(findings_of(snapshot_of(trained(config)), WHEN), ()))
    assert not {"script", "img", "b/"} & set(plain.tags)
    assert not any(name.startswith("on") for name, _ in plain.attributes)
    assert plain.tags.count("h1") == 1
    for name in HOSTILE:
        assert name in plain.text


@pytest.mark.parametrize("batch", [None, 7, 32])
def test_the_command_gives_the_weights_at_the_end_to_the_bit(tmp_path, batch):
    training = TrainingConfig(epochs=3, batch_size=batch, seed=2)
    config = RunConfig(model=ModelConfig(init="random"), training=training)
    check(snapshot_of(trained(config)), tmp_path)


def test_the_command_gives_the_weights_of_a_run_that_is_paused_after_an_epoch(tmp_path):
    trainer = trained(RunConfig(), steps=8)
    assert trainer.epoch == 2
    check(snapshot_of(trainer), tmp_path)


def test_the_command_trains_as_long_as_a_run_that_went_on_after_its_end(tmp_path):
    trainer = trained(RunConfig(training=TrainingConfig(epochs=3)))
    go_on(trainer)
    assert trainer.epoch == 6
    check(snapshot_of(trainer), tmp_path)


@pytest.mark.parametrize("end", [{"schedule": "cosine"}, {"tolerance": 1e-9}])
def test_a_run_that_went_on_where_its_end_mattered_is_not_said_to_be_repeated(end):
    trainer = trained(RunConfig(training=TrainingConfig(epochs=3, **end)))
    go_on(trainer)
    assert not reproduction_of(snapshot_of(trainer)).is_exact


@pytest.mark.parametrize("schedule", ["step", "cosine", "1/t"])
def test_a_run_that_is_paused_while_its_rate_falls_is_not_said_to_be_repeated(schedule):
    config = RunConfig(training=TrainingConfig(epochs=8, schedule=schedule))
    trainer = trained(config, steps=12)
    assert trainer.epoch == 3
    assert not reproduction_of(snapshot_of(trainer)).is_exact


@pytest.mark.parametrize("change", [{"patience": 1}, {"tolerance": 0.1}])
def test_a_run_whose_end_was_changed_on_the_way_is_not_said_to_be_repeated(change):
    config = RunConfig(DataConfig(validation_fraction=0.3), training=TrainingConfig(epochs=30))
    trainer = trained(config, steps=20)
    trainer.set_hyperparameters(**change)
    while trainer.outcome is None:
        trainer.advance()
    assert not reproduction_of(snapshot_of(trainer)).is_exact


def test_only_the_best_epoch_of_early_stopping_is_said_to_be_repeated(tmp_path):
    data = DataConfig(features=("all",), validation_fraction=0.3)
    training = TrainingConfig(learning_rate=5.0, epochs=200, patience=3)
    trainer = trained(RunConfig(data, training=training))
    assert trainer.timeline.is_past
    best = trainer.step_count
    check(snapshot_of(trainer), tmp_path)
    trainer.timeline.go_live()
    assert not reproduction_of(snapshot_of(trainer)).is_exact
    trainer.timeline.go_to(best + 3)  # the end of the next epoch
    assert not reproduction_of(snapshot_of(trainer)).is_exact


def go_on(trainer: Trainer) -> None:
    trainer.go_on()
    while trainer.outcome is None:
        trainer.advance()


def check(snapshot: Snapshot, tmp_path) -> None:
    found = reproduction_of(snapshot)
    assert found.is_exact and found.command is not None
    target = tmp_path / "result.json"
    assert cli.main([*shlex.split(found.command)[3:], "--json", str(target)]) == 0
    told = json.loads(target.read_text())
    assert np.array_equal(np.array(told["W"], np.float32), snapshot.params.W)
    assert np.array_equal(np.array(told["b"], np.float32), snapshot.params.b)


def test_amid_an_epoch_the_command_is_not_said_to_be_exact():
    found = reproduction_of(snapshot_of(trained(RunConfig(), steps=6)))
    assert not found.is_exact and found.command and "step 6" in found.remark


def test_a_run_that_was_changed_is_not_said_to_be_repeated():
    trainer = trained(RunConfig(training=TrainingConfig(epochs=3)), steps=5)
    trainer.set_hyperparameters(learning_rate=0.3)
    while trainer.outcome is None:
        trainer.advance()
    found = reproduction_of(snapshot_of(trainer))
    assert not found.is_exact and "η 0.1 → 0.3 at step 5" in found.remark
    assert found.command and "learning-rate" not in found.command


def test_weights_that_were_chosen_by_hand_are_not_said_to_be_repeated(iris):
    path = iris.trajectory
    moved = replace(iris, trajectory=replace(path, W=path.W + 1))
    assert not reproduction_of(moved).is_exact


def test_a_picture_model_lists_no_weights_and_a_run_without_test_rows_has_no_such_part():
    config = RunConfig(DataConfig("digits", test_fraction=0.0), training=TrainingConfig(epochs=1))
    found = findings_of(snapshot_of(trained(config)), WHEN)
    assert found.weights is None
    assert [part.name for part in found.parts] == ["training"]
    assert found.confusion.part == "training"
    assert not any(math.isnan(part.loss) for part in found.parts)


def test_columns_of_many_long_names_have_numbers(tmp_path):
    path = tmp_path / "long.csv"
    names = [f"a class with quite a long name {k}" for k in range(9)]
    lines = ["x,y,kind", *(f"{i % 7}.5,{i % 5}.5,{names[i % 9]}" for i in range(180))]
    path.write_text("\n".join(lines), encoding="utf-8")
    config = RunConfig(DataConfig("csv", path=str(path)), training=TrainingConfig(epochs=1))
    found = findings_of(snapshot_of(trained(config)), WHEN)
    page = to_html(found, ())
    matrix = page[page.index('<table class="matrix"') :]
    head = Reader(matrix[: matrix.index("</tr>")]).text
    assert head == "".join(map(str, range(1, 10)))
    assert f"9 {names[8]}" in Reader(matrix).text
    weights, names_of = found.weights, Reader(page[page.index("<h2>Weights") :]).text
    assert weights is not None
    assert names_of.startswith("Weights\noutputxybias" + names[0])
    assert f"{weights.b[0]:.4f}".replace("-", "−") in names_of


def test_a_report_on_documents_has_the_words_that_speak_most_for_each_class():
    trainer = trained(RunConfig(DataConfig("genres"), training=TrainingConfig(epochs=3)))
    findings = findings_of(snapshot_of(trainer), WHEN)
    W, words = trainer.params().W, trainer.task.input_names
    for k, (name, said) in enumerate(findings.words):
        assert name == trainer.task.dataset.class_names[k]
        assert said.startswith(f"{words[int(W[k].argmax())]} +")
    assert ("Features", f"{len(words):,} words") in findings.data
    assert "Words that speak most for a class" in to_html(findings, ())
