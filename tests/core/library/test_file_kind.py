"""What a file is: told by what it holds, whatever its name says."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

import assets
from core.config import RunConfig
from core.library.file_kind import kind_of
from core.projects import archive
from core.projects.setup_text import to_text
from core.runs import model_file
from core.runs.model import Model
from core.train.trainer import Trainer

LESSONS = files(assets).joinpath("lessons")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
PLAN = 'data = "iris"\nseeds = [1, 2]\n[grid]\nlearning_rate = [0.1, 1.0]\n'
TEXTS = {
    "table.csv": ("a,b,kind\n1,2,x\n3,4,y\n", "table"),
    "P1.csv": ("P1,kind\n1,2\n", "table"),  # begins as a bitmap
    "setup.txt": ("\ufeff" + to_text(RunConfig()), "set-up"),
    "rates.toml": (PLAN, "sweep"),
    "damaged.toml": ("format = 1\ntitle", "lesson"),
    "damaged.logitlab": ("no archive", "project"),
    "titles.txt": ("title = movies\na b\n", "table"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_texts_are_what_they_hold(tmp_path, name):
    text, kind = TEXTS[name]
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert kind_of(tmp_path / name) == kind


@pytest.mark.parametrize("name", ["lesson.toml", "lesson.txt", "lesson"])
def test_each_lesson_of_the_program_is_one_under_any_name(tmp_path, name):
    for lesson in LESSONS.iterdir():
        if lesson.name.endswith(".toml"):
            (tmp_path / name).write_bytes(lesson.read_bytes())
            assert kind_of(tmp_path / name) == "lesson", lesson.name


def test_what_the_program_writes_is_known_without_its_ending(tmp_path, iris, make_task):
    trainer = Trainer(make_task(iris, epochs=1))
    model = Model.of(trainer.task, trainer.params(), 0, 0, trainer.metrics)
    model_file.save(model, tmp_path / "a.safetensors")
    archive.write(tmp_path / "b", {}, [])
    for name, kind in (("a.safetensors", "model"), ("b", "project")):
        place = (tmp_path / name).rename(tmp_path / f"{kind}.dat")
        assert kind_of(place) == kind


def test_pictures_and_folders_are_known(tmp_path: Path):
    (tmp_path / "one").write_bytes(PNG)
    assert kind_of(tmp_path / "one") == "picture"
    assert kind_of(tmp_path) == "folder"
    assert kind_of(tmp_path / "gone") == "table"  # whose reader says that there is none
