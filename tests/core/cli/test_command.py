"""The command of a run says in the terminal what the window was told."""

from __future__ import annotations

import json
import shlex
from dataclasses import fields, replace

import numpy as np
import pytest
from PIL import Image

from core.cli import train as cli
from core.cli.command import PROGRAM, command_for
from core.config import BagOptions, CsvOptions, DataConfig, ModelConfig, RunConfig, TrainingConfig
from core.data import sources
from core.data.task import Task, prepare
from core.train.trainer import Trainer

QUICK = TrainingConfig(epochs=2)
TABLE = "size; the, colour ;kind\n1,5;2;a b\n2,5;1;-c\n3,5;4;a b\n4,5;3;-c\n5,5;5;a b\n6,5;9;-c\n"


def task_of(config: RunConfig) -> Task:
    return prepare(sources.load(config.data), config)


def words_of(command: str | None) -> list[str]:
    assert command is not None
    words = shlex.split(command)
    assert tuple(words[: len(PROGRAM)]) == PROGRAM
    return words[len(PROGRAM) :]


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "it's a table; $HOME.csv"
    path.write_text(TABLE, encoding="utf-8")
    return str(path)


def configs():
    return [
        RunConfig(training=QUICK),
        RunConfig(
            DataConfig(features=("sepal length", "petal width"), degree=3, sine=True, split_seed=4),
            ModelConfig("ovr", init="random", has_bias=False),
            replace(QUICK, seed=9, learning_rate=1e-3, batch_size=None, weight_decay=1 / 3),
        ),
        RunConfig(
            DataConfig(features=("all",), validation_fraction=0.2, standardise=False),
            ModelConfig(hidden=5, activation="tanh"),
            replace(QUICK, optimiser="adam", schedule="cosine", patience=1, momentum=0.5),
        ),
        RunConfig(
            DataConfig(std="population", test_fraction=0.4),
            ModelConfig("binary", "virginica", "setosa"),
            replace(QUICK, l1=0.01, class_weight="balanced", tolerance=1e-9),
        ),
        RunConfig(
            DataConfig(), ModelConfig("binary", "setosa"), replace(QUICK, optimiser="newton")
        ),
        RunConfig(DataConfig("digits", pens=True, deskew=True), training=replace(QUICK, shares=3)),
        RunConfig(
            DataConfig("genres", bag=BagOptions("tfidf", True, True, True, 3, 1_000)),
            training=QUICK,
        ),
    ]


@pytest.mark.parametrize("config", configs(), ids=range(len(configs())))
def test_the_command_gives_the_same_weights_to_the_bit(config, tmp_path):
    task = task_of(config)
    trainer = Trainer(task)
    while trainer.outcome is None:
        trainer.advance()
    result = tmp_path / "result.json"
    words = words_of(command_for(task, task.config.training))
    assert cli.main([*words, "--json", str(result)]) == 0
    told = json.loads(result.read_text())
    for name, array in zip("WbVc", trainer.params().arrays, strict=False):
        assert np.array_equal(np.array(told[name], dtype=np.float32), array)


def test_a_table_with_hostile_names_and_how_it_is_read(table, tmp_path):
    reading = CsvOptions(separator=";", decimal=",", na=("none",), has_header=True)
    data = DataConfig("csv", path=table, label="kind", reading=reading, features=(" the, colour ",))
    config = RunConfig(data, ModelConfig("binary", "-c", "a b"), QUICK)
    source = sources.load(data)
    names = source.feature_names
    config = replace(config, data=replace(data, features=(names[1],)))
    task = prepare(source, config)
    result = tmp_path / "result.json"
    words = words_of(command_for(task, QUICK))
    assert cli.main([*words, "--json", str(result)]) == 0
    told = json.loads(result.read_text())
    assert told["class_names"] == ["a b", "-c"]
    assert told["feature_names"] == [names[1]]


def test_a_folder_of_pictures_is_read_alike(tmp_path):
    root, rng = tmp_path / "a folder's", np.random.default_rng(0)
    for name in ("a", "b"):
        (root / name).mkdir(parents=True)
        for k in range(3):
            pixels = rng.integers(0, 256, (9, 9, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(root / name / f"{k}.png")
    data = DataConfig("pictures", path=str(root), size=5, colour=True, invert=True)
    task = task_of(RunConfig(data, training=QUICK))
    trainer = Trainer(task)
    while trainer.outcome is None:
        trainer.advance()
    result = tmp_path / "result.json"
    assert cli.main([*words_of(command_for(task, QUICK)), "--json", str(result)]) == 0
    told = json.loads(result.read_text())
    assert np.array_equal(np.array(told["W"], dtype=np.float32), trainer.params().W)


def test_a_folder_of_texts_is_read_alike(tmp_path):
    for k in range(6):
        path = tmp_path / "texts" / "ab"[k % 2] / f"{k}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"a word of {'night' if k % 2 else 'day'}")
    data = DataConfig("documents", path=str(tmp_path / "texts"), bag=BagOptions(min_documents=1))
    task = task_of(RunConfig(data, training=QUICK))
    result = tmp_path / "result.json"
    assert cli.main([*words_of(command_for(task, QUICK)), "--json", str(result)]) == 0
    told = json.loads(result.read_text())
    assert told["config"]["data"]["source"] == "documents"
    assert told["feature_names"] == list(task.input_names)


def test_names_that_no_option_can_hold_have_no_command(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text('x,kind\n1,"a,b"\n2,c\n3,"a,b"\n4,c\n5,"a,b"\n6,c\n')
    data = DataConfig("csv", path=str(path), label="kind")
    task = task_of(RunConfig(data, ModelConfig("binary", "c", "a,b"), QUICK))
    assert command_for(task, QUICK) is None


def test_drawn_points_have_no_command():
    task = task_of(RunConfig(training=QUICK))
    drawn = replace(task, config=replace(task.config, data=DataConfig("drawn")))
    assert command_for(drawn, QUICK) is None


def test_taught_digits_have_no_command():
    task = task_of(RunConfig(training=QUICK))
    taught = replace(task, source=replace(task.source, added=1))
    assert command_for(taught, QUICK) is None


SWITCHES = [field.name for field in fields(DataConfig) if isinstance(field.default, bool)]


@pytest.mark.parametrize("name", SWITCHES)
def test_every_switch_of_the_data_is_an_option(name):
    task = task_of(RunConfig(training=QUICK))
    turned = not getattr(DataConfig(), name)
    data = replace(task.config.data, **{name: turned})  # type: ignore[arg-type]
    command = command_for(replace(task, config=replace(task.config, data=data)), QUICK)
    assert f"--{name.replace('_', '-')}" in words_of(command)
